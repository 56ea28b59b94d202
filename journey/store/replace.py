"""Put a whole directory in the place of another, so that a crash leaves the old or the new one.

Writers work in a hidden folder beside the target, ``.NAME.new.…``. Where the system can swap two
directories in one step, it does. Elsewhere the old one steps aside as ``.NAME.old.…`` for a
moment; should the writer die right then, whoever next opens or lists the data set puts it back.
A dot can't be part of a data set's name, so no two of these are ever taken for each other.
"""

import ctypes
import errno
import os
import re
import shutil
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from uuid import uuid4

if sys.platform != "win32":
    import fcntl

_ASIDE: Final = re.compile(r"\.(?P<name>.+)\.old\.[0-9a-f]{32}")
_SCRATCH: Final = re.compile(r"\..+\.new\.[0-9a-f]{32}")
_ABANDONED_SECONDS: Final = 2 * 86_400
"""Without locks, a scratch folder as old as this belongs to nobody."""

_AT_ONCE: Final = 8
"""Files whose writing is waited for side by side."""

_AT_FDCWD: Final = -100
_RENAME_EXCHANGE: Final = 2
_NOT_OFFERED: Final = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EXDEV)


@contextmanager
def scratch_beside(target: Path) -> Generator[Path]:
    """A new hidden folder on the target's disk, gone whatever happens.

    Folders that killed writers left in the same place go first.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as root, scratch_beside(Path(root) / "log") as scratch:
    ...     scratch.is_dir(), Path(root) in scratch.parents
    (True, True)
    """
    parent = target.parent
    parent.mkdir(parents=True, exist_ok=True)
    scratch = _hidden(target, "new")
    with locked(parent):
        _restore_all(parent)
        _sweep(parent)
        # The work goes on inside, since a store made there locks the folder it stands in.
        work = scratch / "work"
        work.mkdir(parents=True)
        lock = _lock(scratch, waits=True)
    try:
        yield work
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def replace_directory(
    new: Path, target: Path, *, take_over: Callable[[], None] = lambda: None
) -> None:
    """Put a complete directory in the place of another; a crash leaves the old or the new.

    Parameters
    ----------
    take_over
        Puts into the new one what was edited in the old. Done last, while whoever saves under
        :func:`locked` waits, so that no edit falls between the copy and the replacement.

    Raises
    ------
    OSError
        If the disk refuses; what was there is there still.
    """
    _sync_all(new.rglob("*"))
    with locked(target.parent):
        _restore_all(target.parent)
        take_over()
        _sync_all((*new.iterdir(), new))
        if not target.exists():
            new.replace(target)
        elif not _exchange(new, target):
            _step_aside(new, target)
    _sync(target.parent)
    shutil.rmtree(new, ignore_errors=True)


def sync_early(path: Path) -> None:
    """Begin to have the disk keep a file that will be put in place later, beside other work."""

    def sync() -> None:
        # Whoever puts it in place asks again, and is told what is wrong.
        with suppress(OSError):
            _sync(path)

    threading.Thread(target=sync, name="sync", daemon=True).start()


def restore_interrupted(parent: Path) -> None:
    """Put back the data sets whose replacement was cut off while they stood aside.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as root:
    ...     (Path(root) / f".log.old.{32 * '0'}").mkdir()
    ...     restore_interrupted(Path(root))
    ...     [entry.name for entry in Path(root).iterdir()]
    ['log']
    """
    if parent.is_dir() and any(map(_name_aside, parent.iterdir())):
        with locked(parent):
            _restore_all(parent)


def _step_aside(new: Path, target: Path) -> None:
    """Two renames; between them the old one has a name by which it is found again."""
    aside = _hidden(target, "old")
    target.replace(aside)
    try:
        new.replace(target)
    except OSError:
        aside.replace(target)
        raise
    aside.replace(new)


def _restore_all(parent: Path) -> None:
    """What stands aside goes back; where its place is taken, it becomes scratch to be swept."""
    for entry in list(parent.iterdir()):
        name = _name_aside(entry)
        if name is None:
            continue
        target = parent / name
        entry.replace(_hidden(target, "new") if target.exists() else target)


def _sweep(parent: Path) -> None:
    """Remove the scratch folders of writers that are no more."""
    for entry in parent.iterdir():
        if _SCRATCH.fullmatch(entry.name) and entry.is_dir() and _is_abandoned(entry):
            shutil.rmtree(entry, ignore_errors=True)


def _is_abandoned(scratch: Path) -> bool:
    """A writer holds a lock on its folder, which the system takes away when it dies."""
    if sys.platform == "win32":
        return time.time() - scratch.stat().st_mtime > _ABANDONED_SECONDS
    lock = _lock(scratch, waits=False)
    if lock is not None:
        os.close(lock)
    return lock is not None


def _exchange(one: Path, other: Path) -> bool:
    """Swap two directories in one step; false where the system or the disk doesn't offer it."""
    if sys.platform != "linux":
        return False
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if swap is None:
        return False
    swap.argtypes = (ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint)
    places = _AT_FDCWD, os.fsencode(one.absolute()), _AT_FDCWD, os.fsencode(other.absolute())
    if swap(*places, _RENAME_EXCHANGE) == 0:
        return True
    problem = ctypes.get_errno()
    if problem in _NOT_OFFERED:
        return False
    raise OSError(problem, os.strerror(problem), str(other))


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """One writer at a time in the few steps that look at a folder and change something in it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as root, locked(Path(root)):
    ...     (Path(root) / "count").write_text("1")
    1
    """
    lock = _lock(folder, waits=True)
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def _lock(folder: Path, *, waits: bool) -> int | None:
    """Lock a folder until the handle is closed; none if another has it or locks are not known."""
    if sys.platform == "win32":
        return None
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # gone meanwhile
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if waits else fcntl.LOCK_NB))
    except OSError:
        os.close(handle)
        return None
    return handle


def _sync_all(paths: Iterable[Path]) -> None:
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        # The disk writes many at once as fast as one.
        list(pool.map(_sync, paths))


def _sync(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder, through a loss of power."""
    is_windows = sys.platform == "win32"
    if is_windows and path.is_dir():
        return  # it can't be opened there
    handle = os.open(path, os.O_RDWR if is_windows else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _hidden(target: Path, kind: str) -> Path:
    return target.with_name(f".{target.name}.{kind}.{uuid4().hex}")


def _name_aside(entry: Path) -> str | None:
    found = _ASIDE.fullmatch(entry.name)
    return found["name"] if found else None
