"""Lanes below the people of a timeline: the scores and the sentiment along the way."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import Final, Literal

import pandas as pd

from journey.charts.columns import require
from journey.charts.numbers import format_count, format_signed
from journey.charts.svg import coordinate as at
from journey.charts.svg import element, label, printable, text_width, tooltip
from journey.charts.timelines.layout import LEFT, MARGIN, RIGHT, Scale
from journey.charts.timelines.words import Touch, date_words

Look = Literal["solid", "dashed", "dotted"]

TRACK: Final = 92.0
"""Height of a lane."""
_INSET: Final = 14.0
_APART: Final = 13.0
_KEY: Final = 22.0

SCORES: Final[dict[str, Look]] = {
    "engagement": "solid",
    "relationship": "dashed",
    "fit": "dotted",
}
"""Columns of ``score_history`` and how their lines look; the one that moves most is solid."""

TRACK_RULES: Final = (
    ".portolan .track-line{fill:none;stroke:var(--ink);stroke-width:2;stroke-linejoin:round}"
    ".portolan .track-line.dashed{stroke-dasharray:9 4;stroke:var(--muted)}"
    ".portolan .track-line.dotted{stroke-dasharray:2 4;stroke:var(--muted)}"
    ".portolan .track-edge{stroke:var(--line);stroke-width:1}"
    ".portolan .mood{stroke:var(--paper);stroke-width:2;fill:var(--outcome-won)}"
    ".portolan .mood.bad{fill:var(--back)}.portolan .mood.even{fill:var(--muted)}"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One figure over time: its name, its look, and (time, value, words) in order."""

    name: str
    look: Look
    points: tuple[tuple[pd.Timestamp, float, str], ...]


@dataclass(frozen=True, slots=True)
class Track:
    """A lane of lines between two values; where it is marked each point is a mood."""

    name: str
    about: str
    lines: tuple[Line, ...]
    low: float
    high: float
    is_marked: bool = False


def score_track(history: pd.DataFrame | None) -> Track | None:
    """Give the lane of the three scores, none where nothing was ever scored."""
    if history is None or history.empty:
        return None
    require(history, ("occurred_at", *SCORES), where="the history of scores")
    highest = max(float(history[name].max()) for name in SCORES)
    lowest = min(0.0, *(float(history[name].min()) for name in SCORES))
    if highest <= lowest:
        return None
    lines = tuple(
        Line(name.capitalize(), look, tuple(_points(history, name)))
        for name, look in SCORES.items()
        if history[name].any()
    )
    grade = history["grade"].iloc[-1] if "grade" in history else None
    about = f"Now grade {printable(str(grade))}" if grade else ""
    return Track("Scores", about, lines, lowest, highest)


def _points(history: pd.DataFrame, name: str) -> Sequence[tuple[pd.Timestamp, float, str]]:
    """Give the values at which a line bends: a straight piece needs its ends alone."""
    values = history[name].to_numpy(float)
    times = list(history["occurred_at"])
    kept = [
        place
        for place in range(len(values))
        if not 0 < place < len(values) - 1
        or not values[place - 1] == values[place] == values[place + 1]
    ]
    return [(times[place], float(values[place]), "") for place in kept]


def sentiment_track(touches: Sequence[Touch]) -> Track | None:
    """Give the lane of sentiment from -1 to 1, none where no touch carries any."""
    told = [touch for touch in touches if not isnan(touch.sentiment)]
    if not told:
        return None
    points = tuple(
        (
            touch.at,
            min(max(touch.sentiment, -1.0), 1.0),
            f"{printable(touch.name)}, {date_words(touch.at)}: {format_signed(touch.sentiment, 2)}",
        )
        for touch in told
    )
    mean = sum(touch.sentiment for touch in told) / len(told)
    about = f"{format_signed(mean, 1)} on average, of {len(told)}"
    return Track("Sentiment", about, (Line("Sentiment", "solid", points),), -1.0, 1.0, True)


def drawn_track(track: Track, scale: Scale, top: float) -> str:
    """Draw a lane with its name on the left, its edges and its lines."""

    def height(value: float) -> float:
        share = (value - track.low) / (track.high - track.low)
        return top + TRACK - _INSET - share * (TRACK - 2 * _INSET)

    # The name of an edge close to zero would lie over that of zero.
    far = (edge for edge in (track.low, track.high) if abs(height(edge) - height(0.0)) >= _APART)
    named = sorted({0.0, *far})
    parts = [
        label(track.name, {"class": "person", "x": MARGIN, "y": top + 28}),
        label(track.about, {"class": "muted legend", "x": MARGIN, "y": top + 47}),
        *_key(track, top + 64),
        *(_edge(height(value)) for value in sorted({track.low, 0.0, track.high})),
        *(_figure(track, value, height(value)) for value in named),
    ]
    for line in track.lines:
        spots = [(scale.x(moment), height(value)) for moment, value, _ in line.points]
        path = "M" + "L".join(f"{at(x)},{at(y)}" for x, y in spots)
        shape = element("path", {"class": f"track-line {line.look}", "d": path})
        parts.append(element("g", {}, tooltip(line.name), shape))
        if track.is_marked:
            parts += [
                _mood(value, words, spot)
                for spot, (_, value, words) in zip(spots, line.points, strict=True)
            ]
    return element("g", {"class": "track"}, *parts)


def _edge(y: float) -> str:
    """Draw the height of a value."""
    ends = {"class": "track-edge", "x1": LEFT, "x2": RIGHT, "y1": y, "y2": y}
    return element("line", ends)


def _figure(track: Track, value: float, y: float) -> str:
    """Name the height of a value at its left end."""
    shown = format_signed(value) if track.is_marked else format_count(value)
    name = {"class": "muted legend", "x": LEFT - 8, "y": y + 4.5, "text-anchor": "end"}
    return label(shown, name)


def _mood(value: float, words: str, spot: tuple[float, float]) -> str:
    """Draw how one touch went."""
    kind = "bad" if value < 0 else "even" if value == 0 else "good"
    circle = {"class": f"mood {kind}", "cx": spot[0], "cy": spot[1], "r": 6}
    return element("g", {}, tooltip(words), element("circle", circle))


def _key(track: Track, y: float) -> Sequence[str]:
    """Name the lines of a lane that has several."""
    parts: list[str] = []
    x: float = MARGIN
    for line in track.lines if len(track.lines) > 1 else ():
        if x > MARGIN and x + _KEY + 4 + text_width(line.name, 13) > LEFT - 40:
            x, y = MARGIN, y + 17
        sample = {"class": f"track-line {line.look}", "d": f"M{at(x)},{at(y - 4)}h{_KEY}"}
        parts.append(element("path", sample))
        parts.append(label(line.name, {"class": "legend", "x": x + _KEY + 4, "y": y}))
        x += _KEY + 4 + text_width(line.name, 13) + 10
    return parts
