"""Whom touches reached: people by channel, content or month, impressions, shares, new audience."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.distinct import count_first, dealt
from journey.analysis.figures.month_codes import month_names, months_in
from journey.analysis.scores.milestones import types_meaning
from journey.errors import ColumnNotFoundError
from journey.kernels.distinct import count_groups, marked, visitors_seen
from journey.log import TouchpointLog
from journey.rules.meanings import Meaning
from journey.store.layout import Array, Shard, Store, frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_WHO: Final = ("person_id", "anonymous_id")
MONTH: Final = "month"
_YEAR_0: Final = 12 * 1970
"""Added to months since 1970, so that those before are no numbers below 0."""


@dataclass(frozen=True, eq=False)
class Reached:
    """By value of a column (None: not known) people, touchpoints and journeys in view."""

    names: list[str | None]
    n_people: Ints
    n_touchpoints: Ints
    n_journeys: Ints


def people_by(log: TouchpointLog, *, by: str | None) -> pd.DataFrame:
    """People, touchpoints and journeys in view for each value of a column, or for each month.

    A person is one whom the log knows, else a visitor by ``anonymous_id``, else the case.

    Parameters
    ----------
    by
        A text column of touchpoints, ``month`` (UTC), or None for all as one.

    Returns
    -------
    DataFrame
        One row per value: ``value`` (None: not known; months as ``YYYY-MM``), ``n_people``,
        ``n_touchpoints``, ``n_journeys``. Months in order, other values by people, most first.

    Raises
    ------
    ColumnNotFoundError
        If touchpoints have no such column.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "a"], "touchpoint": "Visit", "channel": ["Ads", "Ads", "Mail"],
    ...     "person_id": ["p", "q", "p"], "occurred_at": pd.to_datetime(["2026-01-01"] * 3)}))
    >>> people_by(log, by="channel")[["value", "n_people", "n_touchpoints"]].values.tolist()
    [['Ads', 2, 2], ['Mail', 1, 1]]
    """
    [found] = reached_by_each(log, [by])
    order = np.argsort(-found.n_people, kind="stable") if by != MONTH else slice(None)
    return pd.DataFrame(
        {
            "value": pd.Series(np.array(found.names, dtype=object)[order], dtype=object),
            "n_people": found.n_people[order],
            "n_touchpoints": found.n_touchpoints[order],
            "n_journeys": found.n_journeys[order],
        }
    )


def reached_by_each(log: TouchpointLog, bys: Sequence[str | None]) -> list[Reached]:
    """What :func:`people_by` counts for several columns, in one look at the touchpoints.

    Raises
    ------
    ColumnNotFoundError
        If touchpoints have no such column.
    """
    columns = log.store.text_columns
    for by in bys:
        if by is not None and by not in (*columns, MONTH):
            where = "the touchpoints of the log"
            raise ColumnNotFoundError.among(by, (*columns, MONTH), where=where)
    counted = log.ask(partial(_counts_by_each, bys=tuple(bys)))
    people = log.ask_in_buckets(
        partial(_people_by_each, bys=tuple(bys)),
        partial(_met_by_each, n_people=_n_people(log.store)),
    )
    return [
        _reached(log, by, [one[place] for one in counted], [one[place] for one in people])
        for place, by in enumerate(bys)
    ]


def _reached(
    log: TouchpointLog,
    by: str | None,
    counted: Sequence[tuple[Ints, Ints, Ints]],
    met: Sequence[tuple[Ints, Ints]],
) -> Reached:
    codes, n_touchpoints, n_journeys = _added(counted)
    people = np.zeros(len(codes), np.int64)
    for group, n_people in met:
        people[np.searchsorted(codes, group)] += n_people
    return Reached(_names(log, by, codes), people, n_touchpoints, n_journeys)


def monthly_touches(
    log: TouchpointLog, meanings: Sequence[Meaning]
) -> dict[Meaning, dict[str, int] | None]:
    """Touchpoints in view by meaning and month (UTC); none of a meaning that no type has.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({"account_id": ["a", "a"], "touchpoint": ["Renewal", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-02-01"])}))
    >>> monthly_touches(log, ["renewal", "upsell"])
    {'renewal': {'2026-01': 1, '2026-02': 0}, 'upsell': None}
    """
    answers = log.ask(partial(_types_by_month, n_types=len(log.store.touchpoint_types)))
    codes = np.concatenate([np.empty(0, np.int64), *(months for months, _ in answers)])
    months, places = np.unique(codes, return_inverse=True)
    counts = np.zeros((len(months), len(log.store.touchpoint_types)), np.int64)
    np.add.at(counts, places, np.concatenate([counts[:0], *(n for _, n in answers)]))
    names = month_names(months).tolist()
    found: dict[Meaning, dict[str, int] | None] = {}
    for meaning in meanings:
        is_type = types_meaning(log.store, log.definitions, meaning)
        n_in_month = counts[:, is_type].sum(axis=1).tolist()
        found[meaning] = dict(zip(names, n_in_month, strict=True)) if is_type.any() else None
    return found


def _types_by_month(view: View, *, n_types: int) -> tuple[Ints, Ints]:
    """The months of a view, from the first to the last, and touchpoints by month and type."""
    months = months_in(view)
    if not len(months):
        return np.empty(0, np.int64), np.empty((0, n_types), np.int64)
    low, high = int(months.min()), int(months.max())
    keys = (months - low) * n_types + view.codes("touchpoint")
    counts = np.bincount(keys, minlength=(high - low + 1) * n_types)
    return np.arange(low, high + 1), counts.reshape(-1, n_types)


def visitors_known(log: TouchpointLog, *, since: int, until: int) -> tuple[int, int]:
    """Visitors met from one tick to before another, and how many of them are known by ``as_of``.

    Returns
    -------
    tuple of int
        How many are known as a person, and how many there are; both 0 where the log has no
        ``anonymous_id`` or no ``person_id``.
    """
    if not set(_WHO) <= set(log.store.text_columns):
        return 0, 0
    answers = log.ask_in_buckets(partial(_visitors, since=since, until=until), _known_visitors)
    return sum(answer[0] for answer in answers), sum(answer[1] for answer in answers)


def _groups(view: View, bys: Sequence[str | None]) -> Iterator[Array]:
    """The group of each touchpoint in view, by each column."""
    for by in bys:
        if by == MONTH:
            yield months_in(view) + _YEAR_0
        elif by is None:
            yield np.zeros(view.n_touchpoints, np.uint8)
        else:
            yield view.types if by == "touchpoint" else view.codes(by)


def _people_by_each(view: View, n_buckets: int, *, bys: Sequence[str | None]) -> list[list[Ints]]:
    """Pairs of group and person of a view by each column, as ``group * n_people + person``."""
    n_people = _n_people(view.store)
    who = view.told("who", partial(_who, view.store, view.shard))
    by_each = [
        dealt(groups, who, _n_groups(groups), n_people, n_buckets) for groups in _groups(view, bys)
    ]
    return [[buckets[place] for buckets in by_each] for place in range(n_buckets)]


def _met_by_each(parts: Sequence[list[Ints]], *, n_people: int) -> list[tuple[Ints, Ints]]:
    return [count_first(pairs, n_people) for pairs in zip(*parts, strict=True)]


def _who(store: Store, shard: Shard) -> Array:
    """A number for whoever is behind each touch of a shard."""
    shift = len(store.dictionaries[store.case_role])
    found = store.codes(shard, store.case_role).astype(np.uint32)
    for column in _told_by(store):
        names, codes = store.dictionaries[column], store.codes(shard, column)
        is_known = codes < len(names) - names.null_count
        found = np.where(is_known, codes + np.uint32(shift), found)
        shift += len(names)
    return frozen(found)


def _n_people(store: Store) -> int:
    """How many numbers there are for people."""
    return sum(len(store.dictionaries[name]) for name in (store.case_role, *_told_by(store)))


def _told_by(store: Store) -> list[str]:
    """Columns that tell who somebody is, the surest last."""
    columns = store.text_columns
    return [name for name in reversed(_WHO) if name in columns and name != store.case_role]


def _counts_by_each(view: View, *, bys: Sequence[str | None]) -> list[tuple[Ints, Ints, Ints]]:
    """By each column the groups that have touchpoints, how many, and of how many journeys."""
    return [_counts(group, view.offsets) for group in _groups(view, bys)]


def _counts(groups: Array, offsets: Ints) -> tuple[Ints, Ints, Ints]:
    n_touchpoints, n_journeys = count_groups(frozen(groups), offsets, _n_groups(groups))
    found = np.flatnonzero(n_touchpoints)
    return found, n_touchpoints[found], n_journeys[found]


def _n_groups(groups: Array) -> int:
    return int(groups.max(initial=0)) + 1


def _added(parts: Sequence[tuple[Ints, Ints, Ints]]) -> tuple[Ints, Ints, Ints]:
    """Groups of all parts in order, their touchpoints and their journeys."""
    every = np.concatenate([np.empty((3, 0), np.int64), *(np.stack(one) for one in parts)], axis=1)
    groups, places = np.unique(every[0], return_inverse=True)
    n_touchpoints, n_journeys = np.zeros((2, len(groups)), np.int64)
    np.add.at(n_touchpoints, places, every[1])
    np.add.at(n_journeys, places, every[2])
    return groups, n_touchpoints, n_journeys


def _names(log: TouchpointLog, by: str | None, codes: Ints) -> list[str | None]:
    if by is None:
        return [None] * len(codes)
    if by == MONTH:
        return month_names(codes - _YEAR_0).tolist()
    names = log.type_names if by == "touchpoint" else log.store.dictionaries[by].to_pylist()
    return [names[code] for code in codes]


def _visitors(view: View, n_buckets: int, *, since: int, until: int) -> list[Ints]:
    """Visitors of a view, whether met in the period (1) and known (2); dealt out to buckets."""
    names = view.store.dictionaries["anonymous_id"]
    told = view.told("visitors", partial(_visitors_told, view.store, view.shard))
    flags = visitors_seen(told, view.ticks, since, until, len(names) - names.null_count)
    who = np.flatnonzero(flags)
    found = np.stack([who, flags[who].astype(np.int64)], axis=1)
    if n_buckets == 1:
        return [found]
    return [found[who % n_buckets == bucket] for bucket in range(n_buckets)]


def _visitors_told(store: Store, shard: Shard) -> Array:
    """The visitor behind each touch of a shard, twice the code, and one more if known by name."""
    people = store.dictionaries["person_id"]
    is_known = store.codes(shard, "person_id") < len(people) - people.null_count
    return frozen(2 * store.codes(shard, "anonymous_id").astype(np.uint32) + is_known)


def _known_visitors(parts: Sequence[Ints]) -> tuple[int, int]:
    who, flags = np.concatenate(parts).T
    n = int(who.max(initial=-1)) + 1
    is_met, is_known = (marked(frozen(who[flags & bit > 0]), n) for bit in (1, 2))
    return int((is_met & is_known).sum()), int(is_met.sum())
