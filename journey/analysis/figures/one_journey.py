"""A question about one journey, put to the shard that has it."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np
import pyarrow as pa

from journey.errors import ValueNotAllowedError
from journey.facts import ShardFacts
from journey.log import TouchpointLog
from journey.store.view import View

Answer = TypeVar("Answer")


def ask_journey(
    log: TouchpointLog, case_id: str, question: Callable[[ShardFacts, int], Answer]
) -> Answer:
    """The answer to a question about one journey, whatever is in view.

    Parameters
    ----------
    question
        Asked with the facts of a shard and the place of the journey in it.

    Raises
    ------
    ValueNotAllowedError
        If the log has no such journey.
    """
    store = log.store
    code = store.dictionaries[store.case_role].index(pa.scalar(case_id, pa.string())).as_py()
    asked = partial(_ask_shard, code=code, question=question)
    for answers in log.ask_with_facts(asked) if code >= 0 else ():
        for answer in answers:
            return answer
    raise ValueNotAllowedError(
        f"There is no journey of {case_id!r} in this log. Take one from the list of journeys."
    )


def _ask_shard(
    part: tuple[View, ShardFacts], *, code: int, question: Callable[[ShardFacts, int], Answer]
) -> tuple[Answer, ...]:
    """The answer, none if another shard has the journey."""
    facts = part[1]
    cases = facts.view.shard.cases
    at = int(np.searchsorted(cases, code))
    return (question(facts, at),) if at < len(cases) and cases[at] == code else ()
