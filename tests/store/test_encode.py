import pyarrow as pa
import pytest

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
