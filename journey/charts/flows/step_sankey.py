"""The step Sankey: all journeys by position, every column at one scale, as one SVG."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import pandas as pd

from journey.charts.flows import words
from journey.charts.flows.layout import Area, Box, Flow, SankeyLayout, lay_out
from journey.charts.numbers import format_count, format_share
from journey.charts.svg import (
    KEPT,
    Picture,
    clip,
    coordinate,
    document,
    element,
    hit,
    label,
    text_width,
    tooltip,
    wrap,
)
from journey.charts.theme import LEANS, OUTCOME_NAMES, Theme, stage_token, style_sheet
from journey.schema import DEFAULT_STAGES, OUTCOMES

WIDTH: Final = 1400
HEIGHT: Final = 900
MARGIN: Final = 20
AREA: Final = Area(MARGIN, 152, WIDTH - 2 * MARGIN, 668)
TEXT: Final = 12.0
LINE: Final = 14.0
BIG: Final = 14.0
BIG_LINE: Final = 17.0
PADDING: Final = 5.0

THINNEST: Final = 0.6
"""Ribbons thinner than this (in pixels) are noise to the eye; the picture says how many."""

TAB_SHARE: Final = 0.01
"""Ribbons of a smaller share are no stops of the Tab key: hundreds of stops help nobody."""

RULES: Final = (
    ".portolan .flow path{fill:var(--ribbon);fill-opacity:.26;stroke:transparent;stroke-width:3}"
    ".portolan .flow.back path{fill:var(--back);fill-opacity:.72}"
    ".portolan .flow.lane path{fill-opacity:.24}"
    ".portolan .flow.leaving path{fill-opacity:.4}"
    ".portolan .flow:hover path,.portolan .flow:focus-visible path{fill-opacity:.9}"
    ".portolan .box rect{stroke:var(--paper);stroke-width:0}"
    ".portolan .box[aria-pressed] rect,.portolan .flow[aria-pressed] path"
    "{stroke:var(--focus);stroke-width:4;fill-opacity:.9}"
    ".portolan .box:hover rect,.portolan .hit:focus-visible rect,.portolan .flow:focus-visible path"
    "{stroke:var(--focus);stroke-width:3}"
    ".portolan .box text{font-size:12px;pointer-events:none;fill:var(--on-stage)}"
    ".portolan .box .big{font-size:14px}"
    ".portolan .box .big,.portolan .box .name,.portolan .head{font-weight:600}"
    ".portolan .box .number{font-weight:400}"
    ".portolan .over rect{fill-opacity:.24}.portolan .over .edge{fill-opacity:1}"
    ".portolan .over text{fill:var(--ink)}"
    ".portolan .other rect,.portolan .swatch-other{fill:var(--muted);fill-opacity:.9}"
    ".portolan .waiting rect{fill:var(--paper);stroke:var(--line);stroke-width:1.5;"
    "stroke-dasharray:4 3}"
    ".portolan .waiting text{fill:var(--muted)}"
    ".portolan .head{font-size:16px}.portolan .head,.portolan .legend{fill:var(--ink)}"
    ".portolan .legend.muted{fill:var(--muted)}"
    ".portolan .fact{font-size:15px}.portolan .legend{font-size:13px}"
    ".portolan .turned{fill:var(--back);font-size:13px;font-weight:600}"
    ".portolan .swatch-back{fill:var(--back)}"
    + "".join(
        f".portolan .{token} rect,.portolan .swatch-{token}{{fill:var(--{token})}}"
        for token in (*(f"stage-{place}" for place in range(5)), "stage-unassigned", *LEANS)
    )
    + "".join(
        f".portolan .flow.{lean} path{{fill:var(--{lean});fill-opacity:{strength}}}"
        for lean, strength in zip(LEANS, (0.6, 0.6, 0.22), strict=True)
    )
    + "".join(
        f".portolan .outcome-{outcome} rect,.portolan .flow.outcome-{outcome} path,"
        f".portolan .swatch-outcome-{outcome}{{fill:var(--outcome-{outcome})}}"
        for outcome in OUTCOMES
    )
)


def step_sankey(
    flows: pd.DataFrame,
    *,
    stages: Sequence[str] = DEFAULT_STAGES,
    headers: Sequence[str] = (),
    theme: Theme = "light",
) -> Picture:
    """Draw how journeys flow from step to step, each share being of all journeys drawn.

    Parameters
    ----------
    flows
        The frame of ``step_flows``: step, box, box_kind, box_stage, next_box, next_kind,
        next_stage, n_journeys, n_back. Where most of a ribbon's journeys go back to an earlier
        stage it is drawn as a back move.
    stages
        The stages in order: they order and colour the boxes.
    headers
        Names of the columns where steps are counted from an anchor ('2 before', 'Webinar', …);
        without them they are 'First touch', 'Step 2', …
    theme
        The palette shown where no page decides.

    Returns
    -------
    Picture
        1400 by 900 pixels. Boxes carry ``data-kind="box"``, ``data-id`` ``[step, box_kind, box]``
        and ``data-box-kind`` (touchpoint, other, outcome, not started), ribbons
        ``data-kind="flow"`` and ``[step, box_kind, box, next_kind, next_box]``: a type may be
        called as an outcome is. An empty frame gives a picture that
        says so.

    Raises
    ------
    ColumnNotFoundError
        If a column of ``step_flows`` is missing.

    Examples
    --------
    >>> flows = pd.DataFrame({
    ...     "step": [1, 2], "box": ["Ad", "won"], "box_kind": ["touchpoint", "outcome"],
    ...     "box_stage": ["Attract", None], "next_box": ["won", None],
    ...     "next_kind": ["outcome", None], "next_stage": [None, None], "n_journeys": [3, 3],
    ...     "n_back": [0, 0]})
    >>> step_sankey(flows).title
    'All journeys go no further than 1 step'
    """
    layout = lay_out(flows, stages=stages, area=AREA)
    return draw(layout, headers, f"step-sankey {theme}", None)


@dataclass(frozen=True)
class Tint:
    """The colour of a box or ribbon that is not that of its stage, and what it says instead."""

    look: str
    words: str


@dataclass(frozen=True)
class Tints:
    """What a picture of two groups says and shows instead: by the identity of each part."""

    title: str
    facts: str
    legend: Sequence[tuple[str, str]]
    parts: Mapping[str, Tint]


def draw(
    layout: SankeyLayout, headers: Sequence[str], classes: str, tints: Tints | None
) -> Picture:
    """Draw the picture of some journeys, or of none."""
    if not layout.n_journeys:
        return _empty(layout, headers, classes)
    title = words.message(layout, headers) if tints is None else tints.title
    hidden = [flow for flow in layout.flows if flow.thickness < THINNEST]
    facts = words.facts(layout, headers) if tints is None else [tints.facts]
    coverage = words.coverage(layout, hidden)
    body = (
        label(clip(title, WIDTH - 2 * MARGIN, 24.0), {"class": "message", "x": MARGIN, "y": 36}),
        _facts(facts),
        *_columns(layout, headers, tints),
        _legend(layout) if tints is None else _tint_legend(tints),
        label(coverage, {"class": "muted legend", "x": MARGIN, "y": HEIGHT - 12}),
    )
    return document(
        "".join(body),
        size=(WIDTH, HEIGHT),
        classes=classes,
        style=style_sheet(RULES),
        title=title,
        alt=f"{'. '.join(facts)}. {coverage}",
    )


def _columns(layout: SankeyLayout, headers: Sequence[str], tints: Tints | None) -> Iterable[str]:
    """Draw the columns: their heads, what flows between them, their boxes."""
    for place in range(len(layout.steps)):
        yield _header(place, layout, headers)
    for step in layout.steps[:-1] if tints is None else ():
        yield _turned(step, layout)
    drawn = [flow for flow in layout.flows if flow.thickness >= THINNEST]
    # Back moves are the story: they lie over all other ribbons.
    for flow in sorted(drawn, key=lambda flow: flow.is_back):
        yield _ribbon(flow, layout, tints)
    for box in layout.boxes:
        yield _box(box, layout, tints)


def _facts(facts: Sequence[str]) -> str:
    """Write the facts in one line, as many as it holds."""
    return label(
        clip("   ·   ".join(facts), WIDTH - 2 * MARGIN, 14.0),
        {"class": "muted fact", "x": MARGIN, "y": 64},
    )


def _header(place: int, layout: SankeyLayout, headers: Sequence[str]) -> str:
    """Write the head of a column."""
    step = layout.steps[place]
    x, width = next((box.x, box.width) for box in layout.boxes if box.step == step)
    name, whole, going = words.header(place, layout, headers)
    room = _room(layout, width)
    lines = (
        label(clip(name, room, 15.0), {"class": "head", "x": x, "y": 106}),
        label(whole, {"class": "muted small", "x": x, "y": 124}),
        label(going, {"class": "muted small", "x": x, "y": 140}),
    )
    return "".join(lines)


def _turned(step: int, layout: SankeyLayout) -> str:
    """Write over the ribbons after a step how many journeys turn back there."""
    flows = [flow for flow in layout.flows if flow.source.step == step]
    n_back = sum(flow.n_back for flow in flows)
    if not n_back:
        return ""
    x = (flows[0].source.x + flows[0].source.width + flows[0].target.x) / 2
    at = {"class": "turned", "text-anchor": "middle", "x": x}
    return element(
        "g",
        {},
        tooltip(f"{format_count(n_back)} turn back to an earlier stage after step {step}"),
        label(format_count(n_back), {**at, "y": 126}),
        label("back", {**at, "y": 140}),
    )


def _room(layout: SankeyLayout, width: float) -> float:
    """Width from one column to the next."""
    return (WIDTH - 2 * MARGIN - width) / max(len(layout.steps) - 1, 1) - 8


def _ribbon(flow: Flow, layout: SankeyLayout, tints: Tints | None) -> str:
    """Draw the journeys that go from one box to the next."""
    start, end = flow.source.x + flow.source.width, flow.target.x
    middle = (start + end) / 2
    top, bottom = flow.source_y, flow.source_y + flow.thickness
    end_top, end_bottom = flow.target_y, flow.target_y + flow.thickness
    xs, xm, xe = coordinate(start), coordinate(middle), coordinate(end)
    path = (
        f"M{xs} {_y(top)}C{xm} {_y(top)} {xm} {_y(end_top)} {xe} {_y(end_top)}V{_y(end_bottom)}"
        f"C{xm} {_y(end_bottom)} {xm} {_y(bottom)} {xs} {_y(bottom)}Z"
    )
    identifier = identity(flow.source.step, *flow.source.key, *flow.target.key)
    tint = None if tints is None else tints.parts.get(identifier)
    name = words.flow_words(flow, layout) if tint is None else tint.words
    attributes = hit("flow", identifier, name.replace("\n", ", "))
    attributes["class"] += _flow_classes(flow) if tint is None else f" {tint.look}"
    if flow.n_journeys < TAB_SHARE * layout.n_journeys:
        attributes["tabindex"] = "-1"
    return element("g", attributes, tooltip(name), element("path", {"d": path}))


def _flow_classes(flow: Flow) -> str:
    """Name the looks of a ribbon: back, a lane that runs on, or on its way to its outcome."""
    if flow.is_back:
        return " back"
    if flow.target.key.kind != "outcome":
        return ""
    place = "lane" if flow.source.key.kind == "outcome" else "leaving"
    return f" {place} outcome-{flow.target.key.name}"


def _box(box: Box, layout: SankeyLayout, tints: Tints | None) -> str:
    """Draw a box with as many words as it holds."""
    identifier = identity(box.step, *box.key)
    tint = None if tints is None else tints.parts.get(identifier)
    name = words.box_words(box, layout) if tint is None else tint.words
    attributes = hit("box", identifier, name.replace("\n", ", "))
    over = "over " if box.key.kind == "outcome" else ""
    attributes["class"] += f" {_box_class(box, layout) if tint is None else over + tint.look}"
    attributes["data-box-kind"] = box.key.kind
    shape = {"x": box.x, "y": box.y, "width": box.width, "height": max(box.height, 1.0)}
    shapes = [element("rect", {**shape, "rx": 2})]
    if box.key.kind == "outcome":
        shapes.append(element("rect", {**shape, "width": 4.0, "class": "edge"}))
    return element("g", attributes, tooltip(name), *shapes, *_box_text(box, layout))


def _box_text(box: Box, layout: SankeyLayout) -> Iterable[str]:
    """Write in a box what it holds: name, count and share; the name and share; or nothing."""
    room = box.width - 2 * PADDING
    share = format_share(box.n_journeys / layout.n_journeys)
    name, numbers = words.name_of(box), f"{format_count(box.n_journeys)} · {share}"
    n_lines = int((box.height + 0.8) / LINE)
    if n_lines < 1:
        return ()
    if n_lines == 1:
        one = f"{name} {share}"
        shown = one if text_width(one, TEXT) <= room else clip(name, room, TEXT)
        return _lines(box, [(shown, "name")], LINE)
    small = wrap(name, room, TEXT, lines=min(n_lines - 1, 5))
    big = wrap(name, room, BIG, lines=len(small) + 1)
    # Larger type where the box has room for it and no word is broken.
    if (len(big) + 1) * BIG_LINE + 10 <= box.height and " ".join(big) == name:
        return _lines(box, [*((line, "big") for line in big), (numbers, "big number")], BIG_LINE)
    return _lines(box, [*((line, "name") for line in small), (numbers, "number")], LINE)


def _lines(box: Box, lines: Sequence[tuple[str, str]], height: float) -> Iterable[str]:
    """Write lines of text in the middle of a box."""
    y = box.y + (box.height - height * len(lines)) / 2 + height * 0.77
    for place, (text, style) in enumerate(lines):
        yield label(text, {"class": style, "x": box.x + PADDING + 1, "y": y + height * place})


def _box_class(box: Box, layout: SankeyLayout) -> str:
    """Name the colour of a box."""
    match box.key.kind:
        case "outcome":
            return f"over outcome-{box.key.name}"
        case "other":
            return "other"
        case "not started":
            return "waiting"
        case _:
            return stage_token(box.stage, list(layout.stages))


def _legend(layout: SankeyLayout) -> str:
    """Name the colours: stages, Other, back moves and, after a gap, the outcomes of the foot."""
    used = {box.stage for box in layout.boxes if words.is_touchpoint(box)}
    stages = [(stage, stage_token(stage, list(layout.stages))) for stage in layout.stages]
    entries = [(name, token) for name, token in stages if name in used]
    if None in used:
        entries.append(("Unassigned", "stage-unassigned"))
    if any(box.key.kind == "other" for box in layout.boxes):
        entries.append(("Other types", "other"))
    if any(flow.is_back for flow in layout.flows):
        entries.append(("Back to an earlier stage", "back"))
    outcomes = [(OUTCOME_NAMES[outcome], f"outcome-{outcome}") for outcome in OUTCOMES]
    y = AREA.y + AREA.height + 32.0
    parts, x = _swatches(entries, MARGIN, y)
    foot = "No further touch:"
    parts.append(label(foot, {"class": "muted legend", "x": x + 10, "y": y}))
    more, _ = _swatches(outcomes, x + 10 + text_width(foot, 13.0), y)
    return "".join((*parts, *more))


def _tint_legend(tints: Tints) -> str:
    """Name the colours of a picture of two groups."""
    entries = [(text, look) for look, text in tints.legend]
    return "".join(_swatches(entries, MARGIN, AREA.y + AREA.height + 32.0, room=420)[0])


def _swatches(
    entries: Sequence[tuple[str, str]], x: float, y: float, *, room: float = 190
) -> tuple[list[str], float]:
    """Draw colours with their names in a line, and say where it ends."""
    parts: list[str] = []
    for name, token in entries:
        shown = clip(name, room, 13.0)
        square = {"class": f"swatch-{token}", "x": x, "y": y - 11, "width": 13, "height": 13}
        parts.append(element("rect", {**square, "rx": 2}))
        parts.append(label(shown, {"class": "legend", "x": x + 18, "y": y}))
        x += 18 + text_width(shown, 13.0) + 12
    return parts, x


def _empty(layout: SankeyLayout, headers: Sequence[str], classes: str) -> Picture:
    """Draw the picture of no journeys: it says so, and what to do."""
    title = words.message(layout, headers)
    hint = "No journey passes the filters. Widen the dates or clear a filter to see its steps."
    middle = {"text-anchor": "middle", "x": WIDTH / 2}
    body = label(title, {"class": "message", "y": 130, **middle}) + label(
        hint, {"class": "muted fact", "y": 162, **middle}
    )
    return document(
        body, size=(WIDTH, 280), classes=classes, style=style_sheet(RULES), title=title, alt=hint
    )


def identity(step: int, *names: str) -> str:
    """Write the identity of a part as JSON."""
    return f"[{', '.join([str(step), *map(_quoted, names)])}]"


@lru_cache(maxsize=KEPT)
def _quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def _y(value: float) -> str:
    """Write a height to a hundredth: stacked ribbons must not drift apart."""
    return f"{value:.2f}"
