"""Put a question to every shard on the workers of a Spark cluster."""

import pickle
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from journey.errors import ClusterError, StoreError
from journey.runners.cases import Wanted, sort_on_cluster
from journey.runners.piece import Give, Piece
from journey.runners.spark_session import (
    Cluster,
    in_buckets,
    of_shards,
    told_by_workers,
)
from journey.runners.spark_worker import Job, read_answer
from journey.store.layout import Store
from journey.store.read import open_catalogue
from journey.store.recase import case_columns

Answer = TypeVar("Answer")

_ADDRESS = re.compile(r"(spark://[^/]+|sc://[^/]+(?:/;[^/]*)?)(/.*)?", re.DOTALL)

OPENING_SECONDS = 180
"""A cluster that has not answered the first question by then has no free worker."""

ANSWER_SECONDS = 3_600
TASK_SECONDS = 7 * 86_400
"""Work on files may take as long as there are files."""


@dataclass(frozen=True)
class Spark:
    """The workers of a cluster, for a data set in a directory that all of them see."""

    cluster: Cluster
    directory: str
    fingerprint: str
    n_shards: int
    sorted: dict[Wanted, tuple[Store, int]] = field(
        default_factory=dict[Wanted, tuple[Store, int]], compare=False, repr=False
    )
    """What its workers sorted by other cases since it was opened."""

    def ask(self, question: Callable[[Piece], Answer]) -> list[Answer]:
        """The answers of all shards, in their order.

        Raises
        ------
        ClusterError
            If the workers can't answer.
        StoreError
            If a shard is missing where the workers look for it.
        """
        job = Job(self.directory, self.fingerprint, pickle.dumps(question))
        return _put(self.cluster, job, self.n_shards, ANSWER_SECONDS)

    def ask_in_buckets(
        self,
        question: Callable[[Piece, int], Sequence[Any]],
        merge: Callable[[Sequence[Any]], Answer],
    ) -> list[Answer]:
        """The answers of all buckets, as many as shards: Spark brings their parts together.

        Raises
        ------
        ClusterError, StoreError
            As for :meth:`ask`.
        """
        if not self.n_shards:
            return []
        numbered = pickle.dumps(partial(_numbered, question=question))
        job = pickle.dumps(Job(self.directory, self.fingerprint, numbered))
        merge_parts = pickle.dumps(partial(_of_parts, merge=merge))
        asked = in_buckets(job, merge_parts, self.n_shards, self.n_shards)
        return _read(self.cluster, asked, ANSWER_SECONDS)

    def by_case(self, store: Store, role: str, gap_ticks: int | None) -> "tuple[Store, Spark]":
        """The store sorted into journeys of another case by the workers, and who asks its shards.

        Raises
        ------
        ColumnNotFoundError
            If the log has no column that tells such a case.
        ClusterError, StoreError
            As for :func:`journey.runners.cases.sort_on_cluster`.
        """
        case_columns(store, role)
        wanted = Wanted(self.directory, self.fingerprint, role, gap_ticks)
        place = str(wanted.place)
        if wanted not in self.sorted:
            sort_on_cluster(SparkTasks(self.cluster), wanted, self.n_shards)
            self.sorted[wanted] = open_far(self.cluster, place, wanted.fingerprint_sorted)
        found, n_shards = self.sorted[wanted]
        return found, Spark(self.cluster, place, found.fingerprint, n_shards)


def _numbered(
    piece: Piece, n_buckets: int, *, question: Callable[[Piece, int], Sequence[Any]]
) -> list[tuple[int, Any]]:
    """The parts of a shard's answer, each with its bucket."""
    return list(enumerate(question(piece, n_buckets)))


def _of_parts(
    _bucket: int, parts: Sequence[Any], *, merge: Callable[[Sequence[Any]], Answer]
) -> Answer:
    return merge(parts)


