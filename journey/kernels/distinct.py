"""Counting each thing once."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]


@kernel
def marked(keys: npt.NDArray[Any], n_keys: int) -> npt.NDArray[np.bool_]:
    """Which of the numbers below ``n_keys`` occur."""
    flags = np.zeros(n_keys, np.bool_)
    for key in keys:
        flags[key] = True
    return flags


@kernel
def firsts(groups: Ints, owners: Ints, n_groups: int) -> npt.NDArray[np.bool_]:
    """Which rows are the first of their group in their journey; rows are in order."""
    flags = np.empty(len(groups), np.bool_)
    last = np.full(n_groups, -1, np.int64)
    for at in range(len(groups)):
        flags[at] = last[groups[at]] != owners[at]
        last[groups[at]] = owners[at]
    return flags


@kernel
def owners_of(rows: npt.NDArray[Any], offsets: Ints) -> Ints:
    """The journey of each of some rows, which are in order."""
    found = np.empty(len(rows), np.int64)
    j = 0
    for at in range(len(rows)):
        while offsets[j + 1] <= rows[at]:
            j += 1
        found[at] = j
    return found
