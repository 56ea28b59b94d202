"""The steps by which a log is narrowed or relabelled, each from view to view."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas.api.typing import NaTType

from journey.errors import ColumnNotFoundError, ValueNotAllowedError
from journey.facts import ShardFacts
from journey.kernels import select
from journey.schema import OUTCOMES
from journey.store.cache import memory
from journey.store.layout import MICROSECONDS, Column, Store
from journey.store.view import (
    View,
    first_at_or_after,
    keep_changes,
    keep_codes,
    keep_journeys,
    keep_ranges,
    rename_types,
)

Flags = npt.NDArray[np.bool_]

FEW_ENTRIES = 64
"""So many are compared one by one before Arrow has begun."""

JOURNEY_FACTS = ("outcome", "current_stage", "reached_stage")


@dataclass(frozen=True)
class Where:
    """Keep what has one of these values."""

    column: str
    values: tuple[str | None, ...]


@dataclass(frozen=True)
class Exclude:
    """Remove touchpoints of these types; their neighbours become neighbours."""

    types: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Call several touchpoint types by one name."""

    name: str
    types: tuple[str, ...]


@dataclass(frozen=True)
class Collapse:
    """Make neighbours of the same type one touchpoint, at the first's time."""


@dataclass(frozen=True)
class Since:
    """Keep touchpoints from an instant on."""

    tick: int


@dataclass(frozen=True)
class StartAt:
    """Let each journey begin at its first touchpoint of a type; others are left out."""

    type: str


@dataclass(frozen=True)
class EndAt:
    """Let each journey end at its last touchpoint of a type; others are left out."""

    type: str


@dataclass(frozen=True)
class Having:
    """Keep journeys that have a touchpoint of one of these types, whole."""

    types: tuple[str, ...]


@dataclass(frozen=True)
class HavingMove:
    """Keep journeys in which one type follows another directly, whole."""

    source: str
    target: str


@dataclass(frozen=True)
class HavingAt:
    """Keep journeys that have one of these types (none: nothing) at a position, whole.

    The position counts from the beginning, from the end if negative, or from the first
    touchpoint of the type ``around``.
    """

    position: int
    types: tuple[str, ...]
    around: str | None = None


@dataclass(frozen=True)
class HavingVariant:
    """Keep journeys that are exactly this sequence."""

    sequence: tuple[str, ...]


@dataclass(frozen=True)
class Keep:
    """Keep journeys that a question of the shard chooses, whole.

    The question is a module's function; it is asked with the touchpoints in view, the facts, and
    the arguments, and answers with a flag for each journey. ``leaves_out``: those not kept should
    not be counted at all, so that what was spent on them was spent for the others.
    """

    question: Callable[..., Flags]
    arguments: tuple[tuple[str, Hashable], ...] = ()
    leaves_out: bool = False

    def __repr__(self) -> str:
        """The same in every process, as a fingerprint must be."""
        name = f"{self.question.__module__}.{self.question.__qualname__}"
        return f"Keep({name}, {self.arguments!r})"


Step = (
    Where
    | Exclude
    | Group
    | Collapse
    | Since
    | StartAt
    | EndAt
    | Having
    | HavingMove
    | HavingAt
    | HavingVariant
    | Keep
)


@dataclass(frozen=True, eq=False)
class Context:
    """What a step may ask beside the view: facts of the shard, names of the stages."""

    facts: ShardFacts | None
    stages: tuple[str, ...]


