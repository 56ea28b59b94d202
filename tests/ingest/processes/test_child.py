import os
import select
import selectors
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from journey import ingest
from journey.errors import (
    ColumnNotFoundError,
    ImportCancelledError,
    ImportLimitError,
    JourneyError,
    UnreadableFileError,
)
from journey.ingest.processes.child import _listen, run_in_child
from journey.ingest.processes.limits import GIBIBYTE, Limits
from journey.ingest.processes.progress import Progress
from journey.ingest.processes.ready import start_child

TASKS = """
import os, resource, signal, subprocess, sys, threading, time
from pathlib import Path
from journey.errors import ColumnNotFoundError
from journey.ingest.processes.limits import Limits
from journey.ingest.processes.progress import Progress
from journey.ingest.raw import read_raw
from journey.ingest.sql import connect

def echo(argument, tell):
    print("on standard output")
    for n in range(3):
        tell(Progress("reading", argument["name"], n, None))
    return {"got": argument}

def modules(argument, tell):
    return {"modules": sorted(sys.modules)}

def refuse(argument, tell):
    raise ColumnNotFoundError("Column 'x' not found in a.csv.")

def fail(argument, tell):
    return {}["missing"]

def die(argument, tell):
    tell(Progress("reading", "a.xlsx", 5, None))
    os.kill(os.getpid(), argument["signal"])

def leave(argument, tell):
    os._exit(3)

def crowd(argument, tell):
    resource.setrlimit(resource.RLIMIT_AS, (argument["room"], argument["room"]))
    threading.stack_size(argument["room"])
    threading.Thread(target=print).start()

def grow(argument, tell):
    bytearray(4 * 1024**3)

def write(argument, tell):
    with open(argument["scratch"] + "/big", "wb") as file:
        while True:
            file.write(bytes(100_000))

def spin(argument, tell):
    while True:
        pass

def linger(argument, tell):
    scratch = Path(argument["scratch"])
    (scratch / "folder").mkdir()
    (scratch / "folder" / "copy").write_bytes(bytes(1000))
    started = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (scratch / "copy").write_text("x")
    Path(argument["pids"]).write_text(f"{os.getpid()} {started.pid}")
    tell(Progress("reading", "a.csv", 1, None))
    time.sleep(600)

def read(argument, tell):
    scratch = Path(argument["scratch"])
    with connect(scratch, memory_bytes=300_000_000) as connection:
        tables = read_raw(connection, Path(argument["path"]), name="big.csv", index=0,
                          scratch=scratch, limits=Limits(), progress=tell)
        return {"n_rows": tables[0].n_rows}

def stop(argument, tell):
    # An import that tells when a step is done, and goes no further.
    from functools import partial
    from journey.ingest import dataset, pipeline
    from journey.store import write
    step = argument["step"]
    place = write if step == "write_shard" else dataset
    do = getattr(place, step)
    if step == "keep_in_parts":
        do = partial(do, ids_at_once=1)
    def done(*given, **options):
        do(*given, **options)
        tell(Progress("writing", step, 0, None))
        time.sleep(600)
    setattr(place, step, done)
    pipeline.import_files(argument, tell)
"""


