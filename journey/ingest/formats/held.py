"""Raw tables: views of the files their rows are kept in, until somebody changes them."""

from pathlib import Path
from typing import Final

import duckdb

from journey.ingest.sql import identifier, literal

_MOST_SAMPLED: Final = 5_000


def view_file(connection: duckdb.DuckDBPyConnection, table: str, path: Path) -> None:
    """Make a raw table that looks at a Parquet file."""
    connection.execute(
        f"CREATE VIEW {identifier(table)} AS SELECT * FROM read_parquet({literal(str(path))})"
    )


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
    sample = identifier(f"{table} sampled")
    connection.execute(
        f"CREATE TEMP TABLE IF NOT EXISTS {sample} AS SELECT * FROM {identifier(table)} "
        f"WHERE source_row % {step} = 0"
    )
    return sample


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
