"""Child processes that read files: started, kept ready beforehand, ended.

Loading the libraries that read files takes longer than reading a small one. So one process may
stand by that has loaded them; each serves one task, whatever became of it.
"""

import atexit
import contextlib
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

PREPARED: Final = "journey.ingest.pipeline"
"""The module that a process which stands by has loaded."""

_END_SECONDS: Final = 10
_MEMORY: Final = {
    # Arrow's own allocator keeps what it had once; this one gives back each block that was read.
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_MMAP_THRESHOLD_": "2000000",
    "MALLOC_ARENA_MAX": "2",
}
"""What libraries are told of memory in a process that reads one file and ends."""

_PACKAGE_ROOT: Final = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Child:
    """A process that waits for one task.

    Attributes
    ----------
    messages
        The file descriptor from which its messages are read.
    stderr
        The file that takes its last words.
    parent
        The process that started it.
    """

    process: subprocess.Popen[bytes]
    messages: int
    stderr: IO[bytes]
    parent: int


def start_child(module: str = "") -> Child:
    """Start a process that waits for a task; it first loads a module, if one is named."""
    receiving, sending = os.pipe()
    paths = [str(_PACKAGE_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
    try:
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and our own words
            [
                sys.executable,
                "-P",
                "-c",
                f"from journey.ingest.processes.child import serve; serve({sending}, {module!r})",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            pass_fds=(sending,),
            start_new_session=True,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(paths),
                **_MEMORY,
                "OMP_NUM_THREADS": "1",
                "OPENBLAS_NUM_THREADS": "1",
            },
        )
    except BaseException:
        os.close(receiving)
        stderr.close()
        raise
    finally:
        os.close(sending)
    return Child(process, receiving, stderr, os.getpid())


def end_child(child: Child) -> None:
    """End a process with all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.process.pid, signal.SIGKILL)
    child.process.wait()
    if child.process.stdin:
        with contextlib.suppress(OSError):
            child.process.stdin.close()
    os.close(child.messages)
    child.stderr.close()


class _Waiting:
    """The process that stands by, if there is one, and whether there always should be."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: Child | None = None
        self.is_kept = False

    def prepare(self) -> None:
        with self._lock:
            if self._own() is None:
                self._child = start_child(PREPARED)

    def take(self) -> Child | None:
        with self._lock:
            child, self._child = self._own(), None
            return child

    def is_ready(self) -> bool:
        with self._lock:
            child = self._own()
            return child is not None and bool(select.select([child.messages], [], [], 0)[0])

    def _own(self) -> Child | None:
        """The process, unless it ended or another process, of which this is a copy, started it."""
        child = self._child
        if child is None or child.parent != os.getpid():
            return None
        if child.process.poll() is not None:
            end_child(child)
            self._child = None
            return None
        return child


_WAITING: Final = _Waiting()


def stand_by() -> None:
    """Keep a process ready that has loaded what reads files, so that imports needn't wait for it.

    After each import another one is started. It takes some 100 MB while it waits, and ends with
    this process.
    """
    _WAITING.is_kept = True
    _WAITING.prepare()


def is_ready() -> bool:
    """Whether a process stands by that has loaded all it needs."""
    return _WAITING.is_ready()


def prepare_child() -> None:
    """Start the process of the next import early, while other things have to be done."""
    _WAITING.prepare()


def child_for(module: str) -> Child:
    """The process that stands by, if it has loaded this module, else a new one."""
    return (_WAITING.take() if module == PREPARED else None) or start_child()


def stand_by_again() -> None:
    """Start another process to stand by, where one is to be kept."""
    if _WAITING.is_kept:
        _WAITING.prepare()


@atexit.register
def _end_waiting() -> None:
    child = _WAITING.take()
    if child is None:
        return
    # Without an order it ends by itself, and takes its files with it.
    if child.process.stdin:
        child.process.stdin.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.process.wait(_END_SECONDS)
    end_child(child)
