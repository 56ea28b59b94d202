import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.errors import ColumnNotFoundError, ValueNotAllowedError
from journey.store.build import build_store
from journey.store.layout import narrowest, tick_type
from journey.store.recase import recase
from tests import oracle
from tests.strategies import samples

SECOND = 1_000_000


def table(*rows, **columns):
    accounts, times, types = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table(
        {
            "account_id": pa.array(accounts, pa.string()),
            "occurred_at": pa.array(times, pa.int64()),
            "touchpoint": pa.array(types, pa.string()),
            **columns,
        }
    )


@given(samples(), st.sampled_from((None, 1, 2, 5)))
def test_a_store_holds_every_touch_in_order(sample, rows_per_shard):
    store = sample.log(rows_per_shard).store
    reference = oracle.cut_into_cases(sample.touches, "account", None)
    found = {}
    for shard in store.shards:
        columns = {name: decoded(store, shard, name) for name in store.text_columns}
        for j, (begin, end) in enumerate(zip(shard.offsets[:-1], shard.offsets[1:], strict=True)):
            case = store.dictionaries["account_id"][int(shard.cases[j])].as_py()
            found[case] = [
                {name: columns[name][row] for name in columns} for row in range(begin, end)
            ]
    assert found == {
        case: [{name: getattr(touch, name) for name in store.text_columns} for touch in mine]
        for case, mine in reference.items()
    }
    assert list(found) == sorted(found, key=str.encode)


def decoded(store, shard, name):
    return store.dictionaries[name].take(pa.array(store.codes(shard, name))).to_pylist()


def test_whole_seconds_are_held_as_seconds_and_finer_times_as_microseconds():
    whole = build_store(table(("a", 3 * SECOND, "Ad"), ("a", -SECOND, "Ad")))
    assert (whole.ticks_per_second, whole.shards[0].ticks.tolist()) == (1, [-1, 3])
    assert whole.shards[0].ticks.dtype == np.int32
    finer = build_store(table(("a", 3 * SECOND + 1, "Ad"), ("a", -1, "Ad")))
    assert (finer.ticks_per_second, finer.shards[0].ticks.tolist()) == (
        SECOND,
        [-1, 3 * SECOND + 1],
    )


@pytest.mark.parametrize(
    ("first", "last", "dtype"),
    [(-(2**31), 2**31 - 1, np.int32), (0, 2**31, np.int64), (-(2**31) - 1, 0, np.int64)],
)
def test_seconds_that_don_t_fit_32_bits_are_held_in_64(first, last, dtype):
    assert tick_type(first * SECOND, last * SECOND, whole_seconds=True)[0] == dtype
    store = build_store(table(("a", first * SECOND, "Ad"), ("a", last * SECOND, "Ad")))
    per_second = store.ticks_per_second
    assert store.shards[0].ticks.tolist() == [first * per_second, last * per_second]


@pytest.mark.parametrize(
    ("n_codes", "dtype"),
    [(0, np.uint8), (256, np.uint8), (257, np.uint16), (65_536, np.uint16), (65_537, np.uint32)],
)
def test_codes_are_as_narrow_as_they_can_be(n_codes, dtype):
    assert narrowest(n_codes) == dtype


def test_more_than_256_types_keep_their_names():
    rows = [("a", k * SECOND, f"type {k:03}") for k in range(300)]
    store = build_store(table(*rows))
    assert store.shards[0].codes["touchpoint"].dtype == np.uint16
    assert decoded(store, store.shards[0], "touchpoint") == [name for _, _, name in rows]


def test_null_is_the_last_code_and_no_name_is_mistaken_for_it():
    store = build_store(
        table(("a", 0, "Ad"), ("a", 1, "Ad"), ("a", 2, "Ad"), channel=pa.array(["", None, "None"]))
    )
    assert store.dictionaries["channel"].to_pylist() == ["", "None", None]
    assert store.shards[0].codes["channel"].tolist() == [0, 2, 1]


def test_arrays_of_a_store_can_not_be_written_to():
    shard = build_store(table(("a", 0, "Ad"), value=pa.array([1.0]))).shards[0]
    for array in (
        shard.ticks,
        shard.offsets,
        shard.cases,
        *shard.codes.values(),
        shard.numbers["value"],
    ):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_an_empty_table_is_a_store_without_shards():
    store = build_store(table())
    assert (store.shards, store.n_touchpoints, store.last_tick) == ((), 0, None)
    assert store.text_columns == ["account_id", "touchpoint"]


def test_what_is_missing_is_said():
    with pytest.raises(ColumnNotFoundError, match="'touchpoint' not found in the table"):
        build_store(table(("a", 0, "Ad")).drop_columns("touchpoint"))
    with pytest.raises(ValueNotAllowedError, match="1 of 2 touchpoints have no account_id"):
        build_store(table(("a", 0, "Ad"), (None, 0, "Ad")))


def test_a_store_of_another_case_holds_the_same_columns():
    store = build_store(
        table(
            ("a", 0, "Ad"), ("b", 1, "Ad"), ("b", 2, "Mail"), person_id=pa.array(["p", "p", None])
        )
    )
    people = recase(store, "person_id")
    assert people.text_columns == ["person_id", "account_id", "touchpoint"]
    assert decoded(people, people.shards[0], "account_id") == ["a", "b"]
    with pytest.raises(ColumnNotFoundError, match="'opportunity_id' not found"):
        recase(store, "opportunity_id")
