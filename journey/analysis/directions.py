"""Which way moves go: on to a later stage, back to an earlier one, or within a stage.

The stage counts that the journey is in before and after the move, not the one that a type stands
in on the map. So a visit to the website after a win is no way back: the journey stays where the
win took it.
"""

from functools import partial

import numpy as np
import numpy.typing as npt

from journey.facts import ShardFacts
from journey.kernels.moves import stage_changes
from journey.log import TouchpointLog
from journey.store.view import View

Ints = npt.NDArray[np.int64]

DENSE_PAIRS_MOST = 1_024**2
"""Up to so many pairs of types changes are counted in a table, beyond it by sorted keys."""


def moves_across(log: TouchpointLog, keys: Ints, *, n_types: int) -> tuple[Ints, Ints]:
    """Of moves by key (``source * n_types + target``, sorted), how many go forward and back."""
    ask = partial(_count_across, keys=keys, n_types=n_types)
    n_forward, n_back = sum(log.ask_with_facts(ask), np.zeros((2, len(keys)), np.int64))
    return n_forward, n_back


def directions(
    is_self: npt.NDArray[np.bool_], n_moves: Ints, forward: Ints, back: Ints
) -> npt.NDArray[np.str_]:
    """The direction of moves between two types: that of more than half of them, else ``within``."""
    return np.select(
        [is_self, 2 * forward > n_moves, 2 * back > n_moves],
        ["self", "forward", "back"],
        "within",
    )


def _count_across(part: tuple[View, ShardFacts], *, keys: Ints, n_types: int) -> Ints:
    view, facts = part
    ways = stage_changes(view.types, facts.stages_in(view), view.offsets, n_types)
    return np.stack([_count(way, keys, n_types**2) for way in ways])


def _count(found: Ints, keys: Ints, n_pairs: int) -> Ints:
    """How often each of the sorted keys, which hold all that is found, is found."""
    if n_pairs <= DENSE_PAIRS_MOST:
        return np.bincount(found, minlength=n_pairs)[keys]
    return np.bincount(np.searchsorted(keys, found), minlength=len(keys))
