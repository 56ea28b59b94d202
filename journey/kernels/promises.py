"""What was asked for and what answered it, journey by journey."""

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

OPENS, ANSWERS, RETURNS, ENDS = 1, 2, 4, 8
"""What an event does; it may do several."""

TAKEN, SENT_BACK, OVER, WAITING = 0, 1, 2, 3
"""What became of a wait."""


@kernel
def pair_events(does: Bytes, owners: Ints) -> tuple[Ints, Ints, Bytes]:
    """Of each wait the event that began it, the one that ended it (-1: none did), and how.

    Events come in order, those of a journey next to each other. While a journey waits, further
    events that open change nothing; one that both opens and answers is answered at once, unless it
    ended a wait.
    """
    begins = np.empty(len(does), np.int64)
    ends = np.empty(len(does), np.int64)
    hows = np.empty(len(does), np.uint8)
    n, is_waiting = 0, False
    for event in range(len(does)):
        if event and owners[event] != owners[event - 1]:
            is_waiting = False
        if not is_waiting:
            if does[event] & OPENS == 0:
                continue
            begins[n], ends[n], hows[n] = event, -1, WAITING
            n, is_waiting = n + 1, True
            if does[event] & ANSWERS == 0:
                continue
        if does[event] & ANSWERS:
            how = TAKEN
        elif does[event] & RETURNS:
            how = SENT_BACK
        elif does[event] & ENDS:
            how = OVER
        else:
            continue
        ends[n - 1], hows[n - 1], is_waiting = event, how, False
    return begins[:n], ends[:n], hows[:n]
