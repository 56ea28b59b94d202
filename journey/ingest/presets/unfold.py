"""One row that holds several touchpoints in numbered columns becomes one row for each."""

import re
from dataclasses import replace

import duckdb

from journey.ingest.formats.held import put_in_place
from journey.ingest.formats.table import SOURCE_PART, SOURCE_ROW, RawTable, unique_names
from journey.ingest.presets.headers import HeaderIndex
from journey.ingest.presets.model import Preset
from journey.ingest.presets.nested import unnest
from journey.ingest.sql import identifier, literal

PLACE = "{n}"


def a_row_each(connection: duckdb.DuckDBPyConnection, table: RawTable, preset: Preset) -> RawTable:
    """A table with a row for each of what a row holds in numbered columns or in a list."""
    if preset.unpivot:
        return unfold(connection, table, preset.unpivot)
    header = HeaderIndex(table.columns).find(preset.unnest) if preset.unnest else None
    return unnest(connection, table, header) if header else table


def unfold(connection: duckdb.DuckDBPyConnection, table: RawTable, ending: str) -> RawTable:
    """Make a row of each number that has a value; a row without any stays one row.

    Parameters
    ----------
    ending
        The end of the numbered headers, as in `` (actionDetails {n})``.

    Returns
    -------
    RawTable
        The columns without a number first, then one for each numbered header, its number left
        out. Where rows were added, the table has a column ``source_part``.
    """
    pattern = re.compile("(.+)" + re.escape(ending).replace(re.escape(PLACE), r"(\d+)"))
    numbered = {header: pattern.fullmatch(header) for header in table.columns}
    fields: dict[str, dict[int, str]] = {}
    for header, match in numbered.items():
        if match:
            fields.setdefault(match[1], {})[int(match[2])] = header
    if not fields:
        return table
    own = [header for header, match in numbered.items() if not match]
    shown = unique_names([_unnumbered(field, ending) for field in fields], taken=own)
    _write(connection, table, own, dict(zip(shown, fields.values(), strict=True)))
    ((n_rows,),) = connection.execute(f"SELECT count(*) FROM {identifier(table.table)}").fetchall()
    n_added = int(n_rows) - table.n_rows
    if not n_added:
        connection.execute(f"ALTER TABLE {identifier(table.table)} DROP COLUMN {SOURCE_PART}")
    return replace(table, columns=(*own, *shown), n_rows=int(n_rows), n_added=n_added)


def _unnumbered(field: str, ending: str) -> str:
    return field + re.sub(r"\s*" + re.escape(PLACE), "", ending)


def _write(
    connection: duckdb.DuckDBPyConnection,
    table: RawTable,
    own: list[str],
    fields: dict[str, dict[int, str]],
) -> None:
    numbers = sorted({number for headers in fields.values() for number in headers})
    parts = ", ".join(
        f"{{{literal(SOURCE_PART)}: {place}"
        + "".join(
            f", {literal(name)}: {identifier(held[number]) if number in held else 'NULL::VARCHAR'}"
            for name, held in fields.items()
        )
        + "}"
        for place, number in enumerate(numbers)
    )
    kept = ", ".join(identifier(name) for name in (SOURCE_ROW, *own))
    cells = ", ".join(f"part.{identifier(name)}" for name in (SOURCE_PART, *fields))
    filled = " OR ".join(
        f"nullif(trim(part.{identifier(name)}), '') IS NOT NULL" for name in fields
    )
    made = f"{table.table}_unfolded"
    connection.execute(
        f"CREATE TABLE {identifier(made)} AS WITH parts AS "
        f"(SELECT {kept}, unnest([{parts}]) AS part FROM {identifier(table.table)}), judged AS "
        f"(SELECT {kept}, {cells}, coalesce({filled}, false) AS is_filled FROM parts) "
        "SELECT * EXCLUDE (is_filled) FROM judged "
        f"WHERE is_filled OR ({SOURCE_PART} = 0 AND {SOURCE_ROW} NOT IN "
        f"(SELECT {SOURCE_ROW} FROM judged WHERE is_filled))"
    )
    put_in_place(connection, made, table.table)
