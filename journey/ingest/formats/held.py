"""Raw tables: views of the files their rows are kept in, until somebody changes them."""

from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import pyarrow as pa

from journey.ingest.formats.seconds import text_rows_sql
from journey.ingest.sql import identifier, is_there
from journey.store.layout import Values

_MOST_SAMPLED: Final = 5_000

_FACTOR, _HALF, _LOW = np.uint64(0x9E3779B1), np.uint64(16), np.uint64(0xFFFFFFFF)


class EvenSample:
    """Evenly spread rows of a table that is still being read, of whose length nothing is known.

    One row in ``n`` by its mixed number, ``n`` twice as large whenever they have become too many.

    Examples
    --------
    >>> sample = EvenSample(most=3)
    >>> for numbers in ([1, 2, 3], [4, 5, 6, 7, 8]):
    ...     sample.add(pa.table({"source_row": numbers}))
    >>> sample.taken()["source_row"].to_pylist()
    [3, 6, 7]
    """

    def __init__(self, most: int = 2 * _MOST_SAMPLED) -> None:
        self._most, self._step = most, 1
        self._held: list[pa.Table] = []

    def add(self, rows: pa.Table) -> None:
        """Take some of the next rows."""
        n_held = sum(map(len, self._held))
        while n_held + len(self._places(rows)) > self._most:
            self._step *= 2
            self._held = [held.take(self._places(held)) for held in self._held]
            n_held = sum(map(len, self._held))
        self._held.append(rows.take(self._places(rows)))

    def taken(self) -> pa.Table:
        """The rows taken of all so far; there must be some."""
        return pa.concat_tables(self._held).combine_chunks()

    def _places(self, rows: pa.Table) -> Values:
        # Mixed, since a file may have a rhythm, or its ids side by side.
        low = rows.column("source_row").to_numpy().astype(np.uint64) * _FACTOR & _LOW
        mixed = (low ^ low >> _HALF) * _FACTOR >> _HALF
        return pa.array(np.flatnonzero(mixed % np.uint64(self._step) == 0))


def view_file(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    """Make a raw table that looks at a Parquet file of rows."""
    connection.execute(f"CREATE VIEW {identifier(table)} AS SELECT * FROM {text_rows_sql(path)}")


def is_as_read(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether a raw table still is the file that its rows were read into."""
    found = connection.execute(
        "SELECT 1 FROM duckdb_views() WHERE view_name = ?", [table]
    ).fetchall()
    return bool(found)


def make_changeable(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Copy a raw table into the database, unless it is there; rows can be changed only there."""
    _forget_sample(connection, table)
    if is_as_read(connection, table):
        made = f"{table}_copied"
        connection.execute(f"CREATE TABLE {identifier(made)} AS SELECT * FROM {identifier(table)}")
        put_in_place(connection, made, table)


def sampled(connection: duckdb.DuckDBPyConnection, table: str, n_rows: int) -> str:
    """Return the name, in SQL, of a table of evenly spread rows of a raw table.

    It is made once, so that looking at it again and again stays cheap.
    """
    step = max(1, n_rows // _MOST_SAMPLED)
    name = f"{table} sampled"
    if not is_there(connection, name):
        connection.execute(
            f"CREATE TEMP TABLE {identifier(name)} AS SELECT * FROM {identifier(table)} "
            f"WHERE hash(source_row) % {step} = 0"
        )
    return identifier(name)


def keep_sample(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Keep evenly spread rows of a raw table that were taken when it was read."""
    connection.register("taken_rows", rows)
    sample = identifier(f"{table} sampled")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {sample} AS SELECT * FROM taken_rows")
    connection.unregister("taken_rows")


def _forget_sample(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    connection.execute(f"DROP TABLE IF EXISTS {identifier(f'{table} sampled')}")


def put_in_place(connection: duckdb.DuckDBPyConnection, made: str, table: str) -> None:
    """Give a table that was made of another the other's name and place."""
    drop_raw(connection, table)
    connection.execute(f"ALTER TABLE {identifier(made)} RENAME TO {identifier(table)}")


def drop_raw(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Forget a raw table; a file that it looks at stays."""
    _forget_sample(connection, table)
    kind = "VIEW" if is_as_read(connection, table) else "TABLE"
    connection.execute(f"DROP {kind} {identifier(table)}")
