"""Every step that narrows a log, alone and one after the other, against plain lists."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import directly_follows, journeys, outcomes, stage_funnel
from journey.errors import ColumnNotFoundError, ValueNotAllowedError
from tests import oracle
from tests.compare import same
from tests.examples import BEGIN, journey_of, small_log
from tests.strategies import CHANNELS, DAYS, STAGES, TYPES, samples

SHARDS = st.sampled_from((None, 1, 2))
ORIGIN = pd.Timestamp(0, tz="UTC")
COLUMNS = {
    "industry": ("Software", "Retail"),
    "owner": ("Ann", "Bob"),
    "role": ("Buyer", "User"),
    "channel": CHANNELS,
    "direction": ("did", "was shown"),
    "touchpoint": TYPES,
    "account_id": ("acme", "beta"),
    "outcome": oracle.OUTCOMES,
    "current_stage": STAGES,
    "reached_stage": STAGES,
}
NEVER_NULL = ("outcome", "touchpoint", "account_id")


@st.composite
def wheres(draw):
    column = draw(st.sampled_from(sorted(COLUMNS)))
    allowed = COLUMNS[column] if column in NEVER_NULL else (*COLUMNS[column], None)
    return "where", column, tuple(draw(st.sets(st.sampled_from(allowed))))


TYPE = st.sampled_from(TYPES)
SOME_TYPES = st.sets(TYPE, max_size=3).map(tuple)
STEPS = st.one_of(
    wheres(),
    st.tuples(st.just("exclude"), SOME_TYPES),
    st.tuples(st.just("group"), SOME_TYPES),
    st.tuples(st.just("collapse")),
    st.tuples(st.just("since"), st.sampled_from(DAYS).map(lambda day: day * oracle.DAY + 50)),
    st.tuples(st.just("starting_at"), TYPE),
    st.tuples(st.just("ending_at"), TYPE),
    st.tuples(st.just("having"), SOME_TYPES),
    st.tuples(st.just("having_move"), TYPE, TYPE),
    st.tuples(st.just("having_at"), st.integers(-3, 3), SOME_TYPES, st.none() | TYPE),
    st.tuples(st.just("having_variant"), SOME_TYPES),
)


def taken(log, reference, step):  # noqa: PLR0911 - one return a kind of step
    """The log and its reference after one step; as they were if the log lacks what it names."""
    kind, *rest = step
    known = set(log.type_names)
    if kind == "where":
        column, values = rest
        if column not in log.filter_columns:
            return log, reference
        return log.where({column: values}), oracle.where(reference, column, values)
    if kind == "since":
        start = ORIGIN + pd.Timedelta(microseconds=rest[0])
        return log.between(start), oracle.since(reference, rest[0])
    if kind == "collapse":
        return log.collapse(), oracle.collapse(reference)
    if kind == "having_variant":
        return log.having_variant(*rest), oracle.having_variant(reference, *rest)
    if kind == "having_at":
        position, types, around = rest
        types = sorted(known & set(types))
        around = around if around in known else None
        found = oracle.having_at(reference, position, types, around)
        return log.having_at(position, types, around=around), found
    named = [name for part in rest for name in ([part] if isinstance(part, str) else part)]
    if not named or not set(named) <= known:
        return log, reference
    if kind == "group":
        return log.group({"Together": rest[0]}), oracle.group(reference, "Together", rest[0])
    if kind in ("exclude", "having"):
        return getattr(log, kind)(*rest[0]), getattr(oracle, kind)(reference, rest[0])
    return getattr(log, kind)(*rest), getattr(oracle, kind)(reference, *rest)


def sequences(log):
    """What is in view: by case the (name, instant) of each touch."""
    found = {}
    for view in log.ask(lambda view: view):
        cases = view.store.dictionaries[view.store.case_role]
        for position, journey in enumerate(view.journeys.tolist()):
            rows = slice(*view.offsets[position : position + 2].tolist())
            name = cases[int(view.shard.cases[journey])].as_py()
            touches = zip(view.types[rows].tolist(), view.ticks[rows].tolist(), strict=True)
            found[name] = [
                (view.type_names[code], (log.at(tick) - ORIGIN) // pd.Timedelta(microseconds=1))
                for code, tick in touches
            ]
    return found


def view_of(reference):
    return {case: [(t.name, t.at) for t in mine] for case, mine in reference.view.items()}


@given(samples(), STEPS, SHARDS)
def test_each_step_equals_the_reference(sample, step, rows_per_shard):
    log, reference = taken(sample.log(rows_per_shard), sample.oracle(), step)
    assert sequences(log) == view_of(reference)


@given(
    samples(),
    st.lists(STEPS, min_size=2, max_size=4),
    SHARDS,
    st.none() | st.sampled_from(DAYS).map(lambda day: day * oracle.DAY + 50),
)
def test_steps_one_after_the_other_equal_the_reference(sample, steps, rows_per_shard, until):
    log, reference = sample.log(rows_per_shard), sample.oracle(until=until)
    if until is not None:
        log = log.between(end=ORIGIN + pd.Timedelta(microseconds=until))
    for step in steps:
        log, reference = taken(log, reference, step)
    assert sequences(log) == view_of(reference)
    same(directly_follows(log), oracle.moves(reference))
    same(outcomes(log), oracle.outcomes(reference))
    same(stage_funnel(log), oracle.stage_funnel(reference))


@given(
    samples(),
    st.lists(STEPS, min_size=1, max_size=3),
    st.sampled_from(DAYS).map(lambda day: day * oracle.DAY + 50),
)
def test_what_is_left_of_the_whole_may_be_cut_after_it_was_looked_at(sample, steps, until):
    log, reference = sample.log(), sample.oracle(until=until)
    end = ORIGIN + pd.Timedelta(microseconds=until)
    for step in steps:
        sequences(log)  # at hand from here on
        log, reference = taken(log, reference, step)
    sequences(log)
    assert sequences(log.between(end=end)) == view_of(reference)


@given(samples(), st.sampled_from(DAYS))
def test_where_after_a_date_sees_facts_of_that_date(sample, day):
    end = ORIGIN + pd.Timedelta(days=day)
    first = sample.log().where(outcome="in_progress").between(end=end)
    assert sequences(first) == sequences(sample.log().between(end=end).where(outcome="in_progress"))


def test_excluded_touches_make_their_neighbours_neighbours():
    log = small_log(journey_of("Ad 0", "Mail 1", "Ad 4"))
    (move,) = directly_follows(log.exclude("Mail")).to_dict("records")
    assert (move["source"], move["target"], move["median_days"]) == ("Ad", "Ad", 4.0)


def test_collapse_keeps_the_first_of_neighbours_also_of_a_group():
    log = small_log(journey_of("Ad 0", "Ad 1", "Mail 2", "Ad 3", "Won 9"))
    assert sequences(log.collapse())["a"] == in_days(("Ad", 0), ("Mail", 2), ("Ad", 3), ("Won", 9))
    grouped = log.group({"Reach": ["Ad", "Mail"]}).collapse()
    assert sequences(grouped)["a"] == in_days(("Reach", 0), ("Won", 9))


def in_days(*touches):
    begin = (BEGIN - ORIGIN) // pd.Timedelta(microseconds=1)
    return [(name, begin + day * oracle.DAY) for name, day in touches]


def test_a_group_may_take_the_name_of_a_type_there_is():
    log = small_log(journey_of("Ad 0", "Mail 1", "Won 2")).group({"Ad": ["Mail"]})
    assert log.touchpoint_types == ["Ad", "Won"]
    assert log.exclude("Ad").touchpoint_types == ["Won"]
    with pytest.raises(ValueNotAllowedError, match="'Mail'"):
        log.exclude("Mail")


def test_dates_keep_from_the_start_to_before_the_end():
    log = small_log(journey_of("Ad 0", "Mail 1", "Demo 2", "Won 3"))
    days = [BEGIN + pd.Timedelta(days=day) for day in range(4)]
    assert sequences(log.between(days[1], days[3]))["a"] == in_days(("Mail", 1), ("Demo", 2))
    assert log.between(end=days[3]).as_of == days[3]
    assert log.between(end=days[3]).between(end=days[2]).as_of == days[2]
    assert log.between(end=days[2]).between(end=days[3]).as_of == days[2]


def test_a_date_without_a_zone_is_utc():
    log = small_log(journey_of("Ad 0", "Mail 1"))
    assert log.between("2026-01-02").n_touchpoints == 1
    assert log.between("2026-01-02T00:00+02:00").n_touchpoints == 1
    assert log.between("2026-01-02T00:00-02:00").n_touchpoints == 0


def test_journeys_that_reached_no_stage_are_those_before_any():
    # a began outside any stage but reached one; b never did.
    log = small_log([("a", 0, "Chat"), ("a", 1, "Ad"), ("b", 0, "Chat")])
    assert list(sequences(log.where(reached_stage=None))) == ["b"]
    assert list(sequences(log.where(current_stage=None))) == ["b"]


@given(samples())
def test_every_filter_value_is_found_and_all_touches_have_one(sample):
    log = sample.log()
    for column in log.filter_columns:
        values = log.filter_values(column)
        assert len(set(values)) == len(values)
        assert sequences(log.where({column: values})) == sequences(log)


def test_what_is_not_there_is_refused_with_the_nearest_name():
    log = small_log([("a", 0, "Ad")], channel=["Ads"])
    with pytest.raises(ColumnNotFoundError, match=r"'chanel' not found.*Did you mean 'channel'"):
        log.where(chanel="Ads")
    for step in ("exclude", "starting_at", "ending_at", "having"):
        with pytest.raises(ValueNotAllowedError, match=r"'Adz', which is not known.*mean 'Ad'"):
            getattr(log, step)("Adz")
    with pytest.raises(ValueNotAllowedError, match="'Adz'"):
        log.having_move("Ad", "Adz")
    with pytest.raises(ValueNotAllowedError, match="'Adz'"):
        log.group({"All": ["Adz"]})


def test_an_empty_log_can_be_narrowed():
    log = small_log([], channel=pd.Series([], dtype=object))
    assert journeys(log.where(channel="Ads").collapse().between("2026-01-01")).empty
