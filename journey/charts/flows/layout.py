"""Where every box and ribbon of a step Sankey stands: all columns at one scale."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import pandas as pd

from journey.charts.columns import require
from journey.schema import OUTCOMES

FLOW_COLUMNS: Final = (
    "step",
    "box",
    "box_kind",
    "box_stage",
    "next_box",
    "next_kind",
    "next_stage",
    "n_journeys",
    "n_back",
)

GAP: Final = 5.0
"""Between two boxes of touchpoints."""

UNASSIGNED: Final = "Unassigned"

LANE_GAP: Final = 2.0
"""Between two outcome lanes: close, so that they read as one foot."""

FOOT_GAP: Final = 16.0
"""Least distance between the boxes of touchpoints and the outcome lanes."""


class Key(NamedTuple):
    """What a box is at any step: two boxes of one key are the same thing at two steps."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Box:
    """All journeys that are at one thing at one step."""

    step: int
    key: Key
    stage: str | None
    n_journeys: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Flow:
    """All journeys that go from one box to a box of the next step."""

    source: Box
    target: Box
    n_journeys: int
    source_y: float
    target_y: float
    thickness: float
    n_back: int

    @property
    def is_back(self) -> bool:
        """Whether it takes most of its journeys back to an earlier stage."""
        return 2 * self.n_back > self.n_journeys


@dataclass(frozen=True, slots=True)
class SankeyLayout:
    """Boxes and flows with their places; ``scale`` is the height of one journey."""

    n_journeys: int
    scale: float
    steps: tuple[int, ...]
    stages: tuple[str, ...]
    boxes: tuple[Box, ...]
    flows: tuple[Flow, ...]


class Area(NamedTuple):
    """The rectangle that the columns fill."""

    x: float
    y: float
    width: float
    height: float


class _Move(NamedTuple):
    step: int
    source: Key
    target: Key | None
    n_journeys: int
    n_back: int


def lay_out(flows: pd.DataFrame, *, stages: Sequence[str], area: Area) -> SankeyLayout:
    """Place the boxes and ribbons of a step flow so that every column holds all journeys.

    One journey has the same height everywhere. From top to foot a column holds journeys that have
    not started, touchpoint types by stage and then by volume over all steps, *Other*, and, standing
    on the foot, the outcomes in their fixed order. The order is the same in every column.

    Parameters
    ----------
    flows
        The frame of ``step_flows``.
    stages
        The stages in order. Stages of the frame that are not among them follow, by mean step.
    area
        The rectangle to fill.

    Returns
    -------
    SankeyLayout
        Boxes by step from the top down; flows by step, source and target from the top down.

    Raises
    ------
    ColumnNotFoundError
        If a column of ``step_flows`` is missing.

    Examples
    --------
    >>> flows = pd.DataFrame(
    ...     [(1, "Ad", "touchpoint", "Attract", "won", "outcome", None, 3, 0),
    ...      (2, "won", "outcome", None, None, None, None, 3, 0)], columns=FLOW_COLUMNS)
    >>> layout = lay_out(flows, stages=["Attract"], area=Area(0, 0, 400, 324))
    >>> [(box.key.name, round(box.y), round(box.height)) for box in layout.boxes]
    [('Ad', 0, 300), ('won', 16, 300)]
    """
    require(flows, FLOW_COLUMNS, where="the frame of step flows")
    moves, stage_of = _read(flows)
    counts = _count(moves)
    if not counts:
        return SankeyLayout(0, 0.0, (), tuple(stages), (), ())
    order = _stage_order(counts, stage_of, stages)
    ranks = _rank(counts, stage_of, order)
    n_journeys = max(sum(column.values()) for column in counts.values())
    scale = _scale(counts, n_journeys, area)
    boxes = _boxes(counts, ranks, stage_of, area=area, scale=scale)
    placed = tuple(_flows(moves, boxes, ranks, scale))
    steps, drawn = tuple(sorted(counts)), tuple(boxes.values())
    return SankeyLayout(n_journeys, scale, steps, tuple(order), drawn, placed)


def _read(flows: pd.DataFrame) -> tuple[list[_Move], dict[Key, str | None]]:
    """Turn the frame into moves, and say which stage each box belongs to."""
    moves: list[_Move] = []
    stage_of: dict[Key, str | None] = {}
    columns = (flows[name].tolist() for name in FLOW_COLUMNS)
    for row in zip(*columns, strict=True):
        step, box, kind, stage, next_box, next_kind, next_stage, n_journeys, n_back = row
        source = Key(kind, box)
        stage_of[source] = _stage(stage)
        target = None if _text(next_box) is None else Key(next_kind, next_box)
        if target is not None:
            stage_of.setdefault(target, _stage(next_stage))
        moves.append(_Move(int(step), source, target, int(n_journeys), int(n_back)))
    return moves, stage_of


def _text(value: object) -> str | None:
    """Give the text of a cell, None for a missing one however pandas writes it."""
    return value if isinstance(value, str) else None


def _stage(value: object) -> str | None:
    """Give the stage of a cell, None for what belongs to no stage."""
    return None if value == UNASSIGNED else _text(value)


def _count(moves: Iterable[_Move]) -> dict[int, dict[Key, int]]:
    """Journeys per step and box."""
    counts: defaultdict[int, defaultdict[Key, int]] = defaultdict(lambda: defaultdict(int))
    for move in moves:
        if move.n_journeys > 0:
            counts[move.step][move.source] += move.n_journeys
    return {step: dict(column) for step, column in counts.items()}


