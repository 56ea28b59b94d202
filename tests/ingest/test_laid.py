from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.ingest.laid import Shelf

ARRAYS = st.lists(
    st.tuples(
        st.sampled_from([np.uint8, np.uint16, np.uint32, np.int64]),
        st.lists(st.integers(0, 255), max_size=6),
    ),
    max_size=4,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("shelf")


@given(held=ARRAYS, begin=st.integers(0, 7), end=st.none() | st.integers(0, 7))
def test_what_is_read_is_what_was_laid(folder, held, begin, end):
    arrays = [np.array(items, kind) for kind, items in held]
    with Shelf(folder) as shelf:
        laid = [shelf.laid(array) for array in arrays]
        for one, array in zip(laid, arrays, strict=True):
            rows, turned = slice(begin, end), np.arange(len(array))[::-1]
            assert len(one) == len(array)
            assert (one[rows].dtype, one[rows].tolist()) == (array.dtype, array[rows].tolist())
            assert one[turned].tolist() == array[turned].tolist()


def test_a_shelf_leaves_no_file_even_while_it_is_used(tmp_path):
    with Shelf(tmp_path) as shelf:
        laid = shelf.laid(np.arange(1_000))
        assert list(tmp_path.iterdir()) == []
        assert laid[-2:].tolist() == [998, 999]


def test_threads_may_lay_and_read_at_once(tmp_path):
    with Shelf(tmp_path) as shelf, ThreadPoolExecutor(4) as pool:

        def laid_and_read(number):
            array = np.full(10_000, number)
            laid = shelf.laid(array)
            return all((laid[:] == number).all() for _ in range(5))

        assert all(pool.map(laid_and_read, range(40)))
