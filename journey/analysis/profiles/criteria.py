"""Which journeys belong to a segment: who they are, and what happened in them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final, TypeVar, cast

import numpy as np
import numpy.typing as npt

from journey.analysis.profiles.spans import (
    UNTIL,
    Part,
    Span,
    Until,
    has_any,
    n_people_within,
    span_of,
)
from journey.errors import ColumnNotFoundError, ValueNotAllowedError
from journey.log import TouchpointLog
from journey.rules.tables import read_table
from journey.schema import OUTCOMES, Outcome
from journey.selection import JOURNEY_FACTS, Keep, filter_columns
from journey.store.layout import MICROSECONDS, Store

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Value = str | None
Wanted = tuple[tuple[str, tuple[Value, ...]], ...]
T = TypeVar("T")

MOST_KNOWN: Final = 8_192
"""Criteria and their words that are remembered."""

BEHAVIOURS: Final = ("touchpoint", "channel")
"""What ``has`` and ``never`` most often name; any column of the log will do."""

_LIMITS: Final = ("least_touchpoints", "most_touchpoints", "least_people", "most_people")
_DAYS: Final = ("first_day", "last_day")


@dataclass(frozen=True)
class Segment:
    """Criteria that a journey must all meet.

    They are read from all touchpoints of a journey up to ``as_of``, whatever a view shows.

    Parameters
    ----------
    profile
        Column and the values of which the account, or somebody who takes part, has one.
    has, never
        Column and values: of each entry there is a touchpoint with one of them, or none.
    reached
        Stages, one of which was entered.
    outcomes
        How the journey stands.
    least_touchpoints, most_touchpoints, least_people, most_people
        Bounds, both included.
    first_day, last_day
        UTC days, both included: people, ``has``, ``never`` and the bounds look only at
        touchpoints within, and there must be one.
    until
        ``decision``: they look only at what came before the touchpoint that decided the journey.

    Raises
    ------
    ValueNotAllowedError
        If an outcome or ``until`` is not known, or a bound is no number from 0 on.

    Examples
    --------
    >>> print(Segment(profile=(("industry", ("Retail", "Travel")),), least_people=2))
    Industry Retail or Travel; at least 2 people
    """

    profile: Wanted = ()
    has: Wanted = ()
    never: Wanted = ()
    reached: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    least_touchpoints: int | None = None
    most_touchpoints: int | None = None
    least_people: int | None = None
    most_people: int | None = None
    first_day: date | None = None
    last_day: date | None = None
    until: Until = "as_of"

    def __post_init__(self) -> None:
        """Refuse what can't be asked."""
        for outcome in self.outcomes:
            if outcome not in OUTCOMES:
                raise ValueNotAllowedError.among(outcome, OUTCOMES, what="The outcome")
        if self.until not in UNTIL:
            raise ValueNotAllowedError.among(self.until, UNTIL, what="until")
        for name in _LIMITS:
            limit = getattr(self, name)
            if limit is not None and (type(limit) is not int or limit < 0):
                raise ValueNotAllowedError(f"{name} is {limit!r}; a number from 0 on is needed.")

    def __str__(self) -> str:
        """The criteria in words."""
        return _said(self)


def keep_segment(log: TouchpointLog, segment: Segment) -> TouchpointLog:
    """The log with the journeys of a segment alone, whole.

    Parameters
    ----------
    segment
        What its journeys have in common; every part of it must hold.

    Raises
    ------
    ColumnNotFoundError
        If the log lacks a column that the segment names.
    ValueNotAllowedError
        If the log lacks a stage that the segment names.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Ad", "Demo", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01"] * 3)}))
    >>> keep_segment(log, Segment(never=(("touchpoint", ("Demo",)),))).n_journeys
    1
    """
    check_segment(log, segment)
    stages = tuple(log.definitions.stage_names)
    return log.keep(Keep(is_inside, (("segment", segment), ("stages", stages))))


def keep_others(log: TouchpointLog, segment: Segment) -> TouchpointLog:
    """The log without the journeys of a segment.

    Raises
    ------
    ColumnNotFoundError, ValueNotAllowedError
        As :func:`keep_segment`.
    """
    check_segment(log, segment)
    stages = tuple(log.definitions.stage_names)
    return log.keep(Keep(_is_outside, (("segment", segment), ("stages", stages))))


def check_segment(log: TouchpointLog, segment: Segment) -> None:
    """Refuse a segment that names what the log doesn't have.

    Raises
    ------
    ColumnNotFoundError
        If it is a column.
    ValueNotAllowedError
        If it is a stage.
    """
    columns = [name for name in filter_columns(log.store) if name not in JOURNEY_FACTS]
    for column, _ in (*segment.profile, *segment.has, *segment.never):
        if column not in columns:
            raise ColumnNotFoundError.among(column, columns, where="the log")
    stages = log.definitions.stage_names
    for stage in segment.reached:
        if stage not in stages:
            raise ValueNotAllowedError.among(stage, stages, what="The stage")


def segment_document(segment: Segment) -> dict[str, Any]:
    """What a file holds of a segment: the criteria that are set.

    Examples
    --------
    >>> segment_document(Segment(reached=("Convert",), first_day=date(2026, 1, 1)))
    {'reached': ['Convert'], 'first_day': '2026-01-01'}
    """
    blank = asdict(Segment())
    written = {name: value for name, value in asdict(segment).items() if value != blank[name]}
    return {name: _written(value) for name, value in written.items()}


