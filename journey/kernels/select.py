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

NO_TYPE = np.uint64(2**64 - 1)


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
def rows_having(
    codes: Codes, wanted: Flags, begins: Ints, offsets: Ints
) -> tuple[Rows, Ints, Ints]:
    """Rows of which a code is wanted, the journeys that have any, and where the rows of each end.

    Journey ``j`` has the codes ``offsets[j]:offsets[j + 1]``, its rows count from ``begins[j]``.
    Nothing branches on a code: what isn't wanted is written over.
    """
    rows = np.empty(len(codes) + 1, np.uint32)
    journeys = np.empty(len(begins) + 1, np.int64)
    ends = np.zeros(len(begins) + 2, np.int64)
    at, n_journeys = np.uint64(0), np.uint64(0)
    for j in range(len(begins)):
        row, before = np.uint64(begins[j]), at
        for place in range(np.uint64(offsets[j]), np.uint64(offsets[j + 1])):
            rows[at] = row
            at += np.uint64(wanted[codes[place]])
            row += np.uint64(1)
        journeys[n_journeys] = j
        n_journeys += np.uint64(at > before)
        ends[n_journeys] = at
    # Copied, so that what is kept of a narrow view doesn't hold the memory of a wide one.
    n_ends = n_journeys + np.uint64(1)
    return rows[:at].copy(), journeys[:n_journeys].copy(), ends[:n_ends].copy()


@kernel
def slices_of(
    offsets: Ints, journeys: Ints, shard_begins: Ints, begins: Ints, ends: Ints
) -> tuple[Ints, Ints, Ints, Ints]:
    """Of the journeys of which rows are left: offsets, numbers, beginnings in shard and in view.

    Journey ``j`` has the rows ``offsets[j]:offsets[j + 1]`` in view, which follow its beginning in
    the shard, and of these ``begins[j]:ends[j]`` are left. What isn't kept is written over.
    """
    new_offsets = np.zeros(len(journeys) + 1, np.int64)
    kept = np.empty((3, len(journeys)), np.int64)
    at, n = 0, np.uint64(0)
    for j in range(len(journeys)):
        begin, length = begins[j], max(ends[j] - begins[j], 0)
        kept[0, n], kept[1, n] = journeys[j], shard_begins[j] + begin - offsets[j]
        kept[2, n] = begin
        at += length
        n += np.uint64(length > 0)
        new_offsets[n] = at
    n_ends = n + np.uint64(1)
    return new_offsets[:n_ends].copy(), kept[0, :n].copy(), kept[1, :n].copy(), kept[2, :n].copy()


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
def rows_of_runs(types: Codes, begins: Ints, offsets: Ints) -> tuple[Rows, Codes, Ints]:
    """Rows that differ in type from the one before in their journey, their types, where each ends.

    Journey ``j`` has the types ``offsets[j]:offsets[j + 1]``, its rows count from ``begins[j]``.
    What doesn't differ is written over, so that nothing branches on it.
    """
    rows = np.empty(len(types) + 1, np.uint32)
    kinds = np.empty(len(types) + 1, types.dtype)
    ends = np.zeros(len(offsets), np.int64)
    at = np.uint64(0)
    for j in range(len(begins)):
        row, before = np.uint64(begins[j]), NO_TYPE
        for place in range(np.uint64(offsets[j]), np.uint64(offsets[j + 1])):
            kind = np.uint64(types[place])
            rows[at], kinds[at] = row, kind
            at += np.uint64(kind != before)
            row += np.uint64(1)
            before = kind
        ends[j + 1] = at
    return rows[:at].copy(), kinds[:at].copy(), ends


@kernel
def first_at_or_after(ticks: Ticks, begins: Ints, ends: Ints, instant: int) -> Ints:
    """Per journey the first row at or after an instant (its end, if there is none)."""
    found = np.empty(len(begins), np.int64)
    for j in range(len(begins)):
        low, high = begins[j], ends[j]
        if low == high or ticks[high - 1] < instant:  # most journeys lie on one side
            low = high
        elif ticks[low] >= instant:
            high = low
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
def last_of(types: Codes, begins: Ints, ends: Ints, wanted: Flags) -> Ints:
    """Per journey the last row of a wanted type before its end, -1 where there is none."""
    found = np.full(len(begins), -1, np.int64)
    for j in range(len(begins)):
        for row in range(ends[j] - 1, begins[j] - 1, -1):
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
def sums_of(table: npt.NDArray[Any], rows: Ints) -> npt.NDArray[np.float64]:
    """The sum of each column over some rows."""
    sums = np.zeros(table.shape[1])
    for row in rows:
        for column in range(table.shape[1]):
            sums[column] += table[row, column]
    return sums


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
