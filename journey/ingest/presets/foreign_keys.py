"""Tables that name nobody, but something whose owner another file names: lines of an order.

Only among tables that no preset knows: presets say themselves how their files belong together.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import duckdb

from journey.ingest.formats.held import put_in_place
from journey.ingest.formats.table import SOURCE_ROW, RawTable, unique_names
from journey.ingest.sql import identifier
from journey.ingest.synonyms import ID_WORDS, named, plain

_OWNERS: Final = ("account_id", "person_id", "anonymous_id")
_SURE: Final = 0.5
_LEAST_FOUND: Final = 0.5


def follow_keys(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[RawTable]
) -> list[RawTable]:
    """Give tables without an owner the owner that another table names for the id they share.

    The id must stand on one row each of the other table, and that must know most of the ids.
    """
    ready = list(tables)
    free = [place for place, table in enumerate(ready) if table.known is None]
    for place in free:
        if any(_owners(ready[place]).values()) or _names_a_deal(ready[place]):
            continue
        for other in free:
            owner = next(iter(_owners(ready[other])), None)
            key = _shared_key(connection, ready[place], ready[other]) if owner else None
            if owner and key:
                ready[place] = _with_owner(connection, ready[place], ready[other], key, owner)
                break
    return ready


def _owners(table: RawTable) -> dict[str, float]:
    """The headers that name whose journey a row is of, the surest of each role."""
    sure: dict[str, float] = {}
    for role in _OWNERS:
        scores = {header: named(header, role) for header in table.columns}
        best = max(scores, key=lambda header: scores[header], default=None)
        if best is not None and scores[best] >= _SURE:
            sure[best] = scores[best]
    return sure


def _names_a_deal(table: RawTable) -> bool:
    """Deals lead to their accounts later, through all files."""
    return any(named(header, "opportunity_id") >= _SURE for header in table.columns)


def _shared_key(
    connection: duckdb.DuckDBPyConnection, table: RawTable, other: RawTable
) -> str | None:
    """An id that both tables have, which is that of a row in the other one."""
    for header in table.columns:
        if header not in other.columns or not ID_WORDS.search(plain(header)):
            continue
        key, here, there = (identifier(name) for name in (header, table.table, other.table))
        n_values, n_distinct, n_found, n_here = connection.execute(
            f"WITH ids AS (SELECT DISTINCT {key} AS id FROM {here} WHERE {key} <> '') "
            f"SELECT count({key}), count(DISTINCT {key}), "
            f"count(DISTINCT {key}) FILTER ({key} IN (SELECT id FROM ids)), "
            f"(SELECT count(*) FROM ids) FROM {there} WHERE {key} <> ''"
        ).fetchall()[0]
        if n_values and n_values == n_distinct and n_found >= _LEAST_FOUND * n_here > 0:
            return header
    return None


def _with_owner(
    connection: duckdb.DuckDBPyConnection, table: RawTable, other: RawTable, key: str, owner: str
) -> RawTable:
    """A table with the owner of what its rows are of."""
    (name,) = unique_names([owner], taken=table.columns)
    made = f"{table.table}_owned"
    connection.execute(
        f"CREATE TABLE {identifier(made)} AS SELECT h.*, o.{identifier(owner)} AS "
        f"{identifier(name)} FROM {identifier(table.table)} h "
        f"LEFT JOIN {identifier(other.table)} o ON h.{identifier(key)} = o.{identifier(key)} "
        f"AND h.{identifier(key)} <> '' ORDER BY h.{SOURCE_ROW}"
    )
    put_in_place(connection, made, table.table)
    note = f"{owner!r} is taken from {other.file} by {key!r}"
    return replace(table, columns=(*table.columns, name), notes=(*table.notes, note))
