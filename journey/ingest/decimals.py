"""Whether a comma parts decimals or thousands, told by the other values of a column."""

from collections.abc import Sequence

import duckdb

from journey.ingest.columns import TableRoles
from journey.ingest.dates import sampled
from journey.ingest.sql import identifier, literal
from journey.schema import NUMBER_ROLES

_COMMAS = r".*(\d,\d{1,2}|\d,\d{4,}|\.\d{3},\d+)[^\d.,]*"
_POINTS = r".*(\d\.\d{1,2}|\d\.\d{4,}|,\d{3}\.\d+)[^\d.,]*"
_EITHER = r"(^|[^\d.,])(\d{1,3})([.,])(\d{3})($|[^\d.,])"


def settle_decimals(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[TableRoles]
) -> list[str]:
    """Write ``1,250`` as ``1.250``, and ``1.250`` as ``1250``, where commas part decimals.

    They do in a column that has values like ``12,50`` or ``1.234,5``, and fewer like ``12.50``.
    Where no value tells, they stay as they are: ``1,250`` is then a thousand and more.

    Returns
    -------
    list of str
        What to tell about it.
    """
    notes: list[str] = []
    for table in tables:
        headers = [h for role in NUMBER_ROLES for h in table.roles.get(role, ())]
        for header in headers:
            if _parts_with_commas(connection, table, header):
                _write_plainly(connection, table.raw.table, header)
                notes.append(f"{table.raw.file}, column {header!r}: a comma parts the decimals.")
    return notes


def _parts_with_commas(
    connection: duckdb.DuckDBPyConnection, table: TableRoles, header: str
) -> bool:
    """Most of the values that can only be meant in one way are meant so."""
    x = identifier(header)
    row = connection.execute(
        f"SELECT count(*) FILTER (regexp_full_match({x}, {literal(_COMMAS)})), "
        f"count(*) FILTER (regexp_full_match({x}, {literal(_POINTS)})) "
        f"FROM {sampled(table.raw.table, table.raw.n_rows)}"
    ).fetchall()[0]
    n_commas, n_points = (int(count) for count in row)
    return n_commas > n_points


def _write_plainly(connection: duckdb.DuckDBPyConnection, table: str, header: str) -> None:
    x = identifier(header)
    point = f"regexp_replace({x}, {literal(_EITHER)}, '\\1\\2.\\4\\5')"
    whole = f"regexp_replace({x}, {literal(_EITHER)}, '\\1\\2\\4\\5')"
    connection.execute(
        f"UPDATE {identifier(table)} SET {x} = CASE WHEN contains({x}, ',') THEN {point} "
        f"ELSE {whole} END WHERE regexp_matches({x}, {literal(_EITHER)})"
    )
