"""Drawing of what moves on the journey map: onwards, within a stage, back, and to an outcome."""

import json
from typing import TYPE_CHECKING, Final

from journey.charts.maps import words
from journey.charts.maps.layout import Layout
from journey.charts.maps.parts import REGULAR, SMALL, left_edge
from journey.charts.maps.routes import BACK_ROW, Head, Move, Route, Routes
from journey.charts.numbers import format_count
from journey.charts.svg import clip, element, hit, label, printable, text_width, tooltip
from journey.charts.svg import coordinate as at
from journey.charts.theme import OUTCOME_NAMES
from journey.wording import agreeing

if TYPE_CHECKING:
    import networkx as nx

_MINOR: Final = 0.15
"""Back moves under this share of the largest one are drawn fainter."""
_ARROW: Final = 18
_SHORTEST_NAME: Final = 40
_AFTER_NAMES: Final = 10


def moves(graph: "nx.DiGraph[str]", found: Routes, *, selected: str | None) -> str:
    """Draw every move; those that don't touch a selected type stand back."""
    largest_back = max((_n_moves(graph, ends) for ends in ways_back(graph, found)), default=0)
    drawn: list[str] = []
    for ends, route in found.moves.items():
        kind = kind_of(graph, ends, route)
        minor = route.shape == "back" and _n_moves(graph, ends) < _MINOR * largest_back
        lean = f" {graph.edges[ends]['lean']}" if "lean" in graph.edges[ends] else ""
        classes = kind + (" minor" if minor else "") + lean + dimmed(ends, selected)
        drawn.append(_move(graph, ends, route, classes))
    return "".join(drawn)


def kind_of(graph: "nx.DiGraph[str]", ends: Move, route: Route) -> str:
    """Return the look of a move: its shape, but ``aside`` where it runs left and is no way back."""
    is_back = graph.edges[ends].get("direction", "back") == "back"
    return "aside" if route.shape == "back" and not is_back else route.shape


def ways_back(graph: "nx.DiGraph[str]", found: Routes) -> list[Move]:
    """Return the moves drawn as ways back to an earlier stage."""
    return [ends for ends, way in found.moves.items() if kind_of(graph, ends, way) == "back"]


def dimmed(ends: Move, selected: str | None) -> str:
    """Return the class of what stands back because another type is selected."""
    return "" if selected is None or selected in ends else " dim"


def _n_moves(graph: "nx.DiGraph[str]", ends: Move) -> int:
    """Return the volume of a move."""
    return int(graph.edges[ends].get("n_moves", 0))


def _move(graph: "nx.DiGraph[str]", ends: Move, route: Route, classes: str) -> str:
    """Draw one move: a wide unseen line to hit, the line itself, and its head."""
    details = words.move_words(graph, *ends)
    attributes = hit("edge", json.dumps(list(ends)), details.replace("\n", ", "))
    attributes["class"] += f" {classes}"
    return element(
        "g",
        attributes,
        tooltip(details),
        element(
            "path", {"class": "catch", "d": route.path, "stroke-width": max(12.0, route.thickness)}
        ),
        move_line(route),
    )


def move_line(route: Route) -> str:
    """Draw the line of a move and its head."""
    head = _head(route.head, 6.0 + 0.7 * route.thickness) if route.head else ""
    return (
        element("path", {"class": "way", "d": route.path, "stroke-width": route.thickness}) + head
    )


def _head(head: Head, size: float) -> str:
    """Draw the tip of an arrow."""
    (x, y), half = head.tip, size / 2
    back = {
        "left": ((x + size, y - half), (x + size, y + half)),
        "right": ((x - size, y - half), (x - size, y + half)),
        "down": ((x - half, y - size), (x + half, y - size)),
    }[head.towards]
    corners = "L".join(f"{at(cx)},{at(cy)}" for cx, cy in (head.tip, *back))
    return element("path", {"class": "head", "d": f"M{corners}Z"})


