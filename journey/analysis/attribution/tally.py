"""Paths to decided journeys, counted shard by shard: all that attribution needs of a log."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from journey.analysis.stages.outcomes import values_at_win
from journey.errors import ColumnNotFoundError
from journey.facts import ShardFacts
from journey.kernels import attribution as kernels
from journey.log import TouchpointLog
from journey.schema import OTHER
from journey.store.layout import Array, frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Part = tuple[View, ShardFacts]

MOST_UNITS: Final = 100
"""Values with credit of their own; the least touched beyond are taken together as Other."""

MOST_GROUPS: Final = 256
MOST_CELLS: Final = 1 << 20
"""Counts in the answer of one shard: the more units, the fewer groups of journeys."""

WON, NO_DECISION = 0, 2
_MIX: Final = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


@dataclass(frozen=True, eq=False)
class Units:
    """What credit goes to: the values of a column, as ``names``, by code of its dictionary."""

    column: str
    names: tuple[str, ...]
    of_code: npt.NDArray[np.int32]

    @property
    def n_groups(self) -> int:
        """How many groups of journeys are counted apart."""
        return groups_for(len(self.names))


@dataclass(frozen=True, eq=False)
class Paths:
    """Paths for the kernels; ``worth`` is that of all journeys a path stands for."""

    codes: Array
    ticks: Array
    begins: Ints
    ends: Ints
    fates: npt.NDArray[np.uint8]
    groups: Ints
    weights: Ints
    worth: Floats


@dataclass(frozen=True, eq=False)
class Tally:
    """What decided journeys add up to, by random groups of journeys.

    ``moves[group, from, to]``: units and last the start; units, then the win, then the end
    without one. ``credit[wins or worth, group, model, unit]`` for models that are sums over
    journeys. ``without[wins or worth, group]``: journeys won without a touch of any unit.
    ``n_journeys`` won journeys have each unit on their path.
    """

    moves: Ints
    credit: Floats
    without: Floats
    n_journeys: Ints


def groups_for(n_units: int) -> int:
    """How many groups of journeys are counted apart for so many units.

    Examples
    --------
    >>> groups_for(18), groups_for(100)
    (256, 101)
    """
    return min(MOST_GROUPS, MOST_CELLS // ((n_units + 1) * (n_units + 2)))


def units_of(log: TouchpointLog, by: str) -> Units:
    """The values of a column in view, the most touched with credit of their own.

    Raises
    ------
    ColumnNotFoundError
        If touchpoints have no such column.
    """
    columns = log.store.text_columns
    if by not in columns:
        raise ColumnNotFoundError.among(by, columns, where="the touchpoints of the log")
    names = log.type_names if by == "touchpoint" else log.store.dictionaries[by].to_pylist()
    return settled_units(by, names, lambda: _touches(log, by, len(names)))


def settled_units(by: str, names: Sequence[str | None], touches: Callable[[], Ints]) -> Units:
    """Units of a dictionary; touches are counted only where there are too many values."""
    of_code = np.arange(len(names), dtype=np.int32)
    known = np.array([name is not None for name in names], dtype=bool)
    of_code[~known] = -1
    if known.sum() <= MOST_UNITS:
        of_code[known] = np.arange(known.sum())
        return Units(by, tuple(name for name in names if name is not None), frozen(of_code))
    is_pooled = np.array([name is None or name == OTHER for name in names], dtype=bool)
    counts = np.where(is_pooled, -1, touches())
    order = np.argsort(-counts, kind="stable")
    own = np.sort(order[: MOST_UNITS - 1])
    of_code[known] = MOST_UNITS - 1
    of_code[own] = np.arange(len(own))
    return Units(by, (*(str(names[code]) for code in own), OTHER), frozen(of_code))


def tally(log: TouchpointLog, units: Units, *, half_life_days: float, seed: int) -> Tally:
    """Count moves and credits of all journeys in view that are over."""
    question = partial(
        _tally_shard, units=units, half_life=half_life_days * log.ticks_per_day, seed=seed
    )
    return merged(log.ask_with_facts(question), units)


def count_moves(log: TouchpointLog, units: Units) -> Ints:
    """Moves between units of all journeys in view that are over, as in a :class:`Tally`."""
    shape = (1, len(units.names) + 1, len(units.names) + 2)
    answers = log.ask_with_facts(partial(_moves_of_shard, units=units))
    return sum(answers, np.zeros(shape, np.int64))[0]


def tally_paths(paths: Paths, units: Units, *, half_life: float) -> Tally:
    """Count the moves and credits of paths."""
    sizes = units.n_groups, len(units.names)
    moves = _count(paths, units, n_groups=units.n_groups)
    credit, without, n_journeys = kernels.count_credits(
        paths.codes,
        frozen(units.of_code),
        paths.ticks,
        paths.begins,
        paths.ends,
        paths.fates,
        paths.groups,
        paths.weights,
        paths.worth,
        half_life,
        *sizes,
    )
    return Tally(moves, credit, without, n_journeys)


def merged(tallies: Sequence[Tally], units: Units) -> Tally:
    """The sum of tallies."""
    n_groups, n_units = units.n_groups, len(units.names)
    return Tally(
        sum((t.moves for t in tallies), np.zeros((n_groups, n_units + 1, n_units + 2), np.int64)),
        sum((t.credit for t in tallies), np.zeros((2, n_groups, kernels.N_MODELS, n_units))),
        sum((t.without for t in tallies), np.zeros((2, n_groups))),
        sum((t.n_journeys for t in tallies), np.zeros(n_units, np.int64)),
    )


def fates_of(part: Part) -> npt.NDArray[np.uint8]:
    """Whether each path ends in a win, in nothing, or is not over."""
    view, facts = part
    outcomes = facts.outcomes[view.journeys]
    fates = np.full(len(outcomes), kernels.LEFT_OUT, np.uint8)
    fates[outcomes == WON] = kernels.CONVERTED
    fates[(outcomes > WON) & (outcomes <= NO_DECISION)] = kernels.ENDED
    return fates


def codes_of(view: View, column: str) -> Array:
    """Codes of the touchpoints in view, types as they are grouped."""
    return view.types if column == "touchpoint" else view.codes(column)


def random_groups(cases: Array, n_groups: int, *, seed: int) -> Ints:
    """A group for each case, by its code and the seed alone: the same however a log is cut."""
    mixed = (cases.astype(np.uint64) + np.uint64(seed)) * np.uint64(_MIX[0])
    for shift, factor in ((30, _MIX[1]), (27, _MIX[2])):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return (mixed % np.uint64(n_groups)).astype(np.int64)


def _touches(log: TouchpointLog, by: str, n_codes: int) -> Ints:
    question = partial(_touches_of_shard, by=by, n_codes=n_codes)
    return sum(log.ask_with_facts(question), np.zeros(n_codes, np.int64))


def _touches_of_shard(part: Part, *, by: str, n_codes: int) -> Ints:
    view, facts = part
    begins, ends = frozen(view.offsets[:-1]), frozen(facts.ends_in(view))
    codes, fates = codes_of(view, by), frozen(fates_of(part))
    return kernels.count_touches(codes, begins, ends, fates, n_codes)


def _tally_shard(part: Part, *, units: Units, half_life: float, seed: int) -> Tally:
    return tally_paths(_paths(part, units, seed=seed), units, half_life=half_life)


def _moves_of_shard(part: Part, *, units: Units) -> Ints:
    view, facts = part
    paths = Paths(
        codes_of(view, units.column),
        view.offsets[:0],
        frozen(view.offsets[:-1]),
        frozen(facts.ends_in(view)),
        frozen(fates_of(part)),
        frozen(np.zeros(view.n_journeys, np.int64)),
        frozen(np.ones(view.n_journeys, np.int64)),
        frozen(np.empty(0)),
    )
    return _count(paths, units, n_groups=1)


def _paths(part: Part, units: Units, *, seed: int) -> Paths:
    view, facts = part
    cases, fates = view.shard.cases[view.journeys], frozen(fates_of(part))
    return Paths(
        codes_of(view, units.column),
        view.ticks,
        frozen(view.offsets[:-1]),
        frozen(facts.ends_in(view)),
        fates,
        frozen(random_groups(cases, units.n_groups, seed=seed)),
        frozen(np.ones(view.n_journeys, np.int64)),
        frozen(values_at_win(facts, view.journeys)),
    )


def _count(paths: Paths, units: Units, *, n_groups: int) -> Ints:
    return kernels.count_transitions(
        paths.codes,
        frozen(units.of_code),
        paths.begins,
        paths.ends,
        paths.fates,
        paths.groups,
        paths.weights,
        n_groups,
        len(units.names),
    )
