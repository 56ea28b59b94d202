import json
import re
from collections import Counter
from itertools import combinations

import networkx as nx
import pytest
import resvg_py
from defusedxml import ElementTree

from journey import charts
from journey.charts.maps.journey_map import journey_map
from journey.charts.maps.layout import Rect, layout
from journey.charts.maps.routes import routes
from journey.charts.svg import printable, text_width
from journey.charts.theme import fixed
from journey.errors import ValueNotAllowedError
from journey.schema import OUTCOMES
from tests.charts.example_graphs import EXAMPLES, HOSTILE_NAMES, five, hostile, journey_graph, loops

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {name: journey_map(graph) for name, graph in EXAMPLES.items()}

every_example = pytest.mark.parametrize("name", EXAMPLES)


def tree(picture):
    return ElementTree.fromstring(picture.svg)


def parts(picture, kind):
    return [part for part in tree(picture).iter() if part.get("data-kind") == kind]


def texts(part, css_class=None):
    return [
        text
        for text in part.iter(f"{SVG}text")
        if css_class is None or css_class in text.get("class", "").split()
    ]


def said(picture, css_class=None):
    return [text.text for text in texts(tree(picture), css_class)]


def font_size(text):
    """Size of a text by the class it has, as the style sets it."""
    classes = text.get("class", "").split()
    large = {"message": 22, "counts": 14, "stage-name": 16, "outcome-count": 20, "back-title": 14}
    return next((size for name, size in large.items() if name in classes), 13)


