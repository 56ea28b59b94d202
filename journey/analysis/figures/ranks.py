"""Exact medians of more times than a machine holds: bracketed, counted, the rest collected."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from journey.kernels import ranks as kernels

Part = TypeVar("Part")
Ints = npt.NDArray[np.int64]
Wide = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]
Measured = tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]
"""Labels, and for each the tick at which something begins and that at which it ends."""
Measure = Callable[[Part], Measured]
Ask = Callable[[Callable[[Part], Any]], list[Any]]

COLLECTED_MOST = 2**22
"""So many values are brought together at most, those of labels with few aside."""

COLLECTED_FEW = 2**15
"""So many are brought together without a look at how they are spread."""

FEW_OF_A_LABEL = 16
SHARE_WORTH_COLLECTING = 16
BINS_IN_ALL = 2**17
BINS_LEAST, BINS_MOST = 4, 2**12


@dataclass(frozen=True, eq=False)
class Brackets:
    """By label where its value lies: ``low <= value < low + width``, so many below and inside.

    ``is_counted`` where ``n_inside`` is exact and not only the most there may be. The last entry
    stands for values without a label.
    """

    lows: Wide
    widths: Wide
    n_below: Ints
    n_inside: Ints
    is_counted: npt.NDArray[np.bool_]

    @property
    def are_found(self) -> npt.NDArray[np.bool_]:
        """Labels whose value is known, there being one value only in the bracket."""
        return self.is_counted & (self.widths == 1)

    @property
    def are_wide(self) -> npt.NDArray[np.bool_]:
        """Labels with more inside than need be collected."""
        return (self.n_inside > FEW_OF_A_LABEL) & ~self.are_found

    def copies(self) -> tuple[Wide, Wide, Ints, Ints, npt.NDArray[np.bool_]]:
        """All of it, to be changed."""
        return (
            self.lows.copy(),
            self.widths.copy(),
            self.n_below.copy(),
            self.n_inside.copy(),
            self.is_counted.copy(),
        )


@dataclass(frozen=True, eq=False)
class Bins:
    """The bins of wide brackets: ``2 ** shift`` wide from low on, counted at the label's slot."""

    lows: Wide
    shifts: npt.NDArray[np.uint8]
    slots: npt.NDArray[np.uint32]
    n_slots: int
    n_bins: int


