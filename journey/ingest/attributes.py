"""Columns without a role: what they describe, and tables of accounts and people."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Literal, cast

import duckdb
import pyarrow as pa

from journey.ingest.sql import identifier

Place = Literal["account", "person", "touchpoint", "left out"]

KEYS: Final[dict[Place, str]] = {"account": "account_id", "person": "person_id"}

_EXACT_UP_TO: Final = 200_000
_FEW: Final = 20
_LOOKED_AT: Final = 2_000
_ALMOST_ALL: Final = 0.9


def place_columns(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[str],
    *,
    never_left_out: Collection[str],
    roles: Sequence[str],
) -> tuple[dict[str, Place], list[str]]:
    """Say of every column whether it describes accounts, people or touchpoints.

    Parameters
    ----------
    table
        The entries kept, with ``account_id``, ``person_id`` and ``id``.
    never_left_out
        Columns that describe the key of a wide file, so may be different on every row.
    roles
        Columns with a role, to find those that say the same again.

    Returns
    -------
    dict
        Column to place.
    list of str
        Which columns were left out, and why.
    """
    places: dict[str, Place] = {}
    notes: list[str] = []
    twins = _twins(connection, table, roles, columns)
    for column in columns:
        n_values, n_distinct = _counts(connection, table, column)
        places[column] = "left out"
        if not n_values:
            notes.append(f"Column {column!r} is left out: it is empty.")
        elif twins.get(column, column) != column:
            notes.append(f"Column {column!r} is left out: it says the same as {twins[column]!r}.")
        elif (
            column not in never_left_out
            and n_values > _FEW
            and n_distinct >= _ALMOST_ALL * n_values
        ):
            notes.append(f"Column {column!r} is left out: nearly every value is different.")
        else:
            places[column] = _level(connection, table, column)
    return places, notes


def _twins(
    connection: duckdb.DuckDBPyConnection, table: str, roles: Sequence[str], columns: Sequence[str]
) -> dict[str, str]:
    """For every column the first one, of roles and columns, that is the same on all rows."""
    some = f"(SELECT * FROM {identifier(table)} LIMIT {_LOOKED_AT})"
    groups = _alike(connection, some, [*roles, *columns])
    alike = [group for group in groups if len(group) > 1 and not {*columns}.isdisjoint(group)]
    suspects = [column for group in alike for column in group]
    same = _alike(connection, identifier(table), suspects)
    return {column: group[0] for group in same for column in group}


def _alike(
    connection: duckdb.DuckDBPyConnection, source: str, columns: Sequence[str]
) -> list[list[str]]:
    """Columns in groups of those that are the same on all rows."""
    if not columns:
        return []
    # Hashed twice: hashes of several columns are combined by XOR, which would cancel out here.
    digests = ", ".join(f"bit_xor(hash(hash(id, {identifier(column)})))" for column in columns)
    row = connection.execute(f"SELECT {digests} FROM {source}").fetchall()[0]
    groups: dict[int, list[str]] = {}
    for column, digest in zip(columns, cast("tuple[int, ...]", row), strict=True):
        groups.setdefault(digest, []).append(column)
    return list(groups.values())


def _counts(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> tuple[int, int]:
    """Values, and distinct ones (near enough in large tables)."""
    quoted = identifier(column)
    row = connection.execute(
        f"SELECT count({quoted}), approx_count_distinct({quoted}) FROM {identifier(table)}"
    ).fetchall()[0]
    n_values, n_distinct = cast("tuple[int, int]", row)
    if n_values <= _EXACT_UP_TO:
        exact = connection.execute(
            f"SELECT count(DISTINCT {quoted}) FROM {identifier(table)}"
        ).fetchall()[0]
        n_distinct = cast("tuple[int]", exact)[0]
    return n_values, n_distinct


def _level(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> Place:
    """The account or the person within which a column never changes, else the touchpoint."""
    quoted = identifier(column)
    for place, key in KEYS.items():
        row = connection.execute(
            f"SELECT count(*) FILTER (least < most), count(*) FROM (SELECT min({quoted}) AS least, "
            f"max({quoted}) AS most FROM {identifier(table)} WHERE {key} IS NOT NULL "
            f"AND {quoted} IS NOT NULL GROUP BY {key})"
        ).fetchall()[0]
        n_varying, n_keys = cast("tuple[int, int]", row)
        if n_keys and not n_varying and (place == "account" or _covers(connection, table, column)):
            return place
    return "touchpoint"


def _covers(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    """Whether every value stands beside a person, so that none is lost as their attribute."""
    row = connection.execute(
        f"SELECT count(*) FROM {identifier(table)} "
        f"WHERE person_id IS NULL AND {identifier(column)} IS NOT NULL"
    ).fetchall()[0]
    return not cast("tuple[int]", row)[0]


def attribute_table(
    connection: duckdb.DuckDBPyConnection,
    place: Place,
    *,
    entries: str,
    from_entries: Mapping[str, str],
    described: str | None,
    from_files: Sequence[str],
) -> pa.Table | None:
    """Attributes of the accounts or people of a log.

    Parameters
    ----------
    entries
        The touchpoints kept; ``from_entries`` are attributes by name, each with the column, one
        constant within the key, that it comes from.
    described
        Rows of attribute files, with ``id`` and ``level``; ``from_files`` are their columns. What
        such a file says comes first; of several rows for a key, the first that is filled.

    Returns
    -------
    Table or None
        The key and one text column per attribute; none where there are no attributes.
    """
    key = KEYS[place]
    names = list(dict.fromkeys([*from_files, *from_entries]))
    if not names:
        return None
    listed = ", ".join(filter(None, (key, _aggregates("min({c})", from_entries))))
    every = f"SELECT {listed} FROM {identifier(entries)} WHERE {key} IS NOT NULL GROUP BY {key}"
    parts = [f"({every}) e"]
    sources: Mapping[str, Collection[str]] = {"f": from_files, "e": from_entries}
    if from_files and described:
        own = {name: name for name in from_files}
        firsts = _aggregates("first({c} ORDER BY id) FILTER ({c} IS NOT NULL)", own)
        parts.append(
            f"(SELECT {key}, {firsts} FROM {identifier(described)} WHERE level = '{place}' "
            f"GROUP BY {key}) f USING ({key})"
        )
    values = ", ".join(
        f"COALESCE({', '.join(f'{s}.{identifier(n)}' for s, held in sources.items() if n in held)})"
        f" AS {identifier(n)}"
        for n in names
    )
    query = f"SELECT {key}, {values} FROM {' LEFT JOIN '.join(parts)} ORDER BY {key}"
    return connection.sql(query).to_arrow_table()


def _aggregates(form: str, columns: Mapping[str, str]) -> str:
    return ", ".join(
        f"{form.replace('{c}', identifier(column))} AS {identifier(name)}"
        for name, column in columns.items()
    )


def constant_roles(
    connection: duckdb.DuckDBPyConnection, table: str, headers: Mapping[str, str]
) -> dict[str, str]:
    """Return the roles that describe accounts after all, by the header they came under.

    A channel that never changes within an account is how that account came, so accounts can be
    compared by it.
    """
    return {
        header: role
        for role, header in headers.items()
        if role != header and _level(connection, table, role) == "account"
    }
