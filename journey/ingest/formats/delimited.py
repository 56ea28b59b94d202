"""CSV, TSV and the like, read by the database; odd files are mended first.

DuckDB reads files whose every row is as wide as the header and correctly quoted. At the first row
that isn't, the file is copied line by line, so that each row is mended or named with its line.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import duckdb

from journey.ingest.charsets import to_utf8
from journey.ingest.formats.dialect import Dialect, find_dialect
from journey.ingest.formats.mended import mend
from journey.ingest.formats.polled import run_polled
from journey.ingest.formats.table import (
    SOURCE_ROW,
    RawTable,
    Rejections,
    Source,
    check_width,
    finish,
    sql_path,
)
from journey.ingest.sql import identifier, literal


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
        if not (_may_be_plain(dialect) and _read_plain(source, text.path, dialect)):
            n_short = _read_mended(source, text.path, dialect, rejections)
            if n_short:
                notes.append(f"{n_short:,} short rows filled with empty cells")
        return [finish(source, columns, rejections, notes)]
    finally:
        if text.path != source.path:
            text.path.unlink(missing_ok=True)


def _may_be_plain(dialect: Dialect) -> bool:
    """Tell whether the database may split such a file just as it is."""
    # DuckDB skips records where title rows are counted in lines.
    return len(dialect.layout.columns) > 1 and dialect.quotes == "doubled" and dialect.plain_start


def _read_plain(source: Source, path: Path, dialect: Dialect) -> bool:
    """Let the database read the file as it is; False, and no table, if any row is odd."""
    n_estimated = path.stat().st_size / dialect.mean_row_bytes

    def report(share: float) -> None:
        source.report(int(share * n_estimated))

    try:
        _load(source, path, dialect, dialect.first_line, report)
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return False
    return True


def _read_mended(source: Source, path: Path, dialect: Dialect, rejections: Rejections) -> int:
    """Let the database read a mended copy; return how many short rows were filled."""
    mended = mend(source, path, dialect, rejections)
    half = (mended.n_rows - rejections.n) / 2
    try:
        _load(source, mended.path, dialect, 0, lambda share: source.report(int(half * (1 + share))))
    finally:
        mended.path.unlink()
    first = identifier(dialect.layout.columns[0])
    source.connection.execute(
        f"DELETE FROM {identifier(source.table)} WHERE {first} = {literal(mended.mark)}"
    )
    return mended.n_short


def _load(
    source: Source, path: Path, dialect: Dialect, skip: int, report: Callable[[float], None]
) -> None:
    """Make the table of a file, all columns text, its rows numbered."""
    link = source.scratch / f"csv_{uuid4().hex}"
    link_into_scratch(path, link)
    table, row = identifier(source.table), identifier(SOURCE_ROW)
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in dialect.layout.columns)
    statement = (
        f"CREATE TABLE {table} AS SELECT * FROM read_csv({sql_path(link)}, auto_detect=false, "
        f"delim={literal(dialect.separator)}, quote='\"', escape='\"', comment='', header=false, "
        f"skip={skip}, strict_mode=true, columns={{{columns}}})"
    )
    try:
        run_polled(source.connection, statement, report)
    finally:
        link.unlink()
    # A fresh table numbers its rows in the order they were read.
    source.connection.execute(f"ALTER TABLE {table} ADD COLUMN {row} BIGINT")
    source.connection.execute(f"UPDATE {table} SET {row} = rowid + 1")


def link_into_scratch(path: Path, link: Path) -> None:
    """Give a file a second name in scratch, the only place the database may read."""
    try:
        os.link(path, link)
    except OSError:
        shutil.copyfile(path, link)
