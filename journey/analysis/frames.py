"""What the frames of all questions have in common."""

from collections.abc import Iterable

import pandas as pd


def none_for_missing(frame: pd.DataFrame, columns: Iterable[str]) -> pd.DataFrame:
    """The same frame with None for missing texts, whatever type pandas chose for the column."""
    objects = {
        name: frame[name].astype(object).where(frame[name].notna(), None) for name in columns
    }
    return frame.assign(**objects)
