"""Text files in any encoding, as UTF-8."""

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from uuid import uuid4

from journey.ingest.signatures import HEAD_BYTES, utf16_of
from journey.ingest.texts.alphabets import likelihoods
from journey.wording import counted

_CHUNK: Final = 1 << 20
_SAMPLE_BYTES: Final = 65_536
_LONGEST_LINE: Final = 4_000
_NAMES: Final = {
    "gb18030": "GBK",
    "big5": "Big5",
    "cp874": "TIS-620",
    "cp932": "Shift-JIS",
    "euc_jp": "EUC-JP",
    "cp949": "EUC-KR",
    **{f"cp{number}": f"Windows-{number}" for number in range(1250, 1258)},
    "koi8-r": "KOI8-R",
    "cp866": "DOS Cyrillic",
    "cp850": "DOS Latin",
    "mac_roman": "Mac Roman",
    "latin-1": "Latin-1",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
}
_DAMAGED_SHARE: Final = 0.05
_SURE_BY: Final = 0.12
"""By how much the likeliest encoding has to be likelier than another that says otherwise."""

_JUDGED_BYTES: Final = 16_384
_OWN_SHARE: Final = 0.1
_BYTEWISE: Final = ("cp125", "latin", "koi8", "cp866", "cp850", "mac", "cp874")
"""How the names of encodings with one byte a letter begin."""


@dataclass(frozen=True)
class Utf8File:
    """A text file in UTF-8 without NUL bytes, and what was done to get it."""

    path: Path
    notes: tuple[str, ...]


@dataclass
class _Scan:
    """What one pass over a file's bytes found."""

    valid: bool = True
    in_lines: bool = True
    n_nul: int = 0
    sample: list[bytes] = field(default_factory=list[bytes])
    sample_bytes: int = 0


def to_utf8(path: Path, scratch: Path) -> Utf8File:
    """Give a text file in UTF-8: the file itself, or a copy.

    The whole file is looked at, since an accent may come late. NUL bytes are taken out.

    Parameters
    ----------
    path
        A text file in UTF-8, UTF-16, or an older encoding of Europe, the Near East or East Asia.
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
        return _copy(_decoded(path, encoding), scratch, [f"read as {_NAMES[encoding]}"])
    scan = _scan(path)
    if scan.valid and not scan.n_nul:
        return Utf8File(path, ())
    notes = [f"took out {counted(scan.n_nul, 'NUL byte')}"] if scan.n_nul else []
    encoding, other = ("utf-8", None) if scan.valid else _guess(b"\n".join(scan.sample))
    texts = _decoded(path, encoding)
    if encoding != "utf-8" and scan.in_lines and (of_rest := _beside_utf8(scan.sample)):
        encoding, other = of_rest
        texts = _decoded_by_line(path, encoding)
        notes.append(f"lines that are not UTF-8 read as {_NAMES[encoding]}")
    elif encoding != "utf-8":
        notes.append(f"read as {_NAMES[encoding]}")
    if other:
        notes.append(
            f"its letters could also be {_NAMES[other]}: save it as UTF-8 if they look wrong"
        )
    return _copy(texts, scratch, notes)


def _scan(path: Path) -> _Scan:
    """Look for NUL bytes and invalid UTF-8, and collect lines that aren't plain ASCII."""
    scan = _Scan()
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            scan.n_nul += chunk.count(0) if b"\0" in chunk else 0
            # Else a line may be as long as the file; its last piece may well hold no end.
            is_tail = len(chunk) < min(_CHUNK, file.tell())
            scan.in_lines &= is_tail or b"\n" in chunk
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


def _guess(sample: bytes) -> tuple[str, str | None]:
    """Name the encoding of lines that aren't all valid UTF-8, and another it could well be."""
    text = sample.decode("utf-8", "replace")
    # Some may have been written so, in UTF-8.
    damaged = text.count("\ufffd") - sample.count("\ufffd".encode())
    foreign = sum(not character.isascii() for character in text)
    if damaged <= foreign * _DAMAGED_SHARE:
        return "utf-8", None
    (best, encoding, meant), *others = likelihoods(sample[:_JUDGED_BYTES])
    if encoding == "cp1252" and "\ufffd" in sample.decode("cp1252", "replace"):
        encoding = "latin-1"
    doubts = (name for score, name, other in others if best - score < _SURE_BY and other != meant)
    return encoding, next(doubts, None)


def _beside_utf8(sample: list[bytes]) -> tuple[str, str | None] | None:
    """The encoding of the lines that are not UTF-8, where others are: files put together.

    None where none is, or where the encoding writes several bytes a letter, as chance may then.
    """
    rest = [line for line in sample if _is_damaged(line)]
    if len(sample) - len(rest) < _OWN_SHARE * len(sample):
        return None
    found = _guess(b"\n".join(rest))
    return found if found[0].startswith(_BYTEWISE) else None


def _is_damaged(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return True
    return False


def _copy(texts: Iterable[str], scratch: Path, notes: list[str]) -> Utf8File:
    """Write a text again in UTF-8, counting what could not be decoded."""
    target = scratch / f"utf8_{uuid4().hex}"
    n_damaged = 0
    with target.open("w", encoding="utf-8", newline="") as out:
        for text in texts:
            n_damaged += text.count("\ufffd")
            out.write(text.replace("\0", ""))
    if n_damaged:
        notes.append(f"{counted(n_damaged, 'damaged character')} shown as \ufffd")
    return Utf8File(target, tuple(notes))


def _decoded(path: Path, encoding: str) -> Iterator[str]:
    """Read a file as text, piece by piece, without its byte-order mark."""
    with path.open("r", encoding=encoding, errors="replace", newline="") as file:
        first = True
        while text := file.read(_CHUNK):
            yield text.removeprefix("\ufeff") if first else text
            first = False


def _decoded_by_line(path: Path, encoding: str) -> Iterator[str]:
    """Read a file as text, line by line, each in UTF-8 or else in another encoding."""
    with path.open("rb") as file:
        for number, line in enumerate(file):
            text = line.decode(encoding if _is_damaged(line) else "utf-8", "replace")
            yield text if number else text.removeprefix("\ufeff")
