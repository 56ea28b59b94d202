"""What was known of decided journeys some days after they began: the numbers a model is fitted on.

Nothing of what came later is in them, the outcome least of all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from journey.analysis.attribution.tally import random_groups
from journey.analysis.scores.codes import Scoring, scoring_of
from journey.analysis.scores.moments import Moments, points_of
from journey.definitions import Definitions
from journey.facts import ShardFacts
from journey.kernels.facts import NO_DECISION, UNDECIDING, WON
from journey.kernels.select import rows_of_ranges
from journey.kernels.traits import values_met
from journey.log import TouchpointLog
from journey.rules.score_rule import DIMENSIONS
from journey.store.layout import frozen, narrowest
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]

MOST_JOURNEYS: Final = 20_000
"""The model is fitted on so many, chosen by their case alone; more would not make it better."""

MOST_TYPES: Final = 60
MOST_VALUES: Final = 12
"""An attribute with more values tells accounts apart rather than kinds of them."""

COUNTED_AT_ONCE: Final = 1 << 13
"""Journeys whose touches are counted in wide numbers at a time: 4 MB at the most types."""

N_GROUPS: Final = 2**40
_NOT_OF_THE_LEAD: Final = frozenset(("owner", "known as"))


@dataclass(frozen=True)
class Feature:
    """One number of a journey: how many touches of a type, or whether it has a value."""

    of: Literal["touchpoint", "account", "person"]
    column: str
    value: str

    @property
    def words(self) -> str:
        """What it is called."""
        return self.value if self.of == "touchpoint" else f"{self.column}: {self.value}"


@dataclass(frozen=True, eq=False)
class Known:
    """Journeys by what was known of them then.

    ``numbers[journey, feature]``, counts in the answer of one shard; ``scores`` by dimension as the
    rules gave them; ``group`` is a number by the case and the seed alone.
    """

    numbers: Floats
    scores: Floats
    is_won: Flags
    group: Ints


def features_of(log: TouchpointLog) -> list[Feature]:
    """What may be known of a journey: touchpoint types, attributes of accounts and people."""
    return log.once(_features_of)


def _features_of(log: TouchpointLog) -> list[Feature]:
    store, verdicts = log.store, log.rules.verdict_of_type
    types = [n for n, v in zip(store.touchpoint_types, verdicts, strict=True) if v == UNDECIDING]
    found = [Feature("touchpoint", "touchpoint", name) for name in types[:MOST_TYPES]]
    found += _values(store.accounts, "account")
    return found + (_values(store.people, "person") if "person_id" in store.text_columns else [])


def known_after(
    log: TouchpointLog, features: Sequence[Feature], *, after_days: float, seed: int
) -> Known:
    """Decided journeys in view still open so many days after their first touch, as known then."""
    question = partial(
        _known,
        definitions=log.definitions,
        features=tuple(features),
        after=round(after_days * log.ticks_per_day),
        seed=seed,
    )
    none = np.zeros(0, np.int64)
    empty = Known(
        np.zeros((0, len(features))), np.zeros((0, len(DIMENSIONS))), none.astype(bool), none
    )
    parts = [empty, *log.ask_with_facts(question)]
    group = np.concatenate([part.group for part in parts])
    kept = np.argsort(group, kind="stable")[:MOST_JOURNEYS]
    return Known(
        _numbers(np.concatenate([part.numbers for part in parts[1:] or parts])[kept], features),
        np.concatenate([part.scores for part in parts])[kept],
        np.concatenate([part.is_won for part in parts])[kept],
        group[kept],
    )


def _numbers(counts: npt.NDArray[Any], features: Sequence[Feature]) -> Floats:
    """Logarithms of how many touches of a type there were; 1 where a value is had."""
    numbers = counts.astype(np.float64)
    of_touches = [place for place, one in enumerate(features) if one.of == "touchpoint"]
    logarithms = np.log1p(np.arange(int(numbers.max(initial=0)) + 1.0))
    numbers[:, of_touches] = logarithms[counts[:, of_touches].astype(np.int64)]
    return numbers


def _values(table: pa.Table, of: Literal["account", "person"]) -> list[Feature]:
    found: list[Feature] = []
    for column in table.column_names:
        values = pc.unique(table[column].combine_chunks()).drop_null().to_pylist()
        if 1 < len(values) <= MOST_VALUES and column not in _NOT_OF_THE_LEAD:
            found += [Feature(of, column, value) for value in sorted(map(str, values))]
    return found


def _known(
    part: Part, *, definitions: Definitions, features: tuple[Feature, ...], after: int, seed: int
) -> Known:
    view, facts = part
    scoring = scoring_of(view.store, definitions)
    make = partial(_early, facts, scoring, features, after)
    moments, counts, scores = facts.kept(("known early", after, features), make)
    in_view = np.zeros(facts.view.n_journeys, dtype=bool)
    in_view[view.journeys] = True
    mine = np.flatnonzero(in_view[moments.journeys])
    group = random_groups(view.shard.cases[moments.journeys[mine]], N_GROUPS, seed=seed)
    first = np.argsort(group, kind="stable")[:MOST_JOURNEYS]
    kept = mine[first]
    is_won = facts.outcomes[moments.journeys[kept]] == WON
    return Known(counts[kept], scores[kept], is_won, group[first])


def _early(
    facts: ShardFacts, scoring: Scoring, features: Sequence[Feature], after: int
) -> tuple[Moments, npt.NDArray[Any], Floats]:
    """What was known so early of all decided journeys of a shard: features counted, and scores."""
    moments = _moments(facts, after)
    scores = scoring.in_dimensions(points_of(facts, scoring, moments))
    return moments, _counts(facts.view, moments, features), scores


def _moments(facts: ShardFacts, after: int) -> Moments:
    """Decided journeys of one shard so long after their first touch, if they were open still."""
    evidence = facts.view
    chosen = np.flatnonzero((facts.outcomes <= NO_DECISION) & (evidence.lengths > 0))
    begins = evidence.offsets[:-1][chosen]
    first = evidence.ticks[begins].astype(np.int64)
    ends = _rows_until(evidence, chosen, first + after)
    silent = first + after - evidence.ticks[ends - 1].astype(np.int64)
    was_open = facts.is_open[ends - 1] & (silent <= facts.silence.dormancy_limit)
    return Moments(chosen[was_open], ends[was_open], (first + after)[was_open])


def _rows_until(evidence: View, chosen: Ints, ticks: Ints) -> Ints:
    """For each chosen journey the row after the last touch by its instant."""
    rows = rows_of_ranges(evidence.offsets[:-1], evidence.offsets[1:], frozen(chosen))
    places = np.repeat(np.arange(len(chosen)), evidence.lengths[chosen])
    is_by_then = evidence.ticks[rows].astype(np.int64) <= ticks[places]
    n_rows = np.bincount(places[is_by_then], minlength=len(chosen))
    return evidence.offsets[:-1][chosen] + n_rows


def _counts(evidence: View, moments: Moments, features: Sequence[Feature]) -> npt.NDArray[Any]:
    """How many touches of a type there were by then; 1 where a value is had."""
    store, n_journeys = evidence.store, len(moments.journeys)
    begins, ends = frozen(evidence.offsets[:-1][moments.journeys]), frozen(moments.ends)
    accounts = store.journey_accounts(evidence.shard)[moments.journeys]
    found: list[npt.NDArray[Any]] = [np.zeros((n_journeys, 0), np.uint8)]
    for (of, column), own in groupby(features, key=lambda one: (one.of, one.column)):
        values = [one.value for one in own]
        if of == "touchpoint":
            found.append(_touches(evidence, begins, ends, values))
        elif of == "account":
            places = _places(store.accounts, column, values)
            found.append(places[accounts][:, None] == np.arange(len(values)))
        else:
            places = np.full(len(store.dictionaries["person_id"]), -1, np.int64)
            places[: store.people.num_rows] = _places(store.people, column, values)
            codes = evidence.codes("person_id")
            found.append(values_met(codes, begins, ends, frozen(places), len(values)))
    return np.concatenate(found, axis=1)


def _touches(
    evidence: View, begins: Ints, ends: Ints, names: Sequence[str]
) -> npt.NDArray[np.unsignedinteger]:
    """Touches of each of some types in some rows of journeys, no wider than the counts need."""
    codes = [names.index(name) if name in names else -1 for name in evidence.type_names]
    place_of_type = np.array(codes, np.int64)
    found: list[npt.NDArray[Any]] = [np.zeros((0, len(names)), np.uint8)]
    for first in range(0, len(begins), COUNTED_AT_ONCE):
        some = slice(first, first + COUNTED_AT_ONCE)
        counts = _counted(evidence, begins[some], ends[some], place_of_type, len(names))
        found.append(counts.astype(narrowest(int(counts.max(initial=0)) + 1)))
    return np.concatenate(found)


def _counted(evidence: View, begins: Ints, ends: Ints, place_of_type: Ints, n_places: int) -> Ints:
    """Touches by the place of their type in some rows of journeys."""
    rows = rows_of_ranges(frozen(begins), frozen(ends), frozen(np.arange(len(begins))))
    places = place_of_type[evidence.types[rows]]
    owners = np.repeat(np.arange(len(begins)), ends - begins)
    cells = (owners * n_places + places)[places >= 0]
    counts = np.bincount(cells, minlength=len(begins) * n_places)
    return counts.reshape(len(begins), n_places)


def _places(table: pa.Table, column: str, values: Sequence[str]) -> Ints:
    """The place among values of what each account or person has; -1: none of them."""
    wanted = pa.array(values, pa.string())
    found = pc.index_in(table[column].combine_chunks(), value_set=wanted)
    return found.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
