"""Imports that run in the background while the user looks at other pages."""

import shutil
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, BinaryIO, Final, Protocol

import streamlit as st

import journey
from journey.definitions import Definitions
from journey.errors import ValueNotAllowedError
from journey.ingest import add_touchpoints, rebuild
from journey.ingest.inventories import read_inventories, split_inventories
from journey.ingest.kept.additions import addition_text, size_of
from journey.ingest.processes.progress import Progress
from journey.log import TouchpointLog
from journey.ui.tasks import Task, start_task
from journey.ui.text import counted
from journey.workspace import dataset_path, incoming_folder, remove_incoming, save_inventory

MAX_FILE_NAME: Final = 80


class UploadedFile(Protocol):
    """What the upload widget gives: a name chosen by whoever sent it, and content."""

    name: str

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""
        ...

    def seek(self, offset: int, /) -> int:
        """Move to a place in the content."""
        ...


@dataclass(frozen=True)
class FarFiles:
    """Files on a cluster's storage, and the address of the data set to be made of them there.

    ``names`` has the name an import knows a file by, for the name of its sample here.
    """

    address: str
    paths: tuple[str, ...]
    names: Mapping[str, str]


@dataclass(frozen=True)
class Incoming:
    """Uploaded files, copied to a folder of their own until they are imported.

    Where they are ``far``, these are samples.
    """

    folder: Path
    files: tuple[Path, ...]
    far: FarFiles | None = None
    inventories: tuple[Path, ...] = ()
    """Files that list content: they are kept beside the data set, not read into it."""


def incoming_of(folder: Path, files: Sequence[Path]) -> Incoming:
    """Return files that wait, the content inventories among them told apart by their headers."""
    others, found = split_inventories(files)
    return Incoming(folder, tuple(others), inventories=tuple(found))


Listed = Callable[[], AbstractContextManager[str]]


@dataclass
class ImportJob(Task):
    """One import of files into a data set."""

    dataset: str
    incoming: Incoming


@dataclass
class RebuildJob(Task):
    """One making anew of a data set out of what it keeps of its files."""

    dataset: str


def keep_uploads(uploads: Sequence[UploadedFile], root: Path) -> Incoming:
    """Copy uploaded files into the workspace at once: the widget forgets them on page switches.

    Parameters
    ----------
    uploads
        As the upload widget gives them; their names are made safe, never used as paths.
    root
        The workspace.
    """
    folder = incoming_folder(root)
    files = tuple(
        folder / str(place) / safe_file_name(upload.name)
        for place, upload in enumerate(uploads, start=1)
    )
    for upload, path in zip(uploads, files, strict=True):
        path.parent.mkdir()
        upload.seek(0)
        with path.open("wb") as copy:
            _copy(upload, copy)
    return incoming_of(folder, files)


def safe_file_name(name: str) -> str:
    """Return a file name of ours that still reads like the user's.

    Examples
    --------
    >>> safe_file_name("../../etc/pass wd.CSV"), safe_file_name("..")
    ('pass wd.CSV', 'file')
    """
    last = PureWindowsPath(PurePosixPath(name).name).name
    kept = "".join(sign if sign.isalnum() or sign in " -_." else "_" for sign in last)
    return kept.lstrip(". ").rstrip(". ")[-MAX_FILE_NAME:] or "file"


def start_import(
    incoming: Incoming,
    *,
    dataset: str,
    root: Path,
    options: Mapping[str, Any],
    read: Callable[..., object] | None = None,
) -> ImportJob:
    """Start to import files into a data set, in a thread of its own.

    Parameters
    ----------
    incoming
        The copied files; removed when the import is done, kept when it failed or was cancelled.
    dataset
        Name of the data set; one of that name is replaced once the new one is whole.
    root
        The workspace; it runs one import at a time.
    options
        Options of ``read_touchpoints``: ``columns``, ``dates``, ``zone``, ``dedupe``,
        ``definitions``.
    read
        What reads the files; ``read_touchpoints`` if not given.

    Raises
    ------
    ValueNotAllowedError
        If the name can't be used or an import is running.
    """
    target = dataset_path(root, dataset)
    job = ImportJob(dataset, incoming)
    _register(job, root)
    target.parent.mkdir(parents=True, exist_ok=True)
    reader = read or journey.read_touchpoints
    listed = partial(_with_listed, incoming, root, dataset)
    work = partial(_import, incoming, reader, target, dict(options), listed)
    start_task(job, work, name="import", failed="The import failed; nothing was kept.")
    return job


