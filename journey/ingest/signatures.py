"""What a file is, by its content."""

import re
import unicodedata
import zipfile
from pathlib import Path
from typing import Final, Literal

from journey.errors import UnreadableFileError

Kind = Literal["gzip", "zip", "xlsx", "parquet", "json", "xes", "delimited"]

READABLE: Final = "CSV, TSV, XLSX, Parquet, JSON, JSON lines or XES, also as .gz or .zip"
HEAD_BYTES: Final = 65_536

_FOREIGN: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"%PDF", "a PDF document"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook (.xls) or a protected one"),
    (b"ARROW1", "an Arrow file"),
    (b"FEA1", "a Feather file"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"{\\rtf", "an RTF document"),
    (b"\x80\x04", "a Python pickle"),
    (b"Obj\x01", "an Avro file"),
    (b"ORC", "an ORC file"),
)
_TAR_AT: Final = 257
"""Where the first header of a tar archive has its signature."""
_UTF16: Final = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


def kind_of(path: Path, name: str) -> Kind:
    """Tell what a file is by its first bytes.

    Parameters
    ----------
    path
        The file.
    name
        Its name as the user knows it; for messages.

    Returns
    -------
    str
        One of the kinds that are read.

    Raises
    ------
    UnreadableFileError
        If the file is empty or of a kind that is not read.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head.strip(b"\0\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise UnreadableFileError(f"{name} is empty. Export it again, then import the new file.")
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(path, name)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head[_TAR_AT:].startswith(b"ustar"):
        raise _foreign(name, "a tar archive")
    for signature, words in _FOREIGN:
        if head.startswith(signature) and not _is_plain_text(head):
            raise _foreign(name, words)
    return _kind_of_text(head, name)


def utf16_of(head: bytes) -> str | None:
    """Name the UTF-16 encoding of a text by its mark, or by where its NUL bytes stand."""
    if head[:2] in _UTF16:
        return _UTF16[head[:2]]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    if odd > half * 0.4 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.4 and odd < half * 0.05:
        return "utf-16-be"
    # Of other scripts, only marks and digits have a NUL byte.
    if min(even, odd) == 0 and max(even, odd) > half * 0.05:
        encoding = "utf-16-le" if odd else "utf-16-be"
        text = re.sub(r"[\t\r\n]", "", head.decode(encoding, "replace"))
        return None if any(unicodedata.category(letter)[0] == "C" for letter in text) else encoding
    return None


def _kind_of_zip(path: Path, name: str) -> Kind:
    """Tell a workbook from an archive of files."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFileError(
            f"{name} is a broken zip file ({error}). Save or download it again."
        ) from error
    if "xl/workbook.xml" in names:
        return "xlsx"
    foreign = (
        ("xl/workbook.bin", "a binary Excel workbook (.xlsb)"),
        ("word/document.xml", "a Word document"),
        ("ppt/presentation.xml", "a PowerPoint deck"),
        ("content.xml", "an OpenDocument file"),
    )
    for member, words in foreign:
        if member in names:
            raise _foreign(name, words)
    return "zip"


def _kind_of_text(head: bytes, name: str) -> Kind:
    """Tell JSON, XES and separated text apart, and refuse what is no text."""
    utf16 = utf16_of(head)
    text = head.decode(utf16 or "utf-8", "replace").lstrip("\ufeff")
    if not utf16 and not _is_plain_text(head):
        raise _foreign(name, "a binary file")
    if re.match(r"\s*(\[\s*)?\{\s*([\"}]|$)", text) or re.match(r"\s*\[\s*\]\s*$", text):
        return "json"
    if re.match(r"\s*(<\?xml|<!--|<log\b|<\w+:log\b)", text):
        if re.search(r"<(\w+:)?log\b", text):
            return "xes"
        raise _foreign(name, "XML, but not an event log (XES)")
    if re.match(r"\s*<(!doctype html|html)\b", text, re.IGNORECASE):
        raise _foreign(name, "a web page (perhaps a sign-in page saved instead of the file)")
    return "delimited"


def _is_plain_text(head: bytes) -> bool:
    """Tell text in some encoding from binary data: few control characters, hardly any NUL."""
    control = sum(head.count(bytes([code])) for code in (*range(1, 9), *range(14, 27), 28, 29))
    return head.count(0) <= len(head) * 0.01 + 2 and control <= len(head) * 0.01


def _foreign(name: str, words: str) -> UnreadableFileError:
    """Say what a file looks like and what is read instead."""
    return UnreadableFileError(f"{name} looks like {words}. Portolan reads {READABLE}.")
