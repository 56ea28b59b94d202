"""Part of each journey's touchpoints, and what the journey has within it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Final, Literal, get_args

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from journey.analysis.profiles.bands import bounds_of, is_within
from journey.analysis.stages.segments import segmentation
from journey.facts import ShardFacts
from journey.kernels.distinct import firsts
from journey.kernels.traits import values_met
from journey.store.cache import keep
from journey.store.layout import Store, frozen
from journey.store.view import View, first_at_or_after

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Part = tuple[View, ShardFacts]

Until = Literal["as_of", "decision"]
UNTIL: Final[tuple[Until, ...]] = get_args(Until)


@dataclass(frozen=True, eq=False)
class Span:
    """The rows ``begins[j]:ends[j]`` of the evidence, for each journey in view.

    They are the same whatever touchpoints a view hides.
    """

    evidence: View
    journeys: Ints
    begins: Ints
    ends: Ints

    @cached_property
    def lengths(self) -> Ints:
        """Touchpoints of each journey within."""
        return np.maximum(self.ends - self.begins, 0)


def span_of(
    part: Part,
    *,
    until: Until = "as_of",
    first_tick: int | None = None,
    last_tick: int | None = None,
) -> Span:
    """The touchpoints of journeys in view up to ``as_of``, or before a touch or silence decided.

    Parameters
    ----------
    first_tick, last_tick
        Only those from the one to before the other.
    """
    view, facts = part
    evidence, chosen = facts.view, view.journeys
    begins, ends = evidence.offsets[:-1], evidence.offsets[1:]
    if until == "decision":
        ends = facts.end_rows
    if first_tick is not None:
        begins = first_at_or_after(evidence, first_tick)
    if last_tick is not None:
        ends = np.minimum(ends, first_at_or_after(evidence, last_tick))
    return Span(evidence, chosen, frozen(begins[chosen]), frozen(ends[chosen]))


def values_within(span: Span, column: str, values: Sequence[str | None]) -> Flags:
    """Which values of a column each journey has: a row a journey, a column a value.

    An attribute of accounts holds for the whole journey; one of people where such a person takes
    part within the span, or of consumers, who are accounts themselves, for the whole journey too.
    A band such as ``50 to 199`` is had with any number within.
    """
    places = _places_of_codes(span.evidence.store, column, tuple(values))
    return _met(span, column, places, len(values))


def has_any(span: Span, column: str, values: Sequence[str | None]) -> Flags:
    """Which journeys have any of some values of a column, as ``values_within`` tells of each."""
    places = _places_of_codes(span.evidence.store, column, tuple(values))
    return _met(span, column, np.where(places < 0, -1, 0), 1)[:, 0]


def _met(span: Span, column: str, place_of_code: Ints, n_places: int) -> Flags:
    store, evidence = span.evidence.store, span.evidence
    segments = segmentation(store, column)
    if segments.of_journey:
        shard = evidence.shard
        is_account = segments.column == "account_id"
        owners = (store.journey_accounts(shard) if is_account else shard.cases)[span.journeys]
        return place_of_code[owners][:, None] == np.arange(n_places)
    codes, begins, ends = evidence.codes(segments.column), span.begins, span.ends
    if column in store.people.column_names and people_are_accounts(store):
        begins, ends = (frozen(evidence.offsets[span.journeys + place]) for place in (0, 1))
    return values_met(codes, begins, ends, frozen(place_of_code), n_places)


def _places_of_codes(store: Store, column: str, values: tuple[str | None, ...]) -> Ints:
    """The place of each code of a column among values; -1: none. Kept: names are many."""
    segments = segmentation(store, column)
    key = "places of values", store.fingerprint, column, values
    return keep(key, lambda: _places(segments.names, values)[segments.segment_of])


def _places(names: Sequence[str | None], values: Sequence[str | None]) -> Ints:
    """The place of each name among values: its own, else that of a band it is in; -1: none."""
    wanted = {value: place for place, value in enumerate(values)}
    places = np.array([wanted.get(name, -1) for name in names], dtype=np.int64)
    known = set(names)
    for place, value in enumerate(values):
        bounds = None if value in known else bounds_of(value)
        if bounds is not None:
            inside = np.array([is_within(name, bounds) for name in names], dtype=bool)
            places[inside & (places < 0)] = place
    return places


def people_are_accounts(store: Store) -> bool:
    """Whether each known person is an account of its own, as consumers are."""
    if "person_id" not in store.text_columns:
        return False
    return keep(("people are accounts", store.fingerprint), partial(_are_accounts, store))


def _are_accounts(store: Store) -> bool:
    people, accounts = (store.dictionaries[name] for name in ("person_id", "account_id"))
    known = people.drop_null()
    return len(known) > 0 and bool(pc.all(pc.is_in(known, value_set=accounts)).as_py())


def n_people_within(span: Span) -> Ints:
    """How many known people take part in each journey within the span."""
    evidence = span.evidence
    if "person_id" not in evidence.store.text_columns:
        return np.zeros(len(span.journeys), np.int64)
    dictionary = evidence.store.dictionaries["person_id"]
    n_codes, n_known = len(dictionary), len(dictionary) - dictionary.null_count
    people = evidence.codes("person_id")[rows_of(span)].astype(np.int64)
    owners = np.repeat(np.arange(len(span.journeys)), span.lengths)
    is_counted = (people < n_known) & firsts(frozen(people), frozen(owners), n_codes)
    return np.bincount(owners[is_counted], minlength=len(span.journeys))


def rows_of(span: Span) -> Ints:
    """The rows within, one journey after the other."""
    starts = np.cumsum(span.lengths) - span.lengths
    return np.arange(span.lengths.sum()) + np.repeat(span.begins - starts, span.lengths)
