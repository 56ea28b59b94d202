"""What journeys in the same state did next, and how often a win followed.

A state is a stage, a silence there (any, longer than is normal, longer than twice that) and the
last touch before. An account is compared with the finest state of its stage in which a touch that
we can bring about went with more wins than others did, beyond chance (95 %), 30 journeys having had
it next and as many another; else with the finest in which one did at all; else with whichever
stage, likewise; each so long as both are silent for longer than is normal, or neither; else without
regard to silence. Where nothing of ours did, it is compared with the finest in which customers came
back by themselves and won more; else with the finest that has so many journeys. Coarser is first
any last touch, then less of a silence. In whichever stage each journey is compared with others of
its own, and it is said in which stages the touch was seen, as the account's may not be among them.
A journey counts once in a state, at its first time in it.
All is counted over the whole log, whatever is in view. These are associations, no proof: journeys
with a touch may differ otherwise.

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

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.accounts.outreach import brought_about_by_us
from journey.analysis.accounts.sides import Sides, sides
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
    "seen_in",
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
_ADVICE: Final[dict[str, tuple[str, object, type]]] = {
    "touchpoint": ("next_touchpoint", None, object),
    "is_clear": ("next_is_clear", False, bool),
    "win_rate": ("next_win_rate", np.nan, float),
    "low": ("next_low", np.nan, float),
    "high": ("next_high", np.nan, float),
    "n_with": ("n_next", 0, int),
    "without_rate": ("next_without_rate", np.nan, float),
    "n_without": ("n_next_without", 0, int),
    "state": ("next_state", None, object),
    "seen_in": ("next_seen_in", None, object),
    "is_of_own_stage": ("next_is_of_own_stage", False, bool),
}
_RETURN: Final[dict[str, tuple[str, object, type]]] = {
    "touchpoint": ("return_touchpoint", None, object),
    "win_rate": ("return_win_rate", np.nan, float),
    "n_with": ("n_return", 0, int),
    "without_rate": ("return_without_rate", np.nan, float),
    "n_without": ("n_return_without", 0, int),
    "state": ("return_state", None, object),
}
"""Columns of a next touch, one of ours and one that customers make by themselves: their names
beside an account, what stands where there is none, type."""

NO_STAGE_YET: Final = "no stage yet"
"""Stands among the stages a touch was seen in for journeys that have entered none."""

Figures = dict[str, npt.NDArray[Any]]


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
        ``stage`` (none: before any, or whichever), ``last_touchpoint`` (none: any),
        ``min_days_silent``, ``touchpoint``, ``seen_in`` (in whichever stage: those in which it
        came next), ``is_ours`` (we can bring it about), ``win_rate`` (of
        ``n_with``; 95 % interval ``low``, ``high``), ``without_rate`` (of ``n_without``, in
        whichever stage weighted as those with it; ``without_low``, ``without_high``),
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
        used = [] if own is None else [_compared(_figures_by_state(log), own)]
    else:
        places = range(len(log.definitions.stages) + 1)
        used = [State(stage, None, band) for stage in places for band in BANDS]
    frames = [
        _rows(log, evidence, state, least_journeys, is_coarser=own not in (None, state))
        for state in used
    ]
    none = pd.DataFrame(columns=list(NEXT_TOUCH_COLUMNS))
    whole = pd.concat([frame for frame in frames if len(frame)] or [none], ignore_index=True)
    texts = ["stage", "last_touchpoint", "seen_in"]
    return none_for_missing(whole[list(NEXT_TOUCH_COLUMNS)], texts)


def advice(
    log: TouchpointLog,
    stages: npt.NDArray[np.int8],
    lasts: Ints,
    silent: Ints,
    *,
    is_advised: Flags,
) -> dict[str, Any]:
    """The best next touch of each open journey, as columns; parameters as for ``states_of``.

    Of the touches that we can bring about and that went with more wins than others did, 30
    journeys at least: the first of :func:`next_best_touches` in the finest state of the stage in
    which one did so beyond chance, else in which one did; then in whichever stage. Beside it what
    customers did by themselves, where it went with more wins beyond chance. Journeys that are not
    to be advised have none of it.
    """
    states, numbers = states_of(log, stages, lasts, silent)
    rows = [*(log.once(_advised, state) for state in states), {}]
    numbers[~is_advised] = len(states)
    return {
        name: np.array([row.get(name, missing) for row in rows], kind)[numbers]
        for columns in (_ADVICE, _RETURN)
        for name, missing, kind in columns.values()
    }


@dataclass(frozen=True, eq=False)
class _Evidence:
    """What followed in every state, which touches may help, and which of them are ours."""

    next_of: Followers
    may_help: Flags
    ours: Flags

    def of(self, state: State) -> Sides:
        """Journeys with and without each touch next, but for touches that decide."""
        decided, won = self.next_of.of(state)
        return sides(np.where(self.may_help, decided, 0), np.where(self.may_help, won, 0))


def _evidence(log: TouchpointLog) -> _Evidence:
    return log.once(_counted)


def _counted(log: TouchpointLog) -> _Evidence:
    may_help = log.rules.verdict_of_type == UNDECIDING
    return _Evidence(followers(log), may_help, brought_about_by_us(log))


def _figures_by_state(log: TouchpointLog) -> Callable[[State], Figures]:
    """The figures of touches that 30 journeys had next: many states ask for the same wider ones."""
    return partial(log.once, _figures_often)


def _figures_often(log: TouchpointLog, state: State) -> Figures:
    return _figures(log, _evidence(log), state, least=SMALL_SAMPLE)


def _advised(log: TouchpointLog, state: State) -> dict[str, Any]:
    return _advice_of(log, _figures_by_state(log), state)


def _advice_of(
    log: TouchpointLog, known: Callable[[State], Figures], state: State
) -> dict[str, Any]:
    """What is advised in a state, and what customers did by themselves, under their names."""
    found: dict[str, Any] = {}
    for best, columns in ((_ours(known, state), _ADVICE), (_theirs(known, state), _RETURN)):
        if best is None:
            continue
        used, place = best
        row = {name: column[place] for name, column in known(used).items()}
        seen = f"; seen in {row['seen_in']}" if row["seen_in"] else ""
        row |= {"state": state_words(log, used) + seen, "is_clear": row["difference_low"] > 0}
        row["is_of_own_stage"] = state.stage in row["stages_seen"]
        found |= {name: row[column] for column, (name, _, _) in columns.items()}
    return found


def _ours(known: Callable[[State], Figures], state: State) -> tuple[State, int] | None:
    """The best of the touches that we can bring about, and the state in which it is."""
    own, wider = list(state.and_coarser()), list(state.in_any_stage())
    for rungs in (own, wider):
        alike = [rung for rung in rungs if _is_alike(rung, state)]
        best = _first(known, alike, _is_clear) or _first(known, alike, _may_help)
        if best is not None:
            return best
    return _first(known, [*own, *wider], _may_help)


def _is_clear(row: Figures) -> Flags:
    return row["is_ours"] & (row["difference_low"] > 0)


def _may_help(row: Figures) -> Flags:
    return row["is_ours"] & (row["difference"] > 0)


def _theirs(known: Callable[[State], Figures], state: State) -> tuple[State, int] | None:
    """The best of what customers do by themselves, and the state in which it is."""
    alike = [rung for rung in state.and_coarser() if _is_alike(rung, state)]
    return _first(known, alike, lambda row: ~row["is_ours"] & (row["difference_low"] > 0))


def _compared(known: Callable[[State], Figures], state: State) -> State:
    """The state that one is compared with: where something can be said of what came next."""
    rungs = list(state.and_coarser())
    anything = _first(known, rungs, lambda row: row["n_with"] > 0)
    best = _ours(known, state) or _theirs(known, state) or anything
    return rungs[-1] if best is None else best[0]


def _is_alike(rung: State, state: State) -> bool:
    """Whether both are silent for longer than is normal, or neither."""
    return bool(rung.band) == bool(state.band)


def _first(
    known: Callable[[State], Figures], rungs: Iterable[State], wanted: Callable[[Figures], Flags]
) -> tuple[State, int] | None:
    """The first state with a wanted touch that 30 journeys had and as many had not."""
    for rung in rungs:
        figures = known(rung)
        places = np.flatnonzero(wanted(figures) & (figures["n_without"] >= SMALL_SAMPLE))
        if len(places):
            return rung, int(places[0])
    return None


def _rows(
    log: TouchpointLog, evidence: _Evidence, state: State, least: int, *, is_coarser: bool
) -> pd.DataFrame:
    """Every next touch of a state with enough journeys."""
    stages, names = log.definitions.stage_names, log.store.touchpoint_types
    frame = pd.DataFrame(_figures(log, evidence, state, least=least))
    return frame.assign(
        state=state_words(log, state),
        is_coarser=is_coarser,
        stage=stages[state.stage]
        if state.stage is not None and state.stage < len(stages)
        else None,
        last_touchpoint=None if state.last is None else names[state.last],
        min_days_silent=min_days_silent(log, state),
    )


def _figures(log: TouchpointLog, evidence: _Evidence, state: State, *, least: int) -> Figures:
    """The figures of every next touch of a state, in their order."""
    both = evidence.of(state)
    codes = np.flatnonzero(both.n_with >= max(least, 1))
    # Without a winning rule nothing can have been won.
    known = 1.0 if log.definitions.won else np.nan
    with_it = both.won_with[codes] * known, both.n_with[codes]
    without = both.won_without[codes] * known, both.n_sure[codes]
    rate, low, high = wilson(*with_it)
    others, others_low, others_high = wilson(*without)
    gain, gain_low, gain_high = difference_of_rates(*with_it, *without)
    names = log.store.touchpoint_types
    stages_seen = _stages_seen(state, both.seen[:, codes])
    figures = {
        "stages_seen": stages_seen,
        "seen_in": _seen_in(log, state, stages_seen),
        "touchpoint": np.array([names[code] for code in codes], dtype=object),
        "is_ours": evidence.ours[codes],
        "win_rate": rate,
        "low": low,
        "high": high,
        "n_with": with_it[1],
        "without_rate": others,
        "without_low": others_low,
        "without_high": others_high,
        "n_without": both.n_without[codes],
        "difference": gain,
        "difference_low": gain_low,
        "difference_high": gain_high,
    }
    ranks = np.argsort(np.argsort(figures["touchpoint"], kind="stable"))
    order = np.lexsort((ranks, -with_it[1], -gain, ~evidence.ours[codes]))
    return {name: column[order] for name, column in figures.items()}


def _stages_seen(state: State, seen: Flags) -> npt.NDArray[np.object_]:
    """In which stages, by position, journeys had each touch next."""
    if state.stage is not None:
        return np.full(seen.shape[1], frozenset({state.stage}), dtype=object)
    return np.fromiter((frozenset(np.flatnonzero(one).tolist()) for one in seen.T), dtype=object)


def _seen_in(
    log: TouchpointLog, state: State, stages_seen: npt.NDArray[np.object_]
) -> npt.NDArray[np.object_]:
    """Where a stage is whichever: in one text, those in which journeys had each touch next."""
    if state.stage is not None:
        return np.full(len(stages_seen), None, dtype=object)
    names = [*log.definitions.stage_names, NO_STAGE_YET]
    texts = [", ".join(names[place] for place in sorted(places)) for places in stages_seen]
    return np.array(texts, dtype=object)
