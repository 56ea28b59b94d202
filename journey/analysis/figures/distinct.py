"""Things counted once, each by its number; pairs of things as one number."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from journey.kernels.distinct import marked
from journey.store.layout import frozen

Ints = npt.NDArray[np.int64]

FLAGS_PER_KEY = 32
"""More flags than this for each number cost more than sorting the numbers."""


def distinct(keys: Ints) -> Ints:
    """The numbers that occur, each once, in order.

    Examples
    --------
    >>> distinct(np.array([8, 6, 8])).tolist()
    [6, 8]
    """
    if not len(keys):
        return keys
    low, high = int(keys.min()), int(keys.max())
    if high - low >= FLAGS_PER_KEY * len(keys):
        ordered = np.sort(keys)  # for so many different ones twice as fast as np.unique
        return ordered[np.append(True, ordered[1:] != ordered[:-1])]
    return low + np.flatnonzero(marked(frozen(keys - low), high - low + 1))


def dealt(keys: Ints, n_buckets: int) -> list[Ints]:
    """The numbers that occur, each once, dealt out to buckets, the same to the same one.

    Examples
    --------
    >>> [bucket.tolist() for bucket in dealt(np.array([4, 7, 4]), 2)]
    [[4], [7]]
    """
    found = distinct(keys)
    if n_buckets == 1:
        return [found]
    return [found[found % n_buckets == bucket] for bucket in range(n_buckets)]


def count_first(parts: Sequence[Ints], n_second: int) -> tuple[Ints, Ints]:
    """The first things of pairs, in order, and with how many others each is paired.

    Pairs are numbers ``first * n_second + second``, of several parts that may share some.

    Examples
    --------
    >>> [one.tolist() for one in count_first([np.array([10, 12]), np.array([12, 35])], 10)]
    [[1, 3], [2, 1]]
    """
    first = distinct(np.concatenate(parts)) // n_second
    begins = np.flatnonzero(np.diff(first, prepend=-1))
    return first[begins], np.diff(begins, append=len(first))
