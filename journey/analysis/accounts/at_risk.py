"""The stalled journeys with most value at risk, found without a list of all.

What a silence costs of the chance to win is known at some lengths, and between them within limits.
Each shard ranks its journeys by what is at risk at least, and tells the first of them. Where one
that is left out could still be worth more, the lengths around it are asked about, until none can.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from journey.analysis.accounts.silences import (
    Precedent,
    finer_silences,
    precedents,
    rough_precedents,
)
from journey.analysis.stages.outcomes import last_values
from journey.facts import ShardFacts
from journey.kernels.facts import STALLED
from journey.log import TouchpointLog
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Part = tuple[View, ShardFacts]
Rank = tuple[float, float, str]
Cell = tuple[int, int]


@dataclass(frozen=True)
class Context:
    """What the rows of stalled journeys take from the whole log."""

    stages: tuple[str, ...]
    expected_roles: tuple[str, ...]
    has_won_rule: bool
    median_value: float
    as_of: int
    ticks_per_day: float


@dataclass(frozen=True)
class First:
    """The first of the list, by what is known: those no later than the last of them."""

    evidence: tuple[Precedent, ...]
    last: Rank | None

    def of(self, part: Part, context: Context) -> Ints:
        """Which journeys of a shard are among them."""
        ranked = _ranked(part, context, self.evidence)
        if self.last is None:
            return ranked["journey"].to_numpy(np.int64)
        value, days, account = self.last
        is_before = (ranked["value"] < value) | (
            (ranked["value"] == value)
            & (
                (ranked["days"] < days)
                | ((ranked["days"] == days) & (ranked["account_id"] <= account))
            )
        )
        return ranked["journey"].to_numpy(np.int64)[is_before.to_numpy()]


def first_at_risk(log: TouchpointLog, context: Context, limit: int) -> First:
    """Find which journeys are the first of the list, asking for ever finer silences."""
    evidence = tuple(rough_precedents(log))
    while True:
        question = partial(_best, context=context, evidence=evidence, limit=max(limit, 1))
        parts = log.ask_with_facts(question)
        ranks = sorted(rank for best, _ in parts for rank, _, _ in best)
        if len(ranks) < max(limit, 1):
            return First(evidence, None)
        last = ranks[max(limit, 1) - 1]
        doubtful = _doubtful(parts, last)
        if not doubtful:
            return First(evidence, last)
        evidence = tuple(precedents(log, finer_silences(evidence, doubtful)))


_Best = tuple[list[tuple[Rank, float, Cell]], dict[Cell, float]]
"""The first journeys of a shard: their rank by what is at risk at least, what is at most, and the
cell of their silence; and what is at most at risk in the cells of all others."""


def _doubtful(parts: Sequence[_Best], last: Rank) -> list[Cell]:
    """Cells with a journey that is not among the first but could be, the likeliest first."""
    most: dict[Cell, float] = {}
    for best, others in parts:
        left_out = [(cell, value) for rank, value, cell in best if rank > last]
        for cell, value in [*left_out, *others.items()]:
            if -np.inf < value >= -last[0]:
                most[cell] = max(value, most.get(cell, value))
    return sorted(most, key=lambda cell: (-most[cell], cell))


def _best(part: Part, *, context: Context, evidence: Sequence[Precedent], limit: int) -> _Best:
    ranked = _ranked(part, context, evidence)
    is_known = (ranked["most"] == -ranked["value"]) | ranked["most"].isna()
    ranked["most"] = ranked["most"].where(~is_known, -np.inf)
    columns = ("value", "days", "account_id", "most", "stage", "cell")
    rows = zip(*(ranked[name].head(limit).tolist() for name in columns), strict=True)
    best = [((value, days, who), most, (at, cell)) for value, days, who, most, at, cell in rows]
    others = ranked.iloc[limit:]
    doubtful = others[others["most"] > -np.inf].groupby(["stage", "cell"])["most"].max()
    cells = doubtful.reset_index()
    keys = zip(cells["stage"].tolist(), cells["cell"].tolist(), strict=True)
    return best, dict(zip(keys, cells["most"].tolist(), strict=True))


def _ranked(part: Part, context: Context, evidence: Sequence[Precedent]) -> pd.DataFrame:
    """Stalled journeys of a shard in the order of the list, by what is at risk at least.

    ``value`` and ``days`` are negative, so that what sorts first comes first; what has no value at
    risk comes last.
    """
    _, facts = part
    chosen = stalled_of(part)
    silent, stages = silent_ticks(facts, chosen, context), facts.last_stages[chosen]
    least, most = np.full((2, len(chosen)), np.nan)
    cells = np.zeros(len(chosen), np.int64)
    for stage in np.unique(stages) if context.has_won_rule else ():
        mine = stages == stage
        least[mine], most[mine], cells[mine] = evidence[stage].lost_chance(silent[mine])
    values = deal_values(facts, chosen, context)
    at_risk = np.sort([values * least, values * most], axis=0)
    frame = pd.DataFrame(
        {
            "value": np.where(np.isnan(at_risk[0]), np.inf, -at_risk[0]),
            "days": -silent / context.ticks_per_day,
            "account_id": pd.Series(cases_of(facts.view, chosen), dtype=object),
            "most": at_risk[1],
            "stage": stages,
            "cell": cells,
            "journey": chosen,
        }
    )
    return frame.sort_values(["value", "days", "account_id"], ignore_index=True)


def stalled_of(part: Part) -> Ints:
    """The stalled journeys in view of a shard."""
    view, facts = part
    return view.journeys[facts.outcomes[view.journeys] == STALLED]


def silent_ticks(facts: ShardFacts, chosen: Ints, context: Context) -> Ints:
    """How long some journeys have been silent."""
    return context.as_of - facts.view.ticks[facts.last_rows[chosen]].astype(np.int64)


def deal_values(facts: ShardFacts, chosen: Ints, context: Context) -> npt.NDArray[np.float64]:
    """The deal values of some journeys; the median won value where they have none."""
    own = last_values(facts, chosen)
    return np.where(np.isnan(own), context.median_value, own)


def cases_of(view: View, chosen: Ints) -> list[Any]:
    """The names of some journeys."""
    names = view.store.dictionaries[view.store.case_role]
    return names.take(pa.array(view.shard.cases[chosen], pa.int64())).to_pylist()
