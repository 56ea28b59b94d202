"""One change of a data set at a time, so that none is lost to another."""

import os
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from journey.errors import ImportCancelledError, StoreError
from journey.ingest.kept.sources import SOURCES, TABLES_FILE, batch_folders
from journey.store.replace import restore_interrupted

if sys.platform != "win32":
    import fcntl

_WAIT_SECONDS: Final = 0.2


@contextmanager
def own_turn(folder: Path, cancelled: Callable[[], bool] | None = None) -> Generator[None]:
    """Hold a data set for one change; waits while another is made.

    Where the system or the disk knows no locks, or there is no such folder yet, nothing is held.

    Raises
    ------
    ImportCancelledError
        If stopped while waiting.
    """
    handle = _held(folder, cancelled or (lambda: False))
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def batches_of(folder: Path) -> dict[str, bytes]:
    """What a data set is made from: what describes each batch, by its name."""
    files = [batch / TABLES_FILE for batch in batch_folders(folder / SOURCES)]
    return {file.parent.name: file.read_bytes() for file in files if file.is_file()}


def check_unchanged(folder: Path, before: dict[str, bytes]) -> None:
    """Refuse to replace a data set that is not made from the same as before.

    Raises
    ------
    StoreError
        If its batches are others.
    """
    if batches_of(folder) != before:
        raise StoreError(
            f"The data set {folder.name!r} was changed meanwhile, and stays as it is now. "
            "Do the same again."
        )


def _held(folder: Path, cancelled: Callable[[], bool]) -> int | None:
    """A locked handle on a folder; none if it is not there or locks are not known."""
    if sys.platform == "win32" or not folder.parent.is_dir():
        return None
    while True:
        restore_interrupted(folder.parent)
        try:
            handle = os.open(folder, os.O_RDONLY)
        except OSError:
            return None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            _wait(cancelled)
            continue
        except OSError:
            os.close(handle)
            return None
        # Whoever was before may have put another folder in its place.
        if _is_at(handle, folder):
            return handle
        os.close(handle)


def _wait(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise ImportCancelledError("The import was cancelled; nothing was kept.")
    time.sleep(_WAIT_SECONDS)


def _is_at(handle: int, folder: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), folder.stat())
    except OSError:
        return False
