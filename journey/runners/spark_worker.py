"""What a worker of a cluster does: open its shard, answer, send the answer back."""

import pickle
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
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

    Without a fingerprint it is about the data set as such, and asked with its directory; without
    a directory about none, and asked with the number of the task.
    """

    directory: str | None
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
    """The pickled parts of answers with their buckets, one at a time as they are made.

    The question gives pairs of a bucket and a part of its answer, as many as it likes. What goes
    wrong reaches every bucket, so that each tells it.
    """
    for batch in batches:
        for number in cast("list[int]", batch.column(0).to_pylist()):
            given, error = _answer(version, job, number, n_buckets)
            told = iter(cast("Iterable[tuple[int, Any]]", given or ()))
            while error is None:
                try:
                    bucket, part = next(told)
                except StopIteration:
                    break
                except Exception as failure:  # noqa: BLE001 -- told like any other
                    error = _told(failure)
                else:
                    yield _part(bucket, number, (part, None))
            if error is not None:
                yield from (_part(bucket, number, (None, error)) for bucket in range(n_buckets))


def _part(bucket: int, number: int, told: tuple[Any, JourneyError | None]) -> Any:
    columns = [
        pa.array([bucket], pa.int64()),
        pa.array([number], pa.int64()),
        pa.array([pickle.dumps(told)], pa.binary()),
    ]
    return pa.RecordBatch.from_arrays(columns, ["bucket", "shard", "part"])


def merged(table: pa.Table, merge: bytes) -> pa.Table:
    """The pickled answer of one bucket, of which the table has the parts."""
    bucket = table["bucket"].slice(0, 1).combine_chunks()
    told = cast("list[bytes]", table["part"].to_pylist())
    order = np.argsort(table["shard"].to_numpy(), kind="stable").tolist()
    answer = _merged(bucket[0].as_py(), [told[place] for place in order], merge)
    answers = pa.array([pickle.dumps(answer)], pa.binary())
    return pa.Table.from_arrays([bucket, answers], ["shard", "answer"])


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


def _merged(bucket: int, parts: list[bytes], merge: bytes) -> tuple[Any, JourneyError | None]:
    try:
        asked = pickle.loads(merge)  # noqa: S301 -- as above
        return asked(bucket, [read_answer(part) for part in parts]), None
    except Exception as error:  # noqa: BLE001 -- as above
        return None, _told(error)


def _told(error: Exception) -> JourneyError:
    if isinstance(error, JourneyError):
        return error
    if isinstance(error, ModuleNotFoundError):
        return ClusterError(
            f"A worker of the cluster does not find the module {error.name!r}, which the question "
            "needs. Put its folder on the PYTHONPATH of every worker, or install it there."
        )
    where = "".join(traceback.format_exception(error)).strip()
    return ClusterError(f"A worker of the cluster could not answer: {where}")


def _asked_about(job: Job, number: int) -> Piece | Path | int:
    if job.directory is None:
        return number
    directory = Path(job.directory)
    if job.fingerprint is None:
        return directory
    store = catalogue(directory, job.fingerprint)
    key = ("shard", job.directory, job.fingerprint, number)
    shard = memory.get(key, lambda: open_shard(directory, number), n_bytes=_n_bytes)
    return Piece(store, shard)


@lru_cache(maxsize=8)
def catalogue(directory: Path, fingerprint: str) -> Store:
    """A data set on a worker, without its shards.

    Raises
    ------
    StoreError
        If there is none, or another one by now.
    """
    store, _ = open_catalogue(directory)
    if store.fingerprint != fingerprint:
        raise StoreError(
            f"The data set {directory.name!r} on the cluster was replaced after it was opened. "
            "Open it again."
        )
    return store


def _n_bytes(shard: Shard) -> int:
    """What it holds itself; all else is mapped from the file, or booked where it is unpacked."""
    return shard.offsets.nbytes
