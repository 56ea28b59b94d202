"""What all stalled journeys put at risk together, added up without a list of them.

What a silence costs of the chance to win is known once all decided journeys of its stage that were
silent for as long are counted. Stalled and decided journeys are dealt out by their silence, and
each bucket adds up its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from journey.analysis.accounts.at_risk import Context, deal_values, silent_ticks, stalled_of
from journey.analysis.accounts.silences import Precedent, rough_precedents
from journey.facts import ShardFacts
from journey.log import TouchpointLog
from journey.silence import Silent
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Part = tuple[View, ShardFacts]


@dataclass(frozen=True, eq=False)
class Stakes:
    """Of one shard and stage: the stalled journeys of one bucket, and who was silent as long.

    ``n_decided_from[k]`` decided journeys of the shard were silent for ``decided[k]`` or longer,
    and ``n_won_from[k]`` of them won; the last entries are those silent for longer than any here.
    """

    silences: Ints
    values: Floats
    decided: Ints
    n_decided_from: Ints
    n_won_from: Ints


def total_at_risk(log: TouchpointLog, context: Context) -> float:
    """The value at risk of all stalled journeys in view, not a number where none is known."""
    evidence = tuple(rough_precedents(log)[:-1])
    question = partial(_dealt, context=context, evidence=evidence)
    merge = partial(_added_up, win_rates=[_win_rate(one) for one in evidence])
    buckets = log.ask_in_buckets_with_facts(question, merge)
    known = [total for total, n_known in buckets if n_known]
    return float(sum(known)) if known else float("nan")


def risks(values: Floats, rates_after_touch: Floats | float, rates_silent: Floats) -> Floats:
    """Deal values times the chance to win that the silence costs."""
    return values * np.maximum(rates_after_touch - rates_silent, 0.0)


def _win_rate(evidence: Precedent) -> float:
    """Of all decided journeys that were in the stage; not a number where none was."""
    n_decided = int(evidence.n_decided[0])
    return int(evidence.n_won[0]) / n_decided if n_decided else float("nan")


def _dealt(
    part: Part, n_buckets: int, *, context: Context, evidence: Sequence[Precedent]
) -> list[list[Stakes]]:
    """For each bucket what a shard has of it, by stage."""
    _, facts = part
    chosen = stalled_of(part)
    stages = facts.last_stages[chosen]
    silences, values = silent_ticks(facts, chosen, context), deal_values(facts, chosen, context)
    found: list[list[Stakes]] = [[] for _ in range(n_buckets)]
    for stage, (silent, known) in enumerate(zip(facts.silent, evidence, strict=True)):
        mine = np.flatnonzero(stages == stage)
        # Where none was ever silent for so long, those silent longest tell.
        lasted = np.minimum(silences[mine], known.longest)
        cells = np.linspace(0, len(known.asked), n_buckets + 1).astype(np.int64)[1:-1]
        borders = known.asked[cells]
        buckets = np.searchsorted(borders, lasted, side="right")
        ends = [0, *np.searchsorted(silent.silences, borders).tolist(), len(silent.silences)]
        for bucket, stakes in enumerate(found):
            inside = buckets == bucket
            stakes.append(
                _stakes(lasted[inside], values[mine[inside]], silent, *ends[bucket : bucket + 2])
            )
    return found


def _stakes(silences: Ints, values: Floats, silent: Silent, begin: int, end: int) -> Stakes:
    """One bucket of a stage, with the decided journeys from one place to before another."""
    n_decided = len(silent.silences)
    return Stakes(
        silences,
        values,
        silent.silences[begin:end],
        np.arange(n_decided - begin, n_decided - end - 1, -1),
        silent.n_won_from[begin : end + 1],
    )


def _added_up(
    parts: Sequence[Sequence[Stakes]], *, win_rates: Sequence[float]
) -> tuple[float, int]:
    """What the stalled journeys of a bucket have at risk, and of how many that is known."""
    total, n_known = 0.0, 0
    for win_rate, shards in zip(win_rates, zip(*parts, strict=True), strict=True):
        silences = np.concatenate([shard.silences for shard in shards])
        values = np.concatenate([shard.values for shard in shards])
        n_decided, n_won = np.zeros((2, len(silences)), np.int64)
        for shard in shards:
            at = np.searchsorted(shard.decided, silences)
            n_decided += shard.n_decided_from[at]
            n_won += shard.n_won_from[at]
        with np.errstate(divide="ignore", invalid="ignore"):
            at_risk = risks(values, win_rate, n_won / n_decided)
        total += float(np.nansum(at_risk))
        n_known += int(np.sum(~np.isnan(at_risk)))
    return total, n_known
