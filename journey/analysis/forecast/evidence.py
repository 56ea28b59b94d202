"""What a forecast of a log rests on: what all journeys did, and who is open in view."""

from dataclasses import dataclass, fields
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from journey.analysis.forecast.chain import FIRST_DAYS, N_AGES
from journey.analysis.forecast.worth import N_SPANS, SUMS, added_up, spans_of
from journey.analysis.stages.outcomes import last_values, values_at_win
from journey.facts import ShardFacts
from journey.kernels.facts import WON as IS_WON
from journey.kernels.stays import OPEN, OVER, WON, count_stays
from journey.log import TouchpointLog
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Part = tuple[View, ShardFacts]

WEEKS_OF_BEGINNINGS: Final = 13
"""Journeys that began so recently tell how many will begin."""

DAYS_A_WEEK: Final = 7
LAYERS: Final = ("n", "value", "square_of_value")


@dataclass(frozen=True, eq=False)
class Learnt:
    """What all journeys of a log tell of chances and worth.

    ``days`` and ``ways`` are those of ``count_stays``; ``won_values`` are the sums of
    :func:`journey.analysis.forecast.worth.added_up` of all won journeys.
    """

    days: Ints
    ways: Ints
    won_values: Floats


@dataclass(frozen=True, eq=False)
class Open:
    """Of the journeys in view what a forecast needs to know.

    ``open_mass[layer, state, age]`` with the layers of :data:`LAYERS`; of those without a value
    ``valueless[state, age, span]`` by the age of the journey too; ``begun[week, state]``, journeys
    begun in the last weeks (0: the latest) by the state after their first touch.
    """

    open_mass: Floats
    valueless: Ints
    begun: Ints


def learnt_of(log: TouchpointLog) -> Learnt:
    """What all journeys of a log tell, whatever is in view."""
    return log.once(_learnt_of)


def _learnt_of(log: TouchpointLog) -> Learnt:
    n_stages = len(log.definitions.stages)
    n_states, n_spans = n_stages + 1, len(FIRST_DAYS)
    nothing = Learnt(
        np.zeros((n_states, n_spans), np.int64),
        np.zeros((n_states, n_spans, n_states + 2), np.int64),
        np.zeros((len(SUMS), N_SPANS)),
    )
    parts = log.ask_with_facts(partial(_learnt, n_stages=n_stages))
    return Learnt(*_added([nothing, *parts]))


def open_of(log: TouchpointLog) -> Open:
    """Who is open in view of a log, and who began."""
    n_stages = len(log.definitions.stages)
    n_states = n_stages + 1
    nothing = Open(
        np.zeros((len(LAYERS), n_states, N_AGES)),
        np.zeros((n_states, N_AGES, N_SPANS), np.int64),
        np.zeros((WEEKS_OF_BEGINNINGS, n_states), np.int64),
    )
    question = partial(_open, as_of=log.as_of_tick, n_stages=n_stages)
    return Open(*_added([nothing, *log.ask_with_facts(question)]))


def _added(parts: list[Learnt] | list[Open]) -> list[npt.NDArray[Any]]:
    names = [one.name for one in fields(parts[0])]
    return [np.sum([getattr(part, name) for part in parts], axis=0) for name in names]


def _learnt(part: Part, *, n_stages: int) -> Learnt:
    """What one shard adds."""
    _, facts = part
    days, ways, _, _ = _stays(facts, n_stages)
    won = np.flatnonzero(facts.outcomes == IS_WON)
    worth = values_at_win(facts, won)
    ages = _ages(facts, won)
    return Learnt(days, ways, added_up(ages[worth > 0], worth[worth > 0]))


def _open(part: Part, *, as_of: int, n_stages: int) -> Open:
    """What one shard adds."""
    view, facts = part
    in_view, n_states = view.journeys, n_stages + 1
    _, _, states, ages = _stays(facts, n_stages)
    still = in_view[_fates(facts)[in_view] == OPEN]
    place = states[still] * N_AGES + np.clip(ages[still], 0, N_AGES - 1)
    values = last_values(facts, still)
    known = ~np.isnan(values)
    own = np.where(known, values, 0.0)
    weights = (np.ones(len(still)), own, own**2)
    mass = [np.bincount(place, weight, n_states * N_AGES) for weight in weights]
    without = (place * N_SPANS + spans_of(_ages(facts, still)))[~known]
    return Open(
        np.array(mass, dtype=float).reshape(len(LAYERS), n_states, N_AGES),
        np.bincount(without, minlength=n_states * N_AGES * N_SPANS).reshape(-1, N_AGES, N_SPANS),
        _begun(facts, in_view, as_of, n_stages),
    )


def _stays(facts: ShardFacts, n_stages: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Days at risk and ways on of all journeys; the state and age of each at its end."""
    return facts.kept("stays", partial(_count_stays, facts, n_stages))


def _count_stays(facts: ShardFacts, n_stages: int) -> tuple[Ints, Ints, Ints, Ints]:
    return count_stays(
        facts.current,
        facts.view.ticks,
        frozen(facts.view.offsets[:-1]),
        facts.end_rows,
        facts.ended_ticks,
        frozen(_fates(facts)),
        FIRST_DAYS,
        _ticks_a_day(facts),
        n_stages,
    )


def _fates(facts: ShardFacts) -> npt.NDArray[np.uint8]:
    """How each journey ends."""
    fates = np.where(facts.outcomes == IS_WON, WON, np.where(facts.is_over, OVER, OPEN))
    return fates.astype(np.uint8)


def _ages(facts: ShardFacts, some: Ints) -> Ints:
    """Days from the first touch of some journeys to their end."""
    evidence = facts.view
    begun = evidence.ticks[evidence.offsets[:-1][some]].astype(np.int64)
    return (facts.ended_ticks[some] - begun) // _ticks_a_day(facts)


def _ticks_a_day(facts: ShardFacts) -> int:
    return round(86_400 * facts.view.store.ticks_per_second)


def _begun(facts: ShardFacts, in_view: Ints, as_of: int, n_stages: int) -> Ints:
    """Journeys begun in each of the last weeks by the state after their first touch."""
    evidence, per_week = facts.view, _ticks_a_day(facts) * DAYS_A_WEEK
    first = evidence.offsets[:-1][in_view]
    ago = (as_of - evidence.ticks[first].astype(np.int64)) // per_week
    state = facts.current[first].astype(np.int64)
    is_decided = facts.decided_rows[in_view] == first
    state = np.where((state < 0) | is_decided, n_stages, state)
    recent = ago < WEEKS_OF_BEGINNINGS
    shape = WEEKS_OF_BEGINNINGS, n_stages + 1
    place = ago[recent] * shape[1] + state[recent]
    return np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape)
