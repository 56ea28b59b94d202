"""From files to a data set on storage that the workers of a cluster see.

Read and stage (a file a task) → spell as meant, relate ids, trace visits (counted by file, decided
once) → merge what is told twice (by who was touched) → say what columns describe, write
dictionaries (one worker, column by column) → write shards (by account) → put in place.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from journey.definitions import Definitions
from journey.errors import ClusterError, ImportCancelledError
from journey.ingest.cluster.entries import Making
from journey.ingest.cluster.looking import look
from journey.ingest.cluster.rounds import find_relations, find_texts
from journey.ingest.cluster.shards import finish, write_shards
from journey.ingest.cluster.sharing import merge_duplicates
from journey.ingest.cluster.staging import begin, stage
from journey.ingest.cluster.workshop import Workshop
from journey.ingest.identity.resolve import joined_notes
from journey.ingest.kept.sources import SourceTable
from journey.ingest.processes.progress import Phase, Progress
from journey.ingest.report import added_up
from journey.runners.piece import Workers
from journey.store.encode import shard_rows

ROWS_PER_SHARD_MOST: Final = 2_000_000
"""A worker holds the texts of a shard's touchpoints while it writes them."""


@dataclass(frozen=True)
class Wanted:
    """What is to be imported, and how.

    Attributes
    ----------
    target, files
        As the workers see them; a folder stands for the files in it, ``*`` for any text.
    options
        ``columns``, ``columns_by_file``, ``dates``, ``zone``, ``dedupe``, ``presets`` and
        ``own_presets`` (the texts of the user's own).
    definitions
        Stages and outcomes; none: proposed from the data.
    rows_per_shard
        Where to cut shards; no figure depends on it. None: by the size of the log.
    """

    target: str
    files: Sequence[str]
    options: Mapping[str, Any]
    definitions: Definitions | None
    memory_bytes: int
    rows_per_shard: int | None = None


def import_on_cluster(
    workers: Workers,
    wanted: Wanted,
    *,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> None:
    """Make a data set on a cluster's storage; it is put in place when all is done, or not at all.

    The same rows make the same log, with the same fingerprint, as on one machine.

    Raises
    ------
    ClusterError
        If the cluster can't be reached, or a worker does not see what it needs.
    UnreadableFileError, ColumnsUnclearError, ColumnNotFoundError, ImportLimitError
        As for :func:`journey.read_touchpoints`.
    ImportCancelledError
        If it is stopped between two rounds.
    """
    opened = partial(
        begin,
        target=wanted.target,
        patterns=wanted.files,
        memory_bytes=wanted.memory_bytes,
    )
    workshop, files = workers.first(opened)
    try:
        _make(workers, workshop, files, wanted, _teller(progress, cancelled))
    finally:
        # What went wrong before says more than that it can't be cleared away.
        with suppress(ClusterError):
            workers.first(partial(_clear, workshop=workshop))


def _teller(
    progress: Callable[[Progress], None], cancelled: Callable[[], bool]
) -> Callable[[Phase, int], None]:
    def tell(phase: Phase, n_rows: int) -> None:
        if cancelled():
            raise ImportCancelledError("The import was cancelled; nothing was kept.")
        progress(Progress(phase, "", 0, n_rows))

    return tell


def _make(
    workers: Workers,
    workshop: Workshop,
    paths: Sequence[str],
    wanted: Wanted,
    tell: Callable[[Phase, int], None],
) -> None:
    """All rounds, each of which leaves files for the next."""
    tell("reading", 0)
    batches = stage(workers, workshop, paths, wanted.options)
    making = Making(workshop, batches, wanted.definitions or Definitions())
    n_rows = sum(table.n_rows * _most_entries(table) for b in batches for table in b.tables)
    tell("cleaning", n_rows)
    related = find_relations(workers, find_texts(workers, making))
    tell("sorting", n_rows)
    buckets = merge_duplicates(workers, related.making, n_rows)
    counted = added_up([bucket.counted for bucket in buckets])
    n_kept = sum(r.n_rows for found in counted.values() for r in found if r.action == "kept")
    looking = partial(
        look,
        related=related,
        counted=counted,
        joined=joined_notes([bucket.joined for bucket in buckets]),
        rows_per_shard=wanted.rows_per_shard or min(shard_rows(n_kept), ROWS_PER_SHARD_MOST),
    )
    (looked,) = workers.each(1, looking)
    tell("writing", n_kept)
    files = [bucket.file for bucket in buckets]
    sizes = write_shards(workers, workshop, looked.coding, files)
    ending = partial(finish, shop=workshop, looked=looked, n_touchpoints=sizes)
    workers.each(1, partial(ending, definitions=wanted.definitions, target=wanted.target))


def _most_entries(table: SourceTable) -> int:
    """How many entries a row of a table makes at most."""
    return max(1, len(table.roles.get("occurred_at", ()))) if table.shape == "wide" else 1


def _clear(_number: int, *, workshop: Workshop) -> None:
    shutil.rmtree(workshop.path, ignore_errors=True)
