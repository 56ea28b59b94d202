"""What the user says of files, checked and as plain values that can be sent to who reads them."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from journey.errors import ValueNotAllowedError
from journey.ingest.columns.preset_choice import Presets
from journey.ingest.times.date_formats import FIRST_YEAR, LAST_YEAR
from journey.ingest.times.zones import check_zone

_DATES: Final = ("day-first", "month-first")
_DEDUPE: Final = ("none", "exact", "cross-source")

Headers = Mapping[str, str | Sequence[str]]
HeadersByFile = Mapping[str, Headers]


def told(
    columns: Headers | HeadersByFile | None,
    dates: str | None,
    zone: str | None,
    epoch: date | str | None,
    presets: Presets | None,
) -> dict[str, Any]:
    """What the user says of some files.

    Raises
    ------
    ValueNotAllowedError
        If there is no such order of dates, no such zone, or the epoch is no date.
    """
    _check(dates, _DATES, "dates")
    check_zone(zone)
    allowed = (presets or Presets()).as_json()
    told = {"dates": dates, "zone": zone, "epoch": None if epoch is None else check_epoch(epoch)}
    return {**_given(columns or {}), **told, "presets": allowed}


def check_epoch(epoch: date | str) -> str:
    """Return when seconds begin, as SQL reads it.

    Raises
    ------
    ValueNotAllowedError
        If it is no date, nor a date and time, of a year that imports read.

    Examples
    --------
    >>> check_epoch("2016-08-01"), check_epoch("2016-08-01T06:30")
    ('2016-08-01 00:00:00', '2016-08-01 06:30:00')
    """
    try:
        begun = datetime.fromisoformat(str(epoch))
    except ValueError:
        begun = None
    if begun is None or begun.tzinfo or not FIRST_YEAR <= begun.date().isoformat() < LAST_YEAR:
        raise ValueNotAllowedError(
            f"{str(epoch)!r} does not say when times begin. Give a day or a time without a zone, "
            "such as 2016-08-01 or 2016-08-01T06:30."
        )
    return begun.isoformat(sep=" ", timespec="seconds")


def told_of_all(
    columns: Headers | HeadersByFile | None,
    dates: str | None,
    zone: str | None,
    epoch: date | str | None,
    presets: Presets | None,
    *,
    dedupe: str,
) -> dict[str, Any]:
    """What the user says of all files of a data set.

    Raises
    ------
    ValueNotAllowedError
        As for :func:`told`, or if there is no such way to merge what is told twice.
    """
    _check(dedupe, _DEDUPE, "dedupe")
    return {**told(columns, dates, zone, epoch, presets), "dedupe": dedupe}


def _check(value: str | None, allowed: Sequence[str], what: str) -> None:
    if value is not None and value not in allowed:
        raise ValueNotAllowedError.among(value, allowed, what=what)


def _given(columns: Headers | HeadersByFile) -> dict[str, Any]:
    """What the user says of columns: of those of all files, and of single files."""
    by_file = {name: told for name, told in columns.items() if isinstance(told, Mapping)}
    for_all = {role: told for role, told in columns.items() if not isinstance(told, Mapping)}
    return {
        "columns": _listed(for_all),
        "columns_by_file": {file: _listed(told) for file, told in by_file.items()},
    }


def _listed(columns: Headers) -> dict[str, list[str]]:
    return {
        role: [headers] if isinstance(headers, str) else list(headers)
        for role, headers in columns.items()
    }
