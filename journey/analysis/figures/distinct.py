"""Things counted once, each by its number; pairs of things as one number."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.distinct import marked, pairs_once, seconds_of_firsts
from journey.store.layout import frozen

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[Any]

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


def _pairs(first: Codes, second: Codes, n_first: int, n_second: int) -> Ints:
    """Pairs of things that occur, each once and as one number, by the first."""
    if n_second < FLAGS_PER_KEY * len(second):
        return pairs_once(frozen(first), frozen(second), n_first, n_second)
    known = (first < n_first) & (second < n_second)
    return distinct(first[known].astype(np.int64) * n_second + second[known])


def dealt(first: Codes, second: Codes, n_first: int, n_second: int, n_buckets: int) -> list[Ints]:
    """Pairs that occur, each once, dealt out to buckets, the same to the same one.

    A pair is the number ``first * n_second + second``. Numbers of things from ``n_first`` and
    ``n_second`` on stand for nothing that is known: their pairs are left out.

    Examples
    --------
    >>> first, second = np.array([0, 0, 0, 1]), np.array([4, 7, 4, 4])
    >>> [bucket.tolist() for bucket in dealt(first, second, 1, 10, 2)]
    [[4], [7]]
    """
    found = _pairs(first, second, n_first, n_second)
    if n_buckets == 1:
        return [found]
    return [found[found % n_buckets == bucket] for bucket in range(n_buckets)]


def once(parts: Sequence[Ints], n_second: int) -> tuple[Ints, Ints]:
    """The pairs of several parts that may share some, each once: the first and the second things.

    Examples
    --------
    >>> [one.tolist() for one in once([np.array([10, 12]), np.array([12, 35])], 10)]
    [[1, 1, 3], [0, 2, 5]]
    """
    first, second = np.divmod(np.concatenate(parts), max(n_second, 1))
    found = _pairs(first, second, int(first.max(initial=-1)) + 1, n_second)
    return np.divmod(found, max(n_second, 1))


def count_first(parts: Sequence[Ints], n_second: int) -> tuple[Ints, Ints]:
    """The first things of pairs, in order, and with how many others each is paired.

    Pairs are numbers ``first * n_second + second``, of several parts that may share some, each in
    the order of the first.

    Examples
    --------
    >>> [one.tolist() for one in count_first([np.array([10, 12]), np.array([12, 35])], 10)]
    [[1, 3], [2, 1]]
    """
    pairs = np.concatenate(parts)
    if not len(pairs):
        return pairs, pairs
    n_first = int(pairs.max()) // n_second + 1
    if n_second < FLAGS_PER_KEY * len(pairs):
        ends = frozen(np.cumsum([0, *map(len, parts)], dtype=np.int64))
        counts = seconds_of_firsts(frozen(pairs), ends, n_first, n_second)
    else:
        counts = np.bincount(distinct(pairs) // n_second, minlength=n_first)
    found = np.flatnonzero(counts)
    return found, counts[found]
