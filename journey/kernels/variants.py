"""Whole sequences, told apart by two hashes."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[Any]
Hashes = npt.NDArray[np.uint64]

FIRST_SEED, FIRST_FACTOR = np.uint64(0xCBF29CE484222325), np.uint64(0x9E3779B97F4A7C15)
SECOND_SEED, SECOND_FACTOR = np.uint64(0x84222325CBF29CE4), np.uint64(0xC2B2AE3D27D4EB4F)
SHIFT = np.uint64(29)
ONE, HALF = np.uint64(1), np.uint64(32)


@kernel
def hash_journeys(types: Codes, begins: Ints, ends: Ints) -> tuple[Hashes, Hashes]:
    """Two independent hashes of each journey's sequence of types."""
    first = np.empty(len(begins), np.uint64)
    second = np.empty(len(begins), np.uint64)
    for j in range(len(begins)):
        a, b = FIRST_SEED, SECOND_SEED
        row, end = np.uint64(begins[j]), np.uint64(ends[j])
        while row < end:  # two at a time: each step waits for the one before
            code = np.uint64(types[row]) + ONE
            row += ONE
            if row < end:
                code |= (np.uint64(types[row]) + ONE) << HALF
                row += ONE
            a = (a ^ code) * FIRST_FACTOR
            a ^= a >> SHIFT
            b = (b + code) * SECOND_FACTOR
            b ^= b >> SHIFT
        first[j] = a
        second[j] = b
    return first, second


@kernel
def group_hashes(first: Hashes, second: Hashes) -> tuple[Ints, Ints]:
    """The group of each pair of hashes, and of each group the first pair; by appearance.

    An open table of hashes twice as large as needed: groups are found without sorting.
    """
    n_slots = 2
    while n_slots < 2 * len(first):
        n_slots *= 2
    slots = np.full(n_slots, -1, np.int64)
    last_slot = np.uint64(n_slots - 1)
    groups = np.empty(len(first), np.int64)
    examples = np.empty(len(first), np.int64)
    n_groups = 0
    for k in range(len(first)):
        slot = first[k] & last_slot
        group = slots[slot]
        while group >= 0:
            example = examples[group]
            if first[example] == first[k] and second[example] == second[k]:
                break
            slot = (slot + np.uint64(1)) & last_slot
            group = slots[slot]
        if group < 0:
            group = n_groups
            slots[slot] = group
            examples[group] = k
            n_groups += 1
        groups[k] = group
    return groups, examples[:n_groups].copy()


@kernel
def find_hashes(first: Hashes, second: Hashes, of_first: Hashes, of_second: Hashes) -> Ints:
    """The place of each pair of hashes among given ones, all different; -1 where it is not.

    Most are not: three slots of four at least are free, so that one look tells.
    """
    n_slots = 4
    while n_slots < 4 * len(of_first):
        n_slots *= 2
    slots = np.full(n_slots, -1, np.int32)
    last_slot = np.uint64(n_slots - 1)
    for place in range(len(of_first)):
        slot = of_first[place] & last_slot
        while slots[slot] >= 0:
            slot = (slot + np.uint64(1)) & last_slot
        slots[slot] = place
    found = np.empty(len(first), np.int64)
    for k in range(len(first)):
        slot = first[k] & last_slot
        place = np.int64(slots[slot])
        while place >= 0 and (of_first[place] != first[k] or of_second[place] != second[k]):
            slot = (slot + np.uint64(1)) & last_slot
            place = np.int64(slots[slot])
        found[k] = place
    return found


@kernel
def longest_by_place(places: Ints, durations: Ints, n_places: int) -> tuple[Ints, Ints]:
    """Of each place the first that is there (-1: none), and the longest duration."""
    firsts = np.full(n_places, -1, np.int64)
    longest = np.zeros(n_places, np.int64)
    for k in range(len(places)):
        place = places[k]
        firsts[place] = k if firsts[place] < 0 else firsts[place]
        longest[place] = max(longest[place], durations[k])
    return firsts, longest


@kernel
def add_by_group(groups: Ints, counts: Ints, n_groups: int) -> Ints:
    """Counts of the members of each group added up, row by row."""
    totals = np.zeros((counts.shape[0], n_groups), np.int64)
    for row in range(counts.shape[0]):
        for k in range(len(groups)):
            totals[row, np.uint64(groups[k])] += counts[row, k]
    return totals
