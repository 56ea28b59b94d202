import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.ingest.coding import CodedText
from journey.ingest.laid import Shelf
from journey.store.layout import narrowest

TEXTS = st.lists(st.lists(st.none() | st.text(max_size=3), max_size=8), max_size=5)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    with Shelf(tmp_path_factory.mktemp("shelf")) as opened:
        yield opened


@given(TEXTS)
def test_codes_say_what_the_batches_held_in_binary_order(shelf, batches):
    column = CodedText(shelf)
    for batch in batches:
        column.add(pa.array(batch, pa.string()))
    codes, values = column.finished()
    held = [text for batch in batches for text in batch]
    distinct = sorted({text for text in held if text is not None}, key=str.encode)
    assert values.to_pylist() == distinct
    assert [[*distinct, None][code] for code in codes[:].tolist()] == held
    assert codes.dtype == narrowest(len(distinct) + 1)


def test_codes_widen_where_batches_are_put_together_on_the_way(shelf, monkeypatch):
    monkeypatch.setattr("journey.ingest.coding._MOST_HELD", 10)
    column = CodedText(shelf)
    for begin in (0, 200):
        column.add(pa.array([f"{number:03}" for number in range(begin, begin + 200)]))
    codes, values = column.finished()
    assert codes[:].tolist() == list(range(400))
    assert len(values) == 400
    assert codes.dtype.itemsize == 2
