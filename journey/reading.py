"""How a shard is read as a log asks for it: the same here and wherever else the shard is."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import takewhile
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from journey import selection
from journey.definitions import Definitions
from journey.facts import (
    Rules,
    ShardFacts,
    Walked,
    learn_silence,
    rules_of,
    settle,
    walk,
)
from journey.kernels.moves import extent
from journey.runners.piece import Piece, Runner
from journey.schema import SECONDS_PER_DAY
from journey.silence import Silence
from journey.store.cache import memory
from journey.store.layout import Store
from journey.store.view import View, cut_after, first_at_or_after, whole

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Norms:
    """What facts take from the whole log: the silence that is normal, and its last instant."""

    silence: Silence
    as_of: int


@dataclass(frozen=True)
class Reading:
    """All that a log is but its touchpoints: small, so that it can be sent to them."""

    definitions: Definitions
    until: int | None
    steps: tuple[selection.Step, ...]

    @property
    def needs_facts(self) -> bool:
        """Whether what is in view depends on facts of journeys."""
        return any(map(selection.needs_facts, self.steps))

    @cached_property
    def facts_key(self) -> tuple[object, ...]:
        """What the facts of a shard depend on, but for the shard."""
        return self.until, self.definitions.fingerprint


@dataclass(frozen=True, eq=False)
class Extent:
    """The size of what is in view: touchpoints by type, first and last instant."""

    counts: npt.NDArray[np.int64]
    first_tick: int | None
    last_tick: int | None


def extent_of(view: View, *, n_types: int) -> Extent:
    """The size of what is in view of one shard."""
    counts, first, last = extent(view.types, view.ticks, view.offsets, n_types)
    known = (int(first), int(last)) if view.n_touchpoints else (None, None)
    return Extent(counts, *known)


def journeys_of(view: View) -> int:
    """How many journeys are in view of one shard."""
    return view.n_journeys


def merge_extents(extents: Sequence[Extent], n_types: int) -> Extent:
    """The size of what is in view of all shards."""
    return Extent(
        sum((extent.counts for extent in extents), np.zeros(n_types, np.int64)),
        min((e.first_tick for e in extents if e.first_tick is not None), default=None),
        max((e.last_tick for e in extents if e.last_tick is not None), default=None),
    )


def last_tick(runner: Runner, store: Store) -> int:
    """The last instant of a store; 0 in an empty one."""

    def make() -> int:
        return max((tick for tick in runner.ask(_last_tick) if tick is not None), default=0)

    return memory.get(("last tick", store.fingerprint), make, n_bytes=lambda _: 8)


def first_tick(runner: Runner, store: Store) -> int:
    """The first instant of a store; 0 in an empty one."""

    def make() -> int:
        return min((tick for tick in runner.ask(_first_tick) if tick is not None), default=0)

    return memory.get(("first tick", store.fingerprint), make, n_bytes=lambda _: 8)


def learned_silence(runner: Runner, store: Store, reading: Reading) -> Silence:
    """What silence is normal, learned from all shards."""

    def ask(question: Callable[[Walked], Any]) -> list[Any]:
        return runner.ask(partial(_ask_walked, reading=reading, question=question))

    definitions = reading.definitions
    make = partial(
        learn_silence,
        ask,
        len(definitions.stages),
        dormancy_days=definitions.dormancy_days,
        ticks_per_day=SECONDS_PER_DAY * store.ticks_per_second,
    )
    key = ("silence", store.fingerprint, reading.facts_key)
    return memory.get(key, make, n_bytes=lambda silence: 3 * silence.normal_ticks.nbytes)


def ask_view(
    piece: Piece, *, reading: Reading, norms: Norms | None, question: Callable[[View], Answer]
) -> Answer:
    """The answer of a shard to a question about the touchpoints in view."""
    return question(view_of(piece, reading, norms))


def ask_part(
    piece: Piece,
    *,
    reading: Reading,
    norms: Norms,
    question: Callable[[tuple[View, ShardFacts]], Answer],
) -> Answer:
    """The answer of a shard to a question that needs facts of journeys too."""
    return question((view_of(piece, reading, norms), facts_of(piece, reading, norms)))


def ask_in_parts(
    piece: Piece, n_buckets: int, *, ask: Callable[..., Answer], question: Callable[..., Answer]
) -> Answer:
    """The answer of a shard to a question put in one of the two ways above, in parts."""
    return ask(piece, question=partial(_in_parts, question=question, n_buckets=n_buckets))


def view_of(piece: Piece, reading: Reading, norms: Norms | None) -> View:
    """The touchpoints of a shard that are in view."""
    if not reading.steps and reading.until is None:
        return _whole(piece)
    make = partial(_selected, piece, reading, norms)
    return piece.get(_view_key(reading), make, n_bytes=_n_bytes)


def evidence_of(piece: Piece, until: int | None) -> View:
    """All journeys of a shard up to an instant, whatever is in view."""
    if until is None:
        return _whole(piece)
    make = partial(_cut_at, _whole(piece), until)
    return piece.get(("evidence", until), make, n_bytes=_n_bytes)


def walked_of(piece: Piece, reading: Reading) -> Walked:
    """The journeys of a shard walked, before it is known what silence is normal."""
    rules = rules_for(piece.store, reading.definitions)
    key = ("walked", piece.key, reading.facts_key)
    # Not held: facts take over what is needed later.
    return memory.get(
        key,
        lambda: walk(evidence_of(piece, reading.until), rules),
        n_bytes=lambda walked: walked.n_bytes,
    )


def facts_of(piece: Piece, reading: Reading, norms: Norms) -> ShardFacts:
    """Stage and outcome of every journey of a shard."""

    def make() -> ShardFacts:
        rules = rules_for(piece.store, reading.definitions)
        about = piece.key, reading.facts_key
        return settle(walked_of(piece, reading), rules, norms.silence, norms.as_of, about)

    key = ("facts", reading.facts_key)
    return piece.get(key, make, n_bytes=lambda facts: facts.n_bytes)


def rules_for(store: Store, definitions: Definitions) -> Rules:
    """The definitions as arrays over the store's codes."""
    key = ("rules", store.fingerprint, definitions.fingerprint)
    return memory.get(
        key,
        lambda: rules_of(store, definitions),
        n_bytes=lambda rules: 2 * len(rules.verdict_of_type),
    )


