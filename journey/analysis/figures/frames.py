"""What the frames of all questions have in common."""

from collections.abc import Iterable
from typing import Any

import pandas as pd


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
