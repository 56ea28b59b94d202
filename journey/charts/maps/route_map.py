"""The routes that won from where an account stands, and its own way there, on the journey map.

Examples
--------
>>> import networkx as nx
>>> from journey.charts import route_map
>>> graph = nx.DiGraph(stages=["Buy"], outcomes={"won": 9}, n_journeys=9)
>>> graph.add_nodes_from(["Call", "Demo", "Won"], stage="Buy", n_touchpoints=9)
>>> nx.add_path(graph, ["Call", "Demo", "Won"], n_moves=9)
>>> winning = pd.DataFrame({"sequence": [("Call", "Demo", "Won")], "n_journeys": 9, "n_won": 9,
...                         "state": "in Buy, last touch Call"})
>>> route_map(graph, winning, own=["Call"]).title
'9 of 9 that won from here went by Demo'
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pandas as pd

from journey.charts.columns import require
from journey.charts.maps import parts
from journey.charts.maps.layout import HEADER, MARGIN, TOP, Layout, Rect, layout
from journey.charts.maps.moves import move_line
from journey.charts.maps.routes import Move, Routes, routes
from journey.charts.maps.style import STYLE
from journey.charts.numbers import format_count
from journey.charts.svg import (
    Picture,
    clip,
    document,
    element,
    label,
    printable,
    text_width,
    tooltip,
)
from journey.charts.svg import coordinate as at
from journey.charts.theme import Theme

if TYPE_CHECKING:
    import networkx as nx

_WIDTHS: Final = (7.0, 4.5, 3.0)
"""Of the routes that won, the likeliest first."""
_OWN: Final = 3.0
_LEGEND: Final = 56
_TITLE_STEPS: Final = 3
_LINE: Final = 22
_TEXT: Final = 13

_RULES: Final = (
    ".journey-map .faint{opacity:.28}"
    ".journey-map .route .way{stroke:var(--outcome-won);stroke-opacity:.95;stroke-dasharray:none}"
    ".journey-map .route .head{fill:var(--outcome-won)}"
    ".journey-map .own .way{stroke:var(--ink);stroke-opacity:.9;stroke-dasharray:3 3}"
    ".journey-map .own .head{fill:var(--ink)}"
    ".journey-map .here{fill:none;stroke:var(--focus);stroke-width:4}"
    ".journey-map .name-in-list{font-size:13px}"
    ".journey-map .step{fill:var(--outcome-won);stroke:var(--paper);stroke-width:2}"
    ".journey-map .step-number{fill:var(--on-stage);font-weight:700;text-anchor:middle}"
)


def route_map(
    graph: "nx.DiGraph[str]",
    winning: pd.DataFrame,
    *,
    own: Sequence[str],
    whole: "nx.DiGraph[str] | None" = None,
    theme: Theme = "light",
) -> Picture:
    """Draw the way of an account so far and the routes that won from there; all else stands back.

    Parameters
    ----------
    graph : networkx.DiGraph
        What is drawn, as for :func:`journey_map`; moves of the ways that it lacks are left out.
    winning
        The frame of ``winning_routes``: sequence, n_journeys, n_won, state; likeliest first.
    own
        The types of the account's touches, in order.
    whole : networkx.DiGraph, optional
        The graph before narrowing: every type keeps the place it has there.
    theme : {"light", "dark"}
        Colours the picture opens with.

    Returns
    -------
    Picture
        The SVG, with its message and alternative text.

    Raises
    ------
    ColumnNotFoundError
        If the frame lacks a column.
    """
    require(winning, ("sequence", "n_journeys", "n_won", "state"), where="the winning routes")
    ways = [list(pairwise(sequence)) for sequence in winning["sequence"]]
    graph = _with_steps(graph, {move for way in ways for move in way})
    placed = layout(graph, whole)
    found = routes(graph, placed, frozenset())
    title = clip(_title(winning), placed.width - 2 * MARGIN, 22)
    return document(
        "".join(_body(graph, winning, own, placed, found, title)),
        size=(placed.width, round(found.bottom + _LEGEND)),
        classes=f"journey-map {theme}",
        style=STYLE + _RULES,
        title=title,
        alt=_alternative(winning, own),
    )


def _body(
    graph: "nx.DiGraph[str]",
    winning: pd.DataFrame,
    own: Sequence[str],
    placed: Layout,
    found: Routes,
    title: str,
) -> list[str]:
    """Draw the parts one over the other: what stands back, then its own way, then the routes."""
    ways: list[tuple[str, ...]] = winning["sequence"].tolist()
    used = {*own, *(name for way in ways for name in way)}
    return [
        label(title, {"class": "message", "x": MARGIN, "y": 38}),
        label(_fact(winning), {"class": "counts muted", "x": MARGIN, "y": 65}),
        *(ground for *_, ground in parts.stage_grounds(graph, placed)),
        element("g", {"class": "faint"}, *_moves(found, list(found.moves), "", None)),
        *_boxes(graph, placed, used),
        *_moves(found, list(dict.fromkeys(pairwise(own))), "own", _OWN),
        *(
            drawn
            for way, width in reversed(list(zip(ways, _WIDTHS, strict=False)))
            for drawn in _moves(found, list(pairwise(way)), "route", width)
        ),
        *_steps(placed, winning),
        *_here(placed, own),
        *_route_list(placed, winning),
        _legend(found.bottom + 28, has_routes=bool(ways), has_way=len(own) > 1),
    ]


def _with_steps(graph: "nx.DiGraph[str]", steps: Collection[Move]) -> "nx.DiGraph[str]":
    """Add the steps of routes that no journey makes directly: others always lie between."""
    missing = [move for move in sorted(steps) if not graph.has_edge(*move)]
    drawn = graph.copy()
    drawn.add_edges_from(
        (source, target, {"n_moves": 0, "n_journeys": 0})
        for source, target in missing
        if source in graph and target in graph
    )
    return drawn


def _title(winning: pd.DataFrame) -> str:
    """Say how many took the likeliest route, and which that is."""
    if winning.empty:
        return "No journey has won from here so far"
    steps = [printable(name) for name in _likeliest(winning)[1:-1]]
    n_journeys, n_won = (int(winning[name].iloc[0]) for name in ("n_journeys", "n_won"))
    count = f"{format_count(n_journeys)} of {format_count(n_won)} that won from here"
    shown = ", ".join(steps[:_TITLE_STEPS]) + (" …" if len(steps) > _TITLE_STEPS else "")
    return f"{count} went by {shown}" if steps else f"{count} won next"


def _likeliest(winning: pd.DataFrame) -> tuple[str, ...]:
    """Give the types of the first route, none where there is none."""
    sequences: list[tuple[str, ...]] = winning["sequence"].tolist()
    return sequences[0] if sequences else ()


def _fact(winning: pd.DataFrame) -> str:
    if winning.empty:
        return "Its own way so far"
    return (
        f"Won journeys that were {printable(winning['state'].iloc[0])}: the likeliest routes to "
        "the win, steps in this order, others between. An association, not a proof."
    )


def _alternative(winning: pd.DataFrame, own: Sequence[str]) -> str:
    counts = zip(winning["n_journeys"], winning["n_won"], winning["sequence"].tolist(), strict=True)
    ways = [f"{n} of {n_won}: {', '.join(map(printable, way))}" for n, n_won, way in counts]
    return ". ".join([f"The account is at {printable(own[-1])}" if own else "No touch yet", *ways])


def _moves(found: Routes, moves: Sequence[Move], look: str, width: float | None) -> list[str]:
    """Draw some moves in one look, each in the width given or that of its volume; no repeats."""
    drawn: list[str] = []
    for ends in moves:
        way = found.moves.get(ends)
        if way is not None and ends[0] != ends[1]:
            shown = way if width is None else replace(way, thickness=width)
            words = tooltip(" → ".join(map(printable, ends)))
            drawn.append(element("g", {"class": f"{way.shape} {look}"}, words, move_line(shown)))
    return drawn


def _boxes(graph: "nx.DiGraph[str]", placed: Layout, used: set[str]) -> list[str]:
    """Draw every type, those on none of the ways faintly."""
    return [
        element(
            "g",
            {
                "class": f"node {parts.box_fill(graph, placed, node)}"
                + ("" if node in used else " faint")
            },
            parts.box_inside(graph, placed, node),
        )
        for node in placed.boxes
    ]


def _steps(placed: Layout, winning: pd.DataFrame) -> list[str]:
    """Number the steps of the likeliest route on their boxes."""
    sequence = _likeliest(winning)
    drawn: list[str] = []
    for step, name in enumerate(sequence[1:], start=1):
        box = placed.boxes.get(name)
        if box is not None:
            middle = {"cx": box.x + 4, "cy": box.y + 2, "r": 11}
            words = {"class": "step-number", "x": box.x + 4, "y": box.y + 6.5}
            drawn += [element("circle", {"class": "step", **middle}), label(str(step), words)]
    return drawn


def _route_list(placed: Layout, winning: pd.DataFrame) -> list[str]:
    """Write the steps of the likeliest route beside the map, where outcomes stand else."""
    if winning.empty:
        return []
    place = placed.outcomes["won"]
    room = placed.width - MARGIN - place.x - 26
    drawn = [label("Likeliest route", {"class": "stage-name left", "x": place.x, "y": TOP + 27})]
    for step, name in enumerate(_likeliest(winning)[1:], start=1):
        y = TOP + HEADER + 8 + step * _LINE
        number = {"class": "counts muted", "x": place.x, "y": y}
        drawn.append(label(str(step), number))
        drawn.append(
            label(clip(name, room, _TEXT), {"class": "name-in-list", "x": place.x + 24, "y": y})
        )
    return drawn


def _here(placed: Layout, own: Sequence[str]) -> list[str]:
    """Mark where the account stands."""
    box: Rect | None = placed.boxes.get(own[-1]) if own else None
    if box is None:
        return []
    edge = {"x": box.x - 4, "y": box.y - 4, "width": box.width + 8, "height": box.height + 8}
    words = {"class": "counts halo", "x": box.x, "y": box.bottom + 19}
    return [
        element("rect", {"class": "here", **edge, "rx": 11}),
        label("Here now", words),
    ]


def _legend(y: float, *, has_routes: bool, has_way: bool) -> str:
    """Explain the looks of the ways that are drawn."""
    entries = [("route", 7.0, "Routes that won, widest the likeliest")] if has_routes else []
    entries += [("own", _OWN, "Its own way so far")] if has_way else []
    entries += [("faint", 5.0, "Other moves")]
    x = float(MARGIN)
    drawn: list[str] = []
    for look, width, words in entries:
        way = element("path", {"class": "way", "d": f"M{at(x)},{at(y)}h34", "stroke-width": width})
        drawn.append(element("g", {"class": f"ribbon {look}"}, way))
        drawn.append(label(words, {"class": "muted", "x": x + 42, "y": y + 4.5}))
        x += 42 + text_width(words, _TEXT) + 34
    return element("g", {"class": "legend"}, *drawn)