@dataclass(frozen=True)
class SparkTasks:
    """The workers of a cluster, for work that makes files on storage that all of them see."""

    cluster: Cluster

    def first(self, task: Callable[[int], Answer]) -> Answer:
        """What one task gives, on a cluster that may have no free worker.

        Raises
        ------
        ClusterError
            If the cluster can't be reached, or no worker answers in good time.
        """
        return _put(self.cluster, Job(None, None, pickle.dumps(task)), 1, OPENING_SECONDS)[0]

    def each(self, n_tasks: int, task: Callable[[int], Answer]) -> list[Answer]:
        """What a task gives for each number, in their order.

        Raises
        ------
        ClusterError
            If the workers can't do it.
        """
        return _put(self.cluster, Job(None, None, pickle.dumps(task)), n_tasks, TASK_SECONDS)

    def deal(
        self, n_tasks: int, n_buckets: int, give: Give, take: Callable[[int, Sequence[Any]], Answer]
    ) -> list[Answer]:
        """What is taken of each bucket that was given anything, in their order.

        Raises
        ------
        ClusterError
            If the workers can't do it.
        """
        if not n_tasks:
            return []
        job = pickle.dumps(Job(None, None, pickle.dumps(give)))
        asked = in_buckets(job, pickle.dumps(take), n_tasks, n_buckets)
        return _read(self.cluster, asked, TASK_SECONDS)


def is_address(place: object) -> bool:
    """Whether a place is on a cluster: ``spark://host:port/path`` or ``sc://host:port/path``.

    Examples
    --------
    >>> is_address("spark://head:7077/data/Spring"), is_address("/data/Spring")
    (True, False)
    """
    return isinstance(place, str) and place.startswith(("spark://", "sc://"))


def split_address(address: str) -> tuple[Cluster, str]:
    """The cluster and the directory that an address names.

    Raises
    ------
    ClusterError
        If it names no cluster with its port, or no directory.

    Examples
    --------
    >>> cluster, directory = split_address("spark://head:7077/data/Spring 2026")
    >>> cluster.url, directory
    ('spark://head:7077', '/data/Spring 2026')
    """
    found = _ADDRESS.fullmatch(address.strip())
    if not found or not found[2] or found[2] == "/":
        raise ClusterError(
            f"{address[:200]!r} is no address of a data set on a cluster. Give "
            "spark://host:7077/path/to/data set, or sc://host:15002/path/to/data set for "
            "Spark Connect."
        )
    return Cluster(found[1]), found[2].rstrip("/")


def shown(address: str) -> str:
    """An address as it may be shown: without a token.

    Examples
    --------
    >>> shown("sc://head:15002/;token=secret/data/Spring")
    'sc://head:15002/data/Spring'
    """
    cluster, directory = split_address(address)
    return f"{cluster.name}{directory}"


def ask_directory(cluster: Cluster, directory: str, question: Callable[[Path], Answer]) -> Answer:
    """The answer of one worker to a question about a directory that it sees."""
    job = Job(directory, None, pickle.dumps(question))
    return _put(cluster, job, 1, OPENING_SECONDS)[0]


def open_far(cluster: Cluster, directory: str, fingerprint: str) -> tuple[Store, int]:
    """A store without its shards, and how many these are.

    It is opened here where this machine sees the same one, else sent by a worker.
    """
    with suppress(StoreError):
        store, n_shards = open_catalogue(Path(directory))
        if store.fingerprint == fingerprint:
            return store, n_shards
    return ask_directory(cluster, directory, open_catalogue)


def _put(cluster: Cluster, job: Job, n_shards: int, seconds: float) -> list[Any]:
    return _read(cluster, of_shards(pickle.dumps(job), n_shards), seconds) if n_shards else []


def _read(cluster: Cluster, asked: Callable[[Any], Any], seconds: float) -> list[Any]:
    told = told_by_workers(cluster, asked, seconds)
    return [read_answer(answer) for answer in told]
