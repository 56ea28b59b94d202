"""Whom touches reached: people by channel, content or month, impressions, shares, new audience."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.distinct import count_first, dealt
from journey.analysis.figures.frames import none_for_missing
from journey.analysis.figures.month_codes import month_names, months_of
from journey.analysis.scores.milestones import types_meaning
from journey.errors import ColumnNotFoundError
from journey.kernels.distinct import firsts, marked, owners_of
from journey.kernels.select import take
from journey.log import TouchpointLog
from journey.rules.meanings import Meaning
from journey.store.layout import MICROSECONDS, Store, frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

_WHO: Final = ("person_id", "anonymous_id")
MONTH: Final = "month"


def people_by(
    log: TouchpointLog, *, by: str | None, since: int | None = None, until: int | None = None
) -> pd.DataFrame:
    """People, touchpoints and journeys in view for each value of a column, or for each month.

    A person is one whom the log knows, else a visitor by ``anonymous_id``, else the case.

    Parameters
    ----------
    by
        A text column of touchpoints, ``month`` (UTC), or None for all as one.
    since, until
        Only touches from one tick to before another.

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
    return people_by_each(log, [by], since=since, until=until)[0]


def people_by_each(
    log: TouchpointLog,
    bys: Sequence[str | None],
    *,
    since: int | None = None,
    until: int | None = None,
) -> list[pd.DataFrame]:
    """The frames of :func:`people_by` for several columns, in one look at the touchpoints.

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
    per_tick = MICROSECONDS // log.store.ticks_per_second
    rows = partial(_rows_between, since=since, until=until)
    groups = partial(_groups, bys=tuple(bys), per_tick=per_tick)
    counted = log.ask(partial(_counts_by_each, rows=rows, groups=groups))
    people = log.ask_in_buckets(
        partial(_people_by_each, rows=rows, groups=groups),
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
) -> pd.DataFrame:
    """People, touchpoints and journeys of each group of rows."""
    codes, n_touchpoints, n_journeys = _added(counted)
    people = np.zeros(len(codes), np.int64)
    for group, n_people in met:
        people[np.searchsorted(codes, group)] += n_people
    frame = none_for_missing(
        pd.DataFrame(
            {
                "value": month_names(codes) if by == MONTH else _names(log, by, codes),
                "n_people": people,
                "n_touchpoints": n_touchpoints,
                "n_journeys": n_journeys,
            }
        ),
        ["value"],
    )
    if by == MONTH:
        return frame
    return frame.sort_values("n_people", ascending=False, kind="stable", ignore_index=True)


def monthly_touches(log: TouchpointLog, meanings: Sequence[Meaning]) -> pd.DataFrame:
    """Touchpoints in view by month (UTC) and meaning, and the journeys that have them.

    Returns
    -------
    DataFrame
        One row per month and meaning that occur: ``month``, ``meaning``, ``n_touchpoints``,
        ``n_journeys``. In the order of month, then of meanings as given.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({"account_id": ["a", "a"], "touchpoint": ["Renewal", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-02-01"])}))
    >>> monthly_touches(log, ["renewal", "upsell"]).values.tolist()
    [['2026-01', 'renewal', 1, 1]]
    """
    per_tick = MICROSECONDS // log.store.ticks_per_second
    parts: list[pd.DataFrame] = []
    for place, meaning in enumerate(meanings):
        is_type = types_meaning(log.store, log.definitions, meaning)
        if not is_type.any():
            continue
        rows = partial(_rows_of_types, is_type=is_type)
        groups = partial(_groups, bys=(MONTH,), per_tick=per_tick)
        answers = log.ask(partial(_counts_by_each, rows=rows, groups=groups))
        months, n_touchpoints, n_journeys = _added([one[0] for one in answers])
        parts.append(
            pd.DataFrame(
                {
                    "month": month_names(months),
                    "meaning": meaning,
                    "n_touchpoints": n_touchpoints,
                    "n_journeys": n_journeys,
                    "place": place,
                }
            )
        )
    if not parts:
        return pd.DataFrame(columns=["month", "meaning", "n_touchpoints", "n_journeys"])
    whole = pd.concat(parts).sort_values(["month", "place"], ignore_index=True)
    return whole.drop(columns="place")


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


Rows = Callable[[View], Ints]
Groups = Callable[[View, Ints], Iterator[Ints]]


def _rows_between(view: View, *, since: int | None, until: int | None) -> Ints:
    """The rows in view from one tick to before another."""
    chosen = np.ones(view.n_touchpoints, dtype=bool)
    if since is not None:
        chosen &= view.ticks >= since
    if until is not None:
        chosen &= view.ticks < until
    return np.flatnonzero(chosen)


def _rows_of_types(view: View, *, is_type: Flags) -> Ints:
    """The rows in view of some types."""
    return np.flatnonzero(take(is_type, view.codes("touchpoint")))


def _groups(view: View, rows: Ints, *, bys: Sequence[str | None], per_tick: int) -> Iterator[Ints]:
    """The group of each of some rows in view, by each column."""
    for by in bys:
        if by == MONTH:
            yield months_of(view.ticks[rows], per_tick)
        elif by is None:
            yield np.zeros(len(rows), np.int64)
        else:
            codes = view.types if by == "touchpoint" else view.codes(by)
            yield codes[rows].astype(np.int64)


def _people_by_each(view: View, n_buckets: int, *, rows: Rows, groups: Groups) -> list[list[Ints]]:
    """Pairs of group and person of a view by each column, as ``group * n_people + person``."""
    chosen, n_people = rows(view), _n_people(view.store)
    who = _who(view, chosen)
    by_each = [dealt(group * n_people + who, n_buckets) for group in groups(view, chosen)]
    return [[buckets[place] for buckets in by_each] for place in range(n_buckets)]


def _met_by_each(parts: Sequence[list[Ints]], *, n_people: int) -> list[tuple[Ints, Ints]]:
    return [count_first(pairs, n_people) for pairs in zip(*parts, strict=True)]


def _who(view: View, rows: Ints) -> Ints:
    """A number for whoever is behind each of some touches in view."""
    store, shift = view.store, len(view.store.dictionaries[view.store.case_role])
    found = view.codes(store.case_role)[rows].astype(np.int64)
    for column in _told_by(store):
        names = store.dictionaries[column]
        codes = view.codes(column)[rows].astype(np.int64)
        is_known = codes < len(names) - names.null_count
        found = np.where(is_known, codes + shift, found)
        shift += len(names)
    return found


def _n_people(store: Store) -> int:
    """How many numbers there are for people."""
    return sum(len(store.dictionaries[name]) for name in (store.case_role, *_told_by(store)))


def _told_by(store: Store) -> list[str]:
    """Columns that tell who somebody is, the surest last."""
    columns = store.text_columns
    return [name for name in reversed(_WHO) if name in columns and name != store.case_role]


def _counts_by_each(view: View, *, rows: Rows, groups: Groups) -> list[tuple[Ints, Ints, Ints]]:
    chosen = rows(view)
    owners = owners_of(frozen(chosen), view.offsets)
    return [_counts(group, owners) for group in groups(view, chosen)]


def _counts(groups: Ints, owners: Ints) -> tuple[Ints, Ints, Ints]:
    """Groups that have rows, how many, and the journeys these belong to."""
    low = int(groups.min()) if len(groups) else 0
    n_groups = int(groups.max(initial=low)) - low + 1
    shifted = frozen(groups - low)
    is_first = firsts(shifted, frozen(owners), n_groups)
    n_touchpoints = np.bincount(shifted, minlength=n_groups)
    n_journeys = np.bincount(shifted[is_first], minlength=n_groups)
    found = np.flatnonzero(n_touchpoints)
    return found + low, n_touchpoints[found], n_journeys[found]


def _added(parts: Sequence[tuple[Ints, Ints, Ints]]) -> tuple[Ints, Ints, Ints]:
    """Groups of all parts in order, their touchpoints and their journeys."""
    every = np.concatenate([np.empty((3, 0), np.int64), *(np.stack(one) for one in parts)], axis=1)
    groups, places = np.unique(every[0], return_inverse=True)
    n_touchpoints, n_journeys = np.zeros((2, len(groups)), np.int64)
    np.add.at(n_touchpoints, places, every[1])
    np.add.at(n_journeys, places, every[2])
    return groups, n_touchpoints, n_journeys


def _names(log: TouchpointLog, by: str | None, codes: Ints) -> pd.Series:
    if by is None:
        return pd.Series([None] * len(codes), dtype=object)
    names = log.type_names if by == "touchpoint" else log.store.dictionaries[by].to_pylist()
    return pd.Series([names[code] for code in codes], dtype=object)


def _visitors(view: View, n_buckets: int, *, since: int, until: int) -> list[Ints]:
    """Visitors of a view: whether met in the period, whether known; dealt out to buckets."""
    people, ids = (view.store.dictionaries[name] for name in _WHO)
    visitors = view.codes("anonymous_id")
    is_known = view.codes("person_id") < len(people) - people.null_count
    in_period = (view.ticks >= since) & (view.ticks < until)
    flags = [
        marked(frozen(chosen), len(ids))[: len(ids) - ids.null_count]
        for chosen in (visitors, visitors[in_period], visitors[is_known])
    ]
    who = np.flatnonzero(flags[0])
    found = np.stack([who, flags[1][who], flags[2][who]], axis=1).astype(np.int64)
    return [found[who % n_buckets == bucket] for bucket in range(n_buckets)]


def _known_visitors(parts: Sequence[Ints]) -> tuple[int, int]:
    who, met, known = np.concatenate(parts).T
    n = int(who.max(initial=-1)) + 1
    is_met = marked(frozen(who[met > 0]), n)
    return int((is_met & marked(frozen(who[known > 0]), n)).sum()), int(is_met.sum())
