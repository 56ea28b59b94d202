"""All entries spelled as meant, with numbers as numbers and an id of their own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, cast

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from journey.ingest.coding import Coded, counted_codes
from journey.ingest.columns.shapes import (
    ATTRIBUTES,
    ENTRIES,
    ROW,
    TEXTS,
)
from journey.ingest.identity import ID_ROLES, find_id_columns
from journey.ingest.rough_counts import rough_counts
from journey.ingest.sql import identifier, literal
from journey.ingest.texts.standardize import (
    Kind,
    are_as_meant,
    counted_sql,
    direction_sql,
    number_sql,
    plain_number_sql,
    spell_counted,
    spelled_sql,
)
from journey.ingest.times.timed_rows import TIME_MISSING
from journey.schema import COMMENT_ROLE, NUMBER_ROLES, TEXT_ROLES

SPELLED: Final = "spelled"
DESCRIBED: Final = "described"

CASE_MISSING, TYPE_MISSING = "no case", "no touchpoint type"

NOTHING_CODED: Final[Mapping[str, Coded]] = {}

_COUNTED: Final = "counted_texts"
_TEXTS: Final = (*TEXT_ROLES, "source_order")
# An entry's place in its files as one number: 2^14 files, 2^36 rows a file, 2^13 dates a row.
_ROW_BITS, _DATE_BITS = 36, 13
_ID: Final = (
    f"(file_index::BIGINT << {_ROW_BITS + _DATE_BITS}) + (source_row << {_DATE_BITS}) + date_index "
    "AS id"
)

_JUDGED_ROWS: Final = 20_480
"""Rows that are written, and looked at, as one."""

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
    coded
        Columns that are as they stand in files, coded; those that no file has too.
    """

    notes: tuple[str, ...]
    changed: frozenset[str]
    coded: Mapping[str, Coded] = field(default_factory=dict[str, Coded])


def clean_entries(
    connection: duckdb.DuckDBPyConnection,
    extras: Sequence[str],
    *,
    code: Callable[[Sequence[str]], Mapping[str, Coded]],
    tell: Callable[[int, int], None],
) -> Cleaned:
    """Make the view :data:`SPELLED` of entries and the table :data:`DESCRIBED` of attributes.

    Parameters
    ----------
    extras
        Columns without a role.
    code
        Gives columns of entries coded, as far as they can be without the database.
    tell
        Is told how many of how many columns are done.
    """
    wanted = columns_to_spell(connection, extras)
    alone = _left_alone(connection, wanted)
    looked_at = [one for one in wanted if one.column not in alone]
    coded = code([one.column for one in looked_at if ENTRIES in one.tables])
    spellings = find_spellings(connection, looked_at, tell=tell, coded=coded)
    cleaned = spell_entries(connection, extras, spellings)
    unchanged = {name: one for name, one in coded.items() if name not in cleaned.changed}
    return replace(cleaned, coded=unchanged)


@dataclass(frozen=True)
class SpelledColumn:
    """A column whose values have to be spelled as meant, and the tables that hold it.

    Ids are looked at one by one; of texts, values that differ only in case get one spelling.
    ``may_skip`` says that a column is left alone where nearly all its values differ.
    """

    column: str
    kind: Kind
    tables: tuple[str, ...]
    may_skip: bool

    @property
    def sources(self) -> list[tuple[str, str]]:
        """The column where it is looked at: without times, which may stand in other files."""
        return [(TEXTS if table == ENTRIES else table, self.column) for table in self.tables]


def columns_to_spell(
    connection: duckdb.DuckDBPyConnection, extras: Sequence[str]
) -> list[SpelledColumn]:
    """The columns of entries and attributes that hold texts or ids."""
    held = {table: _columns(connection, table) for table in (ENTRIES, ATTRIBUTES)}
    ids = (*ID_ROLES, "source_order", *find_id_columns({name: name for name in extras}).of_people)
    found: list[SpelledColumn] = []
    for column in [*_TEXTS, *extras]:
        tables = tuple(table for table, has in held.items() if column in has)
        kind: Kind = "id" if column in ids else "text"
        may_skip = column not in ids and column in extras and len(tables) == 1
        if tables:
            found.append(SpelledColumn(column, kind, tables, may_skip))
    return found


def find_spellings(
    connection: duckdb.DuckDBPyConnection,
    wanted: Sequence[SpelledColumn],
    *,
    tell: Callable[[int, int], None],
    coded: Mapping[str, Coded] = NOTHING_CODED,
) -> dict[str, str]:
    """Make a table of spellings for each column that needs one; gives its name by column.

    Parameters
    ----------
    tell
        Is told how many of how many columns are done.
    coded
        Columns of entries whose values need not be counted by the database.
    """
    spellings: dict[str, str] = {}
    for position, one in enumerate(wanted):
        tell(position, len(wanted))
        if _is_as_meant(one, coded):
            continue
        name, counted = f"spelling {position}", counted_sql(one.sources)
        if one.column in coded:
            counted = _counted_sql(connection, one, coded[one.column])
        if spell_counted(connection, name=name, counted=counted, kind=one.kind):
            spellings[one.column] = name
    return spellings


