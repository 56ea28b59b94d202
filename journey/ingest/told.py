"""What the user says of files, checked and as plain values that can be sent to who reads them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from journey.errors import ValueNotAllowedError
from journey.ingest.preset_choice import Presets
from journey.ingest.zones import check_zone

_DATES: Final = ("day-first", "month-first")
_DEDUPE: Final = ("none", "exact", "cross-source")

Headers = Mapping[str, str | Sequence[str]]
HeadersByFile = Mapping[str, Headers]


def told(
    columns: Headers | HeadersByFile | None,
    dates: str | None,
    zone: str | None,
    presets: Presets | None,
) -> dict[str, Any]:
    """What the user says of some files.

    Raises
    ------
    ValueNotAllowedError
        If there is no such order of dates, or no such zone.
    """
    _check(dates, _DATES, "dates")
    check_zone(zone)
    allowed = (presets or Presets()).as_json()
    return {**_given(columns or {}), "dates": dates, "zone": zone, "presets": allowed}


def told_of_all(
    columns: Headers | HeadersByFile | None,
    dates: str | None,
    zone: str | None,
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
    return {**told(columns, dates, zone, presets), "dedupe": dedupe}


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
