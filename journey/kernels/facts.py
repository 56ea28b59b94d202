"""What is true of each journey: its stage after every touch, how it was decided."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Ticks = npt.NDArray[Any]
Stages = npt.NDArray[np.int8]
Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]

WON, LOST, NO_DECISION, OPEN = 0, 1, 2, 3
"""States of a journey; the first three are also the codes of its outcome."""
STALLED, IN_PROGRESS = 3, 4
UNDECIDING = 255
"""The mark of touchpoints that decide nothing; others carry the state they bring about."""

N_BINS = 4_096


@kernel
def walk(
    entered: Stages,
    verdicts: Bytes,
    by_customer: Flags,
    ticks: Ticks,
    offsets: Ints,
    last_stage: int,
    dormancy: float,
) -> tuple[Stages, Bytes, Ints, npt.NDArray[np.int32]]:
    """Stage after each touch; per journey its state, deciding row and number of reopenings.

    The last deciding touchpoint counts; silence beyond dormancy ends a journey undecided; only a
    customer's touch after a loss or dormancy reopens it, and to buy is one, while to be closed
    once more is none; a win stays, and from then on the journey is in its last stage.
    """
    current = np.empty(len(entered), np.int8)
    states = np.full(len(offsets) - 1, OPEN, np.uint8)
    decided = np.full(len(offsets) - 1, -1, np.int64)
    reopened = np.zeros(len(offsets) - 1, np.int32)
    for j in range(len(offsets) - 1):
        stage = np.int8(-1)
        state = OPEN
        for row in range(offsets[j], offsets[j + 1]):
            if state != WON:
                if entered[row] >= 0:
                    stage = entered[row]
                begun = row > offsets[j]
                if begun and state == OPEN and np.int64(ticks[row]) - ticks[row - 1] > dormancy:
                    state = NO_DECISION
                verdict = verdicts[row]
                is_return = by_customer[row] and verdict in (UNDECIDING, WON)
                if state != OPEN and is_return:
                    state = OPEN
                    decided[j] = -1
                    reopened[j] += 1
                if verdict != UNDECIDING:
                    state = verdict
                    decided[j] = row
                if state == WON:
                    stage = np.int8(last_stage)
            current[row] = stage
        states[j] = state
    return current, states, decided, reopened


@kernel
def gaps_of(ticks: Ticks, offsets: Ints, wanted: Flags) -> Ints:
    """Gaps between neighbouring touches of the wanted journeys."""
    total = 0
    for j in range(len(offsets) - 1):
        if wanted[j] and offsets[j + 1] > offsets[j]:
            total += offsets[j + 1] - offsets[j] - 1
    gaps = np.empty(total, np.int64)
    at = 0
    for j in range(len(offsets) - 1):
        if wanted[j]:
            for row in range(offsets[j] + 1, offsets[j + 1]):
                gaps[at] = np.int64(ticks[row]) - np.int64(ticks[row - 1])
                at += 1
    return gaps


@kernel
def values_at(values: Ints, place: int) -> tuple[int, int]:
    """Of values that are never negative the one at this place in their order, and the next.

    Counted into bins of equal width, so that only those near the place need be sorted.
    """
    shift = np.int64(0)
    largest = values.max()
    while largest >> shift >= N_BINS:
        shift += 1
    counts = np.zeros(N_BINS, np.int64)
    for value in values:
        counts[value >> shift] += 1
    first, n_below = np.int64(0), np.int64(0)
    while n_below + counts[first] <= place:
        n_below += counts[first]
        first += 1
    following = min(place + 1, len(values) - 1)
    last, n_upto = first, n_below + counts[first]
    while n_upto <= following:
        last += 1
        n_upto += counts[last]
    near = np.empty(n_upto - n_below, np.int64)
    at = 0
    for value in values:
        if first <= value >> shift <= last:
            near[at] = value
            at += 1
    near.sort()
    return near[place - n_below], near[following - n_below]


@kernel
def gaps_before_advance(current: Stages, ticks: Ticks, offsets: Ints) -> tuple[Stages, Ints]:
    """Gaps begun in a stage by journeys that later went beyond it, with that stage."""
    stages = np.empty(len(current), np.int8)
    gaps = np.empty(len(current), np.int64)
    at = 0
    for j in range(len(offsets) - 1):
        furthest = np.int8(-1)
        for row in range(offsets[j + 1] - 2, offsets[j] - 1, -1):
            furthest = max(furthest, current[row + 1])
            if 0 <= current[row] < furthest:
                stages[at] = current[row]
                gaps[at] = np.int64(ticks[row + 1]) - np.int64(ticks[row])
                at += 1
    return stages[:at].copy(), gaps[:at].copy()


@kernel
def settle(
    current: Stages,
    states: Bytes,
    ticks: Ticks,
    offsets: Ints,
    as_of: int,
    dormancy: float,
    normal: npt.NDArray[np.float64],
) -> Bytes:
    """The outcome of each journey.

    ``normal[stage]`` is the silence not yet unusual there; its last entry serves journeys that
    have entered no stage.
    """
    outcomes = states.copy()
    for j in range(len(offsets) - 1):
        last = offsets[j + 1] - 1
        if states[j] == OPEN and last >= offsets[j]:
            silence = as_of - np.int64(ticks[last])
            if silence > dormancy:
                outcomes[j] = NO_DECISION
            elif silence > normal[current[last]]:
                outcomes[j] = STALLED
            else:
                outcomes[j] = IN_PROGRESS
    return outcomes
