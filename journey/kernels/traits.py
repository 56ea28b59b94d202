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
