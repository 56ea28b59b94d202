"""Moves: touchpoints that follow each other directly in a journey."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[Any]
Ticks = npt.NDArray[Any]
Gaps = npt.NDArray[Any]


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
def count_moves_timed(
    types: Codes, ticks: Ticks, offsets: Ints, n_types: int
) -> tuple[Ints, Ints, npt.NDArray[np.float64]]:
    """Moves, journeys that make them, and the sum of their gaps, by ``source, target``."""
    n_moves = np.zeros(n_types * n_types, np.int64)
    n_journeys = np.zeros(n_types * n_types, np.int64)
    last_journey = np.full(n_types * n_types, -1, np.int32)
    gap_sums = np.zeros(n_types * n_types, np.float64)
    for j in range(len(offsets) - 1):
        source = np.int64(types[offsets[j]])
        for row in range(offsets[j] + 1, offsets[j + 1]):
            target = np.int64(types[row])
            key = source * n_types + target
            n_moves[key] += 1
            gap_sums[key] += np.int64(ticks[row]) - np.int64(ticks[row - 1])
            if last_journey[key] != j:
                last_journey[key] = j
                n_journeys[key] += 1
            source = target
    return n_moves, n_journeys, gap_sums


@kernel
def gaps_by_move(
    types: Codes, ticks: Ticks, offsets: Ints, n_types: int, starts: Ints, gaps: Gaps
) -> None:
    """Fill ``gaps``, those of one move lying together from ``starts[key]`` on."""
    at = starts.copy()
    for j in range(len(offsets) - 1):
        source = np.int64(types[offsets[j]])
        for row in range(offsets[j] + 1, offsets[j + 1]):
            target = np.int64(types[row])
            key = source * n_types + target
            gaps[at[key]] = np.int64(ticks[row]) - np.int64(ticks[row - 1])
            at[key] += 1
            source = target


@kernel
def list_moves(types: Codes, ticks: Ticks, offsets: Ints, n_types: int) -> tuple[Ints, Ints, Ints]:
    """Every move's key, gap and journey in the order of the log (for many types)."""
    n_moves = len(types) - (len(offsets) - 1)
    keys = np.empty(n_moves, np.int64)
    gaps = np.empty(n_moves, np.int64)
    journeys = np.empty(n_moves, np.int64)
    at = 0
    for j in range(len(offsets) - 1):
        for row in range(offsets[j] + 1, offsets[j + 1]):
            keys[at] = np.int64(types[row - 1]) * n_types + np.int64(types[row])
            gaps[at] = np.int64(ticks[row]) - np.int64(ticks[row - 1])
            journeys[at] = j
            at += 1
    return keys, gaps, journeys


@kernel
def stage_changes(
    types: Codes, current: npt.NDArray[np.int8], offsets: Ints, n_types: int
) -> tuple[Ints, Ints]:
    """Keys of the moves that take a journey to a later stage, and of those to an earlier one.

    ``current`` is the stage after each touch (-1: before any, from which no move goes forward).
    """
    n_forward, n_back = 0, 0
    for j in range(len(offsets) - 1):
        for row in range(offsets[j] + 1, offsets[j + 1]):
            before, after = current[row - 1], current[row]
            n_forward += 0 <= before < after
            n_back += 0 <= after < before
    forward = np.empty(n_forward, np.int64)
    back = np.empty(n_back, np.int64)
    at_forward, at_back = 0, 0
    for j in range(len(offsets) - 1):
        for row in range(offsets[j] + 1, offsets[j + 1]):
            before, after = current[row - 1], current[row]
            if before == after or before < 0 or after < 0:
                continue
            key = np.int64(types[row - 1]) * n_types + np.int64(types[row])
            if before < after:
                forward[at_forward] = key
                at_forward += 1
            else:
                back[at_back] = key
                at_back += 1
    return forward, back


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


@kernel
def place_groups(values: Gaps, starts: Ints, places: Ints, into: Gaps) -> None:
    """Copy each group of values to its place."""
    for g in range(len(places)):
        length = starts[g + 1] - starts[g]
        into[places[g] : places[g] + length] = values[starts[g] : starts[g + 1]]
