"""Lanes of their own, between the rows of boxes, for ways that pass whole columns of the map."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from journey.schema import OUTCOMES

if TYPE_CHECKING:
    import networkx as nx

THINNEST: Final = 1.2
_LABEL_LANE: Final = 15.0
_LANE_GAP: Final = 6
_CROWDED: Final = 40
"""Pixels of other ways in a corridor that weigh as much as a detour of one row."""
_WIDEST_RIBBON: Final = 15.0
_SIDE: Final = 44
"""Pixels of a box's side that its ribbons may fill."""
_MOST_LABELS: Final = 18
_LEAST_LABELLED: Final = 0.12
_MOST_ENDS: Final = 12
_ENDS_COVERED: Final = 0.8
_WIDEST_END: Final = 6.0
_LARGE_END: Final = 0.1
_ROWS_PER_OUTCOME: Final = 1.2
"""How far apart outcomes stand at most, in rows of boxes."""

End = tuple[str, str]
"""A type and the outcome of the journeys that end with it."""

Key = tuple[str, str, str]
"""A way: "move", source, target; or "end", type, outcome."""


class Place(NamedTuple):
    """Column and row of a type on the grid."""

    column: int
    row: int


@dataclass(frozen=True)
class Plan:
    """Which corridor and depth each long way takes, and how high each corridor has to be."""

    offsets: dict[Key, tuple[int, float]]
    heights: list[float]


@dataclass(frozen=True)
class _Run:
    """A way past whole columns: where it begins and ends on the grid, and how wide its lane is."""

    key: Key
    columns: tuple[int, int]
    rows: tuple[float, float]
    width: float


def lane_plan(
    graph: "nx.DiGraph[str]", places: Mapping[str, Place], *, n_rows: int, n_stages: int
) -> Plan:
    """Give every long way the corridor nearest to its straight line that is not crowded.

    Corridor *k* lies above row *k*; the last one lies below all rows. Wide ways choose first.
    """
    crowd: dict[tuple[int, int], float] = defaultdict(float)
    corridors: dict[int, list[_Run]] = defaultdict(list)
    for run in _runs(graph, places, n_rows, n_stages):
        passed = range(run.columns[0] + 1, run.columns[1])

        def cost(corridor: int, run: _Run = run, passed: range = passed) -> tuple[float, int]:
            """Rows climbed and fallen, and what already runs there."""
            detour = sum(abs(corridor - 0.5 - row) for row in run.rows)
            return detour + max(crowd[corridor, column] for column in passed) / _CROWDED, corridor

        chosen = min(range(n_rows + 1), key=cost)
        corridors[chosen].append(run)
        for column in passed:
            crowd[chosen, column] += run.width + _LANE_GAP
    offsets: dict[Key, tuple[int, float]] = {}
    heights = [0.0] * (n_rows + 1)
    for corridor, runs in corridors.items():
        heights[corridor] = _stack(corridor, runs, offsets)
    return Plan(offsets, heights)


def ribbon_scale(graph: "nx.DiGraph[str]") -> float:
    """Return pixels per move: the widest ribbon fits its limit, the sum of a side fits the box."""
    largest = 1
    sides: dict[tuple[str, str], float] = defaultdict(float)
    for source, target, moves in graph.edges(data="n_moves", default=1):
        if source != target:
            largest = max(largest, moves)
            sides[source, "right"] += moves
            sides[target, "left"] += moves
    return min(_WIDEST_RIBBON / largest, _SIDE / max(1.0, *sides.values(), 1.0))


def strongest_ends(graph: "nx.DiGraph[str]") -> dict[End, int]:
    """Return the most frequent ends of journeys, until most are covered or a dozen is drawn."""
    ends = {
        (node, outcome): int(graph.nodes[node].get(f"n_{outcome}", 0))
        for node in graph
        for outcome in OUTCOMES
    }
    total = sum(ends.values())
    kept: dict[End, int] = {}
    for end in sorted(ends, key=lambda end: (-ends[end], end)):
        enough = sum(kept.values()) >= _ENDS_COVERED * total or len(kept) == _MOST_ENDS
        if not ends[end] or enough:
            break
        kept[end] = ends[end]
    return kept


def labelled_moves(graph: "nx.DiGraph[str]") -> frozenset[tuple[str, str]]:
    """Return the moves whose volume earns a label on the ribbon."""
    ranked = sorted(
        (-moves, source, target)
        for source, target, moves in graph.edges(data="n_moves", default=1)
        if source != target
    )
    return frozenset(
        (source, target)
        for moves, source, target in ranked[:_MOST_LABELS]
        if moves <= _LEAST_LABELLED * ranked[0][0]
    )


def end_scale(graph: "nx.DiGraph[str]") -> float:
    """Return pixels per journey of the ribbons to the outcomes, thin beside those of moves."""
    largest = max(strongest_ends(graph).values(), default=1)
    return _WIDEST_END / max(largest, _LARGE_END * graph.graph.get("n_journeys", 0))


def _runs(
    graph: "nx.DiGraph[str]", places: Mapping[str, Place], n_rows: int, n_stages: int
) -> list[_Run]:
    """List the ways that pass at least one whole column, widest first."""
    scale, labelled = ribbon_scale(graph), labelled_moves(graph)
    runs: list[_Run] = []
    for source, target, moves in graph.edges(data="n_moves", default=1):
        begin, finish = places[source], places[target]
        if finish.column - begin.column > 1:
            least = _LABEL_LANE if (source, target) in labelled else THINNEST
            columns, rows = (begin.column, finish.column), (begin.row, finish.row)
            runs.append(_Run(("move", source, target), columns, rows, max(least, moves * scale)))
    per_journey = end_scale(graph)
    for (node, outcome), n_journeys in strongest_ends(graph).items():
        begin = places[node]
        if begin.column < n_stages - 1:
            index = [str(name) for name in OUTCOMES].index(outcome)
            row = (index + 0.5) * min(_ROWS_PER_OUTCOME, n_rows / len(OUTCOMES)) - 0.5
            columns, rows = (begin.column, n_stages), (begin.row, row)
            width = max(THINNEST, n_journeys * per_journey)
            runs.append(_Run(("end", node, outcome), columns, rows, width))
    return sorted(runs, key=lambda run: (-run.width, run.key))


def _stack(corridor: int, runs: Iterable[_Run], offsets: dict[Key, tuple[int, float]]) -> float:
    """Stack the ways of one corridor; ways that pass different columns share a lane."""
    lanes: list[list[_Run]] = []
    for run in sorted(runs, key=lambda run: (sum(run.rows), -run.width, run.key)):
        lane = next((lane for lane in lanes if _free(lane, run)), None)
        if lane is None:
            lanes.append([run])
        else:
            lane.append(run)
    depth = 0.0
    for lane in lanes:
        widest = max(run.width for run in lane)
        for run in lane:
            offsets[run.key] = (corridor, depth + widest / 2)
        depth += widest + _LANE_GAP
    return depth


def _free(lane: Iterable[_Run], run: _Run) -> bool:
    """Say whether a way passes only columns that the others of a lane do not."""
    return all(
        run.columns[1] <= other.columns[0] + 1 or other.columns[1] <= run.columns[0] + 1
        for other in lane
    )
