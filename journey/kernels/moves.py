"""Moves: touchpoints that follow each other directly in a journey."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[Any]
Gaps = npt.NDArray[Any]
Labels = npt.NDArray[np.uint32]
Stages = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]


@kernel
def count_moves(types: Codes, offsets: Ints, n_types: int) -> Ints:
    """How often each type follows each; index ``source * n_types + target``.

    All neighbours are counted, then those of two journeys taken back: a loop without branches is
    twice as fast, and unsigned places, which can't count from the end, half as fast again.
    """
    counts = np.zeros(n_types * n_types, np.int64)
    if not len(types):
        return counts
    width = np.uint64(n_types)
    source = np.uint64(types[0]) * width
    for row in range(1, len(types)):
        target = np.uint64(types[row])
        counts[source + target] += 1
        source = target * width
    for j in range(1, len(offsets) - 1):
        row = offsets[j]
        counts[np.uint64(types[row - 1]) * width + np.uint64(types[row])] -= 1
    return counts


@kernel
def label_moves(types: Codes, offsets: Ints, n_types: int) -> Labels:
    """Of each touchpoint the move that leads to it, as ``source * n_types + target``.

    First touchpoints of journeys have the one past the last, ``n_types * n_types``. For few types.
    """
    labels = np.empty(len(types), np.uint32)
    width = np.uint32(n_types)
    for row in range(1, len(types)):
        labels[row] = np.uint32(types[row - 1]) * width + np.uint32(types[row])
    for j in range(len(offsets) - 1):
        labels[offsets[j]] = width * width
    return labels


@kernel
def number_moves(types: Codes, offsets: Ints, n_types: int) -> tuple[Labels, Ints]:
    """Of each touchpoint the number of the move that leads to it, and the keys of these moves.

    First touchpoints of journeys have the number past the last. For many types: rows are brought
    together by their source, so that the targets of one source fit the nearest memory.
    """
    is_first = np.zeros(len(types) + 1, np.bool_)
    for j in range(len(offsets) - 1):
        is_first[offsets[j]] = True
    starts = np.zeros(n_types + 1, np.int64)
    for row in range(1, len(types)):
        starts[np.int64(types[row - 1]) + 1] += not is_first[row]
    starts = np.cumsum(starts)
    rows = np.empty(starts[-1] + 1, np.uint32)  # the last place is for rows no move leads to
    free = np.append(starts[:-1], starts[-1])
    for row in range(1, len(types)):
        source = n_types if is_first[row] else np.int64(types[row - 1])
        rows[free[source]] = row
        free[source] += not is_first[row]
    labels = np.empty(len(types), np.uint32)
    keys = np.empty(starts[-1], np.int64)
    number_of = np.full(n_types, -1, np.int64)
    n_keys = 0
    for source in range(n_types):
        first_number = n_keys
        for row in rows[starts[source] : starts[source + 1]]:
            target = np.int64(types[row])
            if number_of[target] < first_number:
                number_of[target] = n_keys
                keys[n_keys] = source * n_types + target
                n_keys += 1
            labels[row] = number_of[target]
    for j in range(len(offsets) - 1):
        labels[offsets[j]] = n_keys
    return labels, keys[:n_keys].copy()


@kernel
def count_timed(
    labels: Labels, gaps: Gaps, current: Stages, offsets: Ints, is_won: Flags, n_labels: int
) -> tuple[Ints, npt.NDArray[np.float64]]:
    """By label: moves, journeys, won journeys, moves forward and back; and the sum of gaps.

    ``current`` is the stage after each touch (-1: before any, from which no move goes forward).
    """
    counts = np.zeros((n_labels, 4), np.int64)
    ways = np.zeros((n_labels, 2), np.int64)
    sums = np.zeros(n_labels, np.float64)
    for j in range(len(offsets) - 1):
        once = 1 + (np.int64(is_won[j]) << 32)  # both in one number: one more place in memory costs
        for row in range(offsets[j] + 1, offsets[j + 1]):
            label = labels[row]
            sums[label] += gaps[row]
            counts[label, 0] += 1
            counts[label, 1] += once * (counts[label, 2] != j + 1)
            counts[label, 2] = j + 1
            before, after = current[row - 1], current[row]
            if before != after:
                ways[label, 0] += 0 <= before < after
                ways[label, 1] += 0 <= after < before
    found = np.empty((5, n_labels), np.int64)
    found[0] = counts[:, 0]
    found[1] = counts[:, 1] & (2**32 - 1)
    found[2] = counts[:, 1] >> 32
    found[3] = ways[:, 0]
    found[4] = ways[:, 1]
    return found, sums


@kernel
def medians_of_groups(values: Gaps, starts: Ints, ends: Ints) -> npt.NDArray[np.float64]:
    """The exact median of ``values[starts[g]:ends[g]]`` for every group, none empty."""
    medians = np.empty(len(starts), np.float64)
    for g in range(len(starts)):
        medians[g] = np.median(values[starts[g] : ends[g]])
    return medians


@kernel
def count_types(
    types: Codes, offsets: Ints, n_types: int, outcomes: npt.NDArray[np.uint8], n_outcomes: int
) -> tuple[Ints, Ints, Ints, Ints]:
    """Touchpoints, journeys by outcome, starts, and ends by outcome, for every type."""
    n_touchpoints = np.zeros(n_types, np.int64)
    n_journeys = np.zeros((n_types, n_outcomes), np.int64)
    n_starts = np.zeros(n_types, np.int64)
    n_ends = np.zeros((n_types, n_outcomes), np.int64)
    last_journey = np.full(n_types, -1, np.int32)
    for j in range(len(offsets) - 1):
        outcome = outcomes[j]
        for row in range(offsets[j], offsets[j + 1]):
            code = types[row]
            n_touchpoints[code] += 1
            if last_journey[code] != j:
                last_journey[code] = j
                n_journeys[code, outcome] += 1
        n_starts[types[offsets[j]]] += 1
        n_ends[types[offsets[j + 1] - 1], outcome] += 1
    return n_touchpoints, n_journeys, n_starts, n_ends
