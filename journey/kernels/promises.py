"""What was asked for and what answered it, journey by journey."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

OPENS, ANSWERS, RETURNS, ENDS, HOLDS, SETTLES, LAPSES = 1, 2, 4, 8, 16, 32, 64
"""What an event does; it may do several. What lapses was over before it came.

An answer that holds may still be taken back by a return, until the next event that opens, settles,
or answers without holding.
"""

TAKEN, SENT_BACK, OVER, WAITING = 0, 1, 2, 3
"""What became of a wait."""


@kernel
def way_out(does: Any) -> int:
    """How an event ends a wait; it goes on waiting if that does nothing of the kind."""
    if does & ANSWERS:
        return TAKEN
    if does & RETURNS:
        return SENT_BACK
    return OVER if does & ENDS else WAITING


@kernel
def pair_events(does: Bytes, owners: Ints) -> tuple[Ints, Ints, Ints, Ints, Bytes]:
    """Of each wait the events that began, first answered and ended it (-1: none did), and how.

    Before how it ended comes the event before which it lapsed, -1 where it did not.

    Events come in order, those of a journey next to each other. While a journey waits, further
    events that open change nothing; one that both opens and answers is answered at once, unless it
    ended a wait. A wait that was answered and then taken back was ended by the return.
    """
    begins = np.empty(len(does), np.int64)
    answers = np.empty(len(does), np.int64)
    ends = np.empty(len(does), np.int64)
    lapses = np.full(len(does), -1, np.int64)
    hows = np.empty(len(does), np.uint8)
    n, is_waiting, is_held = 0, False, False
    for event in range(len(does)):
        if event and owners[event] != owners[event - 1]:
            is_waiting, is_held = False, False
        if does[event] & LAPSES:
            if is_waiting:
                lapses[n - 1], hows[n - 1] = event, OVER
            is_waiting, is_held = False, False
        if not is_waiting:
            if does[event] & OPENS == 0:
                if is_held and does[event] & RETURNS:
                    ends[n - 1], hows[n - 1] = event, SENT_BACK
                settles = does[event] & (SETTLES | RETURNS) or (does[event] & HOLDS == 0)
                is_held = is_held and not settles
                continue
            begins[n], answers[n], ends[n], hows[n] = event, -1, -1, WAITING
            n, is_waiting = n + 1, True
            if does[event] & ANSWERS == 0:
                continue
        how = way_out(does[event])
        if how == WAITING:
            continue
        answers[n - 1], ends[n - 1], hows[n - 1], is_waiting = event, event, how, False
        is_held = how == TAKEN and does[event] & HOLDS != 0 and does[event] & SETTLES == 0
    return begins[:n], answers[:n], ends[:n], lapses[:n], hows[:n]
