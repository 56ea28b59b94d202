"""Values that lie within ranges of their group.

A value is a float64 that isn't negative; its bits, read as an integer, are in the order of the
values. A range is one of such bits.
"""

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]


@kernel
def values_within(
    groups: Ints, values: Ints, starts: Ints, lows: Ints, highs: Ints
) -> tuple[Ints, Ints]:
    """Targets and bits of the values, given by their bits, that lie within a target of their group.

    The targets of group ``g`` are ``starts[g]:starts[g + 1]``; each is a range of bits. A value
    within several counts for each.
    """
    targets, found = np.empty(64, np.int64), np.empty(64, np.int64)
    at = 0
    for i in range(len(groups)):
        bits = values[i]
        for target in range(starts[groups[i]], starts[groups[i] + 1]):
            if lows[target] <= bits < highs[target]:
                if at == len(found):
                    targets = np.concatenate((targets, np.empty_like(targets)))
                    found = np.concatenate((found, np.empty_like(found)))
                targets[at], found[at] = target, bits
                at += 1
    return targets[:at].copy(), found[:at].copy()
