"""SQLite files, read by Python's own client."""

import re
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import repeat
from typing import Any, Final
from urllib.parse import quote

import pyarrow as pa

from journey.errors import WarehouseError
from journey.ingest.warehouses.address import Address
from journey.ingest.warehouses.duckdb_files import existing
from journey.ingest.warehouses.selection import Kind
from journey.ingest.warehouses.statements import SqlWarehouse, Tables, compared

BATCH_ROWS: Final = 20_000
_KINDS: Final[tuple[tuple[str, Kind], ...]] = (
    (r"(?i).*(DATE|TIME)", "local time"),
    (r"(?i).*INT", "whole"),
    (r"(?i).*(REAL|FLOA|DOUB)", "float"),
    (r"(?i).*(DEC|NUM)", "decimal"),
)


@contextmanager
def opened(address: Address) -> Generator[SqlWarehouse]:
    """Open a file for reading only.

    Raises
    ------
    WarehouseError
        If there is no such file, or it is no SQLite file.
    """
    path = existing(address.path).absolute()
    with (
        _plain(path.name),
        closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as connection,
    ):
        connection.text_factory = partial(str, encoding="utf-8", errors="replace")
        file = _File(connection)
        yield SqlWarehouse(
            run=file.run,
            describe=file.describe,
            find_tables=file.tables,
            text=lambda value, _: (
                f"CASE typeof({value}) WHEN 'blob' THEN hex({value}) ELSE CAST({value} AS TEXT) END"
            ),
            # Written so by most, and no text sorts after it that could be a time of today.
            reached={"local time": "{} <= strftime('%Y-%m-%dT%H:%M:%S', 'now')"},
            compared=_compared,
        )


@dataclass(frozen=True)
class _File:
    connection: sqlite3.Connection

    def run(self, query: str) -> Iterator[pa.RecordBatch]:
        """Rows of a query, as they come."""
        with closing(self.connection.execute(query)) as cursor:
            names = [column[0] for column in cursor.description]
            while rows := cursor.fetchmany(BATCH_ROWS):
                arrays = [
                    pa.array([_text(cell) for cell in cells], pa.large_string())
                    for cells in zip(*rows, strict=True)
                ]
                yield pa.record_batch(arrays, names=names)

    def describe(self, query: str) -> list[tuple[str, str, Kind]]:
        """Name, declared type and kind of each column, as a table made of the query has them."""
        with closing(self.connection.execute(query)) as cursor:
            names = [str(column[0]) for column in cursor.description]
        types = self._declared(query) or list(repeat("", len(names)))
        return [(name, kind, _kind_of(kind)) for name, kind in zip(names, types, strict=True)]

    def tables(self) -> Tables:
        """Tables and views, but for SQLite's own."""
        rows = self.connection.execute(
            "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') "
            "AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name"
        ).fetchall()
        return {str(name): (str(name),) for (name,) in rows}

    def _declared(self, query: str) -> list[str]:
        """Types as declared, where the query is of one table."""
        found = re.fullmatch(r'SELECT \* FROM "((?:[^"]|"")+)" LIMIT 0', query)
        if found is None:
            return []
        name = found[1].replace('""', '"')
        # Unlike table_info it has generated columns, which * gives too; hidden ones it doesn't.
        rows = self.connection.execute(
            "SELECT type FROM pragma_table_xinfo(?) WHERE hidden <> 1", [name]
        ).fetchall()
        return [str(kind) for (kind,) in rows]


def _compared(column: str, operator: str, value: str) -> str:
    """Compare numbers with numbers: in a column of no declared type each is less than any text."""
    as_text = compared(column, operator, value)
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", value, re.ASCII):
        return as_text
    is_number = f"typeof({column}) IN ('integer', 'real')"
    return f"CASE WHEN {is_number} THEN {column} {operator} {value} ELSE {as_text} END"


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _kind_of(declared: str) -> Kind:
    for pattern, kind in _KINDS:
        if re.match(pattern, declared):
            return kind
    return "other"


@contextmanager
def _plain(name: str) -> Generator[None]:
    """Turn what SQLite raises into one clear line."""
    try:
        yield
    except (sqlite3.Error, sqlite3.Warning) as problem:
        raise WarehouseError(
            f"{name} can't do this: {problem}. Check that it is an SQLite file, and the table, the "
            "query and the conditions."
        ) from None
