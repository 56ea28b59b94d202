"""Chances of a chain of stages, day by day."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels.chain import a_day_more
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
