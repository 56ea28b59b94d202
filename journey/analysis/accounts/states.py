"""States that journeys are in, and what decided journeys did next from the same state."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from journey.facts import ShardFacts
from journey.kernels.states import next_of_states
from journey.log import TouchpointLog
from journey.silence import Silence
from journey.store.view import View
from journey.wording import time_span

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Part = tuple[View, ShardFacts]

BANDS = (0, 1, 2)
"""Silence in a state: any, longer than is normal in its stage, longer than twice that."""

MOST_DENSE = 1 << 22
"""Up to so many pairs of a state and a next touch each has a place while they are counted."""


@dataclass(frozen=True)
class State:
    """How a journey stands: its stage, its last touch, how long it has been silent.

    ``stage`` is a position, the number of stages standing for before any, none for whichever;
    ``last`` is the code of a type, none for any; ``band`` is one of ``BANDS``.
    """

    stage: int | None
    last: int | None
    band: int

    def and_coarser(self) -> Iterator["State"]:
        """The state itself, then whatever the last touch was, then of shorter silences too."""
        if self.last is not None:
            yield self
        for band in range(self.band, -1, -1):
            yield State(self.stage, None, band)

    def in_any_stage(self) -> Iterator["State"]:
        """The same silence in whichever stage, then shorter ones."""
        for band in range(self.band, -1, -1):
            yield State(None, None, band)


@dataclass(frozen=True, eq=False)
class Followers:
    """Decided and won journeys by state and by the touch that came next in it.

    ``keys`` are entries of :func:`journey.kernels.states.next_of_states`, in order.
    """

    keys: Ints
    n_decided: Ints
    n_won: Ints
    n_stages: int
    n_types: int

    def of(self, state: State) -> tuple[Ints, Ints]:
        """Decided and won journeys that were in a state, by the code of the touch that followed.

        One row a stage: the state's own, or each where it is whichever.
        """
        stages = range(self.n_stages) if state.stage is None else (state.stage,)
        counts = [self._in_stage(stage, state) for stage in stages]
        return np.stack([one[0] for one in counts]), np.stack([one[1] for one in counts])

    def _in_stage(self, stage: int, state: State) -> tuple[Ints, Ints]:
        last = self.n_types if state.last is None else state.last
        begin = ((stage * len(BANDS) + state.band) * (self.n_types + 1) + last) * self.n_types
        low, high = np.searchsorted(self.keys, (begin, begin + self.n_types))
        counts = np.zeros((2, self.n_types), np.int64)
        counts[:, self.keys[low:high] - begin] = self.n_decided[low:high], self.n_won[low:high]
        return counts[0], counts[1]


def followers(log: TouchpointLog) -> Followers:
    """What decided journeys of the whole log did next in every state they were in."""
    parts = log.ask_with_facts(_count_next)
    none = np.empty(0, np.int64)
    keys = np.unique(np.concatenate([none, *(keys for keys, _, _ in parts)]))
    counts = np.zeros((2, len(keys)), np.int64)
    for own, n_decided, n_won in parts:
        counts[:, np.searchsorted(keys, own)] += np.array([n_decided, n_won])
    n_stages, n_types = len(log.definitions.stage_names) + 1, len(log.store.touchpoint_types)
    return Followers(keys, counts[0], counts[1], n_stages, n_types)


def _count_next(part: Part) -> tuple[Ints, Ints, Ints]:
    """Keys, decided and won journeys of one shard."""
    facts = part[1]
    view = facts.view
    n_types = len(view.type_names)
    limits = _limits(facts.silence)
    entries, won = next_of_states(
        facts.current,
        view.types,
        view.ticks,
        view.offsets,
        facts.is_open,
        facts.outcomes,
        limits,
        facts.silence.dormancy_ticks,
        n_types,
    )
    return counted(entries, won, limits.size * (n_types + 1) * n_types)


def counted(entries: Ints, marked: npt.NDArray[np.bool_], n_cells: int) -> tuple[Ints, Ints, Ints]:
    """Entries in order, how often each occurs, and how often it is marked."""
    if n_cells <= MOST_DENSE:
        n_all = np.bincount(entries, minlength=n_cells)
        keys = np.flatnonzero(n_all)
        return keys, n_all[keys], np.bincount(entries[marked], minlength=n_cells)[keys]
    keys, places, n_each = np.unique(entries, return_inverse=True, return_counts=True)
    return keys, n_each, np.bincount(places[marked], minlength=len(keys))


def states_of(
    log: TouchpointLog, stages: npt.NDArray[np.int8], lasts: Ints, silent: Ints
) -> tuple[list[State], Ints]:
    """The states of open journeys, each once, and which of them each journey is in.

    Parameters
    ----------
    stages
        Position of the stage of each, -1 before any.
    lasts
        Code of the type of its last touch.
    silent
        How long it has been silent, in ticks.
    """
    limits, n_types = _limits(log.silence), len(log.store.touchpoint_types)
    bands = (silent[:, None] > limits[stages]).sum(axis=1) - 1
    places = np.where(stages < 0, len(limits) - 1, stages.astype(np.int64))
    keys, numbers = np.unique((places * n_types + lasts) * len(BANDS) + bands, return_inverse=True)
    rest, band = np.divmod(keys, len(BANDS))
    place, last = np.divmod(rest, n_types)
    states = zip(place.tolist(), last.tolist(), band.tolist(), strict=True)
    return [State(*one) for one in states], numbers


def state_of(facts: ShardFacts, at: int, *, as_of: int) -> State | None:
    """The state of a journey of a shard; none if a touch has decided it or it has none yet.

    A dormant one is where it went silent, whatever it was shown since.
    """
    view = facts.view
    if facts.decided_rows[at] >= 0 or not view.lengths[at]:
        return None
    row = int(facts.end_rows[at]) - 1
    limits = _limits(facts.silence)
    stage = int(facts.current[row])
    silent = as_of - int(view.ticks[row])
    band = int((silent > limits[stage]).sum()) - 1
    return State(stage if stage >= 0 else len(limits) - 1, int(view.types[row]), band)


def min_days_silent(log: TouchpointLog, state: State) -> float:
    """How long journeys in a state have been silent at least, in days; unknown in any stage."""
    if state.stage is None:
        return float("nan") if state.band else 0.0
    return max(float(_limits(log.silence)[state.stage, state.band]), 0.0) / log.ticks_per_day


def state_words(log: TouchpointLog, state: State) -> str:
    """A state in words, as ``in Nurture, silent longer than 15 days, last touch Webinar``."""
    names = log.definitions.stage_names
    if state.stage is None:
        longer = ("", ", silent longer than is normal there", ", silent twice as long as is normal")
        return f"in any stage{longer[state.band]}, each beside others of its own stage"
    words = [f"in {names[state.stage]}" if state.stage < len(names) else "before any stage"]
    if state.band:
        words.append(f"silent longer than {time_span(min_days_silent(log, state))}")
    if state.last is not None:
        words.append(f"last touch {log.store.touchpoint_types[state.last]}")
    return ", ".join(words)


def _limits(silence: Silence) -> Floats:
    """The silence, in ticks, that each band of a stage is longer than; any is longer than -1."""
    normal = silence.normal_ticks
    return np.column_stack([np.full(len(normal), -1.0), *(normal * band for band in BANDS[1:])])
