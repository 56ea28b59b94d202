"""Chances of a chain of stages, day by day."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels.chain import a_day_more, won_by_week
from journey.store.layout import frozen

FIRST_AGES = (0, 1, 3)
N_AGES = 4


SPAN_OF = [max(k for k, first in enumerate(FIRST_AGES) if first <= age) for age in range(N_AGES)]
CHANCE = st.floats(0, 1)


def drawn(data, *shape, numbers=CHANCE):
    """An array of such a shape."""
    n = int(np.prod(shape))
    return np.array(data.draw(st.lists(numbers, min_size=n, max_size=n))).reshape(shape)


@given(st.data())
def test_a_day_more_is_a_way_on_or_a_stay_at_an_age_more(data):
    n_states, n_spans, n_draws = 2, len(FIRST_AGES), 2
    before = drawn(data, n_states, N_AGES, n_draws)
    moves = drawn(data, n_states, n_spans, n_states, n_draws)
    wins, stays = drawn(data, n_states, n_spans, n_draws), drawn(data, n_states, n_spans, n_draws)
    won = before.copy()
    a_day_more(won, *map(frozen, (moves, wins, stays, np.array(FIRST_AGES, np.int64))))
    for state, age, draw in np.ndindex(won.shape):
        span, older = SPAN_OF[age], min(age + 1, N_AGES - 1)
        elsewhere = sum(
            moves[state, span, to, draw] * before[to, 0, draw] for to in range(n_states)
        )
        stay = stays[state, span, draw] * before[state, older, draw]
        assert np.isclose(won[state, age, draw], wins[state, span, draw] + elsewhere + stay)


WORTH = st.floats(0, 10)


@given(st.data())
def test_what_open_journeys_bring_is_a_sum_over_them(data):
    n_weeks, n_draws, n_states, n_spans = 2, 2, 2, 2
    gained = drawn(data, n_weeks, n_states, N_AGES, n_draws)
    mass = drawn(data, 3, n_states, N_AGES, numbers=WORTH)
    mass[1:] *= mass[0] > 0  # nobody is worth nothing
    value = drawn(data, n_weeks, n_spans, n_draws, numbers=WORTH)
    place = st.tuples(
        st.integers(0, n_states - 1), st.integers(0, N_AGES - 1), st.integers(0, n_spans - 1)
    )
    unvalued = data.draw(st.lists(st.tuples(place, st.integers(1, 3)), max_size=3))
    columns = np.array([[*where, n] for where, n in unvalued], np.int64).reshape(-1, 4).T
    states, ages, spans, counts = columns
    square = 1.5
    found = won_by_week(
        *map(frozen, (gained, mass, states, ages, spans, counts.astype(float), value)), square
    )
    for week, draw in np.ndindex(n_weeks, n_draws):
        won = gained[week, :, :, draw]
        wanted = [[sum(mass[layer, s] * won[s]) for s in range(n_states)] for layer in range(3)]
        for (s, age, span), n in unvalued:
            gain = n * won[s, age]
            wanted[1][s] += gain * value[week, span, draw]
            wanted[2][s] += gain * value[week, span, draw] ** 2 * square
        assert np.allclose(found[week, :, :, draw], wanted)
