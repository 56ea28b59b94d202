from xml.etree import ElementTree as ET

import networkx as nx
import pandas as pd
import pytest

from journey.charts import route_map
from journey.errors import ColumnNotFoundError

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<b>Demo</b> & $x$"


def graph():
    drawn = nx.DiGraph(stages=["Nurture", "Convert"], outcomes={"won": 9}, n_journeys=9)
    for name, stage in (
        ("Ad", "Nurture"),
        ("Mail", "Nurture"),
        (HOSTILE, "Convert"),
        ("Won", "Convert"),
        ("Page", "Convert"),
    ):
        drawn.add_node(name, stage=stage, n_touchpoints=9, n_journeys=9)
    for move in (("Ad", "Mail"), ("Mail", HOSTILE), (HOSTILE, "Page"), ("Page", "Page")):
        drawn.add_edge(*move, n_moves=9, n_journeys=9)
    return drawn


def winning(*sequences):
    return pd.DataFrame(
        {
            "sequence": pd.Series(list(sequences), dtype=object),
            "n_journeys": 7,
            "n_won": 12,
            "state": "in Nurture, last touch Mail",
        }
    )


def parts(picture, tag, style):
    root = ET.fromstring(picture.svg)  # noqa: S314 -- our own drawing
    return [one for one in root.iter(f"{SVG}{tag}") if style in one.get("class", "").split()]


ROUTE = ("Mail", HOSTILE, "Won")


def test_the_title_says_how_many_took_the_likeliest_route():
    picture = route_map(graph(), winning(ROUTE), own=["Ad", "Mail"])
    assert picture.title == f"7 of 12 that won from here went by {HOSTILE}"
    assert "7 of 12: Mail, " in picture.alt
    assert "<b>" not in picture.svg
    long = ("Mail", "Ad", "Page", "Call", "Demo", "Won")
    assert route_map(graph(), winning(long), own=["Mail"]).title.endswith("Ad, Page, Call …")
    assert route_map(graph(), winning(("Mail", "Won")), own=["Mail"]).title.endswith("won next")


def test_routes_and_its_own_way_are_drawn_over_the_rest():
    picture = route_map(graph(), winning(ROUTE), own=["Ad", "Ad", "Mail"])
    # Ad → Mail is its own way; Mail → Demo → Won won, though no journey goes directly to Won.
    assert len(parts(picture, "g", "own")) == 1 + 1  # and one in the legend
    assert len(parts(picture, "g", "route")) == 2 + 1
    assert [one.text for one in parts(picture, "text", "step-number")] == ["1", "2"]
    assert len(parts(picture, "rect", "here")) == 1


def test_without_routes_its_own_way_stays():
    picture = route_map(graph(), winning(), own=["Ad", "Mail"])
    assert picture.title == "No journey has won from here so far"
    assert not parts(picture, "g", "route")
    assert len(parts(picture, "g", "own")) == 2


def test_every_type_keeps_its_place_on_the_map():
    whole = graph()
    small = whole.subgraph(["Mail", HOSTILE, "Won"])
    boxes = [
        {
            box.find(f"{SVG}title").text: box.find(f"{SVG}rect").attrib
            for box in parts(route_map(one, winning(ROUTE), own=["Mail"], whole=whole), "g", "node")
        }
        for one in (whole, small)
    ]
    assert len(boxes[1]) == 3
    assert all(boxes[0][name] == place for name, place in boxes[1].items())


def test_nothing_on_it_claims_to_be_a_button():
    assert 'role="button"' not in route_map(graph(), winning(ROUTE), own=["Ad", "Mail"]).svg


def test_a_missing_column_is_told():
    with pytest.raises(ColumnNotFoundError, match="the winning routes"):
        route_map(graph(), winning(ROUTE).drop(columns="state"), own=["Mail"])
