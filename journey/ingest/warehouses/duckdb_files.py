"""DuckDB files: opened for reading only, with no way to any other file."""

import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa

from journey.errors import WarehouseError
from journey.ingest.formats.parquet import as_text
from journey.ingest.processes.limits import Limits
from journey.ingest.warehouses.address import Address
from journey.ingest.warehouses.selection import Kind
from journey.ingest.warehouses.statements import SqlWarehouse, Tables, finite

BATCH_ROWS: Final = 50_000

_TABLES: Final = """
SELECT table_schema, table_name FROM information_schema.tables
WHERE table_catalog = current_catalog() ORDER BY table_schema <> 'main', table_schema, table_name
"""
_REACHED: Final[dict[Kind, str]] = {
    "instant": "{} <= now()",
    "local time": "{} <= (now() AT TIME ZONE 'UTC')",
    "date": "{} <= (now() AT TIME ZONE 'UTC')::DATE",
    "float": "{} < 'Infinity'",
}
_KINDS: Final[tuple[tuple[str, Kind], ...]] = (
    (r"TIMESTAMP WITH TIME ZONE", "instant"),
    (r"TIMESTAMP(_\w+)?", "local time"),
    (r"DATE", "date"),
    (r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?", "whole"),
    (r"DECIMAL.*", "decimal"),
    (r"DOUBLE|FLOAT", "float"),
)


@contextmanager
def opened(address: Address) -> Generator[SqlWarehouse]:
    """Open a file for reading only.

    Raises
    ------
    WarehouseError
        If there is no such file, it is no DuckDB file, or another program is writing to it.
    """
    path = existing(address.path)
    try:
        connection = duckdb.connect(str(path), read_only=True, config=_locked())
    except duckdb.Error as problem:
        raise WarehouseError(
            f"{path.name} can't be opened: {_first_line(problem)}. If another program writes to "
            "it, close that first; else check that it is a DuckDB file."
        ) from None
    try:
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield SqlWarehouse(
            run=partial(_run, connection),
            describe=partial(_describe, connection),
            find_tables=partial(_tables, connection),
            text=lambda value, column: finite(value, as_text(value, column.type), column),
            reached=_REACHED,
        )
    finally:
        connection.close()


def existing(path: Path) -> Path:
    """Return the path of a database if it is a file.

    Raises
    ------
    WarehouseError
        If it is none.
    """
    if not path.is_file():
        raise WarehouseError(
            f"There is no file {path.name!r} in {path.absolute().parent}. An address like "
            "duckdb:///folder/file.duckdb names one from the root of the disk."
        )
    return path


def _locked() -> dict[str, str | bool | int | float | list[str]]:
    return {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
        "memory_limit": f"{Limits().memory_bytes}B",
    }


def _run(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[pa.RecordBatch]:
    """Rows of one query, streamed."""
    with _plain():
        _check_single(connection, query)
        # A relation is streamed; the result of execute would be copied whole.
        yield from connection.sql(query).to_arrow_reader(BATCH_ROWS) or ()


def _describe(connection: duckdb.DuckDBPyConnection, query: str) -> list[tuple[str, str, Kind]]:
    with _plain():
        _check_single(connection, query)
        rows = connection.execute(f"DESCRIBE {query}").fetchall()
    return [(str(name), str(kind), _kind_of(str(kind))) for name, kind, *_ in rows]


def _tables(connection: duckdb.DuckDBPyConnection) -> Tables:
    rows = connection.execute(_TABLES).fetchall()
    return {
        name if space == "main" else f"{space}.{name}": (str(space), str(name))
        for space, name in rows or ()
    }


def _check_single(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """Refuse what closes the brackets around a query to begin another."""
    statements = connection.extract_statements(query)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise WarehouseError(
            "The query is more than one SELECT. Give a single one; Portolan changes nothing."
        )


def _kind_of(name: str) -> Kind:
    for pattern, kind in _KINDS:
        if re.fullmatch(pattern, name):
            return kind
    return "other"


@contextmanager
def _plain() -> Generator[None]:
    """Turn what the database raises into one clear line."""
    try:
        yield
    except duckdb.Error as problem:
        raise WarehouseError(
            f"The database can't do this: {_first_line(problem)}. Check the table, the query and "
            "the conditions."
        ) from None


def _first_line(problem: Exception) -> str:
    return str(problem).splitlines()[0][:300].rstrip(".")
