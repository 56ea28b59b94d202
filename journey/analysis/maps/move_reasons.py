"""Why journeys went back: the reason given most with each move back."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from journey.facts import ShardFacts
from journey.log import TouchpointLog
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Part = tuple[View, ShardFacts]


@dataclass(frozen=True)
class MainReason:
    """The reason given most with a move back, how often, and with how many moves any was given."""

    reason: str
    n_moves: int
    n_with_reason: int

    @property
    def facts(self) -> dict[str, str | int]:
        """What the edge of a graph tells of it."""
        told = {"n_reason": self.n_moves, "n_with_reason": self.n_with_reason}
        return {"reason": self.reason, **told}


def back_reasons(log: TouchpointLog) -> dict[tuple[str, str], MainReason]:
    """For moves back of which a reason was given, by the two touchpoint types: the main one.

    Of equally frequent reasons the first by name.
    """
    if "reason" not in log.store.text_columns:
        return {}
    reasons = list(map(str, log.store.dictionaries["reason"].to_pylist()))
    names = log.type_names
    question = partial(_count_reasons, n_types=len(names), n_reasons=len(reasons))
    counted: dict[int, int] = {}
    for keys, counts in log.ask_with_facts(question):
        for key, n in zip(keys.tolist(), counts.tolist(), strict=True):
            counted[key] = counted.get(key, 0) + n
    given: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for key, n in counted.items():
        move, reason = divmod(key, len(reasons))
        source, target = divmod(move, len(names))
        given.setdefault((names[source], names[target]), []).append((-n, reasons[reason]))
    return {
        ends: MainReason(min(found)[1], -min(found)[0], -sum(n for n, _ in found))
        for ends, found in given.items()
    }


def _count_reasons(part: Part, *, n_types: int, n_reasons: int) -> tuple[Ints, Ints]:
    """Moves back of one shard by types and reason, as one number each, and how many there are."""
    view, facts = part
    dictionary = view.store.dictionaries["reason"]
    codes = view.codes("reason")
    rows = np.flatnonzero(codes < len(dictionary) - dictionary.null_count)
    begins = view.offsets[np.searchsorted(view.offsets, rows, side="right") - 1]
    rows = rows[rows > begins]
    stages = facts.stages_in(view)
    rows = rows[(stages[rows] < stages[rows - 1]) & (stages[rows] >= 0)]
    types = view.types.astype(np.int64)
    keys = (types[rows - 1] * n_types + types[rows]) * n_reasons + codes[rows]
    return np.unique(keys, return_counts=True)
