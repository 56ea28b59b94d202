"""Files become batches beside those a data set has; tables that waited for them are read anew.

What other files may tell of goes into a batch of its own, so that it can be made again.
"""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import duckdb

from journey.ingest.columns.checks import check_complete, check_dated
from journey.ingest.columns.owners import check_owners, check_paid_clicks, missing_owner
from journey.ingest.columns.roles import (
    Beside,
    Given,
    as_here,
    as_the_largest,
    assign_roles,
    check_told,
)
from journey.ingest.columns.synonyms import same_columns
from journey.ingest.kept.inherited import (
    Inherited,
    inherited,
    left_out_elsewhere,
    with_inherited,
)
from journey.ingest.kept.owners import kept_owners
from journey.ingest.kept.sources import (
    Batch,
    SourceTable,
    batch_folders,
    next_folder,
    read_batch,
    unique_files,
)
from journey.ingest.kept.waiting import (
    Waiting,
    awaiting,
    is_guessed,
    is_log,
    keep_undecided,
    keep_waiting,
    write_waiting,
)
from journey.ingest.presets.files import built_in, own_presets
from journey.ingest.presets.foreign_keys import follow_keys
from journey.ingest.presets.model import Preset
from journey.ingest.processes.progress import Progress
from journey.ingest.raw import RawTable
from journey.ingest.staging import Pair, options_of, prepared, read_files, stage
from journey.ingest.texts.decimals import Marks, added_leads, leads_of, marks_of
from journey.ingest.warehouses.origin import read_origin
from journey.schema import LEFT_OUT, ROLES

Report = Callable[[Progress], None]


@dataclass(frozen=True)
class _Import:
    """What one import reads: new tables, and those of earlier batches that waited for such.

    Attributes
    ----------
    before
        All earlier batches by their folder.
    names
        What new files are called beside the earlier ones, by what the user calls them.
    by_file
        What the user says of single files.
    inherited
        What holds of new ones since it was said of earlier ones.
    again
        The tables to be read anew, by the folder of their batch.
    waiting
        The new tables that wait, by their name in the database.
    """

    argument: Mapping[str, Any]
    before: Mapping[Path, Batch]
    new: Sequence[RawTable]
    names: Mapping[str, str]
    by_file: Mapping[str, Given]
    inherited: Mapping[str, Inherited]
    again: Mapping[Path, Sequence[Waiting]]
    waiting: dict[str, Waiting] = field(default_factory=dict[str, Waiting])

    @property
    def old(self) -> list[Waiting]:
        """The tables read anew."""
        return [one for held in self.again.values() for one in held]

    @property
    def others(self) -> dict[Path, Batch]:
        """The earlier batches that stay as they are."""
        return {folder: one for folder, one in self.before.items() if folder not in self.again}

    @property
    def known(self) -> list[SourceTable]:
        """Their tables."""
        return [table for batch in self.others.values() for table in batch.tables]


@dataclass(frozen=True)
class _Group:
    """What becomes one batch: its tables, and what is to be said of them."""

    folder: Path
    batch: Batch
    pairs: Sequence[Pair]
    waiting: Sequence[Waiting] = ()


def stage_files(
    connection: duckdb.DuckDBPyConnection,
    argument: Mapping[str, Any],
    sources: Path,
    *,
    tell: Report,
) -> None:
    """Read files into batches after those in a folder, and anew those that waited for such files.

    Parameters
    ----------
    argument
        As for :func:`journey.ingest.pipeline.import_files`.
    """
    brought = _brought(connection, argument, sources, tell)
    earlier = [table for batch in brought.before.values() for table in batch.tables]
    check_paid_clicks([table for table in brought.new if not _is_told(table, earlier)])
    scratch = Path(argument["scratch"])
    brought.waiting.update(keep_waiting(connection, brought.new, scratch))
    pairs = _read(connection, brought)
    n_new = len(brought.new)
    read = [used for _, used in pairs]
    check_complete(read)
    check_owners([(raw.columns, missing_owner(connection, used)) for raw, used in pairs[:n_new]])
    if not brought.before:
        check_dated(read)
    marks = {raw.table: marks_of(connection, used) for raw, used in pairs}
    groups = [*_new_groups(connection, brought, pairs[:n_new], marks, next_folder(sources))]
    again = iter(pairs[n_new:])
    for folder, held in brought.again.items():
        batch, mine = brought.before[folder], list(islice(again, len(held)))
        groups.append(_Group(folder, batch, mine, held))
    own = [(raw.columns, leads_of(marks[raw.table])) for raw, _ in pairs]
    leads = added_leads([*((t.headers, t.leads) for t in brought.known), *own])
    for group in groups:
        _write(connection, group, marks, leads)


