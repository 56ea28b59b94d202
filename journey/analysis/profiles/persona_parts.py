"""The parts that personas play, counted shard by shard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from journey.analysis.profiles.spans import Part, Span, n_people_within, rows_of, span_of
from journey.kernels.distinct import firsts
from journey.kernels.facts import WON
from journey.kernels.traits import parts_played
from journey.log import TouchpointLog
from journey.percentiles import Cells, Targets, first_cells, percentiles, within
from journey.store.cache import memory
from journey.store.layout import Store, frozen

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Value = str | None

MOST_PERSONAS: Final = 60
LARGEST_GROUP: Final = 8
"""Groups of so many people or more are counted together."""

BEHAVIOURS: Final = ("touchpoint", "channel")
PARTS: Final = ("started", "influenced", "signed", "used")


@dataclass(frozen=True, eq=False)
class Personas:
    """The values that make each persona, and the persona of each person (-1: none)."""

    kinds: tuple[tuple[Value, ...], ...]
    of_person: Ints

    @property
    def n_bytes(self) -> int:
        """Memory held."""
        return self.of_person.nbytes + 64 * len(self.kinds)


def personas_of(store: Store, by: tuple[str, ...]) -> Personas:
    """The personas of a log that have most people; who has no role has no persona."""
    key = ("personas", store.fingerprint, by)
    return memory.get(key, partial(_personas, store, by), n_bytes=lambda p: p.n_bytes)


def _personas(store: Store, by: tuple[str, ...]) -> Personas:
    if not by or "person_id" not in store.text_columns:
        return Personas((), np.empty(0, np.int64))
    n_people = store.people.num_rows
    key, tables = np.zeros(n_people, np.int64), []
    for name in by:
        encoded = store.people[name].combine_chunks().dictionary_encode(null_encoding="encode")
        key = key * len(encoded.dictionary) + encoded.indices.to_numpy()
        tables.append(encoded.dictionary.to_pylist())
    has_role = ~store.people[by[0]].is_null().to_numpy()
    keys, places, counts = np.unique(key[has_role], return_inverse=True, return_counts=True)
    values: list[tuple[Value, ...]] = []
    for rest in keys.tolist():
        parts: list[Value] = []
        for table in reversed(tables):
            parts.append(table[rest % len(table)])
            rest //= len(table)  # noqa: PLW2901 - what is left of the key
        values.append(tuple(reversed(parts)))
    order = np.argsort(-counts, kind="stable")[:MOST_PERSONAS]
    rank = np.full(len(keys), -1, np.int64)
    rank[order] = np.arange(len(order))
    of_person = np.full(len(store.dictionaries["person_id"]), -1, np.int64)
    of_person[np.flatnonzero(has_role)] = rank[places]
    return Personas(tuple(values[place] for place in order.tolist()), frozen(of_person))


@dataclass(frozen=True, eq=False)
class Played:
    """What happened before the decision in each journey in view, by persona.

    ``first`` and ``last`` are the personas of the first and last known touch, ``between`` says how
    many of the others each has, ``entered`` the row of a persona's first; -1: none.
    """

    span: Span
    first: Ints
    last: Ints
    between: Ints
    entered: Ints

    @property
    def met(self) -> Flags:
        """Which personas take part."""
        return self.entered >= 0


def played(part: Part, by: tuple[str, ...]) -> Played:
    """The parts played in the journeys of a shard before the decision."""
    span = span_of(part, until="decision")
    return Played(span, *_played(span, span.begins, span.ends, by))


def _played(
    span: Span, begins: Ints, ends: Ints, by: tuple[str, ...]
) -> tuple[Ints, Ints, Ints, Ints]:
    store = span.evidence.store
    known = personas_of(store, by)
    codes = span.evidence.codes("person_id")
    borders = frozen(begins), frozen(ends)
    return parts_played(codes, *borders, known.of_person, len(known.kinds))


def count_parts(part: Part, *, by: tuple[str, ...]) -> Mapping[str, Ints]:
    """Everything about personas that adds up, of one shard."""
    view, facts = part
    here = played(part, by)
    span, met, n = here.span, here.met.astype(bool), here.met.shape[1]
    is_won = facts.outcomes[view.journeys] == WON
    influencers = np.where(here.between.any(axis=1), here.between.argmax(axis=1), -1)
    decided = facts.decided_rows[view.journeys]
    until_win = np.where(is_won, decided + 1, span.begins)
    signers = _played(span, span.begins, until_win, by)[1]
    after_win = np.where(is_won, decided + 1, span.ends)
    ends = span.evidence.offsets[1:][view.journeys]
    users = _played(span, after_win, np.where(is_won, ends, after_win), by)[3] >= 0
    places = np.where(met, here.entered, np.iinfo(np.int64).max)[is_won]
    ranks = np.argsort(np.argsort(places, axis=1, kind="stable"), axis=1, kind="stable")
    persona = np.broadcast_to(np.arange(n), ranks.shape)[met[is_won]]
    counts = {
        "inside": np.stack([met.sum(axis=0), met[is_won].sum(axis=0)]),
        "base": np.array([met.any(axis=1).sum(), met[is_won].any(axis=1).sum()]),
        "n_people": _people_of(span, by, n),
        "n_started": _counted(here.first, n),
        "n_influenced": _counted(influencers, n),
        "n_signed": _counted(signers, n),
        "n_used": users.sum(axis=0),
        "bases": np.array(
            [
                *(np.sum(places >= 0) for places in (here.first, influencers, signers)),
                users.any(axis=1).sum(),
            ]
        ),
        "places": np.bincount(persona * n + ranks[met[is_won]], minlength=n * n).reshape(n, n),
        **{name: _touches(span, by, name, n) for name in BEHAVIOURS},
    }
    return {name: np.asarray(count, dtype=np.int64) for name, count in counts.items()}


def count_groups(part: Part) -> Ints:
    """Journeys, and those won, by the number of known people before the decision."""
    view, facts = part
    size = np.minimum(n_people_within(span_of(part, until="decision")), LARGEST_GROUP)
    is_won = facts.outcomes[view.journeys] == WON
    return np.stack(
        [np.bincount(each, minlength=LARGEST_GROUP + 1) for each in (size, size[is_won])]
    )


def median_entry_ticks(log: TouchpointLog, by: tuple[str, ...], n_personas: int) -> Floats:
    """The median time from the first touch to a persona's first, of won journeys."""
    first = log.ask_with_facts(partial(_count_entries, by=by, n_personas=n_personas))
    look = partial(_entries_within, by=by)
    halves = [(place, 50) for place in range(n_personas)]
    return percentiles(first, log.ask_with_facts, look, halves, n_personas)[1]


