"""Columns that hold JSON objects become a column for each key, two levels deep.

Only in tables that no preset knows: presets look into such cells themselves.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

import duckdb

from journey.ingest.formats.held import make_changeable, sampled
from journey.ingest.formats.table import RawTable, unique_names
from journey.ingest.sql import identifier, json_path, literal

_LEVELS: Final = 2
_MOST_KEYS: Final = 60
_LEAST_SHARE: Final = 0.8


def open_objects(
    connection: duckdb.DuckDBPyConnection, table: RawTable, named: Collection[str]
) -> RawTable:
    """Replace columns of objects by those of their keys, named ``column.key``.

    Parameters
    ----------
    named
        Columns that stay as they are, since the user speaks of them.
    """
    columns, notes = list(table.columns), list(table.notes)
    fresh = [name for name in columns if name not in named]
    for _ in range(_LEVELS):
        opened = _holding_objects(connection, table, fresh)
        fresh = []
        for header in opened:
            made, n_more = _open(connection, table.table, header, columns)
            place = columns.index(header)
            columns[place : place + 1] = made or [header]
            fresh += made
            if n_more:
                notes.append(f"{n_more:,} rare keys of the objects in {header!r} are not read")
    return replace(table, columns=tuple(columns), notes=tuple(notes))


def _holding_objects(
    connection: duckdb.DuckDBPyConnection, table: RawTable, headers: Collection[str]
) -> list[str]:
    """The columns nearly all of whose values are objects."""
    if not headers:
        return []
    shares = ", ".join(
        f"coalesce(avg(starts_with({name}, '{{')::INT) FILTER ({name} <> ''), 0)"
        for name in map(identifier, headers)
    )
    row = connection.execute(
        f"SELECT {shares} FROM {sampled(connection, table.table, table.n_rows)}"
    )
    found = zip(headers, row.fetchall()[0], strict=True)
    return [header for header, share in found if share >= _LEAST_SHARE]


def _open(
    connection: duckdb.DuckDBPyConnection, table: str, header: str, taken: Collection[str]
) -> tuple[list[str], int]:
    """Add a column for each key of the objects in another; the most frequent keys, if many.

    Gives the columns, and how many keys have none.
    """
    make_changeable(connection, table)
    raw, cell = identifier(table), f"TRY({identifier(header)}::JSON)"
    every = connection.execute(
        f"SELECT key FROM (SELECT unnest(json_keys({cell})) AS key, rowid AS place FROM {raw} "
        f"WHERE starts_with({identifier(header)}, '{{')) GROUP BY key "
        "ORDER BY count(*) DESC, min(place), key"
    ).fetchall()
    keys = every[:_MOST_KEYS]
    names = unique_names([f"{header}.{key}" for (key,) in keys], taken=taken)
    for name in names:
        connection.execute(f"ALTER TABLE {raw} ADD COLUMN {identifier(name)} VARCHAR")
    if not names:
        return [], 0
    values = ", ".join(
        f"{identifier(name)} = json_extract_string({cell}, {literal(json_path(key))})"
        for name, (key,) in zip(names, keys, strict=True)
    )
    connection.execute(f"UPDATE {raw} SET {values}")
    return list(names), len(every) - len(keys)
