import re
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from journey import (
    Definitions,
    call_list,
    directly_follows,
    from_frame,
    journeys,
    not_buyers,
    outcomes,
    score_leads,
    stage_funnel,
)
from journey.errors import ColumnNotFoundError, ValueNotAllowedError
from journey.store.cache import memory
from journey.store.recase import seconds_of_gap
from tests import oracle
from tests.compare import records, same
from tests.examples import BEGIN, MODEL, journey_of, small_log
from tests.strategies import Sample, samples, seeded, without_ties

SHARDS = st.sampled_from((None, 1, 2))


@given(samples(), SHARDS)
def test_a_log_counts_what_it_holds(sample, rows_per_shard):
    log = sample.log(rows_per_shard)
    assert log.n_touchpoints == len(sample.touches)
    assert log.n_journeys == len({touch.account_id for touch in sample.touches})
    assert log.touchpoint_types == sorted({touch.touchpoint for touch in sample.touches})
    times = pd.to_datetime([touch.at for touch in sample.touches], unit="us", utc=True)
    assert (log.first_at, log.last_at, log.as_of) == (times.min(), times.max(), times.max())


def test_a_log_tells_in_a_line_how_it_is_read_not_what_it_holds():
    log = small_log([("a", 0.0, "Ad"), ("a", 1.0, "Demo")]).exclude("Ad")
    told = (
        "TouchpointLog(case='account', gap_ticks=None, until=None, steps=(Exclude(types=('Ad',)),))"
    )
    assert repr(log) == told


def test_what_depends_on_facts_alone_is_asked_once_whatever_is_in_view():
    asked = []

    def question(log):
        asked.append(log)
        return len(asked)

    log = small_log(journey_of("Ad 0", "Demo 2", "Mail 4"))
    assert [log.once(question), log.once(question), log.exclude("Ad").once(question)] == [1, 1, 1]
    assert log.with_definitions(Definitions()).once(question) == 2
    assert log.between(None, BEGIN + pd.Timedelta(days=3)).once(question) == 3
    # Whoever asks first, the answer is of the whole log.
    assert log.exclude("Ad").once(_touches) == log.once(_touches) == 3


def _touches(log):
    return log.n_touchpoints


# ---- row order, ties and shards


@given(samples().map(without_ties), st.randoms(use_true_random=False))
def test_row_order_changes_nothing_but_ties(sample, rng):
    rows = list(sample.touches)
    rng.shuffle(rows)
    shuffled = replace(sample, touches=tuple(rows))
    log, other = sample.log(), shuffled.log()
    assert other.fingerprint == log.fingerprint
    same(directly_follows(other), directly_follows(log).to_dict("records"))


def test_ties_keep_the_sources_order_then_the_row():
    rows = [("a", 0, "Third"), ("a", 0, "First"), ("a", 0, "Second"), ("a", 0, "Last")]
    log = small_log(rows, source_order=pd.array([2, 1, 1, None], dtype="Int64"))
    assert log.having_variant(["First", "Second", "Third", "Last"]).n_journeys == 1
    assert small_log(rows).having_variant([name for _, _, name in rows]).n_journeys == 1


@given(samples(), st.integers(1, 9))
def test_the_number_of_shards_changes_nothing(sample, rows_per_shard):
    log, cut = sample.log(), sample.log(rows_per_shard)
    assert cut.fingerprint == log.fingerprint
    for question in (journeys, outcomes, stage_funnel, directly_follows):
        pd.testing.assert_frame_equal(question(cut), question(log))


def test_a_log_is_cut_at_the_borders_of_journeys():
    log = seeded(20, n_accounts=50).log(20)
    sizes = [shard.n_touchpoints for shard in log.store.shards]
    assert len(sizes) > 5
    assert sum(sizes) == log.n_touchpoints
    assert sum(shard.n_journeys for shard in log.store.shards) == log.n_journeys


# ---- fingerprint


def changed(sample, index, **values):
    rows = list(sample.touches)
    rows[index] = rows[index]._replace(**values)
    return replace(sample, touches=tuple(rows))


@given(samples(), st.data())
def test_any_change_of_content_changes_the_fingerprint(sample, data):
    index = data.draw(st.integers(0, len(sample.touches) - 1))
    touch = sample.touches[index]
    options = [("touchpoint", "Another"), ("account_id", "another"), ("at", touch.at - 1_000_000)]
    for name in set(sample.columns) - {"source_order"}:
        value = getattr(touch, name)
        is_number = name in ("value", "sentiment")
        options.append((name, (value or 0.0) + 0.5 if is_number else "another"))
        if value is not None:
            options.append((name, None))
    name, value = data.draw(st.sampled_from(options))
    assert changed(sample, index, **{name: value}).log().fingerprint != sample.log().fingerprint


