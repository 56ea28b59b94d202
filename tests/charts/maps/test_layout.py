from itertools import combinations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.charts.maps.lanes import labelled_moves, ribbon_scale, strongest_ends
from journey.charts.maps.layout import BOX_HEIGHT, TOP, WIDTH, Rect, layout
from journey.charts.maps.order import first_rows, stage_order
from journey.charts.maps.routes import routes
from tests.charts.example_graphs import EXAMPLES, dense, five, journey_graph, loops

every_example = pytest.mark.parametrize("graph", EXAMPLES.values(), ids=EXAMPLES)


def without(graph, *nodes):
    smaller = graph.copy()
    smaller.remove_nodes_from(nodes)
    return smaller


@every_example
def test_boxes_are_of_one_size_disjoint_and_inside_their_stage(graph):
    placed = layout(graph)
    assert placed.boxes.keys() == set(graph)
    assert len({(round(box.width, 6), box.height) for box in placed.boxes.values()}) == 1
    for one, other in combinations((*placed.boxes.values(), *placed.outcomes.values()), 2):
        assert not one.overlaps(other)
    for node, box in placed.boxes.items():
        panel = placed.panels[placed.stages.index(graph.nodes[node]["stage"])]
        assert panel.x < box.x
        assert box.right < panel.right
        assert panel.y < box.y
        assert box.bottom < panel.bottom


@every_example
def test_everything_lies_on_the_picture(graph):
    placed = layout(graph)
    rects = (*placed.panels, *placed.boxes.values(), *placed.outcomes.values())
    assert all(rect.x >= 0 and rect.right <= placed.width for rect in rects)
    assert all(rect.y >= TOP and rect.bottom <= placed.bottom for rect in rects)


@every_example
def test_long_ways_pass_between_the_boxes(graph):
    placed = layout(graph)
    for (kind, source, target), y in placed.lanes.items():
        last = placed.column[target] if kind == "move" else len(placed.panels)
        for node, box in placed.boxes.items():
            if placed.column[source] < placed.column[node] < last:
                assert not box.y - 1 < y < box.bottom + 1


@every_example
def test_every_move_and_every_drawn_end_has_one_way(graph):
    placed = layout(graph)
    found = routes(graph, placed, frozenset())
    assert found.moves.keys() == set(graph.edges)
    assert found.ends.keys() == placed.ends.keys()
    # A way has a width and never the same path as another.
    assert all(route.thickness > 0 for route in found.moves.values())
    assert len({route.path for route in found.moves.values()}) == graph.number_of_edges()


def test_many_types_make_the_map_higher_not_wider():
    small, large = layout(dense(27, 99)), layout(dense(60, 240))
    assert small.width == large.width == WIDTH
    assert large.bottom > small.bottom


def test_only_more_than_eleven_stages_make_the_map_wider():
    assert layout(EXAMPLES["eight stages"]).width == WIDTH
    assert layout(EXAMPLES["fourteen stages"]).width > WIDTH


@every_example
def test_the_same_graph_has_the_same_layout_whatever_the_order_it_was_built_in(graph):
    turned = nx.DiGraph(**graph.graph)
    turned.add_nodes_from(reversed(list(graph.nodes(data=True))))
    turned.add_edges_from(reversed(list(graph.edges(data=True))))
    one, other = layout(graph), layout(turned)
    assert one.boxes == other.boxes
    assert one.lanes == other.lanes
    marks = frozenset[str]()
    assert routes(graph, one, marks) == routes(turned, other, marks)


def test_order_uncrosses_moves_that_volume_alone_would_cross():
    # By volume A1 stands above A2 and B1 above B2; all moves of A1 go to B2, of A2 to B1.
    stage_of = {"A1": "Attract", "A2": "Attract", "B1": "Capture", "B2": "Capture"}
    graph = journey_graph(stage_of, {("A1", "B2"): 10, ("A2", "B1"): 9})
    for node, n_touchpoints in {"A1": 40, "A2": 30, "B1": 40, "B2": 30}.items():
        graph.nodes[node]["n_touchpoints"] = n_touchpoints
    order = stage_order(graph)
    assert [order["Attract"].index("A1"), order["Attract"].index("A2")] == [
        order["Capture"].index("B2"),
        order["Capture"].index("B1"),
    ]


def test_ties_fall_to_volume_then_name():
    graph = journey_graph(dict.fromkeys("bca", "Attract"), {})
    graph.nodes["c"]["n_touchpoints"] = 9
    assert stage_order(graph)["Attract"] == ["c", "a", "b"]


