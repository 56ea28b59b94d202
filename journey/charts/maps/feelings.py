"""The emotion lane under the journey map: how people feel at each stage."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from journey.charts.maps.layout import Layout, Rect
from journey.charts.maps.parts import SMALL, left_edge
from journey.charts.numbers import format_count, format_signed
from journey.charts.svg import clip, element, hit, label, printable, tooltip
from journey.charts.svg import coordinate as at
from journey.schema import SMALL_SAMPLE

LANE_HEIGHT: Final = 150
_TITLE: Final = 36
_PLOT: Final = 84
_MARK: Final = 7
_WORDS_BELOW: Final = 16


class StageFeeling(NamedTuple):
    """Mean sentiment of a stage with its interval, and its touchpoint type that feels worst."""

    mean: float
    low: float
    high: float
    n: int
    worst: str | None = None
    worst_mean: float = float("nan")


def emotion_lane(placed: Layout, top: float, feelings: Mapping[str, StageFeeling]) -> str:
    """Draw a lane with one mark a stage, joined by a line; higher is better.

    Parameters
    ----------
    placed
        Where the stages stand.
    top
        Where the lane begins.
    feelings
        By stage; stages without a score stay empty.
    """
    reach = _reach(list(feelings.values()))
    zero = top + _TITLE + _PLOT / 2
    x, right = left_edge(placed), placed.panels[-1].right
    head = {"class": "emotion-title left", "x": x, "y": top + 18}
    drawn = [
        label("How people feel", head),
        element("path", {"class": "emotion-zero", "d": f"M{at(x)},{at(zero)}H{at(right)}"}),
        label("neutral", {"class": "stage-count left", "x": x, "y": zero - 4}),
    ]
    marks: list[tuple[float, float]] = []
    for stage, panel in zip(placed.stages, placed.panels, strict=True):
        if stage in feelings:
            mark = panel.x + panel.width / 2, zero - feelings[stage].mean / reach * _PLOT / 2
            marks.append(mark)
            drawn.append(_stage_mark(stage, feelings[stage], panel, mark, zero, reach))
    line = "L".join(f"{at(place)},{at(y)}" for place, y in marks)
    joined = element("path", {"class": "emotion-line", "d": f"M{line}"}) if len(marks) > 1 else ""
    return element("g", {"class": "emotions"}, joined, *drawn)


def emotion_words(feelings: Mapping[str, StageFeeling]) -> str:
    """Describe the lane for those who don't see it."""
    said = (f"{printable(stage)} {format_signed(one.mean, 2)}" for stage, one in feelings.items())
    return f"Mean sentiment by stage: {', '.join(said)}." if feelings else ""


def _stage_mark(
    stage: str,
    feeling: StageFeeling,
    panel: Rect,
    mark: tuple[float, float],
    zero: float,
    reach: float,
) -> str:
    """Draw the mean of one stage with its interval, its figure and what feels worst there."""
    x, y = mark
    words = format_signed(feeling.mean, 2)
    said = f"{printable(stage)}: mean sentiment {words} of {format_count(feeling.n)} scores"
    tone = "unsure" if feeling.n < SMALL_SAMPLE else "good" if feeling.mean > 0 else "bad"
    parts = [element("circle", {"class": "emotion-mark", "cx": x, "cy": y, "r": _MARK})]
    if feeling.low == feeling.low:
        low, high = (zero - end / reach * _PLOT / 2 for end in (feeling.low, feeling.high))
        said += (
            f", 95% interval {format_signed(feeling.low, 2)} to {format_signed(feeling.high, 2)}"
        )
        parts.insert(
            0, element("path", {"class": "emotion-spread", "d": f"M{at(x)},{at(low)}V{at(high)}"})
        )
    figure = {"class": "emotion-figure middle halo", "x": x, "y": y - _MARK - 5}
    parts.append(label(f"{words}, n={format_count(feeling.n)}", figure))
    if feeling.worst is not None:
        worst = f"{feeling.worst} {format_signed(feeling.worst_mean, 2)}"
        said += f"; worst: {printable(worst)}"
        below = {"class": "stage-count", "x": x, "y": zero + _PLOT / 2 + _WORDS_BELOW}
        parts.append(label(clip(f"Worst: {worst}", panel.width + 50, SMALL), below))
    attributes = hit("stage", stage, said)
    attributes["class"] += f" emotion {tone}"
    return element("g", attributes, tooltip(said), *parts)


def _reach(feelings: Sequence[StageFeeling]) -> float:
    """The sentiment at the edge of the lane: no mean or interval lies beyond."""
    ends = [abs(end) for one in feelings for end in (one.mean, one.low, one.high)]
    return max([end for end in ends if end == end] + [0.1])  # noqa: PLR0124 -- not a number
