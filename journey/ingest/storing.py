"""From the entries kept to the store on disk."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, cast

import duckdb
import pyarrow as pa

from journey.ingest.sql import identifier
from journey.schema import NUMBER_ROLES, REQUIRED_ROLES, TEXT_ROLES
from journey.store.layout import narrowest
from journey.store.ties import CASE_COLUMNS, TIE
from journey.store.write import write_store

_BATCH_ROWS: Final = 500_000
_TIES: Final = "ties"
_BY_SOURCE: Final = "TRY_CAST(source_order AS DOUBLE) NULLS LAST, source_order NULLS LAST, id"
_INT32_SECONDS: Final = (-(2**31), 2**31 - 1)


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
    filled = _filled(connection, table, [*TEXT_ROLES, *NUMBER_ROLES, "source_order"])
    texts = [role for role in TEXT_ROLES if role in filled or role in REQUIRED_ROLES] + [*extras]
    dictionaries = {column: _dictionary(connection, table, column) for column in texts}
    first_second, last_second = _INT32_SECONDS
    write_store(
        target,
        _ordered(connection, table, dictionaries, filled).to_arrow_reader(_BATCH_ROWS),
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


def _filled(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> list[str]:
    """The columns that have any value."""
    counts = ", ".join(f"count({identifier(column)})" for column in columns)
    row = connection.execute(f"SELECT {counts} FROM {identifier(table)}").fetchall()[0]
    filled = zip(columns, cast("tuple[int, ...]", row), strict=True)
    return [column for column, n_values in filled if n_values]


def _ordered(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    dictionaries: Mapping[str, pa.StringArray],
    filled: Sequence[str],
) -> duckdb.DuckDBPyRelation:
    """Entries in the order of the store, texts as codes: to sort these takes least room."""
    selected = ["occurred_at", *(role for role in NUMBER_ROLES if role in filled)]
    for number, (column, values) in enumerate(dictionaries.items()):
        kind = identifier(f"codes {number}")
        if len(values):
            connection.register("values_of_column", pa.table({"value": values}))
            connection.execute(f"CREATE TYPE {kind} AS ENUM (SELECT value FROM values_of_column)")
            connection.unregister("values_of_column")
            name = identifier(column)
            selected.append(f"enum_code({name}::{kind}) AS {name}")
    source = identifier(table)
    order = _BY_SOURCE if "source_order" in filled else "id"
    tie_type = _find_ties(connection, table, [n for n in CASE_COLUMNS if n in dictionaries], order)
    if tie_type:
        selected.append(f"COALESCE({_TIES}.place, 0)::{tie_type} AS {identifier(TIE)}")
        source += f" LEFT JOIN {_TIES} USING (id)"
    # The names that rows are sorted by first are those of the codes.
    return connection.sql(
        f"SELECT {', '.join(selected)} FROM {source} ORDER BY account_id, occurred_at, {order}"
    )


def _find_ties(
    connection: duckdb.DuckDBPyConnection, table: str, cases: Sequence[str], order: str
) -> str | None:
    """Make the table of places of ties over accounts; the SQL type they need (none: no ties)."""
    quoted = identifier(table)
    joined: list[str] = []
    for case in cases:
        several = identifier(f"{case} of several accounts")
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {several} AS SELECT {case} FROM {quoted} "
            f"WHERE {case} IS NOT NULL GROUP BY 1 HAVING min(account_id) <> max(account_id)"
        )
        if connection.execute(f"SELECT 1 FROM {several} LIMIT 1").fetchall():
            joined.append(f"{case} IN (FROM {several})")
    if not joined:
        return None
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {_TIES} AS SELECT id, "
        f"row_number() OVER (PARTITION BY occurred_at ORDER BY {order}) - 1 AS place "
        f"FROM {quoted} WHERE {' OR '.join(joined)}"
    )
    found = connection.execute(f"SELECT max(place) FROM {_TIES}").fetchall()[0]
    most = cast("tuple[int | None]", found)[0]
    if not most:
        return None
    return {1: "UTINYINT", 2: "USMALLINT", 4: "UINTEGER"}[narrowest(most + 1).itemsize]


def _extent(connection: duckdb.DuckDBPyConnection, table: str) -> tuple[int, int, int, bool]:
    row = connection.execute(
        "SELECT count(*), min(occurred_at), max(occurred_at), "
        f"bool_and(occurred_at % 1000000 = 0) FROM {identifier(table)}"
    ).fetchall()[0]
    return cast("tuple[int, int, int, bool]", row)


def _dictionary(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> pa.StringArray:
    quoted = identifier(column)
    found = connection.sql(
        f"SELECT DISTINCT {quoted} AS value FROM {identifier(table)} "
        f"WHERE {quoted} IS NOT NULL ORDER BY 1"
    ).to_arrow_table()
    return cast("pa.StringArray", found["value"].cast(pa.string()).combine_chunks())
