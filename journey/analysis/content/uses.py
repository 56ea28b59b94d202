"""Which content each touchpoint used, and what became of the journeys that used it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from journey.analysis.figures.distinct import dealt, distinct
from journey.errors import ColumnNotFoundError
from journey.facts import ShardFacts
from journey.kernels.distinct import firsts, owners_of
from journey.kernels.facts import NO_DECISION, WON
from journey.log import TouchpointLog
from journey.rules.words import plain_words, says
from journey.store.cache import memory
from journey.store.layout import Store, frozen, narrowest
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Part = tuple[View, ShardFacts]

_SOUNDS_LIKE: Final = (
    r"content|webinar|asset|article|page title|document|creative|video|event name|event title"
    r"|podcast|white ?paper|e ?book"
)


@dataclass(frozen=True, eq=False)
class Naming:
    """What content is called: a name for each code, and per column the code of each entry."""

    names: tuple[str, ...]
    code_of: tuple[tuple[str, Ints], ...]


@dataclass(frozen=True, eq=False)
class Uses:
    """Touches of one shard's journeys in view that used a content: rows of the view."""

    rows: Ints
    contents: Ints
    journeys: Ints


@dataclass(frozen=True, eq=False)
class Tally:
    """What uses add up to, by content; ``stages`` last before any, ``roles`` last not known."""

    n_touchpoints: Ints
    n_journeys: Ints
    n_decided: Ints
    n_won: Ints
    stages: Ints
    roles: Ints
    n_judged: Ints
    n_went_on: Ints
    first_ticks: Ints
    last_ticks: Ints

    def plus(self, other: "Tally") -> "Tally":
        """Both together."""
        mine, theirs = vars(self), vars(other)
        added = {name: mine[name] + theirs[name] for name in mine if not name.endswith("ticks")}
        return Tally(
            **added,
            first_ticks=np.minimum(self.first_ticks, other.first_ticks),
            last_ticks=np.maximum(self.last_ticks, other.last_ticks),
        )


def content_columns(log: TouchpointLog) -> tuple[str, ...]:
    """Columns that name content: ``content`` and what sounds like it, else touchpoint types."""
    columns = log.store.text_columns
    named = [name for name in columns if says(_SOUNDS_LIKE, plain_words(name))]
    found = sorted(named, key=lambda name: (name != "content", name))
    return tuple(found) or ("touchpoint",)


def naming_of(store: Store, columns: Sequence[str]) -> Naming:
    """One code for each content, whichever column names it.

    Raises
    ------
    ColumnNotFoundError
        If the log has no such column.
    """
    for column in columns:
        if column not in store.text_columns:
            raise ColumnNotFoundError.among(column, store.text_columns, where="the log")
    key = ("content naming", store.fingerprint, tuple(columns))
    return memory.get(
        key, partial(_naming, store, columns), n_bytes=lambda one: 64 * len(one.names)
    )


def _naming(store: Store, columns: Sequence[str]) -> Naming:
    held = [store.dictionaries[column].to_pylist() for column in columns]
    names = tuple(sorted({name for values in held for name in values if name is not None}))
    code_of = {name: code for code, name in enumerate(names)}
    return Naming(
        names,
        tuple(
            (column, np.array([code_of.get(name, -1) for name in values], np.int64))
            for column, values in zip(columns, held, strict=True)
        ),
    )


def uses_of(view: View, columns: Sequence[str]) -> Uses:
    """Touches that used a content; of several columns the first that names one counts."""
    found = np.full(view.n_touchpoints, -1, np.int64)
    for column, codes in naming_of(view.store, columns).code_of:
        told = codes[view.codes(column)]
        found = np.where(found < 0, told, found)
    rows = np.flatnonzero(found >= 0)
    return Uses(rows, found[rows], owners_of(frozen(rows), view.offsets))


def count_uses(part: Part, *, columns: Sequence[str], window: float, as_of: int) -> Tally:
    """What the uses of one shard add up to.

    Parameters
    ----------
    window
        Within so many ticks after its first use in a stage a journey may go on to a later one.
    """
    view, facts = part
    uses, n = uses_of(view, columns), len(naming_of(view.store, columns).names)
    n_stages = facts.entered.shape[1]
    ticks = view.ticks[uses.rows].astype(np.int64)
    stages = facts.stages_in(view)[uses.rows].astype(np.int64)
    first_ticks, last_ticks = np.full(n, np.iinfo(np.int64).max), np.full(n, np.iinfo(np.int64).min)
    np.minimum.at(first_ticks, uses.contents, ticks)
    np.maximum.at(last_ticks, uses.contents, ticks)
    first = firsts(frozen(uses.contents), frozen(uses.journeys), n)
    journeys, contents = view.journeys[uses.journeys[first]], uses.contents[first]
    rows = facts.rows_in(view)[uses.rows[first]]
    outcomes, ends = facts.outcomes[journeys], facts.end_rows[journeys]
    reached = (facts.entered[journeys] >= 0) & (rows < ends)[:, None]
    went_on, judged = _went_on(facts, journeys, rows, stages[first], window, as_of)
    return Tally(
        n_touchpoints=np.bincount(uses.contents, minlength=n),
        n_journeys=np.bincount(contents, minlength=n),
        n_decided=_by_stage(contents, reached & (outcomes <= NO_DECISION)[:, None], n),
        n_won=_by_stage(contents, reached & (outcomes == WON)[:, None], n),
        stages=_crossed(uses.contents, np.where(stages < 0, n_stages, stages), (n, n_stages + 1)),
        roles=_roles(view, uses, n),
        n_judged=np.bincount(contents[judged], minlength=n),
        n_went_on=np.bincount(contents[went_on], minlength=n),
        first_ticks=first_ticks,
        last_ticks=last_ticks,
    )


