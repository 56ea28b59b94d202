import gc
import json
import pickle
import shutil
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import Definitions, directly_follows, journeys, load, outcomes
from journey.definitions import dumps
from journey.errors import StoreError
from journey.log import TouchpointLog
from journey.store import packed
from journey.store import read as reading
from journey.store import write as module
from journey.store.cache import Memory
from journey.store.packed import Columns
from journey.store.read import open_store
from journey.store.replace import replace_directory
from journey.store.ties import TIE
from journey.store.write import MANIFEST
from tests.store.disk import write
from tests.strategies import samples, seeded

QUESTIONS = (journeys, outcomes, directly_follows)


@given(sample=samples(), batch_rows=st.integers(1, 9), rows=st.sampled_from((1, 3, 100)))
def test_what_is_written_opens_as_it_would_be_in_memory(tmp_path_factory, sample, batch_rows, rows):
    directory = tmp_path_factory.mktemp("data") / "log"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "shard_rows", lambda _: rows)
        write(sample, directory, batch_rows=batch_rows)
    opened, built = open_store(directory), sample.log().store
    assert opened.fingerprint == built.fingerprint
    assert opened.text_columns == built.text_columns
    assert opened.ticks_per_second == built.ticks_per_second
    assert {n: d.to_pylist() for n, d in opened.dictionaries.items()} == {
        n: d.to_pylist() for n, d in built.dictionaries.items()
    }
    assert opened.accounts.equals(built.accounts)
    assert opened.people.equals(built.people)
    log = TouchpointLog(opened, sample.definitions)
    for question in QUESTIONS:
        pd.testing.assert_frame_equal(question(log), question(sample.log()))
    shutil.rmtree(directory)


def test_an_empty_log_is_written_and_opened(tmp_path):
    sample = replace(seeded(1), touches=(), people={}, accounts={})
    write(sample, tmp_path / "log")
    opened = open_store(tmp_path / "log")
    assert (opened.n_touchpoints, opened.n_journeys) == (0, 0)
    assert opened.fingerprint == sample.log().store.fingerprint
    assert "channel" in opened.text_columns
    assert journeys(TouchpointLog(opened)).empty


def test_attributes_of_people_whom_no_touchpoint_names_are_none(tmp_path):
    rows = pa.RecordBatch.from_pydict(
        {
            "account_id": pa.array(["a"]),
            "occurred_at": pa.array([0], pa.timestamp("us", "UTC")),
            "touchpoint": pa.array(["Ad"]),
        }
    )
    module.write_store(
        tmp_path / "log",
        [rows],
        dictionaries={"account_id": pa.array(["a"]), "touchpoint": pa.array(["Ad"])},
        n_touchpoints=1,
        whole_seconds=True,
        people=pa.table({"person_id": ["p@a.com"], "role": ["Buyer"]}),
    )
    assert open_store(tmp_path / "log").people.column("role").to_pylist() == [None]


def test_progress_is_told_up_to_the_last_touchpoint(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "shard_rows", lambda _: 100)
    sample, seen = seeded(1), []
    write(sample, tmp_path / "log", progress=seen.append)
    assert len(seen) > 3
    assert seen == sorted(seen)
    assert seen[-1] == len(sample.touches)


def test_batches_out_of_order_are_refused(tmp_path):
    with pytest.raises(StoreError, match="out of order"):
        write(seeded(1), tmp_path / "log", mend=reversed)
    assert list(tmp_path.iterdir()) == []


# ---- whole or not at all


def content(directory):
    return {path.name: path.read_bytes() for path in directory.iterdir()}


class KilledError(Exception):
    """What stands for a kill."""


def killed_after(n_batches):
    def mend(batches):
        for number, batch in enumerate(batches):
            if number == n_batches:
                raise KilledError
            yield batch

    return mend


@pytest.mark.parametrize("n_batches", [0, 1, 20])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_write_cut_short_leaves_what_was_there(tmp_path, monkeypatch, n_batches, is_first):
    monkeypatch.setattr(module, "shard_rows", lambda _: 20)
    directory = tmp_path / "log"
    if not is_first:
        write(seeded(1, n_accounts=5), directory)
    before = {} if is_first else content(directory)
    with pytest.raises(KilledError):
        write(seeded(2), directory, mend=killed_after(n_batches))
    assert [path.name for path in tmp_path.iterdir()] == ([] if is_first else ["log"])
    assert ({} if is_first else content(directory)) == before


def test_a_write_over_an_older_log_leaves_the_new_one_alone(tmp_path):
    write(seeded(1, n_accounts=5), tmp_path / "log")
    older = open_store(tmp_path / "log")
    write(seeded(2), tmp_path / "log")
    assert [path.name for path in tmp_path.iterdir()] == ["log"]
    assert open_store(tmp_path / "log").n_touchpoints == len(seeded(2).touches)
    # Who had opened the older one still reads it.
    assert TouchpointLog(older).n_touchpoints == len(seeded(1, n_accounts=5).touches)
    assert journeys(TouchpointLog(older))["n_touchpoints"].sum() == older.n_touchpoints


