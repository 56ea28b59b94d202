"""Whether a comma parts decimals or thousands, told by the other values of a column."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import duckdb

from journey.ingest.columns.roles import TableRoles
from journey.ingest.columns.synonyms import folded, same_columns
from journey.ingest.formats.held import make_changeable
from journey.ingest.raw import RawTable
from journey.ingest.sql import identifier, literal
from journey.schema import NUMBER_ROLES

_COMMAS = r".*(\d,\d{1,2}|\d,\d{4,}|\.\d{3},\d+|\d\.\d{3}\.\d{3})[^\d.,]*"
_POINTS = r".*(\d\.\d{1,2}|\d\.\d{4,}|,\d{3}\.\d+|\d,\d{3},\d{3})[^\d.,]*"
_DOTTED = r"[^\d.,]*[1-9]\d{0,2}\.\d{3}[^\d.,]*"
_EITHER = r"(^|[^\d.,])(\d{1,3})([.,])(\d{3})($|[^\d.,])"


Leads = Mapping[str, int]
"""By header, how many more values can only have a comma before their decimals than a point."""


class Marks(NamedTuple):
    """How many values can only have a comma, or a point, before their decimals.

    ``dotted`` is the first value like ``1.250``, which could be either; ``n_either`` counts values
    that could, with a comma too.
    """

    n_commas: int
    n_points: int
    dotted: str | None
    n_either: int = 0

    @property
    def lead(self) -> int:
        """How many more values tell a comma than a point."""
        return self.n_commas - self.n_points


def settle_decimals(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[RawTable],
    marks: Sequence[Mapping[str, Marks]],
    others: Mapping[tuple[tuple[str, ...], str], int],
) -> tuple[list[str], list[dict[str, str]]]:
    """Write ``1,250`` as ``1.250``, and ``1.250`` as ``1250``, where commas part decimals.

    They do in a column that has values like ``12,50`` or ``1.234,5``, and fewer like ``12.50``.
    Where no value tells, all files of the same columns do, whenever they came; else they stay as
    they are: ``1,250`` is then a thousand and more. Tables of costs are left to
    :func:`journey.ingest.costs.decimal_comma`, which asks all their columns.

    Parameters
    ----------
    tables
        With all their columns, also those that are left out: by these files are known as alike.
    marks
        Of each table, from :func:`marks_of`.
    others
        From :func:`added_leads`, of all files of the data set.

    Returns
    -------
    list of str
        What to tell about it.
    list of dict
        Of each table, ``comma`` or ``point`` by header, where that is known.
    """
    notes: list[str] = []
    known: list[dict[str, str]] = []
    for table, found in zip(tables, marks, strict=True):
        told = decided_marks(table.columns, leads_of(found), others)
        known.append(told)
        for header, mine in found.items():
            if told.get(header) == "comma":
                _write_plainly(connection, table.table, header)
                notes.append(f"{table.file}, column {header!r}: a comma parts the decimals.")
            if header not in told:
                notes += doubtful_points(mine, table, [header])
    return notes, known


def decided_marks(
    columns: Sequence[str], leads: Leads, others: Mapping[tuple[tuple[str, ...], str], int]
) -> dict[str, str]:
    """What parts the decimals of some columns, as their own values tell, or else those of others.

    Examples
    --------
    >>> others = added_leads([(["Sum", "fee"], {"Sum": 2, "fee": 0})])
    >>> decided_marks(["sum", "fee"], {"sum": 0, "fee": 0}, others)
    {'sum': 'comma'}
    """
    of = same_columns(columns)
    found = {header: lead or others.get((of, folded(header)), 0) for header, lead in leads.items()}
    return {header: "comma" if lead > 0 else "point" for header, lead in found.items() if lead}


def added_leads(
    tables: Iterable[tuple[Sequence[str], Leads]],
) -> dict[tuple[tuple[str, ...], str], int]:
    """What the values of all tables with the same columns tell of each, by columns and column."""
    added: dict[tuple[tuple[str, ...], str], int] = {}
    for columns, leads in tables:
        of = same_columns(columns)
        for header, lead in leads.items():
            key = of, folded(header)
            added[key] = added.get(key, 0) + lead
    return added


def marks_of(connection: duckdb.DuckDBPyConnection, table: TableRoles) -> dict[str, Marks]:
    """How the decimals of each column of numbers are marked."""
    if table.shape == "costs":
        return {}
    headers = [h for role in NUMBER_ROLES for h in table.roles.get(role, ())]
    return {header: count_marks(connection, table.raw, [header]) for header in headers}


def leads_of(marks: Mapping[str, Marks]) -> dict[str, int]:
    """What values tell, by header; 0 where some could be read in two ways and none tells."""
    return {h: one.lead for h, one in marks.items() if one.lead or one.n_either}


def count_marks(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, headers: Sequence[str]
) -> Marks:
    """Count over all values of some columns how their decimals are marked.

    All rows are looked at: the few values that tell may stand anywhere.
    """
    values = " UNION ALL ".join(
        f"SELECT source_row, {identifier(header)} AS x FROM {identifier(raw.table)}"
        for header in headers
    )
    ((n_commas, n_points, dotted, n_either),) = connection.execute(
        f"SELECT count(*) FILTER (regexp_full_match(x, {literal(_COMMAS)})), "
        f"count(*) FILTER (regexp_full_match(x, {literal(_POINTS)})), "
        f"arg_min(trim(x), source_row) FILTER (regexp_full_match(x, {literal(_DOTTED)})), "
        f"count(*) FILTER (regexp_matches(x, {literal(_EITHER)})) "
        f"FROM ({values})"
    ).fetchall()
    return Marks(int(n_commas), int(n_points), dotted, int(n_either))


def doubtful_points(marks: Marks, raw: RawTable, headers: Sequence[str]) -> list[str]:
    """What to tell of columns with values like ``1.250`` where no other value tells."""
    if marks.dotted is None or marks.n_commas != marks.n_points:
        return []
    columns = ", ".join(repr(header) for header in headers)
    note = (
        f"{raw.file}, column {columns}: no value tells whether a point parts decimals or "
        f"thousands; {marks.dotted} is read with decimals. If it means a thousand and more, "
        "export the numbers with two decimals or without points between thousands."
    )
    return [note]


def _write_plainly(connection: duckdb.DuckDBPyConnection, table: str, header: str) -> None:
    make_changeable(connection, table)
    x = identifier(header)
    point = f"regexp_replace({x}, {literal(_EITHER)}, '\\1\\2.\\4\\5')"
    whole = f"regexp_replace({x}, {literal(_EITHER)}, '\\1\\2\\4\\5')"
    connection.execute(
        f"UPDATE {identifier(table)} SET {x} = CASE WHEN contains({x}, ',') THEN {point} "
        f"ELSE {whole} END WHERE regexp_matches({x}, {literal(_EITHER)})"
    )
