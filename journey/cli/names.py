"""What is meant by the words given: a data set or files, an instant."""

from pathlib import Path

import pandas as pd

from journey.errors import ValueNotAllowedError


def names_dataset(sources: list[str]) -> bool:
    """Whether what is asked about is the name of a stored data set, not files."""
    return len(sources) == 1 and not Path(sources[0]).exists()


def instant(text: str | None) -> pd.Timestamp | None:
    """The instant that a text says; none: none was given."""
    if text is None:
        return None
    # Pandas turns what it can't read into an error, an empty text into no time at all, and words
    # like 'now' into the clock's time.
    try:
        said = pd.Timestamp(text) if text[:1].isdigit() else pd.NaT
    except ValueError:
        said = pd.NaT
    if not isinstance(said, pd.Timestamp):
        raise ValueNotAllowedError(
            f"The date is {text!r}; one like 2026-03-31 or 2026-03-31T14:00 is needed."
        )
    return said
