"""Which way moves go: on to a later stage, back to an earlier one, or within a stage.

The stage counts that the journey is in before and after the move, not the one that a type stands
in on the map. So a visit to the website after a win is no way back: the journey stays where the
win took it.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]

WAYS: Any = pd.Index(["self", "forward", "back", "within"]).array


def directions(is_self: npt.NDArray[np.bool_], n_moves: Ints, forward: Ints, back: Ints) -> Any:
    """The direction of moves between two types: that of more than half of them, else ``within``."""
    ways = np.where(2 * forward > n_moves, 1, np.where(2 * back > n_moves, 2, 3))
    ways[is_self] = 0
    return WAYS.take(ways)
