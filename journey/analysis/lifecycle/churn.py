"""Customers who left: what counts as churn, wherever it is counted."""

from functools import partial

import numpy as np
import numpy.typing as npt

from journey.facts import ShardFacts
from journey.kernels.distinct import owners_of
from journey.kernels.facts import LOST, WON
from journey.kernels.select import take
from journey.log import TouchpointLog
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]


def churn_rows(facts: ShardFacts, is_churn: Flags) -> Ints:
    """Rows of the evidence at which customers left: a loss, or a touch that says so, after the win.

    Parameters
    ----------
    is_churn
        By type: it says that a customer left.
    """
    key = "churn", is_churn.tobytes()
    return facts.kept(key, partial(_churn_rows, facts, is_churn))


def _churn_rows(facts: ShardFacts, is_churn: Flags) -> Ints:
    evidence = facts.view
    leaves = frozen(is_churn | (facts.verdict_of_type == LOST))
    rows = np.flatnonzero(take(leaves, evidence.codes("touchpoint")))
    owners = owners_of(frozen(rows), evidence.offsets)
    is_later = rows > facts.decided_rows[owners]
    return rows[is_later & (facts.outcomes[owners] == WON)]


def tells_churn(log: TouchpointLog, is_churn: Flags) -> bool:
    """Whether a log can tell who left: a type says so, or a customer was lost after the win."""
    return bool(is_churn.any()) or any(log.ask_with_facts(partial(_has_left, is_churn=is_churn)))


def _has_left(part: Part, *, is_churn: Flags) -> bool:
    return len(churn_rows(part[1], is_churn)) > 0
