"""No page waits for a kernel: all are compiled before, for the arrays that pages give them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from journey.ui import compile_ahead

REPOSITORY = Path(__file__).parents[2]


def test_no_page_compiles_a_kernel(sample_dataset, tmp_path):
    # In a process of its own: here other tests have compiled kernels for arrays of all kinds.
    script = Path(__file__).with_name("compiled_by_pages.py")
    shutil.copytree(sample_dataset, tmp_path / "datasets" / "Sample")
    paths = {"PYTHONPATH": str(REPOSITORY), "PORTOLAN_WORKSPACE": str(tmp_path)}
    asked = subprocess.run(
        [sys.executable, script],
        env=os.environ | paths,
        capture_output=True,
        text=True,
        check=False,
    )
    # Moves of more types than have a place each in a table are rare: they may wait a second.
    assert asked.stdout.splitlines() == ["asked by nobody: number_moves"], asked.stderr[-2000:]
    assert asked.returncode == 0, asked.stderr[-2000:]


def test_logs_are_of_all_types():
    shards = [log.store.shards[0] for log in compile_ahead.logs_of_all_types()]
    types = {(shard.codes["person_id"].dtype, shard.ticks.dtype) for shard in shards}
    assert types == {
        (np.dtype(code), np.dtype(tick))
        for code in ("uint8", "uint16", "uint32")
        for tick in ("int32", "int64")
    }


@pytest.fixture
def started(monkeypatch, tmp_path):
    """The commands that were started, with a mark of its own."""
    commands = []

    class Process:
        def __init__(self, command, **_options):
            commands.append(command)

    monkeypatch.setattr(compile_ahead.subprocess, "Popen", Process)
    monkeypatch.setattr(compile_ahead, "_mark", lambda: tmp_path / "mark")
    return commands


def test_what_is_compiled_is_not_compiled_again(started, monkeypatch):
    monkeypatch.setattr(compile_ahead, "ask_all", lambda _log: None)
    compile_ahead.compile_in_background()
    assert len(started) == 1
    compile_ahead.compile_ahead()
    compile_ahead.compile_in_background()
    assert len(started) == 1
    # Kernels have changed since.
    compile_ahead._mark().write_text("another state", encoding="ascii")
    compile_ahead.compile_in_background()
    assert len(started) == 2
