"""States that journeys were in before they were decided, and what came after."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel
from journey.kernels.facts import NO_DECISION, WON

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[Any]
Ticks = npt.NDArray[Any]
Stages = npt.NDArray[np.int8]
Bytes = npt.NDArray[np.uint8]


@kernel
def next_of_states(
    current: Stages,
    types: Codes,
    ticks: Ticks,
    offsets: Ints,
    is_open: Flags,
    outcomes: Bytes,
    limits: Floats,
    dormancy: float,
    n_types: int,
) -> tuple[Ints, Flags]:
    """The touch after each state that a decided journey was in, and whether the journey is won.

    A state is a stage (the last: before any), the last touch (one more than there are types: any)
    and a band of silence: band ``b`` is silence longer than ``limits[stage, b]``. It is one of an
    open journey: ``is_open`` says whether a touch left it so, and silence beyond ``dormancy`` ends
    it. A journey counts once for each state, at its first time in it. An entry is
    ``((stage * n_bands + band) * (n_types + 1) + last) * n_types + next``.
    """
    n_places, n_bands = limits.shape
    n_lasts = n_types + 1
    seen = np.full(n_places * n_bands * n_lasts, -1, np.int64)
    entries, won = np.empty(4_096, np.int64), np.empty(4_096, np.bool_)
    at = 0
    for j in range(len(offsets) - 1):
        if outcomes[j] > NO_DECISION:
            continue
        for row in range(offsets[j], offsets[j + 1] - 1):
            silence = np.int64(ticks[row + 1]) - np.int64(ticks[row])
            if not is_open[row] or silence > dormancy:
                continue
            place = np.int64(current[row]) if current[row] >= 0 else np.int64(n_places - 1)
            for band in range(n_bands):
                if silence <= limits[place, band]:
                    break
                first = (place * n_bands + band) * n_lasts
                for state in (first + types[row], first + n_types):
                    if seen[state] == j:
                        continue
                    seen[state] = j
                    if at == len(entries):
                        entries = np.concatenate((entries, np.empty_like(entries)))
                        won = np.concatenate((won, np.empty_like(won)))
                    entries[at], won[at] = state * n_types + types[row + 1], outcomes[j] == WON
                    at += 1
    return entries[:at].copy(), won[:at].copy()


@kernel
def first_in_state(
    current: Stages, types: Codes, offsets: Ints, ends: Ints, stage: int, last: int
) -> Ints:
    """Per journey the first row before its end in a stage, after a touch of a type; -1: none.

    A negative ``last`` stands for any type. A journey whose end is negative is left out.
    """
    found = np.full(len(offsets) - 1, -1, np.int64)
    for j in range(len(offsets) - 1):
        for row in range(offsets[j], ends[j]):
            if current[row] == stage and (last < 0 or types[row] == last):
                found[j] = row
                break
    return found


@kernel
def moves_to_first_times(types: Codes, begins: Ints, ends: Ints, start: int, n_types: int) -> Ints:
    """The moves of journeys from a row to another, each type at its first time there alone.

    All ways begin at the type ``start``, so no journey is at a type twice. Journeys with a negative
    begin are left out. An entry is ``source * n_types + target``.
    """
    most = 0
    for j in range(len(begins)):
        if begins[j] >= 0:
            most += ends[j] - begins[j]
    moves = np.empty(most, np.int64)
    at = 0
    seen = np.full(n_types, -1, np.int64)
    for j in range(len(begins)):
        if begins[j] < 0:
            continue
        source = np.int64(start)
        seen[source] = j
        for row in range(begins[j] + 1, ends[j] + 1):
            target = np.int64(types[row])
            if seen[target] != j:
                seen[target] = j
                moves[at] = source * n_types + target
                at += 1
                source = target
    return moves[:at].copy()


@kernel
def has_in_order(types: Codes, begins: Ints, ends: Ints, sequence: Ints) -> Flags:
    """Journeys that have a sequence after a row and up to another, others between allowed."""
    found = np.zeros(len(begins), np.bool_)
    for j in range(len(begins)):
        if begins[j] < 0:
            continue
        step = 0
        for row in range(begins[j] + 1, ends[j] + 1):
            if step < len(sequence) and types[row] == sequence[step]:
                step += 1
        found[j] = step == len(sequence)
    return found
