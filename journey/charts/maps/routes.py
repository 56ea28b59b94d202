"""The way every move takes between the boxes of the journey map: ports, lanes and curves."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from journey.charts.maps.lanes import THINNEST, End, Key
from journey.charts.maps.layout import Layout
from journey.charts.svg import coordinate as at

if TYPE_CHECKING:
    import networkx as nx

Shape = Literal["ribbon", "arc", "back", "loop"]
Move = tuple[str, str]
Point = tuple[float, float]

START_MARK: Final = 24
"""Height kept free of ports at the upper left of a box where journeys begin."""
BACK_ROW: Final = 22
_BACK_TOP: Final = 44
_PORT_MARGIN: Final = 6.0
_PORT_GAP: Final = 6.0
_FIRST_BULGE: Final = 15.0
_BULGE_STEP: Final = 7.0
_TRACK_STEP: Final = 7.0
_WIDEST_BACK: Final = 4.5
_LOOP: Final = 24


@dataclass(frozen=True)
class Head:
    """The tip of an arrow and where it points: left, right or down."""

    tip: Point
    towards: Literal["left", "right", "down"]


@dataclass(frozen=True)
class Route:
    """The drawn way of one move, and spots on it where a label may stand, best first."""

    shape: Shape
    path: str
    thickness: float
    head: Head | None
    spots: tuple[Point, ...]


@dataclass(frozen=True)
class Routes:
    """Ways of all moves, of the ends of journeys, and where the lane of back moves ends."""

    moves: dict[Move, Route]
    ends: dict[End, Route]
    bottom: float


_Side = tuple[str, Literal["left", "right", "outcome"]]
_Heights = dict[tuple[Key, str], float]
_Port = tuple[tuple[float, float], Key, float]


def routes(graph: "nx.DiGraph[str]", placed: Layout, starts: frozenset[str]) -> Routes:
    """Find the way of every move of a graph between boxes that stand as laid out.

    Parameters
    ----------
    graph : networkx.DiGraph
        Moves with ``n_moves``.
    placed : Layout
        Places of the boxes.
    starts : frozenset of str
        Types with a start marker; the upper left of their box stays free of ports.

    Returns
    -------
    Routes
        One route for every edge of the graph and for every end that earns a ribbon.
    """
    thickness = {
        (source, target): max(THINNEST, moves * placed.scale)
        for source, target, moves in sorted(graph.edges(data="n_moves", default=1))
    }
    ports = _port_heights(placed, _ports(thickness, placed), starts)
    ways: dict[Move, Route] = {}
    ways |= _arcs(thickness, placed, ports)
    backs, bottom = _backs(thickness, placed, ports)
    ways |= backs
    for (source, target), width in thickness.items():
        key = ("move", source, target)
        if source == target:
            ways[source, target] = _loop(placed, source, width)
        elif placed.column[target] > placed.column[source]:
            begin = (placed.boxes[source].right, ports[key, "out"])
            finish = (placed.boxes[target].x, ports[key, "in"])
            ways[source, target] = _ribbon(placed, key, begin, finish, width)
    ends = {
        (node, outcome): _ribbon(
            placed,
            ("end", node, outcome),
            (placed.boxes[node].right, ports[("end", node, outcome), "out"]),
            (placed.outcomes[outcome].x, ports[("end", node, outcome), "in"]),
            max(THINNEST, n_journeys * placed.end_scale),
        )
        for (node, outcome), n_journeys in placed.ends.items()
    }
    return Routes({move: ways[move] for move in thickness}, ends, bottom)


def _ports(thickness: dict[Move, float], placed: Layout) -> dict[_Side, list[_Port]]:
    """List what arrives at and leaves each side of every box, with its rank from top to bottom."""
    ports: dict[_Side, list[_Port]] = defaultdict(list)
    boxes, column = placed.boxes, placed.column
    for (source, target), width in thickness.items():
        key = ("move", source, target)
        from_y, to_y = boxes[source].y, boxes[target].y
        lane = placed.lanes.get(key)
        if source == target:
            continue
        if column[target] > column[source]:
            out = (1.0, to_y if lane is None else lane)
            into = (1.0, from_y if lane is None else lane)
            ports[source, "right"].append((out, key, width))
            ports[target, "left"].append((into, key, width))
        elif column[target] < column[source]:
            ports[source, "right"].append(((2.0, to_y), key, min(width, _WIDEST_BACK)))
            ports[target, "right"].append(((2.5, -from_y), key, min(width, _WIDEST_BACK)))
        elif to_y > from_y:
            ports[source, "right"].append(((3.0, -to_y), key, width))
            ports[target, "right"].append(((0.0, -from_y), key, width))
        else:
            ports[source, "left"].append(((0.0, -to_y), key, width))
            ports[target, "left"].append(((2.0, -from_y), key, width))
    for (node, outcome), n_journeys in placed.ends.items():
        key = ("end", node, outcome)
        width = max(THINNEST, n_journeys * placed.end_scale)
        lane = placed.lanes.get(key, placed.outcomes[outcome].y)
        ports[node, "right"].append(((1.0, lane), key, width))
        ports[outcome, "outcome"].append(((1.0, placed.lanes.get(key, boxes[node].y)), key, width))
    return ports


def _port_heights(
    placed: Layout, ports: dict[_Side, list[_Port]], starts: frozenset[str]
) -> _Heights:
    """Spread the ports of every side over its height; a port is 'out' or 'in' of its move."""
    heights: _Heights = {}
    for (node, side), waiting in ports.items():
        rect = placed.outcomes[node] if side == "outcome" else placed.boxes[node]
        top = rect.y + _PORT_MARGIN
        if side == "left" and node in starts:
            top = rect.y + START_MARK + 4
        space = rect.bottom - _PORT_MARGIN - top
        taken = sum(width for _, _, width in waiting)
        gap = max(0.0, min(_PORT_GAP, (space - taken) / max(1, len(waiting) - 1)))
        squeeze = min(1.0, space / taken)
        y = top + (space - taken * squeeze - gap * (len(waiting) - 1)) / 2
        for _, key, width in sorted(waiting):
            leaves = key[1] == node and side != "outcome"
            heights[key, "out" if leaves else "in"] = y + width * squeeze / 2
            y += width * squeeze + gap
    return heights


def _curve(begin: Point, finish: Point) -> str:
    """Draw an S-curve that leaves and arrives level."""
    middle = (begin[0] + finish[0]) / 2
    return (
        f"C{at(middle)},{at(begin[1])} {at(middle)},{at(finish[1])} {at(finish[0])},{at(finish[1])}"
    )


def _on_curve(begin: Point, finish: Point, share: float) -> Point:
    """Return the point of an S-curve at a share of its way."""
    eased = share * share * (3 - 2 * share)
    middle = (begin[0] + finish[0]) / 2
    rest = 1 - share
    x = rest**3 * begin[0] + 3 * rest * share * middle + share**3 * finish[0]
    return x, begin[1] + (finish[1] - begin[1]) * eased


def _ribbon(placed: Layout, key: Key, begin: Point, finish: Point, width: float) -> Route:
    """Draw a way onwards: one curve, or two and a straight lane past the columns between."""
    lane = placed.lanes.get(key)
    start = f"M{at(begin[0])},{at(begin[1])}"
    if lane is None:
        spots = tuple(_on_curve(begin, finish, share) for share in (0.5, 0.62, 0.38, 0.74, 0.26))
        return Route("ribbon", start + _curve(begin, finish), width, None, spots)
    first = placed.column[key[1]] + 1
    last = (placed.column[key[2]] if key[0] == "move" else len(placed.panels)) - 1
    pad = (placed.panels[first].width - _box_width(placed)) / 2
    enter = (placed.panels[first].x + pad - 4, lane)
    leave = (placed.panels[last].right - pad + 4, lane)
    path = start + _curve(begin, enter) + f"H{at(leave[0])}" + _curve(leave, finish)
    spots = tuple((panel.x + panel.width / 2, lane) for panel in placed.panels[first : last + 1])
    return Route("ribbon", path, width, None, spots)


def _box_width(placed: Layout) -> float:
    """Return the width that all boxes share."""
    return next(iter(placed.boxes.values())).width


def _loop(placed: Layout, node: str, width: float) -> Route:
    """Draw a repeat as a small loop on the upper edge, right of the middle, off all text."""
    box = placed.boxes[node]
    right = box.right - 12
    left = right - _LOOP
    path = (
        f"M{at(left)},{at(box.y)}C{at(left - 3)},{at(box.y - 21)} "
        f"{at(right + 3)},{at(box.y - 21)} {at(right)},{at(box.y - 5)}"
    )
    return Route(
        "loop",
        path,
        min(max(1.6, width), 4.0),
        Head((right, box.y), "down"),
        ((left - 7, box.y - 4),),
    )


def _levels(spans: dict[Move, tuple[float, float]]) -> dict[Move, int]:
    """Give ways that overlap in height different levels, short ones innermost."""
    levels: list[list[tuple[float, float]]] = []
    found: dict[Move, int] = {}
    for move, (low, high) in sorted(
        spans.items(), key=lambda item: (item[1][1] - item[1][0], item[1], item[0])
    ):
        level = next(
            (
                index
                for index, taken in enumerate(levels)
                if all(high <= other[0] or other[1] <= low for other in taken)
            ),
            len(levels),
        )
        if level == len(levels):
            levels.append([])
        levels[level].append((low, high))
        found[move] = level
    return found


def _arcs(thickness: dict[Move, float], placed: Layout, ports: _Heights) -> dict[Move, Route]:
    """Draw moves within a stage: down along the right of the boxes, up along the left."""
    spans: dict[tuple[int, bool], dict[Move, tuple[float, float]]] = defaultdict(dict)
    for source, target in thickness:
        column = placed.column[source]
        if source != target and column == placed.column[target]:
            key = ("move", source, target)
            low, high = sorted((ports[key, "out"], ports[key, "in"]))
            spans[column, placed.boxes[target].y > placed.boxes[source].y][source, target] = (
                low,
                high,
            )
    ways: dict[Move, Route] = {}
    for (column, down), moves in spans.items():
        levels = _levels(moves)
        panel, box_width = placed.panels[column], _box_width(placed)
        room = (panel.width - box_width) / 2 + 4
        deepest = max(levels.values())
        step = min(_BULGE_STEP, (room - _FIRST_BULGE) / max(1, deepest))
        for move, level in levels.items():
            bulge = _FIRST_BULGE + level * step
            ways[move] = _arc(placed, move, ports, bulge if down else -bulge, thickness[move])
    return ways


def _arc(placed: Layout, move: Move, ports: _Heights, bulge: float, width: float) -> Route:
    """Draw one move within a stage; a positive bulge runs on the right of the boxes."""
    box = placed.boxes[move[0]]
    key = ("move", *move)
    begin, finish = ports[key, "out"], ports[key, "in"]
    x = box.right if bulge > 0 else box.x
    # The curve stops short of the box so that its blunt end stays under the arrow's tip.
    stop = x + (5 if bulge > 0 else -5)
    reach = x + bulge * 4 / 3
    path = (
        f"M{at(x)},{at(begin)}C{at(reach)},{at(begin)} "
        f"{at(reach)},{at(finish)} {at(stop)},{at(finish)}"
    )
    spots = tuple(_on_arc(x, bulge, (begin, finish), share) for share in (0.5, 0.36, 0.64))
    return Route("arc", path, width, Head((x, finish), "left" if bulge > 0 else "right"), spots)


def _on_arc(x: float, bulge: float, ends: tuple[float, float], share: float) -> Point:
    """Where a share of an arc's way is done."""
    done = share * share * (3 - 2 * share)
    return x + 4 * bulge * share * (1 - share), ends[0] + (ends[1] - ends[0]) * done


