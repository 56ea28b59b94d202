"""Which open accounts have gone silent, what that puts at risk, and what helped others."""

from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from journey.analysis.frames import none_for_missing
from journey.analysis.outcomes import instants, last_values, stage_names_of
from journey.analysis.precedents import Precedent, precedents
from journey.facts import ShardFacts
from journey.kernels.facts import STALLED, WON
from journey.kernels.select import rows_of_ranges
from journey.log import TouchpointLog
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Stages = npt.NDArray[np.int8]
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
    "next_is_ours",
    "next_win_rate",
    "next_low",
    "next_high",
    "n_next",
    "next_without_rate",
    "n_next_without",
    "reason",
)


def stalled_accounts(log: TouchpointLog) -> pd.DataFrame:
    """Open journeys silent for longer than is normal in their stage, most value at risk first.

    Normal silence of a stage is the 90th percentile of the gaps between neighbouring touches
    among journeys that later went beyond it (of all gaps of the log where there are fewer than
    20). Value at risk is the deal value, or else the median value of won journeys, times the
    share that won of decided journeys in the stage, less the share of those ever silent so long
    there; where none was, of those silent longest. It is unknown (not a number) where there is no
    winning rule, no value, or no decided journey in the stage. The next touch is the one that
    ended such a silence and went with most wins: one that we can bring about, by its direction or
    its name, or else what customers did by themselves; journeys whose silence a deciding touch
    ended are on neither side of that comparison.
    Rates are counted over the whole log, whatever is in view.

    Returns
    -------
    DataFrame
        One row per journey: ``account_id``, ``owner``, ``stage``, ``days_silent``,
        ``normal_days``, ``n_gaps`` behind it, ``normal_of`` (``stage`` where these are the
        stage's own, else ``log``), ``last_touchpoint``, ``last_at``,
        ``value_at_risk``, ``deal_value``, ``is_median_value`` (the journey has none of its own),
        ``win_rate_after_touch`` (of ``n_after_touch``), ``win_rate_silent`` (of ``n_silent``
        silent for ``precedent_days`` or longer: as long as this one, or as the longest),
        ``n_people``, ``people``, ``missing_roles``, ``next_touchpoint``, ``next_is_ours``,
        ``next_win_rate`` (of ``n_next``, at least 30; 95 % interval ``next_low``,
        ``next_high``), ``next_without_rate`` (of ``n_next_without``: an association, no proof),
        ``reason``.
    """
    ask = partial(
        _shard_rows, log=log, evidence=precedents(log), median_value=median_won_value(log)
    )
    parts = [ask(part) for part in zip(log.views, log.facts.shards, strict=True)]
    if not parts:
        return pd.DataFrame(columns=list(STALLED_COLUMNS))
    names = ["owner", "stage", "next_touchpoint"]
    frame = none_for_missing(pd.concat(parts, ignore_index=True), names)
    keys = ["value_at_risk", "days_silent", "account_id"]
    return frame.sort_values(keys, ascending=[False, False, True], ignore_index=True)


def normal_silence(log: TouchpointLog) -> pd.DataFrame:
    """The silence that is normal in each stage, by which journeys count as stalled.

    Returns
    -------
    DataFrame
        One row per stage in order: ``stage``, ``normal_days``, ``n_gaps`` behind it, ``is_own``
        (they are of journeys that went beyond the stage; else these are too few and all gaps of
        the log serve).
    """
    silence = log.facts.silence
    return pd.DataFrame(
        {
            "stage": log.definitions.stage_names,
            "normal_days": silence.normal_ticks[:-1] / log.ticks_per_day,
            "n_gaps": _gaps_behind(log)[:-1],
            "is_own": silence.is_own[:-1],
        }
    )


def median_won_value(log: TouchpointLog) -> float:
    """The median value of won journeys of the whole log, not a number where none is known."""
    values = [
        last_values(facts.view, facts, shard_journeys=np.flatnonzero(facts.outcomes == WON))
        for facts in log.facts.shards
    ]
    known = np.concatenate([np.empty(0), *values])
    known = known[~np.isnan(known)]
    return float(np.median(known)) if len(known) else float("nan")


