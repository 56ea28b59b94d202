import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels.percentiles import values_within
from tests.kernels.twins import ints

VALUES = st.lists(st.tuples(st.integers(0, 2), st.sampled_from((0.0, 0.5, 1.0, 7.0, 1e9))))


@given(VALUES, st.integers(0, 100))
def test_values_within(pairs, n_more):
    pairs += [(1, 1.0)] * n_more  # more than there is room for at first
    groups, values = ints([g for g, _ in pairs]), np.array([v for _, v in pairs], np.float64)
    # Group 0 has one target, group 1 two that overlap, group 2 none.
    ranges = [(0.0, 1.0), (0.5, 8.0), (1.0, 2.0)]
    lows, highs = (np.array(edges).view(np.int64) for edges in zip(*ranges, strict=True))
    starts = ints([0, 1, 3, 3])
    targets, bits = values_within(
        groups, ints(values.view(np.int64)), starts, ints(lows), ints(highs)
    )
    assert list(zip(targets.tolist(), bits.view(np.float64).tolist(), strict=True)) == [
        (target, value)
        for group, value in pairs
        for target in range(starts[group], starts[group + 1])
        if ranges[target][0] <= value < ranges[target][1]
    ]
