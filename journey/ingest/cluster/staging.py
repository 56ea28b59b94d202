"""Each file becomes a batch of the data set, read and staged by the functions of any import."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

from journey.errors import (
    ClusterError,
    ColumnNotFoundError,
    ColumnsUnclearError,
    StoreError,
    UnreadableFileError,
    ValueNotAllowedError,
)
from journey.ingest.cluster.parts import Part, stage_part
from journey.ingest.cluster.workshop import Workshop, open_workshop
from journey.ingest.columns.owners import check_owners
from journey.ingest.columns.roles import Given, as_here
from journey.ingest.columns.synonyms import folded, same_columns
from journey.ingest.kept.sources import SOURCES, Batch, SourceTable, unique_files
from journey.ingest.kept.waiting import is_log
from journey.ingest.presets.files import built_in, own_presets, write_own
from journey.ingest.presets.foreign_keys import names_owner, waits
from journey.ingest.processes.limits import Limits
from journey.ingest.texts.decimals import added_leads, decided_marks
from journey.runners.piece import Workers
from journey.schema import LEFT_OUT, ROLES
from journey.store.write import MANIFEST

_SKIPPED: Final = ("_", ".")
"""What begins so within a folder is no part of an export: marks of what wrote it."""


def begin(
    _number: int, *, target: str, patterns: Sequence[str], memory_bytes: int
) -> tuple[Workshop, list[str]]:
    """Open a workshop, and find the files as a worker sees them.

    Raises
    ------
    UnreadableFileError
        If there is no such file.
    StoreError
        If the target is something else than a data set.
    """
    files = list(dict.fromkeys(file for pattern in patterns for file in files_of(Path(pattern))))
    place = Path(target)
    if (
        place.exists()
        and not (place / MANIFEST).is_file()
        and (not place.is_dir() or any(place.iterdir()))
    ):
        raise StoreError(
            f"{place} is there and is no data set, so it is not replaced. Give the path of a data "
            "set, or one that is not there yet."
        )
    return open_workshop(place, memory_bytes), files


def files_of(pattern: Path) -> list[str]:
    """A file, the files in a folder and in those within, or those that a pattern fits, by path.

    Data sets are no exports, and what hides itself is none.

    Raises
    ------
    UnreadableFileError
        If there is none.
    """
    if pattern.is_file():
        return [str(pattern)]
    base = next(place for place in (pattern, *pattern.parents) if place.is_dir())
    rest = pattern.relative_to(base)
    found = base.glob(str(rest)) if rest.parts else [base]
    every = {file for place in found for file in (place, *place.rglob("*")) if file.is_file()}
    data_sets = {file.parent for file in every if file.name == MANIFEST}
    files = sorted(
        str(file)
        for file in every
        if not (_is_skipped(file.relative_to(base)) or data_sets.intersection(file.parents))
    )
    if not files:
        raise UnreadableFileError(
            f"The workers of the cluster see no file {pattern.name!r} in {pattern.parent}. Put it "
            "on storage that all of them mount at the same path."
        )
    return files


def _is_skipped(inside: Path) -> bool:
    return any(part.startswith(_SKIPPED) for part in inside.parts)


def stage(
    workers: Workers, workshop: Workshop, files: Sequence[str], options: Mapping[str, Any]
) -> tuple[Batch, ...]:
    """Read each file into a batch; parts with the same headers by the same columns.

    Parameters
    ----------
    options
        What the user says of all files, as for the import on one machine.

    Raises
    ------
    ColumnsUnclearError
        If no file has touchpoints, or none says whose they are.
    """
    names = shown_names(files)
    for file in options["columns_by_file"]:
        if file not in names:
            raise ValueNotAllowedError.among(file, names, what="The file of a column")
    ask = partial(_staged, workshop=workshop, files=files, names=names)
    parts = workers.each(len(files), partial(ask, options=options))
    told = dict.fromkeys(range(len(files)), options)
    while waiting := _led_by_others(_batches(parts), told):
        places = {n: _places(workshop, _batches(parts), n) for n in waiting}
        told |= {n: {**options, "owners": owners} for n, owners in places.items()}
        _stage_again(workers, ask, parts, {n: told[n] for n in waiting})
    for find in (_beside_logs, _as_one, _as_all_tell):
        more = {n: {**told[n], **new} for n, new in find(_batches(parts)).items()}
        told |= more
        _stage_again(workers, ask, parts, more)
    batches = _batches(parts)
    tables = [table for batch in batches for table in batch.tables]
    _check_found(tables, options["columns"])
    if not any(table.shape in ("events", "wide") for table in tables):
        raise ColumnsUnclearError(
            f"No column with times was found in {', '.join(names[:12])}. Name the time and the "
            "touchpoint, for example --column occurred_at=HEADER --column touchpoint=HEADER."
        )
    check_owners(_ownerless(parts))
    return tuple(batches)


def _batches(parts: Sequence[Part]) -> list[Batch]:
    return [part.batch for part in parts]


def _ownerless(parts: Sequence[Part]) -> list[tuple[Sequence[str], str]]:
    """The columns of each table, and why it is of nobody; an id that others have joins them."""
    pairs = [pair for one in parts for pair in zip(one.batch.tables, one.ownerless, strict=True)]
    kinds = {frozenset(table.headers) for table, _ in pairs}
    shared = Counter(header for headers in kinds for header in headers)
    return [
        (table.headers, "" if why and shared[table.roles["account_id"][0]] > 1 else why)
        for table, why in pairs
    ]


def _check_found(tables: Sequence[SourceTable], columns: Mapping[str, Sequence[str]]) -> None:
    every = list(dict.fromkeys(header for table in tables for header in table.headers))
    for headers in columns.values():
        for header in headers:
            if header not in every:
                files = ", ".join(table.file for table in tables[:12])
                raise ColumnNotFoundError.among(header, every, where=files)


def shown_names(files: Sequence[str]) -> list[str]:
    """What to call the files: by their folder too where several have the same name."""
    paths = [Path(file) for file in files]
    names = [path.name for path in paths]
    shown = [f"{p.parent.name}/{p.name}" if names.count(p.name) > 1 else p.name for p in paths]
    return unique_files(shown, taken=())


def _staged(
    number: int,
    *,
    workshop: Workshop,
    files: Sequence[str],
    names: Sequence[str],
    options: Mapping[str, Any],
) -> Part:
    """Make the batch of one file.

    Raises
    ------
    ClusterError
        If this worker does not see the file.
    ValueNotAllowedError
        If the file says more of rows of another.
    """
    if not Path(files[number]).is_file():
        raise ClusterError(
            f"A worker of the cluster does not see {files[number]}, which another one does. Put "
            "it on storage that all workers mount at the same path."
        )
    place = f"{number + 1:04}"
    with workshop.own_folder() as own, workshop.database() as connection:
        own_presets = write_own(own / "presets", options["own_presets"])
        argument = {
            **options,
            "paths": [files[number]],
            "names": [names[number]],
            "presets": {**options["presets"], "folder": str(own_presets)},
            "is_continued": number > 0,
            "scratch": str(own),
            "limits": asdict(Limits(memory_bytes=workshop.memory_bytes)),
        }
        part = stage_part(connection, argument, own / place, tell=lambda _: None)
        _check_alone(part.batch, own_presets)
        workshop.put(own / place, SOURCES, place)
    return part


def _stage_again(
    workers: Workers, ask: Any, parts: list[Part], told: Mapping[int, Mapping[str, Any]]
) -> None:
    """Make some batches anew, each by its own options."""
    if told:
        numbers = list(told)
        places = partial(_staged_again, ask=ask, numbers=numbers, options=list(told.values()))
        for number, part in zip(numbers, workers.each(len(numbers), places), strict=True):
            parts[number] = part


def _led_by_others(batches: Sequence[Batch], told: Mapping[int, Mapping[str, Any]]) -> list[int]:
    """The batches with a table that names nobody, where another one may say whose its rows are.

    One that was looked at beside others is looked at again as long as more of them name owners.
    """
    naming = [n for n, batch in enumerate(batches) if any(map(_names_owner, batch.tables))]
    return [
        n
        for n, batch in enumerate(batches)
        if n not in naming
        and any(not t.preset and waits(t.headers) for t in batch.tables)
        and len(told[n].get("owners", ())) < len(naming)
    ]


def _names_owner(table: SourceTable) -> bool:
    return not table.preset and names_owner(table.headers)


def _places(workshop: Workshop, batches: Sequence[Batch], number: int) -> list[str]:
    """Where the batches lie that name owners, but for one."""
    return [
        str(workshop.path / SOURCES / f"{n + 1:04}")
        for n, batch in enumerate(batches)
        if n != number and any(map(_names_owner, batch.tables))
    ]


def _staged_again(
    number: int, *, ask: Any, numbers: Sequence[int], options: Sequence[Mapping[str, Any]]
) -> Part:
    """Make a batch anew by other options."""
    return ask(numbers[number], options=options[number])


def _check_alone(batch: Batch, folder: Path) -> None:
    """Refuse a file whose rows belong to those of another: each is read by itself here."""
    known = {preset.name: preset for preset in (*own_presets(folder), *built_in())}
    for table in batch.tables:
        preset = known.get(table.preset)
        if preset and preset.describes:
            raise ValueNotAllowedError(
                f"{table.file} looks like {preset.title}: it says more of rows of another file "
                f"(by {preset.describes.by}), and on a cluster each file is read by itself. Leave "
                "it out, join the two beforehand, or import both on one machine."
            )


def _as_one(batches: Sequence[Batch]) -> dict[int, dict[str, Any]]:
    """How to read tables by the columns of the largest that has them, where it is otherwise.

    What a preset recognised is read as the preset says, and what is left out of a table stays so.
    """
    groups: dict[tuple[str, ...], list[SourceTable]] = {}
    for table in (table for batch in batches for table in batch.tables if not table.preset):
        groups.setdefault(same_columns(table.headers), []).append(table)
    first = {of: min(some, key=lambda t: (-t.n_rows, t.file)) for of, some in groups.items()}
    found: dict[int, dict[str, Any]] = {}
    for n, batch in enumerate(batches):
        as_one: dict[str, Given] = {}
        for table in batch.tables:
            leader = first.get(same_columns(table.headers), table)
            if not table.preset and _columns_of(leader) != _columns_of(table):
                # A role with no headers is switched off.
                said = {**dict.fromkeys(ROLES, ()), **leader.roles, LEFT_OUT: table.left_out}
                as_one[table.file] = as_here(said, table.headers)
        found |= {n: {"as_one": as_one}} if as_one else {}
    return found


def _columns_of(table: SourceTable) -> tuple[object, ...]:
    """What the columns of a table mean, however they are written."""
    roles = {role: tuple(map(folded, headers)) for role, headers in table.roles.items()}
    return table.shape, roles


def _beside_logs(batches: Sequence[Batch]) -> dict[int, dict[str, Any]]:
    """The batches with dates of records alone: they are facts, where others have a log."""
    logs = [tuple(t.headers) for batch in batches for t in batch.tables if is_log(t)]
    return {
        n: {"logs": logs}
        for n, batch in enumerate(batches)
        if logs and any(t.shape == "wide" and not is_log(t) for t in batch.tables)
    }


def _as_all_tell(batches: Sequence[Batch]) -> dict[int, dict[str, Any]]:
    """The batches with numbers that values of other files tell to read otherwise."""
    leads = added_leads((t.headers, t.leads) for batch in batches for t in batch.tables)
    return {
        n: {"leads": leads}
        for n, batch in enumerate(batches)
        if any(decided_marks(t.headers, t.leads, leads) != t.decimals for t in batch.tables)
    }