def test_a_given_order_is_kept_and_new_types_follow_below():
    graph = journey_graph(dict.fromkeys("abcd", "Attract"), {})
    graph.nodes["d"]["n_touchpoints"] = 99
    assert stage_order(graph, {"Attract": ["c", "x", "a"]})["Attract"] == ["c", "a", "d", "b"]


def test_columns_are_centred_on_each_other():
    assert first_rows({"A": list("abcde"), "B": list("fg"), "C": []}) == {"A": 0, "B": 1, "C": 2}


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_filter_moves_nothing_that_stays(data):
    graph = dense(18, 50)
    gone = data.draw(st.sets(st.sampled_from(sorted(graph)), max_size=17))
    whole, filtered = layout(graph), layout(without(graph, *gone), graph)
    for node in set(graph) - gone:
        assert filtered.boxes[node] == whole.boxes[node]
    assert filtered.panels == whole.panels
    assert filtered.outcomes == whole.outcomes


def test_the_order_of_a_stage_stays_when_a_type_goes():
    graph = loops()
    order = stage_order(graph)
    for gone in graph:
        kept = stage_order(without(graph, gone), order)
        assert kept == {
            stage: [node for node in nodes if node != gone] for stage, nodes in order.items()
        }


def test_types_and_stages_that_the_whole_did_not_have_get_places_of_their_own():
    whole = five()
    graph = journey_graph(
        {"Ad click": "Attract", "Group of ads": "Attract", "Demo": "Capture", "Extra": "Later"},
        {("Ad click", "Group of ads"): 3, ("Group of ads", "Extra"): 2},
        stages=("Attract", "Capture", "Later"),
    )
    placed = layout(graph, whole)
    assert placed.stages == (*whole.graph["stages"], "Later")
    assert not any(one.overlaps(other) for one, other in combinations(placed.boxes.values(), 2))
    assert placed.boxes["Ad click"].y < placed.boxes["Group of ads"].y
    # Demo changed its stage, so its old place is not kept.
    assert placed.column["Demo"] == placed.column["Extra"] - 4


def test_types_without_a_stage_stand_in_a_column_of_their_own():
    graph = nx.DiGraph(stages=["Attract"])
    graph.add_node("Ad", stage="Attract")
    graph.add_node("Odd")
    assert layout(graph).stages == ("Attract", "Unassigned")


def test_stages_without_types_keep_a_narrower_column():
    panels = layout(journey_graph({"Ad": "Attract"}, {})).panels
    assert len(panels) == 5
    assert all(panel.width < panels[0].width for panel in panels[1:])


def test_outcomes_stay_on_the_first_screen_however_high_the_map():
    placed = layout(EXAMPLES["60 types"])
    assert placed.bottom > 1500
    assert placed.outcomes["in_progress"].bottom < 900


def test_ribbons_of_a_box_fit_its_side():
    graph = loops()
    scale = ribbon_scale(graph)
    for node in graph:
        leaving = sum(n for _, target, n in graph.out_edges(node, data="n_moves") if target != node)
        assert leaving * scale <= BOX_HEIGHT


def test_the_strongest_ends_cover_four_of_five_journeys_or_stop_at_a_dozen():
    stage_of = dict.fromkeys("abc", "Attract")
    ends = {("a", "won"): 50, ("b", "lost"): 30, ("c", "lost"): 19, ("c", "won"): 1}
    # 50 + 30 are four of five of 100.
    assert strongest_ends(journey_graph(stage_of, {}, ends=ends)) == {
        ("a", "won"): 50,
        ("b", "lost"): 30,
    }
    assert len(strongest_ends(EXAMPLES["60 types"])) == 12


def test_only_volume_earns_a_label():
    stage_of = dict.fromkeys("abc", "Attract")
    moves = {("a", "b"): 100, ("b", "c"): 12, ("c", "a"): 11, ("a", "a"): 500}
    # The limit is 12 % of the largest move between two types; repeats have a label of their own.
    assert labelled_moves(journey_graph(stage_of, moves)) == {("a", "b"), ("b", "c")}
    assert len(labelled_moves(EXAMPLES["60 types"])) == 18


def test_rectangles_overlap_by_area_or_nearness():
    rect = Rect(0, 0, 10, 10)
    assert rect.overlaps(Rect(9, 9, 10, 10))
    assert not rect.overlaps(Rect(10, 0, 10, 10))
    assert rect.overlaps(Rect(10, 0, 10, 10), 1)
    assert (rect.right, rect.bottom, rect.middle) == (10, 10, 5)
