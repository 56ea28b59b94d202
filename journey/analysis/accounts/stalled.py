"""Which open accounts have gone silent, what that puts at risk, and what helped others."""

from functools import lru_cache, partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.accounts.at_risk import (
    Context,
    First,
    cases_of,
    first_at_risk,
    silent_ticks,
    stalled_of,
)
from journey.analysis.accounts.engaged import are_named, owners_of, people_of
from journey.analysis.accounts.next_touches import advice
from journey.analysis.accounts.silences import precedents
from journey.analysis.accounts.stakes import risks, total_at_risk
from journey.analysis.stages.outcomes import (
    instants,
    last_values,
    names_of_stages,
    values_at_win,
)
from journey.facts import ShardFacts
from journey.kernels.facts import WON
from journey.log import TouchpointLog
from journey.percentiles import Cells, Targets, first_cells, percentiles, within
from journey.store.view import View
from journey.wording import time_span

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Columns = dict[str, npt.NDArray[Any]]
Part = tuple[View, ShardFacts]

STALLED_COLUMNS = (
    "account_id",
    "owner",
    "stage",
    "days_silent",
    "normal_days",
    "n_gaps",
    "normal_of",
    "last_touchpoint",
    "last_at",
    "value_at_risk",
    "deal_value",
    "is_median_value",
    "win_rate_after_touch",
    "n_after_touch",
    "win_rate_silent",
    "n_silent",
    "precedent_days",
    "n_people",
    "people",
    "missing_roles",
    "next_touchpoint",
    "next_is_clear",
    "next_win_rate",
    "next_low",
    "next_high",
    "n_next",
    "next_without_rate",
    "n_next_without",
    "next_state",
    "next_seen_in",
    "next_is_of_own_stage",
    "return_touchpoint",
    "return_win_rate",
    "n_return",
    "return_without_rate",
    "n_return_without",
    "return_state",
    "reason",
)


MOST_REASONS: Final = 16_384
"""Reasons that are remembered: filters seldom change how long a journey was silent."""

_MAY_LACK = (
    *("owner", "stage", "next_touchpoint", "next_state", "next_seen_in"),
    *("return_touchpoint", "return_state"),
)


def stalled_accounts(log: TouchpointLog, *, limit: int | None = None) -> pd.DataFrame:
    """Open journeys silent for longer than is normal in their stage, most value at risk first.

    Normal silence of a stage is the 90th percentile of the gaps between neighbouring touches
    among journeys that later went beyond it (of all gaps of the log where there are fewer than
    20). Value at risk is the deal value, or else the median value of won journeys, times the
    share that won of journeys in the stage before they were decided, less the share of those ever
    silent so long there by then; where none was, of those silent longest; 0 where these won no
    less. It is unknown (not a number) where there is no winning rule, no value, or no decided
    journey in the stage. The next touch is the one of ours that went with most wins in the same
    state or a wider one (see :func:`next_best_touches`); unnamed visitors, whom nobody can call,
    get none and lack no roles. Rates are counted over the whole log, whatever is in view.

    Parameters
    ----------
    limit
        Only so many, the first of the list; none: all of them.

    Returns
    -------
    DataFrame
        One row per journey: ``account_id``, ``owner``, ``stage``, ``days_silent``, ``normal_days``,
        ``n_gaps`` behind it, ``normal_of`` (``stage`` where these are the stage's own, else
        ``log``), ``last_touchpoint``, ``last_at``, ``value_at_risk``, ``deal_value``,
        ``is_median_value`` (it has none of its own), ``win_rate_after_touch`` (of
        ``n_after_touch``), ``win_rate_silent`` (of ``n_silent`` silent for ``precedent_days`` or
        longer: as long as this one, or as the longest), ``n_people``, ``people``,
        ``missing_roles``; ``next_touchpoint``, ``next_is_clear`` (beyond chance), ``next_win_rate``
        (of ``n_next``, at least 30; 95 % interval ``next_low``, ``next_high``),
        ``next_without_rate`` (of ``n_next_without``: an association, no proof), ``next_state``
        (compared, in words), ``next_seen_in`` (if in any stage: in which),
        ``next_is_of_own_stage`` (it was seen in the account's own, among others or alone); the
        same of what customers did by themselves: ``return_touchpoint``, ``return_win_rate`` (of
        ``n_return``), ``return_without_rate`` (of ``n_return_without``), ``return_state``;
        ``reason``.

    Examples
    --------
    >>> from journey import from_frame
    >>> days = pd.to_datetime(["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-09"])
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b", "b"], "occurred_at": days, "touchpoint": "Call"}))
    >>> stalled_accounts(log)[["account_id", "days_silent"]].values.tolist()
    [['a', 7.0]]
    """
    rows = _listed(log, limit)
    return _frame(log, rows) if rows else pd.DataFrame(columns=list(STALLED_COLUMNS))


