"""Tables that other files may tell how to read, kept to be read anew beside later ones.

Lines of an order wait for the file that names its customer; dates of records are facts beside a
log and touchpoints without one. So neither depends on the order in which files come.
"""

import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, cast

import duckdb

from journey.ingest.columns.roles import Given, TableRoles, has_moments, left_out_of
from journey.ingest.columns.synonyms import folded, same_columns
from journey.ingest.formats.held import is_as_read, view_file
from journey.ingest.formats.table import SOURCE_PART, SOURCE_ROW
from journey.ingest.kept.sources import DATED, Batch, SourceTable, read_aside, rejected_of
from journey.ingest.presets.foreign_keys import (
    is_mapped,
    may_lead,
    names_owner,
    share_key,
    waits,
)
from journey.ingest.raw import Known, RawTable, RejectedRow
from journey.ingest.sql import identifier, literal
from journey.ingest.staging import Pair
from journey.ingest.texts.decimals import (
    Marks,
    added_leads,
    count_marks,
    decided_marks,
    leads_of,
)
from journey.ingest.times.row_times import is_technical
from journey.schema import LEFT_OUT

FILE: Final = "waiting.json"
VERSION: Final = 1
FEW_ROWS: Final = 200
"""A table of fewer rows may be read otherwise once there is a larger one with its columns."""


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
    connection: duckdb.DuckDBPyConnection, tables: Iterable[RawTable], folder: Path
) -> dict[str, Waiting]:
    """Keep the rows of tables that name nobody, by their name in the database."""
    return {
        table.table: keep_rows(connection, table, folder)
        for table in tables
        if not is_mapped(table.known) and waits(table.columns)
    }


def keep_undecided(
    connection: duckdb.DuckDBPyConnection,
    pairs: Iterable[Pair],
    marks: Mapping[str, Mapping[str, Marks]],
    folder: Path,
) -> dict[str, Waiting]:
    """Keep the rows of tables that are read in one of two ways, as long as no other file tells.

    They are those whose dates are touchpoints only where no log stands beside them, those with
    numbers of which no value tells what parts the decimals, and those of so few rows that a larger
    one tells better what their columns mean.
    """
    return {
        table.table: keep_rows(connection, table, folder)
        for table, read in pairs
        if 0 in leads_of(marks[table.table]).values()
        or _may_be_facts(table, read)
        or (table.n_rows < FEW_ROWS and not is_mapped(table.known) and is_guessed(table.told))
    }


def _may_be_facts(table: RawTable, read: TableRoles) -> bool:
    is_open = table.known is None and "occurred_at" not in table.told
    return is_open and read.shape == "wide" and not has_moments(read)


def keep_rows(connection: duckdb.DuckDBPyConnection, table: RawTable, folder: Path) -> Waiting:
    """Keep the columns of a table as they are, those that the user leaves out without values.

    The database may hold more of its rows, such as columns that a preset leaves out.
    """
    rows = folder / f"waiting {table.table}.parquet"
    left_out = left_out_of(table)
    held = [SOURCE_ROW, *([SOURCE_PART] if table.n_added else []), *table.columns]
    if table.kept is not None and not left_out and _is_file_of(connection, table, held):
        _link(table.kept, rows)
        return Waiting(table, rows, table.told)
    cells = ", ".join(
        f"{'NULL::VARCHAR AS ' if name in left_out else ''}{identifier(name)}" for name in held
    )
    connection.execute(
        f"COPY (SELECT {cells} FROM {identifier(table.table)}) TO {literal(str(rows))} "
        "(FORMAT parquet, COMPRESSION zstd)"
    )
    return Waiting(replace(table, kept=None, rejected=rejected_of(table)), rows, table.told)


def _is_file_of(
    connection: duckdb.DuckDBPyConnection, table: RawTable, columns: Sequence[str]
) -> bool:
    """Whether a table still is the file that its rows were read into, with just some columns."""
    if not is_as_read(connection, table.table):
        return False
    shown = connection.execute(f"SELECT * FROM {identifier(table.table)} LIMIT 0").description
    return {name for name, *_ in shown or ()} == {*columns}


