"""What a worker of a cluster does: open its shard, answer, send the answer back."""

import pickle
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import pyarrow as pa

from journey.errors import ClusterError, JourneyError, StoreError
from journey.runners.piece import Piece
from journey.store.cache import memory
from journey.store.layout import Shard, Store
from journey.store.read import open_catalogue, open_shard
from journey.version import VERSION

SCHEMA = "shard long, answer binary"
PARTS_SCHEMA = "bucket long, shard long, part binary"


@dataclass(frozen=True)
class Job:
    """A pickled question, and the data set it is about.

    Without a fingerprint it is about the data set as such, and asked with its directory.
    """

    directory: str
    fingerprint: str | None
    question: bytes


def answers(batches: Iterable[pa.RecordBatch], version: str, job: bytes) -> Iterator[Any]:
    """The pickled answers of the shards whose numbers come in the first column."""
    for batch in batches:
        numbers = cast("list[int]", batch.column(0).to_pylist())
        told = [pickle.dumps(_answer(version, job, number)) for number in numbers]
        columns = [pa.array(numbers, pa.int64()), pa.array(told, pa.binary())]
        yield pa.RecordBatch.from_arrays(columns, ["shard", "answer"])


def parts(
    batches: Iterable[pa.RecordBatch], version: str, job: bytes, n_buckets: int
) -> Iterator[Any]:
    """The pickled parts of the shards' answers, one for each bucket."""
    for batch in batches:
        for number in cast("list[int]", batch.column(0).to_pylist()):
            answer, error = _answer(version, job, number, n_buckets)
            told = [None] * n_buckets if error else answer
            columns = [
                pa.array(range(n_buckets), pa.int64()),
                pa.array([number] * n_buckets, pa.int64()),
                pa.array([pickle.dumps((part, error)) for part in told], pa.binary()),
            ]
            yield pa.RecordBatch.from_arrays(columns, ["bucket", "shard", "part"])


def merged(table: pa.Table, merge: bytes) -> pa.Table:
    """The pickled answer of one bucket, of which the table has the parts."""
    ordered = table.sort_by("shard")
    told = pickle.dumps(_merged(cast("list[bytes]", ordered["part"].to_pylist()), merge))
    bucket = ordered["bucket"].slice(0, 1).combine_chunks()
    return pa.Table.from_arrays([bucket, pa.array([told], pa.binary())], ["shard", "answer"])


def read_answer(told: bytes) -> Any:
    """What a worker told.

    Raises
    ------
    JourneyError
        What went wrong there.
    """
    answer, error = pickle.loads(told)  # noqa: S301 -- from workers, which run our code anyway
    if error is not None:
        raise error
    return answer


def _answer(
    version: str, job: bytes, number: int, *options: int
) -> tuple[Any, JourneyError | None]:
    """The answer of a shard, or else what went wrong: asking again would not mend it."""
    if version != VERSION:
        return None, ClusterError(
            f"This is Portolan {version}, but a worker of the cluster has {VERSION}. Install the "
            "same on both."
        )
    try:
        asked: Job = pickle.loads(job)  # noqa: S301 -- from the driver, whose code we run anyway
        question: Callable[..., Any] = pickle.loads(asked.question)  # noqa: S301 -- the same
        return question(_asked_about(asked, number), *options), None
    except Exception as error:  # noqa: BLE001 -- told to whoever asked, with its place
        return None, _told(error)


def _merged(parts: list[bytes], merge: bytes) -> tuple[Any, JourneyError | None]:
    try:
        return pickle.loads(merge)([read_answer(part) for part in parts]), None  # noqa: S301 -- as above
    except Exception as error:  # noqa: BLE001 -- as above
        return None, _told(error)


def _told(error: Exception) -> JourneyError:
    if isinstance(error, JourneyError):
        return error
    where = "".join(traceback.format_exception(error)).strip()
    return ClusterError(f"A worker of the cluster could not answer: {where}")


def _asked_about(job: Job, number: int) -> Piece | Path:
    directory = Path(job.directory)
    if job.fingerprint is None:
        return directory
    store = _catalogue(directory, job.fingerprint)
    key = ("shard", job.directory, job.fingerprint, number)
    shard = memory.get(key, lambda: open_shard(directory, number), n_bytes=_n_bytes)
    return Piece(store, shard)


@lru_cache(maxsize=8)
def _catalogue(directory: Path, fingerprint: str) -> Store:
    store, _ = open_catalogue(directory)
    if store.fingerprint != fingerprint:
        raise StoreError(
            f"The data set {directory.name!r} on the cluster was replaced after it was opened. "
            "Open it again."
        )
    return store


def _n_bytes(shard: Shard) -> int:
    """What it holds itself; all else is mapped from the file."""
    return shard.offsets.nbytes