def first_stalled(log: TouchpointLog) -> tuple[str, str | None, float] | None:
    """The first of :func:`stalled_accounts`: its id, stage and days of silence; none if none is."""
    rows = _listed(log, 1)
    if not rows or not len(rows["account_id"]):
        return None
    return rows["account_id"][0], rows["stage"][0], float(rows["days_silent"][0])


def _listed(log: TouchpointLog, limit: int | None) -> Columns:
    """What is known of the first of the list, in its order; nothing of a log without shards."""
    context = _context(log)
    first = None if limit is None else first_at_risk(log, context, limit)
    parts = log.ask_with_facts(partial(_shard_rows, context=context, first=first))
    if not parts:
        return {}
    rows = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return _ranked(rows | _chances(log, rows, context), limit)


def _ranked(rows: Columns, limit: int | None) -> Columns:
    order = np.lexsort((rows["account_id"], -rows["days_silent"], -rows["value_at_risk"]))[:limit]
    return {name: column[order] for name, column in rows.items()}


def normal_silence(log: TouchpointLog) -> pd.DataFrame:
    """The silence that is normal in each stage, by which journeys count as stalled.

    Returns
    -------
    DataFrame
        One row per stage in order: ``stage``, ``normal_days``, ``n_gaps`` behind it, ``is_own``
        (they are of journeys that went beyond the stage; else these are too few and all gaps of
        the log serve).
    """
    silence = log.silence
    return pd.DataFrame(
        {
            "stage": log.definitions.stage_names,
            "normal_days": silence.normal_ticks[:-1] / log.ticks_per_day,
            "n_gaps": silence.n_behind[:-1],
            "is_own": silence.is_own[:-1],
        }
    )


def value_at_risk(log: TouchpointLog) -> float:
    """The value at risk of all stalled journeys in view: what the list of them adds up to.

    Returns
    -------
    float
        Not a number where it is known of none.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": "a", "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-02"]),
    ...     "touchpoint": ["Ad", "Demo"]}))
    >>> value_at_risk(log)  # nothing counts as a win
    nan
    """
    context = _context(log)
    return total_at_risk(log, context) if context.has_won_rule else float("nan")


def median_won_value(log: TouchpointLog) -> float:
    """The median value of all wins as they were made, not a number where none is known."""
    return log.once(_median_won_value)


def _median_won_value(log: TouchpointLog) -> float:
    first = log.ask_with_facts(_count_won_values)
    _, medians = percentiles(first, log.ask_with_facts, _won_values_within, [(0, 50)], 1)
    return float(medians[0])


def _count_won_values(part: Part) -> Cells:
    return first_cells(*_won_values(part), 1)


def _won_values_within(part: Part, targets: Targets) -> tuple[Ints, Ints]:
    return within(*_won_values(part), targets)


def _won_values(part: Part) -> tuple[Ints, Floats]:
    """The known values of wins, all in one group."""
    _, facts = part
    values = values_at_win(facts, np.flatnonzero(facts.outcomes == WON))
    known = values[values > 0]
    return np.zeros(len(known), np.int64), known


def _context(log: TouchpointLog) -> Context:
    definitions = log.definitions
    return Context(
        definitions.stage_names,
        definitions.expected_roles,
        bool(definitions.won),
        median_won_value(log),
        log.as_of_tick,
        log.ticks_per_day,
    )


def _shard_rows(part: Part, *, context: Context, first: First | None) -> Columns:
    """Stalled journeys of one shard: all, or those among the first of the list."""
    chosen = stalled_of(part) if first is None else first.of(part, context)
    return _rows_of(part[1], chosen, context)


