"""The timeline of one account: a lane per person under one band of stages, silences marked."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

import pandas as pd

from journey.charts.columns import require
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
from journey.charts.theme import STAGE_INKS, Theme, stage_token, style_sheet
from journey.charts.timelines.layout import LEFT, MARGIN, RIGHT, WIDTH, Scale
from journey.charts.timelines.tracks import (
    TRACK,
    TRACK_RULES,
    Track,
    drawn_track,
    score_track,
    sentiment_track,
)
from journey.charts.timelines.words import (
    BackMove,
    Silence,
    Touch,
    back_moves,
    date_words,
    days_between,
    fact_of,
    lanes,
    read_touches,
    silences,
    title_of,
)
from journey.schema import DEFAULT_STAGES

COLUMNS: Final = (
    *("occurred_at", "touchpoint", "person_id", "person_role", "channel", "stage"),
    *("current_stage", "gap_days", "sentiment", "value", "reason"),
)
BAND_TOP: Final = 112.0
BAND: Final = 30.0
LANES_TOP: Final = 178.0
LANE: Final = 78.0
DOT: Final = 8.0
TICKS: Final = (
    (0.5, "h", "%H:%M"),
    (3.0, "6h", "%d %b %H:%M"),
    (12.0, "D", "%d %b"),
    (84.0, "W-MON", "%d %b"),
    (366.0, "MS", "%b %Y"),
    (1100.0, "QS", "%b %Y"),
    (4400.0, "YS", "%Y"),
    (36_500.0, "5YS", "%Y"),
)
"""Days shown, up to which dates so far apart make about a dozen marks; how they are written."""

RULES: Final = (
    ".portolan .lane-line{stroke:var(--line);stroke-width:1.5}"
    ".portolan .tick{stroke:var(--line);stroke-width:1;stroke-dasharray:2 4}"
    ".portolan .silence{fill:var(--muted);fill-opacity:.12}"
    ".portolan .silence-words{fill:var(--muted);font-size:13px;font-weight:600}"
    ".portolan .person{fill:var(--ink);font-size:15px;font-weight:600}"
    ".portolan .words{fill:var(--ink);font-size:12.5px}"
    ".portolan .legend{fill:var(--ink);font-size:13px}"
    ".portolan .legend.muted{fill:var(--muted)}.portolan .fact{font-size:15px}"
    ".portolan .on-band{fill:var(--on-stage);font-size:13px;font-weight:600}"
    ".portolan .many{fill:var(--on-stage);font-size:12px;font-weight:700}"
    ".portolan .back-move{fill:var(--back)}"
    ".portolan .touch circle{stroke:var(--paper);stroke-width:2}"
    ".portolan .touch .unhappy{stroke:var(--back);stroke-width:3.5}"
    ".portolan .mark-unhappy{fill:var(--paper);stroke:var(--back);stroke-width:3.5}"
    + TRACK_RULES
    + "".join(
        f".portolan .{token}{{fill:var(--{token})}}"
        for token in (
            *(f"stage-{place}" for place in range(len(STAGE_INKS))),
            "stage-unassigned",
        )
    )
)


def account_timeline_picture(
    timeline: pd.DataFrame,
    *,
    stages: Sequence[str] = DEFAULT_STAGES,
    as_of: pd.Timestamp | None = None,
    scores: pd.DataFrame | None = None,
    theme: Theme = "light",
) -> Picture:
    """Draw the touchpoints of one account in time: a lane for each person, scores, sentiment.

    Parameters
    ----------
    timeline
        The frame of ``account_timeline``, in order of time.
    stages
        The stages in order: they give the colours.
    as_of
        The time at which the log is read; the silence until then is marked as the others are.
    scores
        The frame of ``score_history``, drawn as lines where given.
    theme
        The palette shown where no page decides.

    Returns
    -------
    Picture
        1400 pixels wide, as high as its lanes.

    Raises
    ------
    ColumnNotFoundError
        If a column of ``account_timeline`` is missing.

    Examples
    --------
    >>> timeline = pd.DataFrame({
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-09"], utc=True),
    ...     "touchpoint": ["Ad", "Demo"], "person_id": ["ann", "bo"], "stage": ["Buy", "Buy"],
    ...     "current_stage": "Buy", "gap_days": [float("nan"), 8.0], "sentiment": float("nan"),
    ...     "person_role": None, "channel": None, "value": float("nan"), "reason": None})
    >>> account_timeline_picture(timeline).title
    '2 touchpoints by 2 people in 8 days'
    """
    require(timeline, COLUMNS, where="the timeline of an account")
    touches, classes = read_touches(timeline), f"timeline {theme}"
    if not touches:
        return _empty(classes)
    end = touches[-1].at if as_of is None else max(as_of, touches[-1].at)
    tracks = list(filter(None, (score_track(scores), sentiment_track(touches))))
    return _drawn(touches, Scale(touches[0].at, end), stages, tracks, classes)


def _drawn(
    touches: Sequence[Touch],
    scale: Scale,
    stages: Sequence[str],
    tracks: Sequence[Track],
    classes: str,
) -> Picture:
    """Draw an account that has touchpoints."""
    title, fact = title_of(touches), fact_of(touches, scale.last)
    people = lanes(touches)
    below = LANES_TOP + LANE * len(people)
    bottom = below + TRACK * len(tracks)
    height = round(bottom + 76)
    body = (
        label(title, {"class": "message", "x": MARGIN, "y": 36}),
        label(fact, {"class": "muted fact", "x": MARGIN, "y": 64}),
        *_ticks(scale, bottom),
        *(_silence(span, scale, bottom) for span in silences(touches, scale.last)),
        *_band(touches, scale, stages),
        *(_back_move(move, scale) for move in back_moves(touches, stages)),
        *(_lane(place, lane, scale, stages) for place, lane in enumerate(people)),
        *(drawn_track(track, scale, below + TRACK * at) for at, track in enumerate(tracks)),
        *_legend(touches, scale, stages, height - 20.0),
    )
    return document(
        "".join(body),
        size=(WIDTH, height),
        classes=classes,
        style=style_sheet(RULES),
        title=title,
        alt=fact,
    )


def _silence(span: Silence, scale: Scale, bottom: float) -> str:
    """Shade a silence over all lanes and name its length above them."""
    start, stop = scale.x(span.start) + DOT + 2, scale.x(span.end) - DOT - 2
    width = max(stop - start, 1.0)
    shape = {"class": "silence", "x": start, "y": LANES_TOP - 26, "width": width}
    parts = [element("rect", {**shape, "height": bottom - LANES_TOP + 26}, tooltip(span.name))]
    short = span.name if text_width(span.name, 13) <= width else span.name.removesuffix(" silent")
    if text_width(short, 13) <= width + 2 * DOT:
        middle = {"x": (start + stop) / 2, "y": LANES_TOP - 10, "text-anchor": "middle"}
        parts.append(label(short, {"class": "silence-words", **middle}))
    return "".join(parts)


def _band(touches: Sequence[Touch], scale: Scale, stages: Sequence[str]) -> Iterable[str]:
    """Draw the stage the account is in at every time."""
    spans = [
        (stage, next(iter(run)).at) for stage, run in groupby(touches, lambda t: t.current_stage)
    ]
    ends = [at for _, at in spans[1:]] + [scale.last]
    yield label("Stage", {"class": "person", "x": MARGIN, "y": BAND_TOP + 21})
    for (stage, start), stop in zip(spans, ends, strict=True):
        # A lone touch still shows the stage it is in.
        x, width = scale.x(start), max(scale.x(stop) - scale.x(start), 3.0)
        name = printable(stage) if stage else "Unassigned"
        shape = {"x": x, "y": BAND_TOP, "width": width, "height": BAND, "rx": 2}
        words = tooltip(f"{name}, {date_words(start)} to {date_words(stop)}")
        yield element("rect", {"class": stage_token(stage, list(stages)), **shape}, words)
        if text_width(name, 13) + 12 <= width:
            yield label(name, {"class": "on-band", "x": x + 7, "y": BAND_TOP + 20})


def _back_move(move: BackMove, scale: Scale) -> str:
    """Mark under the band where the account went back to an earlier stage."""
    words = f"Back from {printable(move.source)} to {printable(move.target)}, {date_words(move.at)}"
    return _arrow(scale.x(move.at), BAND_TOP + BAND + 7, tooltip(words))


def _arrow(x: float, y: float, *content: str) -> str:
    return element("path", {"class": "back-move", "d": f"M{x + 6} {y - 5}v10l-13 -5z"}, *content)


def _lane(
    place: int, lane: tuple[str, str, list[Touch]], scale: Scale, stages: Sequence[str]
) -> str:
    """Draw the touches of one person; touches too near to tell apart share a dot."""
    name, role, touches = lane
    y = LANES_TOP + LANE * place + LANE / 2
    noun = "touch" if len(touches) == 1 else "touches"
    about = " · ".join(part for part in (role, f"{format_count(len(touches))} {noun}") if part)
    parts = [
        element(
            "g",
            {},
            tooltip(name),
            label(clip(name, LEFT - MARGIN - 22, 15), {"class": "person", "x": MARGIN, "y": y - 1}),
        ),
        label(
            clip(about, LEFT - MARGIN - 22, 13), {"class": "muted legend", "x": MARGIN, "y": y + 17}
        ),
        element("line", {"class": "lane-line", "x1": LEFT, "x2": RIGHT, "y1": y, "y2": y}),
    ]
    free = {-1: 0.0, 1: 0.0}
    words: list[str] = []
    for x, group in _groups(touches, scale):
        parts.append(_dot(x, y, group, stages))
        text = clip(group[0].name, 170, 12.5)
        half = text_width(text, 12.5) / 2
        middle = min(max(x, LEFT - 20 + half), RIGHT + 20 - half)
        # Above first, then below; a label that finds no room stays in the tooltip.
        for side in (-1, 1):
            if len(group) == 1 and middle - half >= free[side] + 8:
                at = {"x": middle, "y": y - 15 if side < 0 else y + 25}
                words.append(label(text, {"class": "words halo", "text-anchor": "middle", **at}))
                free[side] = middle + half
                break
    return element("g", {"class": "person-lane"}, *parts, *words)


def _groups(touches: Sequence[Touch], scale: Scale) -> Iterable[tuple[float, list[Touch]]]:
    """Put touches whose dots would overlap into one dot, at the middle of their times."""
    group: list[Touch] = []
    for touch in touches:
        if group and scale.x(touch.at) - scale.x(group[0].at) > 2 * DOT:
            yield _middle(group, scale), group
            group = []
        group.append(touch)
    if group:
        yield _middle(group, scale), group


def _middle(group: Sequence[Touch], scale: Scale) -> float:
    """Place of the dot of a group."""
    return (scale.x(group[0].at) + scale.x(group[-1].at)) / 2


def _dot(x: float, y: float, group: Sequence[Touch], stages: Sequence[str]) -> str:
    """Draw one touch, or several with their number; a ring marks a touch that went badly."""
    stage = group[-1].stage or group[-1].current_stage
    unhappy = any(touch.sentiment < 0 for touch in group)
    classes = f"{stage_token(stage, list(stages))}{' unhappy' if unhappy else ''}"
    radius = DOT if len(group) == 1 else DOT + 3
    parts = [
        tooltip("\n".join(touch.words for touch in group)),
        element("circle", {"class": classes, "cx": x, "cy": y, "r": radius}),
    ]
    if len(group) > 1:
        middle = {"text-anchor": "middle", "x": x, "y": y + 4.2}
        parts.append(label(format_count(len(group)), {"class": "many", **middle}))
    return element("g", {"class": "touch"}, *parts)


def _ticks(scale: Scale, bottom: float) -> Iterable[str]:
    """Mark dates on the way, at most a dozen."""
    for at, words in _dates(scale):
        x = scale.x(at)
        yield element("line", {"class": "tick", "x1": x, "x2": x, "y1": BAND_TOP - 8, "y2": bottom})
        yield label(words, {"class": "muted legend", "x": x + 3, "y": BAND_TOP - 10})


def _dates(scale: Scale) -> list[tuple[pd.Timestamp, str]]:
    """Choose round dates for the time shown, from hours to years."""
    days = days_between(scale.first, scale.last)
    _, freq, form = next((ticks for ticks in TICKS if days <= ticks[0]), TICKS[-1])
    start = scale.first.ceil("h" if freq.endswith("h") else "D")
    times = list(pd.date_range(start, scale.last, freq=freq))
    return [(at, f"{at:{form}}") for at in times]


def _legend(
    touches: Sequence[Touch], scale: Scale, stages: Sequence[str], y: float
) -> Iterable[str]:
    """Name the colours of the dots, the numbers in them and the ring."""
    used = {touch.stage or touch.current_stage for touch in touches}
    entries = [(stage, stage_token(stage, list(stages))) for stage in stages if stage in used]
    if used - set(stages):
        entries.append(("Unassigned", "stage-unassigned"))
    if any(touch.sentiment < 0 for touch in touches):
        entries.append(("Negative sentiment", "mark-unhappy"))
    x = LEFT
    for name, token in entries:
        shown = clip(name, 190, 13)
        yield element("circle", {"class": token, "cx": x + 6, "cy": y - 4.5, "r": 6})
        yield label(shown, {"class": "legend", "x": x + 18, "y": y})
        x += 18 + text_width(shown, 13) + 18
    if back_moves(touches, stages):
        yield _arrow(x + 6, y - 4.5)
        yield label("Back to an earlier stage", {"class": "legend", "x": x + 18, "y": y})
        x += 18 + text_width("Back to an earlier stage", 13) + 18
    if any(len(group) > 1 for *_, lane in lanes(touches) for _, group in _groups(lane, scale)):
        words = "A number: so many touches at one place"
        yield label(words, {"class": "legend muted", "x": x + 8, "y": y})


def _empty(classes: str) -> Picture:
    """Draw the picture of an account without touchpoints."""
    title, hint = "No touchpoints to show", "Clear a filter to see what this account did."
    middle = {"text-anchor": "middle", "x": WIDTH / 2}
    body = label(title, {"class": "message", "y": 90, **middle}) + label(
        hint, {"class": "muted fact", "y": 122, **middle}
    )
    return document(
        body, size=(WIDTH, 200), classes=classes, style=style_sheet(RULES), title=title, alt=hint
    )
