"""Where the columns, boxes and free lanes of the journey map lie: numbers only, no drawing."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from journey.charts.maps.lanes import (
    End,
    Key,
    Place,
    Plan,
    end_scale,
    labelled_moves,
    lane_plan,
    ribbon_scale,
    strongest_ends,
)
from journey.charts.maps.order import first_rows, stage_order
from journey.schema import OUTCOMES

if TYPE_CHECKING:
    import networkx as nx

WIDTH: Final = 1400
MARGIN: Final = 16
TOP: Final = 98
"""Upper edge of the columns; title and counts stand above."""
HEADER: Final = 52
BOX_HEIGHT: Final = 66
START_WIDTH: Final = 72
_OUTCOME_WIDTH: Final = 140
_OUTCOME_HEIGHT: Final = 60
_OUTCOME_GAP: Final = 14
_OUTCOME_STEP: Final = 130
_BEFORE_OUTCOMES: Final = 62
_LARGEST_PITCH: Final = 300
_SMALLEST_PITCH: Final = 104
_ROOMY_PITCH: Final = 180
_EMPTY_STAGE: Final = 0.6
_WIDEST_BOX: Final = 176.0
_WIDEST_GAP: Final = 56.0
_ROW_GAP: Final = 30


@dataclass(frozen=True)
class Rect:
    """A rectangle on the picture."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Lower edge."""
        return self.y + self.height

    @property
    def middle(self) -> float:
        """Height of the horizontal middle line."""
        return self.y + self.height / 2

    def overlaps(self, other: "Rect", margin: float = 0.0) -> bool:
        """Say whether two rectangles share any area or come nearer than a margin."""
        return (
            self.x < other.right + margin
            and other.x < self.right + margin
            and self.y < other.bottom + margin
            and other.y < self.bottom + margin
        )


@dataclass(frozen=True)
class Layout:
    """Places of everything that stands still on the map.

    Attributes
    ----------
    stages
        Stages from left to right.
    panels
        Ground of each stage.
    boxes
        One rectangle of the same size for every touchpoint type drawn.
    outcomes
        One rectangle for every outcome, at the right edge.
    column
        Index of the stage of every type.
    lanes
        Height of the lane of every long way.
    ends
        Ends of journeys that earn a ribbon.
    labelled
        Moves whose volume earns a label.
    scale
        Thickness of a ribbon in pixels for one move.
    end_scale
        Thickness of a ribbon to an outcome for one journey.
    """

    stages: tuple[str, ...]
    panels: tuple[Rect, ...]
    boxes: dict[str, Rect]
    outcomes: dict[str, Rect]
    column: dict[str, int]
    lanes: dict[Key, float]
    ends: dict[End, int]
    labelled: frozenset[tuple[str, str]]
    scale: float
    end_scale: float
    width: int
    bottom: float


def layout(graph: "nx.DiGraph[str]", whole: "nx.DiGraph[str] | None" = None) -> Layout:
    """Place stages, boxes, outcomes and lanes of a journey graph.

    Parameters
    ----------
    graph : networkx.DiGraph
        The journey graph to draw.
    whole : networkx.DiGraph, optional
        The graph before filtering. Where given, every type stands where it stands there, and
        what was filtered out leaves its place empty.

    Returns
    -------
    Layout
        Rectangles in pixels on a picture 1,400 wide (wider only beyond eleven stages).

    Examples
    --------
    >>> import networkx as nx
    >>> graph = nx.DiGraph(stages=["Attract", "Convert"])
    >>> graph.add_node("Ad", stage="Attract", n_touchpoints=2)
    >>> graph.add_node("Call", stage="Convert", n_touchpoints=1)
    >>> placed = layout(graph)
    >>> placed.boxes["Ad"].right < placed.boxes["Call"].x
    True
    """
    grid = _grid(graph, graph if whole is None else whole)
    plan = lane_plan(grid.base, grid.kept, n_rows=grid.n_rows, n_stages=len(grid.stages))
    own = plan
    if whole is not None:
        own = lane_plan(graph, grid.places, n_rows=grid.n_rows, n_stages=len(grid.stages))
    return _placed(graph, grid, plan, own)


def _placed(graph: "nx.DiGraph[str]", grid: "_Grid", plan: Plan, own: Plan) -> Layout:
    """Turn columns, rows and corridors into pixels."""
    used = {place.column for place in (*grid.kept.values(), *grid.places.values())}
    across = _across([column in used for column in range(len(grid.stages))])
    down = _down(plan, grid.n_rows)
    ends = strongest_ends(graph)
    return Layout(
        stages=grid.stages,
        panels=tuple(Rect(left, TOP, width, down.bottom - TOP) for left, width in across.panels),
        boxes={
            node: Rect(across.box_x(place.column), down.rows[place.row], across.box, BOX_HEIGHT)
            for node, place in grid.places.items()
        },
        outcomes=_outcomes(across, down),
        column={node: place.column for node, place in grid.places.items()},
        lanes=_lanes(plan, own, down),
        ends=ends,
        labelled=labelled_moves(graph),
        scale=ribbon_scale(graph),
        end_scale=end_scale(graph),
        width=across.width,
        bottom=down.bottom,
    )


