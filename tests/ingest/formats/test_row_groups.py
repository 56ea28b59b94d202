import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.ingest.formats import row_groups as groups
from journey.ingest.formats.row_groups import row_groups, share_beginnings

TEXTS = st.lists(st.sampled_from(["Ad", "Demo", "", None]), min_size=1, max_size=9)


def tables(*columns):
    return [pa.table({"text": pa.array(texts, pa.string())}) for texts in columns]


def plain(parts):
    """The texts of parts of any kind, one after the other."""
    return [text for part in parts for text in part["text"].to_pylist()]


@pytest.mark.parametrize("rows", [1, 2, 100])
@given(st.lists(TEXTS, min_size=1, max_size=3))
def test_rows_are_the_same_in_whatever_parts(rows, lists):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(groups, "_FIRST_ROWS", rows)
        parts = [*row_groups(tables(*lists))]
    assert plain(parts) == [text for texts in lists for text in texts]
    assert len({part.schema for part in parts}) == 1


def test_a_part_has_each_of_its_own_texts_once(monkeypatch):
    monkeypatch.setattr(groups, "_FIRST_ROWS", 2)
    parts = row_groups(tables(["Demo", "Demo", "Ad", None], ["Ad", "Call", "Ad"]))
    own = [part["text"].chunk(0).dictionary.to_pylist() for part in parts]
    assert own == [["Demo"], ["Ad"], ["Ad", "Call"]]


def test_the_first_table_tells_what_repeats():
    # Four of five differ, which is just enough to repeat; five of five don't.
    [some, _], [every, _] = (
        [*row_groups(tables([*"abcd", last], ["a", "a"]))] for last in ("d", "e")
    )
    assert pa.types.is_dictionary(some["text"].type)
    assert every["text"].type == pa.string()


def test_most_texts_must_begin_alike():
    # Of four pairs in a row two begin alike; then one does.
    assert share_beginnings(pa.chunked_array([["ab1", "ab2", "ab", "x", "y"]]))
    assert not share_beginnings(pa.chunked_array([["ab1", "ab2", "a", "x", "y"]]))
    assert share_beginnings(pa.chunked_array([["a"]]))


def test_texts_are_sorted_where_that_takes_less_room():
    # Pages by chance are told by the one before in their own order; people who come one after the
    # other are told by the codes of their neighbours as they come.
    pages = [f"https://example.com/pages/{n * 7919 % 5_000}" for n in range(5_000)] * 2
    of = np.random.default_rng(3).integers(0, 3, 10_000)
    people = [f"person{person}@company{n // 30:06}.com" for n, person in enumerate(of)]
    [rows] = row_groups([pa.table({"page": pages, "person": people})])
    held = {name: rows[name].chunk(0).dictionary.to_pylist() for name in ("page", "person")}
    assert held["page"] == sorted({*pages})
    assert held["person"] == [*dict.fromkeys(people)]
    assert rows["page"].to_pylist() == pages