def segment_from(document: Any, where: str) -> Segment:
    """Read a segment from the part of a file.

    Raises
    ------
    DefinitionsError
        If it has a key that is not known.
    ValueNotAllowedError
        If a value in it can't be used.

    Examples
    --------
    >>> segment_from({"has": [["touchpoint", ["Demo"]]]}, "segments").has
    (('touchpoint', ('Demo',)),)
    """
    table = read_table(document, where, asdict(Segment()))
    try:
        return Segment(**{name: _read(name, value) for name, value in table.items()})
    except (TypeError, ValueError) as problem:
        raise ValueNotAllowedError(f"{where} can't be read as a segment: {problem}") from problem


def count_inside(part: Part, *, segment: Segment, stages: tuple[str, ...]) -> Ints:
    """Journeys of a segment in one shard by outcome."""
    view, facts = part
    inside = is_inside(part, segment=segment, stages=stages)
    return np.bincount(facts.outcomes[view.journeys[inside]], minlength=len(OUTCOMES))


def is_inside(part: Part, *, segment: Segment, stages: tuple[str, ...]) -> Flags:
    """Which journeys in view belong to a segment."""
    view, facts = part
    span = _span(part, segment)
    inside = np.ones(view.n_journeys, dtype=bool)
    for column, values in (*segment.profile, *segment.has):
        inside &= has_any(span, column, values)
    for column, values in segment.never:
        inside &= ~has_any(span, column, values)
    if segment.reached:
        wanted = np.array([name in segment.reached for name in stages])
        inside &= facts.reached(wanted)[view.journeys]
    if segment.outcomes:
        codes = [OUTCOMES.index(outcome) for outcome in segment.outcomes]
        inside &= np.isin(facts.outcomes[view.journeys], codes)
    if segment.first_day or segment.last_day:
        inside &= span.lengths > 0
    inside &= _within(span.lengths, segment.least_touchpoints, segment.most_touchpoints)
    if segment.least_people is not None or segment.most_people is not None:
        inside &= _within(n_people_within(span), segment.least_people, segment.most_people)
    return inside


def _is_outside(part: Part, *, segment: Segment, stages: tuple[str, ...]) -> Flags:
    return ~is_inside(part, segment=segment, stages=stages)


def _span(part: Part, segment: Segment) -> Span:
    store, last = part[0].store, segment.last_day
    return span_of(
        part,
        until=segment.until,
        first_tick=_tick(store, segment.first_day) if segment.first_day else None,
        last_tick=_tick(store, last + timedelta(days=1)) if last else None,
    )


def _tick(store: Store, day: date) -> int:
    microseconds = int(np.datetime64(day, "us").astype(np.int64))
    return microseconds // (MICROSECONDS // store.ticks_per_second)


def _within(counts: npt.NDArray[np.int64], least: int | None, most: int | None) -> Flags:
    inside = np.ones(len(counts), dtype=bool)
    if least is not None:
        inside &= counts >= least
    if most is not None:
        inside &= counts <= most
    return inside


@lru_cache(maxsize=MOST_KNOWN)
def _said(segment: Segment) -> str:
    """The criteria in words: the same traits are named again for every filter."""
    said = "; ".join(_words(segment)) or "all journeys"
    return said[:1].upper() + said[1:]


def _words(segment: Segment) -> Iterable[str]:
    for column, values in segment.profile:
        yield f"{_spoken(column)} {_either(values)}"
    for column, values in segment.has:
        yield f"had {_named(column)}{_either(values)}"
    for column, values in segment.never:
        yield f"never had {_named(column)}{_either(values)}"
    if segment.reached:
        yield f"reached {_either(segment.reached)}"
    if segment.outcomes:
        yield f"{_either([outcome.replace('_', ' ') for outcome in segment.outcomes])}"
    yield from _bounds(segment.least_touchpoints, segment.most_touchpoints, "touchpoints")
    yield from _bounds(segment.least_people, segment.most_people, "people")
    if segment.first_day:
        yield f"from {segment.first_day}"
    if segment.last_day:
        yield f"to {segment.last_day}"
    if segment.until == "decision":
        yield "before the decision"


def _named(column: str) -> str:
    return "" if column == "touchpoint" else f"{_spoken(column)} "


def _spoken(column: str) -> str:
    return column.replace("_", " ")


def _either(values: Iterable[Value]) -> str:
    return " or ".join("(not known)" if value is None else value for value in values)


def _bounds(least: int | None, most: int | None, noun: str) -> Iterable[str]:
    if least is not None and least == most:
        yield f"{least} {noun}"
    elif least is not None and most is not None:
        yield f"{least} to {most} {noun}"
    elif least is not None:
        yield f"at least {least} {noun}"
    elif most is not None:
        yield f"at most {most} {noun}"


def _written(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_written(inner) for inner in cast("tuple[Any, ...]", value)]
    return value


def _read(name: str, value: Any) -> Any:
    if name in _DAYS:
        return date.fromisoformat(value)
    if name in ("profile", "has", "never"):
        return tuple((str(column), _texts(values)) for column, values in value)
    return _texts(value) if name in ("reached", "outcomes") else value


def _texts(values: Any) -> tuple[Value, ...]:
    if not isinstance(values, list) or not all(
        one is None or isinstance(one, str) for one in cast("list[Any]", values)
    ):
        raise ValueNotAllowedError(f"{values!r} is no list of texts.")
    return tuple(cast("list[Value]", values))
