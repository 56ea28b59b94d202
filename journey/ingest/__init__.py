r"""From exports to a log: read, find the columns, clean, join, merge, store.

A data set on disk keeps what its files held, so that it can be made again without them:
:func:`add_touchpoints` reads new files only, :func:`rebuild` none at all.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     path = Path(folder) / "touchpoints.csv"
...     _ = path.write_text(
...         "account,when,event\n"
...         "Acme,25/01/2026,Ad click\nAcme,2/2/2026,Demo\nAcme,,Demo\n"
...     )
...     columns = suggest_columns(path)
...     log = read_touchpoints(path)
>>> columns[["column", "role", "question"]].values.tolist()
[['account', 'account_id', None], ['when', 'occurred_at', None], ['event', 'touchpoint', None]]
>>> log.n_journeys, log.n_touchpoints, log.report.n_set_aside
(1, 2, 1)
"""

import atexit
import shutil
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from journey.costs import keep_entered
from journey.definitions import Definitions, dumps, load_definitions
from journey.errors import StoreError
from journey.ingest.columns.preset_choice import Presets
from journey.ingest.given import given_files
from journey.ingest.kept.proposed import (
    DEFINITIONS_FILE,
    definitions_text,
    keep_definitions,
    own_definitions,
)
from journey.ingest.processes.child import run_in_child
from journey.ingest.processes.limits import Limits
from journey.ingest.processes.progress import Progress
from journey.ingest.processes.ready import prepare_child, stand_by
from journey.ingest.processes.turns import batches_of, check_unchanged, own_turn
from journey.ingest.told import Headers, HeadersByFile, told, told_of_all
from journey.report import IngestReport, read_report
from journey.runners.spark import is_address
from journey.store.replace import replace_directory, scratch_beside

if TYPE_CHECKING:
    import pandas as pd

    from journey.log import TouchpointLog

__all__ = [
    "IngestReport",
    "Limits",
    "Presets",
    "Progress",
    "add_touchpoints",
    "keeps_files",
    "read_report",
    "read_touchpoints",
    "rebuild",
    "stand_by",
    "suggest_columns",
]

_SUGGESTED: Final = (
    *("file", "column", "role", "confidence", "samples", "question", "shape", "preset"),
)

_TOLD_BY_FILE: Final = ("headers", "presets", "answers", "inherited")

_Model = Definitions | Path | str | None


