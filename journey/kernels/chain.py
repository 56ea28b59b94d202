"""Chances of a chain of stages, day by day."""

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@kernel
def a_day_more(won: Floats, ways_on: Floats, stays: Floats, first_ages: Ints) -> Floats:
    """Chances to have won, ``[draw, state, age]``, with one day more ahead.

    ``ways_on`` is the chance to win by another way that day and ``stays`` that to stay, both
    ``[draw, state, span]``; spans of age begin at ``first_ages``. The last age stays as old.
    """
    found = np.empty_like(won)
    n_draws, n_states, n_ages = won.shape
    for draw in range(n_draws):
        for state in range(n_states):
            for span in range(len(first_ages)):
                by_way, stay = ways_on[draw, state, span], stays[draw, state, span]
                end = first_ages[span + 1] if span + 1 < len(first_ages) else n_ages - 1
                for age in range(first_ages[span], end):
                    found[draw, state, age] = by_way + stay * won[draw, state, age + 1]
            last = ways_on[draw, state, -1], stays[draw, state, -1]
            found[draw, state, n_ages - 1] = last[0] + last[1] * won[draw, state, n_ages - 1]
    return found


@kernel
def won_by_known(
    gained: Floats,
    mass: Floats,
    states: Ints,
    ages: Ints,
    spans: Ints,
    counts: Floats,
    value: Floats,
    square: float,
) -> Floats:
    """What journeys known bring: wins, value and squared value, ``[draw, state, layer]``.

    ``gained[draw, state, age]`` is the chance to be won in the time looked at. ``mass`` has the
    same layers of journeys by state and age: how many, their values, these squared. Journeys
    without a value of their own are told apart: ``counts[k]`` of a state and an age, worth
    ``value[draw, spans[k]]``; squared values are ``square`` times the square of that.
    """
    n_draws, n_states, n_ages = gained.shape
    found = np.zeros((n_draws, n_states, len(mass)))
    for draw in range(n_draws):
        for state in range(n_states):
            # Three sums at once: one alone would wait for itself.
            wins, worths, squares = 0.0, 0.0, 0.0
            for age in range(n_ages):
                if mass[0, state, age]:
                    gain = gained[draw, state, age]
                    wins += mass[0, state, age] * gain
                    worths += mass[1, state, age] * gain
                    squares += mass[2, state, age] * gain
            found[draw, state] = wins, worths, squares
        for k in range(len(counts)):
            gain = counts[k] * gained[draw, states[k], ages[k]]
            worth = value[draw, spans[k]]
            found[draw, states[k], 1] += gain * worth
            found[draw, states[k], 2] += gain * worth * worth * square
    return found
