"""Journeys of another case, sorted by workers as on one machine."""

import os
import shutil
import time

import numpy as np
import pytest

import journey
from journey.errors import StoreError
from journey.runners import cases
from journey.runners.cases import FOLDER, Wanted, sort_on_cluster
from journey.schema import SECONDS_PER_DAY
from journey.store.read import open_store
from journey.store.recase import recase
from journey.store.write import MANIFEST
from tests.runners.workers import PicklingWorkers
from tests.stores import save
from tests.strategies import Sample, seeded


def visited():
    """A log of people known and unknown, some in two accounts at one instant, and of deals."""
    sample, rows = seeded(7), []
    for number, touch in enumerate(sample.touches):
        visitor = f"v{number % 40}" if number % 3 else None
        deal = f"d{number % 25}" if number % 5 else None
        rows.append(touch._replace(anonymous_id=visitor, opportunity_id=deal))
    columns = (*sample.columns, "anonymous_id", "opportunity_id")
    return Sample(tuple(rows), columns, sample.definitions, sample.accounts, sample.people)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A data set of some shards."""
    place = tmp_path_factory.mktemp("data") / "Spring"
    save(visited().log(150), place)
    return place


def sorted_there(data, role, gap_ticks=None):
    origin = journey.open_log(data).store
    wanted = Wanted(str(data), origin.fingerprint, role, gap_ticks)
    sort_on_cluster(PicklingWorkers(), wanted, len(origin.shards))
    return open_store(wanted.place), recase(origin, role, gap_ticks=gap_ticks)


def rows_of(store):
    """All that shards hold, end to end."""
    found = {name: [store.codes(s, name) for s in store.shards] for name in store.text_columns}
    found["ticks"] = [shard.ticks for shard in store.shards]
    for name in store.shards[0].numbers:
        found[f"number {name}"] = [shard.numbers[name] for shard in store.shards]
    found["lengths"] = [shard.lengths for shard in store.shards]
    return {name: np.concatenate(parts) for name, parts in found.items()}


@pytest.mark.parametrize(
    ("role", "gap_days"),
    [("person_id", None), ("opportunity_id", None), ("session_id", 2), ("session_id", 0.5)],
)
def test_the_sorted_store_is_that_of_one_machine(data, role, gap_days, monkeypatch):
    monkeypatch.setattr(cases, "ROWS_MOST", 200)
    monkeypatch.setattr(cases, "_CHUNK_ROWS", 30)
    ticks = journey.open_log(data).store.ticks_per_second * SECONDS_PER_DAY
    found, wanted = sorted_there(data, role, gap_days and int(gap_days * ticks))
    assert len(found.shards) > 2
    assert (found.fingerprint, found.n_without_case) == (wanted.fingerprint, wanted.n_without_case)
    held, same = rows_of(found), rows_of(wanted)
    assert held.keys() == same.keys()
    for name, values in same.items():
        np.testing.assert_array_equal(held[name], values, strict=True)
    assert {n: d.to_pylist() for n, d in found.dictionaries.items()} == {
        n: d.to_pylist() for n, d in wanted.dictionaries.items()
    }
    assert found.people.equals(wanted.people)
    assert found.accounts.equals(wanted.accounts)
    assert not [one for one in (data / FOLDER).iterdir() if one.name.startswith("making")]


def test_it_is_made_once_and_goes_when_nobody_asked_for_long(data):
    sorted_there(data, "person_id")
    manifest = data / FOLDER / "person_id" / MANIFEST
    number = manifest.stat().st_ino
    sorted_there(data, "person_id")
    assert manifest.stat().st_ino == number
    month_ago = time.time() - 31 * SECONDS_PER_DAY
    os.utime(manifest, (month_ago, month_ago))
    sorted_there(data, "session_id", 7)
    assert not manifest.exists()


def test_what_another_data_set_left_is_made_anew(data):
    origin = journey.open_log(data).store
    found, _ = sorted_there(data, "person_id")
    place = data / FOLDER / "person_id"
    text = (place / MANIFEST).read_text(encoding="utf-8")
    (place / MANIFEST).write_text(text.replace(found.fingerprint, "other"), encoding="utf-8")
    assert not Wanted(str(data), origin.fingerprint, "person_id", None).is_made
    assert sorted_there(data, "person_id")[0].fingerprint == found.fingerprint


def test_where_nothing_can_be_written_it_is_told_with_a_way_out(data, tmp_path):
    copy = shutil.copytree(data, tmp_path / "copy", ignore=shutil.ignore_patterns(FOLDER))
    (copy / FOLDER).write_text("in the way")
    with pytest.raises(StoreError, match=r"can't write: .* or open the data set on one machine"):
        sorted_there(copy, "person_id")


def test_a_data_set_replaced_meanwhile_is_told(data, tmp_path):
    origin = journey.open_log(data).store
    wanted = Wanted(str(data), origin.fingerprint, "person_id", None)
    with pytest.raises(StoreError, match="was replaced while its journeys were sorted"):
        cases._finish_shard(0, wanted=wanted, making=tmp_path / "gone", n_names=[0])


def test_a_log_without_touchpoints_has_no_journeys_of_any_case(tmp_path):
    save(Sample((), ("person_id",), seeded(7).definitions, {}, {}).log(), tmp_path / "Empty")
    found, wanted = sorted_there(tmp_path / "Empty", "person_id")
    assert (found.shards, found.n_without_case) == ((), 0)
    assert found.fingerprint == wanted.fingerprint
