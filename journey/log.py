"""The log that every question is put to."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from journey import selection
from journey.costs import costs_fingerprint, costs_frame
from journey.definitions import Definitions
from journey.errors import ValueNotAllowedError
from journey.facts import Facts, Rules, ShardFacts, read_facts, rules_of
from journey.runners import threads
from journey.schema import CASE_ROLES, SECONDS_PER_DAY, Case
from journey.store.cache import memory
from journey.store.layout import MICROSECONDS, Store
from journey.store.recase import recase
from journey.store.view import View, cut_after, first_at_or_after, keep_journeys, whole

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
    """

    origin: Store
    definitions: Definitions = field(default_factory=Definitions)
    report: Any = None
    costs: pd.DataFrame = field(default_factory=lambda: costs_frame(pd.DataFrame()))
    case: Case = "account"
    gap_ticks: int | None = None
    until: int | None = None
    steps: tuple[selection.Step, ...] = ()

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever content, order, selection or definitions do; the only cache key."""
        parts = (self.origin.fingerprint, self.case, self.gap_ticks, self.until, self.steps)
        parts += (self.definitions.fingerprint, costs_fingerprint(self.costs))
        return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()

    @property
    def _content(self) -> tuple[str, tuple[int, ...]]:
        """What the store holds and how it is cut: what is kept must fit its shards."""
        return self.origin.fingerprint, self.origin.shard_sizes

    # ---- what is in view

    @cached_property
    def store(self) -> Store:
        """The store sorted by the case asked for."""
        if self.case == "account":
            return self.origin
        role = CASE_ROLES[self.case]
        key = ("store", self._content, role, self.gap_ticks)
        make = partial(recase, self.origin, role, gap_ticks=self.gap_ticks)
        return memory.get(key, make, n_bytes=lambda store: 32 * store.n_touchpoints)

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The touchpoints in view, a dense selection for each shard."""
        if not self.steps:
            return (
                self.evidence if self.until is None else tuple(map(_without_empty, self.evidence))
            )
        key = ("views", self.fingerprint, self._content)
        return memory.get(key, self._make_views, n_bytes=_view_bytes)

    @cached_property
    def evidence(self) -> tuple[View, ...]:
        """All journeys up to ``as_of``, whatever is in view."""
        views = tuple(whole(self.store, shard) for shard in self.store.shards)
        if self.until is None:
            return views
        return tuple(threads.ask(partial(_cut_at, instant=self.until), views))

    @cached_property
    def facts(self) -> Facts:
        """Stage, outcome and silence of every journey."""
        key = (
            "facts",
            self._content,
            self.store.fingerprint,
            self.until,
            self.definitions.fingerprint,
        )
        make = partial(
            read_facts,
            self.evidence,
            self.rules,
            dormancy_days=self.definitions.dormancy_days,
            ticks_per_day=self.ticks_per_day,
            as_of=self.as_of_tick,
        )
        return memory.get(key, make, n_bytes=lambda facts: facts.n_bytes)

    @cached_property
    def rules(self) -> Rules:
        """The definitions as arrays over the store's codes."""
        return rules_of(self.store, self.definitions)

    @property
    def as_of_tick(self) -> int:
        """``as_of`` in the store's unit of time."""
        last = self.origin.last_tick or 0
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
        return sum(view.n_touchpoints for view in self.views)

    @property
    def n_journeys(self) -> int:
        """Journeys in view."""
        return sum(view.n_journeys for view in self.views)

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
        counts = np.zeros(len(names), np.int64)
        for view in self.views:
            counts += np.bincount(view.types, minlength=len(names))
        return sorted(names[code] for code in np.flatnonzero(counts))

    @property
    def first_at(self) -> pd.Timestamp | None:
        """The first touchpoint in view; none in an empty log."""
        firsts = [int(view.ticks.min()) for view in self.views if view.n_touchpoints]
        return self.at(min(firsts)) if firsts else None

    @property
    def last_at(self) -> pd.Timestamp | None:
        """The last touchpoint in view; none in an empty log."""
        lasts = [int(view.ticks.max()) for view in self.views if view.n_touchpoints]
        return self.at(max(lasts)) if lasts else None

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
        """The answers of all shards to a question about the touchpoints in view."""
        return threads.ask(question, self.views)

    def ask_with_facts(self, question: Callable[[tuple[View, ShardFacts]], Answer]) -> list[Answer]:
        """The answers of all shards to a question that needs facts of journeys too."""
        return threads.ask(question, list(zip(self.views, self.facts.shards, strict=True)))

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

    def between(self, start: Any = None, end: Any = None) -> "TouchpointLog":
        """Keep touchpoints from ``start`` to before ``end``; ``as_of`` becomes ``end``."""
        log = self if start is None else self._then(selection.Since(self._tick(start)))
        if end is None:
            return log
        until = self._tick(end)
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
        ticks = _seconds(gap) * self.origin.ticks_per_second
        return replace(self, case=case, gap_ticks=int(ticks))

    def with_definitions(self, definitions: Definitions) -> "TouchpointLog":
        """Read the same log by another stage and outcome model."""
        return replace(self, definitions=definitions)

    def _then(self, step: selection.Step) -> "TouchpointLog":
        return replace(self, steps=(*self.steps, step))

    def _tick(self, instant: Any) -> int:
        stamp = pd.Timestamp(instant)
        aware = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp
        microseconds = int(aware.to_datetime64().astype("datetime64[us]").astype(np.int64))
        per_tick = MICROSECONDS // self.origin.ticks_per_second
        return -(-microseconds // per_tick)

    def _make_views(self) -> tuple[View, ...]:
        stages = self.definitions.stage_names
        needed = any(map(selection.needs_facts, self.steps))
        facts = self.facts.shards if needed else [None] * len(self.store.shards)
        work = [
            (whole(self.store, shard), selection.Context(known, stages))
            for shard, known in zip(self.store.shards, facts, strict=True)
        ]
        select = partial(_select, chosen=self.steps, until=self.until)
        return tuple(threads.ask(select, work))


def _seconds(gap: str | pd.Timedelta) -> float:
    """The length of a gap; a bare number could be of any unit."""
    try:
        length = pd.NaT if _is_number(gap) else pd.Timedelta(gap)
    except ValueError:
        length = pd.NaT
    if length is pd.NaT or length <= pd.Timedelta(0):
        raise ValueNotAllowedError(
            f"The gap that ends a session is {str(gap)!r}. Allowed is a length of time above 0 "
            "with its unit, for example 30min, 2h or 1d."
        )
    return length.total_seconds()


def _is_number(gap: object) -> bool:
    try:
        float(str(gap))
    except ValueError:
        return False
    return True


def _select(
    work: tuple[View, selection.Context], *, chosen: Sequence[selection.Step], until: int | None
) -> View:
    """Attributes choose journeys before these are cut: it is the same, and less to cut."""
    view, context = work
    n_early = selection.n_by_account(chosen, view.store)
    for step in chosen[:n_early]:
        view = selection.apply(step, view, context)
    view = view if until is None else _cut_at(view, instant=until)
    for step in chosen[n_early:]:
        view = selection.apply(step, view, context)
    return _without_empty(view)


def _without_empty(view: View) -> View:
    return view if view.lengths.all() else keep_journeys(view, view.lengths > 0)


def _cut_at(view: View, *, instant: int) -> View:
    return cut_after(view, first_at_or_after(view, instant))


def _view_bytes(views: tuple[View, ...]) -> int:
    return sum(view.n_bytes for view in views)
