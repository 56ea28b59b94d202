"""Exports that say more of the rows of another export."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import duckdb

from journey.ingest.columns.roles import left_out_of
from journey.ingest.formats.held import make_changeable, put_in_place
from journey.ingest.formats.table import SOURCE_ROW, Aside, RawTable, unique_names
from journey.ingest.presets.headers import HeaderIndex
from journey.ingest.presets.model import Preset
from journey.ingest.sql import identifier
from journey.report import MOST_EXAMPLES

NOT_THERE: Final = "tells more of a touchpoint that is in none of these files"


def join_details(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[RawTable],
    presets: Mapping[str, Preset],
) -> list[RawTable]:
    """Add the columns of tables that describe rows of others to those others.

    Parameters
    ----------
    presets
        The preset of each table that was recognised, by the table's name.
    """
    ready = list(tables)
    for place, table in enumerate(tables):
        preset = presets.get(table.table)
        if preset is None or preset.describes is None:
            continue
        told = preset.describes
        hosts = [
            position
            for position, other in enumerate(ready)
            if (one := presets.get(other.table)) and told.preset in (one.name, one.extends)
        ]
        key = HeaderIndex(table.columns).find(told.by)
        if key is None:
            continue
        host_keys: list[tuple[str, str]] = []
        for position in hosts:
            host_key = HeaderIndex(ready[position].columns).find(told.by)
            if host_key is not None:
                ready[position] = _joined(connection, ready[position], host_key, table, key)
                host_keys.append((ready[position].table, host_key))
        ready[place] = _told(connection, table, key, host_keys)
    return ready


def _joined(
    connection: duckdb.DuckDBPyConnection, host: RawTable, host_key: str, table: RawTable, key: str
) -> RawTable:
    """A table with the columns of another; of several rows for a key the first."""
    told = [header for header in table.columns if header != key and header not in host.columns]
    names = unique_names(told, taken=host.columns)
    cells = "".join(
        f", d.{identifier(header)} AS {identifier(name)}"
        for header, name in zip(told, names, strict=True)
    )
    joined = f"{host.table}_joined"
    connection.execute(
        f"CREATE TABLE {identifier(joined)} AS SELECT h.*{cells} FROM {identifier(host.table)} h "
        f"LEFT JOIN (SELECT * FROM {identifier(table.table)} QUALIFY row_number() OVER "
        f"(PARTITION BY {identifier(key)} ORDER BY {SOURCE_ROW}) = 1) d "
        f"ON h.{identifier(host_key)} = d.{identifier(key)} ORDER BY h.{SOURCE_ROW}"
    )
    put_in_place(connection, joined, host.table)
    return replace(host, columns=(*host.columns, *names))


def _told(
    connection: duckdb.DuckDBPyConnection,
    table: RawTable,
    key: str,
    hosts: Sequence[tuple[str, str]],
) -> RawTable:
    """The table emptied, its rows counted as those that found their touchpoint and the others."""
    found = " OR ".join(
        f"{identifier(key)} IN (SELECT {identifier(host_key)} FROM {identifier(host)})"
        for host, host_key in hosts
    )
    is_found = f"coalesce({found or 'false'}, false)"
    source = identifier(table.table)
    ((n_found,),) = connection.execute(
        f"SELECT count(*) FILTER ({is_found}) FROM {source}"
    ).fetchall()
    text = "''" if key in left_out_of(table) else identifier(key)
    examples = connection.execute(
        f"SELECT {SOURCE_ROW}, {text} FROM {source} WHERE NOT {is_found} "
        f"ORDER BY {SOURCE_ROW} LIMIT {MOST_EXAMPLES}"
    ).fetchall()
    n_lost = table.n_rows - int(n_found)
    aside = [Aside("read as attributes", "", int(n_found))] if n_found else []
    if n_lost:
        shown = tuple((int(row), str(text or "")) for row, text in examples)
        aside.append(Aside("set aside", NOT_THERE, n_lost, shown))
    make_changeable(connection, table.table)
    connection.execute(f"DELETE FROM {source}")
    return replace(table, n_rows=0, n_added=0, aside=(*table.aside, *aside))
