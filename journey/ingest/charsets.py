"""Text files in any encoding, as UTF-8."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import uuid4

from journey.ingest.signatures import HEAD_BYTES, utf16_of

_CHUNK: Final = 1 << 20
_SAMPLE_BYTES: Final = 65_536
_LONGEST_LINE: Final = 4_000
_NAMES: Final = {
    "gb18030": "GBK",
    "big5": "Big5",
    "cp874": "TIS-620",
    "cp1252": "Windows-1252",
    "cp1251": "Windows-1251",
    "cp932": "Shift-JIS",
    "latin-1": "Latin-1",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
}
_DAMAGED_SHARE: Final = 0.05
_ISOLATED_SHARE: Final = 0.8


@dataclass(frozen=True)
class Utf8File:
    """A text file in UTF-8 without NUL bytes, and what was done to get it."""

    path: Path
    notes: tuple[str, ...]


@dataclass
class _Scan:
    """What one pass over a file's bytes found."""

    valid: bool = True
    n_nul: int = 0
    sample: list[bytes] = field(default_factory=list[bytes])
    sample_bytes: int = 0


def to_utf8(path: Path, scratch: Path) -> Utf8File:
    """Give a text file in UTF-8: the file itself, or a copy.

    The whole file is looked at, since an accent may come late. NUL bytes are taken out.

    Parameters
    ----------
    path
        A text file in UTF-8, UTF-16, GBK, Big5, TIS-620, Shift-JIS, Windows-1251, Windows-1252
        or Latin-1.
    scratch
        An existing folder for the copy.

    Returns
    -------
    Utf8File
        With ``path`` itself if nothing had to be done.
    """
    with path.open("rb") as file:
        encoding = utf16_of(file.read(HEAD_BYTES))
    if encoding:
        return _copy(path, scratch, encoding, [f"read as {_NAMES[encoding]}"])
    scan = _scan(path)
    if scan.valid and not scan.n_nul:
        return Utf8File(path, ())
    notes = [f"took out {scan.n_nul:,} NUL bytes"] if scan.n_nul else []
    encoding = "utf-8" if scan.valid else _guess(b"\n".join(scan.sample))
    if encoding != "utf-8":
        notes.append(f"read as {_NAMES[encoding]}")
    return _copy(path, scratch, encoding, notes)


def _scan(path: Path) -> _Scan:
    """Look for NUL bytes and invalid UTF-8, and collect lines that aren't plain ASCII."""
    scan = _Scan()
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            scan.n_nul += chunk.count(0) if b"\0" in chunk else 0
            is_ascii = chunk.isascii()
            if scan.valid and not (is_ascii and not decoder.getstate()[0]):
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    scan.valid = False
            if not is_ascii and scan.sample_bytes < _SAMPLE_BYTES:
                _collect(scan, chunk)
    if scan.valid:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            scan.valid = False
    return scan


def _collect(scan: _Scan, chunk: bytes) -> None:
    """Keep lines with bytes beyond ASCII until the sample is full."""
    for line in chunk.splitlines():
        if line.isascii():
            continue
        piece = line if len(line) <= _LONGEST_LINE else _piece(line)
        scan.sample.append(piece)
        scan.sample_bytes += len(piece)
        if scan.sample_bytes >= _SAMPLE_BYTES:
            return


def _piece(line: bytes) -> bytes:
    """Cut a long line where no character is split: from the first one beyond ASCII to a mark."""
    first = next(position for position, byte in enumerate(line) if byte >= 128)  # noqa: PLR2004 - beyond ASCII
    piece = line[first : first + _LONGEST_LINE]
    end = max(piece.rfind(mark) for mark in (b",", b" ", b'"'))
    return piece[:end] if end > 0 else piece


def _guess(sample: bytes) -> str:
    """Name the encoding of lines that aren't all valid UTF-8."""
    from charset_normalizer import from_bytes

    text = sample.decode("utf-8", "replace")
    damaged = text.count("\ufffd")
    foreign = sum(not character.isascii() for character in text)
    if damaged <= foreign * _DAMAGED_SHARE:
        return "utf-8"
    high = len(re.findall(rb"[\x80-\xff]", sample))
    isolated = len(re.findall(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])", sample))
    # Letters with accents stand alone between plain ones; other scripts come in runs.
    if isolated < high * _ISOLATED_SHARE:
        candidates = ["gb18030", "big5", "cp874", "cp932", "cp1251", "cp1252"]
        best = from_bytes(sample, cp_isolation=candidates).best()
        if best and best.encoding in _NAMES:
            return "cp874" if _is_thai(sample, best.encoding) else best.encoding
    try:
        sample.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"


def _is_thai(sample: bytes, guessed: str) -> bool:
    """Tell Thai, whose bytes are also Japanese syllables of half width, which hardly occur."""
    text = sample.decode(guessed, "replace")
    foreign = [character for character in text if not character.isascii()]
    half_width = sum("\uff61" <= character <= "\uff9f" for character in foreign)
    return guessed == "cp932" and half_width * 2 > len(foreign)


def _copy(path: Path, scratch: Path, encoding: str, notes: list[str]) -> Utf8File:
    """Write the file again in UTF-8, counting what could not be decoded."""
    target = scratch / f"utf8_{uuid4().hex}"
    n_damaged = 0
    with target.open("w", encoding="utf-8", newline="") as out:
        for text in _decoded(path, encoding):
            n_damaged += text.count("\ufffd")
            out.write(text.replace("\0", ""))
    if n_damaged:
        notes.append(f"{n_damaged:,} damaged characters shown as \ufffd")
    return Utf8File(target, tuple(notes))


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    """Read a file as text, piece by piece, without its byte-order mark."""
    with path.open("r", encoding=encoding, errors="replace", newline="") as file:
        first = True
        while text := file.read(_CHUNK):
            yield text.removeprefix("\ufeff") if first else text
            first = False
