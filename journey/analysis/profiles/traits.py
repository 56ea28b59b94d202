"""Traits of journeys: attributes and behaviours, alone and two at a time, counted by outcome."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import groupby
from operator import itemgetter
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from journey.analysis.profiles.bands import bands_of
from journey.analysis.profiles.spans import (
    Part,
    Until,
    has_any,
    people_are_accounts,
    span_of,
    values_within,
)
from journey.analysis.stages.segments import segmentation
from journey.facts import ShardFacts
from journey.kernels.facts import LOST, UNDECIDING, WON
from journey.kernels.traits import n_in_both
from journey.log import TouchpointLog
from journey.rules.words import plain_words, says, says_nothing
from journey.store.cache import keep
from journey.store.layout import Store, frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]
Kind = Literal["attribute", "behaviour"]

MOST_VALUES: Final = 200
"""A column with more is a name or a number, no group."""

MOST_OF_COLUMN: Final = 40
"""The most frequent values of a column are looked at."""

MOST_TRAITS: Final = 160

_OURS: Final = r"owner|assigned|account manager|(?:sales )?rep\b|known as|score"
"""Attributes that say how the seller deals with an account, not who it is."""


@dataclass(frozen=True)
class Traits:
    """The traits looked at: of each its column and value, and whether it is an attribute.

    Among them, with the value None, is for each attribute that it is known at all; and the last,
    of no column, is true of every journey.
    """

    columns: tuple[str, ...]
    values: tuple[str | None, ...]
    n_attributes: int
    are_of_accounts: bool

    @property
    def n_traits(self) -> int:
        """How many there are, the one true of every journey among them."""
        return len(self.values) + 1

    @cached_property
    def bases(self) -> Ints:
        """Of each trait the one that holds where it can be told whether the trait does."""
        known = {
            column: place
            for place, (column, value) in enumerate(zip(self.columns, self.values, strict=True))
            if value is None
        }
        every = len(self.values)
        return np.array([known.get(column, every) for column in self.columns], dtype=np.int64)

    def value_of(self, place: int) -> str | None:
        """The value of a trait."""
        return self.values[place]

    def kind(self, place: int) -> Kind:
        """Whether a trait says who they are or what they did."""
        return "attribute" if place < self.n_attributes else "behaviour"


def traits_of(log: TouchpointLog) -> Traits:
    """The traits of a log: attributes of accounts or people, touchpoint types, channels.

    Whole numbers of many sizes, such as headcounts, are taken in bands. Any other column of more
    than 200 values is left out, as are owners and such; of each column the 40 most frequent
    values are taken, of all the 160 first.
    """
    who = attributes_of(log)
    columns, values = [*who.columns], [*who.values]
    verdicts = dict(zip(log.store.touchpoint_types, log.rules.verdict_of_type, strict=True))
    for column in ("touchpoint", "channel"):
        if column in log.store.text_columns:
            found = _most_frequent(log, column)
            if column == "touchpoint":
                found = [name for name in found if verdicts[name] == UNDECIDING]
            columns += [column] * len(found)
            values += found
    return replace(who, columns=tuple(columns), values=tuple(values))


def attributes_of(log: TouchpointLog) -> Traits:
    """Those of the traits of a log that say who an account is; they stand first."""
    columns: list[str] = []
    values: list[str | None] = []
    for column in attribute_columns(log):
        found = _bands(log.store, column) or _most_frequent(log, column)
        columns += [column] * (len(found) + 1)
        values += [*found, None]
    columns, values = columns[:MOST_TRAITS], values[:MOST_TRAITS]
    are_of_accounts = people_are_accounts(log.store) or (
        set(columns) <= set(log.store.accounts.column_names)
    )
    return Traits(tuple(columns), tuple(values), len(columns), are_of_accounts)


def attribute_columns(log: TouchpointLog) -> list[str]:
    """Columns that tell who an account is; where it has none, or is a person, who people are.

    Of consumers both tell: the account has what the log says of it, the person the demographics.
    """
    store = log.store
    of_accounts = [name for name in store.accounts.column_names if _divides(store, name)]
    of_people = [name for name in store.people.column_names if _divides(store, name)]
    if people_are_accounts(store):
        return list(dict.fromkeys((*of_people, *of_accounts)))
    return of_people if log.case == "person" or not of_accounts else of_accounts


def count_traits(log: TouchpointLog, traits: Traits, *, until: Until) -> Ints:
    """Journeys, those won and those lost by any two traits: by kind of count, trait and trait.

    The diagonal has those of each trait alone.
    """
    question = partial(_count_pairs, traits=traits, until=until)
    empty = np.zeros((3, traits.n_traits, traits.n_traits), np.int64)
    return sum(log.ask_with_facts(question), empty)


def _divides(store: Store, column: str) -> bool:
    words = plain_words(column)
    if column.endswith("_id") or says(_OURS, words):
        return False
    key = "has few values", store.fingerprint, column
    return keep(key, partial(_has_few_values, store, column)) or bool(_bands(store, column))


def _has_few_values(store: Store, column: str) -> bool:
    return 1 < len(_known(segmentation(store, column).names)) <= MOST_VALUES


def _bands(store: Store, column: str) -> list[str]:
    """The bands of a column of accounts or people whose values are whole numbers, else none."""
    return keep(("bands", store.fingerprint, column), partial(_bands_of, store, column))


def _bands_of(store: Store, column: str) -> list[str]:
    segments = segmentation(store, column)
    counts = np.bincount(segments.segment_of, minlength=len(segments.names))
    return bands_of(segments.names, counts)


def _most_frequent(log: TouchpointLog, column: str) -> list[str]:
    """The values of a column that most accounts, or most touchpoints, have; in this order."""
    segments = segmentation(log.store, column)
    n_segments = len(segments.names)
    if segments.of_journey:
        counts = np.bincount(segments.segment_of, minlength=n_segments)
    else:
        question = partial(_count_values, by=column)
        counts = sum(log.ask(question), np.zeros(n_segments, np.int64))
    order = np.argsort(-counts, kind="stable")
    return _known(segments.names[place] for place in order if counts[place])[:MOST_OF_COLUMN]


def _count_values(view: View, *, by: str) -> Ints:
    segments = segmentation(view.store, by)
    codes = np.bincount(view.codes(segments.column), minlength=len(segments.segment_of))
    return np.bincount(segments.segment_of, weights=codes, minlength=len(segments.names)).astype(
        np.int64
    )


def _count_pairs(part: Part, *, traits: Traits, until: Until) -> Ints:
    view, facts = part
    places, starts = facts.kept("traits: places", partial(_places_by_outcome, facts))
    chosen = _packed(np.ones((view.n_journeys, 1), bool), places[view.journeys], starts)
    pairs = zip(traits.columns, traits.values, strict=True)
    rows = [
        _bits(facts, column, tuple(value for _, value in mine), until)
        for column, mine in groupby(pairs, key=itemgetter(0))
    ]
    bits = frozen(np.concatenate([*rows, chosen]))
    won, lost, others = n_in_both(bits, bits[-1], starts)
    return np.stack([won + lost + others, won, lost])


def _places_by_outcome(facts: ShardFacts) -> tuple[Ints, Ints]:
    """The bit of each journey: won ones first, then lost ones, then all others.

    Each of the three begins with a word of 64 bits; also at which word, and where the last ends.
    """
    groups = np.select([facts.outcomes == WON, facts.outcomes == LOST], [0, 1], 2)
    sizes = np.bincount(groups, minlength=3)
    starts = np.concatenate([[0], np.cumsum(-(-sizes // 64))])
    places = np.empty(len(groups), np.int64)
    for group in range(3):
        places[groups == group] = 64 * starts[group] + np.arange(sizes[group])
    return places, starts


def _bits(facts: ShardFacts, column: str, values: tuple[str | None, ...], until: Until) -> Words:
    """Which journeys have each value, whatever is in view: a row a value, a bit a journey."""
    known = tuple(sorted(values, key=str))
    make = partial(_bits_of, facts, column, known, until)
    bits = facts.kept(("traits", column, known, until), make)
    return bits[[known.index(value) for value in values]]


def _bits_of(facts: ShardFacts, column: str, values: tuple[str | None, ...], until: Until) -> Words:
    view = facts.view
    span = span_of((view, facts), until=until)
    has = values_within(span, column, values)
    if None in values:
        has[:, values.index(None)] = has_any(span, column, _names(view, column))
    places, starts = facts.kept("traits: places", partial(_places_by_outcome, facts))
    return _packed(has, places, starts)


def _packed(has: Flags, places: Ints, starts: Ints) -> Words:
    """What each journey has, a bit at its place."""
    flags = np.zeros((has.shape[1], 64 * starts[-1]), dtype=bool)
    flags[:, places] = has.T
    return np.packbits(flags, axis=1).view(np.uint64)


def _names(view: View, column: str) -> Sequence[str]:
    return _known(segmentation(view.store, column).names)


def _known(names: Iterable[str | None]) -> list[str]:
    """The values that tell something: what is not known is no trait."""
    return [name for name in names if name is not None and not says_nothing(name)]
