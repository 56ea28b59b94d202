r"""Databases and warehouses as sources: rows are fetched into a file, which is imported as any.

A table or query is streamed, with only the columns and rows wanted, into a Parquet file of texts
that goes the way of every export. Beside the file stands where it came from and how far; a data
set keeps that, so that :func:`refresh` asks only for what is new.

>>> import duckdb, tempfile
>>> from journey.ingest import read_touchpoints
>>> with tempfile.TemporaryDirectory() as folder:
...     with duckdb.connect(f"{folder}/shop.duckdb") as shop:
...         _ = shop.execute(
...             "CREATE TABLE events AS SELECT 'Acme' AS account, "
...             "TIMESTAMPTZ '2026-01-05 10:00:00+00' AS happened_at, 'Demo' AS event"
...         )
...     address = read_address(f"duckdb://{folder}/shop.duckdb?table=events")
...     with fetched(address, Selection(read_relation("events", None)), Path(folder)) as got:
...         log = read_touchpoints(got.file)
>>> got.n_rows, log.n_journeys
(1, 1)
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from journey.errors import StoreError, ValueNotAllowedError, WarehouseError
from journey.ingest.kept.sources import SOURCES, batch_folders, read_batch
from journey.ingest.processes.child import run_in_child
from journey.ingest.processes.limits import Limits
from journey.ingest.processes.progress import Progress
from journey.ingest.warehouses.address import Address, read_address
from journey.ingest.warehouses.origin import Origin, origin_of, write_origin
from journey.ingest.warehouses.selection import Condition, Relation, read_relation
from journey.store.replace import scratch_beside

if TYPE_CHECKING:
    import pandas as pd

    from journey.log import TouchpointLog

__all__ = [
    "Address",
    "Fetched",
    "Refreshed",
    "Selection",
    "fetched",
    "fetched_before",
    "list_tables",
    "origins",
    "proposed_time",
    "read_address",
    "read_relation",
    "refresh",
    "sampled",
]

_MAX_TITLE: Final = 80


@dataclass(frozen=True)
class Selection:
    """What of a database to fetch.

    Attributes
    ----------
    left_out, left_out_before
        Headers of columns that are not fetched; the others need not be there any more.
    where
        Conditions such as ``amount>=10``; all must hold.
    since, until
        The window of the time column: from an instant on, and before one.
    time
        The header of the time column; also what tells how far the rows reach.
    mark
        A column that only grows, to tell that instead.
    key
        A column that tells a row from all others: one fetched again takes its own place.
    """

    relation: Relation
    left_out: tuple[str, ...] = ()
    left_out_before: tuple[str, ...] = ()
    where: tuple[str | Condition, ...] = ()
    since: str | None = None
    until: str | None = None
    time: str | None = None
    mark: str | None = None
    key: str | None = None


@dataclass(frozen=True)
class Fetched:
    """A file of rows fetched, and what is known of them."""

    file: Path
    n_rows: int
    origin: Origin


@dataclass(frozen=True)
class Refreshed:
    """What a refresh brought from one source; no origin to ask by: ``why_not`` says why."""

    title: str
    n_rows: int
    why_not: str | None = None


@dataclass(frozen=True)
class _Asked:
    """How to ask a database, and who hears of it."""

    address: Address
    limits: Limits = field(default_factory=Limits)
    progress: Callable[[Progress], None] | None = None
    cancelled: Callable[[], bool] | None = None

    def run(self, task: str, **argument: Any) -> dict[str, Any]:
        """Run a task in a child process."""
        return run_in_child(
            f"journey.ingest.warehouses.tasks:{task}",
            {"address": self.address.as_json(), "limits": asdict(self.limits), **argument},
            limits=self.limits,
            progress=self.progress or (lambda _: None),
            cancelled=self.cancelled or (lambda: False),
        )


def list_tables(
    address: Address,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[str]:
    """Return the tables and views of a database that the user may see.

    Raises
    ------
    WarehouseError
        If it can't be reached or does not let the user in.
    """
    asked = _Asked(address, progress=progress, cancelled=cancelled)
    return list(asked.run("list_tables")["tables"])


def sampled(
    address: Address,
    relation: Relation,
    folder: Path,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Path:
    """Fetch the first rows of a table or query into a file, to find what its columns mean.

    Parameters
    ----------
    folder
        Where to write it; the file goes by the name of the table.

    Raises
    ------
    WarehouseError
        If the database does not give them, or there are none.
    """
    path = folder / title_of(relation)
    asked = _Asked(address, progress=progress, cancelled=cancelled)
    found = asked.run("take_sample", relation=asdict(relation), path=str(path))
    if not found["n_rows"]:
        raise WarehouseError(f"{relation.title} has no rows yet. Choose another table or query.")
    return path


@contextmanager
def fetched(
    address: Address,
    selection: Selection,
    beside: Path,
    *,
    limits: Limits | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Generator[Fetched]:
    """Fetch rows into a file that goes when the block ends.

    Parameters
    ----------
    beside
        A data set, there or not; the file is on its disk.
    limits, progress, cancelled
        Memory and time allowed; told how many rows have come; asked whether to stop.

    Raises
    ------
    WarehouseError
        If the database does not give them, or there are none.
    ColumnNotFoundError, ValueNotAllowedError
        If the selection names what is not there, or rows have no value of its key.
    """
    asked = _Asked(address, limits or Limits(), progress, cancelled)
    with scratch_beside(beside) as folder:
        found = _fetch(asked, selection, folder, headers=None, reached=None)
        if not found.n_rows:
            raise WarehouseError(
                f"{selection.relation.title} has no rows that fit the conditions. Widen them."
            )
        yield found


def _fetch(
    asked: _Asked,
    selection: Selection,
    folder: Path,
    *,
    headers: tuple[str, ...] | None,
    reached: Origin | None,
) -> Fetched:
    """Fetch what is wanted into a folder, with where it came from beside."""
    title = title_of(selection.relation)
    place = folder / uuid4().hex
    place.mkdir()
    path = place / title
    found = asked.run(
        "fetch",
        relation=asdict(selection.relation),
        headers=headers,
        left_out=selection.left_out,
        left_out_before=selection.left_out_before,
        where=[one if isinstance(one, str) else asdict(one) for one in selection.where],
        since=selection.since,
        until=selection.until,
        time=selection.time,
        mark=selection.mark or selection.time,
        is_growing=selection.mark is not None,
        key=selection.key,
        reached={"mark": reached.mark, "n_from_mark": reached.n_from_mark} if reached else None,
        path=str(path),
        title=title,
    )
    told = {name: value for name, value in found.items() if name != "n_rows"}
    told |= {"address": asked.address.text, "relation": asdict(selection.relation)}
    left_out = (*selection.left_out, *selection.left_out_before)
    origin = origin_of({**told, "left_out": reached.left_out if reached else left_out})
    if reached and origin.mark is None:
        origin = replace(origin, mark=reached.mark, n_from_mark=reached.n_from_mark)
    write_origin(path, origin)
    return Fetched(path, int(found["n_rows"]), origin)


def title_of(relation: Relation) -> str:
    """Return what the file of a relation is called, as any disk can hold it.

    Examples
    --------
    >>> title_of(Relation("web/../events", None)), title_of(Relation(None, "SELECT 1"))
    ('web_.._events', 'query')
    """
    kept = "".join(sign if sign.isalnum() or sign in " -_." else "_" for sign in relation.title)
    return kept.strip(". ")[:_MAX_TITLE] or "table"


def proposed_time(proposal: "pd.DataFrame") -> str | None:
    """Return the time column of a proposal of :func:`journey.suggest_columns`, if it is one."""
    found = proposal.loc[proposal["role"] == "occurred_at", "column"].tolist()
    return str(found[0]) if len(found) == 1 else None


def origins(folder: Path) -> list[Origin]:
    """Return the databases that a data set came from, each with how far it was read last.

    The one fetched last stands last. All of one table or query go by the key named last.

    Raises
    ------
    StoreError
        If the data set can't be read.
    """
    latest: dict[tuple[object, ...], Origin] = {}
    keys: dict[tuple[str, Relation], str | None] = {}
    for batch_folder in batch_folders(folder / SOURCES):
        told = read_batch(batch_folder).origin
        if told is not None:
            origin = origin_of(told)
            latest.pop(origin.source, None)  # so that the one fetched last stands last
            latest[origin.source] = origin
            keys[origin.place] = origin.key or keys.get(origin.place)
    return [replace(origin, key=keys[origin.place]) for origin in latest.values()]


def fetched_before(folder: Path, address: Address, relation: Relation) -> Origin | None:
    """Return how a table or query was fetched into a data set last; none: it never was.

    Raises
    ------
    StoreError
        If the data set can't be read.
    """
    return next(
        (
            origin
            for origin in reversed(origins(folder))
            if origin.place == (address.text, relation)
        ),
        None,
    )


def refresh(
    folder: Path,
    sign_in: Callable[[Address], Address] = lambda address: address,
    *,
    since: str | None = None,
    limits: Limits | None = None,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> "tuple[TouchpointLog, list[Refreshed]]":
    """Fetch what is new in the databases that a data set came from, and add it.

    Asked for are the rows at the last mark or after it; those that are here already are merged
    and counted in the report, those with a key that changed are replaced. Rows that came late with
    an earlier mark need ``since``.

    Parameters
    ----------
    folder
        The data set.
    sign_in
        Gives each address its password; as it is kept it has none.
    since
        A mark to begin at instead of the last one.
    limits, progress, cancelled
        As for :func:`fetched`.

    Raises
    ------
    StoreError
        If the data set came from no database, or is no data set.
    ValueNotAllowedError
        If the data set keeps repeated rows: those at the mark would be there twice.
    WarehouseError
        As for :func:`fetched`; what was added before stays.
    """
    from journey.load import open_log

    told: list[Refreshed] = []
    for origin in _refreshable(folder):
        address = sign_in(read_address(origin.address))
        asked = _Asked(address, limits or Limits(), progress, cancelled)
        start = replace(origin, mark=since, n_from_mark=-1) if since else origin
        told.append(_refreshed(folder, asked, start))
    return open_log(folder), told


def _refreshed(folder: Path, asked: _Asked, start: Origin) -> Refreshed:
    """Fetch and add what one source has from a mark on."""
    from journey.ingest import add_touchpoints

    title = title_of(start.relation)
    if start.mark_column is None:
        return Refreshed(title, 0, _NO_MARK)
    wanted = Selection(start.relation, where=start.where, mark=start.mark_column, key=start.key)
    with scratch_beside(folder) as scratch:
        found = _fetch(asked, wanted, scratch, headers=start.headers, reached=start)
        if found.n_rows:
            add_touchpoints(
                folder,
                found.file,
                limits=asked.limits,
                progress=asked.progress,
                cancelled=asked.cancelled,
            )
    return Refreshed(title, found.n_rows)


_NO_MARK: Final = (
    "no column tells what is new in it; import it again, with a column that only grows as mark"
)


def _refreshable(folder: Path) -> list[Origin]:
    found = origins(folder)
    if not found:
        raise StoreError(
            f"The data set {folder.name!r} came from no database, so there is nothing to refresh. "
            "Import from one, or add files to it."
        )
    batches = batch_folders(folder / SOURCES)
    keeps_repeats = read_batch(batches[0]).options.get("dedupe") == "none"
    if keeps_repeats and not all(origin.key for origin in found):
        raise ValueNotAllowedError(
            f"The data set {folder.name!r} keeps repeated rows, so rows fetched again would be in "
            "it twice. Import it again with exact repeats merged, or with a key (--key COLUMN)."
        )
    return found
