"""The parts that personas play, counted shard by shard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from journey.analysis.profiles.spans import Part, Span, n_people_within, rows_of, span_of
from journey.facts import ShardFacts
from journey.kernels.distinct import firsts
from journey.kernels.facts import WON
from journey.kernels.traits import parts_played
from journey.log import TouchpointLog
from journey.percentiles import Cells, Targets, first_cells, percentiles, within
from journey.store.cache import memory
from journey.store.layout import Store, frozen, narrowest

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.unsignedinteger[Any]]
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
    """What happened in each journey of a shard by persona, whatever is in view.

    Before the decision: ``first`` and ``last`` known touch, ``influencer`` (most of the others),
    ``entered``, the row of each persona's first. ``signer`` of the last up to the win, ``used``
    who has a touch after it. -1: none.
    """

    first: Ints
    influencer: Ints
    signer: Ints
    entered: npt.NDArray[np.int32]
    used: Flags

    @property
    def met(self) -> Flags:
        """Which personas take part."""
        return self.entered >= 0


def played(facts: ShardFacts, by: tuple[str, ...]) -> Played:
    """The parts played in the journeys of a shard, worked out once."""
    return facts.kept(("parts played", by), partial(_played, facts, by))


def _played(facts: ShardFacts, by: tuple[str, ...]) -> Played:
    span = _before_decision(facts)
    first, _, between, entered = _parts(span, span.begins, span.ends, by)
    is_won, after = facts.outcomes == WON, facts.decided_rows + 1
    signer = _parts(span, span.begins, np.where(is_won, after, span.begins), by)[1]
    ends = span.evidence.offsets[1:]
    after_win = np.where(is_won, after, ends)
    used = _parts(span, after_win, ends, by)[3] >= 0
    influencer = np.where(between.any(axis=1), between.argmax(axis=1), -1)
    return Played(first, influencer, signer, entered.astype(np.int32), used)


def _before_decision(facts: ShardFacts) -> Span:
    """All journeys of a shard up to what decided them."""
    return span_of((facts.view, facts), until="decision")


def _parts(
    span: Span, begins: Ints, ends: Ints, by: tuple[str, ...]
) -> tuple[Ints, Ints, Ints, Ints]:
    known = personas_of(span.evidence.store, by)
    codes = span.evidence.codes("person_id")
    return parts_played(codes, frozen(begins), frozen(ends), known.of_person, len(known.kinds))


def count_parts(part: Part, *, by: tuple[str, ...]) -> Mapping[str, Ints]:
    """Everything about personas that adds up, of one shard."""
    view, facts = part
    here, chosen = played(facts, by), view.journeys
    n = here.used.shape[1]
    is_won = facts.outcomes[chosen] == WON
    won, met, used = chosen[is_won], here.met[chosen], here.used[chosen]
    singles = (here.first[chosen], here.influencer[chosen], here.signer[chosen])
    places = np.where(here.met[won], here.entered[won], np.iinfo(np.int32).max)
    ranks = np.argsort(np.argsort(places, axis=1, kind="stable"), axis=1, kind="stable")
    persona = np.broadcast_to(np.arange(n), ranks.shape)[met[is_won]]
    did = facts.kept(("what personas did", by), partial(_did, facts, by))
    is_chosen = np.zeros(len(here.first), dtype=bool)
    is_chosen[chosen] = True
    counts = {
        "inside": np.stack([met.sum(axis=0), met[is_won].sum(axis=0)]),
        "base": np.array([met.any(axis=1).sum(), met[is_won].any(axis=1).sum()]),
        "n_started": _counted(singles[0], n),
        "n_influenced": _counted(singles[1], n),
        "n_signed": _counted(singles[2], n),
        "n_used": used.sum(axis=0),
        "bases": np.array([*(np.sum(one >= 0) for one in singles), used.any(axis=1).sum()]),
        "places": np.bincount(persona * n + ranks[met[is_won]], minlength=n * n).reshape(n, n),
        **{name: done.within(is_chosen).reshape(n, -1) for name, done in did.items()},
    }
    counts["n_people"] = counts["n_people"][:, 0]
    return {name: np.asarray(count, dtype=np.int64) for name, count in counts.items()}


@dataclass(frozen=True, eq=False)
class _Done:
    """Who did what: the journey of each, and a number for what it is."""

    owners: Codes
    keys: Codes
    n_keys: int

    def within(self, is_chosen: Flags) -> Ints:
        """How often each is done in the chosen journeys."""
        return np.bincount(self.keys[is_chosen[self.owners]], minlength=self.n_keys)


def _did(facts: ShardFacts, by: tuple[str, ...]) -> dict[str, _Done]:
    """People of each persona, and what each persona did, journey by journey."""
    span, store = _before_decision(facts), facts.view.store
    rows, owners = rows_of(span), np.repeat(np.arange(len(span.journeys)), span.lengths)
    people = span.evidence.codes("person_id")[rows]
    known = personas_of(store, by)
    n, persona = len(known.kinds), known.of_person[people]
    once = firsts(frozen(people.astype(np.int64)), frozen(owners), len(known.of_person))
    once &= persona >= 0
    found = {"n_people": _done(owners[once], persona[once], n)}
    done = np.flatnonzero((persona >= 0) & ~_was_shown(span, rows))
    persona, owners, rows = persona[done], owners[done], rows[done]
    for name in BEHAVIOURS:
        if name in store.text_columns:
            n_codes = len(store.dictionaries[name])
            keys = persona * n_codes + span.evidence.codes(name)[rows]
            found[name] = _done(owners, keys, n * n_codes)
        else:
            found[name] = _done(owners[:0], persona[:0], 0)
    return found


def _was_shown(span: Span, rows: Ints) -> Flags:
    """Which rows were only shown to somebody."""
    store = span.evidence.store
    if "direction" not in store.text_columns:
        return np.zeros(len(rows), dtype=bool)
    shown = [word == "was shown" for word in store.dictionaries["direction"].to_pylist()]
    return np.array(shown, dtype=bool)[span.evidence.codes("direction")[rows]]


def _done(owners: Ints, keys: Ints, n_keys: int) -> _Done:
    return _Done(owners.astype(np.uint32), keys.astype(narrowest(n_keys)), n_keys)


def count_groups(part: Part) -> Ints:
    """Journeys, and those won, by the number of known people before the decision."""
    view, facts = part
    size = np.minimum(_n_people(facts)[view.journeys], LARGEST_GROUP)
    is_won = facts.outcomes[view.journeys] == WON
    return np.stack(
        [np.bincount(each, minlength=LARGEST_GROUP + 1) for each in (size, size[is_won])]
    )


def _n_people(facts: ShardFacts) -> Ints:
    """Known people before the decision of each journey of a shard."""
    return facts.kept("people known", lambda: n_people_within(_before_decision(facts)))


def median_entry_ticks(log: TouchpointLog, by: tuple[str, ...], n_personas: int) -> Floats:
    """The median time from the first touch to a persona's first, of won journeys."""
    first = log.ask_with_facts(partial(_count_entries, by=by, n_personas=n_personas))
    look = partial(_entries_within, by=by)
    halves = [(place, 50) for place in range(n_personas)]
    return percentiles(first, log.ask_with_facts, look, halves, n_personas)[1]


