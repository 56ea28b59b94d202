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

FIRST_KEY = 523_775
"""One below the key of 1; a key is the float64 of a gap without the last ``KEY_SHIFT`` bits."""
KEY_SHIFT = 43

ONE = np.uint64(1)


@kernel
def gap_before(ticks: Ticks, row: Any) -> np.int64:
    """The time from the touch before to this one."""
    return np.int64(ticks[row]) - np.int64(ticks[row - ONE])


@kernel
def walk(
    entered: Stages,
    verdicts: Bytes,
    by_customer: Flags,
    ticks: Ticks,
    begins: Ints,
    ends: Ints,
    last_stage: int,
    dormancy: float,
) -> tuple[Stages, Bytes, Ints, npt.NDArray[np.int32], Ints]:
    """Stage after each touch; per journey state, deciding row, reopenings, row before its silence.

    Journey ``j`` is the rows ``begins[j]:ends[j]``; rows of no journey are left undefined.

    The last deciding touchpoint counts; silence beyond dormancy ends a journey undecided; only a
    customer's touch after a loss or dormancy reopens it, and to buy is one, while to be closed
    once more is none; a win stays, and from then on the journey is in its last stage. The row
    before its silence is the one after which a journey went dormant, if that is how it stands.
    """
    current = np.empty(len(entered), np.int8)
    states = np.full(len(begins), OPEN, np.uint8)
    decided = np.full(len(begins), -1, np.int64)
    reopened = np.zeros(len(begins), np.int32)
    silent = np.full(len(begins), -1, np.int64)
    for j in range(len(begins)):
        stage = np.int8(-1)
        state = OPEN
        for row in range(np.uint64(begins[j]), np.uint64(ends[j])):
            if state != WON:
                if entered[row] >= 0:
                    stage = entered[row]
                begun = row > np.uint64(begins[j])
                if begun and state == OPEN and gap_before(ticks, row) > dormancy:
                    state = NO_DECISION
                    silent[j] = row - ONE
                verdict = verdicts[row]
                is_return = by_customer[row] and verdict in (UNDECIDING, WON)
                if state != OPEN and is_return:
                    state = OPEN
                    decided[j], silent[j] = -1, -1
                    reopened[j] += 1
                if verdict != UNDECIDING:
                    state = verdict
                    decided[j], silent[j] = row, -1
                if state == WON:
                    stage = np.int8(last_stage)
            current[row] = stage
        states[j] = state
    return current, states, decided, reopened, silent


@kernel
def open_after(
    verdicts: Bytes, by_customer: Flags, ticks: Ticks, offsets: Ints, dormancy: float
) -> Flags:
    """Whether each touch left its journey open: not decided, nor dormant and not come back.

    The rules are those of :func:`walk`.
    """
    is_open = np.empty(len(verdicts), np.bool_)
    for j in range(len(offsets) - 1):
        state = OPEN
        for row in range(np.uint64(offsets[j]), np.uint64(offsets[j + 1])):
            begun = row > np.uint64(offsets[j])
            if begun and state == OPEN and gap_before(ticks, row) > dormancy:
                state = NO_DECISION
            verdict = verdicts[row]
            if state != WON:
                if by_customer[row] and verdict in (UNDECIDING, WON):
                    state = OPEN
                if verdict != UNDECIDING:
                    state = verdict
            is_open[row] = state == OPEN
    return is_open


@kernel
def journeys_pausing(ticks: Ticks, offsets: Ints, limit: float) -> Ints:
    """Journeys with a gap longer than a limit."""
    found = np.empty(len(offsets) - 1, np.int64)
    at = 0
    for j in range(len(offsets) - 1):
        begin, end = offsets[j], offsets[j + 1]
        if end > begin and np.int64(ticks[end - 1]) - np.int64(ticks[begin]) > limit:
            for row in range(begin + 1, end):
                if np.int64(ticks[row]) - np.int64(ticks[row - 1]) > limit:
                    found[at] = j
                    at += 1
                    break
    return found[:at].copy()


@kernel
def bits_of_gap(earlier: np.int64, later: np.int64) -> np.int64:
    """The float64 bits of the time between two ticks, in the order of gaps."""
    return np.float64(later - earlier).view(np.int64)