def propose(
    connection: duckdb.DuckDBPyConnection,
    argument: Mapping[str, Any],
    sources: Path,
    *,
    tell: Report,
) -> tuple[list[Pair], dict[str, Inherited]]:
    """How files would be read beside the batches in a folder, and what holds of them from these.

    Files go by the names that the user gives them.
    """
    brought = _brought(connection, argument, sources, tell)
    names = {shown: file for file, shown in brought.names.items()}
    return [
        (
            replace(raw, file=names[raw.file]),
            replace(used, raw=replace(used.raw, file=names[raw.file])),
        )
        for raw, used in _read(connection, brought)[: len(brought.new)]
    ], dict(brought.inherited)


def _brought(
    connection: duckdb.DuckDBPyConnection,
    argument: Mapping[str, Any],
    sources: Path,
    tell: Report,
) -> _Import:
    before = {folder: read_batch(folder) for folder in batch_folders(sources)}
    read = read_files(connection, argument, tell)
    earlier = [table for batch in before.values() for table in _as_asked(batch)]
    from_before = inherited(read, earlier, _presets(argument) if earlier else {})
    options = options_of(argument, [*before.values()])
    said = with_inherited({**argument, **options}, from_before)
    ready = prepared(connection, read, said, tell)
    shown = unique_files((t.file for t in ready), taken=[table.file for table in earlier])
    names = {table.file: name for table, name in zip(ready, shown, strict=True)}
    told: Mapping[str, Given] = argument.get("columns_by_file") or {}
    by_file = {names.get(f, f): one for f, one in told.items()}
    new = [
        replace(table, file=name, notes=(*table.notes, *_on_before(table, from_before, earlier)))
        for table, name in zip(ready, shown, strict=True)
    ]
    again = awaiting(connection, new, before, Path(argument["scratch"]))
    return _Import(argument, before, new, names, by_file, from_before, again)


def _as_asked(batch: Batch) -> list[SourceTable]:
    """Its tables with the columns that a database was not even asked for."""
    left_out = tuple((batch.origin or {}).get("left_out", ()))
    return [
        replace(
            table,
            left_out=(*table.left_out, *left_out),
            file_headers=(*table.file_headers, *left_out),
        )
        for table in batch.tables
    ]


def _presets(argument: Mapping[str, Any]) -> dict[str, Preset]:
    folder = argument.get("presets", {}).get("folder")
    every = (*built_in(), *own_presets(Path(folder) if folder else None))
    return {preset.name: preset for preset in every}


def _on_before(
    table: RawTable, found: Mapping[str, Inherited], earlier: Sequence[SourceTable]
) -> list[str]:
    """What to tell of a file by what was said of earlier ones."""
    words = [found[table.file].words] if table.file in found else []
    return [*filter(None, words), *left_out_elsewhere(table, earlier)]


def _is_told(table: RawTable, earlier: Sequence[SourceTable]) -> bool:
    """Whether the user says what a new file or its columns are, or said so of one like it."""
    preset = table.known.preset if table.known else None
    is_alike = any((t.file_headers, t.preset) == (table.file_headers, preset) for t in earlier)
    return bool(table.told or table.named_preset) or is_alike


