"""Moves of shards, counted and timed, and brought together."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from journey.analysis.figures.ranks import Measured, medians_in_rounds
from journey.facts import ShardFacts
from journey.kernels import moves as kernels
from journey.kernels.facts import WON
from journey.kernels.select import take
from journey.log import TouchpointLog
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[Any]
Part = tuple[View, ShardFacts]

DENSE_TYPES_MOST = 1_024
"""Up to so many types every pair of them has a place, beyond it only moves that are made."""


@dataclass(frozen=True, eq=False)
class Moves:
    """Moves of one or more shards by key, ``source * n_types + target``.

    ``counts`` begin with moves and journeys.
    """

    keys: Ints
    counts: Ints
    gap_sums: Floats

    @property
    def n_moves(self) -> Ints:
        """How often each is made."""
        return self.counts[0]


def partial_counts(view: View, *, n_types: int) -> tuple[Ints, Ints]:
    """Keys and counts of one shard's moves."""
    if n_types > DENSE_TYPES_MOST:
        numbers, keys = kernels.number_moves(view.types, view.offsets, n_types)
        return keys, np.bincount(numbers, minlength=len(keys))[: len(keys)]
    counts = kernels.count_moves(view.types, view.offsets, n_types)
    keys = np.flatnonzero(counts)
    return keys, counts[keys]


def merge_counts(parts: Sequence[tuple[Ints, Ints]], *, n_types: int) -> tuple[Ints, Ints]:
    """Keys and counts of all shards' moves."""
    keys, counts = _added([(found, (counts,)) for found, counts in parts], 1, n_types)
    return keys, counts[0].astype(np.int64)


def made_moves(log: TouchpointLog) -> Moves:
    """Moves with the journeys that make them, how many of these are won, the sum of their gaps."""
    n_types = len(log.type_names)
    return _merged(log.ask_with_facts(partial(partial_made, n_types=n_types)), 3, n_types)


def timed_moves(log: TouchpointLog) -> Moves:
    """Moves with the journeys that make them, those forward and back, the sum of their gaps."""
    n_types = len(log.type_names)
    return _merged(log.ask_with_facts(partial(partial_timed, n_types=n_types)), 4, n_types)


def partial_made(part: Part, *, n_types: int) -> Moves:
    """The moves of one shard with their won journeys."""
    view, facts = part
    labels, keys = _labelled(view, n_types)
    is_won = facts.outcomes[view.journeys] == WON
    return _made(keys, *kernels.count_made(labels, view.ticks, view.offsets, is_won, len(keys)))


def partial_timed(part: Part, *, n_types: int) -> Moves:
    """The moves of one shard with the ways they go."""
    view, facts = part
    labels, keys = _labelled(view, n_types)
    stages = facts.stages_in(view), view.offsets, len(keys), facts.n_stages
    return _made(keys, *kernels.count_timed(labels, view.ticks, *stages))


def _labelled(view: View, n_types: int) -> tuple[Labels, Ints]:
    """Of each touchpoint a number for the move that leads to it, and the keys of all numbers."""
    if n_types > DENSE_TYPES_MOST:
        return kernels.number_moves(view.types, view.offsets, n_types)
    return _labels(view, n_types), np.arange(n_types**2)


def _labels(view: View, n_types: int) -> Labels:
    """Of each touchpoint the key of the move that leads to it."""
    is_narrow = n_types**2 <= np.iinfo(np.uint16).max
    labels = np.empty(view.n_touchpoints, np.uint16 if is_narrow else np.uint32)
    kernels.label_moves(view.types, view.offsets, n_types, labels)
    return labels


def _made(keys: Ints, counts: Ints, sums: Floats) -> Moves:
    made = np.flatnonzero(counts[0])
    return Moves(keys[made], counts[:, made], sums[made])


def _merged(parts: Sequence[Moves], n_counts: int, n_types: int) -> Moves:
    columns = [(part.keys, (*part.counts, part.gap_sums)) for part in parts]
    keys, totals = _added(columns, n_counts + 1, n_types)
    return Moves(keys, totals[:-1].astype(np.int64), totals[-1])


def median_gaps(log: TouchpointLog, moves: Moves) -> Floats:
    """The exact median gap of each move, in ticks."""
    n_types = len(log.type_names)
    highs = 2 * moves.gap_sums / moves.n_moves  # at least half are not less than the median
    highs = highs * (1 + 1e-9) + 1
    if n_types > DENSE_TYPES_MOST:
        measure = partial(_gaps_by_place, keys=moves.keys, n_types=n_types)
        return medians_in_rounds(log.ask, measure, moves.n_moves, highs)
    measure = partial(_gaps_by_key, n_types=n_types)
    n_moves, most = np.zeros(n_types**2, np.int64), np.zeros(n_types**2)
    n_moves[moves.keys], most[moves.keys] = moves.n_moves, highs
    return medians_in_rounds(log.ask, measure, n_moves, most)[moves.keys]


def _gaps_by_key(view: View, *, n_types: int) -> Measured:
    """Of each touchpoint but the first the key of its move, the tick before and its own."""
    return frozen(_labels(view, n_types)[1:]), view.ticks[:-1], view.ticks[1:]


def _gaps_by_place(view: View, *, keys: Ints, n_types: int) -> Measured:
    """Of each touchpoint but the first the place of its move among the keys, and both ticks."""
    numbers, own = kernels.number_moves(view.types, view.offsets, n_types)
    place_of = np.append(np.searchsorted(keys, own), len(keys)).astype(np.uint32)
    labels = take(frozen(place_of), frozen(numbers))
    return frozen(labels[1:]), view.ticks[:-1], view.ticks[1:]


def _added(
    parts: Sequence[tuple[Ints, Sequence[npt.NDArray[Any]]]], n_columns: int, n_types: int
) -> tuple[Ints, Floats]:
    """All keys in order, and what the parts say of each added up, column by column."""
    none = np.empty(0, np.int64)
    found = np.concatenate([none, *(keys for keys, _ in parts)])
    if n_types <= DENSE_TYPES_MOST:
        place_of = np.zeros(n_types**2, np.int64)
        place_of[found] = 1
        keys = np.flatnonzero(place_of)
        place_of[keys] = np.arange(len(keys))
        places_of_parts = [place_of[own] for own, _ in parts]
    else:  # sorting is quicker here than the table of hashes behind unique
        found.sort()
        keys = found[np.flatnonzero(np.diff(found, prepend=-1))]
        places_of_parts = [np.searchsorted(keys, own) for own, _ in parts]
    totals = np.zeros((n_columns, len(keys)))
    for places, (_, columns) in zip(places_of_parts, parts, strict=True):
        for total, column in zip(totals, columns, strict=True):
            total[places] += column
    return keys, totals
