"""The stalled journeys with most value at risk, found without a list of all.

What a silence costs of the chance to win is known at some lengths, and between them within limits.
Each shard ranks its journeys by what is at risk at least, and tells the first of them. Where one
that is left out could still be worth more, the lengths around it are asked about, until none can.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

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
Columns = dict[str, npt.NDArray[Any]]


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
    evidence, limit = tuple(rough_precedents(log)), max(limit, 1)
    while True:
        parts = log.ask_with_facts(partial(_best, context=context, evidence=evidence, limit=limit))
        if sum(len(part.first["value"]) for part in parts) < limit:
            return First(evidence, None)
        best = {name: np.concatenate([part.first[name] for part in parts]) for name in _RANKED}
        chosen = _first_of(best["value"], best["days"], best["names"].__getitem__, limit)
        last = _last_of(best, chosen)
        left_out = np.ones(len(best["value"]), dtype=bool)
        left_out[chosen] = False
        rest = [{name: column[left_out] for name, column in best.items()}]
        doubtful = _doubtful([*rest, *(part.others for part in parts)], last)
        if not doubtful:
            return First(evidence, last)
        evidence = tuple(precedents(log, finer_silences(evidence, doubtful)))


_CELLS: Final = ("most", "stages", "cells")
_RANKED: Final = ("value", "days", "names", *_CELLS)


@dataclass(frozen=True, eq=False)
class _Best:
    """The first journeys of a shard, and what is at most at risk in the cells of all others.

    Of the first their rank by what is at risk at least, what is at most, the cell of their silence.
    """

    first: Columns
    others: Columns


def _first_of(
    value: Floats, days: Floats, names_of: Callable[[Ints], npt.NDArray[Any]], limit: int
) -> Ints:
    """Places of the first so many, in no order; names are asked for only where all else is tied."""
    if len(value) <= limit:
        return np.arange(len(value))
    among = np.flatnonzero(value <= np.partition(value, limit - 1)[limit - 1])
    last = among[np.lexsort((days[among], value[among]))[limit - 1]]
    is_before = (value < value[last]) | ((value == value[last]) & (days < days[last]))
    before = np.flatnonzero(is_before)
    tied = np.flatnonzero((value == value[last]) & (days == days[last]))
    by_name = np.argsort(names_of(tied), kind="stable")
    return np.concatenate([before, tied[by_name[: limit - len(before)]]])


def _last_of(best: Columns, chosen: Ints) -> Rank:
    value, days, names = (best[name][chosen] for name in ("value", "days", "names"))
    return max(zip(value.tolist(), days.tolist(), names.tolist(), strict=True))


def _doubtful(left_out: Sequence[Columns], last: Rank) -> list[Cell]:
    """Cells with a journey that is not among the first but could be, the likeliest first."""
    most: dict[Cell, float] = {}
    for own in left_out:
        could_be = (own["most"] > -np.inf) & (own["most"] >= -last[0])
        values, *cell = (own[name][could_be].tolist() for name in _CELLS)
        for value, *place in zip(values, *cell, strict=True):
            at = place[0], place[1]
            most[at] = max(value, most.get(at, value))
    return sorted(most, key=lambda cell: (-most[cell], cell))


def _best(part: Part, *, context: Context, evidence: Sequence[Precedent], limit: int) -> _Best:
    found = _at_risk(part, context, evidence)
    value, most = found.value, np.where(found.most == -found.value, -np.inf, found.most)

    def names_of(places: Ints) -> npt.NDArray[Any]:
        return np.array(cases_of(part[1].view, found.journeys[places]), dtype=object)

    first = _first_of(value, found.days, names_of, limit)
    is_other = np.ones(len(value), dtype=bool)
    is_other[first] = False
    if len(first) == limit:  # the others can't come before the last of these with less at most
        is_other &= most >= -value[first].max()
    columns: Columns = {"most": most, "stages": found.stages, "cells": found.cells}
    return _Best(
        {
            "value": value[first],
            "days": found.days[first],
            "names": names_of(first),
            **{name: column[first] for name, column in columns.items()},
        },
        _most_by_cell({name: column[is_other] for name, column in columns.items()}),
    )


def _most_by_cell(others: Columns) -> Columns:
    """What is at most at risk in each cell: the last of its rows by that."""
    order = np.lexsort((others["most"], others["cells"], others["stages"]))
    ordered = {name: column[order] for name, column in others.items()}
    is_last = np.ones(len(order), dtype=bool)
    is_last[:-1] = (np.diff(ordered["stages"]) != 0) | (np.diff(ordered["cells"]) != 0)
    return {name: column[is_last] for name, column in ordered.items()}


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
