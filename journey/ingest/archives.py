"""Gzip and zip files, unpacked one member at a time and never beyond the limits."""

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final
from uuid import uuid4

from journey.errors import ImportLimitError, UnreadableFileError
from journey.ingest.processes.limits import Limits
from journey.ingest.signatures import Kind, kind_of

CHUNK_BYTES: Final = 1 << 20
_MAX_DEPTH: Final = 2
_COMPANION: Final = re.compile(
    r"(?:^|/)(?:read_?me|licen[cs]e|changelog|notice|copying)[^/]*$"
    r"|\.(?:md|html?|pdf|png|jpe?g|gif|svg|css|js|docx?|pptx?)$"
)
"""Names of files that come with data and are none."""
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError)


@dataclass(frozen=True)
class Member:
    """A file that is no archive: where it is, what it is called, what it is."""

    path: Path
    name: str
    kind: Kind


def unpack(
    path: Path, name: str, *, scratch: Path, limits: Limits, depth: int = 0
) -> Iterator[Member]:
    """Give a file's members one after the other; a file that is no archive is its own member.

    Parameters
    ----------
    path
        The file.
    name
        Its name as the user knows it.
    scratch
        An existing folder; each member is removed from it before the next is unpacked.
    limits
        Of size, ratio and number of members.
    depth
        How many archives stand around this one.

    Yields
    ------
    Member
        In the order of the archive.

    Raises
    ------
    UnreadableFileError
        If an archive is broken, protected, or holds archives in archives in archives.
    ImportLimitError
        If it would unpack to more than allowed.
    """
    kind = kind_of(path, name)
    if kind not in ("gzip", "zip"):
        yield Member(path, name, kind)
        return
    if depth == _MAX_DEPTH:
        raise UnreadableFileError(
            f"{name} is an archive within archives. Unpack it and import the files themselves."
        )
    opened = _gzip_member(path, name) if kind == "gzip" else _zip_members(path, name, limits)
    left = min(
        limits.unpacked_bytes, max(limits.ratio * path.stat().st_size, limits.ratio_from_bytes)
    )
    for member_name, file in opened:
        target = scratch / f"member_{uuid4().hex}"
        try:
            left -= _copy(file, target, member_name, left)
            yield from unpack(target, member_name, scratch=scratch, limits=limits, depth=depth + 1)
        finally:
            target.unlink(missing_ok=True)


def _gzip_member(path: Path, name: str) -> Iterator[tuple[str, gzip.GzipFile]]:
    """Open the one member of a gzip file."""
    with gzip.open(path) as file:
        yield name, file


def _zip_members(path: Path, name: str, limits: Limits) -> Iterator[tuple[str, IO[bytes]]]:
    """Open the files in a zip file, leaving out what operating systems put in unasked."""
    with zipfile.ZipFile(path) as archive:
        members = _data_of(archive)
        if len(members) > limits.archive_members:
            raise ImportLimitError(
                f"{name} holds {len(members):,} files; at most {limits.archive_members:,} are "
                "read. Put fewer into one archive."
            )
        if any(info.flag_bits & 1 for info in members):
            raise UnreadableFileError(
                f"{name} is protected by a password. Unpack it and import the files themselves."
            )
        for info in members:
            shown = info.filename.replace("\\", "/").rsplit("/", 1)[-1]
            try:
                with archive.open(info) as file:
                    yield f"{name}: {shown}", file
            except _BROKEN as error:
                raise UnreadableFileError(f"{name} is broken at {shown} ({error}).") from error


def companions(path: Path) -> list[str]:
    """Files of a zip file that are left out, as they only say something of the others."""
    try:
        with zipfile.ZipFile(path) as archive:
            data = {info.filename for info in _data_of(archive)}
            names = [info.filename for info in archive.infolist() if _is_data(info)]
    except _BROKEN:
        return []
    return [name for name in names if name not in data]


def _data_of(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files that may be tables; all, where none would be left."""
    members = [info for info in archive.infolist() if _is_data(info)]
    return [info for info in members if not _COMPANION.search(info.filename.lower())] or members


def _is_data(info: zipfile.ZipInfo) -> bool:
    """Tell a file of the user from folders and system files."""
    parts = PurePosixPath(info.filename.replace("\\", "/")).parts
    hidden = any(part == "__MACOSX" or (part.startswith(".") and part != "..") for part in parts)
    return not (info.is_dir() or hidden or info.filename.endswith(("Thumbs.db", "desktop.ini")))


def _copy(file: IO[bytes] | gzip.GzipFile, target: Path, name: str, allowed: int) -> int:
    """Unpack one file, stopping as soon as it grows beyond what is allowed."""
    n_bytes = 0
    with target.open("wb") as out:
        while chunk := _read(file, name):
            n_bytes += len(chunk)
            if n_bytes > allowed:
                raise ImportLimitError(
                    f"{name} unpacks to more than {allowed:,} bytes, which is more than allowed "
                    "for an archive of its size. Unpack it and import the files themselves."
                )
            out.write(chunk)
    return n_bytes


def _read(file: IO[bytes] | gzip.GzipFile, name: str) -> bytes:
    """Read the next piece of an archive that may be broken."""
    try:
        return file.read(CHUNK_BYTES)
    except _BROKEN as error:
        raise UnreadableFileError(
            f"{name} is broken: its end is missing or its content is damaged ({error}). "
            "Download it again."
        ) from error