def _stage_order(
    counts: Mapping[int, Mapping[Key, int]],
    stage_of: Mapping[Key, str | None],
    stages: Sequence[str],
) -> list[str]:
    """Stages in order; those of the data that nobody ordered follow by their mean step."""
    weight: defaultdict[str, int] = defaultdict(int)
    steps: defaultdict[str, int] = defaultdict(int)
    for step, column in counts.items():
        for key, n_journeys in column.items():
            stage = stage_of[key]
            if stage is not None and stage not in stages:
                weight[stage] += n_journeys
                steps[stage] += n_journeys * step
    extra = sorted(weight, key=lambda stage: (steps[stage] / weight[stage], stage))
    return [*stages, *extra]


def _rank(
    counts: Mapping[int, Mapping[Key, int]],
    stage_of: Mapping[Key, str | None],
    order: Sequence[str],
) -> dict[Key, int]:
    """Place of every box from the top, the same at all steps."""
    totals: defaultdict[Key, int] = defaultdict(int)
    for column in counts.values():
        for key, n_journeys in column.items():
            totals[key] += n_journeys

    def place(key: Key) -> tuple[int, int, int, str]:
        if key.kind == "outcome":
            return (3, _index(OUTCOMES, key.name), 0, key.name)
        group = {"not started": 0, "touchpoint": 1}.get(key.kind, 2)
        return (group, _index(order, stage_of[key]), -totals[key], key.name)

    return {key: rank for rank, key in enumerate(sorted(totals, key=place))}


def _index(names: Sequence[str], name: str | None) -> int:
    """Place of a name in an order; names outside it come last."""
    return names.index(name) if name in names else len(names)


def _scale(counts: Mapping[int, Mapping[Key, int]], n_journeys: int, area: Area) -> float:
    """Height of one journey: the column with the most distances fills the area."""
    return (area.height - max(_gaps(column) for column in counts.values())) / max(n_journeys, 1)


def _gaps(column: Mapping[Key, int]) -> float:
    """Height that a column spends on distances."""
    n_lanes = sum(key.kind == "outcome" for key in column)
    n_upper = len(column) - n_lanes
    foot = FOOT_GAP + LANE_GAP * (len(OUTCOMES) - 1) if n_lanes else 0.0
    # A column of a single lane has nothing to keep a distance from, but must not outgrow others.
    return max(n_upper - 1, 0) * GAP + foot


def _columns(steps: Sequence[int], area: Area) -> tuple[dict[int, float], float]:
    """Left edge of every column, and the width of a box: wide enough to be written in."""
    pitch = area.width / max(len(steps), 3)
    width = min(180.0, pitch * 0.7)
    step_width = (area.width - width) / max(len(steps) - 1, 1)
    # Two columns a whole screen apart would leave ribbons as long as the picture is wide.
    step_width = min(step_width, 4.0 * width)
    return {step: area.x + i * step_width for i, step in enumerate(steps)}, width


def _boxes(
    counts: Mapping[int, Mapping[Key, int]],
    ranks: Mapping[Key, int],
    stage_of: Mapping[Key, str | None],
    *,
    area: Area,
    scale: float,
) -> dict[tuple[int, Key], Box]:
    """Boxes by step, from the top down."""
    boxes: dict[tuple[int, Key], Box] = {}
    xs, width = _columns(sorted(counts), area)
    for step, x in xs.items():
        keys = sorted(counts[step], key=ranks.__getitem__)
        places = _stack(keys, counts[step], area, scale)
        for key in keys:
            y, height = places[key]
            n_journeys = counts[step][key]
            boxes[step, key] = Box(step, key, stage_of[key], n_journeys, x, y, width, height)
    return boxes


def _stack(
    keys: Sequence[Key], column: Mapping[Key, int], area: Area, scale: float
) -> dict[Key, tuple[float, float]]:
    """Top and height of the boxes of one column."""
    places: dict[Key, tuple[float, float]] = {}
    y = area.y
    for key in keys:
        if key.kind != "outcome":
            places[key] = (y, column[key] * scale)
            y += column[key] * scale + GAP
    bottom = area.y + area.height
    for outcome in reversed(OUTCOMES):
        key = Key("outcome", outcome)
        height = column.get(key, 0) * scale
        if height:
            places[key] = (bottom - height, height)
        # An empty lane keeps its distance, so that lanes below it never shift.
        bottom -= height + LANE_GAP
    return places


def _flows(
    moves: Sequence[_Move],
    boxes: Mapping[tuple[int, Key], Box],
    ranks: Mapping[Key, int],
    scale: float,
) -> Iterable[Flow]:
    """Ribbons, stacked in each box in the order of the boxes at their other end."""
    joined: defaultdict[tuple[int, Key, Key], int] = defaultdict(int)
    back: defaultdict[tuple[int, Key, Key], int] = defaultdict(int)
    for move in moves:
        if move.target is not None and (move.step + 1, move.target) in boxes:
            joined[move.step, move.source, move.target] += move.n_journeys
            back[move.step, move.source, move.target] += move.n_back
    kept = [key for key, n_journeys in joined.items() if n_journeys > 0]
    leaving: defaultdict[tuple[int, Key], float] = defaultdict(float)
    arriving: defaultdict[tuple[int, Key], float] = defaultdict(float)
    # Sorted by source and then target, ribbons leave and arrive in the order of the boxes.
    for step, source, target in sorted(kept, key=lambda k: (k[0], ranks[k[1]], ranks[k[2]])):
        n_journeys = joined[step, source, target]
        thickness = n_journeys * scale
        start, end = boxes[step, source], boxes[step + 1, target]
        yield Flow(
            start,
            end,
            n_journeys,
            start.y + leaving[step, source],
            end.y + arriving[step + 1, target],
            thickness,
            back[step, source, target],
        )
        leaving[step, source] += thickness
        arriving[step + 1, target] += thickness
