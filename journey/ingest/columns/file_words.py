"""What happened, by the name of a file, where its only date does not say it."""

import re
from collections.abc import Sequence
from typing import Final

from journey.ingest.columns.synonyms import plain
from journey.ingest.times.month_names import months_alone

_MOST_NAMED: Final = 8
"""Dates of a wide table that a note names."""

_SAYS_NOTHING: Final = re.compile(
    r"(?:(?:date|time|timestamp|datetime|day|ts|tstamp|event|activity|when|occurred|at|utc)_?)+"
)
_OF_FILES: Final = re.compile(
    r".*\d.*|[a-z]|data|export|exports|file|table|csv|dump|sample|raw|new|all|part|copy|final|rows"
)
"""Words that speak of the file, or of the day or the month it was cut at."""


def touchpoint_names(file: str, headers: Sequence[str]) -> dict[str, str]:
    """What to call the touchpoints of each column of dates: its header, or by the file.

    Examples
    --------
    >>> touchpoint_names("marketo_click_email_data.csv", ["activity_date"])
    {'activity_date': 'Marketo click email'}
    >>> touchpoint_names("page_event_2024-01.csv", ["Timestamp"])
    {'Timestamp': 'Page event'}
    >>> touchpoint_names("downloads_jan24.csv", ["day"]), touchpoint_names("Käufe März", ["ts"])
    ({'day': 'Downloads'}, {'ts': 'Käufe'})
    >>> touchpoint_names("people.csv", ["signed_up"]), touchpoint_names("export.csv", ["date"])
    ({'signed_up': 'signed_up'}, {'date': 'date'})
    """
    names = {header: header for header in headers}
    if len(headers) == 1 and _SAYS_NOTHING.fullmatch(plain(headers[0])):
        stem = file.rpartition("/")[2].partition(".")[0]
        words = [word for word in plain(stem).split("_") if word and not _speaks_of_file(word)]
        names[headers[0]] = " ".join(words).capitalize() or headers[0]
    return names


def _speaks_of_file(word: str) -> bool:
    return bool(_OF_FILES.fullmatch(word)) or word in months_alone()


def unnamed_note(file: str, headers: Sequence[str]) -> str:
    """Say how touchpoints are called, since no column of a file says what happened."""
    names = touchpoint_names(file, headers)
    if [*names.values()] != [*headers]:
        return f"{file}: no column names an event; touchpoints are called {names[headers[0]]!r}."
    shown = ", ".join(repr(header) for header in headers[:_MOST_NAMED])
    more = ", …" if len(headers) > _MOST_NAMED else ""
    return f"{file}: no column names an event; touchpoints are its dates: {shown}{more}."
