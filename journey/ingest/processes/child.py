"""Runs one task in a limited child process, with progress and cancel.

A small file can abort the process that parses it. So parsing happens in a child: whatever becomes
of it, the server and its other users go on, and the user gets a plain sentence.
"""

import contextlib
import errno
import importlib
import json
import os
import select
import selectors
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType
from typing import IO, Any, Final

from journey import errors
from journey.errors import (
    ImportCancelledError,
    ImportLimitError,
    JourneyError,
    UnreadableFileError,
)
from journey.ingest.processes.limits import Limits, apply_limits
from journey.ingest.processes.progress import Progress
from journey.ingest.processes.ready import PREPARED, child_for, end_child, stand_by_again

Task = Callable[[Mapping[str, Any], Callable[[Progress], None]], Mapping[str, Any]]
"""What a child runs: takes the argument and a function to tell its progress to."""

_TICK_SECONDS: Final = 0.1
_PIPE_BYTES: Final = 65_536
_STDERR_BYTES: Final = 4_096
_WITHOUT_PANDAS: Final = (PREPARED,)
"""Modules that never need pandas; Arrow would load it, which takes long, at its first array."""

_OUT_OF_SPACE: Final = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
_NO_THREAD: Final = ("can't start new thread", "Resource temporarily unavailable")
"""What Python and native libraries say where the system starts no thread for them."""


