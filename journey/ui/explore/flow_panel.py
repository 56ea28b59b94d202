"""The step flow on the screen: how its steps are counted, and the journeys behind its parts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import pandas as pd

import journey
from journey import charts
from journey.analysis.maps.paths import named_types
from journey.log import TouchpointLog
from journey.schema import NOT_STARTED, OTHER
from journey.ui.cache import cached
from journey.ui.panel import Part
from journey.ui.picture import Selection
from journey.ui.text import OUTCOME_LABELS, markdown, number, percent

AnchorKind = Literal["none", "start", "end", "around"]
ANCHORS: Final[dict[AnchorKind, str]] = {
    "none": "From the first touch",
    "start": "From the first …",
    "end": "Up to the last …",
    "around": "Around the first …",
}
HINT: Final = (
    "Click a box or a ribbon to see its figures and open its journeys. Tab and Enter do the same."
)


@dataclass(frozen=True)
class Anchor:
    """Where steps are counted from: a kind, and the touchpoint type it needs."""

    kind: AnchorKind = "none"
    touchpoint: str | None = None

    @property
    def options(self) -> dict[str, str]:
        """Return the anchor as ``step_flows`` takes it."""
        if self.kind == "none" or self.touchpoint is None:
            return {}
        return {self.kind: self.touchpoint}


def step_names(anchor: Anchor, steps: int) -> list[str]:
    """Return the names of the steps where they are counted from an anchor, else none.

    Examples
    --------
    >>> step_names(Anchor("end", "Demo"), 3)
    ['2 before', '1 before', 'Demo']
    """
    if not anchor.options:
        return []
    at = {"start": 0, "end": steps - 1, "around": steps // 2}[anchor.kind]
    name = str(anchor.touchpoint)
    return [
        name if place == at else f"{at - place} before" if place < at else f"{place - at} after"
        for place in range(steps)
    ]


def drawing(view: TouchpointLog, *, anchor: Anchor, steps: int, n_types: int) -> charts.Picture:
    """Draw the step flow of a log."""
    flows = cached(journey.step_flows)(view, steps=steps, n_types=n_types, **anchor.options)
    headers = step_names(anchor, steps)
    return charts.step_sankey(flows, stages=view.definitions.stage_names, headers=headers)


def at_step(
    view: TouchpointLog, anchor: Anchor, steps: int, step: int, types: Sequence[str]
) -> TouchpointLog:
    """Return the journeys that have one of these types at a step; no types: nothing there.

    Parameters
    ----------
    view
        The log as cut by ``cut_at`` for the same anchor.
    anchor
        Where steps are counted from.
    steps
        How many there are.
    step
        From 1.
    types
        Touchpoint types.
    """
    if anchor.kind == "end" and anchor.options:
        return view.having_at(step - 1 - steps, types)
    if anchor.kind == "around" and anchor.options:
        return view.having_at(step - 1 - steps // 2, types, around=anchor.touchpoint)
    return view.having_at(step - 1, types)


def cut_at(view: TouchpointLog, anchor: Anchor) -> TouchpointLog:
    """Return the log as a step flow reads it from an anchor."""
    if not anchor.options or anchor.touchpoint is None:
        return view
    if anchor.kind == "start":
        return view.starting_at(anchor.touchpoint)
    return (
        view.ending_at(anchor.touchpoint)
        if anchor.kind == "end"
        else view.having(anchor.touchpoint)
    )


class Box(NamedTuple):
    """A box of the flow: its kind and its name; a type may be called as an outcome is."""

    kind: str
    name: str


@dataclass(frozen=True)
class FlowView:
    """A step flow as it is drawn: the log, the anchor, the number of steps, the frame."""

    log: TouchpointLog
    anchor: Anchor
    steps: int
    flows: pd.DataFrame

    @property
    def other_types(self) -> list[str]:
        """Return the types that have no box of their own."""
        named = set(named_types(self.flows))
        return [name for name in self.log.touchpoint_types if name not in named]

    def inside(self, log: TouchpointLog, step: int, box: Box) -> TouchpointLog:
        """Return the journeys of a log that are in a box at a step."""
        types = {"touchpoint": [box.name], "other": self.other_types}.get(box.kind, [])
        found = at_step(log, self.anchor, self.steps, step, types)
        return found.where(outcome=box.name) if box.kind == "outcome" else found

    def n_in(self, step: int, box: Box, next_box: Box | None = None) -> int:
        """Return the number of journeys in a box, or in a ribbon that leaves it."""
        flows = self.flows
        chosen = (flows["step"] == step) & (flows["box_kind"] == box.kind)
        chosen &= flows["box"] == box.name
        if next_box is not None:
            chosen &= flows["next_kind"] == next_box.kind
            chosen &= flows["next_box"] == next_box.name
        return int(flows.loc[chosen, "n_journeys"].sum())

    @property
    def n_all(self) -> int:
        """Return the journeys of every step."""
        return int(self.flows.loc[self.flows["step"] == 1, "n_journeys"].sum())


def selected_part(drawn: FlowView, chosen: Selection | None) -> Part | None:
    """Return the part of the step flow that is selected; none if it is no longer drawn."""
    if chosen is None or chosen.kind not in ("box", "flow"):
        return None
    step, box, next_box = _read(chosen)
    if step > drawn.steps or not drawn.n_in(step, box, next_box):
        return None
    return _box(drawn, step, box) if next_box is None else _ribbon(drawn, step, box, next_box)


def selected_other(drawn: FlowView, chosen: Selection | None) -> int | None:
    """Return the step whose box of other types is selected, if one is."""
    if chosen is None or chosen.kind != "box":
        return None
    step, box, _ = _read(chosen)
    is_other = box.kind == "other" and step <= drawn.steps and drawn.n_in(step, box) > 0
    return step if is_other else None


def _read(chosen: Selection) -> tuple[int, Box, Box | None]:
    """Read the step, the box and, of a ribbon, the next box from what was clicked."""
    step, kind, name, *rest = json.loads(chosen.id)
    return step, Box(kind, name), Box(*rest) if rest else None


def types_inside(all_named: pd.DataFrame, step: int, types: Sequence[str]) -> pd.DataFrame:
    """Return what *Other* holds at a step, from a flow in which every type has its box.

    Returns
    -------
    DataFrame
        ``touchpoint``, ``n_journeys``; largest first.
    """
    at = all_named[(all_named["step"] == step) & all_named["box"].isin(list(types))]
    counts = at[at["box_kind"] == "touchpoint"].groupby("box", sort=True)["n_journeys"].sum()
    ranked = counts.sort_values(ascending=False, kind="stable")
    return ranked.rename_axis("touchpoint").reset_index()


def box_name(box: Box) -> str:
    """Return the name of a box as it is drawn."""
    if box.kind == "outcome":
        return OUTCOME_LABELS.get(box.name, box.name)
    return {"other": OTHER, "not started": NOT_STARTED}.get(box.kind, box.name)


def _box(drawn: FlowView, step: int, box: Box) -> Part:
    n_journeys = drawn.n_in(step, box)
    title = f"{box_name(box)} at {_step_name(drawn, step)}"
    share = percent(n_journeys / drawn.n_all)
    return Part(
        title,
        (("Journeys", number(n_journeys)), ("Share", f"{share} of all {number(drawn.n_all)}")),
        n_journeys,
        lambda: drawn.inside(cut_at(drawn.log, drawn.anchor), step, box),
        steps=(box.name,) if box.kind == "touchpoint" else (),
    )


def _ribbon(drawn: FlowView, step: int, box: Box, next_box: Box) -> Part:
    names = box_name(box), box_name(next_box)
    n_journeys, n_box = drawn.n_in(step, box, next_box), drawn.n_in(step, box)
    figures = (
        ("Journeys", number(n_journeys)),
        ("Share", f"{percent(n_journeys / n_box)} of {markdown(names[0])} at this step"),
        ("or", f"{percent(n_journeys / drawn.n_all)} of all {number(drawn.n_all)}"),
    )
    steps = [one.name for one in (box, next_box) if one.kind == "touchpoint"]
    return Part(
        f"{names[0]} → {names[1]} after {_step_name(drawn, step)}",
        figures,
        n_journeys,
        lambda: drawn.inside(
            drawn.inside(cut_at(drawn.log, drawn.anchor), step, box), step + 1, next_box
        ),
        steps=tuple(dict.fromkeys(steps)),
    )


def _step_name(drawn: FlowView, step: int) -> str:
    names = step_names(drawn.anchor, drawn.steps)
    return names[step - 1] if names else f"step {step}"
