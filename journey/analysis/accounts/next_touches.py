"""What journeys in the same state did next, and how often a win followed.

A state is a stage, a silence there (any, longer than is normal, longer than twice that) and the
last touch before. An account is compared with the finest state in which a touch that we can bring
about went with more wins than others did, beyond chance (95 %), 30 journeys having had it next and
as many another; else with the finest in which any touch did; else with the finest that has so many
journeys. Coarser is first any last touch, then less of a silence. A journey counts once in a
state, at its first time in it. All is counted over the whole log, whatever is in view. These are
associations, no proof: journeys with a touch may differ otherwise.

Examples
--------
After an ad, three of four that were mailed won, and one of two that were called.

>>> import pandas as pd
>>> from journey import Definitions, Stage, from_frame, next_best_touches
>>> ways = ["Ad Mail Won"] * 3 + ["Ad Mail Lost", "Ad Call Won", "Ad Call Lost"]
>>> rows = [(str(n), step) for n, way in enumerate(ways) for step in way.split()]
>>> days = pd.date_range("2026-01-01", periods=len(rows))
>>> log = from_frame(
...     pd.DataFrame(rows, columns=["account_id", "touchpoint"]).assign(occurred_at=days),
...     definitions=Definitions((Stage("Attract", ("Ad",)), Stage("Expand")), won=("Won",),
...                             lost=("Lost",)))
>>> found = next_best_touches(log, least_journeys=1)
>>> found[["state", "touchpoint", "win_rate", "n_with", "without_rate", "n_without"]]
        state touchpoint  win_rate  n_with  without_rate  n_without
0  in Attract       Mail      0.75       4          0.50          2
1  in Attract       Call      0.50       2          0.75          4
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.accounts.outreach import brought_about_by_us
from journey.analysis.accounts.states import (
    BANDS,
    Followers,
    State,
    followers,
    min_days_silent,
    state_of,
    state_words,
    states_of,
)
from journey.analysis.figures.frames import none_for_missing
from journey.analysis.figures.one_journey import ask_journey
from journey.analysis.figures.statistics import difference_of_rates, wilson
from journey.kernels.facts import UNDECIDING
from journey.log import TouchpointLog
from journey.schema import SMALL_SAMPLE

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NEXT_TOUCH_COLUMNS = (
    "state",
    "is_coarser",
    "stage",
    "last_touchpoint",
    "min_days_silent",
    "touchpoint",
    "is_ours",
    "win_rate",
    "low",
    "high",
    "n_with",
    "without_rate",
    "without_low",
    "without_high",
    "n_without",
    "difference",
    "difference_low",
    "difference_high",
)
_NOTHING, _ENOUGH, _ANY, _OURS = range(4)
"""What can be said of a state: nothing; of 30 journeys with and without a touch; that some touch
went with more wins; that one of ours did."""

_ADVICE: Final[dict[str, tuple[str, object, type]]] = {
    "touchpoint": ("next_touchpoint", None, object),
    "is_ours": ("next_is_ours", False, bool),
    "win_rate": ("next_win_rate", np.nan, float),
    "low": ("next_low", np.nan, float),
    "high": ("next_high", np.nan, float),
    "n_with": ("n_next", 0, int),
    "without_rate": ("next_without_rate", np.nan, float),
    "n_without": ("n_next_without", 0, int),
    "state": ("next_state", None, object),
}
"""Columns of a next touch: their names beside an account, what stands where there is none, type."""


def next_best_touches(
    log: TouchpointLog, account_id: str | None = None, *, least_journeys: int = SMALL_SAMPLE
) -> pd.DataFrame:
    """Of decided journeys in the same state: those won with each next touch, against without it.

    The win rate with a touch is won / decided journeys in which it came next; without it, those in
    which another touch did that decides nothing. Journeys that a deciding touch followed are on
    neither side.

    Parameters
    ----------
    account_id
        The open account whose state it is; none: every stage and silence, any last touch.
    least_journeys
        Touches with fewer decided journeys are left out.

    Returns
    -------
    DataFrame
        One row per state and touch: ``state`` in words, ``is_coarser`` (than the account's),
        ``stage``, ``last_touchpoint`` (none: any), ``min_days_silent``, ``touchpoint``,
        ``is_ours`` (we can bring it about), ``win_rate`` (of ``n_with``; 95 % interval ``low``,
        ``high``), ``without_rate`` (of ``n_without``; ``without_low``, ``without_high``),
        ``difference`` of the two and its interval (``difference_low``, ``difference_high``). By
        stage and silence, ours first, then by difference, largest first, then by ``n_with``. Rates
        are not a number without a winning rule. Empty where a touch has decided the account.

    Raises
    ------
    ValueNotAllowedError
        If the log has no such account.
    """
    evidence = _evidence(log)
    own = None
    if account_id is not None:
        own = ask_journey(log, account_id, partial(state_of, as_of=log.as_of_tick))
        used = [] if own is None else [evidence.finest([own])[own]]
    else:
        places = range(len(log.definitions.stages) + 1)
        used = [State(stage, None, band) for stage in places for band in BANDS]
    frames = [
        _rows(log, evidence, state, least_journeys, is_coarser=own not in (None, state))
        for state in used
    ]
    none = pd.DataFrame(columns=list(NEXT_TOUCH_COLUMNS))
    whole = pd.concat([frame for frame in frames if len(frame)] or [none], ignore_index=True)
    return none_for_missing(whole[list(NEXT_TOUCH_COLUMNS)], ["stage", "last_touchpoint"])


def advice(
    log: TouchpointLog, stages: npt.NDArray[np.int8], lasts: Sequence[str], silent: Ints
) -> dict[str, Any]:
    """The best next touch of each open journey, as columns; parameters as for ``states_of``.

    Of the touches that went with more wins than others did in the same state, beyond chance if one
    did, 30 journeys at least: the first of :func:`next_best_touches`, so what we can bring about
    before what customers do by themselves.
    """
    states = states_of(log, stages, lasts, silent)
    evidence = _evidence(log)
    used = evidence.finest(states)
    best = {state: _best(log, evidence, state) for state in set(used.values())}
    place_of = {state: place for place, state in enumerate(used)}
    places = np.array([place_of[state] for state in states], dtype=np.int64)
    return {
        name: np.array([best[one].get(column, missing) for one in used.values()], kind)[places]
        for column, (name, missing, kind) in _ADVICE.items()
    }


@dataclass(frozen=True, eq=False)
class _Evidence:
    """What followed in every state, which touches may help, and which of them are ours."""

    next_of: Followers
    may_help: Flags
    ours: Flags

    def of(self, state: State) -> tuple[Ints, Ints]:
        """Decided and won journeys by the touch that came next, but for touches that decide."""
        decided, won = self.next_of.of(state)
        return np.where(self.may_help, decided, 0), np.where(self.may_help, won, 0)

    def finest(self, states: Iterable[State]) -> dict[State, State]:
        """For each state the one it is compared with."""
        seen: dict[State, int] = {}

        def strength(state: State) -> int:
            if state not in seen:
                seen[state] = self._strength(state)
            return seen[state]

        def compared(state: State) -> State:
            rungs = list(state.and_coarser())
            alike = [rung for rung in rungs if bool(rung.band) == bool(state.band)]
            for wanted, among in ((_OURS, alike), (_ANY, alike), (_ENOUGH, rungs)):
                for rung in among:
                    if strength(rung) >= wanted:
                        return rung
            return rungs[-1]

        return {state: compared(state) for state in set(states)}

    def _strength(self, state: State) -> int:
        """How much can be said of a state."""
        decided, won = self.of(state)
        without = won.sum() - won, decided.sum() - decided
        enough = (decided >= SMALL_SAMPLE) & (without[1] >= SMALL_SAMPLE)
        if not enough.any():
            return _NOTHING
        _, low, _ = difference_of_rates(won, decided, *without)
        clear = enough & (low > 0)
        return _OURS if (clear & self.ours).any() else _ANY if clear.any() else _ENOUGH


def _evidence(log: TouchpointLog) -> _Evidence:
    return log.once(_counted)


def _counted(log: TouchpointLog) -> _Evidence:
    may_help = log.rules.verdict_of_type == UNDECIDING
    return _Evidence(followers(log), may_help, brought_about_by_us(log))


def _best(log: TouchpointLog, evidence: _Evidence, used: State) -> dict[str, Any]:
    """The first of the touches that went with more wins, beyond chance if one did."""
    figures = _figures(log, evidence, used, SMALL_SAMPLE)
    helpful = (figures["difference"] > 0) & (figures["n_without"] >= SMALL_SAMPLE)
    clear = helpful & (figures["difference_low"] > 0)
    places = np.flatnonzero(clear if clear.any() else helpful)
    if not len(places):
        return {}
    first = {name: column[places[0]] for name, column in figures.items()}
    return first | {"state": state_words(log, used)}


def _rows(
    log: TouchpointLog, evidence: _Evidence, state: State, least: int, *, is_coarser: bool
) -> pd.DataFrame:
    """Every next touch of a state with enough journeys."""
    stages, names = log.definitions.stage_names, log.store.touchpoint_types
    figures = _figures(log, evidence, state, least)
    frame = pd.DataFrame(figures)
    return frame.assign(
        state=state_words(log, state),
        is_coarser=is_coarser,
        stage=stages[state.stage] if state.stage < len(stages) else None,
        last_touchpoint=None if state.last is None else names[state.last],
        min_days_silent=min_days_silent(log, state),
    )


def _figures(
    log: TouchpointLog, evidence: _Evidence, state: State, least: int
) -> dict[str, npt.NDArray[Any]]:
    """The figures of every next touch of a state, in their order."""
    decided, won = evidence.of(state)
    wins = won if log.definitions.won else np.full(len(won), np.nan)  # nothing can have been won
    codes = np.flatnonzero(decided >= max(least, 1))
    with_it = wins[codes], decided[codes]
    without = wins.sum() - wins[codes], decided.sum() - decided[codes]
    rate, low, high = wilson(*with_it)
    others, others_low, others_high = wilson(*without)
    gain, gain_low, gain_high = difference_of_rates(*with_it, *without)
    names = log.store.touchpoint_types
    figures = {
        "touchpoint": np.array([names[code] for code in codes], dtype=object),
        "is_ours": evidence.ours[codes],
        "win_rate": rate,
        "low": low,
        "high": high,
        "n_with": with_it[1],
        "without_rate": others,
        "without_low": others_low,
        "without_high": others_high,
        "n_without": without[1],
        "difference": gain,
        "difference_low": gain_low,
        "difference_high": gain_high,
    }
    ranks = np.argsort(np.argsort(figures["touchpoint"], kind="stable"))
    order = np.lexsort((ranks, -with_it[1], -gain, ~evidence.ours[codes]))
    return {name: column[order] for name, column in figures.items()}
