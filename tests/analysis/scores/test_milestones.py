from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey import Definitions, Stage
from journey.analysis.scores.milestones import MILESTONES, first_passed, posts_of
from journey.rules.meanings import Meanings
from journey.rules.score_rule import Rule
from journey.rules.scoring import Qualification, ScoringRules, Weights
from tests.examples import BEGIN, small_log

MODEL = Definitions(stages=(Stage("All", ("Lead created",)),))
ROWS = [
    ("a", 0, "Lead created"),
    ("a", 1, "MQL"),
    ("a", 2, "Call"),
    ("a", 3, "SQL accepted"),
    ("a", 4, "MQL"),
    ("b", 0, "Call"),
    ("b", 1, "Opportunity created"),
]


def passed(log, milestone):
    """Day of the first pass by account, None where there is none."""
    found = {}
    for part in log.ask_with_facts(lambda part: part):
        view = part[1].view
        rows = first_passed(part, posts_of(log), milestone)
        names = log.store.dictionaries["account_id"].to_pylist()
        for case, row in zip(view.shard.cases, rows, strict=True):
            at = None if row < 0 else log.at(int(view.ticks[row])).day - 1
            found[names[case]] = at
    return found


@pytest.mark.parametrize(
    ("milestone", "days"),
    [
        ("lead", {"a": 0, "b": None}),
        ("mql", {"a": 1, "b": None}),  # the first of two
        ("accepted", {"a": 3, "b": None}),
        ("sql", {"a": 3, "b": None}),
        ("opportunity", {"a": None, "b": 1}),
    ],
)
def test_a_milestone_is_passed_at_its_first_touch(milestone, days):
    assert passed(small_log(ROWS, MODEL), milestone) == days


def test_the_first_touch_of_a_known_opportunity_is_its_beginning():
    ids = [None, None, "o1", "o1", None, None, None]
    log = small_log(ROWS, MODEL, opportunity_id=ids)
    assert passed(log, "opportunity") == {"a": 2, "b": 1}


def test_named_types_stand_in_place_of_words():
    named = Definitions(stages=MODEL.stages, meanings=Meanings(mql=("Call",)))
    assert passed(small_log(ROWS, named), "mql") == {"a": 2, "b": 0}


def test_a_log_without_such_types_passes_nothing():
    log = small_log([("a", 0, "Ad")], MODEL)
    assert [passed(log, milestone) for milestone in MILESTONES] == [{"a": None}] * 5


SCORED = Definitions(
    stages=MODEL.stages,
    won=("Won",),
    scoring=ScoringRules(
        (Rule("engagement", 10, touchpoints=("Call",)),),
        weights=Weights(in_person=1),
        mql=Qualification(99, 15),
        sql=Qualification(99, 15, "touchpoints"),
    ),
)


def test_where_no_touch_means_it_an_mql_is_passed_when_the_rule_first_holds():
    rows = [("a", 0, "Call"), ("a", 1, "Call"), ("b", 0, "Call"), ("b", 1, "Won"), ("b", 2, "Call")]
    log = small_log(rows, SCORED)
    # Two calls give almost 20; b's second comes after the win, and is no lead's any more.
    assert passed(log, "mql") == {"a": 1, "b": None}
    assert passed(log, "sql") == {"a": None, "b": None}  # by touchpoints alone


def test_thresholds_count_where_the_definitions_say_so():
    scoring = replace(SCORED.scoring, mql=Qualification(0, 5, "thresholds"))
    log = small_log(ROWS, replace(SCORED, scoring=scoring))
    assert passed(log, "mql") == {"a": 2, "b": 0}


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab"),
            st.integers(0, 20),
            st.sampled_from(["Call", "Won", "Lead created", "Ad"]),
        ),
        min_size=1,
    ),
    st.integers(1, 21),
)
def test_a_log_cut_at_a_day_tells_what_one_without_later_touches_does(rows, day):
    early = small_log(rows, SCORED).between(end=BEGIN + pd.Timedelta(days=day))
    kept = [row for row in rows if row[1] < day]
    alone = small_log(kept, SCORED) if kept else None
    for milestone in ("lead", "mql"):
        told = {"a": None, "b": None} | (passed(alone, milestone) if alone else {})
        assert {"a": None, "b": None} | passed(early, milestone) == told