@pytest.fixture(autouse=True)
def tasks(tmp_path, monkeypatch):
    folder = tmp_path / "modules"
    folder.mkdir()
    (folder / "child_tasks.py").write_text(TASKS)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def scratch(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def run(task, argument=None, *, limits=None, told=None, cancelled=lambda: False):
    heard = told if told is not None else []
    return run_in_child(
        f"child_tasks:{task}",
        argument or {},
        limits=limits or Limits(),
        progress=heard.append,
        cancelled=cancelled,
    )


def is_running(pid):
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def wait_until(condition):
    for _ in range(200):
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_result_and_progress_come_back_and_nothing_is_printed(capfd):
    told = []
    result = run("echo", {"name": "é.csv", "n": [1, None]}, told=told)
    assert result == {"got": {"name": "é.csv", "n": [1, None]}}
    assert told == [Progress("reading", "é.csv", n, None) for n in range(3)]
    assert capfd.readouterr() == ("", "")


def test_the_child_loads_nothing_heavy():
    loaded = run("modules")["modules"]
    assert {"numba", "streamlit", "plotly", "networkx"}.isdisjoint(loaded)


def test_where_pandas_is_not_needed_arrow_does_without():
    code = (
        "import sys; from journey.ingest.processes.child import _NoPandas\n"
        "sys.meta_path.insert(0, _NoPandas())\n"
        "import numpy as np, pyarrow as pa\n"
        "print(pa.array([1, None]).to_pylist(), pa.array(np.arange(2)).to_numpy().tolist())\n"
        "print('pandas' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[3]
    told = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert told.stdout.splitlines() == ["[1, None] [0, 1]", "False"]


def test_errors_keep_their_class_and_message():
    with pytest.raises(ColumnNotFoundError) as caught:
        run("refuse")
    assert str(caught.value) == "Column 'x' not found in a.csv."
    with pytest.raises(JourneyError, match=r"Portolan itself failed.*KeyError") as caught:
        run("fail")
    assert type(caught.value) is JourneyError
    assert "Traceback" in caught.value.__notes__[0]


def test_an_unknown_task_is_told():
    with pytest.raises(JourneyError, match="no attribute 'nothing'"):
        run("nothing")


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        (signal.SIGABRT, UnreadableFileError, "broke down on a.xlsx"),
        (signal.SIGSEGV, UnreadableFileError, "broke down on a.xlsx"),
        (signal.SIGKILL, ImportLimitError, "Reading a.xlsx took more memory"),
        (signal.SIGXCPU, ImportLimitError, "seconds of processor time"),
    ],
)
def test_a_killed_child_is_a_plain_sentence(number, kind, words):
    with pytest.raises(kind, match=words):
        run("die", {"signal": number})


def test_a_child_that_leaves_without_a_word():
    with pytest.raises(JourneyError, match=r"ended with code 3.*not the file's fault") as caught:
        run("leave")
    assert type(caught.value) is JourneyError


def test_a_machine_that_starts_no_thread_is_told_from_a_bad_file():
    with pytest.raises(ImportLimitError, match=r"no further thread.*file is not at fault"):
        run("crowd", {"room": GIBIBYTE})


def test_a_child_that_can_not_make_ready_still_serves(tmp_path, monkeypatch):
    tmp_path.joinpath("modules", "unready.py").write_text(
        "def prepare():\n    raise OSError('no room')\n"
        "def echo(argument, tell):\n    return argument\n"
    )

    def waiting(module):
        child = start_child(module)
        assert select.select([child.messages], [], [], 60)[0]
        return child

    monkeypatch.setattr("journey.ingest.processes.child.child_for", waiting)
    result = run_in_child(
        "unready:echo", {"n": 1}, limits=Limits(), progress=print, cancelled=lambda: False
    )
    assert result == {"n": 1}


def test_memory_processor_time_and_disk_are_limited(scratch):
    with pytest.raises(ImportLimitError, match="memory"):
        run("grow", limits=Limits(address_space_bytes=2 * GIBIBYTE))
    with pytest.raises(ImportLimitError, match="more than the 1 seconds of processor time"):
        run("spin", limits=Limits(cpu_seconds=1))
    with pytest.raises(ImportLimitError, match="longer than the 1 seconds"):
        run("spin", limits=Limits(wall_seconds=1))
    with pytest.raises(ImportLimitError, match="no room on disk"):
        run("write", {"scratch": str(scratch)}, limits=Limits(unpacked_bytes=1_000_000))
    assert list(scratch.iterdir()) == []


def test_cancel_ends_the_whole_group_and_leaves_nothing(tmp_path, scratch):
    pids = tmp_path / "pids"
    told = []
    with pytest.raises(ImportCancelledError, match="nothing was kept"):
        run(
            "linger",
            {"scratch": str(scratch), "pids": str(pids)},
            told=told,
            cancelled=lambda: bool(told),
        )
    assert list(scratch.iterdir()) == []
    child, grandchild = pids.read_text().split()
    assert wait_until(lambda: not is_running(child) and not is_running(grandchild))


