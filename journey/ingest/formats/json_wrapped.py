"""A list of records that stands inside one JSON object, as the answers of many interfaces do."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from journey.errors import UnreadableFileError

_HEAD: Final = 1 << 20
_DEEPEST: Final = 8
_MOST_AROUND: Final = 10
"""Keys beside its list that an answer may have; an object with more is a record by itself."""

_BLANK: Final = re.compile(r"\s*")
_BETWEEN: Final = re.compile(r"[\s,]*")
_LIST: Final = re.compile(r'"((?:[^"\\]|\\.){1,200})"\s*:\s*\[\s*\{')
_OVERLAP: Final = 1_000
_DECODER: Final = json.JSONDecoder()


@dataclass(frozen=True)
class WrappedList:
    """The list: its key, with those around it, and at which character it begins."""

    name: str
    start: int


def find_list(path: Path) -> WrappedList | None:
    """Find the list of objects inside the one object that is the whole of a file.

    Parameters
    ----------
    path
        JSON in UTF-8.

    Returns
    -------
    WrappedList or None
        None if the file is anything else: a list by itself, or objects one after the other.
    """
    with path.open("r", encoding="utf-8-sig") as file:
        head = file.read(_HEAD)
        is_whole = not file.read(1)
    start = _end_of(_BLANK, head, 0)
    if head[start : start + 1] != "{":
        return None
    try:
        value, end = _DECODER.raw_decode(head, start)
    except (ValueError, RecursionError):
        # The object goes on beyond the head, or is broken: that will show.
        pass
    else:
        if not is_whole or head[end:].strip() or len(value) > _MOST_AROUND:
            return None
    try:
        found, _ = _look_into(head, start, ())
    except (ValueError, IndexError, RecursionError):
        return None
    return found


def _look_into(text: str, at: int, keys: tuple[str, ...]) -> tuple[WrappedList | None, int]:
    """Look into the object that begins at a place; else the place after it."""
    at = _end_of(_BETWEEN, text, at + 1)
    while text[at] != "}":
        key, at = cast("tuple[str, int]", _DECODER.raw_decode(text, at))
        at = _end_of(_BLANK, text, at)
        at = _end_of(_BLANK, text, at + (text[at] == ":"))
        inside = _end_of(_BLANK, text, at + 1)
        if text[at] == "[" and text[inside] == "{":
            return WrappedList(".".join((*keys, key)), at), at
        if text[at] == "{" and len(keys) < _DEEPEST:
            found, at = _look_into(text, at, (*keys, key))
            if found:
                return found, at
        else:
            _, at = _DECODER.raw_decode(text, at)
        at = _end_of(_BETWEEN, text, at)
    return None, at + 1


def _end_of(pattern: re.Pattern[str], text: str, at: int) -> int:
    return cast("re.Match[str]", pattern.match(text, at)).end()


def refuse_second_list(rest: str, file: IO[str], name: str, first: str) -> None:
    """Refuse a file in which another list of objects follows the one that was read.

    Raises
    ------
    UnreadableFileError
        Naming both.
    """
    while rest:
        if found := _LIST.search(rest):
            raise UnreadableFileError(
                f"{name} holds several lists of records: {first!r} and {found[1]!r}. "
                "Save each list as a file of its own."
            )
        more = file.read(_HEAD)
        rest = rest[-_OVERLAP:] + more if more else ""
