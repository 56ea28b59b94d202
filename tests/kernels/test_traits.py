from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels.traits import n_in_both, values_met
from tests.kernels.twins import N_TYPES, ints, shards

PLACES = st.lists(st.integers(-1, 2), min_size=N_TYPES, max_size=N_TYPES)


@given(shards(), PLACES, st.integers(0, 2))
def test_values_met(shard, place_of_code, skipped):
    spans = [(min(begin + skipped, end), end) for begin, end in shard.spans]
    begins, ends = (ints([span[side] for span in spans]) for side in (0, 1))
    found = values_met(shard.types, begins, ends, ints(place_of_code), 3)
    types = shard.types.tolist()
    expected = [
        [any(place_of_code[code] == place for code in types[begin:end]) for place in range(3)]
        for begin, end in spans
    ]
    assert found.tolist() == expected


WORDS = st.lists(st.integers(0, 2**64 - 1), min_size=5, max_size=5)


@given(st.lists(WORDS, min_size=1, max_size=4), WORDS, st.lists(st.integers(0, 5), max_size=2))
def test_n_in_both(rows, chosen, within):
    starts = [0, *sorted(within), 5]
    found = n_in_both(
        np.array(rows, dtype=np.uint64), np.array(chosen, dtype=np.uint64), ints(starts)
    )
    expected = [
        [
            [
                sum((one[w] & other[w] & chosen[w]).bit_count() for w in range(begin, end))
                for other in rows
            ]
            for one in rows
        ]
        for begin, end in pairwise(starts)
    ]
    assert found.tolist() == expected
