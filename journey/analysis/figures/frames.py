"""What the frames of all questions have in common."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.arrays import IntegerArray


def none_for_missing(frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """The same frame with None for missing texts, whatever type pandas chose for the column."""
    return frame.assign(**{name: _none_for_missing(frame[name]) for name in columns})


def _none_for_missing(column: pd.Series) -> pd.Series:
    values = column.to_numpy(dtype=object, copy=True)
    values[column.isna().to_numpy()] = None
    return pd.Series(values, column.index, dtype=object)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows as mappings from column to plain value, which ``to_dict`` finds value by value."""
    names = [str(name) for name in frame.columns]
    columns = [frame[name].tolist() for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def whole(values: Sequence[float | None] | npt.NDArray[np.float64]) -> IntegerArray:
    """Whole numbers as a column; those that are none, or not a number, are missing.

    Examples
    --------
    >>> whole([2, None]).tolist()
    [2, <NA>]
    """
    numbers = np.array(values, np.float64)
    is_missing = np.isnan(numbers)
    return IntegerArray(np.where(is_missing, 0, numbers).astype(np.int64), is_missing)
