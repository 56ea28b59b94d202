"""Tables of files become a batch of a data set: rows with the roles of their columns and times."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

import duckdb

from journey.ingest.columns.path_tables import refuse_path_tables
from journey.ingest.columns.preset_choice import Presets
from journey.ingest.columns.roles import TableRoles
from journey.ingest.columns.shapes import stage_tables
from journey.ingest.formats.held import drop_raw, is_as_read
from journey.ingest.inventories import without_lists
from journey.ingest.kept.sources import Batch, SourceTable, source_table, write_batch
from journey.ingest.presets import prepare_tables
from journey.ingest.processes.limits import Limits
from journey.ingest.processes.progress import Progress
from journey.ingest.raw import RawTable, read_raw
from journey.ingest.sentiment.comments import languages_of, span_of_scores
from journey.ingest.texts.decimals import Marks, added_leads, leads_of, marks_of, settle_decimals
from journey.ingest.texts.missing_ids import blank_missing_ids
from journey.ingest.times.dates import DateOrder
from journey.ingest.times.row_times import span_note

Report = Callable[[Progress], None]
Pair = tuple[RawTable, TableRoles]
"""A table with all its columns, and as it is read."""


def read_files(
    connection: duckdb.DuckDBPyConnection,
    argument: Mapping[str, Any],
    tell: Report,
) -> list[RawTable]:
    """Read the files of an import; lists of content are kept beside the data set."""
    scratch, limits = Path(argument["scratch"]), Limits(**argument["limits"])
    tables: list[RawTable] = []
    pairs = zip(argument["paths"], argument["names"], strict=True)
    for index, (path, name) in enumerate(pairs):
        # Should a native reader break down, it is known on which file.
        tell(Progress("reading", name, 0, None))
        read = read_raw(
            connection,
            Path(path),
            name=name,
            index=index,
            scratch=scratch,
            limits=limits,
            progress=tell,
        )
        tables += without_lists(read, Path(path))
    refuse_path_tables(connection, tables)
    return tables


def prepared(
    connection: duckdb.DuckDBPyConnection,
    raw: Sequence[RawTable],
    argument: Mapping[str, Any],
    tell: Report,
) -> list[RawTable]:
    """The tables as presets make them ready; what the user names stays as it is."""
    tell(Progress("columns", "", 0, None))
    by_file, for_all = argument.get("columns_by_file") or {}, argument.get("columns") or {}
    presets = Presets(**argument.get("presets", {}))
    read = [
        replace(
            table,
            file_headers=table.columns,
            told=by_file.get(table.file, for_all),
            named_preset=presets.name_for(table.file),
        )
        for table in raw
    ]
    return prepare_tables(
        connection,
        read,
        presets,
        named={t.file: [h for named in t.told.values() for h in named] for t in read},
        keep_repeats=argument.get("dedupe") == "none",
    )


_OPTIONS: Final = ("dates", "zone", "epoch", "dedupe")


def options_of(argument: Mapping[str, Any], before: Sequence[Batch]) -> dict[str, str | None]:
    """What the user says of all files; where he says nothing, as with the first ones."""
    first = before[0].options if before else {}
    return {name: argument.get(name) or first.get(name) for name in _OPTIONS}


def stage(
    connection: duckdb.DuckDBPyConnection,
    pairs: Sequence[Pair],
    folder: Path,
    batch: Batch,
    *,
    marks: Sequence[Mapping[str, Marks]] | None = None,
    leads: Mapping[tuple[tuple[str, ...], str], int] | None = None,
) -> Batch:
    """Write tables as a batch into a folder that is not there yet, and drop them.

    Parameters
    ----------
    batch
        What is to be said of it, still without tables.
    marks
        How the decimals of the tables are marked, where that has been looked at.
    leads
        What all files of the data set tell of that; none: what these do.
    """
    raw, read = [raw for raw, _ in pairs], [read for _, read in pairs]
    nobody = blank_missing_ids(connection, read)
    marks = [marks_of(connection, table) for table in read] if marks is None else marks
    own = [leads_of(found) for found in marks]
    if leads is None:
        leads = added_leads(zip([t.columns for t in raw], own, strict=True))
    of_numbers, decimals = settle_decimals(connection, raw, marks, leads)
    names, notes, timed = stage_tables(
        connection,
        read,
        dates=cast("DateOrder | None", batch.options["dates"]),
        zone=batch.options["zone"],
        epoch=batch.options.get("epoch"),
    )
    tables = tuple(
        replace(_described(connection, r, t, names), decimals=told, leads=lead)
        for r, t, told, lead in zip(raw, read, decimals, own, strict=True)
    )
    said = (*_raw_notes(raw, read), *nobody, *of_numbers, *notes)
    batch = replace(batch, tables=tables, notes=said)
    write_batch(connection, folder, batch, _as_read(connection, raw, read), timed)
    for table in raw:
        drop_raw(connection, table.table)
    return batch


def _described(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, read: TableRoles, names: Mapping[str, str]
) -> SourceTable:
    """A table by its rows, the roles of its columns, and what its feelings are written in."""
    return replace(
        source_table(raw, read, names),
        scores=span_of_scores(connection, read),
        comments=languages_of(connection, read),
    )


def _as_read(
    connection: duckdb.DuckDBPyConnection, raw: Sequence[RawTable], read: Sequence[TableRoles]
) -> dict[int, Path]:
    """The files of tables of events whose rows nobody changed, and no column of which is left out.

    What the user leaves out must not be kept.
    """
    return {
        index: table.kept
        for index, (table, used) in enumerate(zip(raw, read, strict=True))
        if used.shape == "events"
        and table.kept is not None
        and table.columns == used.raw.columns
        and is_as_read(connection, table.table)
    }


def _raw_notes(raw: Sequence[RawTable], tables: Sequence[TableRoles]) -> list[str]:
    """How the files were read, and which columns the user had left out."""
    read = [f"{table.file}: {note}" for table in raw for note in table.notes]
    read += [note for used in tables for note in _guesses(used)]
    read += [f"{used.raw.file}: {note}" for used in tables if (note := span_note(used))]
    return read + [
        f"Column {header!r} of {table.file} is left out, as asked."
        for table, used in zip(raw, tables, strict=True)
        for header in table.columns
        if header not in used.raw.columns
    ]


_GUESSED: Final = {
    "account_id": (0.75, "says whose journey a row is of"),
    "touchpoint": (0.55, "is what happened"),
}
"""Roles with how sure at most a guess is, and what a column of the role says."""


def _guesses(table: TableRoles) -> list[str]:
    """What columns were taken for by their values, as their names do not say it."""
    return [
        f"{table.raw.file}: guessed that {headers[0]!r} {says}; name another column if not."
        for role, (most, says) in _GUESSED.items()
        if (headers := table.roles.get(role)) and table.confidence[headers[0]] <= most
    ]