@pytest.mark.parametrize("seeds", [(1, 2), (2, 1)])
def test_a_log_that_is_replaced_while_it_is_opened_is_the_new_one(tmp_path, monkeypatch, seeds):
    monkeypatch.setattr(module, "shard_rows", lambda _: 20)
    first, second = map(seeded, seeds)
    write(first, tmp_path / "log")
    write(second, tmp_path / "other")
    wanted = open_store(tmp_path / "other")
    opened = reading.open_shard

    def replaced_before(directory, index):
        if (tmp_path / "other").exists():
            replace_directory(tmp_path / "other", tmp_path / "log")
        return opened(directory, index)

    monkeypatch.setattr(reading, "open_shard", replaced_before)
    store = open_store(tmp_path / "log")
    assert store.fingerprint == wanted.fingerprint
    assert [len(one) for one in store.dictionaries.values()] == [
        len(one) for one in wanted.dictionaries.values()
    ]
    assert journeys(TouchpointLog(store)).equals(journeys(TouchpointLog(wanted)))


def test_what_lies_beside_a_log_is_of_the_same_one(tmp_path, monkeypatch):
    for name, seed in (("log", 1), ("other", 2)):
        write(seeded(seed), tmp_path / name)
        (tmp_path / name / "definitions.toml").write_text(dumps(Definitions(won=(name,))))
    wanted, beside = open_store(tmp_path / "other"), load._beside

    def replaced_before(directory):
        if (tmp_path / "other").exists():
            replace_directory(tmp_path / "other", tmp_path / "log")
        return beside(directory)

    monkeypatch.setattr(load, "_beside", replaced_before)
    log = load.open_log(tmp_path / "log")
    assert (log.store.fingerprint, log.definitions.won) == (wanted.fingerprint, ("other",))


# ---- what can't be opened


@pytest.fixture
def stored(tmp_path):
    write(seeded(1), tmp_path / "log")
    return tmp_path / "log"


def test_a_place_without_a_store_is_refused(tmp_path):
    with pytest.raises(StoreError, match="no readable data set at 'none'"):
        open_store(tmp_path / "none")


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "{}", '{"version": 0}', "\xff"])
def test_a_broken_manifest_is_refused(stored, text):
    (stored / MANIFEST).write_bytes(text.encode("latin-1"))
    with pytest.raises(StoreError, match="'log'"):
        open_store(stored)


def test_another_version_is_named(stored):
    manifest = json.loads((stored / MANIFEST).read_text(encoding="utf-8"))
    (stored / MANIFEST).write_text(json.dumps(manifest | {"version": 99}), encoding="utf-8")
    with pytest.raises(StoreError, match=r"format 99; this version reads 1 to 4. Import"):
        open_store(stored)


@pytest.mark.parametrize("key", ["dictionaries", "n_shards", "fingerprint", "ticks_per_second"])
def test_a_manifest_that_lacks_a_key_is_refused(stored, key):
    manifest = json.loads((stored / MANIFEST).read_text(encoding="utf-8"))
    del manifest[key]
    (stored / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(StoreError, match=f"'log'.*{key}"):
        open_store(stored)


FILES = ("touchpoints-0", "packed-0", "journeys-0", "dictionary-0", "accounts", "people")


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(stored, name):
    (stored / f"{name}.arrow").unlink()
    with pytest.raises(StoreError, match=f"{name}.arrow.*missing or broken"):
        open_store(stored)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("share", [0, 0.5, 0.99])
def test_a_file_cut_short_is_named(stored, name, share):
    path = stored / f"{name}.arrow"
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with pytest.raises(StoreError, match=f"{name}.arrow.*missing or broken"):
        open_store(stored)


def test_a_shard_of_another_log_is_refused(stored, tmp_path):
    write(seeded(2), tmp_path / "other")
    for name in ("touchpoints-0.arrow", "journeys-0.arrow"):
        shutil.copy(tmp_path / "other" / name, stored / name)
    with pytest.raises(StoreError, match="should hold"):
        open_store(stored)


def test_journeys_that_don_t_fit_their_touchpoints_are_refused(stored, tmp_path):
    write(seeded(2), tmp_path / "other")
    shutil.copy(tmp_path / "other" / "journeys-0.arrow", stored / "journeys-0.arrow")
    with pytest.raises(StoreError, match=r"journeys-0.arrow.*ends at touchpoint"):
        open_store(stored)


def test_a_shard_without_its_columns_is_refused(stored):
    with pa.OSFile(str(stored / "journeys-0.arrow"), "wb") as sink:
        table = pa.table({"something": [1]})
        with pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    with pytest.raises(StoreError, match="Import it again"):
        open_store(stored)


# ---- what is packed


def test_wide_columns_are_packed_and_unpacked_when_asked_for(stored):
    shard = open_store(stored).shards[0]
    columns = shard.numbers
    assert isinstance(columns, Columns)
    assert columns.keys() == set(columns)
    assert len(columns) == len(list(columns))
    name = next(iter(columns))
    assert name in columns
    assert "no such" not in columns
    assert columns.get("no such") is None
    assert columns[name] is columns[name]
    assert not columns[name].flags.writeable
    again = pickle.loads(pickle.dumps(columns))  # noqa: S301 - our own
    np.testing.assert_array_equal(again[name], columns[name])


def test_unpacked_columns_are_booked_and_give_way(stored, monkeypatch):
    memory = Memory(1)  # room for one column, however large
    monkeypatch.setattr(packed, "memory", memory)
    shards = [*open_store(stored).shards, *open_store(stored).shards]
    name = next(iter(shards[0].numbers))
    column = weakref.ref(shards[0].numbers[name])
    assert column() is not None
    _ = [shard.numbers[name] for shard in shards[1:]]
    gc.collect()
    assert column() is None


def test_unpacked_columns_go_with_their_shard(stored, monkeypatch):
    memory = Memory(2**30)
    monkeypatch.setattr(packed, "memory", memory)
    shard = open_store(stored).shards[0]
    column = weakref.ref(next(iter(shard.numbers.values())))
    gc.collect()
    assert column() is not None
    del shard
    gc.collect()
    assert column() is None
    assert memory._used == 0


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="files open are not told here")
def test_no_file_stays_open(stored):
    store = open_store(stored)
    handles = [handle for handle in Path("/proc/self/fd").iterdir() if handle.exists()]
    assert not [open_ for handle in handles if stored in (open_ := handle.resolve()).parents]
    shutil.rmtree(stored)
    assert all(len(values) == store.n_touchpoints for values in store.shards[0].numbers.values())


