"""The stalled journeys with most value at risk, found without a list of all.

What a silence costs of the chance to win is known at some lengths, and between them within limits.
Each shard ranks its journeys by what is at risk at least, and tells the first of them. Where one
that is left out could still be worth more, the lengths around it are asked about, until none can.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
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
Floats = npt.NDArray[np.float64]
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
        found = _at_risk(part, context, self.evidence)
        if self.last is None:
            return found.journeys
        value, days, account = self.last
        is_before = (found.value < value) | ((found.value == value) & (found.days < days))
        tied = np.flatnonzero((found.value == value) & (found.days == days))
        names = cases_of(part[1].view, found.journeys[tied])
        is_before[tied] = [name <= account for name in names]
        return found.journeys[is_before]


def first_at_risk(log: TouchpointLog, context: Context, limit: int) -> First:
    """Find which journeys are the first of the list, asking for ever finer silences."""
    evidence = tuple(rough_precedents(log))
    while True:
        question = partial(_best, context=context, evidence=evidence, limit=max(limit, 1))
        parts = log.ask_with_facts(question)
        ranked = merge(*(best for best, _ in parts), key=itemgetter(0))
        found = next(islice(ranked, max(limit, 1) - 1, None), None)
        if found is None:
            return First(evidence, None)
        last = found[0]
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
    found = _at_risk(part, context, evidence)
    value, most = found.value, np.where(found.most == -found.value, -np.inf, found.most)
    # Only those that may be among the first are put in order.
    border = np.partition(value, limit - 1)[limit - 1] if limit < len(value) else np.inf
    among = np.flatnonzero(value <= border)
    names = np.array(cases_of(part[1].view, found.journeys[among]), dtype=object)
    order = np.lexsort((names, found.days[among], value[among]))[:limit]
    first = among[order]
    ranks = zip(value[first].tolist(), found.days[first].tolist(), names[order], strict=True)
    best = list(zip(ranks, most[first].tolist(), found.cells_of(first), strict=True))
    # The others can't come before the last of these with less at risk at most.
    is_other = most >= -border
    is_other[first] = False
    others: dict[Cell, float] = {}
    for cell, least in zip(found.cells_of(is_other), most[is_other].tolist(), strict=True):
        others[cell] = max(least, others.get(cell, least))
    return best, others


@dataclass(frozen=True, eq=False)
class _AtRisk:
    """Stalled journeys of a shard by what is at risk at least, and at most.

    ``value`` and ``days`` are negative, so that what is smallest comes first; what has no value at
    risk comes last.
    """

    journeys: Ints
    value: Floats
    days: Floats
    most: Floats
    stages: npt.NDArray[np.int8]
    cells: Ints

    def cells_of(self, chosen: npt.NDArray[Any]) -> list[Cell]:
        """Stage and cell of the silence of some of them."""
        return list(zip(self.stages[chosen].tolist(), self.cells[chosen].tolist(), strict=True))


def _at_risk(part: Part, context: Context, evidence: Sequence[Precedent]) -> _AtRisk:
    _, facts = part
    chosen = stalled_of(part)
    silent, stages = silent_ticks(facts, chosen, context), facts.last_stages[chosen]
    least, most = np.full((2, len(chosen)), np.nan)
    cells = np.zeros(len(chosen), np.int64)
    for stage in range(-1, len(context.stages)) if context.has_won_rule else ():
        mine = stages == stage
        least[mine], most[mine], cells[mine] = evidence[stage].lost_chance(silent[mine])
    values = deal_values(facts, chosen, context)
    least, most = np.sort([values * least, values * most], axis=0)
    value = np.where(np.isnan(least), np.inf, -least)
    return _AtRisk(chosen, value, -silent / context.ticks_per_day, most, stages, cells)


def stalled_of(part: Part) -> Ints:
    """The stalled journeys in view of a shard."""
    view, facts = part
    return view.journeys[facts.outcomes[view.journeys] == STALLED]


def silent_ticks(facts: ShardFacts, chosen: Ints, context: Context) -> Ints:
    """How long some journeys have been silent."""
    return context.as_of - facts.view.ticks[facts.last_rows[chosen]].astype(np.int64)


def deal_values(facts: ShardFacts, chosen: Ints, context: Context) -> Floats:
    """The deal values of some journeys; the median won value where they have none."""
    own = last_values(facts, chosen)
    return np.where(np.isnan(own), context.median_value, own)


def cases_of(view: View, chosen: Ints) -> list[Any]:
    """The names of some journeys."""
    names = view.store.dictionaries[view.store.case_role]
    return names.take(pa.array(view.shard.cases[chosen], pa.int64())).to_pylist()
