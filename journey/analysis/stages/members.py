"""The journeys behind counts that ``where`` has no words for, so that every count opens."""

from collections.abc import Callable, Hashable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from journey.analysis.stages.back_moves import back_rows
from journey.analysis.stages.funnel import entries_of, last_undeciding_types
from journey.analysis.stages.months import Months, begun_months, won_months
from journey.analysis.stages.segments import members, segmentation
from journey.errors import ValueNotAllowedError
from journey.facts import ShardFacts
from journey.log import TouchpointLog
from journey.schema import OUTCOMES, Outcome
from journey.selection import Keep
from journey.store.layout import MICROSECONDS
from journey.store.view import View

Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]

DROPPED: tuple[Outcome, ...] = ("lost", "no_decision")


def advanced_from(log: TouchpointLog, stage: str) -> TouchpointLog:
    """Journeys that entered the stage after this one: ``n_advanced`` of ``stage_funnel``.

    Raises
    ------
    ValueNotAllowedError
        If there is no such stage.
    """
    return _keep(log, _has_advanced, stage=_stage(log, stage))


def stayed_in(
    log: TouchpointLog, stage: str, *, outcomes: Iterable[Outcome] = OUTCOMES
) -> TouchpointLog:
    """Journeys that entered a stage and never the next, by outcome: the counts of ``drop_offs``.

    Raises
    ------
    ValueNotAllowedError
        If there is no such stage.
    """
    wanted = tuple(OUTCOMES.index(outcome) for outcome in outcomes)
    return _keep(log, _has_stayed, stage=_stage(log, stage), outcomes=wanted)


def ended_with(log: TouchpointLog, stage: str, touchpoint: str) -> TouchpointLog:
    """Journeys that dropped off in a stage after this last touch: ``n_last``.

    Raises
    ------
    ValueNotAllowedError
        If there is no such stage or touchpoint type.
    """
    if touchpoint not in log.type_names:
        raise ValueNotAllowedError.among(touchpoint, log.type_names, what="The touchpoint type")
    stayed = stayed_in(log, stage, outcomes=DROPPED)
    return _keep(stayed, _has_last, touchpoint=touchpoint)


def moved_back(log: TouchpointLog, source_stage: str, target_stage: str) -> TouchpointLog:
    """Journeys that went back from one stage to an earlier one: ``n_journeys`` of ``back_moves``.

    Raises
    ------
    ValueNotAllowedError
        If there is no such stage.
    """
    source, target = _stage(log, source_stage), _stage(log, target_stage)
    return _keep(log, _has_moved_back, source=source, target=target)


def begun_in(log: TouchpointLog, month: str) -> TouchpointLog:
    """Journeys whose first touchpoint is in a month (``YYYY-MM``): ``n_journeys_started``."""
    return _keep(log, _is_begun_in, month=month)


def won_in(log: TouchpointLog, month: str) -> TouchpointLog:
    """Journeys won in a month (``YYYY-MM``): ``n_won`` of ``months``."""
    return _keep(log, _is_won_in, month=month)


def in_segment(log: TouchpointLog, by: str, value: str | None) -> TouchpointLog:
    """Journeys of one segment, whole: ``n_journeys`` of ``segment_breakdown``.

    Raises
    ------
    ColumnNotFoundError
        If the log has no such column.
    ValueNotAllowedError
        If the column has no such value.
    """
    names = segmentation(log.store, by).names
    if value not in names:
        known = [name for name in names if name is not None]
        raise ValueNotAllowedError.among(value, known, what=f"The value of {by!r}")
    return _keep(log, _is_in_segment, by=by, value=value)


def _keep(
    log: TouchpointLog, question: Callable[..., Flags], **arguments: Hashable
) -> TouchpointLog:
    """Keep the journeys in view that a question of each shard chooses."""
    return log.keep(Keep(question, tuple(arguments.items())))


def _has_advanced(part: Part, *, stage: int) -> Flags:
    return entries_of(part).has_advanced[:, stage]


def _has_stayed(part: Part, *, stage: int, outcomes: Sequence[int]) -> Flags:
    entries = entries_of(part)
    stayed = entries.has_entered[:, stage] & ~entries.has_advanced[:, stage]
    return stayed & np.isin(entries.outcomes, outcomes)


def _has_last(part: Part, *, touchpoint: str) -> Flags:
    return last_undeciding_types(part) == part[0].type_names.index(touchpoint)


def _has_moved_back(part: Part, *, source: int, target: int) -> Flags:
    view, facts = part
    moves = back_rows(part)
    flags = np.zeros(facts.view.n_journeys, dtype=bool)
    flags[moves.journeys[(moves.sources == source) & (moves.targets == target)]] = True
    return flags[view.journeys]


def _is_begun_in(part: Part, *, month: str) -> Flags:
    return _is_month(part, begun_months, month)


def _is_won_in(part: Part, *, month: str) -> Flags:
    return _is_month(part, won_months, month)


def _is_month(part: Part, months_of: Callable[..., Months], month: str) -> Flags:
    per_tick = MICROSECONDS // part[0].store.ticks_per_second
    return months_of(part, microseconds_per_tick=per_tick) == np.datetime64(month, "M")


def _is_in_segment(part: Part, *, by: str, value: str | None) -> Flags:
    view, _ = part
    segments = segmentation(view.store, by)
    journey, segment = members(view, segments)
    flags = np.zeros(view.n_journeys, dtype=bool)
    flags[journey[segment == segments.names.index(value)]] = True
    return flags


def _stage(log: TouchpointLog, stage: str) -> int:
    names = log.definitions.stage_names
    if stage not in names:
        raise ValueNotAllowedError.among(stage, names, what="The stage")
    return names.index(stage)
