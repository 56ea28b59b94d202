import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from journey.store.byte_ranks import packed_columns
from journey.store.packed import values_of

CODES = st.sampled_from(["uint8", "uint16", "uint32", "uint64"]).flatmap(
    lambda kind: arrays(kind, st.integers(0, 300))
)
ODD = st.sampled_from(
    [-0.0, -0.01, np.inf, -np.inf, np.nan, 1 / 3, 42949672.93, 42949672.94, 1e300]
)
AMOUNTS = st.lists(st.one_of(st.integers(0, 10**9).map(lambda n: n / 100), ODD), max_size=20)


def read(written):
    """The values again, and whether they were written as hundredths."""
    return values_of(pa.table(written)), "hundredths" in next(iter(written))


@given(CODES)
def test_codes_come_back_in_their_own_width(codes):
    again, _ = read(packed_columns("code", {"stage": codes}))
    np.testing.assert_array_equal(again, codes)
    assert again.dtype == codes.dtype


@given(AMOUNTS)
def test_amounts_come_back_to_the_bit(amounts):
    held = np.array(amounts, np.float64)
    again, _ = read(packed_columns("number", {"value": held}))
    is_none = np.isnan(held)
    assert (np.isnan(again) == is_none).all()
    assert again[~is_none].tobytes() == held[~is_none].tobytes()


@pytest.mark.parametrize(
    ("amount", "expected"),
    [(0.29, True), (np.nan, True), (0.295, False), (-1.0, False), (-0.0, False), (5e7, False)],
)
def test_only_amounts_of_whole_hundredths_are_counted(amount, expected):
    held = np.array([amount, 12.5])
    assert read(packed_columns("number", {"value": held}))[1] is expected


def test_bytes_lie_apart_where_that_takes_less_room():
    # The low byte is by chance, the high one the same: apart, half of it takes nothing. Values that
    # come again at once are told by the place of the one before, byte by byte four times.
    chance = np.random.default_rng(1)
    apart = chance.integers(256, 512, 5_000).astype(np.uint16)
    again = np.repeat(chance.integers(0, 2**32, 500, dtype=np.uint32), 3)
    assert [*packed_columns("code", {"page": apart})] == ["byte0 code page", "byte1 code page"]
    assert [*packed_columns("code", {"page": again})] == ["code page"]


def test_codes_that_keep_to_their_journeys_are_written_by_turns():
    # Each journey of ten touchpoints has two people of its own, in no order.
    chance = np.random.default_rng(2)
    people = chance.permutation(4_000).astype(np.uint32).reshape(-1, 2)
    codes = people[:, chance.integers(0, 2, 10)].ravel()
    written = packed_columns("code", {"person_id": codes})
    forms = ("newer", *(f"byte{rank} order" for rank in range(4)))
    assert [*written] == [f"{form} code person_id" for form in forms]
    np.testing.assert_array_equal(read(written)[0], codes)
