"""What was known of decided journeys some days after they began: the numbers a model is fitted on.

Nothing of what came later is in them, the outcome least of all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from journey.analysis.attribution.tally import random_groups
from journey.analysis.scores.codes import scoring_of
from journey.analysis.scores.moments import Moments, points_of
from journey.definitions import Definitions
from journey.facts import ShardFacts
from journey.kernels.facts import NO_DECISION, UNDECIDING, WON
from journey.kernels.select import count_flags, rows_of_ranges, take
from journey.log import TouchpointLog
from journey.rules.score_rule import DIMENSIONS
from journey.store.layout import Store, frozen
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

    ``numbers[journey, feature]``; ``scores`` by dimension as the rules gave them; ``group`` is a
    number by the case and the seed alone.
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
        np.concatenate([part.numbers for part in parts])[kept],
        np.concatenate([part.scores for part in parts])[kept],
        np.concatenate([part.is_won for part in parts])[kept],
        group[kept],
    )


def _values(table: pa.Table, of: Literal["account", "person"]) -> list[Feature]:
    found: list[Feature] = []
    for column in table.column_names:
        values = pc.unique(table[column].combine_chunks()).drop_null().to_pylist()
        if 1 < len(values) <= MOST_VALUES and column not in _NOT_OF_THE_LEAD:
            found += [Feature(of, column, value) for value in sorted(map(str, values))]
    return found


def _known(
    part: Part, *, definitions: Definitions, features: Sequence[Feature], after: int, seed: int
) -> Known:
    view, facts = part
    moments, group = _moments(part, after, seed)
    scoring = scoring_of(view.store, definitions)
    return Known(
        _feature_values(facts.view, moments, features),
        scoring.in_dimensions(points_of(facts, scoring, moments)),
        facts.outcomes[moments.journeys] == WON,
        group,
    )


def _moments(part: Part, after: int, seed: int) -> tuple[Moments, Ints]:
    """Decided journeys of one shard so long after their first touch, if they were open still."""
    view, facts = part
    evidence = facts.view
    chosen = view.journeys[facts.outcomes[view.journeys] <= NO_DECISION]
    begins = evidence.offsets[:-1][chosen]
    first = evidence.ticks[begins].astype(np.int64)
    ends = _rows_until(evidence, chosen, first + after)
    silent = first + after - evidence.ticks[ends - 1].astype(np.int64)
    was_open = np.flatnonzero(facts.is_open[ends - 1] & (silent <= facts.silence.dormancy_limit))
    group = random_groups(view.shard.cases[chosen[was_open]], N_GROUPS, seed=seed)
    kept = np.argsort(group, kind="stable")[:MOST_JOURNEYS]
    open_then = was_open[kept]
    moments = Moments(chosen[open_then], ends[open_then], (first + after)[open_then])
    return moments, group[kept]


def _rows_until(evidence: View, chosen: Ints, ticks: Ints) -> Ints:
    """For each chosen journey the row after the last touch by its instant."""
    rows = rows_of_ranges(evidence.offsets[:-1], evidence.offsets[1:], frozen(chosen))
    places = np.repeat(np.arange(len(chosen)), evidence.lengths[chosen])
    is_by_then = evidence.ticks[rows].astype(np.int64) <= ticks[places]
    n_rows = np.bincount(places[is_by_then], minlength=len(chosen))
    return evidence.offsets[:-1][chosen] + n_rows


def _feature_values(evidence: View, moments: Moments, features: Sequence[Feature]) -> Floats:
    """Logarithms of how many touches of a type there were by then; 1 where a value is had."""
    store, n_journeys = evidence.store, len(moments.journeys)
    begins = evidence.offsets[:-1][moments.journeys]
    rows = rows_of_ranges(frozen(begins), frozen(moments.ends), frozen(np.arange(n_journeys)))
    offsets = frozen(np.append(0, np.cumsum(moments.ends - begins)))
    values = np.zeros((n_journeys, len(features)))
    codes: dict[str, Any] = {"touchpoint": frozen(evidence.types[rows])}
    if "person_id" in store.text_columns:
        codes["person"] = frozen(evidence.codes("person_id")[rows])
    accounts = store.journey_accounts(evidence.shard)[moments.journeys]
    for number, feature in enumerate(features):
        has = frozen(_having(store, feature))
        if feature.of == "account":
            values[:, number] = has[accounts]
            continue
        n_touches = count_flags(offsets, take(has, codes[feature.of]))
        values[:, number] = np.log1p(n_touches) if feature.of == "touchpoint" else n_touches > 0
    return values


def _having(store: Store, feature: Feature) -> Flags:
    """Which codes, of types, accounts or people, a feature is about."""
    if feature.of == "touchpoint":
        return np.array([name == feature.value for name in store.touchpoint_types], dtype=bool)
    table = store.accounts if feature.of == "account" else store.people
    found = pc.equal(table[feature.column].combine_chunks(), pa.scalar(feature.value, pa.string()))
    return np.asarray(found.fill_null(False).to_numpy(zero_copy_only=False), dtype=bool)
