"""Journeys by position: which box each is in at every step."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[Any]
Bytes = npt.NDArray[np.uint8]
Stages = npt.NDArray[np.int8]


@kernel
def count_flows(
    types: Codes,
    current: Stages,
    offsets: Ints,
    first_rows: Ints,
    outcomes: Bytes,
    box_of_type: Ints,
    n_named: int,
    n_boxes: int,
    n_steps: int,
) -> tuple[Ints, Ints]:
    """Journeys by step, box, and box at the next step; and how many go back to an earlier stage.

    Boxes: the named types, Other (``n_named``), the outcomes in order, and last 'not started'.
    ``first_rows[j]`` is the row of step 0; it may lie before the journey's beginning.
    ``current`` is the stage after each touch.
    """
    shape = (n_steps, n_boxes, n_boxes)
    counts = np.zeros(n_steps * n_boxes * n_boxes, np.int64)
    back = np.zeros(n_steps * n_boxes * n_boxes, np.int64)
    width = np.uint64(n_boxes)  # unsigned, places can't count from the end: nothing to look after
    for j in range(len(offsets) - 1):
        begin, end = offsets[j], offsets[j + 1]
        over = np.uint64(n_named + 1 + outcomes[j])
        box = np.uint64(0)
        for step in range(n_steps + 1):
            row = first_rows[j] + step
            if row < begin:
                following = width - np.uint64(1)
            elif row >= end:
                following = over
            else:
                following = np.uint64(box_of_type[types[row]])
            if step > 0:
                key = (np.uint64(step - 1) * width + box) * width + following
                counts[key] += 1
                if begin < row < end and 0 <= current[row] < current[row - 1]:
                    back[key] += 1
            box = following
    return counts.reshape(shape), back.reshape(shape)


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
