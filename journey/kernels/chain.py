"""Chances of a chain of stages, day by day.

Draws lie next to each other: what is done for one is done for all of them at once.
"""

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@kernel
def a_day_more(won: Floats, moves: Floats, wins: Floats, stays: Floats, first_ages: Ints) -> None:
    """Write chances to have won, ``[state, age, draw]``, as they are with one day more ahead.

    ``moves[state, span, to, draw]`` is the chance to go to another state that day, ``wins`` that
    to win and ``stays`` that to stay, both ``[state, span, draw]``; spans of age begin at
    ``first_ages``. The last age stays as old.
    """
    n_states, n_ages, n_draws = won.shape
    by_way = np.zeros(wins.shape)
    for state in range(n_states):
        for span in range(len(first_ages)):
            for to in range(n_states):
                for draw in range(n_draws):
                    by_way[state, span, draw] += moves[state, span, to, draw] * won[to, 0, draw]
            for draw in range(n_draws):
                by_way[state, span, draw] += wins[state, span, draw]
    for state in range(n_states):
        for span in range(len(first_ages)):
            end = first_ages[span + 1] if span + 1 < len(first_ages) else n_ages
            for age in range(first_ages[span], end):
                older = min(age + 1, n_ages - 1)
                for draw in range(n_draws):
                    later = stays[state, span, draw] * won[state, older, draw]
                    won[state, age, draw] = by_way[state, span, draw] + later


@kernel
def won_by_week(
    gained: Floats,
    mass: Floats,
    states: Ints,
    ages: Ints,
    spans: Ints,
    counts: Floats,
    value: Floats,
    square: float,
) -> Floats:
    """What journeys known bring: wins, value and squared value, ``[week, layer, state, draw]``.

    ``gained[week, state, age, draw]`` is the chance to be won in a week. ``mass`` has the same
    layers of journeys by state and age: how many, their values, these squared. Journeys without a
    value of their own are told apart: ``counts[k]`` of a state and an age, worth
    ``value[week, spans[k], draw]``; squared values are ``square`` times the square of that.
    """
    n_weeks, n_states, n_ages, n_draws = gained.shape
    found = np.zeros((n_weeks, len(mass), n_states, n_draws))
    for week in range(n_weeks):
        for state in range(n_states):
            of_state = found[week, :, state]
            wins, worths, squares = of_state[0], of_state[1], of_state[2]
            for age in range(n_ages):
                if mass[0, state, age]:
                    for draw in range(n_draws):
                        gain = gained[week, state, age, draw]
                        wins[draw] += mass[0, state, age] * gain
                        worths[draw] += mass[1, state, age] * gain
                        squares[draw] += mass[2, state, age] * gain
        for k in range(len(counts)):
            for draw in range(n_draws):
                worth = value[week, spans[k], draw]
                gain = counts[k] * gained[week, states[k], ages[k], draw] * worth
                found[week, 1, states[k], draw] += gain
                found[week, 2, states[k], draw] += gain * worth * square
    return found