@dataclass(frozen=True)
class _Grid:
    """Column and row of every type drawn, and of every type of the graph whose places are kept."""

    base: "nx.DiGraph[str]"
    stages: tuple[str, ...]
    places: dict[str, Place]
    kept: dict[str, Place]
    n_rows: int


def _grid(graph: "nx.DiGraph[str]", base: "nx.DiGraph[str]") -> _Grid:
    """Put the types of a graph where they stand in the base; new ones follow below."""
    order = stage_order(base)
    own = stage_order(graph, order)
    first = first_rows(order)
    stages = (*order, *(stage for stage in own if stage not in order))
    kept = {
        node: Place(stages.index(stage), first[stage] + row)
        for stage, nodes in order.items()
        for row, node in enumerate(nodes)
    }
    places: dict[str, Place] = {}
    for stage, nodes in own.items():
        column = stages.index(stage)
        below = first.get(stage, 0) + len(order.get(stage, ()))
        for node in nodes:
            if node in kept and kept[node].column == column:
                places[node] = kept[node]
            else:
                places[node] = Place(column, below)
                below += 1
    n_rows = 1 + max((place.row for place in (*kept.values(), *places.values())), default=-1)
    return _Grid(base, stages, places, kept, n_rows)


@dataclass(frozen=True)
class _Across:
    """Horizontal measures."""

    width: int
    panels: list[tuple[float, float]]
    box: float
    outcomes: float

    def box_x(self, column: int) -> float:
        """Left edge of the boxes of a column."""
        left, panel = self.panels[column]
        return left + (panel - self.box) / 2


def _across(filled: list[bool]) -> _Across:
    """Share the width among the stages, less to empty ones; few stages stand in the middle."""
    parts = [1.0 if is_filled else _EMPTY_STAGE for is_filled in filled]
    fixed = 2 * MARGIN + START_WIDTH + _BEFORE_OUTCOMES + _OUTCOME_WIDTH
    pitch = max(_SMALLEST_PITCH, min(_LARGEST_PITCH, (WIDTH - fixed) / sum(parts)))
    width = max(WIDTH, round(fixed + pitch * sum(parts)))
    left = MARGIN + START_WIDTH + (width - fixed - pitch * sum(parts)) / 2
    gap = min(_WIDEST_GAP, pitch * 0.2)
    panels: list[tuple[float, float]] = []
    for part in parts:
        panels.append((left, pitch * part - gap))
        left += pitch * part
    box = min(_WIDEST_BOX, pitch * (0.6 if pitch > _ROOMY_PITCH else 0.68))
    return _Across(width, panels, box, left + _BEFORE_OUTCOMES - gap / 2)


@dataclass(frozen=True)
class _Down:
    """Vertical measures: top of every corridor and row, lower edge of the stages."""

    corridors: list[float]
    rows: list[float]
    bottom: float


def _down(plan: Plan, n_rows: int) -> _Down:
    """Stack rows and corridors; few rows stand in the middle beside the outcomes."""
    need = sum(plan.heights) + n_rows * (BOX_HEIGHT + _ROW_GAP) + _ROW_GAP / 2
    inner = max(need, len(OUTCOMES) * (_OUTCOME_HEIGHT + _OUTCOME_GAP))
    y = TOP + HEADER + (inner - need) / 2
    corridors: list[float] = []
    rows: list[float] = []
    for height in plan.heights:
        corridors.append(y)
        rows.append(y + height + _ROW_GAP)
        y = rows[-1] + BOX_HEIGHT
    return _Down(corridors, rows[:n_rows], TOP + HEADER + inner)


def _lanes(plan: Plan, own: Plan, down: _Down) -> dict[Key, float]:
    """Return the height of every lane, inside the corridor that the kept places leave."""
    return {
        key: down.corridors[corridor] + 8 + min(offset, plan.heights[corridor] + 4)
        for key, (corridor, offset) in own.offsets.items()
    }


def _outcomes(across: _Across, down: _Down) -> dict[str, Rect]:
    """Spread the outcomes evenly over the height of the stages, or of the first screen."""
    top = TOP + HEADER
    step = min(_OUTCOME_STEP, (down.bottom - top) / len(OUTCOMES))
    return {
        outcome: Rect(
            across.outcomes,
            top + index * step + (step - _OUTCOME_HEIGHT) / 2,
            _OUTCOME_WIDTH,
            _OUTCOME_HEIGHT,
        )
        for index, outcome in enumerate(OUTCOMES)
    }