def _backs(
    thickness: dict[Move, float], placed: Layout, ports: _Heights
) -> tuple[dict[Move, Route], float]:
    """Draw moves back: down a track of their own, along a row below all stages, up to the box."""
    backs = [move for move in thickness if placed.column[move[1]] < placed.column[move[0]]]
    if not backs:
        return {}, placed.bottom
    tracks = _tracks(backs, placed, ports)
    spans = {move: (tracks[move, "in"] - 6, tracks[move, "out"] + 6) for move in backs}
    rows = _levels(spans)
    ways: dict[Move, Route] = {}
    for move in backs:
        source, target = (placed.boxes[node] for node in move)
        key = ("move", *move)
        y = placed.bottom + _BACK_TOP + rows[move] * BACK_ROW
        down, up = tracks[move, "out"], tracks[move, "in"]
        finish = ports[key, "in"]
        path = (
            f"M{at(source.right)},{at(ports[key, 'out'])}"
            + _bend(down, ports[key, "out"], y)
            + f"H{at(up + 6)}Q{at(up)},{at(y)} {at(up)},{at(y - 6)}"
            + f"V{at(finish + 6)}Q{at(up)},{at(finish)} {at(up - 6)},{at(finish)}"
            + f"H{at(target.right + 6)}"
        )
        begin = max(_beside(tracks, placed, move, "in"))
        end = min(_beside(tracks, placed, move, "out"))
        spots = (
            (begin, y),
            (end, y),
            (target.right + 26, finish - 9),
            (target.right + 26, finish + 9),
        )
        width = min(_WIDEST_BACK, max(1.3, thickness[move]))
        ways[move] = Route("back", path, width, Head((target.right, finish), "left"), spots)
    return ways, placed.bottom + _BACK_TOP + (max(rows.values()) + 1) * BACK_ROW


