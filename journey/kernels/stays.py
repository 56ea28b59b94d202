"""How long journeys stay in a stage, and where they go from there."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Ticks = npt.NDArray[Any]
Stages = npt.NDArray[np.int8]
Bytes = npt.NDArray[np.uint8]

WON, OVER, OPEN = 0, 1, 2
"""How a journey's last stay ends: by a win, by anything else, or not yet."""


@kernel
def add_days(days: Ints, first_days: Ints, n_days: Any) -> None:
    """Add the days of one stay to the spans they lie in; the last span never ends."""
    for span in range(len(first_days)):
        if first_days[span] >= n_days:
            break
        is_last = span + 1 == len(first_days)
        until = n_days if is_last else min(n_days, first_days[span + 1])
        days[span] += until - first_days[span]


@kernel
def count_stays(
    current: Stages,
    ticks: Ticks,
    begins: Ints,
    ends: Ints,
    end_ticks: Ints,
    fates: Bytes,
    first_days: Ints,
    ticks_per_day: int,
    n_stages: int,
) -> tuple[Ints, Ints, Ints, Ints]:
    """Days at risk and ways on by state and age; the state and age of each journey at its end.

    States are the stages, then that of journeys before any. The stay of a state is cut into spans
    of days since it began; span ``b`` begins on ``first_days[b]``, the last one never ends. Rows
    ``begins[j]:ends[j]`` are the touches of journey ``j`` before it ended at ``end_ticks[j]``.
    Index of the ways on: ``[state, span, to]``, where to is a state, then a win, then any other
    end. A stay that goes on counts the day it does as one at risk; one not yet over counts whole
    days alone.
    """
    n_states, n_spans = n_stages + 1, len(first_days)
    days = np.zeros((n_states, n_spans), np.int64)
    ways = np.zeros((n_states, n_spans, n_states + 2), np.int64)
    states = np.empty(len(begins), np.int64)
    ages = np.empty(len(begins), np.int64)
    for j in range(len(begins)):
        state, since = n_stages, end_ticks[j]
        for row in range(begins[j], ends[j] + 1):
            is_end = row == ends[j]
            if is_end:
                now, at = n_states + fates[j], end_ticks[j]
            else:
                now, at = np.int64(current[row]), np.int64(ticks[row])
                now = n_stages if now < 0 else now
                if row == begins[j]:
                    state, since = now, at
            if now == state:
                continue
            age = (at - since) // ticks_per_day
            goes_on = not is_end or fates[j] != OPEN
            n_days = age + 1 if goes_on else age
            add_days(days[state], first_days, n_days)
            if goes_on:
                span = np.searchsorted(first_days, age, side="right") - 1
                ways[state, span, now] += 1
            if is_end:
                states[j], ages[j] = state, age
            else:
                state, since = now, at
    return days, ways, states, ages
