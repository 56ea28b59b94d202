"""Exact percentiles over all shards, without any shard's values: asked for in rounds.

A value is a float64 that isn't negative; its bits, read as an integer, are in the order of values.
The first round counts values into cells a five-hundredth of their size wide. Each next one looks
into the cells that hold the wanted ranks: a shard tells the values there, as long as these are
few, or else counts them into narrower cells. Two rounds are the rule, five the most.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from journey.kernels.percentiles import values_within
from journey.store.layout import frozen

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Part = TypeVar("Part")

FIRST_WIDTH = 2**43
"""Of a value's bits, read as an integer: the cells of the first round."""

N_CELLS = 4_096
"""Into so many cells a target is divided, and of so many values or fewer a shard tells each."""


@dataclass(frozen=True, eq=False)
class Targets:
    """Ranges of bits to look into; those of group ``g`` are ``starts[g]:starts[g + 1]``."""

    starts: Ints
    lows: Ints
    highs: Ints

    @property
    def widths(self) -> Ints:
        """How wide a coarse cell of each target is."""
        return -((self.lows - self.highs) // N_CELLS)


@dataclass(frozen=True, eq=False)
class Cells:
    """How many values lie in which cells, by target; a cell is named by its lowest bits.

    Where ``is_coarse[target]``, a cell is as wide as the target says, else it is one value.
    """

    targets: Ints
    cells: Ints
    counts: Ints
    is_coarse: npt.NDArray[np.bool_] = field(default_factory=lambda: np.zeros(1, dtype=bool))


def percentiles(
    first: Sequence[Cells],
    ask: Callable[[Callable[[Part], Cells]], list[Cells]],
    look: Callable[[Part, Targets], tuple[Ints, Ints]],
    wanted: Sequence[tuple[int, int]],
    n_groups: int,
) -> tuple[Ints, Floats]:
    """How many values each group has, and the wanted percentiles of groups.

    Parameters
    ----------
    first
        Of each shard the values of its groups, as counted by :func:`first_cells`.
    ask
        Puts a question to all shards.
    look
        Of a shard's values those within targets: the target and the bits of each.
    wanted
        Group and whole percent, by group; 50 is the median. Between two neighbours a percentile is
        interpolated linearly; of no values it is not a number.
    """
    cells = _merged(first, np.full(n_groups, FIRST_WIDTH))
    n_values = np.zeros(n_groups, np.int64)
    np.add.at(n_values, cells.targets, cells.counts)
    groups, percents = np.array(wanted, np.int64).reshape(-1, 2).T
    found = np.full(len(groups), np.nan)
    known = np.flatnonzero(n_values[groups])
    places, hundredths = np.divmod((n_values[groups[known]] - 1) * percents[known], 100)
    ranks = np.column_stack([places, places + (hundredths > 0)]).ravel()
    values = _values_at(ask, look, cells, groups[known].repeat(2), ranks)
    lows, highs = values[::2], values[1::2]
    found[known] = lows + (highs - lows) * (hundredths / 100)
    return n_values, found


def first_cells(groups: Ints, values: Floats, n_groups: int) -> Cells:
    """The values of one shard: each where they are few, else counted into coarse cells."""
    told = _summed(groups, values.view(np.int64), np.ones(len(groups), np.int64))
    is_coarse = np.full(n_groups, len(told.cells) > N_CELLS * n_groups)
    return _merged([replace(told, is_coarse=is_coarse)], np.full(n_groups, FIRST_WIDTH))


def within(groups: Ints, values: Floats, targets: Targets) -> tuple[Ints, Ints]:
    """Of the values of one shard those within targets: the target and the bits of each."""
    starts, lows, highs = map(frozen, (targets.starts, targets.lows, targets.highs))
    return values_within(frozen(groups), frozen(values.view(np.int64)), starts, lows, highs)


def _values_at(
    ask: Callable[[Callable[[Part], Cells]], list[Cells]],
    look: Callable[[Part, Targets], tuple[Ints, Ints]],
    first: Cells,
    groups: Ints,
    ranks: Ints,
) -> Floats:
    """The values at some ranks, each of a group; in the order of groups."""
    n_groups = len(first.is_coarse)
    lows, ranks = _narrowed(first, groups, ranks)
    highs = lows + np.where(first.is_coarse, FIRST_WIDTH, 1)[groups]
    while True:
        wide = np.flatnonzero(highs - lows > 1)
        if not len(wide):
            return lows.view(np.float64)
        starts = np.searchsorted(groups[wide], np.arange(n_groups + 1))
        targets = Targets(starts, lows[wide], highs[wide])
        answers = ask(partial(_look, look=look, targets=targets))
        cells = _merged(answers, targets.widths, targets.lows)
        lows[wide], ranks[wide] = _narrowed(cells, np.arange(len(wide)), ranks[wide])
        highs[wide] = lows[wide] + np.where(cells.is_coarse, targets.widths, 1)


def _narrowed(cells: Cells, owners: Ints, ranks: Ints) -> tuple[Ints, Ints]:
    """For each rank among the values of a target the cell it is in, and its rank there."""
    upto = np.cumsum(cells.counts)
    begins = np.searchsorted(cells.targets, owners)
    below = np.where(begins > 0, upto[begins - 1], 0)
    at = np.searchsorted(upto, below + ranks, side="right")
    return cells.cells[at], below + ranks - (upto[at] - cells.counts[at])


def _look(
    part: Part,
    *,
    look: Callable[[Part, Targets], tuple[Ints, Ints]],
    targets: Targets,
) -> Cells:
    """What one shard has within the targets: the values where they are few, else coarse cells."""
    n_targets = len(targets.lows)
    owners, bits = look(part, targets)
    values = _summed(owners, bits, np.ones_like(bits))
    is_many = np.bincount(values.targets, minlength=n_targets) > N_CELLS
    told = Cells(values.targets, values.cells, values.counts, is_many & (targets.widths > 1))
    return _merged([told], targets.widths, targets.lows)


def _merged(answers: Sequence[Cells], widths: Ints, lows: Ints | None = None) -> Cells:
    """The cells of several, those of a target as coarse as the coarsest."""
    is_coarse = np.zeros(len(widths), dtype=bool)
    for answer in answers:
        is_coarse |= answer.is_coarse
    none = np.empty(0, np.int64)
    targets = np.concatenate([none, *(answer.targets for answer in answers)])
    cells = np.concatenate([none, *(answer.cells for answer in answers)])
    counts = np.concatenate([none, *(answer.counts for answer in answers)])
    begin = 0 if lows is None else lows[targets]
    width = np.where(is_coarse, widths, 1)[targets]
    merged = _summed(targets, begin + (cells - begin) // width * width, counts)
    return replace(merged, is_coarse=is_coarse)


def _summed(targets: Ints, cells: Ints, counts: Ints) -> Cells:
    """Counts of equal cells added up, by target and cell."""
    order = np.lexsort((cells, targets))
    targets, cells = targets[order], cells[order]
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = (targets[1:] != targets[:-1]) | (cells[1:] != cells[:-1])
    starts = np.flatnonzero(is_new)
    totals = np.add.reduceat(counts[order], starts) if len(starts) else counts[:0]
    return Cells(targets[starts], cells[starts], totals)
