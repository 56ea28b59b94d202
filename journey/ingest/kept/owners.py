"""Tables of earlier imports, as far as they say whose an order or a ticket is."""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from journey.ingest.columns.shapes import ATTRIBUTES, ENTRIES
from journey.ingest.formats.table import RawTable
from journey.ingest.kept.rows import rows_file
from journey.ingest.kept.sources import DATED, SourceTable, read_batch
from journey.ingest.presets.foreign_keys import may_lead, names_owner
from journey.ingest.sql import identifier, literal


def kept_owners(connection: duckdb.DuckDBPyConnection, folders: Iterable[Path]) -> list[RawTable]:
    """The tables of batches that no preset knew and that name an owner, as views of their ids."""
    found: list[RawTable] = []
    for number, folder in enumerate(folders):
        for index, table in enumerate(read_batch(folder).tables):
            held = _held(table)
            if table.preset or not names_owner(held):
                continue
            name = f"kept {number} {index}"
            rows = rows_file(folder, index)
            source = f"read_parquet({literal(str(rows))})"
            if rows.exists():
                held = {header: identifier(header) for header in held}
            else:
                kind = ENTRIES if table.shape in DATED else ATTRIBUTES
                path = literal(str(folder / f"{kind}.parquet"))
                source = f"read_parquet({path}) WHERE file_index = {index}"
            # All headers, so that exports cut by month are known as one, whichever was added when.
            cells = ", ".join(
                f"{held.get(header, 'NULL::VARCHAR')} AS {identifier(header)}"
                for header in table.headers
            )
            connection.execute(f"CREATE VIEW {identifier(name)} AS SELECT {cells} FROM {source}")
            found.append(RawTable(table.file, name, table.headers, table.n_rows, (), 0, ()))
    return found


def _held(table: SourceTable) -> dict[str, str]:
    """The headers that may lead to an owner, and the columns of the batch that hold them."""
    if table.shape not in (*DATED, "attributes"):
        return {}
    cells = {header: identifier(name) for header, name in table.names.items()}
    for role, headers in table.roles.items():
        if len(headers) == 1:
            cells.setdefault(headers[0], identifier(role))
    return {h: cells[h] for h in table.headers if h in cells and may_lead(h)}
