"""The journeys behind counts that ``where`` has no words for, so that every count opens."""

from collections.abc import Callable, Iterable
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from journey.analysis.months import begun_months, won_months
from journey.analysis.segments import members, segmentation
from journey.analysis.stages import back_rows, entries_of, last_undeciding_types
from journey.errors import ValueNotAllowedError
from journey.facts import ShardFacts
from journey.log import TouchpointLog
from journey.schema import OUTCOMES, Outcome
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
    code = _stage(log, stage)

    def chosen(part: Part) -> Flags:
        return entries_of(part).has_advanced[:, code]

    return _keep(log, chosen)


def stayed_in(
    log: TouchpointLog, stage: str, *, outcomes: Iterable[Outcome] = OUTCOMES
) -> TouchpointLog:
    """Journeys that entered a stage and never the next, by outcome: the counts of ``drop_offs``.

    Raises
    ------
    ValueNotAllowedError
        If there is no such stage.
    """
    code = _stage(log, stage)
    wanted = [OUTCOMES.index(outcome) for outcome in outcomes]

    def chosen(part: Part) -> Flags:
        entries = entries_of(part)
        stayed = entries.has_entered[:, code] & ~entries.has_advanced[:, code]
        return stayed & np.isin(entries.outcomes, wanted)

    return _keep(log, chosen)


def ended_with(log: TouchpointLog, stage: str, touchpoint: str) -> TouchpointLog:
    """Journeys that dropped off in a stage after this last touch: ``n_last``.

    Raises
    ------
    ValueNotAllowedError
        If there is no such stage or touchpoint type.
    """
    if touchpoint not in log.type_names:
        raise ValueNotAllowedError.among(touchpoint, log.type_names, what="The touchpoint type")
    wanted = log.type_names.index(touchpoint)
    return _keep(
        stayed_in(log, stage, outcomes=DROPPED),
        lambda part: last_undeciding_types(part) == wanted,
    )


def moved_back(log: TouchpointLog, source_stage: str, target_stage: str) -> TouchpointLog:
    """Journeys that went back from one stage to an earlier one: ``n_journeys`` of ``back_moves``.

    Raises
    ------
    ValueNotAllowedError
        If there is no such stage.
    """
    source, target = _stage(log, source_stage), _stage(log, target_stage)

    def chosen(part: Part) -> Flags:
        view, _ = part
        moves = back_rows(part)
        cases = moves.loc[(moves["source"] == source) & (moves["target"] == target), "journey"]
        return np.isin(view.shard.cases[view.journeys], cases.to_numpy(np.int64))

    return _keep(log, chosen)


def begun_in(log: TouchpointLog, month: str) -> TouchpointLog:
    """Journeys whose first touchpoint is in a month (``YYYY-MM``): ``n_journeys_started``."""
    return _in_month(log, month, begun_months)


def won_in(log: TouchpointLog, month: str) -> TouchpointLog:
    """Journeys won in a month (``YYYY-MM``): ``n_won`` of ``months``."""
    return _in_month(log, month, won_months)


def in_segment(log: TouchpointLog, by: str, value: str | None) -> TouchpointLog:
    """Journeys of one segment, whole: ``n_journeys`` of ``segment_breakdown``.

    Raises
    ------
    ColumnNotFoundError
        If the log has no such column.
    ValueNotAllowedError
        If the column has no such value.
    """
    segments = segmentation(log, by)
    if value not in segments.names:
        known = [name for name in segments.names if name is not None]
        raise ValueNotAllowedError.among(value, known, what=f"The value of {by!r}")
    wanted = segments.names.index(value)

    def chosen(part: Part) -> Flags:
        view, _ = part
        journey, segment = members(view, segments)
        flags = np.zeros(view.n_journeys, dtype=bool)
        flags[journey[segment == wanted]] = True
        return flags

    return _keep(log, chosen)


def _in_month(log: TouchpointLog, month: str, months_of: Callable[..., object]) -> TouchpointLog:
    per_tick = MICROSECONDS // log.store.ticks_per_second
    asked = partial(months_of, microseconds_per_tick=per_tick)
    wanted = np.datetime64(month, "M")
    return _keep(log, lambda part: np.asarray(asked(part) == wanted))


def _keep(log: TouchpointLog, chosen: Callable[[Part], Flags]) -> TouchpointLog:
    """Keep the journeys in view that a question of each shard chooses."""
    answers = log.ask_with_facts(chosen)
    codes = [
        view.shard.cases[view.journeys[flags]]
        for view, flags in zip(log.views, answers, strict=True)
    ]
    store = log.store
    names = store.dictionaries[store.case_role]
    found = pa.array(np.concatenate([np.empty(0, np.int64), *codes]), pa.int64())
    return log.where({store.case_role: names.take(found).to_pylist()})


def _stage(log: TouchpointLog, stage: str) -> int:
    names = log.definitions.stage_names
    if stage not in names:
        raise ValueNotAllowedError.among(stage, names, what="The stage")
    return names.index(stage)
