"""The check every chart makes first: that its frame has the columns it draws."""

from collections.abc import Iterable

import pandas as pd

from journey.errors import ColumnNotFoundError


def require(frame: pd.DataFrame, columns: Iterable[str], *, where: str) -> None:
    """Check that a frame has the columns a chart draws.

    Parameters
    ----------
    frame
        The frame to draw.
    columns
        Names of the columns needed.
    where
        What the frame is, for the message.

    Raises
    ------
    ColumnNotFoundError
        If one is missing.

    Examples
    --------
    >>> require(pd.DataFrame({"stage": ["Attract"]}), ("stage",), where="the stage funnel")
    """
    for column in columns:
        if column not in frame.columns:
            raise ColumnNotFoundError.among(column, frame.columns, where=where)
