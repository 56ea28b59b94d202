"""What begins and ends a wait for an answer that was promised, row by row of the evidence."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from journey.analysis.ownership.departments import departments_of
from journey.facts import ShardFacts
from journey.kernels.distinct import owners_of
from journey.kernels.facts import LOST, NO_DECISION, WON
from journey.kernels.promises import ANSWERS, ENDS, HOLDS, LAPSES, OPENS, RETURNS, SETTLES
from journey.kernels.select import take
from journey.rules.ownership import Ownership
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Handoff:
    """A lead comes to a post by some touchpoint types, and is taken on or sent back by others.

    ``is_last``: no post comes after it, so that being sent back from there counts here too.
    """

    source: str
    target: str
    hours: float | None
    opens: tuple[str, ...]
    answers: tuple[str, ...]
    returns: tuple[str, ...]
    ends_with_opportunity: bool = False
    is_last: bool = False


@dataclass(frozen=True)
class Reaction:
    """A journey enters a stage and waits for a touch of the departments that lead it."""

    stage: str
    position: int
    hours: float | None
    leads: tuple[str, ...]
    ownership: Ownership


Promise = Handoff | Reaction


def events_of(facts: ShardFacts, promise: Promise) -> tuple[Ints, Bytes]:
    """Rows of the evidence that begin or end a wait, and what each does."""
    match promise:
        case Handoff():
            return _handoff_events(facts, promise)
        case Reaction():
            return _reaction_events(facts, promise)


def _handoff_events(facts: ShardFacts, handoff: Handoff) -> tuple[Ints, Bytes]:
    evidence = facts.view
    does_by_type = np.array(
        [
            OPENS * (name in handoff.opens)
            | ANSWERS * (name in handoff.answers)
            | RETURNS * (name in handoff.returns)
            for name in evidence.type_names
        ],
        dtype=np.uint8,
    )
    does = does_by_type[evidence.types] if len(does_by_type) else np.empty(0, np.uint8)
    if handoff.ends_with_opportunity:
        new, known = _opportunities(evidence)
        does[new] |= ANSWERS
        does[known[(does[known] & OPENS) > 0]] |= ANSWERS
    # Taken on and sent back later: it counts at the step from which no other post was reached.
    holds = (does & ANSWERS) > 0
    if not handoff.is_last:
        holds &= (does & OPENS) > 0
    does[holds] |= HOLDS
    does[facts.decided_rows[facts.decided_rows >= 0]] |= SETTLES
    does[_closings(facts)] |= SETTLES | ENDS
    does[_lapses(facts)] |= LAPSES
    rows = np.flatnonzero(does)
    return rows, does[rows]


def _closings(facts: ShardFacts) -> Ints:
    """Rows at which journeys not yet won were lost or closed, come back later or not."""
    verdicts = take(facts.verdict_of_type, facts.view.types)
    rows = np.flatnonzero((verdicts == LOST) | (verdicts == NO_DECISION))
    owners = owners_of(frozen(rows), facts.view.offsets)
    is_won = facts.outcomes[owners] == WON
    return rows[~is_won | (rows < facts.decided_rows[owners])]


def _lapses(facts: ShardFacts) -> Ints:
    """Rows that follow a silence which outlasted dormancy, whoever broke it."""
    evidence = facts.view
    gaps = np.diff(evidence.ticks.astype(np.int64), prepend=0)
    after = gaps > facts.silence.dormancy_limit
    after[evidence.offsets[:-1][evidence.lengths > 0]] = False
    rows = np.flatnonzero(after)
    return rows[facts.is_open[rows - 1]] if len(rows) else rows


def _opportunities(evidence: View) -> tuple[Ints, Ints]:
    """The rows at which a journey first has each of its opportunities, and all that have one."""
    dictionary = evidence.store.dictionaries["opportunity_id"]
    codes = evidence.codes("opportunity_id").astype(np.int64)
    known = np.flatnonzero(codes < len(dictionary) - dictionary.null_count)
    owners = np.searchsorted(evidence.offsets, known, side="right") - 1
    _, first = np.unique(owners * len(dictionary) + codes[known], return_index=True)
    return known[first], known


def _reaction_events(facts: ShardFacts, reaction: Reaction) -> tuple[Ints, Bytes]:
    evidence = facts.view
    inside = facts.current == reaction.position
    was_inside = np.zeros_like(inside)
    was_inside[1:] = inside[:-1]
    was_inside[evidence.offsets[:-1][evidence.lengths > 0]] = False
    rows = np.flatnonzero(inside | was_inside)
    closes = np.zeros_like(inside)
    closes[_closings(facts)] = True
    lapses = np.zeros_like(inside)
    lapses[_lapses(facts)] = True
    leads = [reaction.ownership.names.index(name) for name in reaction.leads]
    by_lead = np.isin(departments_of(evidence, rows, reaction.ownership), leads)
    # Who brings a journey into the stage waits for nobody: only what others bring in does.
    does = (
        OPENS * ((inside & ~was_inside)[rows] & ~by_lead)
        | ANSWERS * by_lead
        | ENDS * ((was_inside & ~inside) | closes)[rows]
        | LAPSES * lapses[rows]
    )
    return rows, does.astype(np.uint8)
