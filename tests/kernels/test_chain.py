"""Chances of a chain of stages, day by day."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels.chain import a_day_more, won_by_known
from journey.store.layout import frozen

FIRST_AGES = (0, 1, 3)
N_AGES = 4


def told(won, ways_on, stays):
    """The same in words: by one of the ways on, or by staying and being a day older."""
    spans = [max(k for k, first in enumerate(FIRST_AGES) if first <= age) for age in range(N_AGES)]
    older = [*won[1:], won[-1]]
    return [ways_on[span] + stays[span] * older[age] for age, span in enumerate(spans)]


CHANCE = st.floats(0, 1)


@given(
    st.lists(CHANCE, min_size=N_AGES, max_size=N_AGES),
    st.lists(CHANCE, min_size=3, max_size=3),
    st.lists(CHANCE, min_size=3, max_size=3),
)
def test_a_day_more_is_a_way_on_or_a_stay_at_an_age_more(won, ways_on, stays):
    found = a_day_more(
        *(np.array([[row]]) for row in (won, ways_on, stays)),
        frozen(np.array(FIRST_AGES, np.int64)),
    )
    assert found[0, 0].tolist() == told(won, ways_on, stays)


WORTH = st.floats(0, 10)


@given(st.data())
def test_what_open_journeys_bring_is_a_sum_over_them(data):
    n_draws, n_states, n_spans = 2, 2, 2
    gained = np.array(
        [[[data.draw(CHANCE) for _ in range(N_AGES)] for _ in range(n_states)] for _ in range(2)]
    )
    mass = np.array(
        [[[data.draw(WORTH) for _ in range(N_AGES)] for _ in range(n_states)] for _ in range(3)]
    )
    mass[1:] *= mass[0] > 0  # nobody is worth nothing
    value = np.array([[data.draw(WORTH) for _ in range(n_spans)] for _ in range(n_draws)])
    place = st.tuples(
        st.integers(0, n_states - 1), st.integers(0, N_AGES - 1), st.integers(0, n_spans - 1)
    )
    unvalued = data.draw(st.lists(st.tuples(place, st.integers(1, 3)), max_size=3))
    columns = np.array([[*where, n] for where, n in unvalued], np.int64).reshape(-1, 4).T
    states, ages, spans, counts = columns
    square = 1.5
    found = won_by_known(
        *map(frozen, (gained, mass, states, ages, spans, counts.astype(float), value)), square
    )
    for draw in range(n_draws):
        wanted = [
            [sum(mass[layer, s] * gained[draw, s]) for layer in range(3)] for s in range(n_states)
        ]
        for (s, age, span), n in unvalued:
            gain = n * gained[draw, s, age]
            wanted[s][1] += gain * value[draw, span]
            wanted[s][2] += gain * value[draw, span] ** 2 * square
        assert np.allclose(found[draw], wanted)
