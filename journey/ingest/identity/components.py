"""Which ids hang together: connected components of a graph given as pairs of numbers."""

from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]


def components(n_nodes: int, left: npt.NDArray[Any], right: npt.NDArray[Any]) -> Codes:
    """For every node the smallest node that it is connected with.

    The answer does not depend on the order of the pairs. Whole arrays are worked on at once:
    every root is hung below the smallest root it touches, then all look up their root anew; each
    round leaves fewer roots, in practice in a handful of rounds.

    Parameters
    ----------
    n_nodes
        Nodes are the numbers below it.
    left, right
        The pairs.

    References
    ----------
    Shiloach and Vishkin (1982), An O(log n) parallel connectivity algorithm.

    Examples
    --------
    >>> components(5, np.array([4, 1]), np.array([3, 4])).tolist()
    [0, 1, 2, 1, 1]
    """
    roots = np.arange(n_nodes, dtype=np.int64)
    left, right = left.astype(np.int64), right.astype(np.int64)
    while len(left):
        np.minimum.at(roots, np.maximum(left, right), np.minimum(left, right))
        roots = _looked_up(roots)
        left, right = roots[left], roots[right]
        is_apart = left != right
        left, right = left[is_apart], right[is_apart]
    return roots


def _looked_up(roots: Codes) -> Codes:
    """Follow every node to the root that stands for itself."""
    while True:
        further = roots[roots]
        if np.array_equal(further, roots):
            return roots
        roots = further
