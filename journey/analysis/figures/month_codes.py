"""Calendar months in UTC as whole numbers, so that shards count by them."""

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.store.layout import MICROSECONDS, Array, frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]

MICROSECONDS_PER_DAY = 86_400_000_000


def months_of(ticks: npt.NDArray[Any], microseconds_per_tick: int) -> Ints:
    """The month of each tick, counted from January 1970.

    Examples
    --------
    >>> months_of(np.array([0, 31 * 86_400]), 1_000_000).tolist()
    [0, 1]
    """
    if not len(ticks):
        return np.empty(0, np.int64)
    # Months are looked up by day: of dates there are few, and they are slow to take apart.
    days = ticks.astype(np.int64) // (MICROSECONDS_PER_DAY // microseconds_per_tick)
    first = int(days.min())
    every_day = np.arange(first, int(days.max()) + 1).astype("datetime64[D]")
    return every_day.astype("datetime64[M]").astype(np.int64)[days - first]


def months_in(view: View) -> Array:
    """The month of each touchpoint in view, counted from January 1970."""
    return view.told("months", partial(_months_of_shard, view))


def months_of_rows(view: View, rows: Ints) -> Array:
    """The same of some of the touchpoints in view alone."""
    return view.told_of_rows("months", partial(_months_of_shard, view), rows)


def _months_of_shard(view: View) -> Array:
    per_tick = MICROSECONDS // view.store.ticks_per_second
    return frozen(months_of(view.shard.ticks, per_tick).astype(np.int32))


def month_names(months: Ints) -> "pd.Series":
    """Months as ``YYYY-MM``.

    Examples
    --------
    >>> month_names(np.array([0, 672])).tolist()
    ['1970-01', '2026-01']
    """
    return pd.Series(np.datetime_as_string(months.astype("datetime64[M]")).tolist(), dtype=object)