@every_example
def test_every_type_and_every_move_is_drawn_exactly_once(name):
    graph = EXAMPLES[name]
    nodes = Counter(part.get("data-id") for part in parts(DRAWN[name], "node"))
    edges = Counter(tuple(json.loads(p.get("data-id"))) for p in parts(DRAWN[name], "edge"))
    # XML can't hold most control characters; identifiers lose them and nothing else.
    assert nodes == Counter(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", node) for node in graph)
    assert edges == Counter(list(graph.edges))
    assert [part.get("data-id") for part in parts(DRAWN[name], "outcome")] == list(OUTCOMES)
    assert [p.get("data-id") for p in parts(DRAWN[name], "stage")] == graph.graph["stages"]


@every_example
def test_parts_that_can_be_clicked_have_a_name_and_take_the_focus(name):
    for part in tree(DRAWN[name]).iter():
        if part.get("data-kind"):
            assert "hit" in part.get("class").split()
            assert part.get("tabindex") == "0"
            assert part.get("role") == "button"
            assert part.get("aria-label").strip()
            assert part.find(f"{SVG}title").text


def test_the_tab_key_reaches_stages_then_types_then_moves_then_outcomes():
    kinds = [part.get("data-kind") for part in tree(DRAWN["loops"]).iter() if part.get("data-kind")]
    # 5 stages, 15 types, 33 moves, 5 outcomes, each kind in one run.
    assert kinds == ["stage"] * 5 + ["node"] * 15 + ["edge"] * 33 + ["outcome"] * 5


@every_example
def test_nothing_in_the_drawing_can_run_or_load(name):
    for part in tree(DRAWN[name]).iter():
        assert part.tag.removeprefix(SVG) in {"svg", "style", "g", "rect", "path", "text", "title"}
        assert not any(attribute.lower().startswith("on") for attribute in part.attrib)
        assert not any("href" in attribute or attribute == "id" for attribute in part.attrib)
    style = tree(DRAWN[name]).find(f"{SVG}style").text
    assert "url(" not in style
    assert "@import" not in style


@every_example
def test_text_in_a_box_stays_inside_it(name):
    for part in (*parts(DRAWN[name], "node"), *parts(DRAWN[name], "outcome")):
        box = next(rect for rect in part.iter(f"{SVG}rect"))
        left, width = float(box.get("x")), float(box.get("width"))
        top, height = float(box.get("y")), float(box.get("height"))
        for text in texts(part):
            x, y = float(text.get("x")), float(text.get("y"))
            wide = text_width(text.text or "", font_size(text))
            classes = text.get("class").split()
            if "name" in classes:
                assert wide <= width
                assert x == pytest.approx(left + width / 2, abs=0.2)
            else:
                assert left <= x <= left + width
                assert wide <= width
            assert top + 10 < y < top + height


@every_example
def test_number_and_win_rate_in_a_box_do_not_touch(name):
    for part in parts(DRAWN[name], "node"):
        count, *win = texts(part, "count") + texts(part, "win")
        for text in win:
            end = float(count.get("x")) + text_width(count.text, 13)
            assert end < float(text.get("x")) - text_width(text.text, 12)


@every_example
def test_labels_of_moves_cover_neither_boxes_nor_each_other(name):
    placed = layout(EXAMPLES[name])
    labels = []
    for text in texts(tree(DRAWN[name]), "move-label"):
        if "left" not in text.get("class").split():
            width = text_width(text.text, 11)
            x, y = float(text.get("x")), float(text.get("y"))
            labels.append(Rect(x - width / 2, y - 11, width, 14))
    for one, other in combinations(labels, 2):
        assert not one.overlaps(other)
    for box in (*placed.boxes.values(), *placed.outcomes.values()):
        assert not any(one.overlaps(box) for one in labels)


@every_example
def test_repeats_stay_above_their_box_and_so_off_its_number(name):
    graph = EXAMPLES[name]
    placed = layout(graph)
    found = routes(graph, placed, frozenset())
    for node in nx.nodes_with_selfloops(graph):
        heights = re.findall(r",(-?[\d.]+)", found.moves[node, node].path)
        assert all(float(y) <= placed.boxes[node].y + 0.1 for y in heights)


@every_example
def test_back_moves_share_neither_track_nor_row(name):
    graph = EXAMPLES[name]
    placed = layout(graph)
    found = routes(graph, placed, frozenset())
    backs = [route for route in found.moves.values() if route.shape == "back"]
    assert len(backs) == sum(
        placed.column[target] < placed.column[source] for source, target in graph.edges
    )
    rows = Counter()
    for one, other in combinations(backs, 2):
        # The way down, the row, the way up: where rows are shared, they don't overlap.
        down, up = (re.findall(r"V[\d.-]+Q([\d.]+),", route.path) for route in (one, other))
        assert not set(down) & set(up)
        if one.spots[0][1] == other.spots[0][1]:
            rows[one.spots[0][1]] += 1
            (left, _), (right, _) = one.spots[:2]
            (other_left, _), (other_right, _) = other.spots[:2]
            assert right < other_left or other_right < left
    assert all(route.spots[0][1] > placed.bottom for route in backs)


def test_the_title_says_where_journeys_begin_turn_back_and_end():
    # 2650 of 6300 begin with Google search ad; 620 moves go back to the blog article, 400 to the
    # e-mail; 2100 of 6300 end in no decision.
    assert DRAWN["loops"].title == (
        "42% of journeys begin with Google search ad, 620 moves turn back to Blog article, "
        "33% end in no decision"
    )
    assert said(DRAWN["loops"], "message") == [DRAWN["loops"].title]


@every_example
def test_the_title_fits_one_line(name):
    # With room to spare for letters wider than they are taken to be.
    assert text_width(DRAWN[name].title, 22) <= 0.94 * (DRAWN[name].width - 32)


def test_long_names_share_the_room_of_the_title():
    long = "An unusually long name of a touchpoint that somebody exported from somewhere"
    graph = journey_graph(
        {"Ad": "Attract", long: "Capture"}, {("Ad", long): 9, (long, "Ad"): 3}, starts={long: 90}
    )
    title = journey_map(graph).title
    assert "turn back to Ad," in title
    assert re.search(r"begin with An unusually long name.*…,", title)
    assert "100% are still in progress" in title


def test_the_alternative_text_says_what_the_map_holds():
    alt = DRAWN["loops"].alt
    assert "Map of 6,300 journeys through the stages Attract, Capture, Nurture" in alt
    assert "won 310, lost 890, no decision 2,100, stalled 1,350, in progress 1,650" in alt
    assert DRAWN["loops"].svg.count("aria-label") > 30


def test_what_is_left_out_is_said():
    hidden = {"n_types": 12, "n_edges": 268, "n_moves": 9}
    stage_of = {"Ad": "Attract", "Blog": "Capture"}
    graph = journey_graph(stage_of, {("Ad", "Blog"): 91}, hidden=hidden)
    # 91 of 91 + 9 moves are drawn, on 1 of 1 + 268 edges.
    coverage = said(journey_map(graph), "right")[0]
    assert coverage.startswith("1 of 269 moves drawn, 91% of all steps · 2 of 14 types")


def test_a_whole_map_says_so():
    assert said(DRAWN["five"], "right")[0].startswith("All 5 moves drawn")


def test_outcomes_carry_counts_and_shares():
    shown = {
        part.get("data-id"): [text.text for text in texts(part)]
        for part in parts(DRAWN["loops"], "outcome")
    }
    assert shown["won"] == ["Won", "310", "5%"]
    assert shown["no_decision"] == ["No decision", "2,100", "33%"]


def test_start_marks_stand_left_of_the_boxes_where_most_begin():
    marks = [part for part in tree(DRAWN["loops"]).iter() if part.get("class") == "start"]
    # 2650, 2100, 800 and 500 of 6300; 250 are less than one in twenty. The last is the legend's.
    assert [text.text for mark in marks for text in texts(mark)] == ["42%", "33%", "13%", "8%"]


def test_back_moves_are_named_with_count_target_and_source():
    counts = said(DRAWN["loops"], "back-count")
    names = said(DRAWN["loops"], "back-name")
    assert {"620", "210", "190", "160"} <= set(counts)
    assert ["Blog article", "Pricing page"] in [names[i : i + 2] for i in range(len(names))]
    assert said(DRAWN["loops"], "back-title") == ["Back to an earlier stage:", "1,180 moves"]


def test_ribbons_carry_share_and_time_where_there_is_room():
    # 700 of the 2800 moves from LinkedIn ad go to the pricing page.
    assert "25% · 4 days" in said(DRAWN["loops"], "move-label")


def test_every_figure_of_a_move_is_in_its_tooltip():
    edge = next(
        part
        for part in parts(DRAWN["loops"], "edge")
        if json.loads(part.get("data-id")) == ["Pricing page", "Blog article"]
    )
    # 620 of 300 + 520 + 480 + 620 moves from the pricing page.
    assert edge.find(f"{SVG}title").text.split("\n") == [
        "Pricing page → Blog article (back)",
        "620 moves in 620 journeys",
        "32% of moves from Pricing page",
        "Median time 4 days",
    ]


def test_win_rates_on_few_journeys_are_greyed_and_say_n():
    graph = five()
    graph.nodes["Demo"].update(n_decided=29, win_rate=0.5)
    graph.nodes["Renewal"].update(n_decided=30, win_rate=0.5)
    graph.nodes["Form filled"].update(n_decided=0, win_rate=float("nan"))
    shown = {
        part.get("data-id"): [(text.text, text.get("class")) for text in texts(part, "win")]
        for part in parts(journey_map(graph), "node")
    }
    assert shown["Demo"] == [("50%, n=29", "win unsure")]
    assert shown["Renewal"] == [("50% won", "win")]
    assert shown["Form filled"] == []


def test_without_a_winning_rule_there_are_no_win_rates_and_the_map_says_why():
    graph = five()
    graph.graph["has_win_rule"] = False
    picture = journey_map(graph)
    assert said(picture, "win") == []
    assert "No winning rule set" in said(picture)
    assert "Win rate" not in picture.svg


def test_stages_show_their_journeys_where_the_graph_has_them():
    graph = five()
    graph.graph["stage_journeys"] = {"Attract": 1234}
    assert "1,234 journeys" in said(journey_map(graph), "stage-count")
    assert "50 touchpoints" in said(journey_map(graph), "stage-count")


def test_a_selected_type_is_set_off_and_its_moves_stay():
    picture = journey_map(loops(), selected="Pricing page")
    nodes = [part for part in parts(picture, "node") if part.get("aria-pressed")]
    assert [part.get("data-id") for part in nodes] == ["Pricing page"]
    for part in parts(picture, "edge"):
        touches = "Pricing page" in json.loads(part.get("data-id"))
        assert touches != ("dim" in part.get("class").split())
    assert not [part for part in tree(DRAWN["loops"]).iter() if "dim" in part.get("class", "")]


def test_a_selection_that_is_not_on_the_map_sets_nothing_off():
    nodes = parts(journey_map(five(), selected="Gone"), "node")
    assert len(nodes) == 5
    assert not [part for part in nodes if part.get("aria-pressed")]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_theme_is_a_class_on_one_and_the_same_drawing(theme):
    drawn = journey_map(loops(), theme=theme).svg
    assert theme in tree(journey_map(loops(), theme=theme)).get("class").split()
    assert drawn.replace(f"journey-map {theme}", "") == DRAWN["loops"].svg.replace(
        "journey-map light", ""
    )


def test_an_unknown_theme_is_refused():
    with pytest.raises(ValueNotAllowedError, match=r"'sepia'.*dark, light"):
        journey_map(five(), theme="sepia")


@pytest.mark.parametrize("stages", [[], ["Attract", "Convert"]])
def test_an_empty_graph_is_a_picture_that_says_what_to_do(stages):
    picture = journey_map(nx.DiGraph(stages=stages))
    assert picture.title == "No journeys to draw"
    assert [text for text in said(picture) if text not in stages] == [picture.title, picture.alt]
    assert [text for text in said(picture) if text in stages] == stages


def test_hostile_names_are_shown_as_text():
    picture = DRAWN["hostile"]
    assert "<script" not in picture.svg
    names = {part.get("data-id"): texts(part, "name") for part in parts(picture, "node")}
    assert [text.text for text in names[""]] == ["(no name)"]
    assert [text.text for text in names["a\tb\nc"]] == ["a b c"]
    assert all(len(lines) in (1, 2) for lines in names.values())
    tooltips = {part.find(f"{SVG}title").text.split("\n")[0] for part in parts(picture, "node")}
    assert tooltips == {printable(name) for name in HOSTILE_NAMES}


def test_a_type_may_be_named_like_an_outcome():
    graph = journey_graph({"won": "Attract"}, {}, ends={("won", "won"): 7})
    assert len(parts(journey_map(graph), "node")) == 1


@every_example
def test_drawing_twice_gives_the_same(name):
    assert journey_map(EXAMPLES[name]).svg == DRAWN[name].svg


def test_a_filter_with_the_whole_moves_no_box():
    whole = loops()
    filtered = whole.copy()
    filtered.remove_nodes_from(["Blog article", "Sales call"])

    def places(picture):
        return {
            part.get("data-id"): dict(part.find(f"{SVG}rect").attrib)
            for part in parts(picture, "node")
        }

    before, after = places(DRAWN["loops"]), places(journey_map(filtered, whole=whole))
    assert after == {node: before[node] for node in filtered}


@every_example
def test_numbers_in_the_drawing_are_finite(name):
    assert not re.search(
        r'"[^"]*\b(nan|inf)\b[^"]*"', re.sub(r'aria-label="[^"]*"', "", DRAWN[name].svg)
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_file_in_fixed_colours_can_be_rendered_without_a_browser(theme):
    picture = journey_map(hostile(), theme=theme)
    png = bytes(resvg_py.svg_to_bytes(svg_string=fixed(picture.svg, theme), width=700))
    assert png.startswith(b"\x89PNG")


def test_the_package_gives_the_function_even_after_its_module_was_imported():
    assert charts.journey_map is journey_map
    assert charts.journey_map(five()).title


def test_a_move_to_the_left_that_is_no_way_back_is_not_drawn_as_one():
    graph = journey_graph({"Ad": "Attract", "Won": "Expand"}, {("Ad", "Won"): 9, ("Won", "Ad"): 4})
    assert 'class="hit edge back' in journey_map(graph).svg
    graph.edges["Won", "Ad"].update(direction="within", n_back=1)
    graph.graph["n_back"] = 1
    svg = journey_map(graph).svg
    assert 'class="hit edge back' not in svg
    assert 'class="hit edge aside' in svg
    assert "To a step of an earlier stage," in svg
    assert "without going back" in svg
    assert "Back to an earlier stage" not in svg
    assert "1 of them back to an earlier stage" in svg


def test_the_back_lane_counts_what_goes_back_and_what_is_not_drawn():
    graph = journey_graph({"Ad": "Attract", "Demo": "Convert"}, {("Demo", "Ad"): 9})
    graph.edges["Demo", "Ad"].update(n_back=7)
    graph.graph["n_back"] = 20
    assert said(journey_map(graph), "back-title") == [
        "Back to an earlier stage:",
        "20 moves, 7 drawn",
    ]


def test_the_title_counts_the_moves_back_of_the_whole_view():
    # 9 back to the guide are drawn; with those left out 12 are, and 20 back to the ad.
    graph = journey_graph(
        {"Ad": "Attract", "Guide": "Capture", "Demo": "Convert"},
        {("Demo", "Guide"): 9, ("Demo", "Ad"): 8},
    )
    assert "9 moves turn back to Guide" in journey_map(graph).title
    graph.graph["back_to"] = {"Ad": 20, "Guide": 12}
    assert "20 moves turn back to Ad" in journey_map(graph).title
    # What is not drawn is not named: there is nothing on the map to find.
    graph.graph["back_to"]["Mail"] = 30
    assert "20 moves turn back to Ad" in journey_map(graph).title
