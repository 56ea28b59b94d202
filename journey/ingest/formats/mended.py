"""A copy of an odd text file in which every row is as wide as the header and safely quoted."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from journey.ingest.formats.dialect import Dialect
from journey.ingest.formats.feed import Feed, lines_of
from journey.ingest.formats.table import Rejections, Source

MAX_ROW_BYTES: Final = 2_000_000
"""Longer rows are rejected: a quote left open, or no table at all."""

_TOO_LONG: Final = f"a row of more than {MAX_ROW_BYTES:,} bytes"
_REPORT_ROWS: Final = 50_000


@dataclass(frozen=True)
class Mended:
    """The copy, and what was done.

    Attributes
    ----------
    path
        One row a row of data, rejected ones too, so that a row's place is its number.
    mark
        What stands in the first cell of a rejected row, and in no other.
    n_rows
        Rows, rejected ones too.
    n_short
        Rows that were filled with empty cells.
    """

    path: Path
    mark: str
    n_rows: int
    n_short: int


def mend(source: Source, path: Path, dialect: Dialect, rejections: Rejections) -> Mended:
    """Write a file again for the database, rejecting the rows that can't be right.

    Parameters
    ----------
    source
        For the folder of the copy and for progress, told as half of the work.
    path
        The text in UTF-8.
    dialect
        How it is written.
    rejections
        Takes the rejected rows.
    """
    columns = len(dialect.layout.columns)
    target, mark = source.scratch / f"mended_{uuid4().hex}", uuid4().hex
    rejected = [mark, *[""] * (columns - 1)]
    n_rows = n_short = n_told = 0
    with (
        path.open("r", encoding="utf-8-sig", newline="") as file,
        target.open("w", encoding="utf-8", newline="") as out,
    ):
        writer = csv.writer(
            out, delimiter=dialect.separator, quoting=csv.QUOTE_ALL, lineterminator="\n"
        )
        for piece in _pieces(lines_of(file), dialect, rejections):
            if isinstance(piece, str):
                out.write(piece)
                n_rows += piece.count("\n")
            else:
                for row in piece:
                    n_short += len(row) < columns
                    row.extend([""] * (columns - len(row)))
                writer.writerows(piece or [rejected])
                n_rows += len(piece) or 1
            if n_rows >= n_told + _REPORT_ROWS:
                n_told = n_rows
                source.report((n_rows - rejections.n) // 2)
    return Mended(target, mark, n_rows, n_short)


def _pieces(
    lines: Iterable[str], dialect: Dialect, rejections: Rejections
) -> Iterator[str | list[list[str]]]:
    """Give plain lines as they are, else the cells of rows; no row for a rejected one.

    When a row can't be right, only its first line is rejected and the next line begins a new row,
    so that one stray quote never swallows the rows after it.
    """
    width = len(dialect.layout.columns)
    feed = Feed(lines, dialect.first_line)
    while True:
        if width > 1 and not feed.n_ahead:
            plain = feed.plain_lines(dialect.separator, width)
            if piece := plain or feed.plain_rows(dialect.separator, dialect.quotes, width):
                yield piece
                continue
        line = feed.start()
        if line is None:
            return
        cells = _cells(feed, dialect, width)
        if cells is None:
            yield _leniently(feed.back_to_second(), line, dialect, rejections)
        elif cells:
            yield _or_too_long(cells, line, rejections)


def _cells(feed: Feed, dialect: Dialect, width: int) -> list[str] | None:
    """Give the cells of the next record; nothing for a blank line, None if it can't be right."""
    cells = feed.cells(dialect.separator, dialect.quotes)
    if cells is None:
        return None
    while len(cells) > width and not cells[-1]:
        cells.pop()
    if len(cells) < 2 and not "".join(cells).strip():  # noqa: PLR2004 - one blank cell is a blank line
        return []
    return cells if len(cells) == width or (len(cells) < width and feed.n_lines == 1) else None


def _or_too_long(cells: list[str], line: int, rejections: Rejections) -> list[list[str]]:
    """Give the row, or reject it if it is longer than the database takes."""
    n_quotes = 2 * len(cells) + sum(cell.count('"') for cell in cells)
    if sum(len(cell.encode()) for cell in cells) + n_quotes + len(cells) <= MAX_ROW_BYTES:
        return [cells]
    text = ", ".join(cell[:100] for cell in cells[:10])
    rejections.add(line, _TOO_LONG, text)
    return []


def _leniently(line: str, number: int, dialect: Dialect, rejections: Rejections) -> list[list[str]]:
    """Split one line taking quotes as they come, or reject it."""
    width = len(dialect.layout.columns)
    body = line.rstrip("\r\n")
    if len(body) > MAX_ROW_BYTES:
        rejections.add(number, _TOO_LONG, body)
        return []
    cells = next(csv.reader([body], delimiter=dialect.separator, skipinitialspace=True), [])
    quote_left_open = body.count('"') % 2 == 1 and any(
        cell.startswith('"') for cell in body.split(dialect.separator)
    )
    if not quote_left_open and len(cells) == width:
        return _or_too_long(cells, number, rejections)
    reason = f"{len(cells)} cells where the header has {width}"
    if quote_left_open:
        reason = "a quote is opened and never closed"
    rejections.add(number, reason, body)
    return []