@given(samples(least=2))
def test_a_touch_more_or_less_changes_the_fingerprint(sample):
    less = replace(sample, touches=sample.touches[1:])
    assert less.log().fingerprint != sample.log().fingerprint


def test_the_order_of_ties_is_content():
    rows = [("a", 0, "Ad"), ("a", 0, "Mail")]
    assert small_log(rows).fingerprint != small_log(rows[::-1]).fingerprint


def test_attributes_are_content_and_whose_they_are():
    rows = [("x", 0, "Ad")]

    def log(*, accounts=None, people=None):
        tables = {
            name: None if value is None else pd.DataFrame({key: ["x"], "level": [value]})
            for name, key, value in (
                ("accounts", "account_id", accounts),
                ("people", "person_id", people),
            )
        }
        return small_log(rows, person_id=["x"], **tables).fingerprint

    assert len({log(), log(accounts="A"), log(accounts="B"), log(people="A")}) == 4


def test_every_selection_and_every_definition_has_its_own_fingerprint():
    log = small_log(
        [*journey_of("Ad 0", "Mail 1", "Ad 4"), ("b", 0, "Ad")],
        person_id=["p", None, "q", "r"],
        channel=["Ads", "Mail", "Ads", None],
    )
    logs = [
        log,
        log.where(channel="Ads"),
        log.where(channel=None),
        log.where(outcome="won"),
        log.where(channel=["Ads", "Mail"]),
        log.exclude("Ad"),
        log.exclude("Mail"),
        log.group({"Ad": ["Mail"]}),
        log.group({"Mail": ["Ad"]}),
        log.collapse(),
        log.exclude("Mail").collapse(),
        log.collapse().exclude("Mail"),
        log.by("person"),
        log.by("session", gap="30min"),
        log.by("session", gap="31min"),
        log.between("2026-01-02"),
        log.between(end="2026-01-02"),
        log.starting_at("Mail"),
        log.ending_at("Mail"),
        log.having("Mail"),
        log.having_move("Ad", "Mail"),
        log.having_move("Mail", "Ad"),
        log.having_at(0, ["Ad"]),
        log.having_at(-1, ["Ad"]),
        log.having_at(0, ["Ad"], around="Mail"),
        log.having_variant(["Ad"]),
        log.with_definitions(Definitions()),
        log.with_definitions(replace(MODEL, won=("Demo",))),
        log.with_definitions(replace(MODEL, dormancy_days=91)),
        log.with_definitions(replace(MODEL, expected_roles=("Buyer",))),
        log.with_definitions(replace(MODEL, stages=MODEL.stages[::-1])),
    ]
    assert len({one.fingerprint for one in logs}) == len(logs)
    assert log.where(channel="Ads").fingerprint == log.where(channel=["Ads"]).fingerprint


def test_logs_of_the_same_content_cut_in_two_ways_don_t_mix():
    # What is kept in memory must fit the shards of the log that asks.
    sample = seeded(21, n_accounts=30)
    reference = oracle.where(sample.oracle(), "outcome", ["won"])
    for rows_per_shard in (None, 7, 40, None):
        log = sample.log(rows_per_shard).where(outcome="won")
        same(outcomes(log), oracle.outcomes(reference))
        same(stage_funnel(log), oracle.stage_funnel(reference))


# ---- other cases


@given(samples(), SHARDS, st.sampled_from(("person", "opportunity", "session")))
def test_other_cases_equal_the_reference(sample, rows_per_shard, case):
    assume(has_case(sample, case))
    log, reference = sample.log(rows_per_shard).by(case), sample.oracle(case=case)
    same(journeys(log).sort_values("account_id", key=in_bytes), by_name(reference))
    same(directly_follows(log), oracle.moves(reference))
    same(outcomes(log), oracle.outcomes(reference))
    assert log.n_touchpoints == sum(map(len, reference.view.values()))


@given(samples(), SHARDS, st.sampled_from((50, 1_800_000_000, 40 * oracle.DAY)))
def test_sessions_end_with_a_silence_longer_than_the_gap(sample, rows_per_shard, gap):
    log = sample.log(rows_per_shard).by("session", gap=pd.Timedelta(microseconds=gap))
    if "session_id" in sample.columns and not any(t.session_id for t in sample.touches):
        assert log.n_journeys == 0
        return
    assume({"person_id", "anonymous_id"}.isdisjoint(sample.columns) or has_case(sample, "person"))
    reference = sample.oracle(case="session", gap=gap)
    same(journeys(log).sort_values("account_id", key=in_bytes), by_name(reference))
    same(directly_follows(log), oracle.moves(reference))


