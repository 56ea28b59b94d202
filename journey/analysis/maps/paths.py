"""Where journeys are step by step."""

from functools import partial
from typing import Any

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


def _flows(log: TouchpointLog, position: partial[Ints], steps: int, n_types: int) -> pd.DataFrame:
    named = _named_types(log, position, n_types=n_types, steps=steps)
    box_of_type = np.full(len(log.type_names), len(named), np.int64)
    box_of_type[named] = np.arange(len(named))
    n_boxes = len(named) + 2 + len(OUTCOMES)
    ask = partial(
        partial_flows,
        position=position,
        box_of_type=box_of_type,
        n_named=len(named),
        steps=steps,
    )
    counts = sum(log.ask_with_facts(ask), np.zeros((2, steps, n_boxes, n_boxes), np.int64))
    return _flow_frame(log, counts, named)


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
    total = len(log.type_names)
    count = partial(_count_by_type, position=position, n_types=total, steps=steps)
    counts = sum(log.ask(count), np.zeros(total, np.int64))
    biggest = np.lexsort((np.arange(total), -counts))[:n_types]
    biggest = biggest[counts[biggest] > 0]
    stages = stage_positions(log)
    return biggest[np.lexsort((-counts[biggest], stages[biggest]))]


def _count_by_type(view: View, *, position: partial[Ints], n_types: int, steps: int) -> Ints:
    return journeys_by_type(view.types, view.offsets, position(view), n_types, steps)


def _flow_frame(log: TouchpointLog, counts: Ints, named: Ints) -> pd.DataFrame:
    stages = [*log.definitions.stage_names, UNASSIGNED]
    stage_of = stage_positions(log)
    outside = [OTHER, *OUTCOMES, NOT_STARTED, None]
    kinds = ["other", *["outcome"] * len(OUTCOMES), "not started", None]
    boxes = _texts([*(log.type_names[code] for code in named), *outside])
    box_kinds = _texts([*["touchpoint"] * len(named), *kinds])
    box_stages = _texts([*(stages[stage_of[code]] for code in named), *[None] * len(outside)])
    counts, back = np.pad(counts, ((0, 0), (0, 0), (0, 0), (0, 1)))
    counts[-1, :, -1] = counts[-1].sum(axis=1)  # what follows the last step is not asked
    counts[-1, :, :-1] = 0
    back[-1] = 0
    places = np.flatnonzero(counts)
    step, box, following = np.unravel_index(places, counts.shape)
    columns = (
        step + 1,
        *(texts.take(box) for texts in (boxes, box_kinds, box_stages)),
        *(texts.take(following) for texts in (boxes, box_kinds, box_stages)),
        counts.ravel()[places],
        back.ravel()[places],
    )
    return pd.DataFrame(dict(zip(FLOW_COLUMNS, columns, strict=True)), copy=False)


def _texts(texts: list[str | None]) -> "pd.Index[Any]":
    """Texts to take from, None among them, which pandas need not look at one by one."""
    return pd.Index(texts, dtype=object)
