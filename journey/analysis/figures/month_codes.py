"""Calendar months in UTC as whole numbers, so that shards count by them."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]


def months_of(ticks: npt.NDArray[Any], microseconds_per_tick: int) -> Ints:
    """The month of each tick, counted from January 1970.

    Examples
    --------
    >>> months_of(np.array([0, 31 * 86_400]), 1_000_000).tolist()
    [0, 1]
    """
    microseconds = ticks.astype(np.int64) * microseconds_per_tick
    return microseconds.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)


def month_names(months: Ints) -> "pd.Series":
    """Months as ``YYYY-MM``.

    Examples
    --------
    >>> month_names(np.array([0, 672])).tolist()
    ['1970-01', '2026-01']
    """
    return pd.Series(np.datetime_as_string(months.astype("datetime64[M]")).tolist(), dtype=object)
