import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

import journey
from journey.ingest.processes import ready as processes
from journey.ingest.processes.ready import PREPARED, child_for, end_child, is_ready, prepare_child


@pytest.fixture(autouse=True)
def waiting(monkeypatch):
    """Nobody stands by but who is started in the test."""
    held = processes._Waiting()
    monkeypatch.setattr(processes, "_WAITING", held)
    yield held
    if (child := held.take()) is not None:
        end_child(child)


def wait_until(condition):
    for _ in range(1_200):
        if condition():
            return True
        time.sleep(0.05)
    return False


def written(folder):
    path = folder / "a.csv"
    path.write_text("account,time,event\nA,2024-01-01,Ad\nA,2024-01-02,Demo\n")
    return path


def test_who_stands_by_is_taken_once_and_by_whom_it_was_prepared_for():
    prepare_child()
    prepare_child()
    other, first, second = child_for("journey.ingest.inventories"), child_for(PREPARED), None
    try:
        second = child_for(PREPARED)
        assert len({child.process.pid for child in (other, first, second)}) == 3
    finally:
        for child in filter(None, (other, first, second)):
            end_child(child)
    assert first.process.poll() == -signal.SIGKILL


def test_an_import_is_done_by_who_is_ready_and_then_another_one_stands_by(tmp_path, waiting):
    journey.ingest.stand_by()
    assert wait_until(is_ready)
    first = waiting._own().process.pid
    log = journey.read_touchpoints(written(tmp_path), into=tmp_path / "log")
    assert log.n_touchpoints == 2
    assert waiting._own().process.pid != first


def test_without_being_asked_nobody_stands_by_after_an_import(tmp_path, waiting):
    journey.read_touchpoints(written(tmp_path), into=tmp_path / "log")
    assert waiting._own() is None


def test_one_that_died_while_it_waited_is_replaced(tmp_path, waiting):
    prepare_child()
    os.killpg(waiting._own().process.pid, signal.SIGKILL)
    assert wait_until(lambda: waiting._own() is None)
    assert not is_ready()
    assert journey.read_touchpoints(written(tmp_path), into=tmp_path / "log").n_touchpoints == 2


def test_it_ends_with_who_started_it_and_leaves_nothing(tmp_path):
    code = textwrap.dedent("""
        from journey.ingest.processes import ready as processes
        processes.stand_by()
        print(processes._WAITING._own().process.pid)
    """)
    root = Path(__file__).resolve().parents[3]
    told = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=root,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stderr == ""
    assert not Path(f"/proc/{int(told.stdout)}").exists()
    assert list(tmp_path.iterdir()) == []
