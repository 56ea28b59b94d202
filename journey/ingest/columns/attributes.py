"""Columns without a role: what they describe, and tables of accounts and people."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Literal, cast

import duckdb
import pyarrow as pa

from journey.ingest.rough_counts import in_parts, rough_counts
from journey.ingest.sql import identifier

Place = Literal["account", "person", "touchpoint", "left out"]

KEYS: Final[dict[Place, str]] = {"account": "account_id", "person": "person_id"}

_AT_ONCE: Final = 16
"""Columns compared in one pass; more would take much memory."""

_EXACT_UP_TO: Final = 200_000
_MAY_BE_UNIQUE: Final = 0.4
"""Share of distinct values, counted roughly, below which they are surely not nearly all."""

_FEW: Final = 20
_MOST_TOLD: Final = 8
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
    places: dict[str, Place] = dict.fromkeys(columns, "left out")
    notes: list[str] = []
    twins = _twins(connection, table, roles, columns)
    counts = _counts(connection, table, columns)
    described: list[str] = []
    empty = [column for column in columns if not counts[column][0]]
    notes += _empty_notes(empty)
    for column in columns:
        n_values, n_distinct = counts[column]
        if not n_values:
            continue
        if twins.get(column, column) != column:
            notes.append(f"Column {column!r} is left out: it says the same as {twins[column]!r}.")
        elif (
            column not in never_left_out
            and n_values > _FEW
            and n_distinct >= _ALMOST_ALL * n_values
        ):
            notes.append(f"Column {column!r} is left out: nearly every value is different.")
        else:
            described.append(column)
    return places | _levels(connection, table, described), notes


def _empty_notes(columns: Sequence[str]) -> list[str]:
    """Which columns are left out as empty; exports of tools can have hundreds of such."""
    if len(columns) > _MOST_TOLD:
        shown = ", ".join(map(repr, columns[:_MOST_TOLD]))
        return [f"{len(columns):,} columns are left out: they are empty. They are {shown}, …"]
    return [f"Column {column!r} is left out: it is empty." for column in columns]


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


def _counts(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]
) -> dict[str, tuple[int, int]]:
    """Values of each column, and distinct ones (near enough where there are many values).

    Few columns are nearly unique, so only those are counted exactly.
    """
    counts = rough_counts(connection, table, columns)
    for column, (n_values, n_distinct) in counts.items():
        if n_distinct >= _MAY_BE_UNIQUE * n_values and _FEW < n_values <= _EXACT_UP_TO:
            ((n_exact,),) = connection.execute(
                f"SELECT count(DISTINCT {identifier(column)}) FROM {identifier(table)}"
            ).fetchall()
            counts[column] = n_values, int(n_exact)
    return counts


def _levels(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]
) -> dict[str, Place]:
    """The account or the person within which each column never changes, else the touchpoint."""
    levels: dict[str, Place] = dict.fromkeys(columns, "touchpoint")
    for some in in_parts(columns, _AT_ONCE):
        rest = list(some)
        for place, key in KEYS.items():
            # What is left without a key must not be lost as an attribute of others.
            must_cover = place != "account"
            constant = _constant(connection, table, rest, key=key, must_cover=must_cover)
            levels |= dict.fromkeys(constant, place)
            rest = [column for column in rest if column not in constant]
    return levels


def _constant(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: Sequence[str],
    *,
    key: str,
    must_cover: bool,
) -> list[str]:
    """Columns that have a value beside a key, and only one beside each.

    Parameters
    ----------
    must_cover
        Only columns all of whose values stand beside a key.
    """
    if not columns:
        return []
    # Hashes are compared, which are smaller than texts and take one pass for many columns.
    hashed = ", ".join(
        f"CASE WHEN {c} IS NOT NULL THEN hash({c}) END AS h{n}"
        for n, c in enumerate(map(identifier, columns))
    )
    places = range(len(columns))
    varies = ", ".join(f"min(h{n}) < max(h{n}) AS v{n}" for n in places)
    counts = ", ".join(
        f"count(v{n}) FILTER (key IS NOT NULL), count(*) FILTER (key IS NOT NULL AND v{n}), "
        f"count(v{n}) FILTER (key IS NULL)"
        for n in places
    )
    row = connection.execute(
        f"SELECT {counts} FROM (SELECT key, {varies} FROM "
        f"(SELECT {key} AS key, {hashed} FROM {identifier(table)}) GROUP BY key)"
    ).fetchall()[0]
    numbers = cast("tuple[int, ...]", row)
    found = zip(columns, numbers[::3], numbers[1::3], numbers[2::3], strict=True)
    return [
        column
        for column, n_keys, n_varying, n_without in found
        if n_keys and not n_varying and not (must_cover and n_without)
    ]


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
    roles = {role: header for role, header in headers.items() if role != header}
    levels = _levels(connection, table, list(roles))
    return {header: role for role, header in roles.items() if levels[role] == "account"}