def _bend(x: float, top: float, bottom: float) -> str:
    """Draw the way from a box to its track, down it, and round the corner to the left."""
    return (
        f"H{at(x - 6)}Q{at(x)},{at(top)} {at(x)},{at(top + 6)}"
        f"V{at(bottom - 6)}Q{at(x)},{at(bottom)} {at(x - 6)},{at(bottom)}"
    )


def _beside(
    tracks: dict[tuple[Move, str], float], placed: Layout, move: Move, end: str
) -> list[float]:
    """List all tracks of the gap in which an end of a back move has its own."""

    def gap(move: Move, end: str) -> int:
        """Return the column left of the gap."""
        return placed.column[move[0] if end == "out" else move[1]]

    return [x for (other, which), x in tracks.items() if gap(other, which) == gap(move, end)]


def _tracks(backs: list[Move], placed: Layout, ports: _Heights) -> dict[tuple[Move, str], float]:
    """Give each end of a back move its own track in the gap right of its stage.

    The higher a port, the further right its track: so none crosses the way of a lower port.
    """
    waiting: dict[int, list[tuple[float, Move, str]]] = defaultdict(list)
    for move in backs:
        key = ("move", *move)
        waiting[placed.column[move[0]]].append((ports[key, "out"], move, "out"))
        waiting[placed.column[move[1]]].append((ports[key, "in"], move, "in"))
    tracks: dict[tuple[Move, str], float] = {}
    for column, ends in waiting.items():
        panel = placed.panels[column]
        following = placed.panels[column + 1].x if column + 1 < len(placed.panels) else None
        gap = (following if following is not None else panel.right + 40) - panel.right
        step = min(_TRACK_STEP, (gap - 8) / max(1, len(ends) - 1))
        left = panel.right + (gap - step * (len(ends) - 1)) / 2
        for index, (_, move, end) in enumerate(sorted(ends, reverse=True)):
            tracks[move, end] = left + index * step
    return tracks