def _gaps_behind(log: TouchpointLog) -> Ints:
    """By stage (last: before any) how many gaps its normal silence is read from."""
    silence = log.facts.silence
    n_all = sum(
        facts.view.n_touchpoints - int(np.count_nonzero(np.diff(facts.view.offsets)))
        for facts in log.facts.shards
    )
    return np.where(silence.is_own, silence.n_gaps, n_all)


def _shard_rows(
    part: Part, *, log: TouchpointLog, evidence: Sequence[Precedent], median_value: float
) -> pd.DataFrame:
    """Rows of the stalled journeys of one shard, in its order."""
    view, facts = part
    chosen = view.journeys[facts.outcomes[view.journeys] == STALLED]
    whole, stages, last = facts.view, facts.last_stages[chosen], facts.last_rows[chosen]
    ticks = whole.ticks[last].astype(np.int64)
    own = last_values(view, facts, shard_journeys=chosen)
    cases = log.store.dictionaries[log.store.case_role]
    frame = pd.DataFrame(
        {
            "account_id": cases.take(_indices(whole.shard.cases[chosen])).to_pylist(),
            "owner": _owners(log, whole, chosen),
            "stage": stage_names_of(log, stages),
            "days_silent": (log.as_of_tick - ticks) / log.ticks_per_day,
            "normal_days": log.facts.silence.normal_ticks[stages] / log.ticks_per_day,
            "n_gaps": _gaps_behind(log)[stages],
            "normal_of": np.where(log.facts.silence.is_own[stages], "stage", "log"),
            "last_touchpoint": [whole.type_names[code] for code in whole.types[last]],
            "last_at": instants(log, ticks),
            "deal_value": np.where(np.isnan(own), median_value, own),
            "is_median_value": np.isnan(own) & ~np.isnan(median_value),
            **_chances(evidence, stages, log.as_of_tick - ticks, log.ticks_per_day),
            **_people(log, whole, chosen),
            **_next_touches(evidence, stages),
        }
    )
    if not log.definitions.won:
        frame[["win_rate_after_touch", "win_rate_silent"]] = np.nan
    lost_chance = frame["win_rate_after_touch"] - frame["win_rate_silent"]
    frame["value_at_risk"] = frame["deal_value"] * lost_chance.clip(lower=0.0)
    frame["reason"] = _reasons(frame, log.facts.silence.is_own[stages])
    return frame[list(STALLED_COLUMNS)]


def _chances(
    evidence: Sequence[Precedent], stages: Stages, silent: Ints, ticks_per_day: float
) -> dict[str, object]:
    """Shares that won: of all that were in the stage, and of those ever silent so long there."""
    rates, counts = np.full((2, len(stages)), np.nan), np.zeros((2, len(stages)), np.int64)
    compared = np.full(len(stages), np.nan)
    for stage in np.unique(stages):
        mine = np.flatnonzero(stages == stage)
        known = evidence[stage].longest_known(silent[mine])
        for row, ticks in enumerate((np.zeros_like(known), known)):
            rates[row, mine], counts[row, mine] = evidence[stage].after_silence(ticks)
        compared[mine] = np.where(counts[1, mine] > 0, known / ticks_per_day, np.nan)
    return {
        "win_rate_after_touch": rates[0],
        "n_after_touch": counts[0],
        "win_rate_silent": rates[1],
        "n_silent": counts[1],
        "precedent_days": compared,
    }


def _next_touches(evidence: Sequence[Precedent], stages: Stages) -> dict[str, object]:
    """The best next touch of each journey's stage, with its evidence."""
    touches = [evidence[stage].next_touch for stage in stages]
    return {
        "next_touchpoint": [touch.touchpoint for touch in touches],
        "next_is_ours": np.array([touch.is_ours for touch in touches], dtype=bool),
        "next_win_rate": np.array([touch.win_rate for touch in touches], dtype=float),
        "next_low": np.array([touch.low for touch in touches], dtype=float),
        "next_high": np.array([touch.high for touch in touches], dtype=float),
        "n_next": np.array([touch.n_with for touch in touches], dtype=np.int64),
        "next_without_rate": np.array([touch.without_rate for touch in touches], dtype=float),
        "n_next_without": np.array([touch.n_without for touch in touches], dtype=np.int64),
    }


