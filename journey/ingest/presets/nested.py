"""One row that holds a list of events becomes one row for each.

In tables that no preset knows, where the events say when each was; else as a preset says. Lists and
objects that nobody looks into are told.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import duckdb

from journey.ingest.columns.profiles import DATED_NUMBER, MOST
from journey.ingest.columns.synonyms import named
from journey.ingest.formats.held import make_changeable, put_in_place, sampled
from journey.ingest.formats.table import SOURCE_PART, SOURCE_ROW, RawTable, unique_names
from journey.ingest.sql import identifier, json_path, literal
from journey.ingest.times.dates import may_be_date_sql
from journey.wording import counted

_MOST_KEYS: Final = 60
_SURE: Final = 0.8
_NESTED: Final = r"^\s*(?:\[\s*)*\{\s*['\x22]"
"""How lists of objects, and objects, begin."""


def unfold_events(
    connection: duckdb.DuckDBPyConnection, table: RawTable, spoken_of: Collection[str]
) -> RawTable:
    """Make a row of each object of a list, where the objects say when each of them was.

    Parameters
    ----------
    spoken_of
        Columns that stay as they are, since the user speaks of them.

    Returns
    -------
    RawTable
        The columns beside the list first, then one for each key of its objects. A row with an
        empty list stays one row. Where rows were added, there is a column ``source_part``.
    """
    if table.n_added:
        return table
    header = next(
        (h for h in _lists(connection, table, spoken_of) if _is_dated(connection, table, h)), None
    )
    if header is None:
        return table
    keys = _keys(connection, identifier(table.table), header)
    return _unnested(connection, table, header, {key: key for key in keys})


def unnest(connection: duckdb.DuckDBPyConnection, table: RawTable, header: str) -> RawTable:
    """Make a row of each object of a list; the columns of its keys are named ``header.key``."""
    keys = _keys(connection, identifier(table.table), header)
    names = {key: f"{header}.{key}" for key in keys}
    return _unnested(connection, table, header, names) if keys else table


def _unnested(
    connection: duckdb.DuckDBPyConnection, table: RawTable, header: str, names: dict[str, str]
) -> RawTable:
    cell = identifier(header)
    ((n_broken,),) = connection.execute(
        f"SELECT count(*) FROM {identifier(table.table)} WHERE {cell} <> '' "
        f"AND {_objects(header)} IS NULL"
    ).fetchall()
    columns = _write(connection, table, header, names)
    ((n_rows,),) = connection.execute(f"SELECT count(*) FROM {identifier(table.table)}").fetchall()
    n_added = int(n_rows) - table.n_rows
    if not n_added:
        connection.execute(f"ALTER TABLE {identifier(table.table)} DROP COLUMN {SOURCE_PART}")
    notes = [f"each of the {header!r} of a row is a row of its own"]
    if n_broken:
        notes.append(f"{counted(int(n_broken), 'row')} whose {header!r} can't be read as a list")
    return replace(
        table, columns=columns, n_rows=int(n_rows), n_added=n_added, notes=(*table.notes, *notes)
    )


def _write(
    connection: duckdb.DuckDBPyConnection, table: RawTable, header: str, names: dict[str, str]
) -> tuple[str, ...]:
    """Replace a raw table by one with a row for each object; gives its columns.

    Parameters
    ----------
    names
        What to call the columns, by the keys of the objects.
    """
    make_changeable(connection, table.table)
    own = [name for name in table.columns if name != header]
    keys, shown = list(names), unique_names(list(names.values()), taken=own)
    kept = ", ".join(identifier(name) for name in (SOURCE_ROW, *own))
    values = ", ".join(
        f"json_extract_string(part, {literal(json_path(key))}) AS {identifier(name)}"
        for key, name in zip(keys, shown, strict=True)
    )
    parts = f"coalesce(nullif({_objects(header)}, []), [NULL::JSON])"
    made = f"{table.table}_nested"
    connection.execute(
        f"CREATE TABLE {identifier(made)} AS SELECT * EXCLUDE (part), {values} FROM "
        f"(SELECT {kept}, unnest(range(len(parts)))::INTEGER AS {SOURCE_PART}, "
        f"unnest(parts) AS part FROM (SELECT *, {parts} AS parts FROM {identifier(table.table)}))"
    )
    put_in_place(connection, made, table.table)
    return (*own, *shown)


def not_looked_into(
    connection: duckdb.DuckDBPyConnection, table: RawTable, headers: Sequence[str]
) -> list[str]:
    """Say which of some columns hold lists or objects, of which nothing is read.

    Parameters
    ----------
    headers
        Those that nobody looks into.
    """
    if not headers:
        return []
    flags = ", ".join(
        f"coalesce(bool_or(regexp_matches({name}, {literal(_NESTED)})), false)"
        for name in map(identifier, headers)
    )
    source = sampled(connection, table.table, table.n_rows)
    row = connection.execute(f"SELECT {flags} FROM {source}").fetchall()[0]
    found = [repr(header) for header, is_nested in zip(headers, row, strict=True) if is_nested]
    return [f"lists and objects not looked into: {', '.join(found)}"] if found else []


def _lists(
    connection: duckdb.DuckDBPyConnection, table: RawTable, spoken_of: Collection[str]
) -> list[str]:
    """The columns most of whose values are lists of objects."""
    headers = [header for header in table.columns if header not in spoken_of]
    if not headers:
        return []
    shares = ", ".join(
        f"coalesce(avg(starts_with({name}, '[{{')::INT) FILTER ({name} <> ''), 0)"
        for name in map(identifier, headers)
    )
    source = sampled(connection, table.table, table.n_rows)
    row = connection.execute(f"SELECT {shares} FROM {source}").fetchall()[0]
    return [header for header, share in zip(headers, row, strict=True) if share >= MOST]


def _is_dated(connection: duckdb.DuckDBPyConnection, table: RawTable, header: str) -> bool:
    """Whether the objects of a list have a time each, and not one since the row began."""
    source = sampled(connection, table.table, table.n_rows)
    for key in _keys(connection, source, header):
        if named(key, "occurred_at") <= _SURE:
            continue
        is_date = f"{may_be_date_sql('x')} OR regexp_full_match(x, {literal(DATED_NUMBER)})"
        ((share,),) = connection.execute(
            f"SELECT avg(({is_date})::INT) FROM (SELECT json_extract_string("
            f"unnest({_objects(header)}), {literal(json_path(key))}) AS x FROM {source})"
        ).fetchall()
        if share is not None and share >= MOST:
            return True
    return False


def _keys(connection: duckdb.DuckDBPyConnection, source: str, header: str) -> list[str]:
    """The keys of the objects in a column, the most frequent ones if there are many."""
    found = connection.execute(
        f"SELECT key FROM (SELECT unnest(json_keys(part)) AS key, place FROM (SELECT "
        f"unnest({_objects(header)}) AS part, {SOURCE_ROW} AS place FROM {source})) "
        f"GROUP BY key ORDER BY count(*) DESC, min(place), key LIMIT {_MOST_KEYS}"
    ).fetchall()
    return [str(key) for (key,) in found]


def _objects(header: str) -> str:
    return f"json_extract(TRY({identifier(header)}::JSON), '$[*]')"
