import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from journey.store import replace as module
from journey.store.read import open_store
from journey.store.replace import replace_directory, restore_interrupted, scratch_beside
from journey.workspace import list_datasets, remove_dataset
from tests.store.disk import write
from tests.strategies import seeded

REPOSITORY = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("replacing.py")
WAYS = ["yes", "no"]  # the disk offers to exchange two folders, or not

posix_only = pytest.mark.skipif(os.name != "posix", reason="there is no such kill here")


def folder(place, **files):
    place.mkdir(parents=True)
    for name, text in files.items():
        (place / name).write_text(text)
    return place


def content(place):
    return {path.name: path.read_text() for path in place.iterdir()}


def names(place):
    return sorted(path.name for path in place.iterdir())


@pytest.fixture(params=WAYS)
def _way(request, monkeypatch):
    if request.param == "no":
        monkeypatch.setattr(module, "_exchange", lambda _one, _other: False)


@pytest.mark.usefixtures("_way")
class TestReplacing:
    def test_the_new_one_stands_alone_in_the_place_of_the_old(self, tmp_path):
        folder(tmp_path / "log", a="1", b="1")
        replace_directory(folder(tmp_path / "new", a="2"), tmp_path / "log")
        assert names(tmp_path) == ["log"]
        assert content(tmp_path / "log") == {"a": "2"}

    def test_a_free_place_is_taken(self, tmp_path):
        replace_directory(folder(tmp_path / "new", a="2"), tmp_path / "log")
        assert names(tmp_path) == ["log"]

    def test_a_rename_that_fails_leaves_what_was_there(self, tmp_path, monkeypatch):
        folder(tmp_path / "log", a="1")
        new, rename = folder(tmp_path / "new", a="2"), Path.replace

        def failing(source, target):
            if source == new:
                raise OSError("no space left")
            return rename(source, target)

        monkeypatch.setattr(module, "_exchange", lambda _one, _other: False)
        monkeypatch.setattr(Path, "replace", failing)
        with pytest.raises(OSError, match="no space left"):
            replace_directory(new, tmp_path / "log")
        assert content(tmp_path / "log") == {"a": "1"}
        assert names(tmp_path) == ["log", "new"]


class TestInterrupted:
    def test_what_stood_aside_comes_back_when_data_sets_are_listed(self, tmp_path):
        folder(tmp_path / "datasets" / f".log.old.{32 * 'a'}", a="1")
        assert list_datasets(tmp_path) == ["log"]
        assert content(tmp_path / "datasets" / "log") == {"a": "1"}

    def test_and_when_one_is_opened(self, tmp_path):
        write(seeded(1, n_accounts=5), tmp_path / "log")
        (tmp_path / "log").rename(tmp_path / f".log.old.{32 * 'a'}")
        assert open_store(tmp_path / "log").n_touchpoints == len(seeded(1, n_accounts=5).touches)

    def test_it_never_takes_the_place_of_a_newer_one(self, tmp_path):
        folder(tmp_path / f".log.old.{32 * 'a'}", a="1")
        folder(tmp_path / "log", a="2")
        restore_interrupted(tmp_path)
        assert content(tmp_path / "log") == {"a": "2"}

    def test_nor_does_it_come_back_after_the_data_set_is_removed(self, tmp_path):
        folder(tmp_path / "datasets" / f".log.old.{32 * 'a'}", a="1")
        folder(tmp_path / "datasets" / "log", a="2")
        remove_dataset(tmp_path, "log")
        assert list_datasets(tmp_path) == []
        assert names(tmp_path / "datasets") == []

    def test_a_half_made_data_set_of_a_like_name_is_not_taken_for_it(self, tmp_path):
        # A dot can't be in a name, so '.log-old.new.…' is of the data set 'log-old' alone.
        with scratch_beside(tmp_path / "datasets" / "log-old"):
            assert list_datasets(tmp_path) == []
        assert list_datasets(tmp_path) == []


class TestScratch:
    def test_it_goes_when_the_work_fails(self, tmp_path):
        def work():
            with scratch_beside(tmp_path / "log") as scratch:
                folder(scratch / "data", half="1")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            work()
        assert names(tmp_path) == []

    def test_a_store_can_be_made_in_it_and_moved_into_place(self, tmp_path):
        with scratch_beside(tmp_path / "log") as scratch:
            write(seeded(1, n_accounts=5), scratch / "data")
            replace_directory(scratch / "data", tmp_path / "log")
        assert names(tmp_path) == ["log"]

    def test_a_living_writer_keeps_its_own(self, tmp_path):
        with scratch_beside(tmp_path / "log") as first, scratch_beside(tmp_path / "log") as second:
            assert first.is_dir()
            assert second.is_dir()

    @posix_only
    def test_that_of_a_dead_one_is_swept(self, tmp_path):
        folder(tmp_path / f".log.new.{32 * 'a'}", half="1")
        with scratch_beside(tmp_path / "other"):
            assert len(names(tmp_path)) == 1


# ---- killed at many moments


@pytest.fixture
def place(tmp_path):
    """Two versions of a data set, the first of them in use."""
    for name, seed in (("a", 1), ("b", 2)):
        write(seeded(seed, n_accounts=5), tmp_path / "versions" / name)
    shutil.copytree(tmp_path / "versions" / "a", tmp_path / "datasets" / "log")
    return tmp_path


def child(place, way, *, step=0, n_times=0):
    command = [sys.executable, SCRIPT, place, way, str(step), str(n_times)]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)


def is_whole(place):
    """The data set is listed and opens as one of its two versions."""
    known = {open_store(version).fingerprint for version in (place / "versions").iterdir()}
    assert list_datasets(place) == ["log"]
    return open_store(place / "datasets" / "log").fingerprint in known


@posix_only
@pytest.mark.parametrize("way", WAYS)
def test_a_kill_at_any_step_leaves_the_old_one_or_the_new(place, way):
    """Every step that touches the folder is once the last; each child stops one step later."""
    step = finished = 0
    while not finished:
        step += 1
        with child(place, way, step=step, n_times=1) as process:
            process.communicate()
        finished = process.returncode == 0
        assert finished or process.returncode == -signal.SIGKILL
        assert is_whole(place)
    assert step > 10
    assert names(place / "datasets") == ["log"]  # the last one swept what the killed ones left


@posix_only
@pytest.mark.parametrize("way", WAYS)
def test_so_does_a_kill_out_of_the_blue(place, way):
    for seconds in np.random.default_rng(1).uniform(0, 0.1, size=12):
        with child(place, way) as process:
            assert process.stdout.readline() == b"ready\n"
            time.sleep(seconds)
            process.kill()
        assert is_whole(place)
    with child(place, way, n_times=1) as process:
        process.communicate()
    assert names(place / "datasets") == ["log"]
