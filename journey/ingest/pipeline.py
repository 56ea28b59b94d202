"""From files to a data set; runs in a process of its own.

Raw tables of text → one table of entries with times, kept as a batch of the data set → the
store, made of all its batches.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, cast

import duckdb

from journey.definitions import Definitions, load_definitions
from journey.ingest.columns import Given, TableRoles, assign_roles, check_complete, check_dated
from journey.ingest.dataset import make_dataset
from journey.ingest.dates import DateOrder
from journey.ingest.formats.held import drop_raw, is_as_read
from journey.ingest.inventories import without_lists
from journey.ingest.kept_owners import kept_owners
from journey.ingest.limits import Limits
from journey.ingest.missing_ids import blank_missing_ids
from journey.ingest.owners import check_owners
from journey.ingest.path_tables import refuse_path_tables
from journey.ingest.preset_choice import Presets
from journey.ingest.presets import prepare_tables
from journey.ingest.progress import Progress
from journey.ingest.raw import RawTable, read_raw
from journey.ingest.row_times import span_note
from journey.ingest.sentiment.comments import languages_of, span_of_scores
from journey.ingest.shapes import stage_tables
from journey.ingest.sources import (
    SOURCES,
    Batch,
    SourceTable,
    batch_folders,
    link_batches,
    next_folder,
    read_batch,
    source_table,
    unique_files,
    write_batch,
)
from journey.ingest.sql import connect
from journey.ingest.warehouses.origin import read_origin
from journey.schema import LEFT_OUT, ROLES

Report = Callable[[Progress], None]


def import_files(argument: Mapping[str, Any], tell: Report) -> dict[str, Any]:
    """Make a data set of files, and of what was imported before.

    Parameters
    ----------
    argument
        ``paths``, ``names``, ``columns``, ``columns_by_file``, ``dates``, ``zone``, ``dedupe``,
        ``definitions``, ``scratch`` (an empty folder), ``target`` (the folder to make), ``limits``,
        ``earlier`` (the ``sources`` of a data set; none: a new one).
    tell
        Is told how far the import has come.

    Returns
    -------
    dict
        ``n_touchpoints``.
    """
    scratch, limits = Path(argument["scratch"]), Limits(**argument["limits"])
    sources = _linked(argument, scratch)
    with connect(scratch, memory_bytes=limits.memory_bytes) as connection:
        before = [read_batch(folder) for folder in batch_folders(sources)]
        stage_files(connection, argument, next_folder(sources), before=before, tell=tell)
        return _made(connection, argument, sources, tell)


_FEW_ROWS: Final = "account,time,event\nA,2024-01-01 10:00:00,Ad\nA,2024-01-02 10:00:00,Demo\n"


def prepare() -> None:
    """Load all that is loaded when first needed, by an import of a few rows."""
    with TemporaryDirectory(prefix="portolan-") as name:
        folder = Path(name)
        file, scratch = folder / "rows.csv", folder / "scratch"
        file.write_text(_FEW_ROWS, encoding="ascii")
        scratch.mkdir()
        argument: dict[str, Any] = {
            "paths": [str(file)],
            "names": [file.name],
            "columns": {},
            "dedupe": "cross-source",
            "definitions": None,
            "scratch": str(scratch),
            "target": str(folder / "data"),
            "limits": asdict(Limits()),
        }
        import_files(argument, lambda _: None)


def remake(argument: Mapping[str, Any], tell: Report) -> dict[str, Any]:
    """Make a data set again of what it keeps of its files.

    Parameters
    ----------
    argument
        ``definitions``, ``scratch``, ``target``, ``limits``, ``earlier``.
    tell
        Is told how far it has come.

    Returns
    -------
    dict
        ``n_touchpoints``.
    """
    scratch, limits = Path(argument["scratch"]), Limits(**argument["limits"])
    sources = _linked(argument, scratch)
    with connect(scratch, memory_bytes=limits.memory_bytes) as connection:
        return _made(connection, argument, sources, tell)


def _linked(argument: Mapping[str, Any], scratch: Path) -> Path:
    """A folder for the batches, where the database may read; those of before are in it."""
    sources = scratch / SOURCES
    sources.mkdir()
    if argument.get("earlier"):
        link_batches(Path(argument["earlier"]), sources)
    return sources


def stage_files(
    connection: duckdb.DuckDBPyConnection,
    argument: Mapping[str, Any],
    folder: Path,
    *,
    before: Sequence[Batch],
    tell: Report,
) -> Batch:
    """Read files into a batch, in a folder that is not there yet, after those that are before.

    With ``is_part`` in the argument other files of the import are read elsewhere: then columns may
    be named that these files have not, ``as_first`` says by file how others like it are read, and
    ``beside`` names the batches that may say whose rows are; else those before.
    """
    known = [table for batch in before for table in batch.tables]
    options = _options(argument, before)
    beside = argument.get("beside") or [str(one) for one in batch_folders(folder.parent)]
    kept = partial(kept_owners, connection, map(Path, beside))
    raw = _prepared(connection, _read_all(connection, argument, tell), argument, tell, kept)
    argument = _of_part(argument, raw) if argument.get("is_part") else argument
    told = _as_before(raw, known, argument) | argument.get("as_first", {})
    read = assign_roles(connection, raw, argument["columns"], told)
    check_complete(read)
    if not argument.get("is_part"):
        check_owners(connection, read)
        if not before:
            check_dated(read)
    nobody = blank_missing_ids(connection, read)
    dates = cast("DateOrder | None", options["dates"])
    decimals = {table.headers: table.decimals for table in known}
    names, notes, marks, timed = stage_tables(
        connection, read, dates=dates, zone=options["zone"], decimals=decimals
    )
    shown = unique_files((t.file for t in raw), taken=[table.file for table in known])
    tables = tuple(
        replace(_described(connection, r, t, names), file=file, decimals=told)
        for r, t, file, told in zip(raw, read, shown, marks, strict=True)
    )
    origin = read_origin(argument["paths"])
    notes = (*_raw_notes(raw, read), *nobody, *notes)
    batch = Batch(tables, options, notes, origin, argument.get("is_continued", False))
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


def _of_part(argument: Mapping[str, Any], raw: Sequence[RawTable]) -> dict[str, Any]:
    """What is said of all files, as far as these few have such columns."""
    told = argument.get("columns_by_file") or {}
    mine: dict[str, Given] = {
        table.file: told.get(table.file)
        or {
            role: [header for header in headers if header in table.columns]
            for role, headers in argument["columns"].items()
        }
        for table in raw
    }
    return {**argument, "columns": {}, "columns_by_file": mine}


_OPTIONS: Final = ("dates", "zone", "dedupe")


def _options(argument: Mapping[str, Any], before: Sequence[Batch]) -> dict[str, str | None]:
    """What the user says of all files; where he says nothing, as with the first ones."""
    first = before[0].options if before else {}
    return {name: argument.get(name) or first.get(name) for name in _OPTIONS}


def _as_before(
    raw: Sequence[RawTable], known: Sequence[SourceTable], argument: Mapping[str, Any]
) -> dict[str, Given]:
    """Columns told by file; for a file with the headers of an earlier one, as they were there."""
    by_file: dict[str, Given] = dict(argument.get("columns_by_file") or {})
    if argument["columns"]:
        return by_file
    by_headers = {table.headers: table for table in known}
    for table in raw:
        if table.file not in by_file and table.columns in by_headers:
            earlier = by_headers[table.columns]
            # A role with no headers is switched off.
            by_file[table.file] = {
                **dict.fromkeys(ROLES, ()),
                **earlier.roles,
                LEFT_OUT: earlier.left_out,
            }
    return by_file


def _made(
    connection: duckdb.DuckDBPyConnection,
    argument: Mapping[str, Any],
    sources: Path,
    tell: Report,
) -> dict[str, Any]:
    given: str | None = argument["definitions"]
    definitions: Definitions | None = load_definitions(Path(given)) if given else None
    n_touchpoints = make_dataset(
        connection, sources, Path(argument["target"]), definitions=definitions, tell=tell
    )
    return {"n_touchpoints": n_touchpoints}


def suggest_roles(argument: Mapping[str, Any], tell: Report) -> dict[str, Any]:
    """Find the roles of columns: ``rows``, one per column of every file."""
    scratch, limits = Path(argument["scratch"]), Limits(**argument["limits"])
    rows: list[dict[str, Any]] = []
    presets: dict[str, str] = {}
    answers: dict[str, dict[str, str]] = {}
    with connect(scratch, memory_bytes=limits.memory_bytes) as connection:
        read = _read_all(connection, argument, tell)
        headers = {table.file: table.columns for table in read}
        raw = _prepared(connection, read, argument, tell, list)
        for table in assign_roles(connection, raw, {}):
            known = table.raw.known
            presets |= {table.raw.file: known.preset} if known and known.preset else {}
            answers[table.raw.file] = table.answers
            role_of = {h: role for role, headers in table.roles.items() for h in headers}
            for header in table.raw.columns:
                role = role_of.get(header)
                rows.append(
                    {
                        "file": table.raw.file,
                        "column": header,
                        "role": role,
                        "confidence": table.confidence[header] if role else 0.0,
                        "samples": _samples(table, header, role),
                        "question": table.question(header, role),
                        "shape": table.shape,
                        "preset": known.title if known and known.shape else None,
                    }
                )
    return {"rows": rows, "headers": headers, "presets": presets, "answers": answers}


def _samples(table: TableRoles, header: str, role: str | None) -> list[str]:
    """Values that show what a column holds; first the one that a question is about."""
    profile, most = table.profiles[header], 3
    asked = profile.dates.sample if table.question(header, role) and profile.dates else None
    shown: list[str] = [asked] if asked else []
    return list(dict.fromkeys([*shown, *profile.samples]))[:most]


def _read_all(
    connection: duckdb.DuckDBPyConnection,
    argument: Mapping[str, Any],
    tell: Report,
) -> list[RawTable]:
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


def _prepared(
    connection: duckdb.DuckDBPyConnection,
    raw: Sequence[RawTable],
    argument: Mapping[str, Any],
    tell: Report,
    kept: Callable[[], Sequence[RawTable]],
) -> list[RawTable]:
    """The tables as presets make them ready; what the user names stays as it is."""
    tell(Progress("columns", "", 0, None))
    by_file, for_all = argument.get("columns_by_file") or {}, argument.get("columns") or {}
    told = {table.file: by_file.get(table.file, for_all) for table in raw}
    return prepare_tables(
        connection,
        raw,
        Presets(**argument.get("presets", {})),
        named={file: [h for named in said.values() for h in named] for file, said in told.items()},
        keep_repeats=argument.get("dedupe") == "none",
        kept=kept,
    )


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
