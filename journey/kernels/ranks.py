"""Lengths of time by their place in order, found in rounds: bracketed, then collected.

Each lasts from an earlier tick to a later one; no array of them is made.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Labels = npt.NDArray[Any]
Ticks = npt.NDArray[Any]
Narrow = npt.NDArray[Any]
Wide = npt.NDArray[np.uint64]

NONE_FOLLOWS = np.uint64(2**64 - 1)


@kernel
def length_of(earlier: Ticks, later: Ticks, row: Any) -> np.uint64:
    """The time between two ticks; where the later one comes first it is longer than any."""
    return np.uint64(np.int64(later[row]) - np.int64(earlier[row]))


@kernel
def count_in_bins(
    labels: Labels,
    earlier: Ticks,
    later: Ticks,
    lows: Wide,
    shifts: Narrow,
    slots: Narrow,
    n_slots: int,
    n_bins: int,
) -> npt.NDArray[np.uint32]:
    """How many lengths of each slot fall into each of its bins of ``2 ** shift`` from low on.

    ``slots[label]`` is the place of a label; all without a place share the one past the last.
    What is below wraps around, unsigned as all is, and so lies above the last bin.
    """
    width = np.uint64(n_bins + 1)
    above = np.uint64(n_bins)
    counts = np.zeros((n_slots + 1) * (n_bins + 1), np.uint32)
    for row in range(np.uint64(len(labels))):
        label = labels[row]
        distance = length_of(earlier, later, row) - lows[label]
        place = min(distance >> np.uint64(shifts[label]), above)
        counts[np.uint64(slots[label]) * width + place] += np.uint32(1)
    return counts.reshape(n_slots + 1, n_bins + 1)[:n_slots, :n_bins].copy()


@kernel
def bins_at_places(counts: npt.NDArray[Any], places: Ints) -> tuple[Ints, Ints, Ints]:
    """Of each row of counts the bin that holds a place, how many are below it, how many inside.

    A place past all that was counted is in the last bin.
    """
    bins = np.empty(len(counts), np.int64)
    n_below, n_inside = np.empty(len(counts), np.int64), np.empty(len(counts), np.int64)
    last = counts.shape[1] - 1
    for slot in range(len(counts)):
        found, below = 0, 0
        while found < last and below + np.int64(counts[slot, found]) <= places[slot]:
            below += np.int64(counts[slot, found])
            found += 1
        bins[slot], n_below[slot], n_inside[slot] = found, below, counts[slot, found]
    return bins, n_below, n_inside


@kernel
def collect_in_brackets(
    labels: Labels, earlier: Ticks, later: Ticks, lows: Wide, widths: Wide, n_most: int
) -> tuple[npt.NDArray[np.uint32], Wide, Wide]:
    """Labels and lengths inside their brackets, and by label the least length above its bracket.

    Lengths are given as distances from the bracket's low; no more than ``n_most`` are inside.
    """
    found = np.empty(min(len(labels), n_most), np.uint32)
    distances = np.empty(len(found), np.uint64)
    above = np.full(len(lows), NONE_FOLLOWS, np.uint64)
    at = 0
    for row in range(np.uint64(len(labels))):
        label = labels[row]
        distance = length_of(earlier, later, row) - lows[label]
        if distance < widths[label]:
            found[at] = label
            distances[at] = distance
            at += 1
        elif distance < above[label]:  # what is below has wrapped around, beyond all above
            above[label] = distance
    return found[:at].copy(), distances[:at].copy(), above


@kernel
def settle(values: Wide, place: int) -> None:
    """Move the value that sorting would put at a place there, no larger one before it.

    Hoare's selection; numpy's own takes ten times as long to compile.
    """
    low, high = 0, len(values) - 1
    while low < high:
        pivot = values[(low + high) // 2]
        left, right = low, high
        while left <= right:
            while values[left] < pivot:
                left += 1
            while values[right] > pivot:
                right -= 1
            if left <= right:
                values[left], values[right] = values[right], values[left]
                left += 1
                right -= 1
        if place <= right:
            high = right
        elif place >= left:
            low = left
        else:
            break


@kernel
def values_at_places(
    labels: Labels, values: Wide, places: Ints, n_labels: int
) -> tuple[Wide, Wide]:
    """Of each label the value at a place in its order, and the next one after it.

    A label of which nothing was collected has 0, one whose last value is at the place has none
    that follows.
    """
    starts = np.zeros(n_labels + 1, np.int64)
    for label in labels:
        starts[np.int64(label) + 1] += 1
    starts = np.cumsum(starts)
    free = starts.copy()
    grouped = np.empty(len(values), np.uint64)
    for row in range(len(labels)):
        grouped[free[labels[row]]] = values[row]
        free[labels[row]] += 1
    found = np.zeros(n_labels, np.uint64)
    following = np.full(n_labels, NONE_FOLLOWS, np.uint64)
    for label in range(n_labels):
        place = places[label]
        own = grouped[starts[label] : starts[label + 1]]
        if len(own):
            settle(own, place)
            found[label] = own[place]
            for value in own[place + 1 :]:
                following[label] = min(following[label], value)
    return found, following
