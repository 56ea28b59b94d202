"""Triggers: what customers did that asked for an answer, and whether we gave one in time."""

from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.statistics import wilson
from journey.analysis.lifecycle.lived import is_by_customer
from journey.analysis.scores.milestones import types_meaning
from journey.errors import ValueNotAllowedError
from journey.facts import ShardFacts
from journey.kernels.distinct import owners_of
from journey.kernels.select import take
from journey.log import TouchpointLog
from journey.percentiles import Cells, Targets, first_cells, percentiles, within
from journey.selection import Keep
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Part = tuple[View, ShardFacts]

ANSWER_DAYS: Final = 7.0
ANSWERED, IGNORED, WAITING = 0, 1, 2


@dataclass(frozen=True, eq=False)
class _Told:
    """Triggers in view of one shard: journey, type, what became of each, and days to the answer."""

    owners: Ints
    types: Ints
    fates: Ints
    ticks: Ints


def triggers(log: TouchpointLog, *, within_days: float = ANSWER_DAYS) -> pd.DataFrame:
    """Calls to action and touches of high intent by customers, answered by us in time or not.

    A trigger is answered if a message or a call of ours follows it in the journey within
    ``within_days``, whether that is in view or not.

    Returns
    -------
    DataFrame
        One row per touchpoint type: ``touchpoint``, ``n_touchpoints`` in view, ``n_journeys``,
        ``n_answered``, ``n_ignored``, ``n_waiting`` (not answered, but there is still time),
        ``n_journeys_ignored`` (journeys with one ignored), ``answered_rate`` (answered /
        answered and ignored) with its 95 % Wilson interval ``low``, ``high``, and
        ``median_days`` to the answer, of those answered. Most ignored first. No rows where no
        touchpoint type means a trigger, or none means a message or a call of ours.

    Raises
    ------
    ValueNotAllowedError
        If there is no time to answer in.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b", "b"],
    ...     "touchpoint": ["Pricing page", "Sales call", "Pricing page", "Home page"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-03", "2026-01-01", "2026-02-01"])
    ... }))
    >>> found = triggers(log)
    >>> found[["touchpoint", "n_answered", "n_ignored", "median_days"]].values.tolist()
    [['Pricing page', 1, 1, 2.0]]
    """
    question = _question(log, within_days)
    if question is None:
        return _framed(log, np.zeros((5, 0), np.int64), np.empty(0))
    n_types = len(log.store.touchpoint_types)
    counts = sum(
        log.ask_with_facts(partial(_counted, question=question, n_types=n_types)),
        np.zeros((5, n_types), np.int64),
    )
    first = log.ask_with_facts(partial(_waits_counted, question=question, n_types=n_types))
    look = partial(_waits_within, question=question)
    halves = [(code, 50) for code in range(n_types)]
    _, medians = percentiles(first, log.ask_with_facts, look, halves, n_types)
    return _framed(log, counts, medians / log.ticks_per_day)


def ignored_triggers(
    log: TouchpointLog, touchpoint: str, *, within_days: float = ANSWER_DAYS
) -> TouchpointLog:
    """Journeys in which a trigger of a type was not answered in time: ``n_journeys_ignored``.

    Raises
    ------
    ValueNotAllowedError
        If the log has no such touchpoint type.
    """
    names = log.store.touchpoint_types
    if touchpoint not in names:
        raise ValueNotAllowedError.among(touchpoint, names, what="The touchpoint type")
    question = _question(log, within_days) or _Question((), (), 0, 0)
    return log.keep(Keep(_has_ignored, (("question", question), ("code", names.index(touchpoint)))))


@dataclass(frozen=True)
class _Question:
    """Codes of types that are triggers, of types that answer, the time allowed, the end."""

    triggers: tuple[int, ...]
    answers: tuple[int, ...]
    limit: int
    as_of: int


def _question(log: TouchpointLog, within_days: float) -> _Question | None:
    if not within_days > 0:
        raise ValueNotAllowedError(
            f"The time to answer is {within_days!r} days. Give a number above 0."
        )
    meant = partial(types_meaning, log.store, log.definitions)
    asks = meant("call_to_action") | meant("intent")
    answers = (meant("sent") | meant("conversation")) & ~asks
    if not asks.any() or not answers.any():
        return None
    return _Question(
        tuple(np.flatnonzero(asks).tolist()),
        tuple(np.flatnonzero(answers).tolist()),
        round(within_days * log.ticks_per_day),
        log.as_of_tick,
    )