def has_persona(part: Part, *, by: tuple[str, ...], values: Sequence[Value]) -> Flags:
    """Journeys in which somebody of a persona takes part before the decision."""
    view, facts = part
    known = personas_of(view.store, by).kinds
    return played(facts, by).met[view.journeys, known.index(tuple(values))]


def is_group_of(part: Part, *, n_people: int) -> Flags:
    """Journeys of a row of ``buying_groups``."""
    view, facts = part
    return np.minimum(_n_people(facts)[view.journeys], LARGEST_GROUP) == n_people


def _counted(places: Ints, n: int) -> Ints:
    return np.bincount(places[places >= 0], minlength=n)


def _count_entries(part: Part, *, by: tuple[str, ...], n_personas: int) -> Cells:
    return first_cells(*_entries(part, by), n_personas)


def _entries_within(part: Part, targets: Targets, *, by: tuple[str, ...]) -> tuple[Ints, Ints]:
    return within(*_entries(part, by), targets)


def _entries(part: Part, by: tuple[str, ...]) -> tuple[Ints, Floats]:
    """Persona and time of each entry into a won journey."""
    view, facts = part
    here, evidence = played(facts, by), facts.view
    won = view.journeys[facts.outcomes[view.journeys] == WON]
    place, persona = np.nonzero(here.met[won])
    begun = evidence.ticks[evidence.offsets[won[place]]].astype(np.int64)
    waits = evidence.ticks[here.entered[won[place], persona]].astype(np.int64) - begun
    return persona.astype(np.int64), waits.astype(np.float64)