def has_persona(part: Part, *, by: tuple[str, ...], values: Sequence[Value]) -> Flags:
    """Journeys in which somebody of a persona takes part before the decision."""
    known = personas_of(part[0].store, by).kinds
    return played(part, by).met[:, known.index(tuple(values))]


def is_group_of(part: Part, *, n_people: int) -> Flags:
    """Journeys of a row of ``buying_groups``."""
    size = n_people_within(span_of(part, until="decision"))
    return np.minimum(size, LARGEST_GROUP) == n_people


def _counted(places: Ints, n: int) -> Ints:
    return np.bincount(places[places >= 0], minlength=n)


def _people_of(span: Span, by: tuple[str, ...], n: int) -> Ints:
    """People of each persona, once for each journey."""
    codes = span.evidence.codes("person_id")[rows_of(span)].astype(np.int64)
    of_person = personas_of(span.evidence.store, by).of_person
    owners = np.repeat(np.arange(len(span.journeys)), span.lengths)
    return _counted(of_person[codes[firsts(frozen(codes), frozen(owners), len(of_person))]], n)


def _touches(span: Span, by: tuple[str, ...], column: str, n: int) -> Ints:
    """What each persona did by the code of a column; what it was only shown is left out."""
    store = span.evidence.store
    if column not in store.text_columns:
        return np.zeros((n, 0), np.int64)
    rows, n_codes = rows_of(span), len(store.dictionaries[column])
    persona = personas_of(store, by).of_person[span.evidence.codes("person_id")[rows]]
    known = persona >= 0
    if "direction" in store.text_columns:
        shown = [word == "was shown" for word in store.dictionaries["direction"].to_pylist()]
        known &= ~np.array(shown, dtype=bool)[span.evidence.codes("direction")[rows]]
    codes = span.evidence.codes(column)[rows[known]].astype(np.int64)
    counts = np.bincount(persona[known] * n_codes + codes, minlength=n * n_codes)
    return counts.reshape(n, n_codes)


def _count_entries(part: Part, *, by: tuple[str, ...], n_personas: int) -> Cells:
    return first_cells(*_entries(part, by), n_personas)


def _entries_within(part: Part, targets: Targets, *, by: tuple[str, ...]) -> tuple[Ints, Ints]:
    return within(*_entries(part, by), targets)


def _entries(part: Part, by: tuple[str, ...]) -> tuple[Ints, Floats]:
    """Persona and time of each entry into a won journey."""
    view, facts = part
    here = played(part, by)
    is_won = facts.outcomes[view.journeys] == WON
    journey, persona = np.nonzero(here.met & is_won[:, None])
    ticks = here.span.evidence.ticks
    begun = ticks[here.span.begins[journey]].astype(np.int64)
    waits = ticks[here.entered[journey, persona]].astype(np.int64) - begun
    return persona.astype(np.int64), waits.astype(np.float64)
