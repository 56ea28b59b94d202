"""Journeys that were parked and came back."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel
from journey.kernels.facts import UNDECIDING, WON

Ints = npt.NDArray[np.int64]
Ticks = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]


@kernel
def first_returns(
    ticks: Ticks,
    offsets: Ints,
    verdicts: Bytes,
    by_customer: Flags,
    sent_back: Flags,
    dormancy: float,
    begin: int,
    end: int,
) -> Ints:
    """Per journey the first row from one instant to before another that ends a parking (-1: none).

    A journey is parked from a touch that sends it back, or once it was silent longer than
    dormancy; a touch of the customer ends that. One that is won or closed is not parked.
    """
    found = np.full(len(offsets) - 1, -1, np.int64)
    for j in range(len(offsets) - 1):
        is_parked, is_closed = False, False
        for row in range(offsets[j], offsets[j + 1]):
            if verdicts[row] == WON or ticks[row] >= end:
                break
            if row > offsets[j] and np.int64(ticks[row]) - np.int64(ticks[row - 1]) > dormancy:
                is_parked = is_parked or not is_closed
            if verdicts[row] != UNDECIDING:
                is_parked, is_closed = False, True
            elif sent_back[row]:
                is_parked = True
            elif by_customer[row]:
                if is_parked and ticks[row] >= begin:
                    found[j] = row
                    break
                is_parked, is_closed = False, False
    return found
