"""All entries spelled as meant, with numbers as numbers and an id of their own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

import duckdb
import numpy as np
import numpy.typing as npt

from journey.ingest.identity import ID_ROLES, find_id_columns
from journey.ingest.shapes import (
    ATTRIBUTES,
    ENTRIES,
    ROW,
    TEXTS,
    TIME_MISSING,
)
from journey.ingest.sql import identifier, literal
from journey.ingest.standardize import direction_sql, make_spellings, number_sql, spelled_sql
from journey.schema import NUMBER_ROLES, TEXT_ROLES

SPELLED: Final = "spelled"
DESCRIBED: Final = "described"

CASE_MISSING, TYPE_MISSING = "no case", "no touchpoint type"

_TEXTS: Final = (*TEXT_ROLES, "source_order")
# An entry's place in its files as one number: 2^14 files, 2^36 rows a file, 2^13 dates a row.
_ROW_BITS, _DATE_BITS = 36, 13
_ID: Final = (
    f"(file_index::BIGINT << {_ROW_BITS + _DATE_BITS}) + (source_row << {_DATE_BITS}) + date_index "
    "AS id"
)

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cleaned:
    """How entries were cleaned.

    Attributes
    ----------
    notes
        Numbers that could not be read, counted.
    changed
        Columns in which something had to be spelled otherwise or worked out; if there are none,
        looking at the entries costs no more than looking at their files.
    """

    notes: tuple[str, ...]
    changed: frozenset[str]


def clean_entries(
    connection: duckdb.DuckDBPyConnection,
    extras: Sequence[str],
    *,
    tell: Callable[[int, int], None],
) -> Cleaned:
    """Make the view :data:`SPELLED` of entries and the table :data:`DESCRIBED` of attributes.

    Parameters
    ----------
    extras
        Columns without a role.
    tell
        Is told how many of how many columns are done.
    """
    held = {table: _columns(connection, table) for table in (ENTRIES, ATTRIBUTES)}
    looked_at = {ENTRIES: TEXTS, ATTRIBUTES: ATTRIBUTES}
    columns = [*_TEXTS, *extras]
    ids = (*ID_ROLES, "source_order", *find_id_columns({name: name for name in extras}).of_people)
    spellings: dict[str, str] = {}
    for position, column in enumerate(columns):
        tell(position, len(columns))
        # Times are not looked at, which may stand in other files.
        sources = [(looked_at[table], column) for table, has in held.items() if column in has]
        kind = "id" if column in ids else "text"
        name = f"spelling {position}"
        may_skip = column not in ids and column in extras and len(sources) == 1
        skip = may_skip and _is_unique(connection, *sources[0])
        if (
            sources
            and not skip
            and make_spellings(connection, name=name, sources=sources, kind=kind)
        ):
            spellings[column] = name
    notes, odd = _number_notes(connection, held[ENTRIES])
    _make_spelled(connection, held[ENTRIES], extras, spellings)
    if held[ATTRIBUTES]:
        _make_described(connection, held[ATTRIBUTES], extras, spellings)
    return Cleaned(tuple(notes), frozenset((*spellings, *odd)))


def rows_of(ids: Ints) -> tuple[Ints, Ints]:
    """The numbers of the tables of entries, and of their rows there."""
    return ids >> (_ROW_BITS + _DATE_BITS), (ids >> _DATE_BITS) & ((1 << _ROW_BITS) - 1)


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Columns of a table; none if there is no such table."""
    rows = connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name = ? ORDER BY column_index",
        [table],
    ).fetchall()
    return [str(row[0]) for row in rows]


def _is_unique(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    """Nearly all values differ: there is no common spelling to find, and much to look through."""
    many, share = 10_000, 0.8
    quoted = identifier(column)
    row = connection.execute(
        f"SELECT count({quoted}), approx_count_distinct({quoted}) FROM {identifier(table)}"
    ).fetchall()[0]
    n_values, n_distinct = cast("tuple[int, int]", row)
    return n_values > many and n_distinct > share * n_values


def _number_notes(
    connection: duckdb.DuckDBPyConnection, held: Sequence[str]
) -> tuple[list[str], list[str]]:
    """Numbers that can't be read, in words, and columns with some not written in the plain way."""
    notes: list[str] = []
    odd: list[str] = []
    for role in NUMBER_ROLES:
        if role not in held:
            continue
        rows = connection.execute(
            f"SELECT count(*), count(*) FILTER (value IS NULL), min(text) FILTER (value IS NULL) "
            f"FROM (SELECT {role} AS text, {number_sql(role)} AS value FROM {TEXTS} "
            f"WHERE NOT COALESCE(isfinite(TRY_CAST({role} AS DOUBLE)), false) "
            f"AND lower(trim({role})) NOT IN ('', 'nan'))"
        ).fetchall()[0]
        n_unusual, n_unread, example = cast("tuple[int, int, str]", rows)
        odd += [role] if n_unusual else []
        if n_unread:
            notes.append(
                f"{n_unread:,} values of {role} are no numbers, for example {example!r}; they are "
                "left empty."
            )
    return notes, odd


def _make_spelled(
    connection: duckdb.DuckDBPyConnection,
    held: Sequence[str],
    extras: Sequence[str],
    spellings: Mapping[str, str],
) -> None:
    """Every role and extra has a column, empty where no file has it."""
    wanted = [*_TEXTS, *NUMBER_ROLES, *extras]
    missing = [f"NULL::VARCHAR AS {identifier(column)}" for column in wanted if column not in held]
    inner = spelled_sql(ENTRIES, held, spellings)
    numbers = [f"{number_sql(role)} AS {role}" for role in NUMBER_ROLES if role in held]
    if "direction" in held:
        numbers.append(f"{direction_sql('direction')} AS direction")
    replaced = f"REPLACE ({', '.join(numbers)})" if numbers else ""
    more = "".join(f", {sql}" for sql in missing)
    connection.execute(f"CREATE VIEW {SPELLED} AS SELECT * {replaced}, {_ID}{more} FROM ({inner})")


def _make_described(
    connection: duckdb.DuckDBPyConnection,
    held: Sequence[str],
    extras: Sequence[str],
    spellings: Mapping[str, str],
) -> None:
    inner = spelled_sql(ATTRIBUTES, held, spellings)
    wanted = [*ID_ROLES, *extras]
    missing = "".join(f", NULL::VARCHAR AS {identifier(c)}" for c in wanted if c not in held)
    connection.execute(f"CREATE TABLE {DESCRIBED} AS SELECT *, {_ID}{missing} FROM ({inner})")


def judged_sql(view: str) -> str:
    """A query of a view of entries that says of each what keeps it from being used."""
    return (
        "SELECT *, "
        f"CASE WHEN account_id IS NULL THEN {literal(CASE_MISSING)} "
        f"WHEN time_fault IS NOT NULL THEN time_fault "
        f"WHEN occurred_at IS NULL THEN {literal(TIME_MISSING)} "
        f"WHEN touchpoint IS NULL THEN {literal(TYPE_MISSING)} END AS fault, "
        f"fault IS NULL AS is_usable FROM {identifier(view)}"
    )


__all__ = ["ROW", "Cleaned", "clean_entries", "judged_sql"]