def awaiting(
    connection: duckdb.DuckDBPyConnection,
    new: Sequence[RawTable],
    before: Mapping[Path, Batch],
    scratch: Path,
) -> dict[Path, list[Waiting]]:
    """The tables of earlier batches of which new ones may tell, by the folder of their batch.

    They do where a table names nobody and shares an id with a new one that names an owner or may
    be led to one; where one was read as if it were alone and a new one may be a log; where new ones
    with its columns tell otherwise than it was read what parts decimals; and where one of few rows
    may be told by a larger one, or by an id that it shares with one for the first time.
    """
    held = {folder: columns for folder in before if (columns := _columns_waiting(folder))}
    logs = [frozenset(table.columns) for table in new if _may_be_log(table)]
    found = _led(new, held, before) | _guessed_alone(new, held, before)
    found |= _told_decimals(connection, new, held, before)
    found |= {
        folder
        for folder, waiting in held.items()
        for columns, table in zip(waiting, before[folder].tables, strict=True)
        if table.shape == "wide" and not is_log(table) and {*logs} - {frozenset(columns)}
    }
    return {folder: read_waiting(connection, folder, scratch) for folder in sorted(found)}


def _led(
    new: Sequence[RawTable],
    held: Mapping[Path, Sequence[tuple[str, ...]]],
    before: Mapping[Path, Batch],
) -> set[Path]:
    """The batches with tables that new ones may lead to an owner, some by way of others."""
    owners = [
        table.headers
        for batch in before.values()
        for table in batch.tables
        if not table.preset and names_owner(table.headers)
    ]
    mine = [table.columns for table in new if not is_mapped(table.known)]
    leading = [t for t in mine if names_owner(t) or any(share_key(t, other) for other in owners)]
    found: set[Path] = set()
    while more := {
        folder
        for folder, waiting in held.items()
        if folder not in found
        and any(waits(t) and any(_may_tell(other, t) for other in leading) for t in waiting)
    }:
        found |= more
        leading += [columns for folder in more for columns in held[folder]]
        leading += [t for t in mine if any(_may_tell(other, t) for other in leading)]
    return found


def _told_decimals(
    connection: duckdb.DuckDBPyConnection,
    new: Sequence[RawTable],
    held: Iterable[Path],
    before: Mapping[Path, Batch],
) -> set[Path]:
    """The batches with tables whose numbers are to be read otherwise, now that more are there."""
    kept = [table for batch in before.values() for table in batch.tables]
    doubtful = [(f, t) for f in held for t in before[f].tables if 0 in t.leads.values()]
    asked: dict[tuple[str, ...], set[str]] = {}
    for _, table in doubtful:
        asked.setdefault(same_columns(table.headers), set()).update(map(folded, table.leads))
    told = [(table.headers, table.leads) for table in kept]
    for table in new:
        wanted = asked.get(same_columns(table.columns), set())
        headers = [header for header in table.columns if folded(header) in wanted]
        marks = {header: count_marks(connection, table, [header]) for header in headers}
        told.append((table.columns, leads_of(marks)))
    every = added_leads(told)
    return {
        folder
        for folder, table in doubtful
        if decided_marks(table.headers, table.leads, every) != table.decimals
    }


def _guessed_alone(
    new: Sequence[RawTable], held: Iterable[Path], before: Mapping[Path, Batch]
) -> set[Path]:
    """The batches with tables of few rows, of whose columns new ones may tell more."""
    kept = [table for batch in before.values() for table in batch.tables]
    n_rows: dict[tuple[str, ...], int] = {}
    for table in kept:
        columns = same_columns(table.headers)
        n_rows[columns] = max(table.n_rows, n_rows.get(columns, 0))
    mine = [table for table in new if not is_mapped(table.known)]
    larger = {same_columns(t.columns): t.n_rows for t in mine if is_guessed(t.told)}
    of_new = {header for table in mine for header in table.columns if may_lead(header)}
    return {
        folder
        for folder in held
        for table in before[folder].tables
        if (columns := same_columns(table.headers))
        and is_few(table)
        and (
            n_rows[columns] < min(FEW_ROWS, larger.get(columns, 0))
            or (columns not in larger and _shared_now(table, kept) & of_new)
        )
    }


