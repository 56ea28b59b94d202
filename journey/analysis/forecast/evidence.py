"""What a forecast rests on, counted shard by shard: now, and as it was on past days."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property, partial, reduce
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from journey.analysis.forecast.chain import FIRST_DAYS, N_AGES
from journey.analysis.forecast.worth import N_SPANS, SUMS, added_up, spans_of
from journey.analysis.stages.outcomes import last_values, values_at_win
from journey.facts import ShardFacts
from journey.kernels.facts import WON
from journey.kernels.stays import add_standing, count_stays
from journey.log import TouchpointLog
from journey.schema import SECONDS_PER_DAY
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Narrow = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Part = tuple[View, ShardFacts]

WEEKS_OF_BEGINNINGS: Final = 13
"""Journeys that began so recently tell how many will begin."""

LAYERS: Final = ("n", "value", "square_of_value")
MOST_PAST: Final = 8
MOST_CELLS: Final = 1 << 20
"""So many numbers at most tell of the past; with many stages there is less of it."""

DAYS_A_WEEK: Final = 7


@dataclass(frozen=True, eq=False)
class Learnt:
    """What all journeys of a log tell of chances and worth, whatever is in view.

    ``days`` and ``ways`` are those of ``count_stays``. ``won_values`` are the sums of
    :func:`journey.analysis.forecast.worth.added_up` of all won journeys.

    As of past days, the latest first: ``past_days``, ``past_ways``, ``past_mass`` (journeys by
    state and age), ``past_begun`` (in all weeks) and ``past_won_values`` (by what is known now).
    """

    days: Ints
    ways: Ints
    won_values: Floats
    past_days: Ints
    past_ways: Ints
    past_mass: Ints
    past_begun: Ints
    past_won_values: Floats


@dataclass(frozen=True, eq=False)
class Alive:
    """Of the journeys in view what a forecast needs to know.

    ``mass[layer, state, age]`` with the layers of :data:`LAYERS`; of those without a value by the
    age of the journey too, as ``(state * N_AGES + age) * N_SPANS + span``, the places ``valueless``
    in order and ``n_valueless`` there; ``begun[week, state]``, journeys begun in the last weeks (0:
    the latest) by the state after their first touch.
    """

    mass: Floats
    valueless: Ints
    n_valueless: Ints
    begun: Ints

    @cached_property
    def without_value(self) -> tuple[Ints, Ints, Ints, Floats]:
        """States, ages and spans in which some have no value, and how many these are."""
        place, span = np.divmod(self.valueless, N_SPANS)
        state, age = np.divmod(place, N_AGES)
        return frozen(state), frozen(age), frozen(span), frozen(self.n_valueless.astype(np.float64))


def learnt_of(log: TouchpointLog, *, weeks: int) -> Learnt:
    """What all journeys of a log tell; the past in steps of so many weeks."""
    return log.once(_learnt_of, weeks)


def _learnt_of(log: TouchpointLog, weeks: int) -> Learnt:
    n_stages, cuts = len(log.definitions.stages), _past_ticks(log, weeks)
    question = partial(_learnt, as_of=log.as_of_tick, n_stages=n_stages, cuts=cuts)
    return Learnt(*_added([_nothing_learnt(n_stages, len(cuts)), *log.ask_with_facts(question)]))


def alive_in(log: TouchpointLog) -> Alive:
    """Who is in view of a log and may be won yet, and who began."""
    n_states = n_states_of(len(log.definitions.stages))
    nothing = np.empty(0, np.int64)
    parts = [
        Alive(
            np.zeros((len(LAYERS), n_states, N_AGES)),
            *(nothing, nothing),
            np.zeros((WEEKS_OF_BEGINNINGS, n_states), np.int64),
        ),
        *log.ask_with_facts(partial(_alive, as_of=log.as_of_tick, n_states=n_states)),
    ]
    places = np.concatenate([part.valueless for part in parts])
    n_each = np.bincount(places, np.concatenate([part.n_valueless for part in parts]))
    found = np.flatnonzero(n_each)
    mass = reduce(np.add, [part.mass for part in parts])
    begun = reduce(np.add, [part.begun for part in parts])
    return Alive(mass, found, n_each[found].astype(np.int64), begun)


def n_states_of(n_stages: int) -> int:
    """How many states the stages make: see ``count_stays``."""
    return 2 * n_stages + 2


def _added(parts: list[Learnt]) -> list[npt.NDArray[Any]]:
    names = [one.name for one in fields(parts[0])]
    return [reduce(np.add, [getattr(part, name) for part in parts]) for name in names]


def _past_ticks(log: TouchpointLog, weeks: int) -> tuple[int, ...]:
    """Days on which forecasts could have been made before, each as long before the next."""
    step = round(weeks * DAYS_A_WEEK * log.ticks_per_day)
    n_states = n_states_of(len(log.definitions.stages))
    cells = n_states * (len(FIRST_DAYS) * (n_states + 2) + N_AGES)
    most = min(MOST_PAST, MOST_CELLS // cells)
    return tuple(log.as_of_tick - step * back for back in range(1, most + 1))


def _nothing_learnt(n_stages: int, n_past: int) -> Learnt:
    n_states, n_spans = n_states_of(n_stages), len(FIRST_DAYS)
    days, ways = (n_states, n_spans), (n_states, n_spans, n_states + 1)
    return Learnt(
        np.zeros(days, np.int64),
        np.zeros(ways, np.int64),
        np.zeros((len(SUMS), N_SPANS)),
        np.zeros((n_past, *days), np.int64),
        np.zeros((n_past, *ways), np.int64),
        np.zeros((n_past, n_states, N_AGES), np.int64),
        np.zeros((n_past, n_states), np.int64),
        np.zeros((n_past, len(SUMS), N_SPANS)),
    )


def _learnt(part: Part, *, as_of: int, n_stages: int, cuts: Sequence[int]) -> Learnt:
    """What one shard adds."""
    _, facts = part
    (days,), (ways,), _, _ = _stays_now(facts, as_of)
    return Learnt(days, ways, _won_values(facts, (as_of,))[0], *_past(facts, n_stages, cuts))


def _alive(part: Part, *, as_of: int, n_states: int) -> Alive:
    """What one shard adds."""
    view, facts = part
    standing = facts.kept(("standing", as_of), partial(_standing, facts, as_of, n_states))
    shape = n_states * N_AGES, N_SPANS, n_states * WEEKS_OF_BEGINNINGS
    mass, valueless, begun = add_standing(view.journeys, *standing, *shape)
    found = np.flatnonzero(valueless)
    of_states = mass.reshape(len(LAYERS), n_states, N_AGES)
    return Alive(of_states, found, valueless[found], begun.reshape(-1, n_states))


def _standing(
    facts: ShardFacts, as_of: int, n_states: int
) -> tuple[Narrow, Floats, Narrow, Narrow]:
    """Of all journeys what ``add_standing`` adds up: state and age, value, span, beginning."""
    evidence = facts.view
    every, per_day = np.arange(evidence.n_journeys), ticks_per_day(evidence)
    _, _, (states,), (ages,) = _stays_now(facts, as_of)
    places = np.where(states >= 0, states * N_AGES + np.clip(ages, 0, N_AGES - 1), -1)
    spans, begun = np.zeros_like(places), np.full_like(places, -1)
    has_begun = np.flatnonzero(evidence.lengths)
    ticks, first_states = _beginnings(facts, every, n_states)
    spans[has_begun] = spans_of((as_of - ticks) // per_day)
    ago = (as_of - ticks) // (per_day * DAYS_A_WEEK)
    is_recent = (ago >= 0) & (ago < WEEKS_OF_BEGINNINGS)
    begun[has_begun] = np.where(is_recent, ago * n_states + first_states, -1)
    places, spans, begun = (frozen(told.astype(np.int32)) for told in (places, spans, begun))
    return places, frozen(last_values(facts, every)), spans, begun


def _won_values(facts: ShardFacts, days: Sequence[int]) -> list[Floats]:
    """Sums of the values of what was won by each of some days."""
    evidence = facts.view
    won = np.flatnonzero(facts.outcomes == WON)
    worth, ended = values_at_win(facts, won), facts.ended_ticks[won]
    begun = evidence.ticks[evidence.offsets[won]].astype(np.int64)
    ages = (ended - begun) // ticks_per_day(evidence)
    told = [(ended <= day) & (worth > 0) for day in days]
    return [added_up(ages[kept], worth[kept]) for kept in told]


def _past(
    facts: ShardFacts, n_stages: int, cuts: Sequence[int]
) -> tuple[Ints, Ints, Ints, Ints, Floats]:
    """What is told of past days: see :class:`Learnt`."""
    n_states, per_week = n_states_of(n_stages), ticks_per_day(facts.view) * DAYS_A_WEEK
    days, ways, states, ages = _stays(facts, cuts)
    place = states * N_AGES + np.minimum(ages, N_AGES - 1)
    masses = [np.bincount(then[then >= 0], minlength=n_states * N_AGES) for then in place]
    all_begun = _beginnings(facts, np.arange(facts.view.n_journeys), n_states)
    begun = [_begun_by_week(all_begun, cut, n_states, per_week).sum(axis=0) for cut in cuts]
    return (
        days,
        ways,
        np.array(masses, np.int64).reshape(len(cuts), n_states, N_AGES),
        np.array(begun, np.int64).reshape(len(cuts), n_states),
        np.array(_won_values(facts, cuts)).reshape(len(cuts), len(SUMS), N_SPANS),
    )


def _stays_now(facts: ShardFacts, as_of: int) -> tuple[Ints, Ints, Ints, Ints]:
    return facts.kept(("stays", as_of), partial(_stays, facts, (as_of,)))


def _stays(facts: ShardFacts, instants: Sequence[int]) -> tuple[Ints, Ints, Ints, Ints]:
    """What ``count_stays`` tells of a shard as of some times, the latest first."""
    evidence = facts.view
    return count_stays(
        facts.current,
        evidence.ticks,
        evidence.offsets,
        facts.is_open,
        frozen(np.where(facts.outcomes == WON, facts.decided_rows, -1)),
        frozen(np.array(instants, np.int64)),
        facts.silence.dormancy_limit,
        FIRST_DAYS,
        ticks_per_day(evidence),
        facts.n_stages,
    )


def ticks_per_day(view: View) -> int:
    """The units of time of a view's store in a day."""
    return round(SECONDS_PER_DAY * view.store.ticks_per_second)


def _beginnings(facts: ShardFacts, chosen: Ints, n_states: int) -> tuple[Ints, Ints]:
    """When chosen journeys began, and their state after their first touch."""
    evidence = facts.view
    first = evidence.offsets[:-1][chosen[evidence.lengths[chosen] > 0]]
    stage = facts.current[first].astype(np.int64)
    states = np.where(facts.is_open[first] & (stage >= 0), stage, n_states - 2)
    return evidence.ticks[first].astype(np.int64), states


def _begun_by_week(begun: tuple[Ints, Ints], as_of: int, n_states: int, per_week: int) -> Ints:
    """Journeys begun in each of the last weeks by state."""
    ticks, states = begun
    ago = (as_of - ticks) // per_week
    recent = (ago >= 0) & (ago < WEEKS_OF_BEGINNINGS)
    place = ago[recent] * n_states + states[recent]
    counts = np.bincount(place, minlength=WEEKS_OF_BEGINNINGS * n_states)
    return counts.reshape(WEEKS_OF_BEGINNINGS, n_states)