@kernel
def key_of(bits: np.int64) -> np.int64:
    """The cell of the first round that holds these bits; 0 is no gap at all."""
    return np.int64(max((bits >> KEY_SHIFT) - FIRST_KEY, 0))


@kernel
def count_gaps(current: Stages, states: Bytes, ticks: Ticks, offsets: Ints, n_stages: int) -> Ints:
    """Gaps between neighbouring touches by group and key.

    A gap is in the group of its stage if it began there in a journey that later went beyond; every
    gap is in group ``n_stages``, and in the next one too if its journey is won. Key 0 is no gap at
    all, key ``k`` that of ``FIRST_KEY + k``.
    """
    longest = np.int64(0)
    for j in range(len(offsets) - 1):
        if offsets[j + 1] > offsets[j]:
            first, last = np.int64(ticks[offsets[j]]), np.int64(ticks[offsets[j + 1] - 1])
            longest = max(longest, last - first)
    n_keys = key_of(bits_of_gap(np.int64(0), longest)) + 1
    kinds = np.zeros((2, n_stages + 1, n_keys), np.uint32)  # of journeys not won and won
    for j in range(len(offsets) - 1):
        begin, row = np.uint64(offsets[j]), np.uint64(offsets[j + 1])
        if begin == row:
            continue
        row -= ONE
        own = kinds[np.uint64(states[j] == WON)]
        later, furthest = np.int64(ticks[row]), current[row]
        while row > begin:
            row -= ONE
            now, stage = np.int64(ticks[row]), current[row]
            goes_beyond = (stage >= 0) & (stage < furthest)
            group = np.uint64(stage) if goes_beyond else np.uint64(n_stages)
            own[group, np.uint64(key_of(bits_of_gap(now, later)))] += np.uint32(1)
            later, furthest = now, max(furthest, stage)
    counts = np.empty((n_stages + 2, n_keys), np.int64)
    counts[:n_stages] = kinds[0, :n_stages] + kinds[1, :n_stages]
    counts[n_stages + 1] = kinds[1].sum(axis=0)
    counts[n_stages] = kinds[0].sum(axis=0) + counts[n_stages + 1]
    return counts


@kernel
def gaps_within(
    current: Stages,
    states: Bytes,
    ticks: Ticks,
    offsets: Ints,
    n_stages: int,
    starts: Ints,
    lows: Ints,
    highs: Ints,
) -> tuple[Ints, Ints]:
    """Targets and float64 bits of the gaps that lie within a target of one of their groups.

    Groups are those of ``count_gaps``; the targets of group ``g`` are
    ``starts[g]:starts[g + 1]``, each a range of bits. Most gaps are in a cell without any.
    """
    targets, found = np.empty(4_096, np.int64), np.empty(4_096, np.int64)
    at = 0
    beyond = key_of(highs.max()) + 1
    has_target = np.zeros(beyond + 1, np.bool_)
    for target in range(len(lows)):
        has_target[key_of(lows[target]) : key_of(highs[target]) + 1] = True
    groups = np.empty(3, np.int64)
    for j in range(len(offsets) - 1):
        begin, row = np.uint64(offsets[j]), np.uint64(offsets[j + 1])
        if begin == row:
            continue
        most = at + np.int64(row - begin) * len(lows)
        if most > len(found):  # made larger here, as the loop below is slow where it might be
            targets = np.concatenate((targets, np.empty(most, np.int64)))
            found = np.concatenate((found, np.empty(most, np.int64)))
        row -= ONE
        later, furthest = np.int64(ticks[row]), current[row]
        while row > begin:
            row -= ONE
            now, stage = np.int64(ticks[row]), current[row]
            bits = bits_of_gap(now, later)
            goes_beyond = (stage >= 0) & (stage < furthest)
            later, furthest = now, max(furthest, stage)
            if not has_target[np.uint64(min(key_of(bits), beyond))]:
                continue
            groups[0], groups[1], groups[2] = n_stages, n_stages + 1, stage
            is_in = True, states[j] == WON, goes_beyond
            for group, is_own in zip(groups, is_in):  # noqa: B905 - not compiled with strict
                if is_own:
                    for target in range(starts[group], starts[group + 1]):
                        targets[at], found[at] = target, bits
                        at += lows[target] <= bits < highs[target]
    return targets[:at].copy(), found[:at].copy()


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