def has_case(sample: Sample, case):
    roles = {"person": ("person_id", "anonymous_id"), "session": ("session_id",)}
    roles = set(roles.get(case, (f"{case}_id",))) & set(sample.columns)
    return any(getattr(touch, role) for touch in sample.touches for role in roles)


def in_bytes(names):
    return names.str.encode("utf-8")


def by_name(reference):
    return sorted(oracle.journeys(reference), key=lambda row: row["account_id"].encode())


@given(samples(), st.sampled_from((None, "Buyer", "User")))
def test_people_known_only_by_a_visit_have_no_attributes(sample, role):
    assume(has_case(sample, "person"))
    log, reference = sample.log().by("person"), sample.oracle(case="person")
    assume("role" in log.filter_columns)
    found = journeys(log.where(role=role))["account_id"].tolist()
    assert set(found) == set(oracle.where(reference, "role", [role], case="person").view)


def test_a_log_is_read_at_the_same_instant_whichever_case_is_asked_for():
    # The last touch is of nobody known: it ends the log all the same.
    log = small_log([("a", 0, "Ad"), ("a", 60, "Mail")], person_id=["p", None])
    assert log.by("person").as_of == log.as_of == BEGIN + pd.Timedelta(days=60)
    assert journeys(log.by("person"))["days_silent"].tolist() == [60.0]


@given(samples(who_by_account="pppq"), SHARDS, st.sampled_from(("person", "opportunity")))
def test_ties_of_a_case_over_several_accounts_keep_the_order_of_the_source(sample, shards, case):
    assume(has_case(sample, case))
    log, reference = sample.log(shards).by(case), sample.oracle(case=case)
    assert paths(log) == {
        name: [touch.touchpoint for touch in journey.touches]
        for name, journey in reference.journeys.items()
    }
    assert log.n_without_case == len(sample.touches) - log.n_touchpoints


def paths(log):
    """The types of each journey, in order, by case."""
    found = {}
    for view in log.ask(lambda view: view):
        names = view.store.dictionaries[view.store.case_role]
        for place, journey in enumerate(view.journeys.tolist()):
            begin, end = view.offsets[place : place + 2].tolist()
            codes = view.types[begin:end].tolist()
            found[names[int(view.shard.cases[journey])].as_py()] = [
                view.type_names[code] for code in codes
            ]
    return found


def test_ties_of_a_case_over_several_accounts_keep_source_order_then_row():
    # All on one day, in three accounts: 1 before 2, among the 2s by row, without order last.
    rows = [("c", 0, "Second"), ("a", 0, "Last"), ("b", 0, "First"), ("a", 0, "Third")]
    order = pd.array([2, None, 1, 2], dtype="Int64")
    log = small_log(rows, source_order=order, person_id=["p"] * 4)
    assert paths(log.by("person")) == {"p": ["First", "Second", "Third", "Last"]}
    assert paths(log)["a"] == ["Third", "Last"]


def test_places_of_ties_are_kept_only_where_cases_tie_over_accounts():
    rows = [("a", 0, "Ad"), ("a", 0, "Mail"), ("b", 0, "Ad"), ("b", 1, "Mail")]
    for people in (["p", "p", "q", "q"], ["p", None, "q", "p"], [None, None, "p", "p"]):
        assert small_log(rows, person_id=people).store.shards[0].ties is None
    ties = small_log(rows, person_id=["p", "q", "p", "q"]).store.shards[0].ties
    assert (ties.tolist(), ties.itemsize) == ([0, 1, 2, 0], 1)


def test_touches_of_a_deal_keep_their_order_beside_people_of_several_accounts():
    # All at one instant. p is seen in a and b, so has places among p's touches, and q has none:
    # within a, the account of the deal, the order of the source needs none.
    rows = [("b", 0, "Ad"), ("a", 0, "Call"), ("a", 0, "Mail"), ("a", 0, "Demo")]
    log = small_log(rows, person_id=["p", "p", "q", "p"], opportunity_id=[None, "d", "d", "d"])
    assert paths(log.by("opportunity")) == {"d": ["Call", "Mail", "Demo"]}
    assert paths(log.by("person"))["p"] == ["Ad", "Call", "Demo"]


OFTEN_TIED = st.lists(
    st.tuples(
        *(st.sampled_from(names) for names in ("ab", "pq", [None, "d", "e"])), st.integers(0, 1)
    ),
    min_size=1,
    max_size=9,
)