def _reasons(frame: pd.DataFrame, is_own: npt.NDArray[np.bool_]) -> list[str]:
    columns = (frame[name].tolist() for name in ("days_silent", "normal_days", "stage"))
    return [_reason(*row) for row in zip(*columns, is_own.tolist(), strict=True)]


def _reason(days: float, normal: float, stage: str | None, is_own: bool) -> str:  # noqa: FBT001 -- one of a row's values
    place = f" in {stage}" if stage else ""
    where = "where others moved on" if is_own else "in the whole log"
    texts = ((_length(days, digits), _length(normal, digits)) for digits in (0, 1, 2))
    # As short as it can be while the two can be told apart.
    silent, usual = next((pair for pair in texts if pair[0] != pair[1]), ("longer", "that"))
    return f"Silent {silent}{place}; {where}, 9 of 10 pauses were at most {usual}."


def _length(days: float, digits: int) -> str:
    """Days in words, in the unit that fits."""
    for noun, per_day in (("day", 1), ("hour", 24), ("minute", 1440)):
        shown = f"{days * per_day:.{digits}f}"
        if float(shown) >= 1:
            return f"{shown} {noun}{'' if shown == '1' else 's'}"
    return "less than a minute"


def _people(log: TouchpointLog, view: View, chosen: Ints) -> dict[str, object]:
    """Known people of each journey in the order they appear, and the expected roles they lack."""
    store, n_chosen = log.store, len(chosen)
    expected = log.definitions.expected_roles
    met = np.zeros((n_chosen, len(expected)), dtype=bool)
    names: list[Any] = []
    n_people = np.zeros(n_chosen, np.int64)
    if "person_id" in store.text_columns:
        owners, codes = _codes(view, "person_id", chosen)
        pairs = pd.DataFrame({"owner": owners, "code": codes}).drop_duplicates()
        owners, people = pairs["owner"].to_numpy(), _indices(pairs["code"].to_numpy())
        n_people = np.bincount(owners, minlength=n_chosen)
        names = store.dictionaries["person_id"].take(people).to_pylist()
        if "role" in store.people.column_names:
            roles = np.array(store.people["role"].take(people).to_pylist(), dtype=object)
            for place, role in enumerate(expected):
                met[owners[roles == role], place] = True
    ends = np.concatenate([[0], np.cumsum(n_people)]).tolist()
    return {
        "n_people": n_people,
        "people": ["; ".join(names[begin:end]) for begin, end in pairwise(ends)],
        "missing_roles": [
            "; ".join(role for role, known in zip(expected, row, strict=True) if not known)
            for row in met.tolist()
        ],
    }


def _owners(log: TouchpointLog, view: View, chosen: Ints) -> list[str | None]:
    """The owner of each account, or else the last one named on a touch."""
    store = log.store
    if "owner" in store.accounts.column_names:
        accounts = store.journey_accounts(view.shard)[chosen]
        return store.accounts["owner"].take(_indices(accounts)).to_pylist()
    if "owner" not in store.text_columns:
        return [None] * len(chosen)
    journeys, codes = _codes(view, "owner", chosen)
    last = pd.Series(codes).groupby(journeys).last()
    names = store.dictionaries["owner"].to_pylist()
    return [names[code] for code in last.reindex(range(len(chosen)), fill_value=-1)]


def _codes(view: View, column: str, chosen: Ints) -> tuple[Ints, Ints]:
    """Codes that aren't null of the chosen journeys' touches, each with the journey's place."""
    rows = rows_of_ranges(view.offsets[:-1], view.offsets[1:], chosen)
    codes = view.codes_of_rows(column, rows).astype(np.int64)
    places = np.repeat(np.arange(len(chosen)), np.diff(view.offsets)[chosen])
    dictionary = view.store.dictionaries[column]
    known = codes < len(dictionary) - dictionary.null_count
    return places[known], codes[known]


def _indices(codes: npt.NDArray[Any]) -> pa.Int64Array:
    return pa.array(codes, pa.int64())
