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
def returns(
    ticks: Ticks,
    offsets: Ints,
    verdicts: Bytes,
    by_customer: Flags,
    sent_back: Flags,
    dormancy: float,
) -> Ints:
    """Rows that end a parking.

    A journey is parked from a touch that sends it back, or once it was silent longer than
    dormancy; a touch of the customer ends that, and to buy is one. One that is won or closed is
    not parked.
    """
    found = np.empty(len(ticks), np.int64)
    at = 0
    for j in range(len(offsets) - 1):
        is_parked, is_closed = False, False
        for row in range(offsets[j], offsets[j + 1]):
            if row > offsets[j] and np.int64(ticks[row]) - np.int64(ticks[row - 1]) > dormancy:
                is_parked = is_parked or not is_closed
            if verdicts[row] == WON:
                if is_parked and by_customer[row]:
                    found[at] = row
                    at += 1
                break
            if verdicts[row] != UNDECIDING:
                is_parked, is_closed = False, True
            elif sent_back[row]:
                is_parked = True
            elif by_customer[row]:
                if is_parked:
                    found[at] = row
                    at += 1
                is_parked, is_closed = False, False
    return found[:at].copy()
