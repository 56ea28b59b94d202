import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import journey
from journey import Definitions
from journey.analysis.maps.paths import named_types
from journey.ui.explore.flow_panel import (
    Anchor,
    Box,
    FlowView,
    selected_other,
    selected_part,
    step_names,
    types_inside,
)
from journey.ui.picture import Selection
from tests.examples import small_log
from tests.strategies import samples, seeded


def drawn(log, anchor, *, steps=5, n_types=3):
    flows = journey.step_flows(log, steps=steps, n_types=n_types, **anchor.options)
    return FlowView(log, anchor, steps, flows)


def part(view, *identity):
    kind = "box" if len(identity) == 3 else "flow"
    return selected_part(view, Selection(kind, json.dumps(identity)))


def check_every_part(view):
    n_all = view.n_all
    for step, rows in view.flows.groupby("step"):
        names = rows[["box_kind", "box"]].drop_duplicates().itertuples(index=False)
        boxes = [part(view, step, *box) for box in names]
        assert sum(found.n_journeys for found in boxes) == n_all
        flows = [
            part(view, step, r.box_kind, r.box, r.next_kind, r.next_box)
            for r in rows.itertuples()
            if r.next_box
        ]
        for found in (*boxes, *flows):
            assert found.journeys().n_journeys == found.n_journeys


@given(samples(), st.sampled_from(["none", "start", "end", "around"]), st.integers(1, 3))
def test_every_box_and_ribbon_opens_into_exactly_its_journeys(sample, kind, n_types):
    log = sample.log(rows_per_shard=5)
    anchor = Anchor(kind, None if kind == "none" else log.touchpoint_types[0])
    check_every_part(drawn(log, anchor, n_types=n_types))


@pytest.mark.parametrize("kind", ["none", "start", "end", "around"])
def test_a_log_of_many_shards(kind):
    log = seeded(3).log(rows_per_shard=100).exclude("Parked").collapse()
    check_every_part(drawn(log, Anchor(kind, None if kind == "none" else "Demo")))


class TestOther:
    def test_it_opens_into_its_types(self):
        log = seeded(3).log()
        view = drawn(log, Anchor(), n_types=3)
        whole = journey.step_flows(log, steps=5, n_types=99)
        inside = types_inside(whole, 2, view.other_types)
        assert not set(inside["touchpoint"]) & {"Other"}
        # A journey has one touch at a step, so the types of the box add up to it.
        assert inside["n_journeys"].sum() == view.n_in(2, Box("other", "Other"))

    def test_only_its_own_box_asks_for_it(self):
        view = drawn(seeded(3).log(), Anchor(), n_types=3)
        named = named_types(view.flows)[0]
        assert selected_other(view, Selection("box", json.dumps([1, "other", "Other"]))) == 1
        assert selected_other(view, Selection("box", json.dumps([9, "other", "Other"]))) is None
        assert selected_other(view, Selection("box", json.dumps([1, "touchpoint", named]))) is None
        assert selected_other(view, None) is None


def test_what_is_no_longer_drawn_is_not_selected():
    view = drawn(seeded(3).log(), Anchor())
    assert part(view, 9, "touchpoint", "Ad") is None
    assert part(view, 1, "touchpoint", "Gone") is None
    assert part(view, 1, "outcome", "Ad") is None
    assert selected_part(view, Selection("node", "Ad")) is None
    assert selected_part(view, None) is None


def test_a_type_called_as_an_outcome_is_a_box_of_its_own():
    # Step 2: a has the touch "won", b is over, its outcome being won.
    model = Definitions(won=("Deal",))
    rows = [("a", 0, "Ad"), ("a", 1, "won"), ("b", 0, "Deal")]
    view = drawn(small_log(rows, model), Anchor())
    touch, outcome = part(view, 2, "touchpoint", "won"), part(view, 2, "outcome", "won")
    opened = [journey.journeys(found.journeys()) for found in (touch, outcome)]
    assert [found["account_id"].tolist() for found in opened] == [["a"], ["b"]]
    assert (touch.title, outcome.title) == ("won at step 2", "Won at step 2")
    assert (touch.steps, outcome.steps) == (("won",), ())


def test_steps_are_named_from_their_anchor():
    assert step_names(Anchor(), 3) == []
    assert step_names(Anchor("start", "Demo"), 3) == ["Demo", "1 after", "2 after"]
    assert step_names(Anchor("around", "Demo"), 4) == ["2 before", "1 before", "Demo", "1 after"]