@given(OFTEN_TIED, SHARDS)
def test_every_case_has_its_touches_in_the_order_of_time_and_source(touches, rows_per_shard):
    accounts, people, deals, days = map(list, zip(*touches, strict=True))
    names = [str(place) for place in range(len(touches))]
    frame = pd.DataFrame({"account_id": accounts, "touchpoint": names, "person_id": people})
    times = [BEGIN + pd.Timedelta(days=day) for day in days]
    frame = frame.assign(opportunity_id=deals, occurred_at=times)
    log = from_frame(frame, rows_per_shard=rows_per_shard)
    for case, column in (("person", people), ("opportunity", deals)):
        told = sorted(zip(days, range(len(days)), column, strict=True))
        wanted = {
            name: [str(place) for _, place, own in told if own == name]
            for name in set(column) - {None}
        }
        assert paths(log.by(case)) == wanted


@pytest.mark.parametrize("list_of", [journeys, score_leads, not_buyers, call_list])
def test_columns_have_one_type_whether_shards_have_rows_or_not(list_of):
    # By one row a shard, two of three have nothing to say of what is in view.
    rows = [("mit.edu", 0, "Ad"), ("b", 1, "Ad"), ("b", 60, "Ad"), ("c", 80, "Ad"), ("c", 81, "Ad")]
    frame = pd.DataFrame(rows, columns=["account_id", "day", "touchpoint"])
    frame["occurred_at"] = [BEGIN + pd.Timedelta(days=day) for day in frame.pop("day")]
    frame["person_id"] = ["p@mit.edu", "q@b.example", None, None, None]
    one, several = (
        list_of(from_frame(frame, rows_per_shard=n).where(account_id=["mit.edu", "b"]))
        for n in (None, 1)
    )
    assert len(one) > 0
    assert one.dtypes.to_dict() == several.dtypes.to_dict()


def test_touches_without_the_case_are_counted():
    rows = [("a", 0, "Ad"), ("a", 1, "Mail"), ("b", 2, "Ad")]
    log = small_log(rows, person_id=["p", None, None], opportunity_id=[None, None, None])
    assert log.n_without_case == 0
    assert log.by("person").n_without_case == 2
    assert log.by("opportunity").n_without_case == 3
    assert log.by("session", gap="1h").n_without_case == 2
    # It is a number of the whole log, whatever is in view.
    assert log.by("person").exclude("Ad").n_without_case == 2


def test_a_column_may_have_any_name():
    log = small_log([("a", 0, "Ad"), ("a", 0, "Mail")], row=["x", "y"], tie=["x", "y"])
    assert log.where(row="x").where(tie="x").touchpoint_types == ["Ad"]


def test_sessions_by_gap_are_named_by_who_and_number():
    log = small_log([("a", 0, "Ad"), ("a", 0.01, "Mail"), ("a", 1, "Ad")]).by(
        "session", gap="30min"
    )
    assert journeys(log)["account_id"].tolist() == ["a · 1", "a · 2"]
    assert journeys(log)["n_touchpoints"].tolist() == [2, 1]


def test_a_gap_may_be_finer_than_a_second_where_the_log_is():
    log = small_log([("a", 0, "Ad"), ("a", 0.5 / 86_400, "Ad"), ("a", 1.5 / 86_400, "Ad")])
    assert log.by("session", gap="700ms").n_journeys == 2


def test_a_case_that_can_not_be_told_is_refused():
    log = small_log([("a", 0, "Ad")])
    with pytest.raises(ValueNotAllowedError, match=r"case is 'company'.*Available"):
        log.by("company")
    with pytest.raises(ValueNotAllowedError, match="silence that ends a session as its gap"):
        log.by("session")
    for case in ("person", "opportunity"):
        with pytest.raises(ColumnNotFoundError, match=f"{case}_id"):
            _ = log.by(case).n_journeys


@pytest.mark.parametrize("gap", ["x", "", "30", "-5min", "0s", 30, "nan", "1e9d"])
def test_a_gap_that_is_no_length_of_time_is_refused_with_what_is_allowed(gap):
    log = small_log([("a", 0, "Ad")])
    message = f"gap that ends a session is '{gap}'. Allowed .* above 0 .* 30min"
    with pytest.raises(ValueNotAllowedError, match=message):
        log.by("session", gap=gap)


# ---- from a frame


def test_gaps_that_are_given_as_examples_are_allowed():
    with pytest.raises(ValueNotAllowedError) as refused:
        seconds_of_gap("soon")
    examples = re.findall(r"\b\d+[a-zA-Z]+", str(refused.value))
    assert [seconds_of_gap(gap) for gap in examples] == [1_800, 7_200, 86_400]


