"""Cells in which Python wrote a list or a dictionary, as ``{'plan': 'pro'}``, become JSON."""

import ast
import json
from dataclasses import replace
from typing import Final

import duckdb
import pyarrow as pa

from journey.ingest.columns.profiles import MOST
from journey.ingest.formats.held import make_changeable, sampled
from journey.ingest.formats.table import SOURCE_ROW, RawTable
from journey.ingest.presets.braces import has_braces
from journey.ingest.sql import identifier, literal

_WRITTEN: Final = r"^\s*\[?\s*\{\s*'"
_BATCH_ROWS: Final = 10_000
_MADE: Final = "written by Python"


def as_json(connection: duckdb.DuckDBPyConnection, table: RawTable) -> RawTable:
    """Rewrite the columns most of whose values are so; a value that can't be stays."""
    found = _found(connection, table) if has_braces(connection, table) else []
    for header in found:
        make_changeable(connection, table.table)
        _rewrite(connection, table.table, header)
    notes = [f"{header!r} is written as Python does, and read so" for header in found]
    return replace(table, notes=(*table.notes, *notes)) if found else table


def _found(connection: duckdb.DuckDBPyConnection, table: RawTable) -> list[str]:
    shares = ", ".join(
        f"coalesce(avg(regexp_matches({name}, {literal(_WRITTEN)})::INT) "
        f"FILTER ({name} NOT IN ('', '[]', '{{}}')), 0)"
        for name in map(identifier, table.columns)
    )
    source = sampled(connection, table.table, table.n_rows)
    row = connection.execute(f"SELECT {shares} FROM {source}").fetchall()[0]
    return [header for header, share in zip(table.columns, row, strict=True) if share >= MOST]


def _rewrite(connection: duckdb.DuckDBPyConnection, table: str, header: str) -> None:
    raw, cell, made = identifier(table), identifier(header), identifier(_MADE)
    connection.execute(f"CREATE TABLE {made} ({SOURCE_ROW} BIGINT, value VARCHAR)")
    # Another cursor reads, as one gives up what it has not read when it writes.
    with connection.cursor() as reading:
        written = reading.sql(
            f"SELECT {SOURCE_ROW}, {cell} AS value FROM {raw} WHERE {cell} <> ''"
        ).to_arrow_reader(_BATCH_ROWS)
        for batch in written:
            values = [_value(str(text)) for text in batch.column(1).to_pylist()]
            made_of = {"row": batch.column(0), "value": pa.array(values, pa.string())}
            connection.register("rewritten", pa.table(made_of))
            connection.execute(f"INSERT INTO {made} SELECT * FROM rewritten")
            connection.unregister("rewritten")
    connection.execute(
        f"UPDATE {raw} SET {cell} = m.value FROM {made} m WHERE {raw}.{SOURCE_ROW} = m.{SOURCE_ROW}"
    )
    connection.execute(f"DROP TABLE {made}")


def _value(text: str) -> str:
    try:
        return json.dumps(ast.literal_eval(text), ensure_ascii=False, default=str)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return text