def _told(part: Part, question: _Question) -> _Told:
    view, facts = part
    key = "triggers", question
    places, every = facts.kept(key, partial(_told_of_all, facts, question))
    found = facts.told_in(view, places)
    rows = np.flatnonzero(found)
    of = found[rows] - 1
    owners = owners_of(frozen(rows), view.offsets)
    return _Told(owners, every.types[of], every.fates[of], every.ticks[of])


def _told_of_all(facts: ShardFacts, question: _Question) -> tuple[npt.NDArray[np.int32], _Told]:
    """By touch of the evidence which trigger it is, from 1 on (0: none), and all of these."""
    evidence = facts.view
    codes, ticks = evidence.codes("touchpoint"), evidence.ticks
    n_types = len(evidence.store.touchpoint_types)
    asks = take(_flags(question.triggers, n_types), codes) & is_by_customer(evidence)
    rows = np.flatnonzero(asks)
    owners = owners_of(frozen(rows), evidence.offsets)
    answers = np.flatnonzero(take(_flags(question.answers, n_types), codes))
    place = np.searchsorted(answers, rows, side="right")
    following = np.append(answers, len(ticks))[place]
    is_same = following < evidence.offsets[1:][owners]
    now = ticks[rows].astype(np.int64)
    then = np.append(ticks, 0)[np.where(is_same, following, len(ticks))].astype(np.int64)
    in_time = is_same & (then - now <= question.limit)
    has_time = question.as_of - now < question.limit
    fates = np.where(in_time, ANSWERED, np.where(has_time, WAITING, IGNORED))
    places = np.zeros(len(ticks), np.int32)
    places[rows] = np.arange(1, len(rows) + 1)
    told = _Told(owners, codes[rows].astype(np.int64), fates, then - now)
    return frozen(places), told


def _flags(codes: tuple[int, ...], n_types: int) -> Flags:
    flags = np.zeros(n_types, dtype=bool)
    flags[list(codes)] = True
    return frozen(flags)


def _counted(part: Part, *, question: _Question, n_types: int) -> Ints:
    """By type: touchpoints, journeys, answered, ignored, journeys with one ignored."""
    told = _told(part, question)
    ignored = told.fates == IGNORED
    pairs = told.owners * n_types + told.types
    found = (
        told.types,
        np.unique(pairs) % n_types,
        told.types[told.fates == ANSWERED],
        told.types[ignored],
        np.unique(pairs[ignored]) % n_types,
    )
    return np.stack([np.bincount(one, minlength=n_types) for one in found])


def _waits_counted(part: Part, *, question: _Question, n_types: int) -> Cells:
    return first_cells(*_waits(part, question), n_types)


def _waits_within(part: Part, targets: Targets, *, question: _Question) -> tuple[Ints, Ints]:
    return within(*_waits(part, question), targets)


def _waits(part: Part, question: _Question) -> tuple[Ints, Floats]:
    told = _told(part, question)
    answered = told.fates == ANSWERED
    return told.types[answered], told.ticks[answered].astype(np.float64)


def _has_ignored(part: Part, *, question: _Question, code: int) -> Flags:
    told = _told(part, question)
    flags = np.zeros(part[0].n_journeys, dtype=bool)
    flags[told.owners[(told.fates == IGNORED) & (told.types == code)]] = True
    return flags


def _framed(log: TouchpointLog, counts: Ints, medians: Floats) -> pd.DataFrame:
    n, n_journeys, n_answered, n_ignored, n_journeys_ignored = counts
    rate, low, high = wilson(n_answered, n_answered + n_ignored)
    names = log.store.touchpoint_types[: len(n)]
    frame = pd.DataFrame(
        {
            "touchpoint": pd.Series(names, dtype=object),
            "n_touchpoints": n,
            "n_journeys": n_journeys,
            "n_answered": n_answered,
            "n_ignored": n_ignored,
            "n_waiting": n - n_answered - n_ignored,
            "n_journeys_ignored": n_journeys_ignored,
            "answered_rate": rate,
            "low": low,
            "high": high,
            "median_days": medians,
        }
    )
    found = frame[frame["n_touchpoints"] > 0]
    return found.sort_values(
        ["n_ignored", "touchpoint"], ascending=[False, True], ignore_index=True
    )