def tick_of(instant: object, ticks_per_second: int) -> int:
    """The first tick that is not before an instant, in UTC where no zone is given.

    Raises
    ------
    ValueNotAllowedError
        If it is no instant.

    Examples
    --------
    >>> tick_of("1970-01-01 00:00:01.5", 1)
    2
    """
    told: Any = instant
    try:
        stamp = pd.Timestamp(told)
    except (ValueError, TypeError):
        stamp = pd.NaT
    if isinstance(stamp, NaTType):
        raise ValueNotAllowedError(
            f"A period begins or ends at {instant!r}, which is no time. Give one such as "
            "2026-01-31 or 2026-01-31 14:00."
        )
    aware = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp
    microseconds = int(aware.to_datetime64().astype("datetime64[us]").astype(np.int64))
    return -(-microseconds // (MICROSECONDS // ticks_per_second))


def ends_too_early(start: object, end: object) -> ValueNotAllowedError:
    """The error of a period that ends before it begins."""
    return ValueNotAllowedError(
        f"The period ends at {end}, before it begins at {start}. Give the earlier one first."
    )


def apply(step: Step, view: View, context: Context) -> View:  # noqa: C901, PLR0911, PLR0912 - a case a step
    """The view after one step."""
    names, offsets = view.type_names, view.offsets
    begins, ends = offsets[:-1], offsets[1:]
    match step:
        case Where():
            return _where(step, view, context)
        case Exclude(excluded):
            return keep_codes(view, ~_wanted(names, excluded), view.types)
        case Group():
            return _grouped(step, view)
        case Collapse():
            return keep_changes(view)
        case Since(tick):
            return keep_ranges(view, first_at_or_after(view, tick), ends)
        case StartAt(name):
            found = select.first_of(view.types, offsets, _wanted(names, (name,)))
            return keep_ranges(view, np.where(found < 0, ends, found), ends)
        case EndAt(name):
            found = select.last_of(view.types, begins, ends, _wanted(names, (name,)))
            return keep_ranges(view, begins, np.where(found < 0, begins, found + 1))
        case Having(wanted):
            found = select.first_of(view.types, offsets, _wanted(names, wanted))
            return keep_journeys(view, found >= 0)
        case HavingMove(source, target):
            if source not in names or target not in names:
                return keep_journeys(view, np.zeros(view.n_journeys, dtype=bool))
            codes = names.index(source), names.index(target)
            return keep_journeys(view, select.has_move(view.types, offsets, *codes))
        case HavingAt():
            return keep_journeys(view, _at_position(step, view))
        case HavingVariant(sequence):
            code_of = {name: code for code, name in enumerate(names)}
            wanted = np.array([code_of.get(name, -1) for name in sequence], dtype=np.int64)
            return keep_journeys(view, select.is_sequence(view.types, offsets, wanted))
        case Keep(question, arguments):
            part = without_empty(view), _known(context)
            return keep_journeys(part[0], question(part, **dict(arguments)))


def _where(step: Where, view: View, context: Context) -> View:
    """Attributes of accounts and facts keep journeys; all else keeps touchpoints."""
    store, column = view.store, step.column
    if column in JOURNEY_FACTS:
        return keep_journeys(view, _facts_flags(step, view, context))
    if column == "touchpoint":
        return keep_codes(view, _wanted(view.type_names, step.values), view.types)
    if column in store.text_columns:
        wanted = _having(store.dictionaries[column], step.values)
        if column == store.case_role:
            return keep_journeys(view, wanted[view.shard.cases[view.journeys]])
        return keep_codes(view, wanted, view.codes(column))
    if column in store.accounts.column_names:
        codes, values = store.account_codes(column)
        accounts = store.journey_accounts(view.shard)[view.journeys]
        return keep_journeys(view, _having(values, step.values)[codes[accounts]])
    wanted = _having(store.people[column], step.values)
    return keep_codes(view, wanted, view.codes("person_id"))


def _facts_flags(step: Where, view: View, context: Context) -> Flags:
    facts = _known(context)
    if step.column == "outcome":
        return _wanted(OUTCOMES, step.values)[facts.outcomes[view.journeys]]
    stages, in_none = _wanted(context.stages, step.values), None in step.values  # noqa: PD011
    last = facts.last_stages
    if step.column == "current_stage":
        return np.append(stages, in_none)[last[view.journeys]]
    reached = facts.reached(stages) | (in_none & (last < 0))
    return reached[view.journeys]


def _known(context: Context) -> ShardFacts:
    if context.facts is None:
        raise AssertionError("a step that reads facts was applied without them")
    return context.facts


def _at_position(step: HavingAt, view: View) -> Flags:
    begins, ends = view.offsets[:-1], view.offsets[1:]
    if step.around is not None:
        wanted = _wanted(view.type_names, (step.around,))
        base = select.first_of(view.types, view.offsets, wanted)
        has_base = base >= 0
    else:
        base = begins if step.position >= 0 else ends
        has_base = np.ones(view.n_journeys, dtype=bool)
    rows = base + step.position
    inside = (rows >= begins) & (rows < ends)
    if not step.types:
        return has_base & ~inside
    found = np.zeros(view.n_journeys, dtype=bool)
    usable = has_base & inside
    found[usable] = _wanted(view.type_names, step.types)[view.types[rows[usable]]]
    return found


def _grouped(step: Group, view: View) -> View:
    old = [step.name if name in step.types else name for name in view.type_names]
    names = list(dict.fromkeys(old))
    code_of = {name: code for code, name in enumerate(names)}
    return rename_types(view, names, np.array([code_of[name] for name in old], dtype=np.int64))


def n_by_account(steps: Sequence[Step], store: Store) -> int:
    """How many of the first steps go by attributes of accounts alone, whatever is in view."""
    columns = set(store.accounts.column_names) - {*store.text_columns, *JOURNEY_FACTS}
    by_account = (isinstance(step, Where) and step.column in columns for step in steps)
    return sum(1 for _ in takewhile(bool, by_account))


def needs_facts(step: Step) -> bool:
    """Whether a step can only be applied with the facts of journeys."""
    return isinstance(step, Keep) or (isinstance(step, Where) and step.column in JOURNEY_FACTS)


def looks_back(step: Step) -> bool:
    """Whether a step decides about a touchpoint by it and those before it in its journey alone."""
    by_fact = isinstance(step, Where) and step.column in JOURNEY_FACTS
    return isinstance(step, Where | Exclude | Group | Collapse | Since | StartAt) and not by_fact


def without_empty(view: View) -> View:
    """The same view without journeys of which nothing is left."""
    return view if view.lengths.all() else keep_journeys(view, view.lengths > 0)


def values_of(store: Store, column: str, stages: Sequence[str]) -> list[str | None]:
    """The values by which a column can be filtered, sorted, null last."""
    if column == "outcome":
        return list(OUTCOMES)
    if column in JOURNEY_FACTS:
        return [*stages, None]
    if column in store.text_columns:
        return store.dictionaries[column].to_pylist()
    key = ("values", store.fingerprint, column)
    make = partial(_attribute_values, store, column)
    return [*memory.get(key, make, n_bytes=lambda values: 64 * len(values))]


def _attribute_values(store: Store, column: str) -> list[str | None]:
    if column in store.accounts.column_names:
        values = set(store.account_codes(column)[1].to_pylist())
    else:
        values = set(pc.unique(store.people[column]).to_pylist())
    return [*sorted(v for v in values if v is not None), *([None] if None in values else [])]


def check_column(store: Store, column: str) -> None:
    """Refuse a column that neither touchpoints, accounts, people nor facts have.

    Raises
    ------
    ColumnNotFoundError
        With the columns there are.
    """
    available = filter_columns(store)
    if column not in available:
        raise ColumnNotFoundError.among(column, available, where="the log")


def filter_columns(store: Store) -> list[str]:
    """Columns by which a log can be filtered."""
    # People whom no touchpoint names choose none.
    people = store.people.column_names if "person_id" in store.text_columns else []
    columns = [*store.text_columns, *store.accounts.column_names, *people, *JOURNEY_FACTS]
    return list(dict.fromkeys(columns))


def check_types(names: Sequence[str], types: Sequence[str]) -> None:
    """Refuse touchpoint types that the log does not have.

    Raises
    ------
    ValueNotAllowedError
        With the types there are.
    """
    for name in types:
        if name not in names:
            raise ValueNotAllowedError.among(name, names, what="The touchpoint type")


def _having(column: Column, values: Sequence[str | None]) -> Flags:
    """Entries of a column of text that are among the values."""
    if len(column) <= FEW_ENTRIES:
        return _wanted(column.to_pylist(), values)
    found = pc.is_in(column, value_set=pa.array(values, pa.string()))
    return found.to_numpy(zero_copy_only=False)


def _wanted(names: Sequence[str | None], values: Sequence[str | None]) -> Flags:
    chosen = set(values)
    return np.array([name in chosen for name in names], dtype=bool)
