import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.store.turns import as_turns, of_turns


def plain(codes):
    """The same, code by code."""
    order, newer = [], []
    for code in codes:
        newer.append(len(order) - order.index(code) if code in order else 0)
        order += [] if code in order else [code]
    return newer, order


@given(st.lists(st.integers(0, 9), max_size=30), st.sampled_from(["uint8", "uint16", "uint32"]))
def test_turns_are_those_counted_one_by_one_and_codes_come_back(codes, kind):
    held = np.array(codes, kind)
    newer, order = as_turns(held)
    assert (newer.tolist(), order.tolist()) == plain(codes)
    again = of_turns(newer, order)
    np.testing.assert_array_equal(again, held)
    assert again.dtype == held.dtype
