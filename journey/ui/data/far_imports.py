"""Imports of files on a cluster's storage, done by its workers, minded like any other."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import journey
from journey.errors import UnreadableFileError, ValueNotAllowedError
from journey.ingest.cluster.sampling import sample_far
from journey.ingest.kept.sources import unique_files
from journey.ingest.processes.progress import Progress
from journey.ui.data.clusters import checked_files, keep_address
from journey.ui.data.imports import FarFiles, ImportJob, Incoming, safe_file_name, start_import
from journey.workspace import incoming_folder, list_datasets


def look_at_far(address: str, paths: Sequence[str], root: Path) -> Incoming:
    """Fetch the first rows of files that the workers see, to be looked at like uploads.

    Raises
    ------
    ValueNotAllowedError
        If a path is not in a folder that the administrator allows.
    JourneyError
        If the cluster can't be reached, or there are no such files.
    """
    if not paths:
        raise UnreadableFileError("No file was given. Name at least one export to read.")
    samples = sample_far(address, checked_files(address, paths))
    folder = incoming_folder(root)
    shown = unique_files((safe_file_name(name.replace("/", " ")) for name in samples), taken=())
    names = dict(zip(shown, samples, strict=True))
    for short, name in names.items():
        (folder / short).write_bytes(samples[name])
    files = tuple(folder / short for short in names)
    return Incoming(folder, files, far=FarFiles(address, tuple(paths), names))


def start_far(
    incoming: Incoming, *, dataset: str, root: Path, options: Mapping[str, Any]
) -> ImportJob:
    """Start to have a cluster import files, and keep its address under a name here.

    Raises
    ------
    ValueNotAllowedError
        If there is a data set of that name, or an import is running.
    """
    if dataset in list_datasets(root):
        raise ValueNotAllowedError(f"A data set {dataset!r} is here. Choose another name.")
    far = incoming.far
    given = dict(options)
    if far and "columns" in given:
        given["columns"] = {far.names[file]: roles for file, roles in given["columns"].items()}
    read = partial(_read, far, dataset, root, given)
    return start_import(incoming, dataset=dataset, root=root, options={}, read=read)


def _read(
    far: FarFiles,
    dataset: str,
    root: Path,
    options: Mapping[str, Any],
    *_samples: Path,
    into: Path,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> None:
    del into  # a folder of this machine, where only the address is kept
    journey.read_touchpoints(
        *checked_files(far.address, far.paths),
        into=far.address,
        progress=progress,
        cancelled=cancelled,
        **options,
    )
    keep_address(far.address, dataset, root)