def count_decided(part: Part) -> Ints:
    """Decided journeys in view that reached each stage, and of these the won ones."""
    view, facts = part
    reached, outcomes = facts.entered[view.journeys] >= 0, facts.outcomes[view.journeys]
    return np.stack(
        [reached[outcomes <= NO_DECISION].sum(axis=0), reached[outcomes == WON].sum(axis=0)]
    )


def people_by_content(view: View, n_buckets: int, *, columns: Sequence[str]) -> list[Ints]:
    """Pairs of content and known person as one number, ``content * n_people + person``."""
    if "person_id" not in view.store.text_columns:
        return dealt(np.empty(0, np.int64), n_buckets)
    uses, dictionary = uses_of(view, columns), view.store.dictionaries["person_id"]
    people = view.codes("person_id")[uses.rows].astype(np.int64)
    known = people < len(dictionary) - dictionary.null_count
    return dealt(uses.contents[known] * len(dictionary) + people[known], n_buckets)


def n_people(store: Store) -> int:
    """How many codes there are for people."""
    return len(store.dictionaries["person_id"]) if "person_id" in store.text_columns else 1


def roles_of(store: Store) -> tuple[str, ...]:
    """The roles of people by code, sorted."""
    key = ("roles of people", store.fingerprint)
    return memory.get(key, partial(_roles_of, store), n_bytes=lambda roles: 64 * len(roles))


def _roles_of(store: Store) -> tuple[str, ...]:
    if "role" not in store.people.column_names:
        return ()
    roles = pc.unique(store.people["role"]).to_pylist()
    return tuple(sorted(role for role in roles if role is not None))


def role_codes(store: Store) -> npt.NDArray[Any]:
    """The role of every person, by code (the last: not known)."""
    key = ("role codes", store.fingerprint)
    return memory.get(key, partial(_role_codes, store), n_bytes=lambda codes: codes.nbytes)


def _role_codes(store: Store) -> npt.NDArray[Any]:
    roles = roles_of(store)
    if not roles:  # without attributes the table of people has no rows to go by
        return np.zeros(len(store.dictionaries.get("person_id", ())), np.int64)
    found = pc.index_in(store.people["role"], value_set=pa.array(roles, pa.string()))
    return found.fill_null(len(roles)).to_numpy().astype(narrowest(len(roles) + 1))


def _roles(view: View, uses: Uses, n: int) -> Ints:
    shape = n, len(roles_of(view.store)) + 1
    if "person_id" not in view.store.text_columns or "role" not in view.store.people.column_names:
        counts = np.zeros(shape, np.int64)
        counts[:, -1] = np.bincount(uses.contents, minlength=n)
        return counts
    people = view.codes("person_id")[uses.rows]
    return _crossed(uses.contents, role_codes(view.store)[people], shape)


def _went_on(
    facts: ShardFacts, journeys: Ints, rows: Ints, stages: Ints, window: float, as_of: int
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which uses were followed by a first entry of a later stage, and of which that can be told.

    It can be told of those in a stage that is not the last, once the time is over, if the journey
    had not been further before.
    """
    entered, n_stages = facts.entered[journeys], facts.entered.shape[1]
    ticks = facts.view.ticks[rows].astype(np.int64)
    went_on = np.zeros(len(journeys), dtype=bool)
    been_further = np.zeros(len(journeys), dtype=bool)
    for stage in range(n_stages):
        entries = entered[:, stage]
        there = (entries >= 0) & (stage > stages)
        been_further |= there & (entries < rows)
        follows = there & (entries > rows)
        went_on[follows] |= facts.view.ticks[entries[follows]] - ticks[follows] <= window
    usable = (stages >= 0) & (stages < n_stages - 1) & ~been_further
    return went_on & usable, usable & (went_on | (as_of - ticks >= window))


def _by_stage(contents: Ints, flags: npt.NDArray[np.bool_], n: int) -> Ints:
    """How many flags are set, by content and stage."""
    columns = [
        np.bincount(contents[flags[:, stage]], minlength=n) for stage in range(flags.shape[1])
    ]
    return np.stack(columns, axis=1)


def _crossed(contents: Ints, codes: npt.NDArray[Any], shape: tuple[int, int]) -> Ints:
    counts = np.bincount(contents * shape[1] + codes, minlength=shape[0] * shape[1])
    return counts.reshape(shape)


def people_by_stage(part: Part, n_buckets: int) -> list[Ints]:
    """Pairs of stage and known person with a touch there, ``stage * n_people + person``."""
    view, facts = part
    if "person_id" not in view.store.text_columns:
        return dealt(np.empty(0, np.int64), n_buckets)
    dictionary = view.store.dictionaries["person_id"]
    people, stages = view.codes("person_id"), facts.stages_in(view).astype(np.int64)
    known = (people < len(dictionary) - dictionary.null_count) & (stages >= 0)
    return dealt(stages[known] * len(dictionary) + people[known], n_buckets)


def count_roles(
    parts: Sequence[Ints], *, role_of: npt.NDArray[Any], shape: tuple[int, int], n_people: int
) -> Ints:
    """Of one bucket how many people had a touch, by stage and role, a person once."""
    stages, people = np.divmod(distinct(np.concatenate(parts)), n_people)
    return _crossed(stages, role_of[people], shape)
