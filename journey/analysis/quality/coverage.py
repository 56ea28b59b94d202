"""Whether what a log tells of time can be trusted: silent sources, strays, times loaded at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.log import TouchpointLog
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.integer]

NORMAL_SHARE: Final = 0.95
"""Of the pauses of a source, so many are no longer than its longest normal one."""

LEAST_PAUSES: Final = 10
LEAST_SILENT_DAYS: Final = 7
TIMES_NORMAL: Final = 3
LEAST_PACE: Final = 0.5
"""Other sources go on if they keep at least this part of their usual pace."""

ONE_IN: Final = 1_000
STRAY_DAYS: Final = 90
LEAST_TOGETHER: Final = 20

_SILENT = ("source", "silent_from", "silent_until", "silent_days", "normal_days", "n_pauses")
SILENCE_COLUMNS: Final = (*_SILENT, "n_others", "others_pace")
STRAY_COLUMNS: Final = (
    *("source", "side", "n_touchpoints", "stray_share", "first_day", "last_day", "apart_days"),
)
TOGETHER_COLUMNS: Final = (
    *("source", "n_touchpoints", "n_together", "together_share", "n_instants", "busiest_at"),
    *("n_at_busiest", "same_clock_share"),
)


@dataclass(frozen=True)
class _Counts:
    """Touchpoints by source and a unit of time: one entry for each pair that occurs."""

    names: list[str | None]
    sources: Ints
    times: Ints
    counts: Ints


def source_silences(log: TouchpointLog, *, by: str = "source_system") -> pd.DataFrame:
    """Times in which a source was silent while the others went on: gaps in tracking, likely.

    A pause is the time from one UTC day with touchpoints of the source to the next. Its longest
    normal pause is the 95th percentile of all its other pauses. It was silent if a pause, or the
    time from its last day to ``as_of``, is longer than three times that and than seven days, and
    the other sources together kept at least half their own mean pace meanwhile. Of sources with
    fewer than ten other pauses nothing is said.

    Parameters
    ----------
    log
        Any log.
    by
        The text column of touchpoints that tells sources apart.

    Returns
    -------
    DataFrame
        One row per silence, the longest first: ``source``, ``silent_from`` (its last day before),
        ``silent_until`` (its next day; NaT: none up to ``as_of``), ``silent_days``,
        ``normal_days``, ``n_pauses`` (the other pauses that this is measured by), ``n_others``
        (touchpoints of other sources on the days between), ``others_pace`` (their touchpoints a
        day in that time, over those a day in the whole log).

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> days = pd.date_range("2026-01-01", periods=60)
    >>> web = pd.DataFrame({"occurred_at": days, "source_system": "web"})
    >>> crm = web.drop(range(20, 40)).assign(source_system="crm")
    >>> log = from_frame(pd.concat([web, crm]).assign(account_id="a", touchpoint="Ad"))
    >>> source_silences(log)[["source", "silent_days", "normal_days"]].values.tolist()
    [['crm', 21.0, 1.0]]
    """
    found = log.shared(_by_day, by)
    rows: list[tuple[object, ...]] = []
    if len(found.times):
        last_day = int(log.as_of_tick // log.ticks_per_day)
        for code in np.unique(found.sources):
            rows += _silences_of(found, int(code), last_day)
    frame = pd.DataFrame(rows, columns=list(SILENCE_COLUMNS)).astype(
        dict.fromkeys(("silent_from", "silent_until"), "datetime64[s, UTC]")
        | dict.fromkeys(("silent_days", "normal_days", "others_pace"), "float64")
        | dict.fromkeys(("n_pauses", "n_others"), "int64")
    )
    return frame.sort_values(
        ["silent_days", "source", "silent_from"], ascending=[False, True, True], ignore_index=True
    )


def stray_times(log: TouchpointLog, *, by: str = "source_system") -> pd.DataFrame:
    """Touchpoints long before or long after the bulk of the log.

    At each end, the outermost thousandth of all touchpoints in view, and at least one, is looked
    at: those beyond more than 90 days without any touchpoint are strays. More than a thousandth
    are no slip but part of the log.

    Parameters
    ----------
    log, by
        As for :func:`source_silences`.

    Returns
    -------
    DataFrame
        One row per side and source: ``source``, ``side`` (``before`` or ``after``),
        ``n_touchpoints``, ``stray_share`` (of all touchpoints of the source), ``first_day``,
        ``last_day``, ``apart_days`` (days between the strays of this side and the bulk). Before
        first, then by source.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": "a", "touchpoint": "Ad", "source_system": "web",
    ...     "occurred_at": pd.to_datetime(["1970-01-01", "2026-01-01", "2026-01-03"])}))
    >>> stray_times(log)[["source", "side", "n_touchpoints"]].values.tolist()
    [['web', 'before', 1]]
    """
    found = log.shared(_by_day, by)
    days, owner = np.unique(found.times, return_inverse=True)
    by_day = np.bincount(owner, found.counts, len(days)).astype(np.int64)
    rows: list[tuple[object, ...]] = []
    if len(days):
        first = _cut(days, by_day)
        last = len(days) - _cut(-days[::-1], by_day[::-1])
        if first:
            strays = found.times < days[first]
            rows += _strays(found, strays, "before", int(days[first] - days[first - 1]))
        if last < len(days):
            strays = found.times >= days[last]
            rows += _strays(found, strays, "after", int(days[last] - days[last - 1]))
    return pd.DataFrame(rows, columns=list(STRAY_COLUMNS)).astype(
        dict.fromkeys(("first_day", "last_day"), "datetime64[s, UTC]")
        | {"n_touchpoints": "int64", "apart_days": "float64", "stray_share": "float64"}
    )


def shared_instants(log: TouchpointLog, *, by: str = "source_system") -> pd.DataFrame:
    """Sources with many touchpoints at exactly the same instant: loaded in batches, or dates only.

    Times like these say when something was written down, not when it happened, or leave the order
    within a day unknown.

    Parameters
    ----------
    log, by
        As for :func:`source_silences`.

    Returns
    -------
    DataFrame
        One row per source with an instant that 20 or more of its touchpoints share: ``source``,
        ``n_touchpoints``, ``n_together`` (those at such instants), ``together_share`` (of its
        touchpoints), ``n_instants`` (how many such instants), ``busiest_at``, ``n_at_busiest``,
        ``same_clock_share`` (of its touchpoints, those at its most frequent time of day). Most
        touchpoints at such instants first.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": "a", "touchpoint": "Ad", "source_system": "crm",
    ...     "occurred_at": pd.to_datetime(["2026-01-01 00:00"] * 30 + ["2026-01-01 09:00"] * 10)}))
    >>> shared_instants(log)[["source", "n_together", "together_share"]].values.tolist()
    [['crm', 30, 0.75]]
    """
    store = log.store
    column = by if by in store.text_columns else None
    names: list[str | None] = store.dictionaries[column].to_pylist() if column else [None]
    question = partial(_clock_parts, column=column, ticks_per_day=int(log.ticks_per_day))
    merge = partial(_together, ticks_per_day=int(log.ticks_per_day))
    found = [counts for bucket in log.ask_in_buckets(question, merge) for counts in bucket]
    rows = [_together_row(log, names, code, found) for code in sorted({one.code for one in found})]
    rows = [row for row in rows if row[2]]
    frame = pd.DataFrame(rows, columns=list(TOGETHER_COLUMNS)).astype(
        dict.fromkeys(("n_touchpoints", "n_together", "n_instants", "n_at_busiest"), "int64")
        | dict.fromkeys(("together_share", "same_clock_share"), "float64")
        | {"busiest_at": "datetime64[us, UTC]"}
    )
    return frame.sort_values(["n_together", "source"], ascending=[False, True], ignore_index=True)


def _by_day(log: TouchpointLog, by: str) -> _Counts:
    store = log.store
    column = by if by in store.text_columns else None
    names: list[str | None] = store.dictionaries[column].to_pylist() if column else [None]
    parts = log.ask(partial(_count_days, column=column, ticks_per_day=int(log.ticks_per_day)))
    none = np.empty(0, np.int64)
    sources, days, counts = (
        np.concatenate([none, *(part[place] for part in parts)]) for place in range(3)
    )
    return _Counts(names, *_summed(sources, days, counts))


def _count_days(view: View, *, column: str | None, ticks_per_day: int) -> tuple[Ints, Ints, Ints]:
    """Sources, days and counts of one shard."""
    none = np.empty(0, np.int64)
    found = [(none, none, none)]
    for source, times in _by_source(*_occurred(view, column)):
        days, counts = _runs(times // ticks_per_day)
        found.append((np.full(len(days), source), days, counts))
    sources, days, counts = (np.concatenate(column) for column in zip(*found, strict=True))
    return sources, days, counts


def _occurred(view: View, column: str | None) -> tuple[Codes, Ints]:
    """Sources and instants of the touchpoints of one shard."""
    times = view.ticks.astype(np.int64)
    return (view.codes(column) if column else np.zeros(len(times), np.uint8)), times


def _by_source(sources: Codes, times: Ints) -> Iterator[tuple[int, Ints]]:
    """The times of each source, by its code."""
    order = np.argsort(sources, kind="stable")
    sources, times = sources[order], times[order]
    borders = np.flatnonzero(np.diff(sources.astype(np.int64), prepend=-2, append=-2))
    for begin, end in pairwise(borders.tolist()):
        yield int(sources[begin]), times[begin:end]


def _runs(values: Ints) -> tuple[Ints, Ints]:
    """Values in order, each once, and how often it occurs."""
    return np.unique(values, return_counts=True)


def _summed(sources: Ints, times: Ints, counts: Ints) -> tuple[Ints, Ints, Ints]:
    """Counts of equal pairs added up, by source and time."""
    order = np.lexsort((times, sources))
    sources, times = sources[order], times[order]
    is_new = np.ones(len(times), dtype=bool)
    is_new[1:] = (np.diff(sources) != 0) | (np.diff(times) != 0)
    starts = np.flatnonzero(is_new)
    summed = np.add.reduceat(counts[order], starts) if len(starts) else counts[order]
    return sources[starts], times[starts], summed


def _silences_of(found: _Counts, code: int, last_day: int) -> list[tuple[object, ...]]:
    own = found.sources == code
    days = found.times[own]
    others, n_others = found.times[~own], found.counts[~own]
    usual = n_others.sum() / (last_day - found.times.min() + 1)
    pauses = np.diff(days)
    ends = np.append(days, last_day)
    rows: list[tuple[object, ...]] = []
    for place in np.flatnonzero(np.diff(ends) > LEAST_SILENT_DAYS):
        start, end, is_open = int(ends[place]), int(ends[place + 1]), place == len(pauses)
        rest = np.delete(pauses, place) if not is_open else pauses
        if len(rest) < LEAST_PAUSES:
            continue
        normal = float(np.quantile(rest, NORMAL_SHARE, method="inverted_cdf"))
        meanwhile = (others > start) & (others < end + is_open)
        n_meanwhile = int(n_others[meanwhile].sum())
        pace = n_meanwhile / (end - start - 1 + is_open) / usual if usual else 0.0
        if end - start > TIMES_NORMAL * normal and pace >= LEAST_PACE:
            until = None if is_open else _day(end)
            length, n_rest = float(end - start), len(rest)
            name = found.names[code]
            rows.append(
                (name, _day(start), until, length, normal, n_rest, n_meanwhile, float(pace))
            )
    return rows


def _cut(days: Ints, counts: Ints) -> int:
    """How many of the first days are strays, parted from all that follow."""
    most = max(1, int(counts.sum()) // ONE_IN)
    candidates = np.flatnonzero((np.cumsum(counts)[:-1] <= most) & (np.diff(days) > STRAY_DAYS))
    return int(candidates[-1]) + 1 if len(candidates) else 0


def _strays(
    found: _Counts, strays: npt.NDArray[np.bool_], side: str, apart: int
) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for code in np.unique(found.sources[strays]):
        own = strays & (found.sources == code)
        n_own = int(found.counts[own].sum())
        total = int(found.counts[found.sources == code].sum())
        first, last = int(found.times[own].min()), int(found.times[own].max())
        name = found.names[int(code)]
        rows.append((name, side, n_own, n_own / total, _day(first), _day(last), float(apart)))
    return rows


@dataclass(frozen=True)
class _Together:
    """Of a source, the touchpoints at some times of the day."""

    code: int
    n_touchpoints: int
    n_together: int
    n_instants: int
    busiest: tuple[int, int]
    n_at_clock: int


def _clock_parts(
    view: View, n_buckets: int, *, column: str | None, ticks_per_day: int
) -> list[tuple[Codes, Ints]]:
    """Sources and instants of one shard, in buckets by the time of day."""
    sources, times = _occurred(view, column)
    bucket = times % ticks_per_day % n_buckets
    chosen = (np.flatnonzero(bucket == one) for one in range(n_buckets))
    return [(sources[rows], times[rows]) for rows in chosen]


def _together(parts: Sequence[tuple[Codes, Ints]], *, ticks_per_day: int) -> list[_Together]:
    """What the sources share in one bucket, all shards together."""
    sources, times = (np.concatenate(column) for column in zip(*parts, strict=True))
    found: list[_Together] = []
    for source, own in _by_source(sources, times):
        instants, counts = _runs(own)
        shared = counts >= LEAST_TOGETHER
        busiest = int(counts.argmax())
        found.append(
            _Together(
                source,
                len(own),
                int(counts[shared].sum()),
                int(shared.sum()),
                (int(counts[busiest]), -int(instants[busiest])),
                int(_runs(own % ticks_per_day)[1].max()),
            )
        )
    return found


def _together_row(
    log: TouchpointLog, names: Sequence[str | None], code: int, found: Sequence[_Together]
) -> tuple[object, ...]:
    """The row of a source, from all buckets; of equally busy instants the first."""
    own = [one for one in found if one.code == code]
    total, n_together = sum(o.n_touchpoints for o in own), sum(o.n_together for o in own)
    n_at_busiest, busiest = max(one.busiest for one in own)
    figures = (total, n_together, n_together / total, sum(one.n_instants for one in own))
    same_clock = max(one.n_at_clock for one in own) / total
    return names[code], *figures, log.at(-busiest), n_at_busiest, same_clock


def _day(number: int) -> pd.Timestamp:
    return pd.Timestamp(number, unit="D", tz="UTC")