def test_the_child_ends_with_its_parent(tmp_path, scratch):
    pids = tmp_path / "pids"
    root = Path(__file__).resolve().parents[3]
    program = textwrap.dedent(f"""
        from journey.ingest.processes.child import run_in_child
        from journey.ingest.processes.limits import Limits
        run_in_child("child_tasks:linger", {{"scratch": {str(scratch)!r}, "pids": {str(pids)!r}}},
                     limits=Limits(), progress=lambda _: None, cancelled=lambda: False)
    """)
    folders = os.pathsep.join([str(root), os.environ["PYTHONPATH"]])
    parent = subprocess.Popen(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": folders}
    )
    assert wait_until(lambda: pids.exists() and len(pids.read_text().split()) == 2)
    child, grandchild = (int(pid) for pid in pids.read_text().split())
    parent.kill()
    parent.wait()
    assert wait_until(lambda: not is_running(child))
    assert wait_until(lambda: list(scratch.iterdir()) == [])
    assert wait_until(lambda: not is_running(grandchild))


def test_cancel_in_the_middle_of_a_real_file_leaves_nothing(tmp_path, scratch):
    path = tmp_path / "big.csv"
    row = "account,2024-01-02 03:04:05,Demo,some longer text to fill the row\n"
    path.write_text("id,at,what,note\n" + row * 150_000 + "too,short\n" * 2)
    argument = {"path": str(path), "scratch": str(scratch)}
    told = []
    with pytest.raises(ImportCancelledError):
        run("read", argument, told=told, cancelled=lambda: bool(told))
    assert told[0].file == "big.csv"
    assert told[0].n_total is None
    assert list(scratch.iterdir()) == []
    assert run("read", argument)["n_rows"] == 150_002


@pytest.mark.parametrize(
    ("step", "file"),
    [
        ("keep_in_parts", "linked-1.parquet"),
        ("keep_judged", "known.parquet"),
        ("write_shard", "touchpoints-0.arrow"),
    ],
)
def test_cancel_while_a_log_is_made_leaves_nothing(tmp_path, monkeypatch, step, file):
    path, sets = tmp_path / "a.csv", tmp_path / "sets"
    path.write_text(
        "account_id,email,anonymous_id,time,event\n"
        "A,a@big.com,1,2024-01-01,Ad\n,b@big.com,2,2024-01-02,Demo\n,,1,2024-01-03,Call\n"
    )
    seen = []

    def hear(now):
        if now.file == step:
            seen.extend(one.name for one in sets.rglob("*"))

    def stopped(_task, argument, **options):
        return run_in_child("child_tasks:stop", {**argument, "step": step}, **options)

    monkeypatch.setattr(ingest, "run_in_child", stopped)
    with pytest.raises(ImportCancelledError, match="nothing was kept"):
        ingest.read_touchpoints(
            path, into=sets / "mine", progress=hear, cancelled=lambda: bool(seen)
        )
    assert file in seen
    assert list(sets.iterdir()) == []


def test_what_a_child_wrote_just_before_it_ended_is_heard(monkeypatch):
    receiving, sending = os.pipe()
    code = f'import os; os.write({sending}, b\'{{"result": {{"n": 1}}}}\\n\')'
    process = subprocess.Popen([sys.executable, "-c", code], pass_fds=(sending,))
    os.close(sending)

    class Late(selectors.DefaultSelector):
        """Hears nothing until the child is gone, as on a busy machine."""

        def select(self, timeout=None):
            if process.returncode is None:
                process.wait(30)
                return []
            return super().select(timeout)

    monkeypatch.setattr(selectors, "DefaultSelector", Late)
    try:
        heard = _listen(process, receiving, Limits(), lambda _: None, lambda: False)
    finally:
        os.close(receiving)
    assert heard == ({"n": 1}, None)