def run_in_child(
    task: str,
    argument: Mapping[str, Any],
    *,
    limits: Limits,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> dict[str, Any]:
    """Run a task in a process of its own, held to limits, and return what it returns.

    Parameters
    ----------
    task
        ``"module:function"``; the function takes the argument and a function to tell its
        progress to, and returns a dictionary that JSON can hold.
    argument
        What JSON can hold. If it has ``scratch``, a folder that is the task's own, that folder is
        emptied when the task does not end well.
    limits
        Of memory, processor time, time and file size.
    progress
        Called in this process with each progress of the task.
    cancelled
        Asked about ten times a second; once it says yes, the child and all it started are ended.

    Returns
    -------
    dict
        The task's result.

    Raises
    ------
    ImportCancelledError
        If cancelled.
    ImportLimitError
        If the child went over a limit.
    UnreadableFileError
        If a native reader broke down on the file.
    JourneyError
        Any that the task raised, with its class and message; and of this very class if the task
        failed in a way it should not.
    """
    order = {"task": task, "argument": argument, "limits": asdict(limits)}
    try:
        return _result(order, limits, progress, cancelled)
    except BaseException:
        _empty(argument.get("scratch"))
        raise


def _result(
    order: Mapping[str, Any],
    limits: Limits,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> dict[str, Any]:
    """Start a child, tell it what to do and wait for what comes of it."""
    module = str(order["task"]).partition(":")[0]
    child = child_for(module)
    try:
        _send(child.process, order)
        result, last = _listen(child.process, child.messages, limits, progress, cancelled)
        if result is None:
            raise _death(child.process.wait(), _tail(child.stderr), last, limits)
        return result
    finally:
        end_child(child)
        stand_by_again()


def _send(child: subprocess.Popen[bytes], order: Mapping[str, Any]) -> None:
    """Tell the child what to do; its input stays open as a sign that somebody waits."""
    if child.stdin:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(json.dumps(order).encode() + b"\n")
            child.stdin.flush()


def _listen(
    child: subprocess.Popen[bytes],
    messages: int,
    limits: Limits,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> tuple[dict[str, Any] | None, Progress | None]:
    """Forward progress until the child has a result, fails, ends or must be ended."""
    deadline = time.monotonic() + limits.wall_seconds
    last: Progress | None = None
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(messages, selectors.EVENT_READ)
        while True:
            if cancelled():
                raise ImportCancelledError("The import was cancelled; nothing was kept.")
            if time.monotonic() > deadline:
                raise _too_long(last, limits)
            if not selector.select(_TICK_SECONDS):
                # What a child wrote just before it ended is still in the pipe.
                if child.poll() is not None and not selector.select(0):
                    return None, last
                continue
            chunk = os.read(messages, _PIPE_BYTES)
            if not chunk:
                return None, last
            *lines, rest = (rest + chunk).split(b"\n")
            for message in map(json.loads, lines):
                if "result" in message:
                    return message["result"], last
                last = _heard(message, progress) or last


def _heard(message: Mapping[str, Any], progress: Callable[[Progress], None]) -> Progress | None:
    """Take what a child says on its way; nothing need be known of when it was ready."""
    if "error" in message:
        raise _raised(message["error"])
    if "progress" not in message:
        return None
    now = Progress(**message["progress"])
    progress(now)
    return now


def _too_long(last: Progress | None, limits: Limits) -> ImportLimitError:
    return ImportLimitError(
        f"Reading {_file(last)} took longer than the {limits.wall_seconds:,} seconds "
        "allowed. Split the file, or raise the limit."
    )


def _raised(error: Mapping[str, str]) -> JourneyError:
    """Make the error that the child raised, again."""
    kind = getattr(errors, error["class"], JourneyError)
    if not (isinstance(kind, type) and issubclass(kind, JourneyError)):
        kind = JourneyError
    raised = kind(error["message"])
    if error["details"]:
        raised.add_note(error["details"])
    return raised


def _death(code: int, stderr: str, last: Progress | None, limits: Limits) -> JourneyError:
    """Say in plain words why a child ended without a result."""
    file = _file(last)
    if code == -signal.SIGXCPU:
        return ImportLimitError(
            f"Reading {file} took more than the {limits.cpu_seconds:,} seconds of processor time "
            "allowed. Split the file, or raise the limit."
        )
    if code == -signal.SIGXFSZ:
        return ImportLimitError(
            f"Reading {file} wrote more than the {limits.unpacked_bytes:,} bytes allowed. Split "
            "the file, or raise the limit."
        )
    if code == -signal.SIGKILL or "memory" in stderr.lower() or "bad_alloc" in stderr:
        return ImportLimitError(
            f"Reading {file} took more memory than there is or is allowed "
            f"({limits.address_space_bytes:,} bytes). Split the file, or save it as CSV."
        )
    if last is None:
        return _unable(f"the process that reads files ended with code {code}", stderr)
    error = UnreadableFileError(
        f"The reader broke down on {file} (ended with code {code}). The file is damaged or made "
        "to do harm; save it again, best as CSV."
    )
    if stderr:
        error.add_note(stderr)
    return error


def _unable(what: str, details: str) -> JourneyError:
    """Say that no file could be opened at all, which is no fault of the file."""
    error = JourneyError(
        f"Portolan can't read files on this machine: {what}. No file was opened, so it is not the "
        "file's fault. Try again; if it stays so, look whether memory, disk and processes "
        "(ulimit -a) are left, and install Portolan and its packages anew."
    )
    if details:
        error.add_note(details)
    return error


def _file(last: Progress | None) -> str:
    """Name the file that was being read."""
    return last.file if last and last.file else "the file"


def _tail(stderr: IO[bytes]) -> str:
    """Read the last words of a child."""
    stderr.seek(max(0, stderr.seek(0, os.SEEK_END) - _STDERR_BYTES))
    return stderr.read().decode("utf-8", "replace")


def _empty(scratch: str | None) -> None:
    """Remove what a task left in its folder."""
    if scratch is None or not Path(scratch).is_dir():
        return
    for left in Path(scratch).iterdir():
        if left.is_dir() and not left.is_symlink():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def serve(messages: int, module: str = "") -> None:
    """Do, in the child, what the parent orders, and tell it how that went.

    Parameters
    ----------
    messages
        The file descriptor that takes progress, result and error as JSON lines.
    module
        What to load before there is an order; none: nothing.
    """
    pipe = os.fdopen(messages, "wb")
    lock = threading.Lock()

    def tell(message: Mapping[str, Any]) -> None:
        with lock:
            pipe.write(json.dumps(message).encode() + b"\n")
            pipe.flush()

    if module:
        loaded = _load(module)
        if not select.select([0], [], [], 0)[0]:
            # Nobody has asked yet, so there is time for what else is loaded when first needed.
            # What fails now fails again when it is needed, and is told then.
            with contextlib.suppress(Exception):
                loaded.prepare()
        tell({"ready": module})
    line = sys.stdin.buffer.readline()
    if not line:
        return  # nobody needs it any longer
    order = json.loads(line)
    limits, argument = Limits(**order["limits"]), order["argument"]
    apply_limits(limits)
    try:
        threading.Thread(target=_end_with_parent, args=(argument,), daemon=True).start()
        name, _, function = order["task"].partition(":")
        task: Task = getattr(_load(name), function)
        result = task(argument, lambda now: tell({"progress": asdict(now)}))
        tell({"result": result})
    except BaseException as error:  # noqa: BLE001 - native readers raise what is no Exception
        tell({"error": _described(error, limits)})


def _load(module: str) -> ModuleType:
    if module in _WITHOUT_PANDAS and not any(isinstance(f, _NoPandas) for f in sys.meta_path):
        sys.meta_path.insert(0, _NoPandas())
    return importlib.import_module(module)


class _NoPandas(MetaPathFinder):
    """Says that there is no pandas."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:  # noqa: ARG002 - as the importer asks
        if fullname == "pandas":
            raise ModuleNotFoundError("pandas is not needed here", name=fullname)


def _end_with_parent(argument: Mapping[str, Any]) -> None:
    """End this process when the parent is gone: nobody waits for the result."""
    # Read past the buffer: a daemon thread that holds its lock at exit would abort the process.
    while os.read(0, 1):
        pass
    _empty(argument.get("scratch"))
    os.killpg(0, signal.SIGKILL)


def _described(error: BaseException, limits: Limits) -> dict[str, str]:
    """Describe an error so that the parent can raise it again."""
    if isinstance(error, JourneyError):
        return {"class": type(error).__name__, "message": str(error), "details": ""}
    name, details = type(error).__name__, traceback.format_exc()
    if isinstance(error, MemoryError) or name == "OutOfMemoryException":
        message = (
            f"Reading took more memory or disk than allowed ({limits.address_space_bytes:,} "
            "bytes of memory). Split the file, or raise the limit."
        )
        return {"class": "ImportLimitError", "message": message, "details": details}
    if isinstance(error, RuntimeError) and any(said in str(error) for said in _NO_THREAD):
        message = (
            f"This machine lets Portolan start no further thread ({error}), as it is held to few "
            "processes or little memory (ulimit -u, ulimit -v, or the container's limits). Raise "
            "that limit, or end other programs; the file is not at fault."
        )
        return {"class": "ImportLimitError", "message": message, "details": details}
    if isinstance(error, OSError) and error.errno in _OUT_OF_SPACE:
        message = f"There is no room on disk to read the file ({error.strerror}). Free some space."
        return {"class": "ImportLimitError", "message": message, "details": details}
    if name == "PanicException":
        message = f"The reader broke down on the file ({error}). Save it again, best as CSV."
        return {"class": "UnreadableFileError", "message": message, "details": details}
    message = f"Portolan itself failed while reading ({name}: {error}). Please report it."
    return {"class": "JourneyError", "message": message, "details": details}