def _read(connection: duckdb.DuckDBPyConnection, brought: _Import) -> list[Pair]:
    """The roles of the columns of all tables, beside those that stay as they are."""
    n_new, old = len(brought.new), brought.old
    raw = follow_keys(
        connection,
        [*brought.new, *_as_kept(brought)],
        partial(kept_owners, connection, brought.others),
    )
    columns: Given = brought.argument.get("columns") or {}
    check_told(raw[:n_new], columns, brought.by_file)
    told = {table.file: as_here(table.told, table.columns) for table in raw}
    told |= {t.file: as_here(one.told, t.columns) for one, t in zip(old, raw[n_new:], strict=True)}
    bound = [t for t in raw[n_new:] if is_guessed(told[t.file])]
    if not columns:
        bound += [table for table in raw[:n_new] if table.file not in brought.by_file]
    told |= _as_before(bound, brought.known)
    beside = [Beside(table.headers, is_log(table)) for table in brought.known]
    read = assign_roles(connection, raw, {}, told, beside=beside)
    if as_one := as_the_largest(read, told):
        read = assign_roles(connection, raw, {}, told | as_one, beside=beside)
    return list(zip(raw, read, strict=True))


def _as_kept(brought: _Import) -> list[RawTable]:
    """The tables read anew, with what their batches know of their files."""
    return [
        replace(one.raw, file_headers=table.file_headers, told=table.told)
        for folder, held in brought.again.items()
        for one, table in zip(held, brought.before[folder].tables, strict=True)
    ]


def _as_before(raw: Sequence[RawTable], known: Sequence[SourceTable]) -> dict[str, Given]:
    """Columns of tables with the columns of an earlier one, as they were in the last of them.

    Where presets make other columns of the rows this time, what the user said of them holds.
    """
    last = {same_columns(table.headers): table for table in known}
    by_file: dict[str, Given] = {}
    for table in raw:
        before = last.get(same_columns(table.columns))
        if before is not None:
            # A role with no headers is switched off.
            said = {**dict.fromkeys(ROLES, ()), **before.roles}
            left = table.told.get(LEFT_OUT, before.left_out)
            by_file[table.file] = as_here({**said, LEFT_OUT: left}, table.columns)
    return by_file


def _new_groups(
    connection: duckdb.DuckDBPyConnection,
    brought: _Import,
    pairs: Sequence[Pair],
    marks: Mapping[str, Mapping[str, Marks]],
    folder: Path,
) -> Iterator[_Group]:
    """The batches of the new tables: those that wait stand in batches of their own."""
    argument = brought.argument
    options = options_of(argument, [*brought.before.values()])
    others = [pair for pair in pairs if pair[0].table not in brought.waiting]
    undecided = keep_undecided(connection, others, marks, Path(argument["scratch"]))
    held = brought.waiting | undecided
    batch = Batch((), options, (), read_origin(argument["paths"]))
    # In the order of the files: that settles ties in time.
    runs = groupby(pairs, key=lambda pair: pair[0].table in held)
    for number, (are_waiting, some) in enumerate(runs):
        mine = list(some)
        yield _Group(
            folder.with_name(f"{int(folder.name) + number:04}"),
            replace(batch, is_continued=number > 0),
            mine,
            [held[raw.table] for raw, _ in mine] if are_waiting else (),
        )


def _write(
    connection: duckdb.DuckDBPyConnection,
    group: _Group,
    marks: Mapping[str, Mapping[str, Marks]],
    leads: Mapping[tuple[tuple[str, ...], str], int],
) -> None:
    """Write a batch, in place of the one that is there if it is made anew."""
    made = group.folder.with_name(f"{group.folder.name} made")
    own = [marks[raw.table] for raw, _ in group.pairs]
    stage(connection, group.pairs, made, group.batch, marks=own, leads=leads)
    if group.waiting:
        write_waiting(made, group.waiting)
    if group.folder.exists():
        shutil.rmtree(group.folder)
    made.rename(group.folder)
