"""From the entries kept to the store on disk."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import duckdb
import pyarrow as pa

from journey.ingest.sql import identifier
from journey.schema import NUMBER_ROLES, REQUIRED_ROLES, TEXT_ROLES
from journey.store.write import write_store

_BATCH_ROWS = 200_000
_INT32_SECONDS = (-(2**31), 2**31 - 1)


def store_entries(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    target: Path,
    *,
    extras: Sequence[str],
    accounts: pa.Table | None,
    people: pa.Table | None,
    progress: Callable[[int], None],
) -> int:
    """Write the entries kept, sorted by account and time; return how many there are.

    Parameters
    ----------
    extras
        Columns without a role that describe touchpoints.
    """
    n_touchpoints, least, most, is_whole = _extent(connection, table)
    texts = [*_filled(connection, table, TEXT_ROLES), *extras]
    numbers = _filled(connection, table, NUMBER_ROLES)
    columns = ", ".join(identifier(column) for column in (*texts, "occurred_at", *numbers))
    dictionaries = {column: _dictionary(connection, table, column) for column in texts}
    ordered = connection.sql(
        f"SELECT {columns} FROM {identifier(table)} ORDER BY account_id, occurred_at, "
        "TRY_CAST(source_order AS DOUBLE) NULLS LAST, source_order NULLS LAST, id"
    )
    first_second, last_second = _INT32_SECONDS
    write_store(
        target,
        ordered.to_arrow_reader(_BATCH_ROWS),
        dictionaries=dictionaries,
        n_touchpoints=n_touchpoints,
        whole_seconds=is_whole
        and least >= first_second * 1_000_000
        and most <= last_second * 1_000_000,
        accounts=accounts,
        people=people,
        progress=progress,
    )
    return n_touchpoints


def _extent(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, int, int, bool]:
    row = connection.execute(
        "SELECT count(*), min(occurred_at), max(occurred_at), "
        f"bool_and(occurred_at % 1000000 = 0) FROM {identifier(table)}"
    ).fetchall()[0]
    return cast("tuple[int, int, int, bool]", row)


def _filled(connection: duckdb.DuckDBPyConnection, table: str, roles: Sequence[str]) -> list[str]:
    """The roles that have any value."""
    counts = ", ".join(f"count({role})" for role in roles)
    row = connection.execute(f"SELECT {counts} FROM {identifier(table)}").fetchall()[0]
    filled = zip(roles, cast("tuple[int, ...]", row), strict=True)
    return [role for role, n_values in filled if n_values or role in REQUIRED_ROLES]


def _dictionary(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> pa.StringArray:
    quoted = identifier(column)
    found = connection.sql(
        f"SELECT DISTINCT {quoted} AS value FROM {identifier(table)} "
        f"WHERE {quoted} IS NOT NULL ORDER BY 1"
    ).to_arrow_table()
    return cast("pa.StringArray", found["value"].cast(pa.string()).combine_chunks())
