"""Which rows of a shard a view keeps."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[Any]
Ticks = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]


@kernel
def rows_of_ranges(begins: Ints, ends: Ints, kept: Ints) -> npt.NDArray[np.uint32]:
    """Rows ``begins[j]:ends[j]`` of every kept journey, one after the other."""
    total = 0
    for j in kept:
        total += ends[j] - begins[j]
    rows = np.empty(total, np.uint32)
    at = 0
    for j in kept:
        for row in range(begins[j], ends[j]):
            rows[at] = row
            at += 1
    return rows


@kernel
def rows_of_flags(offsets: Ints, flags: Flags) -> tuple[npt.NDArray[np.uint32], Ints]:
    """Rows that are flagged, and how many of them each journey has."""
    rows = np.empty(len(flags), np.uint32)
    n_rows = np.zeros(len(offsets) - 1, np.int64)
    at = 0
    for j in range(len(offsets) - 1):
        before = at
        for row in range(offsets[j], offsets[j + 1]):
            rows[at] = row
            at += flags[row]
        n_rows[j] = at - before
    return rows[:at].copy(), n_rows


@kernel
def take(values: Codes, rows: Codes) -> Codes:
    """``values[rows]``, without widening the rows first as plain indexing does."""
    taken = np.empty(len(rows), values.dtype)
    for at in range(len(rows)):
        taken[at] = values[rows[at]]
    return taken


@kernel
def take_ranges(values: Codes, begins: Ints, offsets: Ints) -> Codes:
    """From each beginning so many values as the offsets leave room for, one after the other."""
    taken = np.empty(offsets[-1], values.dtype)
    for j in range(len(begins)):
        shift = begins[j] - offsets[j]
        for at in range(offsets[j], offsets[j + 1]):
            taken[at] = values[at + shift]
    return taken


@kernel
def run_starts(types: Codes, offsets: Ints) -> Flags:
    """Touchpoints that differ in type from the one before in their journey."""
    flags = np.ones(len(types), np.bool_)
    for j in range(len(offsets) - 1):
        for row in range(offsets[j] + 1, offsets[j + 1]):
            flags[row] = types[row] != types[row - 1]
    return flags


@kernel
def first_at_or_after(ticks: Ticks, begins: Ints, ends: Ints, instant: int) -> Ints:
    """Per journey the first row at or after an instant (its end, if there is none)."""
    found = np.empty(len(begins), np.int64)
    for j in range(len(begins)):
        low, high = begins[j], ends[j]
        while low < high:
            middle = (low + high) // 2
            if ticks[middle] < instant:
                low = middle + 1
            else:
                high = middle
        found[j] = low
    return found


@kernel
def first_of(types: Codes, offsets: Ints, wanted: Flags) -> Ints:
    """Per journey the first row of a wanted type, -1 where there is none."""
    found = np.full(len(offsets) - 1, -1, np.int64)
    for j in range(len(offsets) - 1):
        for row in range(offsets[j], offsets[j + 1]):
            if wanted[types[row]]:
                found[j] = row
                break
    return found


@kernel
def last_of(types: Codes, offsets: Ints, wanted: Flags) -> Ints:
    """Per journey the last row of a wanted type, -1 where there is none."""
    found = np.full(len(offsets) - 1, -1, np.int64)
    for j in range(len(offsets) - 1):
        for row in range(offsets[j + 1] - 1, offsets[j] - 1, -1):
            if wanted[types[row]]:
                found[j] = row
                break
    return found


@kernel
def has_move(types: Codes, offsets: Ints, source: int, target: int) -> Flags:
    """Journeys in which ``target`` follows ``source`` directly."""
    found = np.zeros(len(offsets) - 1, np.bool_)
    for j in range(len(offsets) - 1):
        for row in range(offsets[j] + 1, offsets[j + 1]):
            if types[row] == target and types[row - 1] == source:
                found[j] = True
                break
    return found


@kernel
def is_sequence(types: Codes, offsets: Ints, sequence: Ints) -> Flags:
    """Journeys that are exactly this sequence of types."""
    found = np.zeros(len(offsets) - 1, np.bool_)
    for j in range(len(offsets) - 1):
        begin = offsets[j]
        if offsets[j + 1] - begin == len(sequence):
            same = True
            for k in range(len(sequence)):
                if types[begin + k] != sequence[k]:
                    same = False
                    break
            found[j] = same
    return found
