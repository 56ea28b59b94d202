import hashlib

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.errors import StoreError
from journey.store import encode as encoding_module
from journey.store.build import dictionaries_of, encoding_of
from journey.store.encode import encode


def table_of(lengths):
    """One account after the other with so many touchpoints each."""
    accounts = [f"a{number}" for number, length in enumerate(lengths) for _ in range(length)]
    times = pa.array(range(len(accounts)), pa.int64())
    return pa.table(
        {"account_id": accounts, "occurred_at": times, "touchpoint": ["Ad"] * len(accounts)}
    )


# A shard ends with the journey that fills it. The last journey of what has arrived may go on, so
# it waits for the next batch.
@pytest.mark.parametrize(
    ("lengths", "rows_per_shard", "expected"),
    [
        ([2, 2, 2, 2, 2], 4, [4, 4, 2]),
        ([2, 2, 2, 2, 2], 3, [4, 4, 2]),
        ([5, 1, 1, 1], 2, [5, 2, 1]),
        ([1, 1, 5], 2, [2, 5]),
        ([9], 2, [9]),
    ],
)
def test_one_batch_is_cut_into_shards_at_the_borders_of_journeys(lengths, rows_per_shard, expected):
    table = table_of(lengths)
    encoding = encoding_of(table["occurred_at"], dictionaries_of(table))
    shards = list(encode(table.to_batches(), encoding, rows_per_shard=rows_per_shard))
    assert [shard.n_touchpoints for shard in shards] == expected
    assert all(shard.offsets[-1] == shard.n_touchpoints for shard in shards)


def test_codes_are_taken_as_they_are_and_null_is_the_last():
    # Codes: b 1, a 0, none 2; the account A alone.
    texts = pa.table(
        {
            "account_id": ["A", "A", "A"],
            "occurred_at": pa.array([1, 2, 3], pa.int64()),
            "touchpoint": ["Ad", "Ad", "Demo"],
            "channel": ["b", "a", None],
        }
    )
    codes = {"account_id": [0, 0, 0], "touchpoint": [0, 0, 1], "channel": [1, 0, None]}
    coded = texts
    for name, values in codes.items():
        place = coded.column_names.index(name)
        coded = coded.set_column(place, name, pa.array(values, pa.uint8()))
    dictionaries = dictionaries_of(texts)
    encoding = encoding_of(texts["occurred_at"], dictionaries)
    for table in (texts, coded):
        (shard,) = encode(table.to_batches(), encoding, rows_per_shard=10)
        assert shard.codes["channel"].tolist() == [1, 0, 2]
        assert shard.codes["touchpoint"].tolist() == [0, 0, 1]
        assert shard.cases.tolist() == [0]


def test_accounts_that_fall_are_refused():
    table = table_of([1, 1]).take([1, 0])
    encoding = encoding_of(table["occurred_at"], dictionaries_of(table))
    for rows in (1, 2):  # in two batches, in one
        with pytest.raises(StoreError, match="out of order"):
            list(encode(table.to_batches(max_chunksize=rows), encoding, rows_per_shard=10))


@given(st.lists(st.none() | st.text(max_size=3), max_size=6), st.integers(0, 3))
def test_the_digest_of_texts_is_that_of_their_lengths_and_letters(texts, first):
    texts_there = texts[first:]
    lengths = [len(texts_there), *(-1 if text is None else len(text) for text in texts_there)]
    letters = "".join(text or "" for text in texts_there).encode()
    plain = hashlib.blake2b(np.array(lengths, np.int64).tobytes() + letters, digest_size=16)
    held = pa.array(texts, pa.string()).slice(first)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding_module, "_DIGEST_TEXTS", 2)
        assert encoding_module._text_digest(held) == plain.digest()