def test_packed_columns_of_another_log_are_refused(stored, tmp_path):
    write(seeded(2), tmp_path / "other")
    shutil.copy(tmp_path / "other" / "packed-0.arrow", stored / "packed-0.arrow")
    shard = open_store(stored).shards[0]
    with pytest.raises(StoreError, match=r"packed-0.arrow of the data set 'log' has .* should be"):
        _ = [shard.numbers[name] for name in shard.numbers]


def test_a_log_of_the_first_version_opens_as_ever(stored):
    expected = open_store(stored)
    manifest = json.loads((stored / MANIFEST).read_text(encoding="utf-8"))
    for index, shard in enumerate(expected.shards):
        columns = {"ticks": shard.ticks}
        columns |= {} if shard.ties is None else {TIE: shard.ties}
        columns |= {f"code {name}": values for name, values in shard.codes.items()}
        columns |= {f"number {name}": values for name, values in shard.numbers.items()}
        table = pa.Table.from_pydict(columns)
        path = stored / f"touchpoints-{index}.arrow"
        path.unlink()
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
        (stored / f"packed-{index}.arrow").unlink()
    (stored / MANIFEST).write_text(json.dumps(manifest | {"version": 1}), encoding="utf-8")
    check_same(open_store(stored), expected)


def check_same(store, expected):
    """All columns of two stores are alike."""
    for old, new in zip(store.shards, expected.shards, strict=True):
        for kind in ("codes", "numbers"):
            assert {*getattr(old, kind)} == {*getattr(new, kind)}
            for name, values in getattr(old, kind).items():
                np.testing.assert_array_equal(values, getattr(new, kind)[name])


def test_a_log_of_the_second_version_opens_as_ever(stored):
    expected = open_store(stored)
    manifest = json.loads((stored / MANIFEST).read_text(encoding="utf-8"))
    for index, shard in enumerate(expected.shards):
        codes = {n: values for n, values in shard.codes.items() if n != "touchpoint"}
        columns = {f"code {name}": values for name, values in codes.items()}
        columns |= {f"number {name}": values for name, values in shard.numbers.items()}
        table = pa.Table.from_pydict(columns)
        path = stored / f"packed-{index}.arrow"
        path.unlink()
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with (
            pa.OSFile(str(path), "wb") as sink,
            pa.ipc.new_file(sink, table.schema, options=options) as writer,
        ):
            writer.write_table(table)
    (stored / MANIFEST).write_text(json.dumps(manifest | {"version": 2}), encoding="utf-8")
    check_same(open_store(stored), expected)


def test_a_log_of_the_third_version_opens_as_ever(stored):
    expected = open_store(stored)
    manifest = json.loads((stored / MANIFEST).read_text(encoding="utf-8"))
    files = {"accounts": expected.accounts, "people": expected.people}
    for index, name in enumerate(sorted(expected.dictionaries)):
        files[f"dictionary-{index}"] = pa.table({"value": expected.dictionaries[name]})
    for index, shard in enumerate(expected.shards):
        journeys_of = {"cases": shard.cases, "ends": shard.offsets[1:]}
        files[f"journeys-{index}"] = pa.Table.from_pydict(journeys_of)
    for name, table in files.items():
        path = stored / f"{name}.arrow"
        path.unlink()
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    (stored / MANIFEST).write_text(json.dumps(manifest | {"version": 3}), encoding="utf-8")
    opened = open_store(stored)
    check_same(opened, expected)
    assert opened.dictionaries == expected.dictionaries
    assert opened.accounts.equals(expected.accounts)
    for old, new in zip(opened.shards, expected.shards, strict=True):
        np.testing.assert_array_equal(old.cases, new.cases)
        np.testing.assert_array_equal(old.offsets, new.offsets)
