"""What became of decided journeys that were silent in a stage for so long before the decision."""

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

CELL_BITS = 43
"""Bits of a silence, as a float64, that a coarse cell leaves out: it is 1/512 of it wide."""

CELLS_MOST = 2_048
"""How many finer cells are asked about at a time."""


@dataclass(frozen=True, eq=False)
class Precedent:
    """Of journeys that were in a stage before they were decided, those ever silent there so long.

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

    def lost_chance(self, ticks: Ints) -> tuple[Floats, Floats, Ints]:
        """What silences cost of the chance to win: at least, at most, and between which asked.

        The two are the same where that very silence was asked about, and not a number where
        nothing is known. The place is that of the longest one asked about that is no longer.
        """
        n_lost = self.n_decided - self.n_won
        silences = np.minimum(ticks, self.longest)
        at = np.searchsorted(self.asked, silences, side="right") - 1
        after = np.where(self.asked[at] == silences, at, at + 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            overall = self.n_won[0] / self.n_decided[0]
            highest = self.n_won[at] / (self.n_won[at] + n_lost[after])
            lowest = self.n_won[after] / (self.n_won[after] + n_lost[at])
        return np.maximum(overall - highest, 0.0), np.maximum(overall - lowest, 0.0), at


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


def rough_precedents(log: TouchpointLog) -> list[Precedent]:
    """What became of decided journeys, by silences that tell them apart roughly."""
    return log.once(_rough_precedents)


def _rough_precedents(log: TouchpointLog) -> list[Precedent]:
    parts = log.ask_with_facts(_rough)
    asked = [np.unique(np.concatenate(own)) for own in zip(*parts, strict=True)]
    return precedents(log, [*asked, np.zeros(1, np.int64)])


def finer_silences(evidence: Sequence[Precedent], cells: Sequence[tuple[int, int]]) -> list[Ints]:
    """The lengths asked about, and more of them between some of these and the next.

    Parameters
    ----------
    cells
        Pairs of a stage and a place in ``asked``, those first that matter most.
    """
    asked = [[one.asked] for one in evidence]
    chosen = cells[: CELLS_MOST // 2]
    n_parts = CELLS_MOST // max(len(chosen), 1)
    for stage, cell in chosen:
        begin, end = evidence[stage].asked[cell : cell + 2].tolist()
        n_steps = min(n_parts, end - begin)
        asked[stage].append(begin + (end - begin) * np.arange(1, n_steps) // n_steps)
    return [np.unique(np.concatenate(own)) for own in asked]


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


def _rough(part: Part) -> list[Ints]:
    """By stage: where the cells begin that hold the longest silences of one shard."""
    found: list[Ints] = []
    for silent in part[1].silent:
        cells = np.unique(silent.silences.astype(np.float64).view(np.int64) >> CELL_BITS)
        found.append(np.ceil((cells << CELL_BITS).view(np.float64)).astype(np.int64))
    return found