def _shared_now(table: SourceTable, kept: Iterable[SourceTable]) -> set[str]:
    """The columns of a table that no other kept one has, but for those it was cut from."""
    own = same_columns(table.headers)
    others = {h for other in kept if same_columns(other.headers) != own for h in other.headers}
    return {*table.headers} - others


def is_few(table: SourceTable) -> bool:
    """Whether the columns of a table were guessed from few rows."""
    return table.n_rows < FEW_ROWS and not table.preset and is_guessed(table.told)


def is_guessed(told: Given) -> bool:
    """Whether nobody says what a column is."""
    return not {*told} - {LEFT_OUT}


def _may_tell(other: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether one table may say whose rows of another are; exports cut by month tell nothing."""
    return {*other} != {*columns} and share_key(other, columns)


def _may_be_log(table: RawTable) -> bool:
    shape = table.known.shape if table.known else None
    return shape in (None, *DATED)


def is_log(table: SourceTable) -> bool:
    """Whether a table has touchpoints that nothing beside it makes facts."""
    dates = table.roles.get("occurred_at", ())
    return table.shape == "events" or (table.shape == "wide" and not all(map(is_technical, dates)))


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
    text = json.dumps({"version": VERSION, "tables": entries}, ensure_ascii=False, indent=1)
    (folder / FILE).write_text(text, encoding="utf-8")


def read_waiting(
    connection: duckdb.DuckDBPyConnection, folder: Path, scratch: Path
) -> list[Waiting]:
    """The tables of a batch that wait, as views of their rows; none where it holds no such."""
    found: list[Waiting] = []
    for index, entry in enumerate(_entries(folder)):
        name, rows = f"again {folder.name} {index}", _rows(folder, index)
        # Staging takes the file of a table that is as it was read.
        own = scratch / f"{name}.parquet"
        _link(rows, own)
        view_file(connection, name, own)
        raw = _raw(entry["raw"], name, own if entry["is_as_read"] else None)
        found.append(Waiting(raw, rows, entry["told"]))
    return found


def _columns_waiting(folder: Path) -> list[tuple[str, ...]]:
    return [tuple(entry["raw"]["columns"]) for entry in _entries(folder)]


def _entries(folder: Path) -> list[dict[str, Any]]:
    """What is known of the tables of a batch that wait.

    What another version kept stays as it was read: its rows are in the batch all the same.
    """
    if not (folder / FILE).is_file():
        return []
    try:
        kept = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except ValueError:
        return []
    is_ours = isinstance(kept, dict) and cast("dict[str, Any]", kept).get("version") == VERSION
    return kept["tables"] if is_ours else []


def _rows(folder: Path, index: int) -> Path:
    return folder / f"waiting-{index}.parquet"


def _raw(entry: Mapping[str, Any], table: str, kept: Path | None) -> RawTable:
    return RawTable(
        file=entry["file"],
        table=table,
        columns=tuple(entry["columns"]),
        n_rows=entry["n_rows"],
        rejected=tuple(
            RejectedRow(one["file"], one["line"], one["reason"], one["text"])
            for one in entry["rejected"]
        ),
        n_rejected=entry["n_rejected"],
        notes=tuple(entry["notes"]),
        known=None if entry["known"] is None else _answers(entry["known"]),
        aside=tuple(read_aside(one) for one in entry["aside"]),
        n_added=entry["n_added"],
        kept=kept,
    )


def _answers(entry: Mapping[str, Any]) -> Known:
    """What is known of a table by its preset."""
    fields = dict(entry)
    fields["roles"] = {role: tuple(headers) for role, headers in entry["roles"].items()}
    return Known(**fields)
