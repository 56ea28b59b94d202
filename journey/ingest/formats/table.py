"""A raw table: every value as text, every row of the file accounted for."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

import duckdb
import pyarrow as pa

from journey.errors import ImportLimitError, UnreadableFileError
from journey.ingest.formats.held import make_changeable
from journey.ingest.processes.limits import Limits
from journey.ingest.processes.progress import Progress
from journey.ingest.sql import identifier, literal

SOURCE_ROW = "source_row"
SOURCE_PART = "source_part"
Shape = Literal["events", "wide", "attributes", "costs", "details"]
SHAPES: Final = ("events", "wide", "attributes", "costs", "details")
MAX_REJECTED_SHOWN = 20
MAX_REJECTED_TEXT = 500
UNNAMED: Final = re.compile(r"column \d+")
"""What a column without a name is called."""

_LAST_ROWS = 20
_TOTAL = (
    r"(?i)^\s*((grand |sub-?)?totals?|gesamt|summe|合计|总计|總計|合計)"
    r"\s*([:\uff1a\u2013\u2014-].*)?$"
)


@dataclass(frozen=True)
class RejectedRow:
    """A row of a file that can't be put into its table.

    Attributes
    ----------
    file
        The file as the user knows it.
    line
        1-based line of the file (row of the sheet) at which the row begins.
    reason
        Why, in plain words.
    text
        The row as it stands in the file, shortened.
    """

    file: str
    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class Aside:
    """Rows taken out of a table before it was staged: how many, why, and the first of them."""

    action: Literal["set aside", "merged", "read as attributes"]
    reason: str
    n_rows: int
    examples: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Known:
    """What is known of a table before its values are looked at.

    Attributes
    ----------
    preset, title
        The preset that recognised it, and what to call it; none: only answers are known.
    confidence
        How sure that is, from 0 to 1.
    shape, roles
        As the preset says; no shape: they are to be found.
    order, zone, epoch
        How dates are written. Said by the vendor's own documents, or remembered from the
        user's answers if ``is_remembered``.
    """

    preset: str | None
    title: str | None
    confidence: float
    shape: Shape | None
    roles: Mapping[str, tuple[str, ...]]
    order: Literal["day-first", "month-first"] | None = None
    zone: str | None = None
    epoch: str | None = None
    is_remembered: bool = False


@dataclass(frozen=True)
class RawTable:
    """One table read from a file: all columns text, and ``source_row``.

    Attributes
    ----------
    file
        The file as the user knows it; with the member or sheet where it has several.
    table
        Name of the table in the database. Its columns are ``source_row`` (BIGINT, 1-based row of
        data in the file, rejected rows counted) and ``columns`` (VARCHAR; empty cells are NULL).
    columns
        Header names in the file's order, unique without regard to case.
    n_rows
        Rows in the table.
    rejected
        The first rejected rows, at most 20.
    n_rejected
        All rejected rows. Rows of the file = ``n_rows`` + ``n_rejected``; blank lines are no rows.
    notes
        What was done on the way, in plain words: 'read as GBK', 'skipped 3 title rows'.
    known
        What a preset says of it; none if no preset recognised it.
    aside, n_added
        Rows that a preset took out, and rows it made of others: then the table has a column
        ``source_part`` too, which tells rows of one ``source_row`` apart.
    kept
        The Parquet file that its rows were read into, if they were; as long as nobody changed the
        table, it is a view of that.
    file_headers, told, named_preset
        The columns as they were read, before presets made others of them; and what the user says
        of this file: headers by role, and its preset.
    """

    file: str
    table: str
    columns: tuple[str, ...]
    n_rows: int
    rejected: tuple[RejectedRow, ...]
    n_rejected: int
    notes: tuple[str, ...]
    known: Known | None = None
    aside: tuple[Aside, ...] = ()
    n_added: int = 0
    kept: Path | None = None
    file_headers: tuple[str, ...] = ()
    told: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    named_preset: str = ""


@dataclass(frozen=True)
class Source:
    """One file to be read into one table, and what is needed for it."""

    connection: duckdb.DuckDBPyConnection
    path: Path
    name: str
    table: str
    scratch: Path
    limits: Limits
    progress: Callable[[Progress], None]

    def report(self, n_rows: int, n_total: int | None = None) -> None:
        """Tell how many rows have been read."""
        self.progress(Progress("reading", self.name, n_rows, n_total))


class Rejections:
    """Rejected rows of one file: all counted, the first ones kept."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.n = 0
        self.first: list[RejectedRow] = []

    def add(self, line: int, reason: str, text: str) -> None:
        """Count a row and keep it if it is among the first."""
        self.n += 1
        if len(self.first) < MAX_REJECTED_SHOWN:
            self.first.append(RejectedRow(self.file, line, reason, text[:MAX_REJECTED_TEXT]))


def unique_names(headers: Sequence[str | None], *, taken: Iterable[str] = ()) -> tuple[str, ...]:
    """Make header names unique without regard to case, and name the unnamed.

    Parameters
    ----------
    headers
        Names as in the file; None or blank where there is none.
    taken
        Names that other columns have already.

    Returns
    -------
    tuple of str
        One name a header: white space and control characters become one space, a repeated name
        gets ' (2)', an unnamed one 'column 3' by its position.

    Examples
    --------
    >>> unique_names(["", "Email", "email ", "Email"])
    ('column 1', 'Email', 'email (2)', 'Email (3)')
    """
    seen = {SOURCE_ROW, *(name.lower() for name in taken)}
    names: list[str] = []
    for position, header in enumerate(headers, start=1):
        base = re.sub(r"[\s\x00-\x1f\x7f]+", " ", header or "").strip() or f"column {position}"
        name, repeat = base, 1
        while name.lower() in seen:
            repeat += 1
            name = f"{base} ({repeat})"
        seen.add(name.lower())
        names.append(name)
    return tuple(names)


