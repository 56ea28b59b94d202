"""How journeys moved between stages in a period, against the period before."""

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.distinct import distinct
from journey.analysis.figures.statistics import difference_of_rates, wilson
from journey.analysis.lifecycle.lived import Lived, Span, period_before, span_of
from journey.analysis.lifecycle.scorecards import PERIOD_DAYS, check_days, has_before
from journey.errors import ValueNotAllowedError
from journey.facts import ShardFacts
from journey.kernels.facts import LOST, NO_DECISION, OPEN, walk
from journey.kernels.select import first_at_or_after, take
from journey.log import TouchpointLog
from journey.schema import SMALL_SAMPLE
from journey.selection import Keep
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]

FORWARD: Final = "forward"
BACK: Final = "back"


@dataclass(frozen=True, eq=False)
class Changes:
    """Journeys that enter another stage, with the stages before (-1: none) and after."""

    owners: Ints
    before: Ints
    after: Ints


def stage_movement(log: TouchpointLog, *, days: float = PERIOD_DAYS) -> pd.DataFrame:
    """Journeys that moved from stage to stage in the last days, against as many days before.

    A journey is in a stage in a period if it was there as the period began, not lost and not
    without decision by then, or was reopened there, or moved into it or out of it in the period.

    Parameters
    ----------
    days
        How long each of the two periods is.

    Returns
    -------
    DataFrame
        One row per move that either period has: ``source_stage``, ``target_stage``,
        ``direction`` (forward, back), ``n_journeys`` that made it, ``n_in_source`` (journeys in
        the source stage in the period), ``share`` (of these) with its 95 % Wilson interval
        ``low``, ``high``; ``previous_n_journeys``, ``previous_n_in_source``, ``previous_share``;
        ``change`` (share less share before) with its 95 % interval ``change_low``,
        ``change_high``; ``is_worse`` (fewer go forward, or more go back). In the order of stages.
        Where the log begins later than the period before, that has no journeys and no share.

    Raises
    ------
    ValueNotAllowedError
        If the period has no length.

    Examples
    --------
    >>> from journey import Definitions, Stage, from_frame
    >>> model = Definitions(stages=(Stage("Attract", ("Ad",)), Stage("Convert", ("Demo",))))
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Ad", "Demo", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-20", "2026-01-25"])}),
    ...     definitions=model)
    >>> stage_movement(log, days=20)[["n_journeys", "n_in_source", "share"]].values.tolist()
    [[1.0, 2.0, 0.5]]
    """
    check_days(days)
    return _compared(log, days)


def _compared(log: TouchpointLog, days: float) -> pd.DataFrame:
    """The moves of the period and of the one before, side by side."""
    span = span_of(log, days=days)
    moves, inside = _counted(log, span)
    moves_before, inside_before = np.zeros_like(moves), np.zeros_like(inside)
    if has_before(log, span):
        earlier = period_before(log, span)
        moves_before, inside_before = _counted(earlier, span_of(earlier, days=days))
    source, target = np.nonzero((moves + moves_before) > 0)
    names = log.definitions.stage_names
    n, n_before = moves[source, target], moves_before[source, target]
    share, low, high = wilson(n, inside[source])
    change, change_low, change_high = difference_of_rates(
        n, inside[source], n_before, inside_before[source]
    )
    is_forward = target > source
    return pd.DataFrame(
        {
            "source_stage": pd.Series([names[code] for code in source], dtype=object),
            "target_stage": pd.Series([names[code] for code in target], dtype=object),
            "direction": pd.Series(np.where(is_forward, FORWARD, BACK), dtype=object),
            "n_journeys": n,
            "n_in_source": inside[source],
            "share": share,
            "low": low,
            "high": high,
            "previous_n_journeys": n_before,
            "previous_n_in_source": inside_before[source],
            "previous_share": wilson(n_before, inside_before[source])[0],
            "change": change,
            "change_low": change_low,
            "change_high": change_high,
            "is_worse": np.where(is_forward, change < 0, change > 0),
        }
    )


def look_first(movement: pd.DataFrame) -> pd.DataFrame:
    """The move of :func:`stage_movement` to look at first, if its stage held 30 in both periods.

    The one that got worse most beyond chance, else the one that changed most beyond chance, else
    the one that got worse most.

    Returns
    -------
    DataFrame
        That row with ``is_clear`` (its interval of change leaves out 0); no row where none of
        enough journeys got worse or changed beyond chance.
    """
    enough = (movement["n_in_source"] >= SMALL_SAMPLE) & (
        movement["previous_n_in_source"] >= SMALL_SAMPLE
    )
    found = movement[enough]
    is_clear = (found["change_low"] > 0) | (found["change_high"] < 0)
    ranked = found.assign(is_clear=is_clear, size=found["change"].abs())
    ranked = ranked[is_clear | found["is_worse"]]
    order = ranked.sort_values(["is_clear", "is_worse", "size"], ascending=False, kind="stable")
    return order.drop(columns="size").head(1)


