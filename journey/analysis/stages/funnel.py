"""How far journeys come through the stages, how fast, and where they end."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.statistics import kaplan_meier, wilson
from journey.facts import ShardFacts
from journey.kernels.facts import UNDECIDING
from journey.kernels.select import last_of
from journey.kernels.stages import count_entries, count_fates, journeys_having_type
from journey.log import TouchpointLog
from journey.schema import OUTCOMES
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]

Stays = dict[int, tuple[Ints, Flags]]
Wait = tuple[int, int, float, float]
"""How many went on and how many did not, the median and the 90th percentile of ticks."""

WON, LOST, NO_DECISION = 0, 1, 2
NO_WAIT = 0, 0, np.nan, np.nan


@dataclass(frozen=True, eq=False)
class Entries:
    """Of the journeys in view, by ``[journey, stage]``: first entry and first way on (-1: none)."""

    entered: npt.NDArray[np.int32]
    advanced: npt.NDArray[np.int32]
    outcomes: npt.NDArray[np.uint8]
    last_stages: npt.NDArray[np.int8]

    @property
    def has_entered(self) -> Flags:
        """Journeys that ever were in the stage."""
        return self.entered >= 0

    @property
    def has_advanced(self) -> Flags:
        """Journeys that entered the next stage after it."""
        return self.advanced >= 0


def entries_of(part: Part) -> Entries:
    """Stage entries of the journeys of one shard that are in view."""
    view, facts = part
    chosen = view.journeys
    return Entries(
        facts.entered.take(chosen, axis=0),
        facts.advanced.take(chosen, axis=0),
        facts.outcomes[chosen],
        facts.last_stages[chosen],
    )


def stage_funnel(log: TouchpointLog) -> pd.DataFrame:
    """How many journeys reach each stage, and of these how many go on to the next.

    Returns
    -------
    DataFrame
        One row per stage, in order: ``stage``; ``n_journeys`` that entered it at any time;
        ``reached_share`` (of all journeys in view); ``n_in_order`` (entered it after the one
        before); ``n_advanced`` (entered the next one after it); ``conversion_rate``
        (``n_advanced`` / ``n_journeys``) with its 95 % Wilson interval ``conversion_low``,
        ``conversion_high`` (not a number for the last stage); ``n_now`` (open journeys in it).

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import Definitions, Stage, from_frame
    >>> model = Definitions(stages=(Stage("Attract", ("Ad",)), Stage("Convert", ("Demo",))))
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Ad", "Demo", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-03", "2026-01-01"])}),
    ...     definitions=model)
    >>> stage_funnel(log)[["stage", "n_journeys", "n_advanced", "conversion_rate"]]
         stage  n_journeys  n_advanced  conversion_rate
    0  Attract           2           1              0.5
    1  Convert           1           0              NaN
    """
    n_stages = len(log.definitions.stages)
    answers = log.ask_with_facts(_funnel_counts)
    counts = sum(answers, np.zeros((3, n_stages), np.int64))
    n_reached, n_advanced, n_now = counts
    rate, low, high = wilson(n_advanced, n_reached)
    is_last = np.arange(n_stages) == n_stages - 1
    return pd.DataFrame(
        {
            "stage": list(log.definitions.stage_names),
            "n_journeys": n_reached,
            "reached_share": wilson(n_reached, log.n_journeys)[0],
            "n_in_order": np.concatenate([n_reached[:1], n_advanced[:-1]]),
            "n_advanced": n_advanced,
            "conversion_rate": np.where(is_last, np.nan, rate),
            "conversion_low": np.where(is_last, np.nan, low),
            "conversion_high": np.where(is_last, np.nan, high),
            "n_now": n_now,
        }
    )


def drop_offs(log: TouchpointLog) -> pd.DataFrame:
    """What became of the journeys that entered a stage: on, or ended, or still open there.

    Returns
    -------
    DataFrame
        One row per stage but the last: ``stage``; ``n_entered``; ``n_advanced``; of those that
        never entered the next stage ``n_won`` (skipped ahead), ``n_lost``, ``n_no_decision``,
        ``n_stalled``, ``n_in_progress`` (these six add up to ``n_entered``); ``drop_off_rate``
        ((lost + no decision) / entered) with its 95 % Wilson interval ``drop_off_low``,
        ``drop_off_high``. Open journeys are never counted as dropped.

    Examples
    --------
    >>> from journey import Definitions, Stage, from_frame
    >>> stages = (Stage("Attract", ("Ad",)), Stage("Nurture", ("Demo",)))
    >>> days = [f"2026-01-0{day}" for day in (1, 3, 4, 1, 9)]
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": list("aaabb"), "touchpoint": ["Ad", "Demo", "Ad", "Ad", "Lost"],
    ...     "occurred_at": pd.to_datetime(days)}), definitions=Definitions(stages, lost=("Lost",)))
    >>> drop_offs(log)[["stage", "n_entered", "n_lost", "drop_off_rate"]].values.tolist()
    [['Attract', 2, 1, 0.5]]
    """
    n_stages = len(log.definitions.stages)
    answers = log.ask_with_facts(_drop_counts)
    shape = (n_stages, len(OUTCOMES) + 1)
    counts = sum(answers, np.zeros(shape, np.int64))[:-1]
    advanced, ended = counts[:, -1], counts[:, :-1]
    n_entered = counts.sum(axis=1)
    rate, low, high = wilson(ended[:, LOST] + ended[:, NO_DECISION], n_entered)
    return pd.DataFrame(
        {
            "stage": list(log.definitions.stage_names[:-1]),
            "n_entered": n_entered,
            "n_advanced": advanced,
            **{f"n_{name}": ended[:, code] for code, name in enumerate(OUTCOMES)},
            "drop_off_rate": rate,
            "drop_off_low": low,
            "drop_off_high": high,
        }
    )


def time_to_next_stage(log: TouchpointLog) -> pd.DataFrame:
    """Days from first entering a stage to entering the next, by Kaplan and Meier's estimate.

    Open journeys are censored at ``as_of``, decided ones at their decision, silent ones when their
    silence reached the limit of dormancy.

    Returns
    -------
    DataFrame
        One row per stage but the last: ``stage``; ``n_journeys`` that entered it;
        ``n_advanced``; ``n_censored``; ``median_days`` and ``p90_days`` until half and nine
        tenths have gone on (not a number where so many never did).

    Examples
    --------
    >>> from journey import Definitions, Stage, from_frame
    >>> stages = (Stage("Attract", ("Ad",)), Stage("Nurture", ("Demo",)))
    >>> days = [f"2026-01-0{day}" for day in (1, 3, 4, 1, 9)]
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": list("aaabb"), "touchpoint": ["Ad", "Demo", "Ad", "Ad", "Lost"],
    ...     "occurred_at": pd.to_datetime(days)}), definitions=Definitions(stages, lost=("Lost",)))
    >>> time_to_next_stage(log)[["stage", "n_advanced", "median_days"]].values.tolist()
    [['Attract', 1, 2.0]]
    """
    stages = log.definitions.stage_names
    part = partial(_stays, n_stages=len(stages))
    # Every stay weighs on the curve, so that no histogram gives it exactly: a bucket has them all.
    answers = log.ask_in_buckets_with_facts(part, _waits)
    found = {code: wait for answer in answers for code, wait in answer.items()}
    waits = [found.get(code, NO_WAIT) for code in range(len(stages) - 1)]
    n_advanced, n_censored, medians, late = np.array(waits, dtype=float).reshape(-1, 4).T
    return pd.DataFrame(
        {
            "stage": list(stages[:-1]),
            "n_journeys": (n_advanced + n_censored).astype(np.int64),
            "n_advanced": n_advanced.astype(np.int64),
            "n_censored": n_censored.astype(np.int64),
            "median_days": medians / log.ticks_per_day,
            "p90_days": late / log.ticks_per_day,
        }
    )


def last_touchpoints(log: TouchpointLog) -> pd.DataFrame:
    """The last touches of journeys that ended in a stage, beside those of journeys that went on.

    Returns
    -------
    DataFrame
        One row per stage and type: ``stage``, ``touchpoint``, ``n_last`` (journeys lost or
        without decision that never went on and whose last touch before the end it was),
        ``last_share`` (of all such journeys of the stage), ``n_went_on`` (journeys that have the
        type, of those that went on), ``went_on_share`` (of all that went on; not a number where
        none did). By stage, then ``n_last``, largest first.

    Examples
    --------
    >>> from journey import Definitions, Stage, from_frame
    >>> stages = (Stage("Attract", ("Ad",)), Stage("Nurture", ("Demo",)))
    >>> days = [f"2026-01-0{day}" for day in (1, 3, 4, 1, 9)]
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": list("aaabb"), "touchpoint": ["Ad", "Demo", "Ad", "Ad", "Lost"],
    ...     "occurred_at": pd.to_datetime(days)}), definitions=Definitions(stages, lost=("Lost",)))
    >>> last_touchpoints(log)[["stage", "touchpoint", "n_last"]].values.tolist()
    [['Attract', 'Ad', 1]]
    """
    names = log.type_names
    n_stages = len(log.definitions.stages)
    ask = partial(_last_counts, n_stages=n_stages, n_types=len(names))
    answers = log.ask_with_facts(ask)
    empty = np.zeros((n_stages, len(names)), np.int64)
    last = sum((answer[0] for answer in answers), empty)
    went_on = sum((answer[1] for answer in answers), empty)
    n_went_on, n_over = sum((answer[2] for answer in answers), np.zeros((2, n_stages), np.int64))
    stage, code = np.nonzero(last[:-1])
    frame = pd.DataFrame(
        {
            "stage": [log.definitions.stage_names[s] for s in stage],
            "touchpoint": [names[c] for c in code],
            "n_last": last[stage, code],
            "last_share": wilson(last[stage, code], n_over[stage])[0],
            "n_went_on": went_on[stage, code],
            "went_on_share": wilson(went_on[stage, code], n_went_on[stage])[0],
            "position": stage,
        }
    )
    order = ["position", "n_last", "touchpoint"]
    ranked = frame.sort_values(order, ascending=[True, False, True], ignore_index=True)
    return ranked.drop(columns="position")


def _funnel_counts(part: Part) -> Ints:
    view, facts = part
    return count_entries(
        facts.entered, facts.advanced, facts.last_stages, facts.outcomes, view.journeys
    )


def _drop_counts(part: Part) -> Ints:
    """By stage: journeys that stayed by outcome, and those that went on in the last column."""
    view, facts = part
    return count_fates(facts.entered, facts.advanced, facts.outcomes, view.journeys, len(OUTCOMES))


def _stays(part: Part, n_buckets: int, *, n_stages: int) -> list[Stays]:
    """By stage how long journeys stayed and whether they then went on, stages taking turns."""
    view, facts = part
    lengths = facts.kept("stays in stages", partial(_stays_of_all, facts))
    stays: list[Stays] = [{} for _ in range(n_buckets)]
    for stage in range(n_stages - 1):
        mine = view.journeys[lengths[stage, view.journeys] >= 0]
        stays[stage % n_buckets][stage] = lengths[stage, mine], facts.advanced[mine, stage] >= 0
    return stays


def _stays_of_all(facts: ShardFacts) -> Ints:
    """How long each journey stayed in a stage since it first entered it, by stage; -1: never."""
    ticks = facts.view.ticks
    lengths = np.full(facts.entered.shape[::-1], -1, np.int64)
    for stage, of_stage in enumerate(lengths):
        mine = np.flatnonzero(facts.entered[:, stage] >= 0)
        went_on = facts.advanced[mine, stage]
        until = facts.ended_ticks[mine]
        until[went_on >= 0] = ticks[went_on[went_on >= 0]]
        of_stage[mine] = np.maximum(until - ticks[facts.entered[mine, stage]], 0)
    return lengths


def _waits(parts: Sequence[Stays]) -> dict[int, Wait]:
    """How long it takes to go on from the stages of one bucket, all shards together."""
    waits: dict[int, Wait] = {}
    for stage in parts[0]:
        durations = np.concatenate([part[stage][0] for part in parts])
        happened = np.concatenate([part[stage][1] for part in parts])
        n_advanced = int(happened.sum())
        median, late = kaplan_meier(durations, happened, (0.5, 0.9))
        waits[stage] = n_advanced, len(happened) - n_advanced, median, late
    return waits


def _last_counts(part: Part, *, n_stages: int, n_types: int) -> tuple[Ints, Ints, Ints]:
    view, _ = part
    entries = entries_of(part)
    over = (entries.outcomes == LOST) | (entries.outcomes == NO_DECISION)
    dropped = entries.has_entered & ~entries.has_advanced & over[:, None]
    last_types = last_undeciding_types(part)
    counts = np.zeros((n_stages, n_types), np.int64)
    for stage in range(n_stages):
        mine = last_types[dropped[:, stage]]
        counts[stage] = np.bincount(mine[mine >= 0], minlength=n_types)
    having = journeys_having_type(view.types, view.offsets, entries.has_advanced, n_types)
    n_journeys = np.stack([entries.has_advanced.sum(axis=0), dropped.sum(axis=0)])
    return counts, having, n_journeys


def last_undeciding_types(part: Part) -> Ints:
    """The type of each journey's last touch in view before its end (-1: none).

    Touches that decide something count no more than what came after the end.
    """
    view, facts = part
    is_undeciding = facts.verdict_of_type == UNDECIDING
    begins, ends = view.offsets[:-1], frozen(facts.ends_in(view))
    rows = last_of(view.codes("touchpoint"), begins, ends, is_undeciding)
    last = np.full(view.n_journeys, -1, np.int64)
    last[rows >= 0] = view.types[rows[rows >= 0]]
    return last
