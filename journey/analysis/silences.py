"""What became of decided journeys that were silent in a stage for so long."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from journey.facts import ShardFacts
from journey.log import TouchpointLog
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Part = tuple[View, ShardFacts]

CELL_BITS = 46
"""Bits of a silence, as a float64, that a coarse cell leaves out: it is 1/64 of it wide."""


@dataclass(frozen=True, eq=False)
class Precedent:
    """Of the decided journeys that were in a stage, those ever silent there so long.

    ``n_decided`` and ``n_won`` have an entry for each silence asked for, the last for the longest
    that any of them had, ``longest``.
    """

    asked: Ints
    n_decided: Ints
    n_won: Ints
    longest: int

    def after_silence(self, ticks: Ints) -> tuple[Floats, Ints, Ints]:
        """Share that won of those silent so long, how many these were, and how long that is.

        Where none ever was, of those silent longest.
        """
        at = np.searchsorted(self.asked, np.minimum(ticks, self.longest))
        n_decided = self.n_decided[at]
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.n_won[at] / n_decided, n_decided, self.asked[at]


@dataclass(frozen=True, eq=False)
class Prospect:
    """At least which share won after a silence in a stage, known without each silence.

    ``cells`` are lowest bits; ``n_won`` and ``n_lost`` count from a cell on, with 0 as the last.
    """

    cells: Ints
    n_won: Ints
    n_lost: Ints

    def most_lost(self, ticks: Ints) -> Floats:
        """What a silence costs of the chance to win, at most; not a number where unknown."""
        n_decided = self.n_won[0] + self.n_lost[0]
        if not n_decided:
            return np.full(len(ticks), np.nan)
        cells = _cells(ticks)
        n_won = self.n_won[np.searchsorted(self.cells, cells, side="right")]
        n_lost = self.n_lost[np.searchsorted(self.cells, cells)]
        least = n_won / np.maximum(n_won + n_lost, 1)
        return np.maximum(self.n_won[0] / n_decided - least, 0.0)


def precedents(log: TouchpointLog, asked: Sequence[Ints]) -> list[Precedent]:
    """What became of decided journeys of the whole log, by stage.

    Parameters
    ----------
    asked
        For each stage the silences of interest, and last those before any stage: there nothing is
        known.
    """
    wanted = [np.unique(np.append(ticks, 0)) for ticks in asked]
    answers = log.ask_with_facts(partial(_count_silent, asked=wanted[:-1]))
    none = Precedent(np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(1, np.int64), 0)
    merged = [_merged(ticks, parts) for ticks, *parts in zip(wanted[:-1], *answers, strict=True)]
    return [*merged, none]


def prospects(log: TouchpointLog) -> list[Prospect]:
    """For each stage, and last before any, at least which share won after a silence."""
    return log.once(_prospects)


def _prospects(log: TouchpointLog) -> list[Prospect]:
    parts = log.ask_with_facts(_count_cells)
    found: list[Prospect] = []
    for answers in zip(*parts, strict=True):
        cells = np.unique(np.concatenate([cells for cells, _, _ in answers]))
        counts = np.zeros((2, len(cells) + 1), np.int64)
        for own, n_won, n_lost in answers:
            counts[:, np.searchsorted(cells, own)] += np.array([n_won, n_lost])
        n_won, n_lost = np.cumsum(counts[:, ::-1], axis=1)[:, ::-1]
        found.append(Prospect(cells, n_won, n_lost))
    return [*found, Prospect(np.empty(0, np.int64), np.zeros(1, np.int64), np.zeros(1, np.int64))]


def _merged(asked: Ints, parts: Sequence[Precedent]) -> Precedent:
    """All shards together; the longest silence is asked about too."""
    longest = max((part.longest for part in parts), default=0)
    n_decided = np.zeros(len(asked) + 1, np.int64)
    n_won = np.zeros(len(asked) + 1, np.int64)
    for part in parts:
        n_decided[:-1] += part.n_decided[:-1]
        n_won[:-1] += part.n_won[:-1]
        if part.longest == longest:
            n_decided[-1] += part.n_decided[-1]
            n_won[-1] += part.n_won[-1]
    below = int(np.searchsorted(asked, longest))
    kept = np.append(np.arange(below), len(asked))
    return Precedent(np.append(asked[:below], longest), n_decided[kept], n_won[kept], longest)


def _count_silent(part: Part, *, asked: Sequence[Ints]) -> list[Precedent]:
    """By stage, of one shard."""
    found: list[Precedent] = []
    for ticks, silent in zip(asked, part[1].silent, strict=True):
        longest = int(silent.silences.max(initial=0))
        at = np.searchsorted(silent.silences, np.append(ticks, longest))
        found.append(Precedent(ticks, len(silent.silences) - at, silent.n_won_from[at], longest))
    return found


def _count_cells(part: Part) -> list[tuple[Ints, Ints, Ints]]:
    """By stage: cells of the longest silences of one shard, and how many there won and did not."""
    found: list[tuple[Ints, Ints, Ints]] = []
    for silent in part[1].silent:
        cells = _cells(silent.silences)
        starts = np.flatnonzero(np.diff(cells, prepend=-1))
        borders = np.append(starts, len(cells))
        n_won = -np.diff(silent.n_won_from[borders])
        found.append((cells[starts], n_won, np.diff(borders) - n_won))
    return found


def _cells(ticks: Ints) -> Ints:
    return ticks.astype(np.float64).view(np.int64) >> CELL_BITS