def moved_between(
    log: TouchpointLog, source: str, target: str, *, days: float = PERIOD_DAYS
) -> TouchpointLog:
    """Journeys that moved from one stage to another in the period: ``n_journeys``.

    Raises
    ------
    ValueNotAllowedError
        If there is no such stage or period.
    """
    check_days(days)
    names = log.definitions.stage_names
    for name in (source, target):
        if name not in names:
            raise ValueNotAllowedError.among(name, names, what="The stage")
    places = (("source", names.index(source)), ("target", names.index(target)))
    return log.keep(Keep(_has_moved, (("span", span_of(log, days=days)), *places)))


def _counted(log: TouchpointLog, span: Span) -> tuple[Ints, Ints]:
    """Journeys by move, and journeys in each stage, in a period."""
    n = len(log.definitions.stages)
    answers = log.ask_with_facts(partial(_movement, span=span, n_stages=n))
    moves = sum((answer[0] for answer in answers), np.zeros((n, n), np.int64))
    return moves, sum((answer[1] for answer in answers), np.zeros(n, np.int64))


def _movement(part: Part, *, span: Span, n_stages: int) -> tuple[Ints, Ints]:
    """Of the journeys in view of one shard: by move, and in each stage."""
    view, facts = part
    make = partial(_moved_and_inside, part, span, n_stages)
    owners, pairs, inside = facts.kept(("movement", span.key), make)
    in_view = np.zeros(facts.view.n_journeys, dtype=bool)
    in_view[view.journeys] = True
    moves = np.bincount(pairs[in_view[owners]], minlength=n_stages**2)
    return moves.reshape(n_stages, n_stages), inside[view.journeys].sum(axis=0)


def _moved_and_inside(part: Part, span: Span, n_stages: int) -> tuple[Ints, Ints, Flags]:
    """Moves of all journeys, each once: whose, and which; and in which stages they were."""
    changes = _changes(part, span)
    moved = changes.before >= 0
    owners, sources, targets = changes.owners[moved], changes.before[moved], changes.after[moved]
    once = distinct((owners * n_stages + sources) * n_stages + targets)
    inside = np.zeros((part[1].view.n_journeys, n_stages), dtype=bool)
    stages = _stages_at(part, span)
    known = np.flatnonzero(stages >= 0)
    inside[known, stages[known]] = True
    inside[owners, sources] = True
    inside[changes.owners, changes.after] = True
    return *np.divmod(once, n_stages**2), inside


def _changes(part: Part, span: Span) -> Changes:
    """Every change of stage in the period, of all journeys."""
    lived, facts = Lived(part, span), part[1]
    rows, owners = lived.rows, lived.owners
    is_first = rows == facts.view.offsets[:-1][owners]
    after = facts.current[rows].astype(np.int64)
    before = np.where(is_first, -1, facts.current[rows - 1])
    changed = before != after
    return Changes(owners[changed], before[changed].astype(np.int64), after[changed])


def _stages_at(part: Part, span: Span) -> Ints:
    """The stage each journey was in as the period began, -1 if none, or if over for the period."""
    lived, facts = Lived(part, span), part[1]
    evidence, limit = facts.view, facts.silence.dormancy_ticks
    if not len(facts.current):
        return np.full(evidence.n_journeys, -1, np.int64)
    begins, ends = frozen(evidence.offsets[:-1]), frozen(evidence.offsets[1:])
    until = first_at_or_after(evidence.ticks, begins, ends, span.begin)
    verdicts = frozen(take(facts.verdict_of_type, evidence.codes("touchpoint")))
    # Walked over again up to the period, each touch entering the stage it led to.
    _, states, _, reopened, _ = walk(
        facts.current,
        verdicts,
        frozen(lived.by_customer),
        evidence.ticks,
        begins,
        frozen(until),
        facts.n_stages - 1,
        limit,
    )
    last = np.maximum(until - 1, 0)
    is_silent = (states == OPEN) & (span.begin - lived.ticks_at(last) > limit)
    is_over = is_silent | (states == LOST) | (states == NO_DECISION)
    is_inside = (until > begins) & (~is_over | (facts.reopened > reopened))
    return np.where(is_inside, facts.current[last], -1).astype(np.int64)


def _has_moved(part: Part, *, span: Span, source: int, target: int) -> Flags:
    changes = _changes(part, span)
    flags = np.zeros(part[1].view.n_journeys, dtype=bool)
    flags[changes.owners[(changes.before == source) & (changes.after == target)]] = True
    return flags[part[0].journeys]
