"""Whom touches reached: people by channel, content or month, impressions, shares, new audience."""

from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.frames import none_for_missing
from journey.analysis.figures.month_codes import month_names, months_of
from journey.analysis.scores.milestones import types_meaning
from journey.errors import ColumnNotFoundError
from journey.kernels.select import take
from journey.log import TouchpointLog
from journey.rules.meanings import Meaning
from journey.store.layout import MICROSECONDS
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
    columns = log.store.text_columns
    if by is not None and by not in (*columns, MONTH):
        raise ColumnNotFoundError.among(by, (*columns, MONTH), where="the touchpoints of the log")
    per_tick = MICROSECONDS // log.store.ticks_per_second
    keys = partial(_groups, by=by, since=since, until=until, per_tick=per_tick)
    frame = none_for_missing(_reached(log, by, keys), ["value"])
    if by == MONTH:
        return frame
    return frame.sort_values("n_people", ascending=False, kind="stable", ignore_index=True)


def _reached(log: TouchpointLog, by: str | None, keys: partial[tuple[Ints, Ints]]) -> pd.DataFrame:
    """People, touchpoints and journeys of each group of rows, in the order of codes."""
    people = _added(log.ask_in_buckets(partial(_people, keys=keys), _distinct))
    counted = log.ask(partial(_counts, keys=keys))
    touches, journeys = (_added([answer[place] for answer in counted]) for place in range(2))
    codes = touches.index.to_numpy(np.int64)
    return pd.DataFrame(
        {
            "value": month_names(codes) if by == MONTH else _names(log, by, codes),
            "n_people": people.reindex(codes).to_numpy(np.int64),
            "n_touchpoints": touches.to_numpy(np.int64),
            "n_journeys": journeys.to_numpy(np.int64),
        }
    )


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
        keys = partial(
            _groups, by=MONTH, since=None, until=None, per_tick=per_tick, is_type=is_type
        )
        answers = log.ask(partial(_counts, keys=keys))
        touches, journeys = (_added([one[kind] for one in answers]) for kind in range(2))
        months = month_names(touches.index.to_numpy(np.int64))
        parts.append(
            pd.DataFrame(
                {
                    "month": months,
                    "meaning": meaning,
                    "n_touchpoints": touches.to_numpy(np.int64),
                    "n_journeys": journeys.to_numpy(np.int64),
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


def _groups(
    view: View,
    *,
    by: str | None,
    since: int | None,
    until: int | None,
    per_tick: int,
    is_type: Flags | None = None,
) -> tuple[Ints, Ints]:
    """The rows in view that count, and the group of each."""
    ticks = view.ticks
    chosen = np.ones(len(ticks), dtype=bool) if is_type is None else _typed(view, is_type)
    if since is not None:
        chosen &= ticks >= since
    if until is not None:
        chosen &= ticks < until
    rows = np.flatnonzero(chosen)
    if by == MONTH:
        return rows, months_of(ticks[rows], per_tick)
    if by is None:
        return rows, np.zeros(len(rows), np.int64)
    codes = view.types if by == "touchpoint" else view.codes(by)
    return rows, codes[rows].astype(np.int64)


def _typed(view: View, is_type: Flags) -> Flags:
    return take(is_type, view.codes("touchpoint"))


def _people(view: View, n_buckets: int, *, keys: partial[tuple[Ints, Ints]]) -> list[Ints]:
    """Pairs of group and person of a view, each once, dealt out to buckets by person."""
    rows, groups = keys(view)
    who = _who(view)[rows]
    pairs = pd.DataFrame({"group": groups, "who": who}).drop_duplicates()
    found = pairs.to_numpy(np.int64)
    return [found[found[:, 1] % n_buckets == bucket] for bucket in range(n_buckets)]


def _distinct(parts: Sequence[Ints]) -> pd.Series:
    """How many people each group has, of those of one bucket."""
    whole = pd.DataFrame(np.concatenate(parts), columns=["group", "who"]).drop_duplicates()
    return whole.groupby("group").size()


def _who(view: View) -> Ints:
    """A number for whoever is behind each touch in view."""
    store, shift = view.store, 0
    found = view.codes(store.case_role).astype(np.int64)
    size = len(store.dictionaries[store.case_role])
    for column in reversed(_WHO):
        if column in store.text_columns and column != store.case_role:
            shift += size
            names = store.dictionaries[column]
            codes = view.codes(column).astype(np.int64)
            is_known = codes < len(names) - names.null_count
            found = np.where(is_known, codes + shift, found)
            size = len(names)
    return found


def _counts(view: View, *, keys: partial[tuple[Ints, Ints]]) -> tuple[pd.Series, pd.Series]:
    """Touchpoints and journeys of each group."""
    rows, groups = keys(view)
    owners = np.searchsorted(view.offsets, rows, side="right") - 1
    pairs = pd.DataFrame({"group": groups, "owner": owners})
    once = pairs.drop_duplicates()
    return pairs.groupby("group").size(), once.groupby("group").size()


def _added(parts: Sequence[pd.Series]) -> pd.Series:
    """Counts of several parts added up by group, in the order of groups."""
    known = [part for part in parts if len(part)]
    if not known:
        return pd.Series(dtype="int64")
    return pd.concat(known).groupby(level=0).sum()


def _names(log: TouchpointLog, by: str | None, codes: Ints) -> pd.Series:
    if by is None:
        return pd.Series([None] * len(codes), dtype=object)
    names = log.type_names if by == "touchpoint" else log.store.dictionaries[by].to_pylist()
    return pd.Series([names[code] for code in codes], dtype=object)


def _visitors(view: View, n_buckets: int, *, since: int, until: int) -> list[Ints]:
    """Visitors of a view: whether met in the period, whether known; dealt out to buckets."""
    people, ids = (view.store.dictionaries[name] for name in _WHO)
    visitors = view.codes("anonymous_id").astype(np.int64)
    met = visitors < len(ids) - ids.null_count
    is_known = view.codes("person_id") < len(people) - people.null_count
    in_period = (view.ticks >= since) & (view.ticks < until)
    told = pd.DataFrame({"who": visitors, "met": in_period, "known": is_known})[met]
    found = told.groupby("who").max().reset_index().to_numpy(np.int64)
    return [found[found[:, 0] % n_buckets == bucket] for bucket in range(n_buckets)]


def _known_visitors(parts: Sequence[Ints]) -> tuple[int, int]:
    whole = pd.DataFrame(np.concatenate(parts), columns=["who", "met", "known"])
    told = whole.groupby("who").max()
    met = told[told["met"] > 0]
    return int(met["known"].sum()), len(met)
