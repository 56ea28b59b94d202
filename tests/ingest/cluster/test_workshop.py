import os
import shutil

import pyarrow as pa
import pytest

from journey.errors import ClusterError
from journey.ingest.cluster.workshop import dealt, open_workshop, unpacked
from journey.store.write import MANIFEST


@pytest.fixture
def workshop(tmp_path):
    return open_workshop(tmp_path / "log", 100_000_000)


def test_a_worker_that_does_not_see_the_storage_says_so(workshop):
    shutil.rmtree(workshop.path)
    with (
        pytest.raises(ClusterError, match=r"does not see .*all workers mount at the same path"),
        workshop.own_folder(),
    ):
        pass


def test_what_nobody_works_in_any_more_is_removed(workshop, tmp_path):
    other = open_workshop(tmp_path / "other", 1)
    assert workshop.path.is_dir()
    os.utime(workshop.path / "tasks", (0, 0))
    open_workshop(tmp_path / "third", 1)
    assert not workshop.path.exists()
    assert other.path.is_dir()


def test_a_second_attempt_finds_what_the_first_put_in_place(workshop, tmp_path):
    target = tmp_path / "log"
    assert not workshop.is_in_place(target)
    (workshop.data / MANIFEST).write_text("{}")
    workshop.put_in_place(target)
    assert workshop.is_in_place(target)


def test_the_data_set_that_was_there_before_is_not_taken_for_the_new_one(workshop, tmp_path):
    target = tmp_path / "log"
    target.mkdir()
    (target / MANIFEST).write_text("{}")
    (workshop.data / MANIFEST).write_text("{}")
    (workshop.path / "placed").write_text(str((workshop.data / MANIFEST).stat().st_ino))
    assert not workshop.is_in_place(target)


def test_every_row_is_dealt_to_its_bucket(workshop):
    with workshop.database() as connection:
        connection.register("numbers", pa.table({"x": range(50_000)}))
        chunks = list(dealt(connection, "SELECT x, x % 3 AS bucket FROM numbers"))
    found = {bucket: unpacked([c for b, c in chunks if b == bucket]) for bucket, _ in chunks}
    assert {bucket: sorted(rows["x"].to_pylist()) for bucket, rows in found.items()} == {
        bucket: list(range(bucket, 50_000, 3)) for bucket in range(3)
    }
    assert len(chunks) > 3  # a bucket comes in pieces
