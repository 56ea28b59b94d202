"""Moves: touchpoints that follow each other directly in a journey."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[Any]
Ticks = npt.NDArray[Any]
Values = npt.NDArray[Any]
Labels = npt.NDArray[Any]
Stages = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]

ONE, HALF, SIGN, LOW = np.uint64(1), np.uint64(32), np.uint64(63), np.uint64(2**32 - 1)


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
def label_moves(types: Codes, offsets: Ints, n_types: int, labels: Labels) -> None:
    """Write for each touchpoint the move that leads to it, as ``source * n_types + target``.

    First touchpoints of journeys have the one past the last, ``n_types * n_types``. For few types;
    numbers as narrow as they can be are written and read quicker.
    """
    width = np.uint32(n_types)
    for row in range(1, len(types)):
        labels[row] = np.uint32(types[row - 1]) * width + np.uint32(types[row])
    for j in range(len(offsets) - 1):
        labels[offsets[j]] = width * width


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
def count_made(
    labels: Labels, ticks: Ticks, offsets: Ints, is_won: Flags, n_labels: int
) -> tuple[Ints, npt.NDArray[np.float64]]:
    """By label: moves, journeys, won journeys; and the sum of gaps.

    What is counted depends on the data everywhere, so that branches would be guessed wrong: a
    journey makes a move for the first time where the last row of that move lies before the
    journey, which is the sign of a difference. Two counts share a number.
    """
    made = np.zeros((2, n_labels), np.uint64)  # by journeys not won and won
    sums = np.zeros(n_labels, np.float64)
    last_row = np.zeros(n_labels, np.uint32)
    for j in range(len(offsets) - 1):
        begin = np.uint64(offsets[j])
        following = begin + ONE
        own = made[np.uint64(is_won[j])]
        tick = np.int64(ticks[begin])
        for row in range(following, np.uint64(offsets[j + 1])):
            label, now = labels[row], np.int64(ticks[row])
            sums[label] += np.float64(now - tick)
            is_new = (np.uint64(last_row[label]) - following) >> SIGN
            own[label] += ONE + (is_new << HALF)
            last_row[label] = row
            tick = now
    both = made[0] + made[1]
    found = np.empty((3, n_labels), np.int64)
    found[0], found[1], found[2] = both & LOW, both >> HALF, made[1] >> HALF
    return found, sums


@kernel
def count_timed(
    labels: Labels, ticks: Ticks, current: Stages, offsets: Ints, n_labels: int, n_stages: int
) -> tuple[Ints, npt.NDArray[np.float64]]:
    """By label: moves, journeys, moves forward and back; and the sum of gaps.

    ``current`` is the stage after each touch (-1: before any, from which no move goes forward).
    Counted as :func:`count_made` does, and ways are looked up.
    """
    made = np.zeros(n_labels, np.uint64)
    ways = np.zeros(n_labels, np.uint64)
    sums = np.zeros(n_labels, np.float64)
    last_row = np.zeros(n_labels, np.uint32)
    way_of, n_states = ways_between(n_stages), np.uint64(n_stages + 1)
    for j in range(len(offsets) - 1):
        begin = np.uint64(offsets[j])
        following = begin + ONE
        tick, before = np.int64(ticks[begin]), np.uint64(current[begin] + 1) * n_states
        for row in range(following, np.uint64(offsets[j + 1])):
            label = labels[row]
            now, after = np.int64(ticks[row]), np.uint64(current[row] + 1)
            sums[label] += np.float64(now - tick)
            is_new = (np.uint64(last_row[label]) - following) >> SIGN
            made[label] += ONE + (is_new << HALF)
            last_row[label] = row
            ways[label] += way_of[before + after]
            tick, before = now, after * n_states
    found = np.empty((4, n_labels), np.int64)
    found[0], found[1] = made & LOW, made >> HALF
    found[2], found[3] = ways & LOW, ways >> HALF
    return found, sums


@kernel
def ways_between(n_stages: int) -> npt.NDArray[np.uint64]:
    """What a move adds to the ways counted: 1 if forward, ``2 ** 32`` if back, else nothing.

    Index ``before * (n_stages + 1) + after``, stages counted from 1; 0 is before any.
    """
    ways = np.zeros((n_stages + 1, n_stages + 1), np.uint64)
    for before in range(1, n_stages + 1):
        ways[before, before + 1 :] = ONE
        ways[before, 1:before] = ONE << HALF
    return ways.ravel()


@kernel
def count_types(
    types: Codes, offsets: Ints, n_types: int, outcomes: npt.NDArray[np.uint8], n_outcomes: int
) -> tuple[Ints, Ints, Ints, Ints]:
    """Touchpoints, journeys by outcome, starts, and ends by outcome, for every type."""
    n_starts = np.zeros(n_types, np.int64)
    n_ends = np.zeros((n_types, n_outcomes), np.int64)
    seen = np.zeros((n_outcomes, n_types), np.uint64)  # touchpoints, and journeys 2**32 times
    next_row = np.zeros(n_types, np.uint32)
    for j in range(len(offsets) - 1):
        outcome = np.uint64(outcomes[j])
        begin, end = np.uint64(offsets[j]), np.uint64(offsets[j + 1])
        own = seen[outcome]
        for row in range(begin, end):
            code = types[row]
            is_new = (np.uint64(next_row[code]) - (begin + ONE)) >> SIGN
            own[code] += ONE + (is_new << HALF)
            next_row[code] = row + ONE
        n_starts[types[begin]] += 1
        n_ends[types[end - ONE], outcome] += 1
    n_touchpoints = (seen & LOW).sum(axis=0).astype(np.int64)
    n_journeys = (seen >> HALF).astype(np.int64).T.copy()
    return n_touchpoints, n_journeys, n_starts, n_ends


@kernel
def extent(
    types: Codes, ticks: Ticks, offsets: Ints, n_types: int
) -> tuple[Ints, np.int64, np.int64]:
    """Touchpoints of every type, and the first and the last tick, which need a touchpoint."""
    counts = np.zeros(n_types, np.int64)
    for row in range(len(types)):
        counts[types[row]] += 1
    first, last = np.int64(2**63 - 1), np.int64(-(2**63))
    for j in range(len(offsets) - 1):
        if offsets[j] < offsets[j + 1]:
            first = min(first, np.int64(ticks[offsets[j]]))
            last = max(last, np.int64(ticks[offsets[j + 1] - 1]))
    return counts, first, last
