"""Whether it is worth to look for objects in the cells of a table."""

import duckdb

from journey.ingest.formats.held import sampled
from journey.ingest.formats.table import RawTable
from journey.ingest.sql import identifier


def has_braces(connection: duckdb.DuckDBPyConnection, table: RawTable) -> bool:
    """Whether any cell of the sample has a brace, as all objects and lists of them have."""
    if not table.columns:
        return False
    source = sampled(connection, table.table, table.n_rows)
    cells = " OR ".join(f"contains({identifier(name)}, '{{')" for name in table.columns)
    return bool(connection.execute(f"SELECT 1 FROM {source} WHERE {cells} LIMIT 1").fetchall())
