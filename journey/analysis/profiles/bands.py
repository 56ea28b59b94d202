"""Bands of whole numbers: an exact headcount is no group, from 50 to 199 is one.

A value such as ``50 to 199``, ``up to 9`` or ``5000 or more`` stands for all numbers within,
wherever values of an attribute are named and the attribute has no such value itself.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bounds = tuple[float, float]

MOST_SINGLE: Final = 12
"""So many different numbers may still be kinds, such as plans or grades."""

N_BANDS: Final = 5
_WHOLE: Final = re.compile(r"-?\d{1,15}(?:\.0+)?")
_BAND: Final = re.compile(
    r"(?:(?P<least>-?\d+) to (?P<most>-?\d+)|up to (?P<only_most>-?\d+)"
    r"|(?P<only_least>-?\d+) or more)"
)


def bands_of(names: Sequence[str | None], counts: Ints) -> list[str]:
    """Bands that each have about a fifth of what is counted; none where names are no numbers.

    Parameters
    ----------
    names, counts
        The values of a column, and how many have each.

    Examples
    --------
    >>> bands_of([str(n) for n in range(1, 101)], np.ones(100, np.int64))
    ['up to 19', '20 to 39', '40 to 59', '60 to 79', '80 or more']
    >>> bands_of(["1", "2", "3"], np.ones(3, np.int64))
    []
    """
    if not all(name is None or _WHOLE.fullmatch(name) for name in names):
        return []
    ordered = sorted(
        (int(float(name)), n)
        for name, n in zip(names, counts.tolist(), strict=True)
        if name is not None
    )
    if len(ordered) <= MOST_SINGLE:
        return []
    numbers, sizes = (np.array(column, dtype=np.int64) for column in zip(*ordered, strict=True))
    shares = np.cumsum(sizes) / max(int(sizes.sum()), 1)
    at = np.searchsorted(shares, np.arange(1, N_BANDS) / N_BANDS)
    edges = sorted({_rounded(int(numbers[place])) for place in at} - {int(numbers[0])})
    edges = [edge for edge in edges if numbers[0] < edge <= numbers[-1]]
    if not edges:
        return []
    inner = [f"{low} to {high - 1}" for low, high in pairwise(edges)]
    return [f"up to {edges[0] - 1}", *inner, f"{edges[-1]} or more"]


def bounds_of(value: str | None) -> Bounds | None:
    """The least and the most number of a band, both included; none if the value is no band.

    Examples
    --------
    >>> bounds_of("50 to 199"), bounds_of("5000 or more"), bounds_of("Retail")
    ((50.0, 199.0), (5000.0, inf), None)
    """
    found = _BAND.fullmatch(value or "")
    if found is None:
        return None
    least, most = found["least"] or found["only_least"], found["most"] or found["only_most"]
    return float(least or "-inf"), float(most or "inf")


def is_within(name: str | None, bounds: Bounds) -> bool:
    """Whether a value is a number within a band.

    Examples
    --------
    >>> is_within("57", (50, 199)), is_within("about 57", (50, 199))
    (True, False)
    """
    if name is None or not _WHOLE.fullmatch(name):
        return False
    return bounds[0] <= float(name) <= bounds[1]


def _rounded(number: int) -> int:
    """To one digit that is not 0."""
    return int(round(number, 1 - len(str(abs(number)))))
