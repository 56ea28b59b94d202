"""Which rows of a shard a view keeps."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[Any]
Ticks = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.uint32]


@kernel
def rows_of_ranges(begins: Ints, ends: Ints, kept: Ints) -> Rows:
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
def rows_of_flags(begins: Ints, ends: Ints, flags: Flags, n_rows: int) -> Rows:
    """The rows flagged of those that lie between any beginning and its end."""
    rows = np.empty(n_rows + 1, np.uint32)
    at = np.uint64(0)
    for j in range(len(begins)):
        for row in range(np.uint64(begins[j]), np.uint64(ends[j])):
            rows[at] = row
            at += np.uint64(flags[row])
    return rows[:n_rows]


@kernel
def take_flagged(values: Codes, begins: Ints, ends: Ints, flags: Flags, n_rows: int) -> Codes:
    """The values of the rows flagged; without branches, and places that can't be negative.

    Journeys that lie next to each other are one range: to end a loop costs as much as ten rows.
    """
    taken = np.empty(n_rows + 1, values.dtype)  # what isn't kept is written over
    at = np.uint64(0)
    j = 0
    while j < len(begins):
        begin = np.uint64(begins[j])
        while j + 1 < len(begins) and begins[j + 1] == ends[j]:
            j += 1
        for row in range(begin, np.uint64(ends[j])):
            taken[at] = values[row]
            at += np.uint64(flags[row])
        j += 1
    return taken[:n_rows]


@kernel
def count_flags(offsets: Ints, flags: Flags) -> Ints:
    """How many rows of each journey are flagged."""
    n_rows = np.empty(len(offsets) - 1, np.int64)
    for j in range(len(offsets) - 1):
        n_flagged = 0
        for row in range(np.uint64(offsets[j]), np.uint64(offsets[j + 1])):
            n_flagged += np.int64(flags[row])
        n_rows[j] = n_flagged
    return n_rows


@kernel
def place_flags(begins: Ints, offsets: Ints, flags: Flags, n_rows: int) -> Flags:
    """Flags of all rows, those of each journey from its beginning on."""
    placed = np.zeros(n_rows, np.bool_)
    for j in range(len(begins)):
        row = np.uint64(begins[j])
        for at in range(np.uint64(offsets[j]), np.uint64(offsets[j + 1])):
            placed[row] = flags[at]
            row += np.uint64(1)
    return placed


@kernel
def place_flags_among(begins: Ints, ends: Ints, among: Flags, flags: Flags) -> Flags:
    """Of the rows flagged those that are flagged once more, as flags of all rows."""
    placed = np.zeros(len(among), np.bool_)
    at = 0
    for j in range(len(begins)):
        for row in range(begins[j], ends[j]):
            if among[row]:
                placed[row] = flags[at]
                at += 1
    return placed


@kernel
def flags_of_ranges(begins: Ints, ends: Ints, n_rows: int) -> Flags:
    """Rows that lie between any beginning and its end."""
    flags = np.zeros(n_rows, np.bool_)
    for j in range(len(begins)):
        flags[begins[j] : ends[j]] = True
    return flags


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
        row = np.uint64(begins[j])
        for at in range(np.uint64(offsets[j]), np.uint64(offsets[j + 1])):
            taken[at] = values[row]
            row += np.uint64(1)
    return taken


@kernel
def run_starts(types: Codes, offsets: Ints) -> Flags:
    """Touchpoints that differ in type from the one before in their journey."""
    flags = np.ones(len(types), np.bool_)
    for row in range(1, len(types)):
        flags[row] = types[row] != types[row - 1]
    for j in range(len(offsets) - 1):
        if offsets[j] < offsets[j + 1]:
            flags[offsets[j]] = True
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
def rows_before(rows: Rows, offsets: Ints, limits: Ints) -> Ints:
    """Per journey one past its last row before a limit; rows rise within a journey."""
    ends = np.empty(len(limits), np.int64)
    for j in range(len(limits)):
        low, high = offsets[j], offsets[j + 1]
        while low < high:
            middle = (low + high) // 2
            if np.int64(rows[middle]) < limits[j]:
                low = middle + 1
            else:
                high = middle
        ends[j] = low
    return ends


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
def last_above_zero(
    values: npt.NDArray[np.float64], offsets: Ints, journeys: Ints
) -> npt.NDArray[np.float64]:
    """The last value above 0 of each chosen journey, not a number where there is none."""
    found = np.full(len(journeys), np.nan)
    for place in range(len(journeys)):
        j = journeys[place]
        for row in range(offsets[j + 1] - 1, offsets[j] - 1, -1):
            if values[row] > 0:
                found[place] = values[row]
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
