"""Which touches a seller can bring about, and which customers make by themselves."""

import numpy as np
import numpy.typing as npt

from journey.facts import ShardFacts
from journey.log import TouchpointLog
from journey.proposals import is_outreach
from journey.store.view import View

Ints = npt.NDArray[np.int64]


def brought_about_by_us(log: TouchpointLog) -> npt.NDArray[np.bool_]:
    """By type, whether the seller brings it about: mostly shown, by direction; else by its name."""
    names = log.store.touchpoint_types
    counts = sum(log.ask_with_facts(_count_directions), np.zeros((2, len(names)), np.int64))
    n_told, n_shown = counts
    by_name = np.array([is_outreach(name) for name in names], dtype=bool)
    return np.where(n_told > 0, 2 * n_shown > n_told, by_name)


def _count_directions(part: tuple[View, ShardFacts]) -> Ints:
    """By type: the touches of one shard of which a direction is told, and those that were shown."""
    view = part[1].view
    counts = np.zeros((2, len(view.type_names)), np.int64)
    if "direction" in view.store.text_columns:
        words = view.store.dictionaries["direction"].to_pylist()
        codes = view.codes("direction")
        told = np.array([word is not None for word in words])[codes]
        shown = np.array([word == "was shown" for word in words])[codes]
        for row, flags in enumerate((told, shown)):
            counts[row] = np.bincount(view.types[flags], minlength=counts.shape[1])
    return counts
