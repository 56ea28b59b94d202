"""Words that stand where an id is missing, so that nobody is taken for the customer ``NA``.

A word alone does not tell: some ids are ``NA`` or ``0``. It means nobody where it is on far more
rows than ids are.
"""

from collections.abc import Iterator, Sequence
from typing import Final, cast

import duckdb

from journey.ingest.columns.profiles import Profile
from journey.ingest.columns.roles import TableRoles
from journey.ingest.columns.values import KEY_ROLES
from journey.ingest.formats.held import make_changeable, sampled
from journey.ingest.sql import identifier, literal
from journey.wording import counted

_WORDS: Final = (
    *("na", "n/a", "null", "none", "nil", "nan", "undefined", "unknown", "(not set)", "not set"),
    *("anonymous", "guest", "-", "--", "0", "-1", "00000000-0000-0000-0000-000000000000"),
)
_LEAST_SHARE: Final = 0.05
_TIMES_AN_ID: Final = 20
_LEAST_IDS: Final = 5


def blank_missing_ids(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[TableRoles]
) -> list[str]:
    """Empty the cells of ids that say nobody; gives what to tell about it."""
    notes: list[str] = []
    for table in tables:
        headers = [header for role in KEY_ROLES for header in table.roles.get(role, ())]
        for header in headers:
            for word in _found(connection, table, header):
                n_rows = _blank(connection, table, header, word)
                notes.append(
                    f"{table.raw.file}, column {header!r}: {word!r} on {counted(n_rows, 'row')} "
                    "is read as no id."
                )
    return notes


def _found(connection: duckdb.DuckDBPyConnection, table: TableRoles, header: str) -> Iterator[str]:
    """Words that are on too many of the rows looked at to be an id."""
    profile: Profile = table.profiles[header]
    if profile.n_distinct < _LEAST_IDS:
        return
    mean = profile.n_values / profile.n_distinct
    listed = ", ".join(literal(word) for word in _WORDS)
    rows = connection.execute(
        f"SELECT trim({identifier(header)}) AS x, count(*) FROM "
        f"{sampled(connection, table.raw.table, table.raw.n_rows)} "
        f"WHERE lower(trim({identifier(header)})) IN ({listed}) GROUP BY x ORDER BY x"
    ).fetchall()
    for word, n_rows in cast("list[tuple[str, int]]", rows):
        if n_rows >= max(_LEAST_SHARE * profile.n_values, _TIMES_AN_ID * mean):
            yield word


def _blank(connection: duckdb.DuckDBPyConnection, table: TableRoles, header: str, word: str) -> int:
    make_changeable(connection, table.raw.table)
    cell = identifier(header)
    row = connection.execute(
        f"UPDATE {identifier(table.raw.table)} SET {cell} = NULL "
        f"WHERE trim({cell}) = {literal(word)}"
    ).fetchall()[0]
    return int(row[0])
