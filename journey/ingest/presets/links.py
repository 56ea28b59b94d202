"""What a table says of who is who goes into a table of its own."""

from dataclasses import replace
from typing import Final

import duckdb

from journey.ingest.formats.table import SOURCE_PART, SOURCE_ROW, Known, RawTable
from journey.ingest.presets.headers import HeaderIndex
from journey.ingest.presets.model import Preset
from journey.ingest.presets.references import condition_sql, first_sql, resolve
from journey.ingest.sql import identifier, literal

_IDS: Final = r'[^\[\]",;\s]+'


def split_links(
    connection: duckdb.DuckDBPyConnection, table: RawTable, preset: Preset
) -> tuple[RawTable, list[RawTable]]:
    """Take the ids that are another person's from now on out of a table.

    Returns
    -------
    RawTable
        The table, without the rows that say nothing else.
    list of RawTable
        One table of attributes with a row for each such id and the person it belongs to; none
        where there are no such ids.
    """
    told, index = preset.links, HeaderIndex(table.columns)
    if told is None:
        return table, []
    person, same = resolve(told.person, index), first_sql(told.same_as, index)
    only = condition_sql(told.when, index) if told.when else None
    if person is None or same is None or (told.when and only is None):
        return table, []
    links = f"{table.table}_links"
    ids = f"regexp_extract_all(coalesce({same}, ''), {literal(_IDS)})"
    # A row that should name ids and names none is a row all the same.
    each = f"CASE WHEN len({ids}) = 0 THEN [NULL] ELSE {ids} END" if only else ids
    connection.execute(
        f"CREATE TABLE {identifier(links)} AS SELECT {SOURCE_ROW}, "
        f"(row_number() OVER (PARTITION BY {SOURCE_ROW}) - 1)::INTEGER AS {SOURCE_PART}, * "
        f"EXCLUDE ({SOURCE_ROW}) FROM (SELECT {SOURCE_ROW}, "
        f"{person.sql} AS {identifier(person.header)}, unnest({each}) AS {identifier(told.column)} "
        f"FROM {identifier(table.table)} WHERE {only or 'true'})"
    )
    n_gone = _delete(connection, table.table, only) if only else 0
    linked = _linked(connection, table, preset, links, (person.header, told.column), n_gone)
    return replace(table, n_rows=table.n_rows - n_gone), [linked] if linked.n_rows else []


def _delete(connection: duckdb.DuckDBPyConnection, table: str, condition: str) -> int:
    ((n_rows,),) = connection.execute(
        f"SELECT count(*) FROM {identifier(table)} WHERE {condition}"
    ).fetchall()
    connection.execute(f"DELETE FROM {identifier(table)} WHERE {condition}")
    return int(n_rows)


def _linked(
    connection: duckdb.DuckDBPyConnection,
    table: RawTable,
    preset: Preset,
    links: str,
    columns: tuple[str, str],
    n_from: int,
) -> RawTable:
    ((n_rows,),) = connection.execute(f"SELECT count(*) FROM {identifier(links)}").fetchall()
    n_added = int(n_rows) - n_from
    if not n_added:
        connection.execute(f"ALTER TABLE {identifier(links)} DROP COLUMN {SOURCE_PART}")
    if not n_rows:
        connection.execute(f"DROP TABLE {identifier(links)}")
    known = Known(
        preset.name, f"{preset.title}: who is who", 1.0, "attributes", {"person_id": columns[:1]}
    )
    name = f"{table.file} (who is who)"
    return RawTable(name, links, columns, int(n_rows), (), 0, (), known, (), n_added)