def end_ways(graph: "nx.DiGraph[str]", found: Routes, *, selected: str | None) -> str:
    """Draw thin ribbons from where journeys end to their outcome."""
    drawn: list[str] = []
    for (node, outcome), route in found.ends.items():
        n_journeys = graph.nodes[node][f"n_{outcome}"]
        ending = f"{format_count(n_journeys)} [journey ends|journeys end]"
        name = OUTCOME_NAMES[outcome].lower()  # pyright: ignore[reportArgumentType] - ends hold outcomes
        drawn.append(
            element(
                "path",
                {
                    "class": f"end ink-outcome-{outcome}{dimmed((node, node), selected)}",
                    "d": route.path,
                    "stroke-width": route.thickness,
                },
                tooltip(f"{agreeing(ending)} with {printable(node)}: {name}"),
            )
        )
    return "".join(drawn)


def back_lane(
    graph: "nx.DiGraph[str]", placed: Layout, found: Routes, *, selected: str | None
) -> str:
    """Name the moves that run left, each on its own row: its count, where to, and where from."""
    rows = {ends: route for ends, route in found.moves.items() if route.shape == "back"}
    if not rows:
        return ""
    backs = ways_back(graph, found)
    classes = "back-title halo" if backs else "back-title aside halo"
    x, y = left_edge(placed), placed.bottom + BACK_ROW + 2
    drawn = "".join(
        label(line, {"class": classes, "x": x, "y": y + position * BACK_ROW})
        for position, line in enumerate(words.back_words(graph, backs))
    )
    for ends, route in rows.items():
        classes = f"back-label {kind_of(graph, ends, route)}{dimmed(ends, selected)}"
        drawn += element("g", {"class": classes}, _back_label(graph, ends, route))
    return drawn


def _back_label(graph: "nx.DiGraph[str]", ends: Move, route: Route) -> str:
    """Write count, target and source above a row, at the end where the move arrives.

    A source that would be cut to a stub is left to the tooltip. Where a reason was given it is
    written too, alone if there is no room for more: where the way leads is drawn.
    """
    (left, y), (right, _) = route.spots[:2]
    size, baseline = SMALL * REGULAR, y - 5
    count = format_count(_n_moves(graph, ends))
    x = left + 7
    drawn = label(count, {"class": "back-count halo", "x": x, "y": baseline})
    x += text_width(count, SMALL) + 7
    room = right - 6 - x
    reason = printable(str(graph.edges[ends].get("reason") or ""))
    if not graph.edges[ends].get("reason"):
        return drawn + _back_names(ends, (x, baseline), room)
    names = sum(text_width(printable(name), size) for name in ends) + _ARROW
    if names + _AFTER_NAMES + text_width(reason, size) <= room:
        drawn += _back_names(ends, (x, baseline), names)
        x, room = x + names + _AFTER_NAMES, room - names - _AFTER_NAMES
    place = {"class": "back-reason halo", "x": x, "y": baseline}
    return drawn + label(clip(reason, room, size), place)


def _back_names(ends: Move, spot: tuple[float, float], room: float) -> str:
    """Write where a move back leads and, where there is room, where it comes from."""
    (x, baseline), size = spot, SMALL * REGULAR
    right = x + room
    to = clip(ends[1], room, size)
    drawn = label(to, {"class": "back-name halo", "x": x, "y": baseline})
    x += text_width(to, size) + _ARROW
    origin = clip(ends[0], right - x, size)
    if origin != printable(ends[0]) and text_width(origin, size) < _SHORTEST_NAME:
        return drawn
    # The arrow is drawn, not written: few fonts have it.
    tip = f"M{at(x - 4)},{at(baseline - 4)}h-10m4,-3.5l-4,3.5l4,3.5"
    return (
        drawn
        + element("path", {"class": "back-arrow", "d": tip})
        + label(origin, {"class": "back-name halo", "x": x, "y": baseline})
    )
