from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.charts.flows.layout import FLOW_COLUMNS, GAP, Area, Key, lay_out
from journey.errors import ColumnNotFoundError
from journey.schema import OUTCOMES
from tests.charts.sample_frames import STAGE_OF, STAGES, sequences, step_flows

AREA = Area(20, 100, 1360, 600)
JOURNEYS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(list(STAGE_OF)), min_size=1, max_size=7), st.sampled_from(OUTCOMES)
    ),
    min_size=1,
    max_size=25,
)


def layout_of(journeys, **options):
    return lay_out(step_flows(journeys, **options), stages=STAGES, area=AREA)


def columns(layout):
    return {step: [box for box in layout.boxes if box.step == step] for step in layout.steps}


@settings(max_examples=60, deadline=None)
@given(JOURNEYS, st.integers(1, 6), st.integers(1, 15), st.integers(0, 2))
def test_every_column_holds_all_journeys_at_one_scale(journeys, steps, n_types, lead):
    layout = layout_of(journeys, steps=steps, n_types=n_types, lead=lead)
    assert layout.n_journeys == len(journeys)
    for column in columns(layout).values():
        assert sum(box.n_journeys for box in column) == len(journeys)
        total = sum(box.height for box in column)
        assert total == pytest.approx(len(journeys) * layout.scale)
        for box in column:
            assert box.height == pytest.approx(box.n_journeys * layout.scale)


@settings(max_examples=60, deadline=None)
@given(JOURNEYS, st.integers(1, 6), st.integers(1, 15))
def test_boxes_of_a_column_stay_apart_and_inside(journeys, steps, n_types):
    for column in columns(layout_of(journeys, steps=steps, n_types=n_types)).values():
        assert column == sorted(column, key=lambda box: box.y)
        for above, below in pairwise(column):
            assert above.y + above.height <= below.y - 1.9
        assert column[0].y >= AREA.y - 1e-6
        assert column[-1].y + column[-1].height <= AREA.y + AREA.height + 1e-6


@settings(max_examples=60, deadline=None)
@given(JOURNEYS, st.integers(2, 6), st.integers(0, 2))
def test_ribbons_fill_the_boxes_they_join(journeys, steps, lead):
    layout = layout_of(journeys, steps=steps, lead=lead)
    for box in layout.boxes:
        leaving = [flow for flow in layout.flows if flow.source == box]
        arriving = [flow for flow in layout.flows if flow.target == box]
        if box.step < steps:
            assert sum(flow.n_journeys for flow in leaving) == box.n_journeys
            assert leaving[0].source_y == pytest.approx(box.y)
            last = leaving[-1]
            assert last.source_y + last.thickness == pytest.approx(box.y + box.height)
        if box.step > 1:
            assert sum(flow.n_journeys for flow in arriving) == box.n_journeys
            tops = sorted(flow.target_y for flow in arriving)
            assert tops[0] == pytest.approx(box.y)


def test_order_of_boxes_is_the_same_in_every_column():
    layout = layout_of(sequences(800), steps=8)
    everywhere = list(dict.fromkeys(box.key for box in layout.boxes))
    rank = {}
    for column in columns(layout).values():
        for place, box in enumerate(column):
            for later in column[place + 1 :]:
                rank[box.key, later.key] = True
    assert len(everywhere) > 15
    assert not [pair for pair in rank if pair[::-1] in rank]


def test_types_stand_by_stage_then_volume_then_other_then_outcomes():
    # Volumes: blog 6, demo 3, ad 1, trade show 1 (the last by name, so it is Other).
    journeys = [(["Blog article", "Blog article"], "lost")] * 3 + [
        (["LinkedIn ad"], "won"),
        (["Product demo", "Product demo"], "stalled"),
        (["Product demo", "Trade-show booth visit"], "stalled"),
    ]
    layout = layout_of(journeys, steps=2, n_types=3)
    assert [box.key.name for box in layout.boxes] == [
        "Blog article",
        "LinkedIn ad",
        "Product demo",
        "Blog article",
        "Product demo",
        "Other",
        "won",
    ]


