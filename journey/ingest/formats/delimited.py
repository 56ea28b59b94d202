"""CSV, TSV and the like: a fast reader that refuses anything odd, a careful one that takes all.

DuckDB reads files whose every row is as wide as the header and correctly quoted. At the first row
that isn't, the file is read again row by row, so that each row is kept or named with its line.
"""

import csv
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final
from uuid import uuid4

import duckdb

from journey.ingest.charsets import to_utf8
from journey.ingest.formats.dialect import Dialect, find_dialect
from journey.ingest.formats.feed import Feed, lines_of
from journey.ingest.formats.polled import run_polled
from journey.ingest.formats.table import (
    SOURCE_ROW,
    RawTable,
    Rejections,
    Source,
    TableWriter,
    check_width,
    finish,
    sql_path,
)
from journey.ingest.sql import identifier, literal

_BATCH_ROWS: Final = 20_000


def read_delimited(source: Source) -> list[RawTable]:
    """Read a separated text file into one table.

    Parameters
    ----------
    source
        The file. Any of the separators ``, ; tab |``, any encoding, any line ends; title rows,
        no header, short rows and quoted line breaks are all right. Blanks around a cell don't
        count: they may be kept or not.

    Returns
    -------
    list of RawTable
        One. Rows with too many cells or a broken quote are rejected with their line.
    """
    text = to_utf8(source.path, source.scratch)
    try:
        dialect = find_dialect(text.path)
        columns = dialect.layout.columns
        check_width(source, len(columns))
        rejections = Rejections(source.name)
        notes = [*text.notes, *dialect.layout.notes]
        if not (_may_be_plain(dialect) and _read_fast(source, text.path, dialect)):
            n_short = _read_carefully(source, text.path, dialect, rejections)
            if n_short:
                notes.append(f"{n_short:,} short rows filled with empty cells")
        return [finish(source, columns, rejections, notes)]
    finally:
        if text.path != source.path:
            text.path.unlink(missing_ok=True)


def _may_be_plain(dialect: Dialect) -> bool:
    """Tell whether the fast reader splits such files exactly as the careful one does."""
    # DuckDB skips records where the careful reader skips lines.
    return len(dialect.layout.columns) > 1 and dialect.quotes == "doubled" and dialect.plain_start


def _read_fast(source: Source, path: Path, dialect: Dialect) -> bool:
    """Let DuckDB read the file; False, and no table, if any row is odd."""
    link = source.scratch / f"csv_{uuid4().hex}"
    link_into_scratch(path, link)
    table, row = identifier(source.table), identifier(SOURCE_ROW)
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in dialect.layout.columns)
    statement = (
        f"CREATE TABLE {table} AS SELECT * FROM read_csv({sql_path(link)}, auto_detect=false, "
        f"delim={literal(dialect.separator)}, quote='\"', escape='\"', comment='', header=false, "
        f"skip={dialect.first_line}, strict_mode=true, columns={{{columns}}})"
    )
    n_estimated = path.stat().st_size / dialect.mean_row_bytes
    try:
        run_polled(
            source.connection, statement, lambda share: source.report(int(share * n_estimated))
        )
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return False
    finally:
        link.unlink()
    # A fresh table numbers its rows in the order they were read.
    source.connection.execute(f"ALTER TABLE {table} ADD COLUMN {row} BIGINT")
    source.connection.execute(f"UPDATE {table} SET {row} = rowid + 1")
    return True


def link_into_scratch(path: Path, link: Path) -> None:
    """Give a file a second name in scratch, the only place the database may read."""
    try:
        os.link(path, link)
    except OSError:
        shutil.copyfile(path, link)


def _read_carefully(source: Source, path: Path, dialect: Dialect, rejections: Rejections) -> int:
    """Read row by row; return how many short rows were filled."""
    columns = dialect.layout.columns
    writer = TableWriter(source, columns)
    rows: list[int] = []
    batch: list[list[str]] = []
    n_short = 0
    with path.open("r", encoding="utf-8-sig", newline="") as file:
        records = _records(lines_of(file), dialect, rejections)
        for number, cells in enumerate(records, start=1):
            if cells is None:
                continue
            if len(cells) < len(columns):
                n_short += 1
                cells.extend([""] * (len(columns) - len(cells)))
            rows.append(number)
            batch.append(cells)
            if len(batch) == _BATCH_ROWS:
                writer.append(rows, dict(zip(columns, zip(*batch, strict=True), strict=True)))
                rows, batch = [], []
    if batch:
        writer.append(rows, dict(zip(columns, zip(*batch, strict=True), strict=True)))
    return n_short


def _records(
    lines: Iterable[str], dialect: Dialect, rejections: Rejections
) -> Iterator[list[str] | None]:
    """Give the cells of each row of data, or None for a row that was rejected.

    When a row can't be right, only its first line is rejected and the next line begins a new row,
    so that one stray quote never swallows the rows after it.
    """
    width = len(dialect.layout.columns)
    feed = Feed(lines, dialect.first_line)
    while True:
        if width > 1 and not feed.n_ahead:
            yield from feed.plain_rows(dialect.separator, dialect.quotes, width)
        line = feed.start()
        if line is None:
            return
        cells = feed.cells(dialect.separator, dialect.quotes)
        if cells is not None:
            while len(cells) > width and not cells[-1]:
                cells.pop()
            if len(cells) < 2 and not "".join(cells).strip():  # noqa: PLR2004 - one blank cell is a blank line
                continue
            if len(cells) <= width and (feed.n_lines == 1 or len(cells) == width):
                yield cells
                continue
        first = feed.back_to_second()
        cells = _leniently(first, dialect)
        if cells is None or len(cells) != width:
            rejections.add(line, _reason(cells, width), first.rstrip("\r\n"))
            yield None
        else:
            yield cells


def _leniently(line: str, dialect: Dialect) -> list[str] | None:
    """Split one line taking quotes as they come; None if a quote stays open."""
    body = line.rstrip("\r\n")
    cells = next(csv.reader([body], delimiter=dialect.separator, skipinitialspace=True), [])
    quote_left_open = body.count('"') % 2 == 1 and any(
        cell.startswith('"') for cell in body.split(dialect.separator)
    )
    return None if quote_left_open else cells


def _reason(cells: list[str] | None, width: int) -> str:
    """Say why a row is rejected."""
    if cells is None:
        return "a quote is opened and never closed"
    return f"{len(cells)} cells where the header has {width}"
