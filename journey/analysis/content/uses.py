"""Which content each touchpoint used, and what became of the journeys that used it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from journey.analysis.figures.distinct import dealt, once
from journey.errors import ColumnNotFoundError
from journey.facts import ShardFacts
from journey.kernels import uses as kernels
from journey.kernels.facts import NO_DECISION, WON
from journey.log import TouchpointLog
from journey.rules.words import plain_words, says
from journey.store.cache import memory
from journey.store.layout import Array, Shard, Store, frozen, narrowest
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
class Tally:
    """What uses add up to, by content; ``stages`` last before any, ``roles`` last not known."""

    n_touchpoints: Ints
    stages: Ints
    roles: Ints
    first_ticks: Ints
    last_ticks: Ints
    n_journeys: Ints
    n_decided: Ints
    n_won: Ints
    n_judged: Ints
    n_went_on: Ints

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


def contents_in(view: View, columns: Sequence[str]) -> Array:
    """The content that each touch in view used, as many as there are names where it used none."""
    name = "contents", tuple(columns)
    return view.told(name, partial(_contents, view.store, view.shard, columns))


def _contents(store: Store, shard: Shard, columns: Sequence[str]) -> Array:
    """Of several columns the first that names a content counts."""
    naming = naming_of(store, columns)
    found = np.full(shard.n_touchpoints, -1, np.int64)
    for column, codes in naming.code_of:
        found = np.where(found < 0, codes[store.codes(shard, column)], found)
    n = len(naming.names)
    return frozen(np.where(found < 0, n, found).astype(narrowest(n + 1)))


def count_uses(part: Part, *, columns: Sequence[str], window: float, as_of: int) -> Tally:
    """What the uses of one shard add up to.

    Parameters
    ----------
    window
        Within so many ticks after its first use in a stage a journey may go on to a later one.
    """
    view, facts = part
    contents, rows = contents_in(view, columns), facts.rows_in(view)
    n = len(naming_of(view.store, columns).names)
    stood = facts.view.ticks, facts.current
    roles = view.told("roles", partial(_roles, view.store, view.shard))
    n_roles = len(roles_of(view.store)) + 1
    touches = kernels.count_uses(contents, roles, rows, *stood, n, facts.n_stages, n_roles)
    became = facts.entered, facts.end_rows, facts.outcomes
    journeys = kernels.count_first_uses(
        contents, rows, view.offsets, view.journeys, *stood, *became, n, window, as_of
    )
    return Tally(*touches, *journeys)


def count_decided(part: Part) -> Ints:
    """Decided journeys in view that reached each stage first, and of these the won ones."""
    view, facts = part
    entered, outcomes = facts.entered[view.journeys], facts.outcomes[view.journeys]
    reached = (entered >= 0) & (entered < facts.end_rows[view.journeys, None])
    return np.stack(
        [reached[outcomes <= NO_DECISION].sum(axis=0), reached[outcomes == WON].sum(axis=0)]
    )


def people_by_content(view: View, n_buckets: int, *, columns: Sequence[str]) -> list[Ints]:
    """Pairs of content and known person as one number, ``content * n_people + person``."""
    if "person_id" not in view.store.text_columns:
        return [np.empty(0, np.int64)] * n_buckets
    contents, people = contents_in(view, columns), view.codes("person_id")
    n_contents = len(naming_of(view.store, columns).names)
    return dealt(contents, people, n_contents, n_people(view.store), n_buckets)


def n_people(store: Store) -> int:
    """How many codes there are for known people."""
    people = store.dictionaries.get("person_id", ())
    return len(people) - getattr(people, "null_count", 0)


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


def _roles(store: Store, shard: Shard) -> Array:
    """The role of whoever is behind each touch of a shard."""
    if "person_id" in store.text_columns and "role" in store.people.column_names:
        return frozen(role_codes(store)[store.codes(shard, "person_id")])
    return frozen(np.full(shard.n_touchpoints, len(roles_of(store)), np.int64))


def people_by_stage(part: Part, n_buckets: int) -> list[Ints]:
    """Pairs of stage and known person with a touch there, ``stage * n_people + person``."""
    view, facts = part
    if "person_id" not in view.store.text_columns:
        return [np.empty(0, np.int64)] * n_buckets
    # A stage of -1, before any, is above all others without its sign, so left out.
    stages = facts.stages_in(view).view(np.uint8)
    return dealt(stages, view.codes("person_id"), facts.n_stages, n_people(view.store), n_buckets)


def count_roles(
    parts: Sequence[Ints], *, role_of: npt.NDArray[Any], shape: tuple[int, int], n_people: int
) -> Ints:
    """Of one bucket how many people had a touch, by stage and role, a person once."""
    stages, people = once(parts, n_people)
    counts = np.bincount(stages * shape[1] + role_of[people], minlength=shape[0] * shape[1])
    return counts.reshape(shape)