def start_addition(
    incoming: Incoming,
    *,
    dataset: str,
    root: Path,
    options: Mapping[str, Any],
    add: Callable[..., TouchpointLog] | None = None,
) -> ImportJob:
    """Start to add files to a data set that is here; its result says what that did.

    Parameters
    ----------
    incoming, dataset, root
        As for ``start_import``; the data set stays as it is until the new one is whole.
    options
        Options of ``add_touchpoints``: ``columns``, ``dates``, ``zone``, ``presets``.
    add
        What adds the files; ``add_touchpoints`` if not given.

    Raises
    ------
    ValueNotAllowedError
        If the name can't be used or an import is running.
    """
    job = ImportJob(dataset, incoming)
    folder = dataset_path(root, dataset)
    listed = partial(_with_listed, incoming, root, dataset)
    work = partial(_add, incoming, add or add_touchpoints, folder, dict(options), listed)
    _register(job, root)
    start_task(job, work, name="import", failed="Nothing was added; the data set is as it was.")
    return job


def start_rebuild(*, dataset: str, root: Path, definitions: Definitions) -> RebuildJob:
    """Start to make a data set anew by other definitions, in a thread of its own.

    Parameters
    ----------
    dataset
        Its data and definitions are replaced once the new ones are whole; else both stay.
    root
        The workspace; it runs one import at a time.
    definitions
        Kept as those of the data set.

    Raises
    ------
    ValueNotAllowedError
        If the name can't be used or an import is running.
    """
    job = RebuildJob(dataset)
    work = partial(rebuild, dataset_path(root, dataset), definitions=definitions)
    _register(job, root)
    start_task(job, work, name="rebuild", failed="The data set stays as it was.")
    return job


def current_import(root: Path) -> ImportJob | RebuildJob | None:
    """Return the running or last import of a workspace, none if there was none or it was closed."""
    return _jobs().get(str(root))


def _register(job: ImportJob | RebuildJob, root: Path) -> None:
    """Let a job be the one of the workspace, unless another is running."""
    running = current_import(root)
    if running is not None and running.state == "running":
        raise ValueNotAllowedError(
            f"An import into {running.dataset!r} is still running. Wait for it or cancel it."
        )
    _jobs()[str(root)] = job


def close_import(root: Path) -> None:
    """Forget a finished import, so that pages show it no longer."""
    job = current_import(root)
    if job is not None and job.state != "running":
        del _jobs()[str(root)]


def _import(
    incoming: Incoming,
    read: Callable[..., object],
    target: Path,
    options: Mapping[str, Any],
    listed: Listed,
    *,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> str:
    """Read the files into the data set; only then they are no longer needed."""
    with listed() as words:
        read(*incoming.files, into=target, progress=progress, cancelled=cancelled, **options)
    remove_incoming(incoming.folder)
    return words


def _add(
    incoming: Incoming,
    add: Callable[..., TouchpointLog],
    folder: Path,
    options: Mapping[str, Any],
    listed: Listed,
    *,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> str:
    """Add the files and say what became of their rows."""
    before = size_of(journey.open_log(folder))
    with listed() as words:
        log = add(folder, *incoming.files, progress=progress, cancelled=cancelled, **options)
    remove_incoming(incoming.folder)
    return "\n".join(filter(None, (addition_text(before, size_of(log)), words)))


@contextmanager
def _with_listed(incoming: Incoming, root: Path, dataset: str) -> Generator[str]:
    """Keep what inventories list once the rest is done; one that can't be read stops all."""
    listed = read_inventories(incoming.inventories)
    n = len(listed.entries)
    yield f"{counted(n, 'content')} listed." if n else ""
    if n:
        save_inventory(root, dataset, listed)


def _copy(upload: UploadedFile, copy: BinaryIO) -> None:
    shutil.copyfileobj(upload, copy, 1 << 20)  # type: ignore[arg-type] -- reads are all it needs


@st.cache_resource(show_spinner=False)
def _jobs() -> dict[str, ImportJob | RebuildJob]:
    """Hold the last import of each workspace, for all sessions of this server."""
    return {}
