"""Journeys by position: which box each is in at every step."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[Any]
Bytes = npt.NDArray[np.uint8]


@kernel
def count_flows(
    types: Codes,
    offsets: Ints,
    first_rows: Ints,
    outcomes: Bytes,
    box_of_type: Ints,
    n_named: int,
    n_boxes: int,
    n_steps: int,
) -> npt.NDArray[np.int64]:
    """Journeys by step, box, and box at the next step.

    Boxes: the named types, Other (``n_named``), the outcomes in order, and last 'not started'.
    ``first_rows[j]`` is the row of step 0; it may lie before the journey's beginning.
    """
    counts = np.zeros((n_steps, n_boxes, n_boxes), np.int64)
    for j in range(len(offsets) - 1):
        box = -1
        for step in range(n_steps + 1):
            row = first_rows[j] + step
            if row < offsets[j]:
                following = n_boxes - 1
            elif row >= offsets[j + 1]:
                following = n_named + 1 + outcomes[j]
            else:
                following = box_of_type[types[row]]
            if step > 0:
                counts[step - 1, box, following] += 1
            box = following
    return counts


@kernel
def journeys_by_type(
    types: Codes, offsets: Ints, first_rows: Ints, n_types: int, n_steps: int
) -> Ints:
    """How many journeys are at each type in any of the first steps, steps added up."""
    counts = np.zeros(n_types, np.int64)
    for j in range(len(offsets) - 1):
        begin = max(first_rows[j], offsets[j])
        for row in range(begin, min(first_rows[j] + n_steps, offsets[j + 1])):
            counts[types[row]] += 1
    return counts
