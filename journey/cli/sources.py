"""The log that a command is about: a stored data set, or files read for it."""

import sys
from pathlib import Path
from typing import Any, cast

import journey
from journey.cli.names import names_dataset
from journey.cli.options import Arguments
from journey.cli.views import pair
from journey.cli.words import tell
from journey.definitions import load_definitions
from journey.errors import ValueNotAllowedError
from journey.ingest import Presets, add_touchpoints
from journey.ingest.warehouses.address import is_address as is_database
from journey.log import TouchpointLog
from journey.runners.spark import is_address
from journey.wording import counted
from journey.workspace import dataset_path, list_datasets, presets_folder, workspace_root


def source(given: Arguments) -> TouchpointLog:
    """The data set of a name or on a cluster, or the log read from files."""
    names = cast("list[str]", given.sources)
    if names_dataset(names):
        return _stored(names[0], given.definitions)
    log = read_files(given, into=None)
    if log.report.n_set_aside:
        tell(
            f"{log.report.n_set_aside:,} of {counted(log.report.n_read, 'row')} set aside; "
            "`import` says which and why."
        )
    return log


def read_files(given: Arguments, *, into: Path | str | None) -> TouchpointLog:
    """The log of the files given, read as the options say."""
    return journey.read_touchpoints(
        *given.sources,
        columns=_columns(given),
        dates=given.dates,
        zone=given.zone,
        epoch=given.epoch,
        presets=_presets(given),
        dedupe=given.dedupe or "cross-source",
        definitions=given.definitions,
        into=into,
        progress=tell_progress if sys.stderr.isatty() else None,
    )


def add_files(given: Arguments, folder: Path) -> TouchpointLog:
    """The data set in a folder with the files given added to it."""
    return add_touchpoints(
        folder,
        *given.sources,
        columns=_columns(given),
        dates=given.dates,
        zone=given.zone,
        epoch=given.epoch,
        presets=_presets(given),
        progress=tell_progress if sys.stderr.isatty() else None,
    )


def _stored(name: str, definitions: Path | None) -> TouchpointLog:
    log = journey.open_log(name if is_address(name) else _folder(name))
    return log.with_definitions(load_definitions(definitions)) if definitions else log


def _folder(name: str) -> Path:
    root = workspace_root()
    known = list_datasets(root)
    if is_database(name):
        # Not the name itself: a password may stand in it.
        raise ValueNotAllowedError(
            "A database is imported first: python -m journey import ADDRESS --table NAME --into "
            "NAME. Then ask about that name."
        )
    if name not in known:
        raise ValueNotAllowedError.among(name, known, what="The file or data set")
    return dataset_path(root, name)


def _columns(given: Arguments) -> dict[str, list[str]] | None:
    """Headers by role, in the order given; none for a role that is switched off."""
    columns: dict[str, list[str]] = {}
    for text in given.column:
        role, header = pair(text, "--column", "ROLE=HEADER")
        parts = header.split("+") if role == "occurred_at" and "+" in header else [header]
        columns.setdefault(role, []).extend(part for part in parts if part)
    return columns or None


def _presets(given: Arguments) -> Presets:
    return Presets(presets_folder(workspace_root()), given.preset or "")


def tell_progress(progress: Any) -> None:
    """Write how far an import has come over what was written before."""
    total = f" of {progress.n_total:,}" if progress.n_total else ""
    sys.stderr.write(f"\r{progress.phase} {progress.file}: {progress.n_rows:,}{total} rows\x1b[K")