def test_an_empty_log_has_no_first_touch():
    log = small_log([])
    assert (log.n_touchpoints, log.n_journeys, log.touchpoint_types) == (0, 0, [])
    assert log.first_at is None
    assert log.last_at is None
    assert log.store.text_columns == ["account_id", "touchpoint"]


def test_an_empty_log_keeps_its_columns():
    log = small_log([], person_id=pd.Series([], dtype=object))
    assert "person_id" in log.filter_columns
    assert log.by("person").n_journeys == 0
    assert log.by("session", gap="1h").n_journeys == 0


@pytest.mark.parametrize("missing", ["account_id", "occurred_at", "touchpoint"])
def test_a_column_that_must_be_there_is_named(missing):
    frame = pd.DataFrame({"account_id": ["a"], "occurred_at": [BEGIN], "touchpoint": ["Ad"]})
    with pytest.raises(ColumnNotFoundError, match=f"'{missing}' not found in the frame"):
        from_frame(frame.drop(columns=missing))


@pytest.mark.parametrize("missing", ["account_id", "occurred_at", "touchpoint"])
def test_touches_without_case_time_or_type_are_refused(missing):
    frame = pd.DataFrame({"account_id": ["a"], "occurred_at": [BEGIN], "touchpoint": ["Ad"]})
    frame[missing] = frame[missing].astype(object).where([False], None)
    with pytest.raises(ValueNotAllowedError, match=f"1 of 1 touchpoints have no {missing}"):
        from_frame(frame)


@pytest.mark.parametrize(
    ("name", "value", "kind"), [("occurred_at", "soon", "times"), ("value", "much", "numbers")]
)
def test_what_is_no_time_or_number_is_refused(name, value, kind):
    frame = pd.DataFrame({"account_id": ["a"], "occurred_at": [BEGIN], "touchpoint": ["Ad"]})
    frame[name] = pd.Series([value], dtype=object)
    with pytest.raises(
        ValueNotAllowedError, match=f"{name} has values that are no {kind}: .*{value}"
    ):
        from_frame(frame)


@pytest.mark.parametrize("instant", [pd.NaT, "soon", "2026-13-01", object()])
def test_a_period_of_no_time_is_refused(instant):
    log = small_log(journey_of("Ad 0", "Demo 2"))
    for period in ((instant, None), (None, instant)):
        with pytest.raises(ValueNotAllowedError, match="which is no time"):
            log.between(*period)


def test_attributes_without_their_key_are_refused():
    with pytest.raises(ColumnNotFoundError, match="'account_id' not found in the attributes"):
        small_log([("a", 0, "Ad")], accounts=pd.DataFrame({"id": ["a"], "industry": ["Retail"]}))


def test_attributes_of_people_do_no_harm_where_no_touch_has_a_person():
    people = pd.DataFrame({"person_id": ["p"], "role": ["Buyer"]})
    log = small_log([("a", 0, "Ad")], people=people)
    assert log.n_touchpoints == 1
    assert "role" not in log.filter_columns
    with pytest.raises(ColumnNotFoundError, match="'role' not found"):
        log.where(role="Buyer")


@given(samples(), st.sampled_from((None, 1, 2)))
def test_a_view_is_the_same_from_the_wider_one_and_from_the_whole(sample, rows_per_shard):
    def narrowed(log, *, look):
        log = log.where(outcome=["won", "lost", "stalled"])
        assert not look or log.n_journeys >= 0
        return log.collapse()

    answers = []
    for look in (True, False):
        memory.clear()
        found = narrowed(sample.log(rows_per_shard), look=look)
        answers.append((journeys(found), directly_follows(found)))
    for one, other in zip(*answers, strict=True):
        same(one, records(other))


def test_what_is_kept_of_facts_serves_every_view_and_no_other_instant():
    rows = [("a", 0, "Ad"), ("a", 5, "Won"), ("b", 0, "Ad"), ("b", 9, "Won")]
    log = small_log(rows)

    def last_rows(view):
        asked = view.ask_with_facts(_kept_last_rows)
        return [row for answer in asked for row in answer]

    made.clear()
    assert last_rows(log) == last_rows(log.where(account_id="a")) == [1, 3]
    assert len(made) == 1
    # Cut after the sixth day, the last touch of b is its first.
    assert last_rows(log.between(end=BEGIN + pd.Timedelta(days=6))) == [1, 2]
    assert len(made) == 2


made = []


def _kept_last_rows(part):
    facts = part[1]

    def make():
        made.append(facts.as_of)
        return facts.last_rows.tolist()

    return facts.kept("last rows", make)