def medians_in_rounds(
    ask: Ask[Part], measure: Measure[Part], n_values: Ints, highs: Floats
) -> Floats:
    """The exact median of the values of each label; of none it is not a number.

    Shards are asked how many values fall into each bin of a bracket until few enough are left to
    be collected; no answer holds one entry for each value.

    Parameters
    ----------
    ask
        Puts a question to all shards.
    measure
        The question that gives labels of one shard, and the ticks between which the value of each
        lies; the label ``len(n_values)`` stands for none.
    n_values
        How many values each label has.
    highs
        A number that the median of each label (the lower of two in the middle) does not exceed.
    """
    places = np.append(np.maximum(n_values - 1, 0) // 2, 0)
    brackets = _widest(n_values, highs)
    while _too_many(brackets, int(n_values.sum())):
        brackets = _narrower(ask, measure, brackets, places)
    lower, upper = _collected(ask, measure, brackets, places)
    medians = np.where(n_values % 2, lower, (lower + upper) / 2)
    return np.where(n_values > 0, medians, np.nan)


def _widest(n_values: Ints, highs: Floats) -> Brackets:
    n_labels = len(n_values)
    return Brackets(
        lows=np.zeros(n_labels + 1, np.uint64),
        widths=np.append(np.floor(highs) + 1, 0).astype(np.uint64),
        n_below=np.zeros(n_labels + 1, np.int64),
        n_inside=np.append(n_values, 0),
        is_counted=np.append(n_values == 0, True),
    )


def _too_many(brackets: Brackets, n_values: int) -> bool:
    n_left = int(brackets.n_inside[brackets.are_wide].sum())
    worth = max(n_values // SHARE_WORTH_COLLECTING, COLLECTED_FEW)
    return n_left > min(worth, COLLECTED_MOST)


def _narrower(ask: Ask[Part], measure: Measure[Part], brackets: Brackets, places: Ints) -> Brackets:
    """Of every wide bracket the one bin that holds the place."""
    wide = np.flatnonzero(brackets.are_wide)
    n_bins = 2 ** int(np.log2(np.clip(BINS_IN_ALL // len(wide), BINS_LEAST, BINS_MOST)))
    shifts = _bits(brackets.widths[wide] - np.uint64(1), n_bins)
    bins = Bins(
        brackets.lows,
        _placed(shifts, wide, elsewhere=0, size=len(places)).astype(np.uint8),
        _placed(np.arange(len(wide)), wide, elsewhere=len(wide), size=len(places)).astype(
            np.uint32
        ),
        len(wide),
        n_bins,
    )
    answers = ask(partial(_count, measure=measure, bins=bins))
    counts = sum(answers, np.zeros((len(wide), n_bins), np.int64))
    chosen, below, inside = kernels.bins_at_places(counts, (places - brackets.n_below)[wide])
    lows, widths, n_below, n_inside, is_counted = brackets.copies()
    lows[wide] += chosen.astype(np.uint64) << shifts
    widths[wide] = np.uint64(1) << shifts
    n_below[wide] += below
    n_inside[wide] = inside
    is_counted[wide] = True
    return Brackets(lows, widths, n_below, n_inside, is_counted)


def _collected(
    ask: Ask[Part], measure: Measure[Part], brackets: Brackets, places: Ints
) -> tuple[Floats, Floats]:
    """The value at each label's place, and the one after it."""
    found = brackets.are_found
    lows = brackets.lows + found.astype(np.uint64)
    widths = np.where(found, np.uint64(0), brackets.widths)
    n_most = int(brackets.n_inside.sum())
    answers = ask(partial(_collect, measure=measure, lows=lows, widths=widths, n_most=n_most))
    labels = np.concatenate([np.empty(0, np.uint32), *(answer[0] for answer in answers)])
    distances = np.concatenate([np.empty(0, np.uint64), *(answer[1] for answer in answers)])
    above = np.full(len(lows), kernels.NONE_FOLLOWS)
    for answer in answers:
        above = np.minimum(above, answer[2])
    inside = places - brackets.n_below
    at, following = kernels.values_at_places(labels, distances, inside, len(lows))
    at = np.where(found, brackets.lows, lows + at)
    following = lows + np.where(following == kernels.NONE_FOLLOWS, above, following)
    is_tied = found & (inside + 1 < brackets.n_inside)
    following = np.where(is_tied, brackets.lows, following)
    return at[:-1].astype(np.float64), following[:-1].astype(np.float64)


def _count(part: Part, *, measure: Measure[Part], bins: Bins) -> npt.NDArray[np.uint32]:
    return kernels.count_in_bins(
        *measure(part), bins.lows, bins.shifts, bins.slots, bins.n_slots, bins.n_bins
    )


def _collect(
    part: Part, *, measure: Measure[Part], lows: Wide, widths: Wide, n_most: int
) -> tuple[npt.NDArray[np.uint32], Wide, Wide]:
    return kernels.collect_in_brackets(*measure(part), lows, widths, n_most)


def _bits(largest: Wide, n_bins: int) -> Wide:
    """By how many bits each number must be shifted to be less than the number of bins."""
    shifts = np.zeros(len(largest), np.uint64)
    while (too_large := largest >> shifts >= n_bins).any():
        shifts += too_large
    return shifts


def _placed(values: npt.NDArray[Any], places: Ints, *, elsewhere: int, size: int) -> Wide:
    """The values at their places, and one number at all others."""
    placed = np.full(size, elsewhere, np.uint64)
    placed[places] = values
    return placed
