from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey import Segment, keep_segment
from journey.analysis.profiles.criteria import segment_document, segment_from
from journey.errors import ColumnNotFoundError, DefinitionsError, ValueNotAllowedError
from journey.schema import OUTCOMES
from tests import oracle
from tests.examples import small_log
from tests.strategies import TYPES, samples, seeded

DAYS = st.sampled_from((None, date(1970, 1, 3), date(1970, 2, 20), date(1970, 8, 1)))
BOUND = st.sampled_from((None, 0, 1, 2, 4))
TOUCHED = st.lists(
    st.one_of(
        st.tuples(st.just("touchpoint"), st.sets(st.sampled_from(TYPES), min_size=1, max_size=3)),
        st.tuples(st.just("channel"), st.sets(st.sampled_from(("Ads", "Field")), min_size=1)),
        st.tuples(st.just("role"), st.just({"Buyer"})),
    ).map(lambda pair: (pair[0], tuple(sorted(pair[1])))),
    max_size=2,
).map(tuple)
WHO = st.lists(
    st.sampled_from(
        (("industry", ("Retail",)), ("industry", (None, "Software")), ("role", ("User",)))
    ),
    max_size=2,
).map(tuple)
SEGMENTS = st.builds(
    Segment,
    profile=WHO,
    has=TOUCHED,
    never=TOUCHED,
    reached=st.sampled_from(((), ("Attract",))),
    outcomes=st.lists(st.sampled_from(OUTCOMES), max_size=3, unique=True).map(tuple),
    least_touchpoints=BOUND,
    most_touchpoints=BOUND,
    least_people=BOUND,
    most_people=BOUND,
    first_day=DAYS,
    last_day=DAYS,
    until=st.sampled_from(("as_of", "decision")),
)


def day_of(touch):
    return date(1970, 1, 1) + timedelta(microseconds=touch.at)


def belongs(log, segment, case):
    journey = log.journeys[case]
    within = journey.before_end if segment.until == "decision" else journey.touches
    within = [t for t in within if segment.first_day is None or day_of(t) >= segment.first_day]
    within = [t for t in within if segment.last_day is None or day_of(t) <= segment.last_day]

    def found(column, values):
        if column == "industry":
            return oracle.attribute_of(log, case, column) in values
        if column == "role":
            return any(log.people.get(t.person_id, {}).get("role") in values for t in within)
        return any(getattr(t, column) in values for t in within)

    n_people = len({t.person_id for t in within} - {None})
    return (
        all(found(*wanted) for wanted in (*segment.profile, *segment.has))
        and not any(found(*wanted) for wanted in segment.never)
        and (not segment.reached or any(s in segment.reached for s in log.entered_at(case)[0]))
        and (not segment.outcomes or journey.outcome in segment.outcomes)
        and (not (segment.first_day or segment.last_day) or bool(within))
        and is_between(len(within), segment.least_touchpoints, segment.most_touchpoints)
        and is_between(n_people, segment.least_people, segment.most_people)
    )


def is_between(count, least, most):
    return (least is None or count >= least) and (most is None or count <= most)


def columns_of(segment):
    return {column for column, _ in (*segment.profile, *segment.has, *segment.never)}


@settings(max_examples=40)
@given(samples(), SEGMENTS, st.sampled_from((None, 1, 2)))
def test_a_segment_keeps_the_journeys_that_meet_all_criteria(sample, segment, rows_per_shard):
    log, reference = sample.log(rows_per_shard), sample.oracle()
    if columns_of(segment) - set(log.filter_columns):
        with pytest.raises(ColumnNotFoundError):
            keep_segment(log, segment)
        return
    kept = keep_segment(log, segment)
    inside = {case for case in reference.journeys if belongs(reference, segment, case)}
    assert kept.n_journeys == len(inside)
    assert kept.n_touchpoints == sum(len(reference.journeys[case].touches) for case in inside)


def test_a_bigger_log_equals_the_reference():
    sample = seeded(3)
    segment = Segment(
        profile=(("industry", ("Retail", None)),),
        has=(("touchpoint", ("Mail", "Call")),),
        never=(("channel", ("Field",)),),
        until="decision",
    )
    reference = sample.oracle()
    expected = sum(belongs(reference, segment, case) for case in reference.journeys)
    assert 0 < keep_segment(sample.log(100), segment).n_journeys == expected


def test_what_a_view_hides_still_counts():
    # a had Mail: it stays in the segment of those that had, though Mail is not shown.
    log = small_log([("a", 0, "Ad"), ("a", 1, "Mail"), ("b", 0, "Ad")])
    hidden = log.exclude("Mail")
    kept = keep_segment(hidden, Segment(has=(("touchpoint", ("Mail",)),)))
    assert (kept.n_journeys, kept.n_touchpoints) == (1, 1)


def test_a_segment_is_one_step_with_the_same_key_everywhere():
    log = small_log([("a", 0, "Ad")])
    segment = Segment(has=(("touchpoint", ("Ad",)),), first_day=date(2026, 1, 1))
    (step,) = keep_segment(log, segment).steps
    assert "datetime.date(2026, 1, 1)" in repr(step)
    assert " at 0x" not in repr(step)


@pytest.mark.parametrize(
    ("segment", "error", "words"),
    [
        (Segment(profile=(("industri", ("Retail",)),)), ColumnNotFoundError, "Did you mean"),
        (Segment(reached=("Convret",)), ValueNotAllowedError, "Did you mean 'Convert'"),
    ],
)
def test_what_the_log_lacks_is_refused(segment, error, words):
    accounts = pd.DataFrame({"account_id": ["a"], "industry": ["Retail"]})
    log = small_log([("a", 0, "Ad")], accounts=accounts)
    with pytest.raises(error, match=words):
        keep_segment(log, segment)


@pytest.mark.parametrize(
    "criteria",
    [{"outcomes": ("win",)}, {"until": "now"}, {"least_people": -1}, {"most_people": 1.5}],
)
def test_what_cannot_be_asked_is_refused(criteria):
    with pytest.raises(ValueNotAllowedError):
        Segment(**criteria)


@given(SEGMENTS)
def test_a_segment_comes_back_from_its_document(segment):
    assert segment_from(segment_document(segment), "x") == segment


@pytest.mark.parametrize(
    "document",
    [{"profil": []}, {"has": "Demo"}, {"has": [["touchpoint", "Demo"]]}, {"first_day": "soon"}, []],
)
def test_a_broken_document_is_refused(document):
    with pytest.raises((DefinitionsError, ValueNotAllowedError)):
        segment_from(document, "segments")


def test_criteria_in_words():
    segment = Segment(
        profile=(("annual_budget", ("25k", None)),),
        has=(("touchpoint", ("Demo",)), ("channel", ("Ads", "Mail"))),
        outcomes=("no_decision",),
        least_touchpoints=2,
        least_people=1,
        most_people=3,
        until="decision",
    )
    assert str(segment) == (
        "Annual budget 25k or (not known); had Demo; had channel Ads or Mail; no decision; "
        "at least 2 touchpoints; 1 to 3 people; before the decision"
    )
    assert str(Segment()) == "All journeys"
