"""The floors: passes over as many numbers as there are touchpoints, which no engine can beat."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

import journey

PACKAGES = ("numba", "numpy")
N_THREADS = 2
N_HISTOGRAM_KEYS = 1_600
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Numbers:
    """Neighbouring types as 16-bit keys, gaps in seconds, and both packed into one number."""

    keys: npt.NDArray[np.uint16]
    gaps: npt.NDArray[np.uint32]
    packed: npt.NDArray[np.uint64]
    threads: ThreadPoolExecutor


def load(directory: Path) -> Numbers:
    """The numbers of a stored log; what lies between two journeys counts as a move here."""
    log = journey.open_log(directory / "store")
    n_types = len(log.type_names)
    types = np.concatenate([shard.codes["touchpoint"] for shard in log.store.shards])
    ticks = np.concatenate([shard.ticks for shard in log.store.shards])
    moves = types[:-1] * np.uint32(n_types) + types[1:]
    gaps = np.abs(np.diff(ticks.astype(np.int64))).astype(np.uint32)
    packed = (moves.astype(np.uint64) << np.uint64(32)) | gaps
    keys = (moves % N_HISTOGRAM_KEYS).astype(np.uint16)
    return Numbers(keys, gaps, packed, ThreadPoolExecutor(N_THREADS))


def histogram(log: Numbers) -> Ints:
    """How often each key occurs, one thread."""
    return _histogram(log.keys)


def histogram_2(log: Numbers) -> Any:
    """How often each key occurs, each thread taking its half."""
    return sum(log.threads.map(_histogram, np.array_split(log.keys, N_THREADS)))


def sort_gaps(log: Numbers) -> Any:
    """All gaps in order, one thread."""
    return np.sort(log.gaps)


def sort_gaps_2(log: Numbers) -> Any:
    """Each thread puts its half of the gaps in order; nobody merges the halves."""
    return list(log.threads.map(np.sort, np.array_split(log.gaps, N_THREADS)))


def sort_keys(log: Numbers) -> Any:
    """All moves with their gaps in order, one thread."""
    return np.sort(log.packed)


def comparable(task: str, log: Numbers, answer: Any) -> dict[str, dict[Any, float]]:  # noqa: ARG001 - the same for all engines
    """Nothing: neighbours of different journeys are counted too."""
    return {}


@numba.njit(nogil=True, cache=True)
def _histogram(keys: npt.NDArray[np.uint16]) -> Ints:
    counts = np.zeros(N_HISTOGRAM_KEYS, np.int64)
    for key in keys:
        counts[key] += 1
    return counts
