"""What a click on the picture of two groups opens: the journeys of each, as many as it says."""

import json
from dataclasses import replace

import pytest

import journey
from journey import Definitions, Stage
from journey.ui.explore.compare import (
    GIVEN,
    LABELS,
    Pair,
    begins_with,
    flow_parts,
    in_words,
    map_parts,
)
from journey.ui.explore.compare_funnel import stage_parts
from journey.ui.picture import Selection
from tests.examples import small_log

MODEL = Definitions(stages=(Stage("Attract", ("Ad", "Visit")), Stage("Close", ("Demo",))))
ROWS = [
    *(("a", 0, "Ad"), ("a", 1, "Demo")),
    *(("b", 0, "Ad"), ("b", 1, "Demo"), ("b", 2, "Ad")),
    *(("c", 0, "Visit"), ("c", 1, "Ad")),
]
LOG = small_log(ROWS, MODEL)
PAIR = Pair(LOG.having("Demo"), LOG.having("Visit"), ("Demo", "Visit"))


def counts(parts):
    """Journeys as the strip says and as the list has them, of each group that has the part."""
    for part in parts:
        assert part is None or part.journeys().n_journeys == part.n_journeys
    return [part and part.n_journeys for part in parts]


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("node", "Ad", [2, 1]),
        ("node", "Demo", [2, None]),
        ("edge", json.dumps(["Ad", "Demo"]), [2, None]),
        ("edge", json.dumps(["Visit", "Ad"]), [None, 1]),
        ("stage", "Close", [2, 0]),
        ("node", "Gone", [None, None]),
    ],
)
def test_the_map_opens_the_journeys_of_both(kind, name, expected):
    assert counts(map_parts(PAIR, Selection(kind, name))) == expected


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ([1, "touchpoint", "Ad"], [2, None]),
        ([1, "touchpoint", "Visit"], [None, 1]),
        ([2, "touchpoint", "Demo", "touchpoint", "Ad"], [1, None]),
    ],
)
def test_the_flow_opens_the_journeys_of_both(chosen, expected):
    frame = journey.compare_steps(PAIR.a, PAIR.b, steps=3)
    kind = "box" if len(chosen) == 3 else "flow"
    parts = flow_parts(PAIR, frame, Selection(kind, json.dumps(chosen)))
    assert counts(parts) == expected


def test_types_without_a_box_of_their_own_open_too():
    # Met most: Ad four times, Demo twice; Visit is in Other.
    frame = journey.compare_steps(PAIR.a, PAIR.b, steps=3, n_types=2)
    parts = flow_parts(PAIR, frame, Selection("box", json.dumps([1, "other", "Other"])))
    assert counts(parts) == [None, 1]


def test_nothing_is_selected_before_a_click():
    assert map_parts(PAIR, None) == [None, None]


def test_every_figure_of_the_stages_has_words():
    frame = journey.compare_stages(PAIR.a, PAIR.b)
    told_by_name = {"stage", "difference", "chance"}
    assert set(frame.columns) - told_by_name <= set(LABELS)


def test_the_page_begins_with_a_group_that_has_journeys():
    model = replace(MODEL, lost=("Demo",))
    assert list(GIVEN)[begins_with(LOG.with_definitions(model), GIVEN)] == "Lost or no decision"
    # Nothing is decided: no group has journeys.
    assert begins_with(LOG, GIVEN) == 0


def test_a_stage_of_the_funnel_opens_the_journeys_of_both():
    frame = journey.compare_stages(PAIR.a, PAIR.b)
    assert counts(stage_parts((PAIR.a, PAIR.b), frame, "Close")) == [2, 0]
    assert counts(stage_parts((PAIR.a, PAIR.b), frame, "Attract")) == [2, 1]
    assert counts(stage_parts((PAIR.a, PAIR.b), frame, None)) == [None, None]


def test_steps_are_listed_by_the_names_of_their_boxes():
    model = replace(MODEL, won=("Demo",))
    pair = [log.with_definitions(model) for log in (PAIR.a, PAIR.b)]
    told = in_words(journey.compare_steps(*pair, steps=3))
    assert {"Won", "Ad"} <= set(told["next_box"])
    assert "won" not in set(told["box"]) | set(told["next_box"])
    assert list(told.columns[:3]) == ["step", "box", "next_box"]
