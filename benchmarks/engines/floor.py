"""The floor: a histogram of as many 16-bit keys as there are touchpoints, one thread."""

from pathlib import Path

import numba
import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq
from tasks import N_TYPES

PACKAGES = ("numba", "numpy")
Keys = npt.NDArray[np.uint16]


def load(directory: Path) -> Keys:
    """Pairs of neighbouring types as one number each."""
    column = pq.read_table(directory / "log.parquet", columns=["touchpoint"])["touchpoint"]
    codes = column.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.uint16)
    return codes[:-1] * np.uint16(N_TYPES) + codes[1:]


def fresh(keys: Keys) -> Keys:
    """The same keys."""
    return keys


@numba.njit(nogil=True, cache=True)
def moves(keys: Keys) -> npt.NDArray[np.int64]:
    """How often each key occurs."""
    counts = np.zeros(N_TYPES * N_TYPES, np.int64)
    for key in keys:
        counts[key] += 1
    return counts


def comparable(task: str, keys: Keys, answer: npt.NDArray[np.int64]) -> dict[str, dict]:  # noqa: ARG001 - the same for all engines
    """Nothing: neighbours of different journeys are counted too."""
    return {}
