"""The journeys behind the counts of handoffs and promises, so that every count opens."""

import numpy as np
import numpy.typing as npt

from journey.analysis.ownership.departments import departments_of
from journey.analysis.ownership.handoffs import reason_names, return_flags, return_rows
from journey.analysis.ownership.promises import (
    MONTH,
    Promise,
    Standing,
    all_waits,
    groups_of,
    has_standing,
    limit_ticks,
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
Part = tuple[View, ShardFacts]


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
        kept = has_standing(waits, standing, limit)
    if group is not None:
        kept &= groups_of(part, waits, by) == group
    flags = np.zeros(facts.view.n_journeys, dtype=bool)
    flags[waits.journeys[kept]] = True
    return flags[view.journeys]


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
