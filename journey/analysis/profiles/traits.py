"""Traits of journeys: attributes and behaviours, alone and two at a time, counted by outcome."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from journey.analysis.profiles.bands import bands_of
from journey.analysis.profiles.spans import (
    Part,
    Until,
    people_are_accounts,
    span_of,
    values_within,
)
from journey.analysis.stages.segments import segmentation
from journey.kernels.facts import LOST, UNDECIDING, WON
from journey.log import TouchpointLog
from journey.rules.words import plain_words, says, says_nothing
from journey.store.cache import keep
from journey.store.layout import Store
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
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
    span = span_of(part, until=until)
    has = np.ones((view.n_journeys, traits.n_traits), dtype=bool)
    for column in dict.fromkeys(traits.columns):
        places = [place for place, name in enumerate(traits.columns) if name == column]
        values = [traits.values[place] for place in places]
        met = values_within(span, column, values)
        if None in values:
            unknown = values.index(None)
            met[:, unknown] = values_within(span, column, _names(view, column)).any(axis=1)
        has[:, places] = met
    outcomes = facts.outcomes[view.journeys]
    groups = (has, has[outcomes == WON], has[outcomes == LOST])
    return np.stack([_in_both(group) for group in groups])


def _in_both(has: Flags) -> Ints:
    """How many journeys have any two traits, 64 journeys to a number."""
    packed = np.packbits(np.ascontiguousarray(has.T), axis=1)
    padded = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8)))
    words = np.ascontiguousarray(padded).view(np.uint64)
    counts = np.empty((len(words), len(words)), np.int64)
    for place, own in enumerate(words):
        counts[place, place:] = np.bitwise_count(words[place:] & own).sum(axis=1)
        counts[place:, place] = counts[place, place:]
    return counts


def _names(view: View, column: str) -> Sequence[str]:
    return _known(segmentation(view.store, column).names)


def _known(names: Iterable[str | None]) -> list[str]:
    """The values that tell something: what is not known is no trait."""
    return [name for name in names if name is not None and not says_nothing(name)]
