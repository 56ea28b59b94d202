"""Files on the server, within the folders that its administrator allows."""

import os
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from journey.errors import UnreadableFileError, ValueNotAllowedError

FOLDERS_VARIABLE: Final = "PORTOLAN_FOLDERS"
MOST_FOLDERS: Final = 500
_PIECE_BYTES: Final = 1 << 20


def allowed_folders() -> tuple[Path, ...]:
    """Return the folders of ``PORTOLAN_FOLDERS`` that are there, links in them followed.

    Several are separated as in ``PATH``; one that isn't absolute is not meant by anybody.

    Examples
    --------
    >>> isinstance(allowed_folders(), tuple)
    True
    """
    named = os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep)
    folders = (Path(name).expanduser() for name in named if name.strip())
    found = (folder.resolve() for folder in folders if folder.is_absolute() and folder.is_dir())
    return tuple(dict.fromkeys(found))


def checked_path(path: Path, allowed: Sequence[Path]) -> Path:
    """Return where a path leads, if that lies in an allowed folder.

    Raises
    ------
    ValueNotAllowedError
        If it leads to nothing, or out of the allowed folders: by ``..``, by a link or by itself.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     place = Path(folder).resolve()
    ...     checked_path(place / "..", [place])
    Traceback (most recent call last):
    journey.errors.ValueNotAllowedError: '..' is not in a folder of the server that is allowed...
    """
    try:
        leads_to = path.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as problem:  # no such file, a ring of links, a NUL
        raise ValueNotAllowedError(
            f"There is no {path.name!r} on the server any more. Choose another file."
        ) from problem
    if not path.is_absolute() or not any(leads_to.is_relative_to(folder) for folder in allowed):
        raise ValueNotAllowedError(
            f"{path.name!r} is not in a folder of the server that is allowed. Choose one in "
            f"{', '.join(folder.name for folder in allowed) or 'none'}, or ask the administrator."
        )
    return leads_to


def folders_in(folder: Path) -> list[Path]:
    """Return a folder and those within it, without hidden ones and links; the first 500.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as root:
    ...     (Path(root) / "2026" / "may").mkdir(parents=True)
    ...     [found.name for found in folders_in(Path(root))[1:]]
    ['2026', 'may']
    """
    found: list[Path] = []
    for place, names, _ in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith("."))
        found.append(Path(place))
        if len(found) == MOST_FOLDERS:
            break
    return found


def files_in(folder: Path, allowed: Sequence[Path], *, endings: Sequence[str]) -> list[Path]:
    """Return the files right in a folder that can be read and have one of the endings, by name.

    Raises
    ------
    ValueNotAllowedError
        If the folder is not allowed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as root:
    ...     place = Path(root).resolve()
    ...     for name in ("b.csv", "a.csv", "notes.pdf", ".a.csv"):
    ...         _ = (place / name).write_text("")
    ...     [path.name for path in files_in(place, [place], endings=("csv",))]
    ['a.csv', 'b.csv']
    """
    place = checked_path(folder, allowed)
    wanted = tuple(f".{ending}" for ending in endings)
    return sorted(
        entry
        for entry in place.iterdir()
        if not entry.name.startswith(".")
        and entry.name.lower().endswith(wanted)
        and _is_readable(entry, allowed)
    )


def copy_file(path: Path, allowed: Sequence[Path], target: Path) -> None:
    """Copy a file of the server; what is copied is what was checked, whatever happens meanwhile.

    Raises
    ------
    ValueNotAllowedError
        If it is not in an allowed folder.
    UnreadableFileError
        If it is no ordinary file, or may not be read.
    """
    place = checked_path(path, allowed)
    # A named pipe must not make us wait, and a link put here after the check not lead us away.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(place, flags | getattr(os, "O_BINARY", 0))
    except OSError as problem:
        raise UnreadableFileError(
            f"{path.name} can't be read: {problem.strerror}. Ask the administrator."
        ) from problem
    with os.fdopen(handle, "rb") as source:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise UnreadableFileError(f"{path.name} is no ordinary file. Choose another.")
        checked_path(_opened_path(handle, place), allowed)
        with target.open("xb") as copy:
            shutil.copyfileobj(source, copy, _PIECE_BYTES)


def _opened_path(handle: int, place: Path) -> Path:
    """Where an open file really is, as the system tells it; else where it was looked for."""
    told = Path(f"/proc/self/fd/{handle}")
    return told.readlink() if told.is_symlink() else place


def _is_readable(entry: Path, allowed: Sequence[Path]) -> bool:
    try:
        checked_path(entry, allowed)
    except ValueNotAllowedError:
        return False
    return entry.is_file() and os.access(entry, os.R_OK)