def _counted_sql(connection: duckdb.DuckDBPyConnection, one: SpelledColumn, coded: Coded) -> str:
    """A query like that of :func:`counted_sql`; what entries hold is counted by its codes."""
    counts = {"written": coded[1], "n": pa.array(counted_codes(coded))}
    connection.register(_COUNTED, pa.table(counts))
    others = [source for source in one.sources if source[0] != TEXTS]
    if not others:
        return f"FROM {_COUNTED}"
    union = f"FROM {_COUNTED} UNION ALL {counted_sql(others)}"
    return f"SELECT written, sum(n) AS n FROM ({union}) GROUP BY written"


def _is_as_meant(one: SpelledColumn, coded: Mapping[str, Coded]) -> bool:
    if one.column not in coded or one.tables != (ENTRIES,):
        return False
    return are_as_meant(coded[one.column][1], one.kind)


def _left_alone(connection: duckdb.DuckDBPyConnection, wanted: Sequence[SpelledColumn]) -> set[str]:
    """The columns that may be skipped, and nearly all of whose values differ."""
    asked: dict[str, list[str]] = {}
    for table, column in (one.sources[0] for one in wanted if one.may_skip):
        asked.setdefault(table, []).append(column)
    return {
        column
        for table, columns in asked.items()
        for column, counts in rough_counts(connection, table, columns).items()
        if _nearly_all_differ(*counts)
    }


def spell_entries(
    connection: duckdb.DuckDBPyConnection, extras: Sequence[str], spellings: Mapping[str, str]
) -> Cleaned:
    """Make the view and the table of :func:`clean_entries` with spellings that are known."""
    held = {table: _columns(connection, table) for table in (ENTRIES, ATTRIBUTES)}
    notes, odd = _number_notes(connection, held[ENTRIES])
    _make_spelled(connection, held[ENTRIES], extras, spellings, odd)
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


def is_unique(connection: duckdb.DuckDBPyConnection, values: str) -> bool:
    """Nearly all values differ: there is no common spelling to find, and much to look through.

    Parameters
    ----------
    values
        A query of values as ``written``, and ``n`` that are; the same may come several times.
    """
    row = connection.execute(
        f"SELECT COALESCE(sum(n) FILTER (written IS NOT NULL), 0)::BIGINT, "
        f"approx_count_distinct(written) FROM ({values})"
    ).fetchall()[0]
    return _nearly_all_differ(*cast("tuple[int, int]", row))


def _nearly_all_differ(n_values: int, n_distinct: int) -> bool:
    many, share = 10_000, 0.8
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
            f"WHERE {role} IS NOT NULL "
            f"AND NOT COALESCE(isfinite(TRY_CAST({role} AS DOUBLE)), false) "
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
    odd: Sequence[str],
) -> None:
    """Every role and extra has a column, empty where no file has it."""
    wanted = [*_TEXTS, *NUMBER_ROLES, COMMENT_ROLE, *extras]
    missing = [f"NULL::VARCHAR AS {identifier(column)}" for column in wanted if column not in held]
    inner = spelled_sql(ENTRIES, held, spellings)
    numbers = [
        f"{number_sql(role) if role in odd else plain_number_sql(role)} AS {role}"
        for role in NUMBER_ROLES
        if role in held
    ]
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


def make_judged(connection: duckdb.DuckDBPyConnection, view: str, target: str) -> None:
    """Make a view of :func:`judged_sql`, which looks at nothing where all entries can be used."""
    judged = judged_sql(view)
    if not connection.execute(f"SELECT 1 FROM ({judged}) WHERE NOT is_usable LIMIT 1").fetchall():
        judged = f"SELECT *, NULL::VARCHAR AS fault, true AS is_usable FROM {identifier(view)}"
    connection.execute(f"CREATE VIEW {identifier(target)} AS {judged}")


def keep_judged(connection: duckdb.DuckDBPyConnection, view: str, target: str, path: Path) -> None:
    """Make a view of :func:`judged_sql` that is worked out once, into a file.

    A table of the database would take all the memory it may use, and what it spills is not packed.
    """
    connection.execute(
        f"COPY ({judged_sql(view)}) TO {literal(str(path))} (FORMAT parquet, PARQUET_VERSION v2, "
        f"COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {_JUDGED_ROWS})"
    )
    connection.execute(
        f"CREATE VIEW {identifier(target)} AS FROM read_parquet({literal(str(path))})"
    )


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


__all__ = ["ROW", "Cleaned", "clean_entries", "judged_sql", "keep_judged", "make_judged"]
