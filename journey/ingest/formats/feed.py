"""Lines of a separated text file, one record at a time."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, Literal

Quotes = Literal["doubled", "backslash", "none"]
"""A quote within a quoted cell is doubled, or follows a backslash; none: quotes mean nothing."""

QUOTES: Final[tuple[Quotes, ...]] = ("doubled", "backslash", "none")

_MAX_CELL_CHARACTERS: Final = 1 << 21
_MAX_RECORD_LINES: Final = 1_000
_BLOCK_LINES: Final = 256
_PLAIN_CHARACTERS: Final = 400_000


def lines_of(file: Iterable[str]) -> Iterator[str]:
    r"""Give lines as written, CR CR LF (a file converted twice) as one line end.

    Examples
    --------
    >>> list(lines_of(["a\r", "\r\n", "b\r\n"]))
    ['a\n', 'b\r\n']
    """
    held: str | None = None
    for line in file:
        if held is not None and line == "\r\n":
            yield held[:-1] + "\n"
            held = None
            continue
        if held is not None:
            yield held
        held = line if line.endswith("\r") else None
        if held is None:
            yield line
    if held is not None:
        yield held


class Feed:
    """Lines for one record at a time, which can be given back."""

    def __init__(self, lines: Iterable[str], n_skip: int) -> None:
        self._lines = iter(lines)
        self._ahead: deque[str] = deque()
        self._taken: list[str] = []
        self._line = n_skip
        for _ in range(n_skip):
            next(self._lines, None)

    @property
    def n_lines(self) -> int:
        """Lines of the present record."""
        return len(self._taken)

    def start(self) -> int | None:
        """Begin a record; its 1-based line, or None at the end."""
        self._line += len(self._taken)
        self._taken = []
        if not self._ahead:
            following = next(self._lines, None)
            if following is None:
                return None
            self._ahead.append(following)
        return self._line + 1

    def back_to_second(self) -> str:
        """Give back all lines of the record but the first; return that one."""
        self._ahead.extendleft(reversed(self._taken[1:]))
        del self._taken[1:]
        return self._taken[0]

    def cells(self, separator: str, quotes: Quotes) -> list[str] | None:
        """Take as many lines as the record has and split them; None if a quote is wrong."""
        try:
            return next(_reader(self, separator, quotes))
        except csv.Error:
            return None

    def plain_lines(self, separator: str, width: int) -> str:
        """Take the next lines at once if none has a quote and each this width; else nothing."""
        block = self._block()
        text = "".join(block)
        if (
            '"' in text
            or len(text) > _PLAIN_CHARACTERS
            or {line.count(separator) for line in block} != {width - 1}
        ):
            self._ahead = deque(block)
            return ""
        self._take(len(block))
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text if text.endswith("\n") else text + "\n"

    def plain_rows(self, separator: str, quotes: Quotes, width: int) -> list[list[str]]:
        """Take and split the next lines at once if each is a row of this width; else none."""
        block = self._block()
        try:
            rows = list(_reader(block, separator, quotes))
        except csv.Error:
            rows = []
        n_characters = sum(map(len, block))
        if (
            len(rows) == len(block)
            and n_characters < _PLAIN_CHARACTERS
            and {len(row) for row in rows} == {width}
        ):
            self._take(len(block))
            return rows
        self._ahead = deque(block)
        return []

    def _block(self) -> list[str]:
        """Give the next lines without taking them."""
        return [*self._ahead, *islice(self._lines, max(0, _BLOCK_LINES - len(self._ahead)))]

    def _take(self, n_lines: int) -> None:
        """Take a whole block."""
        self._ahead.clear()
        self._line += len(self._taken) + n_lines
        self._taken = []

    @property
    def n_ahead(self) -> int:
        """Lines read and not taken yet."""
        return len(self._ahead)

    def __iter__(self) -> "Feed":
        return self

    def __next__(self) -> str:
        if len(self._taken) >= _MAX_RECORD_LINES:
            raise StopIteration
        line = self._ahead.popleft() if self._ahead else next(self._lines)
        self._taken.append(line)
        return line


def _reader(lines: Iterable[str], separator: str, quotes: Quotes) -> Iterator[list[str]]:
    """Split lines into cells, strictly: a quote in a wrong place is an error."""
    csv.field_size_limit(_MAX_CELL_CHARACTERS)
    if quotes == "none":
        return csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE, strict=True)
    if quotes == "backslash":
        lines = (line.replace('\\"', '""') for line in lines)
    # A blank may stand before a quoted cell, as DuckDB has it too.
    return csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
