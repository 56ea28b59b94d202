"""What journeys have within some of their rows."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]


@kernel
def values_met(codes: Codes, begins: Ints, ends: Ints, place_of_code: Ints, n_places: int) -> Flags:
    """Which values the rows ``begins[j]:ends[j]`` have; codes of place -1 are passed over."""
    met = np.zeros((len(begins), n_places), np.bool_)
    for j in range(len(begins)):
        for row in range(begins[j], ends[j]):
            place = place_of_code[codes[row]]
            if place >= 0:
                met[j, place] = True
    return met


@kernel
def parts_played(
    codes: Codes, begins: Ints, ends: Ints, place_of_code: Ints, n_places: int
) -> tuple[Ints, Ints, Ints, Ints]:
    """Which values come first and last in each journey, how often each between, where it enters.

    Of the rows ``begins[j]:ends[j]`` those of place -1 are passed over. A place or row is -1 where
    there is none.
    """
    first = np.full(len(begins), -1, np.int64)
    last = np.full(len(begins), -1, np.int64)
    between = np.zeros((len(begins), n_places), np.int64)
    entered = np.full((len(begins), n_places), -1, np.int64)
    for j in range(len(begins)):
        n_before = 0
        for row in range(begins[j], ends[j]):
            place = place_of_code[codes[row]]
            if place < 0:
                continue
            if n_before == 0:
                first[j] = place
            elif n_before > 1:
                between[j, last[j]] += 1
            last[j] = place
            n_before += 1
            if entered[j, place] < 0:
                entered[j, place] = row
    return first, last, between, entered