def _selected(piece: Piece, reading: Reading, norms: Norms | None) -> View:
    """Attributes choose journeys before these are cut: it is the same, and less to cut."""
    facts = None
    if reading.needs_facts:
        if norms is None:
            raise AssertionError("a view that needs facts was asked for without norms")
        facts = facts_of(piece, reading, norms)
    context = selection.Context(facts, reading.definitions.stage_names)
    steps, n_early = reading.steps, selection.n_by_account(reading.steps, piece.store)
    begun = _left_by_some(piece, reading) if n_early < len(steps) else None
    if begun is not None:
        view, steps = begun
    else:
        view = _whole(piece) if n_early else evidence_of(piece, reading.until)
        for step in steps[:n_early]:
            view = selection.apply(step, view, context)
        if n_early and reading.until is not None:
            view = _cut_at(view, reading.until)
        steps = steps[n_early:]
    for step in steps:
        view = selection.apply(step, view, context)
    return selection.without_empty(view)


def _left_by_some(piece: Piece, reading: Reading) -> tuple[View, tuple[selection.Step, ...]] | None:
    """What some of the steps leave in view, where that is at hand, and the steps after them.

    All but the last of them, or those that tell the same of a journey however early it is cut.
    """
    steps, until = reading.steps, reading.until
    view = piece.at_hand(_view_key(replace(reading, steps=steps[:-1])))
    if view is not None:
        return view, steps[-1:]
    n = sum(1 for _ in takewhile(selection.looks_back, steps)) if until is not None else 0
    whole = Reading(reading.definitions, None, steps[:n])
    view = piece.at_hand(_view_key(whole)) if n else None
    if view is None or until is None:
        return None
    return _cut_at(view, until), steps[n:]


def _view_key(reading: Reading) -> Hashable:
    about = reading.facts_key if reading.needs_facts else (reading.until,)
    return "view", about, reading.steps


def _whole(piece: Piece) -> View:
    """Held, not remembered: it is nothing but its shard."""
    if "whole" not in piece.held:
        piece.held["whole"] = whole(piece.store, piece.shard)
    return piece.held["whole"]


def _cut_at(view: View, instant: int) -> View:
    return cut_after(view, first_at_or_after(view, instant))


def _n_bytes(view: View) -> int:
    return view.n_bytes


def _first_tick(piece: Piece) -> int | None:
    ticks = piece.shard.ticks
    return int(ticks.min()) if len(ticks) else None


def _last_tick(piece: Piece) -> int | None:
    ticks = piece.shard.ticks
    return int(ticks.max()) if len(ticks) else None


def _ask_walked(piece: Piece, *, reading: Reading, question: Callable[[Walked], Answer]) -> Answer:
    return question(walked_of(piece, reading))


def _in_parts(asked: Any, *, question: Callable[[Any, int], Answer], n_buckets: int) -> Answer:
    return question(asked, n_buckets)
