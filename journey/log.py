"""The log that every question is put to."""

import hashlib
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from journey import selection
from journey.costs import costs_fingerprint, costs_frame
from journey.definitions import Definitions
from journey.errors import ValueNotAllowedError
from journey.facts import Rules, ShardFacts
from journey.reading import (
    Extent,
    Norms,
    Reading,
    ask_in_parts,
    ask_part,
    ask_view,
    extent_of,
    journeys_of,
    last_tick,
    learned_silence,
    merge_extents,
    rules_for,
)
from journey.runners.piece import Runner
from journey.runners.threads import Threads
from journey.schema import CASE_ROLES, SECONDS_PER_DAY, Case
from journey.silence import Silence
from journey.store.cache import keep
from journey.store.layout import MICROSECONDS, Store
from journey.store.recase import seconds_of_gap
from journey.store.view import View

Answer = TypeVar("Answer")
Value = str | None | Sequence[str | None]


@dataclass(frozen=True, eq=False)
class TouchpointLog:
    """Touchpoints in journeys, as stored, narrowed by the steps asked for.

    A log never changes; ``where``, ``exclude``, ``group``, ``collapse``, ``by``, ``between`` and
    their like give new logs. Outcome and stages of a journey are read from all its touchpoints
    up to ``as_of``; the steps choose which journeys and touchpoints are in view.

    Parameters
    ----------
    origin
        The store, its journeys being those of accounts.
    definitions
        The stage and outcome model.
    report, costs
        What the import did to every row, and what campaigns cost by day, where it was imported.
    cluster
        Who asks the origin's shards, where they are not on this machine.
    """

    origin: Store = field(repr=False)
    definitions: Definitions = field(default_factory=Definitions, repr=False)
    report: Any = field(default=None, repr=False)
    costs: pd.DataFrame = field(default_factory=lambda: costs_frame(pd.DataFrame()), repr=False)
    case: Case = "account"
    gap_ticks: int | None = None
    until: int | None = None
    steps: tuple[selection.Step, ...] = ()
    cluster: Runner | None = field(default=None, repr=False)

    @property
    def fingerprint(self) -> str:
        """Changes whenever content, order, selection, definitions or costs do: the cache key."""
        told = f"{self._but_for_costs} {costs_fingerprint(self.costs)}"
        return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()

    @cached_property
    def _but_for_costs(self) -> str:
        parts = (self.origin.fingerprint, self.case, self.gap_ticks, self.until, self.steps)
        return repr((*parts, self.definitions.fingerprint))

    # ---- what is in view

    @property
    def store(self) -> Store:
        """The store sorted by the case asked for."""
        return self._by_case[0]

    @cached_property
    def silence(self) -> Silence:
        """What silence is normal in each stage, read from all journeys up to ``as_of``."""
        return learned_silence(self.runner, self.store, self._reading)

    @property
    def rules(self) -> Rules:
        """The definitions as arrays over the store's codes."""
        return rules_for(self.store, self.definitions)

    @property
    def runner(self) -> Runner:
        """Who asks the shards."""
        return self._by_case[1]

    @cached_property
    def _by_case(self) -> tuple[Store, Runner]:
        if self.case == "account":
            return self.origin, self._of_accounts
        return self._of_accounts.by_case(self.origin, CASE_ROLES[self.case], self.gap_ticks)

    @cached_property
    def _of_accounts(self) -> Runner:
        return self.cluster or Threads(self.origin)

    @cached_property
    def _reading(self) -> Reading:
        return Reading(self.definitions, self.until, self.steps)

    @cached_property
    def _norms(self) -> Norms:
        return Norms(self.silence, self.as_of_tick)

    @cached_property
    def as_of_tick(self) -> int:
        """``as_of`` in the store's unit of time."""
        # The last instant of all touchpoints, those that belong to no such case among them.
        last = last_tick(self._of_accounts, self.origin)
        return last if self.until is None else min(last, self.until)

    @property
    def as_of(self) -> pd.Timestamp:
        """The instant at which the log is read: its last touchpoint, or the end asked for."""
        return self.at(self.as_of_tick)

    @property
    def ticks_per_day(self) -> float:
        """The store's units of time in a day."""
        return SECONDS_PER_DAY * self.store.ticks_per_second

    @property
    def n_touchpoints(self) -> int:
        """Touchpoints in view."""
        return int(self._extent.counts.sum())

    @cached_property
    def n_journeys(self) -> int:
        """Journeys in view."""
        return sum(self.ask(journeys_of))

    @cached_property
    def _extent(self) -> Extent:
        """What touchpoints are in view: one question for all that tell of it."""
        n_types = len(self.type_names)
        return merge_extents(self.ask(partial(extent_of, n_types=n_types)), n_types)

    @property
    def n_without_case(self) -> int:
        """Touchpoints of the whole log that belong to no such case, so are in no journey."""
        return self.store.n_without_case

    @property
    def type_names(self) -> tuple[str, ...]:
        """Names of touchpoint types by code, those not in view among them."""
        names = self.store.touchpoint_types
        for step in self.steps:
            if isinstance(step, selection.Group):
                names = [step.name if name in step.types else name for name in names]
                names = list(dict.fromkeys(names))
        return tuple(names)

    @cached_property
    def touchpoint_types(self) -> list[str]:
        """Touchpoint types in view, by name."""
        names = self.type_names
        return sorted(names[code] for code in np.flatnonzero(self._extent.counts))

    @property
    def first_at(self) -> pd.Timestamp | None:
        """The first touchpoint in view; none in an empty log."""
        first = self._extent.first_tick
        return None if first is None else self.at(first)

    @property
    def last_at(self) -> pd.Timestamp | None:
        """The last touchpoint in view; none in an empty log."""
        last = self._extent.last_tick
        return None if last is None else self.at(last)

    def at(self, tick: int) -> pd.Timestamp:
        """The instant of a tick, in UTC."""
        microseconds = tick * (MICROSECONDS // self.store.ticks_per_second)
        return pd.Timestamp(microseconds, unit="us", tz="UTC")

    def filter_values(self, column: str) -> list[str | None]:
        """The values by which ``where`` can choose in a column, of the whole log."""
        selection.check_column(self.store, column)
        return selection.values_of(self.store, column, self.definitions.stage_names)

    @property
    def filter_columns(self) -> list[str]:
        """The columns that ``where`` knows."""
        return selection.filter_columns(self.store)

    # ---- questions

    def ask(self, question: Callable[[View], Answer]) -> list[Answer]:
        """The answers of all shards to a question about the touchpoints in view.

        Parameters
        ----------
        question
            A module's function, or a ``partial`` of one with small arguments, so that it can be
            sent to where the shards are. Its answer is small too: of a size that doesn't grow with
            touchpoints.
        """
        return self.runner.ask(partial(self._ask_view, question=question))

    def ask_with_facts(self, question: Callable[[tuple[View, ShardFacts]], Answer]) -> list[Answer]:
        """The answers of all shards to a question that needs facts of journeys too."""
        return self.runner.ask(partial(self._ask_part, question=question))

    def ask_in_buckets(
        self,
        question: Callable[[View, int], Sequence[Any]],
        merge: Callable[[Sequence[Any]], Answer],
    ) -> list[Answer]:
        """The answers of all buckets to a question whose shards' answers would be too large.

        Parameters
        ----------
        question
            Asked with a view and a number of buckets, gives a part of the answer for each.
        merge
            Asked with the parts of one bucket, in the order of shards, gives a small answer.
        """
        asked = partial(ask_in_parts, ask=self._ask_view, question=question)
        return self.runner.ask_in_buckets(asked, merge)

    def ask_in_buckets_with_facts(
        self,
        question: Callable[[tuple[View, ShardFacts], int], Sequence[Any]],
        merge: Callable[[Sequence[Any]], Answer],
    ) -> list[Answer]:
        """The answers of all buckets to a question that needs facts of journeys too."""
        asked = partial(ask_in_parts, ask=self._ask_part, question=question)
        return self.runner.ask_in_buckets(asked, merge)

    def once(self, question: Callable[..., Answer], *options: Hashable) -> Answer:
        """The small answer to a question about facts alone: kept, whatever is in view."""
        name = question.__module__, question.__qualname__, options
        store = self.store.fingerprint, self.store.shard_sizes
        key = ("once", *name, *store, self._reading.facts_key)
        whole = replace(self, steps=()) if self.steps else self
        return keep(key, partial(question, whole, *options))

    def shared(self, question: Callable[..., Answer], *options: Hashable) -> Answer:
        """The small answer to a question on which several figures of this log rest: kept."""
        key = ("shared", question.__module__, question.__qualname__, options, self.fingerprint)
        return keep(key, partial(question, self, *options))

    @property
    def _ask_view(self) -> partial[Any]:
        norms = self._norms if self._reading.needs_facts else None
        return partial(ask_view, reading=self._reading, norms=norms)

    @property
    def _ask_part(self) -> partial[Any]:
        return partial(ask_part, reading=self._reading, norms=self._norms)

    # ---- new logs

    def where(
        self, criteria: Mapping[str, Value] | None = None, /, **columns: Value
    ) -> "TouchpointLog":
        """Keep what has the given values.

        Attributes of accounts, ``outcome``, ``current_stage`` and ``reached_stage`` keep whole
        journeys; attributes of people and columns of touchpoints keep those touchpoints.

        Raises
        ------
        ColumnNotFoundError
            If the log has no such column.
        """
        log = self
        for column, value in {**(criteria or {}), **columns}.items():
            selection.check_column(self.store, column)
            values = (value,) if value is None or isinstance(value, str) else tuple(value)
            log = log._then(selection.Where(column, values))
        return log

    def exclude(self, *types: str) -> "TouchpointLog":
        """Remove touchpoints of these types; their neighbours become neighbours."""
        selection.check_types(self.type_names, types)
        return self._then(selection.Exclude(types)) if types else self

    def group(self, groups: Mapping[str, Iterable[str]]) -> "TouchpointLog":
        """Call several touchpoint types by one name."""
        log = self
        for name, members in groups.items():
            types = tuple(members)
            selection.check_types(log.type_names, types)
            log = log._then(selection.Group(name, types))
        return log

    def collapse(self) -> "TouchpointLog":
        """Make neighbours of the same type one touchpoint, at the first's time."""
        return self._then(selection.Collapse())

    def starting_at(self, touchpoint: str) -> "TouchpointLog":
        """Let each journey begin at its first such touchpoint; others are left out."""
        selection.check_types(self.type_names, (touchpoint,))
        return self._then(selection.StartAt(touchpoint))

    def ending_at(self, touchpoint: str) -> "TouchpointLog":
        """Let each journey end at its last such touchpoint; others are left out."""
        selection.check_types(self.type_names, (touchpoint,))
        return self._then(selection.EndAt(touchpoint))

    def having(self, *types: str) -> "TouchpointLog":
        """Keep whole journeys that have one of these types."""
        selection.check_types(self.type_names, types)
        return self._then(selection.Having(types))

    def having_move(self, source: str, target: str) -> "TouchpointLog":
        """Keep whole journeys in which ``target`` follows ``source`` directly."""
        selection.check_types(self.type_names, (source, target))
        return self._then(selection.HavingMove(source, target))

    def having_at(
        self, position: int, types: Sequence[str], *, around: str | None = None
    ) -> "TouchpointLog":
        """Keep whole journeys that have one of these types at a position.

        Parameters
        ----------
        position
            0 is the first touchpoint (or the first of the type ``around``), -1 the last.
        types
            None: journeys that have no touchpoint there, being over by then or not yet begun.
        """
        selection.check_types(self.type_names, [*types, *([around] if around else [])])
        return self._then(selection.HavingAt(position, tuple(types), around))

    def having_variant(self, sequence: Sequence[str]) -> "TouchpointLog":
        """Keep journeys that are exactly this sequence."""
        return self._then(selection.HavingVariant(tuple(sequence)))

    def keep(self, step: selection.Keep) -> "TouchpointLog":
        """Keep whole journeys that a question of each shard chooses."""
        return self._then(step)

    def between(self, start: Any = None, end: Any = None) -> "TouchpointLog":
        """Keep touchpoints from ``start`` to before ``end``; ``as_of`` is at most ``end``."""
        tick_of = partial(selection.tick_of, ticks_per_second=self.origin.ticks_per_second)
        begin, until = (None if one is None else tick_of(one) for one in (start, end))
        if begin is not None and until is not None and until < begin:
            raise selection.ends_too_early(start, end)
        log = self if begin is None else self._then(selection.Since(begin))
        if until is None:
            return log
        return replace(log, until=until if log.until is None else min(until, log.until))

    def by(self, case: Case, *, gap: str | pd.Timedelta | None = None) -> "TouchpointLog":
        """Read the journeys of another case.

        Parameters
        ----------
        case
            ``account``, ``person`` (an unknown one by ``anonymous_id``), ``opportunity`` or
            ``session``.
        gap
            The silence that ends a session, as ``30min``; needed where the log has no
            ``session_id``.

        Raises
        ------
        ValueNotAllowedError
            If there is no such case, or the gap is no length of time.
        """
        if case not in CASE_ROLES:
            raise ValueNotAllowedError.among(case, CASE_ROLES, what="The case")
        if case == "session" and gap is None and "session_id" not in self.origin.text_columns:
            raise ValueNotAllowedError(
                "The log has no session_id. Give the silence that ends a session as its gap, "
                "for example 30min."
            )
        if case != "session" or gap is None:
            return replace(self, case=case, gap_ticks=None)
        ticks = seconds_of_gap(gap) * self.origin.ticks_per_second
        return replace(self, case=case, gap_ticks=int(ticks))

    def with_definitions(self, definitions: Definitions) -> "TouchpointLog":
        """Read the same log by another stage and outcome model."""
        return replace(self, definitions=definitions)

    def _then(self, step: selection.Step) -> "TouchpointLog":
        return replace(self, steps=(*self.steps, step))
