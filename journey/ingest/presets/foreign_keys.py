"""Tables that name nobody, but something whose owner another file names: lines of an order.

Only among tables that no preset knows: presets say themselves how their files belong together.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import duckdb

from journey.ingest.formats.held import put_in_place
from journey.ingest.formats.table import SOURCE_ROW, RawTable, unique_names
from journey.ingest.sql import identifier
from journey.ingest.synonyms import ID_WORDS, named, plain

_OWNERS: Final = ("account_id", "person_id", "anonymous_id")
_SURE: Final = 0.5
_LEAST_FOUND: Final = 0.5
_BARE: Final = re.compile(r"ids?|keys?|uu|gu|uuid|guid|no|numbers?|nr|codes?|num")
_ROW_WORDS: Final = {
    *("row", "line", "record", "entry", "item", "index", "idx", "seq", "sequence", "serial"),
    *("position", "pos", "running", "internal", "external", "unique", "object", "global"),
    *("primary", "main", "source", "sys", "system"),
}
"""Words of ids that a table may give to its own rows."""


class _Way(NamedTuple):
    """By which key of which table one can come to its owner, and how many ids that lacks."""

    n_missing: int
    file: str
    key: str
    place: int


def follow_keys(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[RawTable]
) -> list[RawTable]:
    """Give tables without an owner the owner that another table names for the id they share.

    The id must stand on one row each of the other table, and that must know most of the ids. Of
    several such tables that which knows most is taken, then the first by name. In rounds, so
    that the order of the tables changes nothing.
    """
    ready = list(tables)
    free = [place for place, table in enumerate(ready) if table.known is None]
    owned = {place for place in free if _owners(ready[place])}
    waiting = [p for p in free if p not in owned and not _names_a_deal(ready[p])]
    while found := {
        place: ways for place in waiting if (ways := _ways(connection, ready, place, owned))
    }:
        for place, ways in found.items():
            ready[place] = _with_owner(connection, ready, place, ways)
        owned.update(found)
        waiting = [place for place in waiting if place not in found]
    return ready


def _ways(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[RawTable],
    place: int,
    owned: Collection[int],
) -> list[_Way]:
    """All ways of a table to an owner, the best first."""
    return sorted(
        _Way(n_missing, tables[other].file, key, other)
        for other in owned
        for key, n_missing in _shared_keys(connection, tables[place], tables[other]).items()
    )


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


def _shared_keys(
    connection: duckdb.DuckDBPyConnection, table: RawTable, other: RawTable
) -> dict[str, int]:
    """The ids of a table that are those of a row in the other one, and how many that lacks."""
    shared: dict[str, int] = {}
    for header in table.columns:
        whose = _whose(header)
        if header not in other.columns or not ID_WORDS.search(plain(header)) or not whose:
            continue
        key, here, there = (identifier(name) for name in (header, table.table, other.table))
        n_values, n_distinct, n_found, n_here, n_rows_here = connection.execute(
            f"WITH ids AS (SELECT {key} AS id, count(*) AS n FROM {here} WHERE {key} <> '' "
            f"GROUP BY 1) SELECT count({key}), count(DISTINCT {key}), "
            f"count(DISTINCT {key}) FILTER ({key} IN (SELECT id FROM ids)), "
            f"(SELECT count(*) FROM ids), (SELECT sum(n) FROM ids) FROM {there} WHERE {key} <> ''"
        ).fetchall()[0]
        is_own = whose <= _ROW_WORDS and n_here == n_rows_here
        fits = n_values and n_values == n_distinct and n_found >= _LEAST_FOUND * n_here > 0
        if fits and not is_own:
            shared[header] = n_here - n_found
    return shared


def _whose(header: str) -> set[str]:
    """The words of an id that say of what it is: none for a bare 'id' or 'no'."""
    words = (re.sub(r"(?<=[a-z])id$", "", word) for word in plain(header).split("_"))
    return {word for word in words if word and not _BARE.fullmatch(word)}


def _with_owner(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[RawTable],
    place: int,
    ways: Sequence[_Way],
) -> RawTable:
    """A table with the owner of what its rows are of, by the first of its ways."""
    table, other, key = tables[place], tables[ways[0].place], ways[0].key
    owner = next(iter(_owners(other)))
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
    if len(ways) > 1:
        others = ", ".join(f"{way.file} by {way.key!r}" for way in ways[1:])
        note = f"{note}; not taken, though it would fit: {others}"
    return replace(table, columns=(*table.columns, name), notes=(*table.notes, note))