def test_outcome_lanes_stand_on_the_foot_and_never_shift_under_an_empty_one():
    journeys = [
        (["LinkedIn ad"], "won"),
        (["LinkedIn ad"], "stalled"),
        (["LinkedIn ad"] * 2, "in_progress"),
    ]
    layout = layout_of(journeys, steps=3)
    lanes = {(box.step, box.key.name): box for box in layout.boxes if box.key.kind == "outcome"}
    foot = AREA.y + AREA.height
    # Step 2 has no lane of journeys in progress, yet the stalled lane keeps 2 px below it.
    assert lanes[2, "stalled"].y + lanes[2, "stalled"].height == pytest.approx(foot - 2)
    assert lanes[3, "in_progress"].y + lanes[3, "in_progress"].height == pytest.approx(foot)


def test_back_moves_go_to_an_earlier_stage_only():
    journeys = [
        (["Product demo", "Blog article", "LinkedIn ad", "Case study", "Case study"], "lost")
    ]
    flows = {
        (f.source.key.name, f.target.key.name): f.is_back
        for f in layout_of(journeys, steps=5).flows
    }
    assert flows == {
        ("Product demo", "Blog article"): True,
        ("Blog article", "LinkedIn ad"): False,
        ("LinkedIn ad", "Case study"): False,
        ("Case study", "Case study"): False,
    }


def test_not_started_stands_at_the_head():
    layout = layout_of(sequences(30), steps=4, lead=1)
    first = columns(layout)[1][0]
    assert first.key == Key("not started", "Not started")
    assert first.y == AREA.y


def test_stages_nobody_ordered_follow_by_mean_step():
    rows = [
        (1, "A", "touchpoint", "Late", "B", "touchpoint", "Later", 2, 0),
        (2, "B", "touchpoint", "Later", None, None, None, 2, 0),
    ]
    layout = lay_out(pd.DataFrame(rows, columns=FLOW_COLUMNS), stages=["Attract"], area=AREA)
    assert layout.stages == ("Attract", "Late", "Later")


@pytest.mark.parametrize(("n_back", "is_back"), [(0, False), (1, False), (2, True)])
def test_a_ribbon_is_back_where_most_of_its_journeys_go_back(n_back, is_back):
    rows = [
        (1, "A", "touchpoint", "Convert", "B", "touchpoint", "Attract", 2, n_back),
        (2, "B", "touchpoint", "Attract", None, None, None, 2, 0),
    ]
    layout = lay_out(pd.DataFrame(rows, columns=FLOW_COLUMNS), stages=STAGES, area=AREA)
    assert layout.flows[0].is_back == is_back


def test_same_name_as_type_and_as_outcome_are_two_boxes():
    rows = [
        (1, "won", "touchpoint", None, "won", "outcome", None, 2, 0),
        (2, "won", "outcome", None, None, None, None, 2, 0),
    ]
    layout = lay_out(pd.DataFrame(rows, columns=FLOW_COLUMNS), stages=STAGES, area=AREA)
    assert [box.key.kind for box in layout.boxes] == ["touchpoint", "outcome"]


def test_row_order_changes_nothing():
    flows = step_flows(sequences(200), steps=5)
    shuffled = flows.sample(frac=1, random_state=3)
    assert lay_out(flows, stages=STAGES, area=AREA) == lay_out(shuffled, stages=STAGES, area=AREA)


def test_empty_frame_gives_an_empty_layout():
    layout = lay_out(pd.DataFrame(columns=list(FLOW_COLUMNS)), stages=STAGES, area=AREA)
    assert (layout.n_journeys, layout.boxes, layout.flows) == (0, (), ())


def test_missing_column_is_named():
    with pytest.raises(ColumnNotFoundError, match="next_stage"):
        lay_out(pd.DataFrame(columns=list(FLOW_COLUMNS)[:6]), stages=STAGES, area=AREA)


def test_gap_between_touchpoints_is_the_same_everywhere():
    for column in columns(layout_of(sequences(500), steps=6)).values():
        upper = [box for box in column if box.key.kind != "outcome"]
        for above, below in pairwise(upper):
            assert below.y - above.y - above.height == pytest.approx(GAP)