def check_width(source: Source, n_columns: int) -> None:
    """Refuse a table wider than allowed."""
    if n_columns > source.limits.columns:
        raise ImportLimitError(
            f"{source.name} has {n_columns:,} columns; at most {source.limits.columns:,} are read. "
            "Export fewer columns."
        )


class TableWriter:
    """Appends rows to a raw table whose columns may turn up on the way."""

    def __init__(self, source: Source, headers: Sequence[str] = ()) -> None:
        self._source = source
        self._names: dict[str, str] = {}
        self.n_rows = 0
        source.connection.execute(
            f"CREATE TABLE {identifier(source.table)} ({identifier(SOURCE_ROW)} BIGINT)"
        )
        self.add_columns(headers)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns so far."""
        return tuple(self._names.values())

    def add_columns(self, headers: Iterable[str]) -> None:
        """Add a column for each header that has none yet."""
        new = [header for header in headers if header not in self._names]
        check_width(self._source, len(self._names) + len(new))
        for header in new:
            position = len(self._names)
            name = unique_names([*[None] * position, header], taken=self.columns)[-1]
            self._names[header] = name
            self._source.connection.execute(
                f"ALTER TABLE {identifier(self._source.table)} "
                f"ADD COLUMN {identifier(name)} VARCHAR"
            )

    def append(self, rows: Sequence[int], cells: Mapping[str, Sequence[str | None]]) -> None:
        """Append rows: their numbers in the file, and their cells by header."""
        self.add_columns(cells)
        arrays: dict[str, pa.Array[Any]] = {SOURCE_ROW: pa.array(rows, pa.int64())}
        for header, values in cells.items():
            arrays[self._names[header]] = _text(values)
        self._source.connection.register("batch", pa.table(arrays))
        self._source.connection.execute(
            f"INSERT INTO {identifier(self._source.table)} BY NAME SELECT * FROM batch"
        )
        self._source.connection.unregister("batch")
        self.n_rows += len(rows)
        self._source.report(self.n_rows)


def _text(values: Sequence[str | None]) -> "pa.Array[Any]":
    """Cells as text: none where empty, no NUL bytes, halves of surrogate pairs replaced."""
    try:
        return pa.array([value or None for value in values], pa.large_string())
    except UnicodeEncodeError:
        mended = [value.encode("utf-8", "replace").decode() if value else None for value in values]
        return pa.array(mended, pa.large_string())


def finish(
    source: Source, columns: tuple[str, ...], rejections: Rejections, notes: Sequence[str]
) -> RawTable:
    """Take total rows off the end, count, and describe the finished table.

    Raises
    ------
    UnreadableFileError
        If the file has a header and no row at all.
    """
    table = identifier(source.table)
    _reject_totals(source, columns, rejections)
    # An answer not fetched to its end would block the connection.
    ((n_rows,),) = source.connection.execute(f"SELECT count(*) FROM {table}").fetchall()
    if not n_rows and not rejections.n:
        raise UnreadableFileError(
            f"{source.name} has a header ({', '.join(name[:40] for name in columns[:5])}"
            f"{', …' if len(columns) > len(columns[:5]) else ''}) but no rows. "
            "Export it again with the rows included."
        )
    source.report(n_rows, n_rows)
    return RawTable(
        source.name,
        source.table,
        columns,
        n_rows,
        tuple(rejections.first),
        rejections.n,
        tuple(notes),
    )


def _reject_totals(source: Source, columns: tuple[str, ...], rejections: Rejections) -> None:
    """Set aside the total rows that spreadsheets and ad platforms put below the data."""
    table, row = identifier(source.table), identifier(SOURCE_ROW)
    if not columns:
        return
    cells = ", ".join(identifier(name) for name in columns)
    last = source.connection.execute(
        f"SELECT {row}, {cells} FROM {table} "
        f"WHERE {row} > (SELECT max({row}) FROM {table}) - {_LAST_ROWS} ORDER BY {row}"
    ).fetchall()
    totals = [line for line in last if _is_total(line[1:])]
    if totals:
        make_changeable(source.connection, source.table)
    for number, *values in totals:
        text = ", ".join(value or "" for value in values)
        rejections.add(number, "a total below the data, not a touchpoint", text)
        source.connection.execute(f"DELETE FROM {table} WHERE {row} = {int(number)}")


def _is_total(cells: Sequence[str | None]) -> bool:
    """Tell a total row: its first filled cell says so and another cell is empty."""
    first = next((cell for cell in cells if cell), "")
    return None in cells and re.match(_TOTAL, first) is not None


def with_notes(table: RawTable, notes: Sequence[str]) -> RawTable:
    """Put notes of an earlier step before those of the table."""
    return replace(table, notes=(*notes, *table.notes))


def sql_path(path: Path) -> str:
    """Quote a path for SQL."""
    return literal(str(path))
