"""When journeys passed the posts of marketing and sales: lead, MQL, accepted, SQL, opportunity."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from journey.facts import ShardFacts
from journey.kernels.select import first_of
from journey.log import TouchpointLog
from journey.meanings import Meaning
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]

MILESTONES: Final[tuple[Meaning, ...]] = ("lead", "mql", "accepted", "sql", "opportunity")
"""In the order in which a lead passes them; between them it may be sent back."""


@dataclass(frozen=True, eq=False)
class Posts:
    """By which touchpoint types of a log each milestone is passed: a flag for each type's code."""

    is_type: Mapping[Meaning, Flags]


def posts_of(log: TouchpointLog) -> Posts:
    """By what each milestone is passed in a log."""
    return Posts({meaning: types_meaning(log, meaning) for meaning in MILESTONES})


def types_meaning(log: TouchpointLog, meaning: Meaning) -> Flags:
    """Which of the log's touchpoint types, by code as stored, have a meaning."""
    names = log.store.touchpoint_types
    meant = set(log.definitions.meanings.types(meaning, names))
    return frozen(np.array([name in meant for name in names], dtype=bool))


def first_passed(part: Part, posts: Posts, milestone: Meaning) -> Ints:
    """The row in the evidence (``facts.view``) at which each journey of a shard first passed.

    -1 where it never did. An opportunity is there from the first touch with an opportunity's id
    on, too.
    """
    evidence = part[1].view
    rows = first_of(evidence.types, evidence.offsets, posts.is_type[milestone])
    if milestone != "opportunity" or "opportunity_id" not in evidence.store.text_columns:
        return rows
    names = evidence.store.dictionaries["opportunity_id"]
    is_known = frozen(~names.is_null().to_numpy(zero_copy_only=False))
    with_id = first_of(evidence.codes("opportunity_id"), evidence.offsets, is_known)
    both = np.minimum(rows, with_id)
    return np.where(both < 0, np.maximum(rows, with_id), both)
