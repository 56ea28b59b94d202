"""Tables that name nobody, but something whose owner another file names: lines of an order.

Only among tables that no preset knows: presets say themselves how their files belong together.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

import duckdb

from journey.ingest.columns.synonyms import ID_WORDS, named, plain
from journey.ingest.formats.held import put_in_place
from journey.ingest.formats.table import SOURCE_ROW, Known, RawTable, unique_names
from journey.ingest.sql import identifier

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
_NO_CUSTOMERS: Final = {
    *("supplier", "suppliers", "vendor", "manufacturer", "warehouse", "employee", "staff"),
    *("agent", "courier", "driver", "lieferant", "fournisseur", "proveedor", "fornitore"),
    "fornecedor",
}
"""Words of ids of those whose address is not a customer's."""


class _Way(NamedTuple):
    """By which key of which tables one can come to its owner, and how many ids these lack."""

    n_missing: int
    files: str
    key: str
    tables: tuple[RawTable, ...]


def follow_keys(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[RawTable],
    kept: Callable[[], Sequence[RawTable]],
) -> list[RawTable]:
    """Give tables without an owner the owner that another table names for the id they share.

    The id must have one owner in the other table, and that must know most of the ids; tables with
    the same columns are one, as exports cut by month are. Of several that which knows most is
    taken, then the first by name. In rounds, so that the order of the tables changes nothing.

    Parameters
    ----------
    kept
        Gives tables of earlier imports that may name owners, if any is needed.
    """
    ready = list(tables)
    waiting = [
        place
        for place, table in enumerate(ready)
        if not is_mapped(table.known) and waits(table.columns)
    ]
    owning = [t for t in ready if not is_mapped(t.known) and names_owner(t.columns)]
    pool = [*owning, *kept()] if waiting else []
    while found := {
        place: ways for place in waiting if (ways := _ways(connection, ready[place], pool))
    }:
        for place, ways in found.items():
            ready[place] = _with_owner(connection, ready[place], ways)
        pool += [ready[place] for place in found]
        waiting = [place for place in waiting if place not in found]
    return ready


def is_mapped(known: Known | None) -> bool:
    """Whether it is known what the columns of a table mean, not just how its dates are written."""
    return known is not None and known.shape is not None


def waits(columns: Sequence[str]) -> bool:
    """Whether a table names nobody."""
    return not names_owner(columns)


def names_owner(columns: Iterable[str]) -> bool:
    """Whether a column names whose journey a row is of."""
    return bool(_owners(tuple(columns)))


def may_lead(header: str) -> bool:
    """Whether a column may be such an id, or name an owner."""
    return _is_key(header) or names_owner((header,))


def share_key(columns: Iterable[str], others: Iterable[str]) -> bool:
    """Whether two tables have a column for the ids of one thing."""
    return any(map(_is_key, {*columns} & {*others}))


def _is_key(header: str) -> bool:
    return bool(ID_WORDS.search(plain(header)) and _whose(header))


def _ways(
    connection: duckdb.DuckDBPyConnection, table: RawTable, pool: Sequence[RawTable]
) -> list[_Way]:
    """All ways of a table to an owner, the best first."""
    groups: dict[frozenset[str], list[RawTable]] = {}
    for other in pool:
        groups.setdefault(frozenset(other.columns), []).append(other)
    return sorted(
        _Way(n_missing, ", ".join(sorted(other.file for other in group)), key, tuple(group))
        for group in groups.values()
        for key, n_missing in _shared_keys(connection, table, group).items()
    )


def _owners(columns: Sequence[str]) -> dict[str, float]:
    """The headers that name whose journey a row is of, the surest of each role."""
    sure: dict[str, float] = {}
    for role in _OWNERS:
        scores = {header: named(header, role) for header in columns}
        best = max(scores, key=lambda header: scores[header], default=None)
        if best is not None and scores[best] >= _SURE:
            sure[best] = scores[best]
    return sure


def _owned_sql(group: Sequence[RawTable], key: str) -> str:
    """A query of the ids of some tables with their owners, each pair once."""
    owner = next(iter(_owners(group[0].columns)))
    return " UNION ".join(
        f"SELECT {identifier(key)} AS key, {identifier(owner)} AS owner FROM "
        f"{identifier(table.table)} WHERE {identifier(key)} <> '' AND {identifier(owner)} <> ''"
        for table in group
    )


def _shared_keys(
    connection: duckdb.DuckDBPyConnection, table: RawTable, group: Sequence[RawTable]
) -> dict[str, int]:
    """The ids of a table that have one owner each in others, and how many these lack."""
    shared: dict[str, int] = {}
    for header in table.columns:
        whose = _whose(header)
        if header not in group[0].columns or not _is_key(header):
            continue
        if whose & _NO_CUSTOMERS or named(header, "opportunity_id") >= _SURE:
            continue
        key, here = identifier(header), identifier(table.table)
        n_pairs, n_distinct, n_found, n_here, n_rows_here = connection.execute(
            f"WITH ids AS (SELECT {key} AS id, count(*) AS n FROM {here} WHERE {key} <> '' "
            f"GROUP BY 1) SELECT count(key), count(DISTINCT key), "
            f"count(DISTINCT key) FILTER (key IN (SELECT id FROM ids)), "
            f"(SELECT count(*) FROM ids), (SELECT sum(n) FROM ids) "
            f"FROM ({_owned_sql(group, header)})"
        ).fetchall()[0]
        is_own = whose <= _ROW_WORDS and n_here == n_rows_here
        fits = n_pairs and n_pairs == n_distinct and n_found >= _LEAST_FOUND * n_here > 0
        if fits and not is_own:
            shared[header] = n_here - n_found
    return shared


def _whose(header: str) -> set[str]:
    """The words of an id that say of what it is: none for a bare 'id' or 'no'."""
    words = (re.sub(r"(?<=[a-z])id$", "", word) for word in plain(header).split("_"))
    return {word for word in words if word and not _BARE.fullmatch(word)}


def _with_owner(
    connection: duckdb.DuckDBPyConnection, table: RawTable, ways: Sequence[_Way]
) -> RawTable:
    """A table with the owner of what its rows are of, by the first of its ways."""
    way = ways[0]
    owner = next(iter(_owners(way.tables[0].columns)))
    (name,) = unique_names([owner], taken=table.columns)
    made = f"{table.table}_owned"
    connection.execute(
        f"CREATE TABLE {identifier(made)} AS SELECT h.*, o.owner AS {identifier(name)} "
        f"FROM {identifier(table.table)} h LEFT JOIN ({_owned_sql(way.tables, way.key)}) o "
        f"ON h.{identifier(way.key)} = o.key ORDER BY h.{SOURCE_ROW}"
    )
    put_in_place(connection, made, table.table)
    note = f"{owner!r} is taken from {way.files} by {way.key!r}"
    if len(ways) > 1:
        others = ", ".join(f"{other.files} by {other.key!r}" for other in ways[1:])
        note = f"{note}; not taken, though it would fit: {others}"
    return replace(table, columns=(*table.columns, name), notes=(*table.notes, note))