def _rows_of(facts: ShardFacts, chosen: Ints, context: Context) -> Columns:
    """What a shard knows of some of its stalled journeys."""
    whole, silence = facts.view, facts.silence
    stages, last = facts.last_stages[chosen], facts.last_rows[chosen]
    silent = silent_ticks(facts, chosen, context)
    own, is_named = last_values(facts, chosen), are_named(whole, chosen)
    people = people_of(whole, chosen, context.expected_roles)
    people["missing_roles"][~is_named] = ""
    return {
        "account_id": np.array(cases_of(whole, chosen), dtype=object),
        "owner": np.array(owners_of(whole, chosen), dtype=object),
        "stage": np.array(names_of_stages(context.stages, stages), dtype=object),
        "days_silent": silent / context.ticks_per_day,
        "normal_days": silence.normal_ticks[stages] / context.ticks_per_day,
        "n_gaps": silence.n_behind[stages],
        "is_own": silence.is_own[stages],
        "last_touchpoint": np.array(whole.type_names, dtype=object)[whole.types[last]],
        "last_at": whole.ticks[last].astype(np.int64),
        "deal_value": np.where(np.isnan(own), context.median_value, own),
        "is_median_value": np.isnan(own) & ~np.isnan(context.median_value),
        **people,
        "is_named": is_named,
        "stage_code": stages,
        "last_code": whole.types[last].astype(np.int64),
        "silent_ticks": silent,
    }


def _frame(log: TouchpointLog, rows: Columns) -> pd.DataFrame:
    """The list, with what helped others and why."""
    advised = advice(
        log,
        rows["stage_code"],
        rows["last_code"],
        rows["silent_ticks"],
        is_advised=rows["is_named"],
    )
    columns: dict[str, Any] = rows | advised
    for name in _MAY_LACK:
        columns[name] = pd.Series(columns[name], dtype=object)
    columns["last_at"] = instants(log.store, rows["last_at"])
    columns["normal_of"] = np.where(rows["is_own"], "stage", "log")
    told = (rows[name].tolist() for name in ("days_silent", "normal_days", "stage", "is_own"))
    columns["reason"] = [_reason(*row) for row in zip(*told, strict=True)]
    return pd.DataFrame({name: columns[name] for name in STALLED_COLUMNS})


def _chances(log: TouchpointLog, rows: Columns, context: Context) -> Columns:
    """Shares that won: of all that were in the stage, and of those ever silent so long there."""
    stages, silent, n_stages = rows["stage_code"], rows["silent_ticks"], len(context.stages)
    places = np.where(stages < 0, n_stages, stages)
    evidence = precedents(log, [silent[places == place] for place in range(n_stages + 1)])
    rates, counts = np.full((2, len(stages)), np.nan), np.zeros((2, len(stages)), np.int64)
    compared = np.full(len(stages), np.nan)
    for stage in np.unique(stages):
        mine = np.flatnonzero(stages == stage)
        for row, ticks in enumerate((np.zeros_like(silent[mine]), silent[mine])):
            rates[row, mine], counts[row, mine], known = evidence[stage].after_silence(ticks)
            days = known / context.ticks_per_day
            compared[mine] = np.where(counts[row, mine] > 0, days, np.nan)
    if not context.has_won_rule:
        rates[:] = np.nan
    return {
        "win_rate_after_touch": rates[0],
        "n_after_touch": counts[0],
        "win_rate_silent": rates[1],
        "n_silent": counts[1],
        "precedent_days": compared,
        "value_at_risk": risks(rows["deal_value"], rates[0], rates[1]),
    }


@lru_cache(maxsize=MOST_REASONS)
def _reason(days: float, normal: float, stage: str | None, is_own: bool) -> str:  # noqa: FBT001 -- one of a row's values
    place = f" in {stage}" if stage else ""
    whose = "of those that moved on" if is_own else "in the whole log"
    silent, usual = silence_words(days, normal) or ("longer", "that")
    return f"Silent {silent}{place}; 9 of 10 waits {whose} lasted at most {usual}."


def silence_words(days: float, normal: float) -> tuple[str, str] | None:
    """A silence and the normal one, as short as they can be told apart; none where they can't.

    Examples
    --------
    >>> silence_words(60.1, 10.2), silence_words(10.4, 10.2)
    (('60 days', '10 days'), ('10.4 days', '10.2 days'))
    >>> silence_words(10.001, 10.0) is None
    True
    """
    texts = (
        (time_span(days, digits=digits), time_span(normal, digits=digits)) for digits in (0, 1, 2)
    )
    return next((pair for pair in texts if pair[0] != pair[1]), None)
