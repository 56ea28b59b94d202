"""Where journeys are step by step."""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.maps.graph import UNASSIGNED, stage_positions
from journey.errors import ValueNotAllowedError
from journey.facts import ShardFacts
from journey.kernels.flows import count_flows, journeys_by_type
from journey.kernels.select import first_of
from journey.log import TouchpointLog
from journey.schema import NOT_STARTED, OTHER, OUTCOMES
from journey.store.view import View

Ints = npt.NDArray[np.int64]

FLOW_COLUMNS = (
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


class Box(NamedTuple):
    """What journeys are at, at a step; nothing where the next one is not asked."""

    name: str | None
    kind: str | None
    stage: str | None


def step_flows(
    log: TouchpointLog,
    *,
    steps: int = 8,
    start: str | None = None,
    end: str | None = None,
    around: str | None = None,
    n_types: int = 12,
) -> pd.DataFrame:
    """Step flow: journeys by position; at each step every journey is in exactly one box.

    Parameters
    ----------
    steps
        How many positions.
    start, end, around
        Step 1 is the journey's first ``start``; the last step is its last ``end`` (with both,
        journeys are cut between the two); the middle step is its first ``around``.
    n_types
        How many types have boxes of their own; the others are in ``Other``.

    Returns
    -------
    DataFrame
        One row per step, box and box at the next step: ``step`` (from 1), ``box``, ``box_kind``
        (``touchpoint``, ``other``, ``outcome``, ``not started``), ``box_stage``, ``next_box``,
        ``next_kind``, ``next_stage`` (None at the last step), ``n_journeys``, which in every step
        add up to the journeys of the view (those that have the anchor), and ``n_back`` (of these,
        those that the next step takes back to an earlier stage).

    Raises
    ------
    ValueNotAllowedError
        If an anchor is no type of the log, or ``around`` is combined with another anchor.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a"], "touchpoint": ["Ad", "Demo"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-03"])}))
    >>> step_flows(log, steps=3)[["step", "box", "next_box"]].to_numpy().tolist()
    [[1, 'Ad', 'Demo'], [2, 'Demo', 'in_progress'], [3, 'in_progress', None]]
    """
    _check_steps(steps, start, end, around)
    cut = _anchored(log, start=start, end=end, around=around)
    first = partial(_first_rows, steps=steps, anchor=_anchor(cut.type_names, start, end, around))
    return _flows(cut, first, steps, n_types)


def _check_steps(steps: int, start: str | None, end: str | None, around: str | None) -> None:
    if steps < 1:
        raise ValueNotAllowedError(f"steps is {steps}; at least 1 is needed.")
    if around is not None and (start is not None or end is not None):
        raise ValueNotAllowedError("Give either around, or start and end; they exclude each other.")


def named_types(flows: pd.DataFrame) -> list[str]:
    """The types that have boxes of their own in a step flow."""
    return list(dict.fromkeys(flows.loc[flows["box_kind"] == "touchpoint", "box"]))


def partial_flows(
    part: tuple[View, ShardFacts],
    *,
    position: partial[Ints],
    box_of_type: Ints,
    n_named: int,
    steps: int,
) -> Ints:
    """Journeys of one shard by step, box and next box: all of them, and those that go back."""
    view, facts = part
    outcomes = facts.outcomes[view.journeys]
    n_boxes = n_named + 2 + len(OUTCOMES)
    return np.stack(
        count_flows(
            view.types,
            facts.stages_in(view),
            view.offsets,
            position(view),
            outcomes,
            box_of_type,
            n_named,
            n_boxes,
            steps,
        )
    )


def types_met(log: TouchpointLog, *, steps: int) -> Ints:
    """Journeys at each type of the log, by code, their first steps added up.

    Raises
    ------
    ValueNotAllowedError
        If there is no step.
    """
    _check_steps(steps, None, None, None)
    return _count_types(log, partial(_first_rows, steps=steps, anchor="beginning"), steps)


def flows_among(log: TouchpointLog, types: Sequence[str], *, steps: int) -> tuple[list[Box], Ints]:
    """Journeys by step, box and box at the next step, from their first touch.

    Parameters
    ----------
    types
        Those with boxes of their own, as far as the log has them.
    steps
        How many positions.

    Returns
    -------
    boxes
        In their order.
    counts
        All journeys, and those that go back to an earlier stage, by step and both boxes.
    """
    named = np.array([code for code, name in enumerate(log.type_names) if name in types], np.int64)
    position = partial(_first_rows, steps=steps, anchor="beginning")
    return _boxes(log, named), _count_flows(log, position, named, steps)


def flow_columns(boxes: Sequence[Box], step: Ints, box: Ints, following: Ints) -> dict[str, Any]:
    """The columns of a step flow that tell its boxes, by their places."""
    # As an index of texts, None among them, which pandas need not look at one by one.
    texts = [pd.Index(column, dtype=object) for column in zip(*boxes, strict=True)]
    names, kinds, stages = texts
    return {
        "step": step + 1,
        "box": names.take(box),
        "box_kind": kinds.take(box),
        "box_stage": stages.take(box),
        "next_box": names.take(following),
        "next_kind": kinds.take(following),
        "next_stage": stages.take(following),
    }


def _flows(log: TouchpointLog, position: partial[Ints], steps: int, n_types: int) -> pd.DataFrame:
    named = _named_types(log, position, n_types=n_types, steps=steps)
    counts, back = _count_flows(log, position, named, steps)
    places = np.nonzero(counts)
    columns = flow_columns(_boxes(log, named), *places)
    return pd.DataFrame(
        columns | {"n_journeys": counts[places], "n_back": back[places]}, copy=False
    )


def _count_flows(log: TouchpointLog, position: partial[Ints], named: Ints, steps: int) -> Ints:
    box_of_type = np.full(len(log.type_names), len(named), np.int64)
    box_of_type[named] = np.arange(len(named))
    ask = partial(
        partial_flows,
        position=position,
        box_of_type=box_of_type,
        n_named=len(named),
        steps=steps,
    )
    n_boxes = len(named) + 2 + len(OUTCOMES)
    counts = np.zeros((2, steps, n_boxes + 1, n_boxes + 1), np.int64)
    for part in log.ask_with_facts(ask):
        counts[:, :, :-1, :-1] += part
    counts[0, -1, :, -1] = counts[0, -1].sum(axis=1)  # what follows the last step is not asked
    counts[0, -1, :, :-1] = 0
    counts[1, -1] = 0
    return counts


def _anchored(
    log: TouchpointLog, *, start: str | None, end: str | None, around: str | None
) -> TouchpointLog:
    cut = log if around is None else log.having(around)
    cut = cut if start is None else cut.starting_at(start)
    return cut if end is None else cut.ending_at(end)


def _anchor(
    names: tuple[str, ...], start: str | None, end: str | None, around: str | None
) -> int | str:
    """Where positions are counted from: a type's code, or the beginning or end of the journey."""
    if around is not None:
        return names.index(around)
    return "end" if end is not None and start is None else "beginning"


def _first_rows(view: View, *, steps: int, anchor: int | str) -> Ints:
    """The row of step 1 for each journey; it may lie before the journey begins."""
    if anchor == "beginning":
        return view.offsets[:-1]
    if anchor == "end":
        return view.offsets[1:] - steps
    wanted = np.zeros(len(view.type_names), dtype=bool)
    wanted[int(anchor)] = True
    return first_of(view.types, view.offsets, wanted) - steps // 2


def _named_types(log: TouchpointLog, position: partial[Ints], *, n_types: int, steps: int) -> Ints:
    """The biggest types over all steps, in the order of their stages, then of their size."""
    counts = _count_types(log, position, steps)
    biggest = np.lexsort((np.arange(len(counts)), -counts))[:n_types]
    biggest = biggest[counts[biggest] > 0]
    stages = stage_positions(log)
    return biggest[np.lexsort((-counts[biggest], stages[biggest]))]


def _count_types(log: TouchpointLog, position: partial[Ints], steps: int) -> Ints:
    total = len(log.type_names)
    count = partial(_count_by_type, position=position, n_types=total, steps=steps)
    return sum(log.ask(count), np.zeros(total, np.int64))


def _count_by_type(view: View, *, position: partial[Ints], n_types: int, steps: int) -> Ints:
    return journeys_by_type(view.types, view.offsets, position(view), n_types, steps)


def _boxes(log: TouchpointLog, named: Ints) -> list[Box]:
    stages = [*log.definitions.stage_names, UNASSIGNED]
    stage_of = stage_positions(log)
    return [
        *(Box(log.type_names[code], "touchpoint", stages[stage_of[code]]) for code in named),
        Box(OTHER, "other", None),
        *(Box(outcome, "outcome", None) for outcome in OUTCOMES),
        Box(NOT_STARTED, "not started", None),
        Box(None, None, None),
    ]
