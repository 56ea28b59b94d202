"""What is meant by the words given: a data set or files, an instant."""

import re
from pathlib import Path
from typing import Final

import pandas as pd

from journey.errors import ValueNotAllowedError
from journey.selection import ends_too_early
from journey.workspace import dataset_path, list_datasets, workspace_root

_INSTANT: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:Z|[+-]\d\d:?\d\d))?)?", re.ASCII
)


def names_dataset(sources: list[str]) -> bool:
    """Whether what is asked about is the name of a stored data set, not files."""
    return len(sources) == 1 and not Path(sources[0]).is_file()


def stored(name: str) -> Path:
    """The folder of a stored data set.

    Raises
    ------
    ValueNotAllowedError
        If there is none of that name.
    """
    root = workspace_root()
    known = list_datasets(root)
    if name not in known:
        raise ValueNotAllowedError.among(name, known, what="The data set")
    return dataset_path(root, name)


def instant(text: str | None) -> pd.Timestamp | None:
    """The instant that a text says; none: none was given."""
    if text is None:
        return None
    # Pandas reads much more, and tells the clock's time or day where a text leaves out its own.
    try:
        said = pd.Timestamp(text) if _INSTANT.fullmatch(text) else pd.NaT
    except ValueError:
        said = pd.NaT
    if not isinstance(said, pd.Timestamp):
        raise ValueNotAllowedError(
            f"The date is {text!r}; one like 2026-03-31 or 2026-03-31T14:00 is needed."
        )
    return said


def is_day(text: str) -> bool:
    """Whether a date is said without a time of day.

    Examples
    --------
    >>> is_day("2026-03-31"), is_day("2026-03-31T14:00")
    (True, False)
    """
    return not {"T", ":", " "} & set(text.strip().upper())


def period(begin: str | None, end: str | None) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    """The instant from which and the one before which: a bare day is in it to its end.

    Raises
    ------
    ValueNotAllowedError
        If one can't be read, or the end is not after the beginning.

    Examples
    --------
    >>> [str(one) for one in period("2026-03-31", "2026-03-31")]
    ['2026-03-31 00:00:00', '2026-04-01 00:00:00']
    >>> str(period(None, "2026-03-31T14:00")[1])
    '2026-03-31 14:00:00'
    """
    first, last = instant(begin), instant(end)
    if last is not None and is_day(str(end)):
        last += pd.Timedelta(days=1)
    if first is not None and last is not None and _utc(last) <= _utc(first):
        raise ends_too_early(begin, end)
    return first, last


def _utc(said: pd.Timestamp) -> pd.Timestamp:
    return said.tz_localize("UTC") if said.tz is None else said.tz_convert("UTC")
