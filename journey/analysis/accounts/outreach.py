"""Which touches somebody who sells can bring about, and which customers make by themselves."""

from typing import Final

import numpy as np
import numpy.typing as npt

from journey.facts import ShardFacts
from journey.log import TouchpointLog
from journey.proposals import is_outreach
from journey.rules.meanings import Meaning, Meanings
from journey.store.view import View

Ints = npt.NDArray[np.int64]


_BY_US: Final[tuple[Meaning, ...]] = ("sent", "conversation")
_BY_NOBODY_OF_US: Final[tuple[Meaning, ...]] = (
    *("ad_shown", "ad_clicked", "opened", "clicked", "unsubscribed", "call_to_action"),
    *("intent", "careers", "shared"),
)
"""An advertisement is shown to whoever comes by, and not to an account."""


def brought_about_by_us(log: TouchpointLog) -> npt.NDArray[np.bool_]:
    """By type, whether somebody who sells can bring it about for an account.

    As the meanings of the definitions name it; else mostly shown, by direction; else by its name.
    """
    names, meanings = log.store.touchpoint_types, log.definitions.meanings
    counts = sum(log.ask_with_facts(_count_directions), np.zeros((2, len(names)), np.int64))
    n_told, n_shown = counts
    by_name = np.array([is_outreach(name) for name in names], dtype=bool)
    is_ours = np.where(n_told > 0, 2 * n_shown > n_told, by_name)
    ads = meanings.types("ad_shown", names)
    said = [False if name in ads else _as_named(meanings, name) for name in names]
    return np.array(
        [own if told is None else told for told, own in zip(said, is_ours, strict=True)], bool
    )


def _as_named(meanings: Meanings, name: str) -> bool | None:
    """What the definitions say of a type by naming it; none where they don't name it."""
    for answer, group in ((True, _BY_US), (False, _BY_NOBODY_OF_US)):
        if any(name in (getattr(meanings, meaning) or ()) for meaning in group):
            return answer
    return None


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
