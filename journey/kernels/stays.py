"""How long journeys stay in a stage, and where they go from there."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Ticks = npt.NDArray[Any]
Stages = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]

NEVER: Final = np.iinfo(np.int64).max


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
def stay_on(
    days: Ints,
    states: Ints,
    ages: Ints,
    instants: Ints,
    back: Any,
    until: Any,
    state: Any,
    since: Any,
    first_days: Ints,
    ticks_per_day: int,
) -> Any:
    """Tell a journey's state of the instants before a time; the place of the next instant."""
    while back >= 0 and instants[back] < until:
        states[back], ages[back] = state, (instants[back] - since) // ticks_per_day
        add_days(days[back, state], first_days, ages[back])
        back -= 1
    return back


@kernel
def add_stays(
    going_on: Ints,
    days: Ints,
    ways: Ints,
    states: Ints,
    ages: Ints,
    current: Stages,
    ticks: Ticks,
    is_open: Flags,
    won_row: Any,
    instants: Ints,
    dormancy: int,
    first_days: Ints,
    ticks_per_day: int,
    n_stages: int,
) -> None:
    """Add the stays of one journey to the first instant that knows them.

    Its state and age at each instant are told too, and the days of the stay that goes on then.
    """
    win, over = 2 * n_stages + 2, 2 * n_stages + 1
    state, since, furthest = over, np.int64(ticks[0]), np.int64(-1)
    told = going_on, states, ages, instants
    back = len(instants) - 1 - np.searchsorted(instants[::-1], since)
    if back < 0:
        return
    for row in range(len(ticks) + 1):
        at = NEVER if row == len(ticks) else np.int64(ticks[row])
        if row > 0 and is_open[row - 1] and at > np.int64(ticks[row - 1]) + dormancy:
            until = np.int64(ticks[row - 1]) + dormancy
            back = stay_on(*told, back, until + 1, state, since, first_days, ticks_per_day)
            if back < 0:
                return
            stay = days[back, state], ways[back, state], first_days
            leave(*stay, (until - since) // ticks_per_day, over)
            state, since = over, until
        if instants[back] < at:
            back = stay_on(*told, back, at, state, since, first_days, ticks_per_day)
            if back < 0:
                return
        furthest = max(furthest, np.int64(current[row]))
        now = state_after(is_open[row], row == won_row, current[row], furthest, n_stages)
        if row == 0:
            state = min(now, 2 * n_stages)
        if now != state:
            stay = days[back, state], ways[back, state], first_days
            leave(*stay, (at - since) // ticks_per_day, now)
            state, since = now, at
        if now == win:
            return


@kernel
def count_stays(
    current: Stages,
    ticks: Ticks,
    offsets: Ints,
    is_open: Flags,
    won_rows: Ints,
    instants: Ints,
    dormancy: int,
    first_days: Ints,
    ticks_per_day: int,
    n_stages: int,
) -> tuple[Ints, Ints, Ints, Ints]:
    """Days at risk and ways on by state and age, states and ages of journeys, at some instants.

    Each begins with the instant; the latest comes first.

    States are the stages of journeys that were never further, those of journeys that were, then
    before any, then over: lost, closed or silent longer than ``dormancy``, and not come back.
    Days are by state and span of days since it was entered; span ``b`` begins on
    ``first_days[b]``, the last one never ends. Ways on are ``[instant, state, span, to]``, where to
    is a state, then a win. A stay that is left counts the day it is as one at risk, one that goes
    on whole days alone. A journey won or not begun by then is in state -1.

    ``is_open`` says whether a touch left its journey open; ``won_rows`` won (-1: none did).
    """
    n, n_states, n_spans = len(instants), 2 * n_stages + 2, len(first_days)
    days = np.zeros((n, n_states, n_spans), np.int64)
    going_on = np.zeros((n, n_states, n_spans), np.int64)
    ways = np.zeros((n, n_states, n_spans, n_states + 1), np.int64)
    states = np.full((len(offsets) - 1, n), -1, np.int64)
    ages = np.zeros((len(offsets) - 1, n), np.int64)
    for j in range(len(offsets) - 1):
        begin, end = offsets[j], offsets[j + 1]
        if begin < end:
            counts = going_on, days, ways, states[j], ages[j]
            rows = current[begin:end], ticks[begin:end], is_open[begin:end], won_rows[j] - begin
            add_stays(*counts, *rows, instants, dormancy, first_days, ticks_per_day, n_stages)
    for back in range(n - 2, -1, -1):
        days[back] += days[back + 1]
        ways[back] += ways[back + 1]
    return days + going_on, ways, states.T, ages.T


@kernel
def add_standing(
    chosen: Ints,
    places: npt.NDArray[np.int32],
    values: npt.NDArray[np.float64],
    spans: npt.NDArray[np.int32],
    begun: npt.NDArray[np.int32],
    n_places: int,
    n_spans: int,
    n_begun: int,
) -> tuple[npt.NDArray[np.float64], Ints, Ints]:
    """Chosen journeys added up by place (-1: in none) and by beginning (-1: too long ago).

    By place how many, their values and these squared; of those without a value, which is not a
    number, how many by ``place * n_spans + span``; and how many by beginning.
    """
    mass = np.zeros((3, n_places))
    valueless = np.zeros(n_places * n_spans, np.int64)
    n_each = np.zeros(n_begun, np.int64)
    for j in chosen:
        if begun[j] >= 0:
            n_each[begun[j]] += 1
        place, value = np.int64(places[j]), values[j]
        if place < 0:
            continue
        mass[0, place] += 1
        if np.isnan(value):
            valueless[place * n_spans + spans[j]] += 1
        else:
            mass[1, place] += value
            mass[2, place] += value * value
    return mass, valueless, n_each
