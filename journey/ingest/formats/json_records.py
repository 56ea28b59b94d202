"""JSON arrays, JSON lines and JSON objects one after the other."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, Self, cast

from journey.errors import UnreadableFileError
from journey.ingest.formats.batches import Batches
from journey.ingest.formats.json_wrapped import WrappedList, find_list, refuse_second_list
from journey.ingest.formats.table import RawTable, Rejections, Source, TableWriter, finish
from journey.ingest.texts.charsets import to_utf8

_CHUNK: Final = 1 << 20
_LONGEST_RECORD: Final = 64 << 20
_LINES_TRIED: Final = 3
_BLANK: Final = re.compile(r"[\s,]*")


class _Number(float):
    """A number with a point or an exponent that keeps its spelling."""

    text: str

    def __new__(cls, text: str) -> Self:
        number = super().__new__(cls, text)
        number.text = text
        return number


class _Record(NamedTuple):
    """One value of the file, where it begins and how it is written."""

    line: int
    value: Any
    text: str


_DECODER: Final = json.JSONDecoder(parse_float=_Number)


def read_json(source: Source) -> list[RawTable]:
    """Read JSON objects into one table, top-level keys as columns.

    Parameters
    ----------
    source
        A JSON array of objects, also inside one object, or objects one a line or one after the
        other.

    Returns
    -------
    list of RawTable
        One. Numbers are spelled as in the file, nested objects and arrays are JSON, null is an
        empty cell. Values that are no objects, and broken lines, are rejected with their line.

    Raises
    ------
    UnreadableFileError
        If the file breaks off or is broken in a place after which nothing can be told apart.
    """
    text = to_utf8(source.path, source.scratch)
    try:
        rejections = Rejections(source.name)
        writer = TableWriter(source)
        batches = Batches(writer)
        number = 0
        wrapped = find_list(text.path)
        notes = [f"read the list {wrapped.name!r}"] if wrapped else []
        records = _records(text.path, source.name, wrapped)
        for number, record in enumerate(records, start=1):
            if isinstance(record.value, dict):
                batches.add(number, _cells(cast("dict[str, Any]", record.value)))
            else:
                reason = "broken JSON" if record.value is _BROKEN else "not a JSON object"
                rejections.add(record.line, reason, record.text)
        batches.flush()
        if not number:
            raise UnreadableFileError(f"{source.name} holds no records. Export it again.")
        return [finish(source, writer.columns, rejections, [*text.notes, *notes])]
    finally:
        if text.path != source.path:
            text.path.unlink(missing_ok=True)


_BROKEN: Final = object()


def _cells(record: dict[str, Any]) -> dict[str, str]:
    """Write the values of an object as text."""
    return {key: _as_text(value) for key, value in record.items()}


def _as_text(value: Any) -> str:
    """Write one value as text; null is the empty text."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if value is None:
        return ""
    if isinstance(value, _Number):
        return value.text
    return json.dumps(value, ensure_ascii=False)


def _records(path: Path, name: str, wrapped: WrappedList | None) -> Iterator[_Record]:
    """Give the values of a file, line by line where lines are whole values."""
    if wrapped is None and _one_a_line(path):
        return _by_line(path)
    return _by_value(path, name, wrapped)


def _one_a_line(path: Path) -> bool:
    """Tell whether the first line, or most of the first, are objects by themselves."""
    n_tried = n_whole = 0
    with path.open("r", encoding="utf-8-sig") as file:
        while n_tried < _LINES_TRIED and (line := file.readline(_LONGEST_RECORD)):
            n_tried += bool(line.strip())
            if isinstance(_decode(line), dict):
                if n_tried == 1:
                    return True
                n_whole += 1
    return n_whole * 2 > n_tried


def _decode(text: str) -> Any:
    """Decode one value; a broken one, or one nested too deeply, is ``_BROKEN``."""
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return _BROKEN


def _by_line(path: Path) -> Iterator[_Record]:
    """Give one value a line; blank lines are no records."""
    with path.open("r", encoding="utf-8-sig") as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                yield _Record(number, _decode(line), line.strip())


def _by_value(path: Path, name: str, wrapped: WrappedList | None) -> Iterator[_Record]:
    """Give the values of an array, or values one after the other, as the file streams by."""
    with path.open("r", encoding="utf-8-sig") as file:
        before = file.read(wrapped.start) if wrapped else ""
        buffer = file.read(_CHUNK)
        at = len(buffer) - len(buffer.lstrip())
        in_array = buffer[at : at + 1] == "["
        at += in_array
        line = 1 + before.count("\n") + buffer.count("\n", 0, at)
        ended = False
        while True:
            start = cast("re.Match[str]", _BLANK.match(buffer, at)).end()
            line += buffer.count("\n", at, start)
            at = start
            if in_array and buffer[at : at + 1] == "]":
                if wrapped:
                    refuse_second_list(buffer[at:], file, name, wrapped.name)
                return
            value, end = _value_at(buffer, at)
            # A number or word at the very end of the buffer may go on in the next piece.
            if value is not _BROKEN and (end < len(buffer) or ended):
                yield _Record(line, value, buffer[at:end])
                line += buffer.count("\n", at, end)
                at = end
                continue
            if ended:
                break
            _check_length(len(buffer) - at, name, line)
            more = file.read(max(_CHUNK, len(buffer) - at))
            buffer, at, ended = buffer[at:] + more, 0, not more
        if at < len(buffer) or in_array:
            raise UnreadableFileError(
                f"{name} is broken JSON or breaks off: the value that begins in line {line} never "
                "ends. Export it again."
            )


def _value_at(buffer: str, at: int) -> tuple[Any, int]:
    """Decode the value that begins at a position; its end, or the buffer's end if unfinished."""
    try:
        value, end = _DECODER.raw_decode(buffer, at)
    except (ValueError, RecursionError):
        return _BROKEN, len(buffer)
    return value, end


def _check_length(n_characters: int, name: str, line: int) -> None:
    """Refuse a value so long that it must be a broken file."""
    if n_characters > _LONGEST_RECORD:
        raise UnreadableFileError(
            f"{name} is broken JSON: the value that begins in line {line} does not end within "
            f"{_LONGEST_RECORD >> 20} MB. Export it again, as JSON lines if there is a choice."
        )
