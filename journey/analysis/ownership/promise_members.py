"""The journeys behind the counts of handoffs and promises, so that every count opens."""

from functools import partial
from typing import Final, get_args

import numpy as np
import numpy.typing as npt

from journey.analysis.ownership.departments import departments_of
from journey.analysis.ownership.handoffs import reason_names, return_flags, return_rows
from journey.analysis.ownership.promises import (
    MONTH,
    Promise,
    Standing,
    all_waits,
    by_standing,
    groups_of,
    limit_ticks,
    waits_of,
)
from journey.analysis.stages.segments import segmentation
from journey.errors import ValueNotAllowedError
from journey.facts import ShardFacts
from journey.log import TouchpointLog
from journey.rules.ownership import Ownership
from journey.selection import Keep
from journey.store.layout import frozen
from journey.store.view import View

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Part = tuple[View, ShardFacts]

STANDINGS: Final[tuple[Standing, ...]] = get_args(Standing)


def waiting_for(
    log: TouchpointLog,
    promise: Promise,
    *,
    standing: Standing | None = None,
    by: str | None = None,
    value: str | None = None,
) -> TouchpointLog:
    """Journeys that have a wait of a promise: all, or those that stand so and are of one group.

    Parameters
    ----------
    promise
        As ``handoff_promises`` or ``reaction_promises`` give it.
    standing
        How the wait stands, as the counts of ``handoffs`` say.
    by, value
        The group, as in ``handoffs_by``.

    Raises
    ------
    ColumnNotFoundError
        If the log has no such column.
    ValueNotAllowedError
        If the column has no such value.
    """
    group = None if by is None else _group(log, by, value)
    arguments = (
        ("promise", promise),
        ("standing", standing),
        ("limit", limit_ticks(log, promise.hours)),
        ("by", by),
        ("group", group),
    )
    return log.keep(Keep(_has_wait, arguments))


def count_waiting(
    log: TouchpointLog, promise: Promise, *, by: str | None = None, value: str | None = None
) -> dict[Standing, int]:
    """How many journeys have a wait that stands so, by standing: ``n_journeys`` of each.

    Parameters
    ----------
    promise, by, value
        As of :func:`waiting_for`, which gives these journeys and raises as this does.
    """
    limit = limit_ticks(log, promise.hours)
    group = None if by is None else _group(log, by, value)
    question = partial(_count_waiting, promise=promise, limit=limit, by=by, group=group)
    counts = sum(log.ask_with_facts(question), np.zeros(len(STANDINGS), np.int64))
    return dict(zip(STANDINGS, counts.tolist(), strict=True))


def sent_back(log: TouchpointLog, *, reason: str | None) -> TouchpointLog:
    """Journeys that were sent back for a reason (None: none given): ``n_journeys``.

    Raises
    ------
    ValueNotAllowedError
        If no lead was ever sent back for such a reason.
    """
    names = reason_names(log)
    if reason not in names:
        known = [name for name in names if name is not None]
        raise ValueNotAllowedError.among(str(reason), known, what="The reason")
    codes = np.flatnonzero(return_flags(log)["sends_back"])
    arguments = (("types", tuple(codes.tolist())), ("reason", names.index(reason)))
    return log.keep(Keep(_was_sent_back, arguments))


def touched_by(log: TouchpointLog, stage: str, department: str | None) -> TouchpointLog:
    """Journeys with a touch of a department (None: of none) in a stage: ``n_journeys``.

    Raises
    ------
    ValueNotAllowedError
        If there is no such stage or department.
    """
    definitions = log.definitions
    stages, names = definitions.stage_names, definitions.ownership.names
    if stage not in stages:
        raise ValueNotAllowedError.among(stage, stages, what="The stage")
    if department is not None and department not in names:
        raise ValueNotAllowedError.among(department, names, what="The department")
    arguments = (
        ("stage", stages.index(stage)),
        ("department", -1 if department is None else names.index(department)),
        ("ownership", definitions.ownership),
    )
    return log.keep(Keep(_has_touch, arguments))


def _group(log: TouchpointLog, by: str, value: str | None) -> int:
    """The number of a group by its name."""
    if by == MONTH:
        return int(np.datetime64(str(value), "M").astype(np.int64))
    names = segmentation(log.store, by).names
    if value not in names:
        known = [name for name in names if name is not None]
        raise ValueNotAllowedError.among(str(value), known, what=f"The value of {by!r}")
    return names.index(value)


def _has_wait(
    part: Part,
    *,
    promise: Promise,
    standing: Standing | None,
    limit: float,
    by: str | None,
    group: int | None,
) -> Flags:
    view, facts = part
    waits = all_waits(facts, promise)
    kept = np.ones(len(waits.begins), dtype=bool)
    if standing is not None:
        kept = by_standing(waits, limit)[standing]
    if group is not None:
        kept &= groups_of(part, waits, by) == group
    flags = np.zeros(facts.view.n_journeys, dtype=bool)
    flags[waits.journeys[kept]] = True
    return flags[view.journeys]


def _count_waiting(
    part: Part, *, promise: Promise, limit: float, by: str | None, group: int | None
) -> Ints:
    waits = waits_of(part, promise)
    stand = by_standing(waits, limit)
    is_asked = True if group is None else groups_of(part, waits, by) == group
    asked = [waits.journeys[stand[standing] & is_asked] for standing in STANDINGS]
    return np.array([np.count_nonzero(np.bincount(journeys)) for journeys in asked], np.int64)


def _has_touch(part: Part, *, stage: int, department: int, ownership: Ownership) -> Flags:
    view, facts = part
    rows = np.flatnonzero(facts.stages_in(view) == stage)
    mine = rows[departments_of(view, rows, ownership) == department]
    flags = np.zeros(view.n_journeys, dtype=bool)
    flags[np.searchsorted(view.offsets, mine, side="right") - 1] = True
    return flags


def _was_sent_back(part: Part, *, types: tuple[int, ...], reason: int) -> Flags:
    view, facts = part
    sends_back = np.isin(np.arange(len(facts.view.type_names)), types)
    _, owners, reasons = return_rows(part, sends_back=frozen(sends_back))
    flags = np.zeros(facts.view.n_journeys, dtype=bool)
    flags[owners[reasons == reason]] = True
    return flags[view.journeys]
