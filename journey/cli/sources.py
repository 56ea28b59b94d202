"""The log that a command is about: a stored data set, or files read for it."""

import sys
from pathlib import Path
from typing import Any, cast

import journey
from journey.cli.options import Arguments, names_dataset
from journey.cli.views import pair
from journey.cli.words import tell
from journey.definitions import load_definitions
from journey.errors import ValueNotAllowedError
from journey.ingest import Presets, add_touchpoints
from journey.log import TouchpointLog
from journey.workspace import dataset_path, list_datasets, presets_folder, workspace_root


def source(given: Arguments) -> TouchpointLog:
    """The data set of a name, or the log read from files."""
    names = cast("list[str]", given.sources)
    if names_dataset(names):
        return _stored(names[0], given.definitions)
    log = read_files(given, into=None)
    if log.report.n_set_aside:
        tell(
            f"{log.report.n_set_aside:,} of {log.report.n_read:,} rows are set aside; "
            "`import` says which and why."
        )
    return log


def read_files(given: Arguments, *, into: Path | None) -> TouchpointLog:
    """The log of the files given, read as the options say."""
    return journey.read_touchpoints(
        *given.sources,
        columns=_columns(given),
        dates=given.dates,
        zone=given.zone,
        presets=_presets(given),
        dedupe=given.dedupe or "cross-source",
        definitions=given.definitions,
        into=into,
        progress=_tell_progress if sys.stderr.isatty() else None,
    )


def add_files(given: Arguments, folder: Path) -> TouchpointLog:
    """The data set in a folder with the files given added to it."""
    return add_touchpoints(
        folder,
        *given.sources,
        columns=_columns(given),
        dates=given.dates,
        zone=given.zone,
        presets=_presets(given),
        progress=_tell_progress if sys.stderr.isatty() else None,
    )


def _stored(name: str, definitions: Path | None) -> TouchpointLog:
    root = workspace_root()
    known = list_datasets(root)
    if name not in known:
        raise ValueNotAllowedError.among(name, known, what="The file or data set")
    log = journey.open_log(dataset_path(root, name))
    return log.with_definitions(load_definitions(definitions)) if definitions else log


def _columns(given: Arguments) -> dict[str, str | list[str]] | None:
    columns: dict[str, str | list[str]] = {}
    for text in given.column:
        role, header = pair(text, "--column", "ROLE=HEADER")
        columns[role] = header.split("+") if role == "occurred_at" and "+" in header else header
    return columns or None


def _presets(given: Arguments) -> Presets:
    return Presets(presets_folder(workspace_root()), given.preset or "")


def _tell_progress(progress: Any) -> None:
    total = f" of {progress.n_total:,}" if progress.n_total else ""
    sys.stderr.write(f"\r{progress.phase} {progress.file}: {progress.n_rows:,}{total} rows\x1b[K")
