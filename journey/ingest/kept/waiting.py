"""Tables that other files may tell how to read, kept to be read anew beside later ones.

Lines of an order wait for the file that names its customer; dates of records are facts beside a
log and touchpoints without one. So the order in which files come changes nothing.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

import duckdb

from journey.ingest.columns.roles import Given, has_moments
from journey.ingest.formats.held import is_as_read, view_file
from journey.ingest.kept.sources import Batch, read_aside
from journey.ingest.presets.foreign_keys import is_mapped, names_owner, waits
from journey.ingest.raw import Known, RawTable, RejectedRow
from journey.ingest.sql import identifier, literal
from journey.ingest.staging import Pair
from journey.schema import LEFT_OUT

FILE: Final = "waiting.json"


@dataclass(frozen=True)
class Waiting:
    """A table as it was before other files told of it.

    Attributes
    ----------
    rows
        A file of its rows, moved to wherever it is written.
    told
        Headers by role, as the user said; none: nothing.
    """

    raw: RawTable
    rows: Path
    told: Given


def keep_waiting(
    connection: duckdb.DuckDBPyConnection,
    tables: Iterable[RawTable],
    folder: Path,
    told: Callable[[RawTable], Given],
) -> dict[str, Waiting]:
    """Keep the rows of tables that name nobody, by their name in the database.

    Parameters
    ----------
    told
        What the user says of a table.
    """
    return {
        table.table: _kept(connection, table, folder, told(table))
        for table in tables
        if not is_mapped(table.known) and waits(table.columns)
    }


def keep_undecided(
    connection: duckdb.DuckDBPyConnection,
    pairs: Iterable[Pair],
    folder: Path,
    told: Callable[[RawTable], Given],
) -> dict[str, Waiting]:
    """Keep the rows of tables whose dates are touchpoints only where no log stands beside them."""
    return {
        table.table: _kept(connection, table, folder, told(table))
        for table, read in pairs
        if not is_mapped(table.known) and read.shape == "wide" and not has_moments(read)
    }


def _kept(
    connection: duckdb.DuckDBPyConnection, table: RawTable, folder: Path, told: Given
) -> Waiting:
    rows = folder / f"waiting {table.table}.parquet"
    left_out = [header for header in told.get(LEFT_OUT, ()) if header in table.columns]
    if table.kept is not None and not left_out and is_as_read(connection, table.table):
        _link(table.kept, rows)
        return Waiting(table, rows, told)
    # What the user leaves out must not be kept.
    empty = ", ".join(f"NULL::VARCHAR AS {identifier(header)}" for header in left_out)
    cells = f"* REPLACE ({empty})" if empty else "*"
    connection.execute(
        f"COPY (SELECT {cells} FROM {identifier(table.table)}) TO {literal(str(rows))} "
        "(FORMAT parquet, COMPRESSION zstd)"
    )
    return Waiting(replace(table, kept=None), rows, told)


def awaiting(
    connection: duckdb.DuckDBPyConnection,
    new: Sequence[RawTable],
    before: Mapping[Path, Batch],
    scratch: Path,
) -> dict[Path, list[Waiting]]:
    """The tables of earlier batches of which new ones may tell, by the folder of their batch.

    They do where a table names an owner, or where one was read as if it were alone.
    """
    if all(is_mapped(table.known) for table in new):
        return {}
    held = {folder: read_waiting(connection, folder, scratch) for folder in before}
    earlier = [table for batch in before.values() for table in batch.tables]
    names = any(names_owner(t.columns) for t in new if not is_mapped(t.known)) or any(
        names_owner(t.headers) for t in earlier if not t.preset
    )
    is_undecided = any(not waits(one.raw.columns) for tables in held.values() for one in tables)
    return {f: tables for f, tables in held.items() if tables} if names or is_undecided else {}


def _link(path: Path, to: Path) -> None:
    try:
        os.link(path, to)
    except OSError:
        shutil.copyfile(path, to)


def write_waiting(folder: Path, waiting: Sequence[Waiting]) -> None:
    """Move the rows into the folder of their batch, beside what is to be known of them."""
    for index, one in enumerate(waiting):
        one.rows.rename(_rows(folder, index))
    entries = [
        {
            "raw": asdict(replace(one.raw, kept=None)),
            "is_as_read": one.raw.kept is not None,
            "told": {role: list(headers) for role, headers in one.told.items()},
        }
        for one in waiting
    ]
    text = json.dumps(entries, ensure_ascii=False, indent=1)
    (folder / FILE).write_text(text, encoding="utf-8")


def read_waiting(
    connection: duckdb.DuckDBPyConnection, folder: Path, scratch: Path
) -> list[Waiting]:
    """The tables of a batch that wait, as views of their rows; none where it holds no such."""
    if not (folder / FILE).is_file():
        return []
    found: list[Waiting] = []
    for index, entry in enumerate(json.loads((folder / FILE).read_text(encoding="utf-8"))):
        name, rows = f"again {folder.name} {index}", _rows(folder, index)
        # Staging takes the file of a table that is as it was read.
        own = scratch / f"{name}.parquet"
        _link(rows, own)
        view_file(connection, name, own)
        raw = _raw(entry["raw"], name, own if entry["is_as_read"] else None)
        found.append(Waiting(raw, rows, entry["told"]))
    return found


def _rows(folder: Path, index: int) -> Path:
    return folder / f"waiting-{index}.parquet"


def _raw(entry: Mapping[str, Any], table: str, kept: Path | None) -> RawTable:
    fields: dict[str, Any] = {**entry, "table": table, "kept": kept}
    fields["columns"], fields["notes"] = tuple(entry["columns"]), tuple(entry["notes"])
    fields["rejected"] = tuple(RejectedRow(**row) for row in entry["rejected"])
    fields["aside"] = tuple(read_aside(one) for one in entry["aside"])
    if entry["known"] is not None:
        fields["known"] = Known(**entry["known"])
    return RawTable(**fields)
