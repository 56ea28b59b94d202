"""What a step Sankey says in words: its message, its facts and the names of its parts."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from journey.charts.flows.layout import Box, Flow, SankeyLayout
from journey.charts.numbers import format_count, format_counted, format_share
from journey.charts.svg import printable
from journey.charts.theme import OUTCOME_NAMES
from journey.schema import NOT_STARTED, OTHER, OUTCOMES

HALF: Final = 0.5
ABOUT_HALF: Final = 0.55


def message(layout: SankeyLayout, headers: Sequence[str]) -> str:
    """Say in one line how far half of the journeys go."""
    if not layout.n_journeys:
        return "No journeys to draw"
    for place, step in enumerate(layout.steps[1:]):
        ended = _in_kind(layout, step, "outcome") / layout.n_journeys
        if ended >= HALF:
            # Counted from an anchor, a step is a place, not a number of touchpoints.
            name = name_of_step(place, layout, headers)
            far = name if is_anchored(layout, headers) else _steps(layout.steps[place])
            return f"{_part(ended)} journeys go no further than {far}"
    reached = format_share(n_going(layout, layout.steps[-1]) / layout.n_journeys)
    name = name_of_step(len(layout.steps) - 1, layout, headers)
    return f"{reached} of all journeys are still going at {name}"


def _part(share: float) -> str:
    """Write a share of half or more as the start of a sentence."""
    if share == 1:
        return "All"
    return f"{'Half' if share < ABOUT_HALF else format_share(share)} of all"


def facts(layout: SankeyLayout, headers: Sequence[str]) -> list[str]:
    """Say where most journeys begin, where they turn back and how many are won."""
    said: list[str] = []
    first = [box for box in layout.boxes if box.step == layout.steps[0] and is_touchpoint(box)]
    # Around an anchor the first column is somewhere in the middle of the journeys.
    if first and not is_anchored(layout, headers):
        top = max(first, key=lambda box: box.n_journeys)
        said.append(f"Begin most often with {name_of(top)}: {_number(top.n_journeys, layout)}")
    turned = Counter[tuple[str, str]]()
    for flow in layout.flows:
        if flow.n_back:
            turned[name_of(flow.source), name_of(flow.target)] += flow.n_back
    if turned:
        (source, target), n_moves = turned.most_common(1)[0]
        noun = "move" if n_moves == 1 else "moves"
        said.append(
            f"Turn back most often from {source} to {target}: {format_count(n_moves)} {noun}"
        )
    n_won = sum(
        box.n_journeys
        for box in layout.boxes
        if box.step == layout.steps[-1] and box.key == ("outcome", "won")
    )
    if n_won:
        said.append(f"Won by step {layout.steps[-1]}: {_number(n_won, layout)}")
    return said


def header(place: int, layout: SankeyLayout, headers: Sequence[str]) -> tuple[str, str, str]:
    """Name a column, say how many journeys are still going in it, and which share that is."""
    going = n_going(layout, layout.steps[place])
    state = "under way" if is_anchored(layout, headers) else "still going"
    name = name_of_step(place, layout, headers)
    return (
        "First touch" if name == "step 1" and not is_anchored(layout, headers) else _capital(name),
        f"{format_count(going)} of {format_count(layout.n_journeys)}",
        f"{format_share(going / layout.n_journeys)} {state}",
    )


def name_of_step(place: int, layout: SankeyLayout, headers: Sequence[str]) -> str:
    """Name a column inside a sentence."""
    return printable(headers[place]) if place < len(headers) else f"step {layout.steps[place]}"


def is_anchored(layout: SankeyLayout, headers: Sequence[str]) -> bool:
    """Whether steps are counted from an anchor rather than from the first touch."""
    return bool(headers) or any(box.key.kind == "not started" for box in layout.boxes)


def _capital(text: str) -> str:
    """Begin a text with a capital letter and leave the rest."""
    return text[:1].upper() + text[1:]


def name_of(box: Box) -> str:
    """Name a box as it is shown."""
    if box.key.kind == "outcome":
        return next((OUTCOME_NAMES[o] for o in OUTCOMES if o == box.key.name), box.key.name)
    fixed = {"other": OTHER, "not started": NOT_STARTED}
    return fixed.get(box.key.kind, printable(box.key.name))


def box_words(box: Box, layout: SankeyLayout) -> str:
    """Say in full what a box holds."""
    where = f" ({box.stage})" if box.stage and is_touchpoint(box) else ""
    hint = " - opens into its types" if box.key.kind == "other" else ""
    what = "No further touch, " if box.key.kind == "outcome" else ""
    return (
        f"{what}{name_of(box)}{where}, step {box.step}: {_journeys(box.n_journeys, layout)}{hint}"
    )


def flow_words(flow: Flow, layout: SankeyLayout) -> str:
    """Say in full how many journeys a ribbon carries, of all and of the box it leaves."""
    of_box = format_share(flow.n_journeys / flow.source.n_journeys)
    back = ", back to an earlier stage" if flow.is_back else ""
    return (
        f"{name_of(flow.source)} → {name_of(flow.target)}, step {flow.source.step} to "
        f"{flow.target.step}: {_journeys(flow.n_journeys, layout)}; "
        f"{of_box} of {name_of(flow.source)} at this step{back}"
    )


def coverage(layout: SankeyLayout, hidden: Sequence[Flow]) -> str:
    """Say what the picture holds and what it leaves out."""
    said = f"Every column holds all {format_counted(layout.n_journeys, 'journey')} at one scale."
    if not hidden:
        return said
    moved = sum(flow.n_journeys for flow in layout.flows)
    share = 1 - sum(flow.n_journeys for flow in hidden) / moved
    drawn = len(layout.flows) - len(hidden)
    return (
        f"{said} Ribbons drawn: {format_count(drawn)} of {format_count(len(layout.flows))}, "
        f"{format_share(share)} of what passes between columns."
    )


def n_going(layout: SankeyLayout, step: int) -> int:
    """Count the journeys that have a touchpoint at a step."""
    return _in_kind(layout, step, "touchpoint") + _in_kind(layout, step, "other")


def is_touchpoint(box: Box) -> bool:
    """Whether a box is one named touchpoint type."""
    return box.key.kind == "touchpoint"


def _in_kind(layout: SankeyLayout, step: int, kind: str) -> int:
    """Count the journeys of a step in boxes of a kind."""
    return sum(b.n_journeys for b in layout.boxes if b.step == step and b.key.kind == kind)


def _journeys(n_journeys: int, layout: SankeyLayout) -> str:
    """Write a number of journeys and its share of all."""
    noun = "journey" if n_journeys == 1 else "journeys"
    return (
        f"{format_count(n_journeys)} {noun}, {format_share(n_journeys / layout.n_journeys)} of all"
    )


def _number(n_journeys: int, layout: SankeyLayout) -> str:
    """Write a count and its share of all journeys."""
    return f"{format_count(n_journeys)} ({format_share(n_journeys / layout.n_journeys)})"


def _steps(n_steps: int) -> str:
    """Write a number of steps."""
    return "1 step" if n_steps == 1 else f"{n_steps} steps"
