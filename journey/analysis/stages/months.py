"""What happened month by month."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures import month_codes
from journey.facts import ShardFacts
from journey.kernels.distinct import occurrences
from journey.log import TouchpointLog
from journey.store.layout import MICROSECONDS, frozen
from journey.store.view import View

Months = npt.NDArray[np.datetime64]
Counted = tuple[Months, npt.NDArray[np.int64]]
Part = tuple[View, ShardFacts]

WON = 0
MONTH_COLUMNS = ("month", "n_touchpoints", "n_journeys_started", "n_won")


def months(log: TouchpointLog) -> pd.DataFrame:
    """Touchpoints, journeys begun and journeys won by calendar month, in UTC.

    Returns
    -------
    DataFrame
        One row per month from the first to the last in which anything happened, empty months
        among them: ``month`` (``YYYY-MM``), ``n_touchpoints`` in view, ``n_journeys_started``
        (journeys in view by the month of their first touchpoint; adds up to journeys), ``n_won``
        (won journeys by the month of the winning touchpoint). In the order of time.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Ad", "Demo", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-03-03", "2026-03-04"])}))
    >>> months(log)
         month  n_touchpoints  n_journeys_started  n_won
    0  2026-01              1                   1      0
    1  2026-02              0                   0      0
    2  2026-03              2                   1      0
    """
    return log.shared(_months).copy(deep=False)


def _months(log: TouchpointLog) -> pd.DataFrame:
    per_tick = MICROSECONDS // log.store.ticks_per_second
    answers = log.ask_with_facts(partial(_count_months, microseconds_per_tick=per_tick))
    parts = [_added(column) for column in zip(*answers, strict=True)]
    seen = np.concatenate([month for month, _ in parts]) if parts else np.empty(0, "datetime64[M]")
    if not len(seen):
        empty = pd.DataFrame({name: np.empty(0, np.int64) for name in MONTH_COLUMNS})
        return empty.astype({"month": str})
    first, last = seen.min(), seen.max()
    n_months = int((last - first).astype(np.int64)) + 1
    counts = [np.zeros(n_months, np.int64) for _ in parts]
    for count, (month, n_in_month) in zip(counts, parts, strict=True):
        count[(month - first).astype(np.int64)] = n_in_month
    named = np.datetime_as_string(np.arange(first, last + 1)).astype(object)
    return pd.DataFrame(dict(zip(MONTH_COLUMNS, (named, *counts), strict=True)))


def begun_months(part: Part, *, microseconds_per_tick: int) -> Months:
    """The month in which each journey in view began."""
    view, facts = part
    evidence = facts.view
    return months_of(evidence.ticks[evidence.offsets[:-1][view.journeys]], microseconds_per_tick)


def won_months(part: Part, *, microseconds_per_tick: int) -> Months:
    """The month in which each journey in view was won; no time for those that were not."""
    view, facts = part
    found = np.full(view.n_journeys, np.datetime64("NaT", "M"))
    won = facts.outcomes[view.journeys] == WON
    rows = facts.decided_rows[view.journeys[won]]
    found[won] = months_of(facts.view.ticks[rows], microseconds_per_tick)
    return found


def _count_months(part: Part, *, microseconds_per_tick: int) -> tuple[Counted, Counted, Counted]:
    """Months with their touchpoints, journeys begun, journeys won."""
    view, _ = part
    won = won_months(part, microseconds_per_tick=microseconds_per_tick)
    begun = begun_months(part, microseconds_per_tick=microseconds_per_tick)
    touched = month_codes.months_in(view)
    begun_at, won_at = (months.astype(np.int64) for months in (begun, won[~np.isnat(won)]))
    return _counted(touched), _counted(begun_at), _counted(won_at)


def _counted(months: npt.NDArray[np.integer[Any]]) -> Counted:
    """How many there are of each month, counted from January 1970."""
    if not len(months):
        return np.empty(0, "datetime64[M]"), np.empty(0, np.int64)
    first = int(months.min())
    counts = occurrences(frozen(months), first, int(months.max()) - first + 1)
    found = np.flatnonzero(counts)
    return (first + found).astype("datetime64[M]"), counts[found]


def _added(parts: Sequence[Counted]) -> Counted:
    """Counts of several shards added up by month."""
    months, owners = np.unique(np.concatenate([part[0] for part in parts]), return_inverse=True)
    counts = np.zeros(len(months), np.int64)
    np.add.at(counts, owners, np.concatenate([part[1] for part in parts]))
    return months, counts


def months_of(ticks: npt.NDArray[np.generic], microseconds_per_tick: int) -> Months:
    """The calendar month of each tick, in UTC."""
    return month_codes.months_of(ticks, microseconds_per_tick).view("datetime64[M]")
