"""How long journeys stay in a stage, and where they go from there."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Ticks = npt.NDArray[Any]
Stages = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]


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
def leave(days: Ints, ways: Ints, first_days: Ints, age: Any, to: Any) -> None:
    """Count a stay that is left for another state; the day it is counts as one at risk."""
    add_days(days, first_days, age + 1)
    ways[np.searchsorted(first_days, age, side="right") - 1, to] += 1


@kernel
def state_after(is_open: Any, is_win: Any, stage: Any, furthest: Any, n_stages: int) -> Any:
    """The state that a touch leaves its journey in; the stage is -1 before any."""
    if is_win:
        return 2 * n_stages + 2
    if not is_open:
        return 2 * n_stages + 1
    if stage < 0:
        return 2 * n_stages
    return np.int64(stage) + n_stages * (furthest > stage)


@kernel
def begun_by(ticks: Ticks, begin: Any, end: Any, as_of: int) -> Any:
    """One past the last row of a journey by some time."""
    while end > begin and np.int64(ticks[end - 1]) > as_of:
        end -= 1
    return end


@kernel
def add_stays(
    days: Ints,
    ways: Ints,
    current: Stages,
    ticks: Ticks,
    is_open: Flags,
    begin: Any,
    end: Any,
    won_row: Any,
    as_of: int,
    dormancy: int,
    first_days: Ints,
    ticks_per_day: int,
    n_stages: int,
) -> tuple[Any, Any]:
    """Add the stays of one journey, the rows ``begin:end``; its state and age at ``as_of``."""
    win, over = 2 * n_stages + 2, 2 * n_stages + 1
    state, since, furthest = over, np.int64(ticks[begin]), np.int64(-1)
    for row in range(begin, end + 1):
        at = as_of if row == end else np.int64(ticks[row])
        if row > begin and is_open[row - 1] and at - np.int64(ticks[row - 1]) > dormancy:
            until = np.int64(ticks[row - 1]) + dormancy
            leave(days[state], ways[state], first_days, (until - since) // ticks_per_day, over)
            state, since = over, until
        if row == end:
            break
        furthest = max(furthest, np.int64(current[row]))
        now = state_after(is_open[row], row == won_row, current[row], furthest, n_stages)
        if row == begin:
            state = min(now, 2 * n_stages)
        if now != state:
            leave(days[state], ways[state], first_days, (at - since) // ticks_per_day, now)
            state, since = now, at
        if now == win:
            return np.int64(-1), np.int64(0)
    age = (as_of - since) // ticks_per_day
    add_days(days[state], first_days, age)
    return state, age


@kernel
def count_stays(
    current: Stages,
    ticks: Ticks,
    offsets: Ints,
    is_open: Flags,
    won_rows: Ints,
    as_of: int,
    dormancy: int,
    first_days: Ints,
    ticks_per_day: int,
    n_stages: int,
) -> tuple[Ints, Ints, Ints, Ints]:
    """Days at risk and ways on by state and age; the state and age of each journey at ``as_of``.

    States are the stages of journeys that were never further, those of journeys that were, then
    before any, then over: lost, closed or silent longer than ``dormancy``, and not come back.
    Days are by state and span of days since it was entered; span ``b`` begins on
    ``first_days[b]``, the last one never ends. Ways on are ``[state, span, to]``, where to is a
    state, then a win. A stay that is left counts the day it is as one at risk, one that goes on
    whole days alone. A journey won or not begun by then is in state -1.

    ``is_open`` says whether a touch left its journey open; ``won_rows`` won (-1: none did).
    """
    n_states, n_spans = 2 * n_stages + 2, len(first_days)
    days = np.zeros((n_states, n_spans), np.int64)
    ways = np.zeros((n_states, n_spans, n_states + 1), np.int64)
    states = np.full(len(offsets) - 1, -1, np.int64)
    ages = np.zeros(len(offsets) - 1, np.int64)
    for j in range(len(offsets) - 1):
        begin, end = offsets[j], begun_by(ticks, offsets[j], offsets[j + 1], as_of)
        if begin < end:
            rows = current, ticks, is_open, begin, end, won_rows[j]
            times = as_of, dormancy, first_days, ticks_per_day, n_stages
            states[j], ages[j] = add_stays(days, ways, *rows, *times)
    return days, ways, states, ages
