import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.store.texts import as_lengths, of_lengths

TEXTS = st.lists(st.one_of(st.none(), st.text(max_size=5), st.just("ü" * 200)), max_size=12)


@given(TEXTS, st.integers(0, 3))
def test_texts_come_back_whatever_they_are_and_wherever_they_lie(texts, begin):
    held = pa.array(texts, pa.string()).slice(begin)
    again = of_lengths(as_lengths(held))
    again.validate(full=True)
    assert again.type == pa.string()
    assert again.equals(held)


def test_lengths_of_other_texts_are_refused():
    table, other = (as_lengths(pa.array(texts)) for texts in (["Ad"], ["Demo"]))
    with pytest.raises(pa.ArrowInvalid, match="lengths"):
        of_lengths(table.set_column(1, "letters", other["letters"]))


def test_lengths_that_add_up_to_more_than_fits_are_refused():
    # 2 * (2**31 - 1) + 7 is 5 more than 2**32.
    lengths = pa.array([[2**31 - 1, 2**31 - 1, 7]], pa.list_(pa.uint32()))
    table = as_lengths(pa.array(["Demos"]))
    with pytest.raises(pa.ArrowInvalid, match="lengths"):
        of_lengths(table.set_column(0, "lengths", lengths))
