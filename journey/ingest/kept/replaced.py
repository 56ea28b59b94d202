"""Rows that a database gave again, by a column that tells each from all others: the last counts."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Final, cast

import duckdb

from journey.errors import ColumnNotFoundError
from journey.ingest.columns.shapes import ATTRIBUTES, ENTRIES, TEXTS
from journey.ingest.kept.sources import Batch, SourceTable
from journey.ingest.raw import Aside
from journey.ingest.sql import identifier, is_there
from journey.report import MOST_EXAMPLES

REPLACED: Final = "replaced by the same row as it was later"
_ROWS: Final = "replaced_rows"
"""Table of the rows that go: ``file_index``, ``source_row``, ``key``."""

Keyed = Mapping[int, str]
"""Columns of the views of all batches by the number of a table."""


def leave_out_replaced(
    connection: duckdb.DuckDBPyConnection, batches: tuple[Batch, ...], names: Mapping[str, str]
) -> tuple[Batch, ...]:
    """Take the rows that came again later out of the views of all batches.

    Gives the batches with these rows counted as merged; the same ones where there are none.

    Parameters
    ----------
    names
        Column by header, for headers without a role.

    Raises
    ------
    ColumnNotFoundError
        If a key was left out when its rows were read.
    """
    connection.execute(f"CREATE TABLE {_ROWS} (file_index INTEGER, source_row BIGINT, key VARCHAR)")
    for keyed in _fetched_by_key(batches, names):
        for view in (TEXTS, ATTRIBUTES):
            _find(connection, view, keyed)
    found = _counted(connection)
    if not found:
        return batches
    for view in (ENTRIES, TEXTS, ATTRIBUTES):
        _without(connection, view)
    numbers = count()
    return tuple(
        replace(
            batch, tables=tuple(_less(table, found.get(next(numbers))) for table in batch.tables)
        )
        for batch in batches
    )


def _fetched_by_key(batches: Sequence[Batch], names: Mapping[str, str]) -> list[Keyed]:
    """Of each table or query that was fetched several times, where the key named last stands."""
    keys = {_source(batch): key for batch in batches if (key := (batch.origin or {}).get("key"))}
    sources: dict[tuple[object, int], dict[int, str]] = {}
    numbers = count()
    for batch in batches:
        key = keys.get(_source(batch))
        columns = [_column_of(table, key, names) for table in batch.tables]
        if key and not any(columns):
            raise ColumnNotFoundError(
                f"The key {key!r} of {batch.tables[0].file} is not kept, so that its rows could "
                "not be known again. Don't leave it out; if it is the time or a part of several "
                "columns, take another one; or import without a key."
            )
        for place, column in enumerate(columns):
            number = next(numbers)
            if column is not None:
                sources.setdefault((_source(batch), place), {})[number] = column
    return [keyed for keyed in sources.values() if len(keyed) > 1]


def _source(batch: Batch) -> tuple[str, str] | None:
    """The table or query that a batch was fetched from, whichever rows and columns; none: files."""
    told = batch.origin
    return (str(told["address"]), repr(told["relation"])) if told else None


def _column_of(table: SourceTable, header: str | None, names: Mapping[str, str]) -> str | None:
    """The column of the views under which a header of a table stands."""
    if header is None:
        return None
    # Texts, among which rows are looked for, have no times.
    by_role = {
        headers[0]: role
        for role, headers in table.roles.items()
        if len(headers) == 1 and role != "occurred_at"
    }
    return by_role.get(header) or (names[header] if header in table.names else None)


def _find(connection: duckdb.DuckDBPyConnection, view: str, keyed: Keyed) -> None:
    """Add the rows of a view whose key a later fetch has too."""
    if not is_there(connection, view):
        return
    held = connection.sql(f"FROM {identifier(view)} LIMIT 0").columns
    if not {*keyed.values()} <= {*held}:
        return
    cases = " ".join(f"WHEN {number} THEN {identifier(name)}" for number, name in keyed.items())
    every, later = (", ".join(map(str, some)) for some in (sorted(keyed), sorted(keyed)[1:]))
    wanted = f"SELECT *, CASE file_index {cases} END AS key FROM {identifier(view)}"
    connection.execute(
        f"""
        INSERT INTO {_ROWS}
        WITH again AS (
            SELECT key, max(file_index) AS last FROM ({wanted})
            WHERE file_index IN ({later}) AND key IS NOT NULL GROUP BY key)
        SELECT DISTINCT file_index, source_row, key FROM ({wanted}) JOIN again USING (key)
        WHERE file_index IN ({every}) AND file_index < last
        """
    )


def _counted(connection: duckdb.DuckDBPyConnection) -> dict[int, Aside]:
    """How many rows go from each table, with some of them."""
    rows = connection.execute(
        f"SELECT file_index, count(*), list((source_row, key) ORDER BY source_row)"
        f"[1:{MOST_EXAMPLES}] FROM {_ROWS} GROUP BY file_index"
    ).fetchall()
    told = cast("list[tuple[int, int, list[tuple[int, str]]]]", rows)
    return {number: Aside("merged", REPLACED, n, tuple(some)) for number, n, some in told}


def _without(connection: duckdb.DuckDBPyConnection, view: str) -> None:
    if is_there(connection, view):
        every = f"all {view}"
        connection.execute(f"ALTER VIEW {identifier(view)} RENAME TO {identifier(every)}")
        connection.execute(
            f"CREATE VIEW {identifier(view)} AS FROM {identifier(every)} "
            f"ANTI JOIN {_ROWS} USING (file_index, source_row)"
        )


def _less(table: SourceTable, gone: Aside | None) -> SourceTable:
    if gone is None:
        return table
    return replace(table, n_rows=table.n_rows - gone.n_rows, aside=(*table.aside, gone))