def read_touchpoints(
    *paths: Path | str,
    columns: Headers | HeadersByFile | None = None,
    dates: Literal["day-first", "month-first"] | None = None,
    zone: str | None = None,
    epoch: date | str | None = None,
    presets: Presets | None = None,
    dedupe: Literal["none", "exact", "cross-source"] = "cross-source",
    definitions: Definitions | Path | str | None = None,
    into: Path | str | None = None,
    limits: Limits | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> "TouchpointLog":
    """Read exports into one log of journeys; ``log.report`` counts what became of every row.

    Parameters
    ----------
    *paths
        CSV, TSV, XLSX, Parquet, JSON, JSON lines or XES, each also gzipped or zipped.
    columns
        Headers by role, for all files or by file, over those proposed; no header: no such role;
        under ``left out``: no column. Two for ``occurred_at``: date and time, or both unpivoted.
    dates, zone, epoch
        How to read ``01/02/2026``; zone of times without one (UTC); start of seconds (1970-01-01).
    presets
        The user's own presets, and which to use; none: those that come with Portolan.
    dedupe
        ``exact``: rows alike in all columns; ``cross-source``: also one type and person (else
        account) from two sources or files within five minutes; the earliest stays.
    definitions
        Stages and outcomes; none: proposed from the data.
    into
        Folder of the data set, or its address on a Spark cluster; none: one gone with Python.
    limits, progress, cancelled
        Memory and time allowed; told how far it has come; asked whether to stop.

    Raises
    ------
    UnreadableFileError, ImportLimitError, ImportCancelledError, ClusterError
        If files or cluster can't be used, or it is stopped; nothing is kept.
    ColumnsUnclearError, ColumnNotFoundError, ValueNotAllowedError
        If case, time or touchpoint can't be known, or an option names what is not there.
    """
    options = told_of_all(columns, dates, zone, epoch, presets, dedupe=dedupe)
    if isinstance(into, str) and is_address(into):
        return _read_far(into, paths, options, definitions, limits, progress, cancelled)
    task = _Task(given_files(paths), limits or Limits(), progress, cancelled)
    target = _temporary_target() if into is None else Path(into).absolute()
    return _made(task, "import_files", options, definitions, target)


def add_touchpoints(
    folder: Path | str,
    *paths: Path | str,
    columns: Headers | HeadersByFile | None = None,
    dates: Literal["day-first", "month-first"] | None = None,
    zone: str | None = None,
    epoch: date | str | None = None,
    presets: Presets | None = None,
    limits: Limits | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> "TouchpointLog":
    """Add exports to a data set on disk; the log is as if all files had been read at once.

    The files it was made of are not read again. Rows that it has already are merged and counted
    in ``log.report``, by file. Definitions that somebody edited stay; others are proposed anew.

    Parameters
    ----------
    folder
        The data set, replaced when all is done.
    *paths
        Files as for :func:`read_touchpoints`; files that only describe accounts will do too. One
        of the name of an earlier file goes by ``name (2)``.
    columns
        As for :func:`read_touchpoints`. What was said of earlier files of a source holds for later
        ones, as far as they have such columns, and what was left out stays so, unless a role names
        it or ``left out`` is said of the file or has no header.
    dates, zone, epoch
        As for :func:`read_touchpoints`; none: as with the first files.
    presets, limits, progress, cancelled
        As for :func:`read_touchpoints`.

    Raises
    ------
    StoreError
        If the folder is no data set, or one made before data sets kept their entries.
    UnreadableFileError, ImportLimitError, ImportCancelledError
        As for :func:`read_touchpoints`; the data set stays as it is.
    ColumnsUnclearError, ColumnNotFoundError, ValueNotAllowedError
        As for :func:`read_touchpoints`.
    """
    target = Path(folder).absolute()
    options = told(columns, dates, zone, epoch, presets)
    task = _Task(given_files(paths), limits or Limits(), progress, cancelled)
    return _changed(task, "import_files", options, None, target)


def rebuild(
    folder: Path | str,
    *,
    definitions: Definitions | Path | str | None = None,
    limits: Limits | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> "TouchpointLog":
    """Make a data set on disk again of what it keeps of its files; no file is read.

    Needed after rules for channels or identity have changed: stages and outcomes are applied when
    a log is opened. With the same rules the log is the same.

    Parameters
    ----------
    folder
        The data set, replaced when all is done.
    definitions
        What it is to be made by, kept as its own; none: the definitions it has.
    limits, progress, cancelled
        As for :func:`read_touchpoints`.

    Raises
    ------
    StoreError
        If the folder is no data set, one made before data sets kept their entries, or one whose
        definitions were changed meanwhile though others are given.
    DefinitionsError
        If the definitions can't be used.
    UnreadableFileError, ImportLimitError, ImportCancelledError
        If no row is left, it goes over the limits or is stopped; the data set stays as it is.
    """
    target = Path(folder).absolute()
    task = _Task({}, limits or Limits(), progress, cancelled)
    return _changed(task, "remake", {}, definitions, target)


def keeps_files(folder: Path) -> bool:
    """Return whether a data set keeps what its files held, so that more can be added to them."""
    return (folder / "sources").is_dir()


def _sources(folder: Path) -> str:
    """Where a data set keeps what its files held."""
    if keeps_files(folder):
        return str(folder / "sources")
    if folder.is_dir():
        raise StoreError(
            f"The data set {folder.name!r} does not keep what its files held: it was made by an "
            "earlier version. Import its files again, with the new ones."
        )
    raise StoreError(f"There is no data set {folder.name!r} in {folder.parent}.")


@dataclass(frozen=True)
class _Task:
    """What a child process is asked to do, and who hears of it."""

    files: Mapping[str, list[str]]
    limits: Limits
    progress: Callable[[Progress], None] | None
    cancelled: Callable[[], bool] | None

    def run(self, function: str, place: Path, **options: Any) -> dict[str, Any]:
        """Run a function of the pipeline in a child process that works in ``place``."""
        return run_in_child(
            f"journey.ingest.pipeline:{function}",
            {
                **self.files,
                **options,
                "scratch": str(place / "scratch"),
                "limits": asdict(self.limits),
            },
            limits=self.limits,
            progress=self.progress or (lambda _: None),
            cancelled=self.cancelled or (lambda: False),
        )


def _made(
    task: _Task, function: str, options: Mapping[str, Any], definitions: _Model, target: Path
) -> "TouchpointLog":
    prepare_child()
    # The child process imports this package too, and needs neither kernels nor pandas.
    from journey.load import open_log

    with own_turn(target, task.cancelled), _workplace(target) as place:
        model = _definitions_file(definitions, place)
        task.run(function, place, **options, definitions=model, target=str(place / "data"))
        replace_directory(place / "data", target)
    return open_log(target)


def _changed(
    task: _Task, function: str, options: Mapping[str, Any], definitions: _Model, target: Path
) -> "TouchpointLog":
    """Make a data set of what it keeps, with its own definitions unless others are given."""
    prepare_child()
    from journey.load import open_log

    text = definitions_text(target)

    def take_over() -> None:
        """What was edited meanwhile, as it is by now."""
        if definitions is None:
            keep_definitions(target, made)
        elif definitions_text(target) != text:
            raise StoreError(
                f"The definitions of {target.name!r} were changed meanwhile, and the data set "
                "stays as it is. Look at what they say now, and do the same again."
            )
        keep_entered(target, made)

    with own_turn(target, task.cancelled):
        asked, before = {**options, "earlier": _sources(target)}, batches_of(target)
        rules = own_definitions(target) if definitions is None else definitions
        with _workplace(target) as place:
            made, model = place / "data", _definitions_file(rules, place)
            task.run(function, place, **asked, definitions=model, target=str(made))
            check_unchanged(target, before)
            replace_directory(made, target, take_over=take_over)
    return open_log(target)


def suggest_columns(
    *paths: Path | str,
    presets: Presets | None = None,
    beside: Path | str | None = None,
    limits: Limits | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> "pd.DataFrame":
    """Propose a role for every column of some files, from its name and its values.

    Parameters
    ----------
    *paths, presets, limits, progress, cancelled
        As for :func:`read_touchpoints`.
    beside
        The data set they are to be added to; what was said of files of their sources holds.

    Returns
    -------
    DataFrame
        ``file``, ``column``, ``role`` (None: none, or ``left out``), ``confidence`` (0 to 1),
        ``samples`` (up to three values), ``question`` (None, or what the values can't tell:
        ``dates`` for day-first or month-first, ``epoch``, ``epoch unit``, ``zone``), ``shape`` of
        the table (``events``, ``wide``, ``attributes``, ``costs``, ``details``), ``preset`` (title
        of the one that recognised the file, or None). In the order of files and columns. ``attrs``
        has, by file, the ``headers`` as read, the names of the ``presets``, the ``answers`` given
        before (``dates``, ``zone``, ``epoch``), and in words what is ``inherited``.

    Raises
    ------
    UnreadableFileError, ImportLimitError, ImportCancelledError
        As for :func:`read_touchpoints`.
    """
    prepare_child()
    import pandas as pd

    task = _Task(given_files(paths), limits or Limits(), progress, cancelled)
    with (
        tempfile.TemporaryDirectory(prefix="portolan-") as folder,
        _workplace(Path(folder) / "columns") as place,
    ):
        allowed = (presets or Presets()).as_json()
        earlier = None if beside is None else _sources(Path(beside).absolute())
        seen = task.run("suggest_roles", place, presets=allowed, earlier=earlier)
    rows = [{**row, "samples": tuple(row["samples"])} for row in seen["rows"]]
    kinds = {"confidence": float, "file": str, "column": str, "shape": str}
    found = {n: pd.Series([r[n] for r in rows], dtype=kinds.get(n, object)) for n in _SUGGESTED}
    frame = pd.DataFrame(found)
    frame.attrs = {name: seen[name] for name in _TOLD_BY_FILE}
    return frame


def _read_far(
    address: str,
    paths: Sequence[Path | str],
    options: Mapping[str, Any],
    definitions: _Model,
    limits: Limits | None,
    progress: Callable[[Progress], None] | None,
    cancelled: Callable[[], bool] | None,
) -> "TouchpointLog":
    from journey.ingest.cluster import read_far

    if not (definitions is None or isinstance(definitions, Definitions)):
        definitions = load_definitions(Path(definitions))
    return read_far(address, paths, options, definitions, limits, progress, cancelled)


def _definitions_file(definitions: _Model, place: Path) -> str | None:
    if not isinstance(definitions, Definitions):
        return None if definitions is None else str(Path(definitions).absolute())
    path = place / DEFINITIONS_FILE
    path.write_text(dumps(definitions), encoding="utf-8")
    return str(path)


def _temporary_target() -> Path:
    """A folder that goes when Python ends."""
    folder = Path(tempfile.mkdtemp(prefix="portolan-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder / "data"


@contextmanager
def _workplace(target: Path) -> Generator[Path]:
    """A folder beside the target, on the same disk, gone whatever happens."""
    with scratch_beside(target) as place:
        (place / "scratch").mkdir()
        yield place
