"""Time zones by their IANA names, and those that headers name."""

import re
from typing import Final
from zoneinfo import available_timezones

from journey.errors import ValueNotAllowedError

_UTC: Final = re.compile(
    r"(?:[(\[]|\bin |[ _])(?:UTC|GMT)(?: ?([+\-\N{MINUS SIGN}])(\d{1,2})(?::?([0-5]\d))?)?"
    r"(?: ?\+?0)?[)\]]?$",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(r"[(\[]([A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_+-]+)+)[)\]]$")


def check_zone(zone: str | None) -> None:
    """Refuse a zone that is not in the IANA database.

    Raises
    ------
    ValueNotAllowedError
        With the nearest spelling.
    """
    if zone is not None and zone not in available_timezones():
        raise ValueNotAllowedError.among(zone, available_timezones(), what="zone")


def header_zone(header: str) -> str | None:
    """The zone in which the times of a column are, where its header ends with it.

    Abbreviations such as ``EST`` are several zones, so none is read from them.

    Examples
    --------
    >>> header_zone("Start Date (in UTC)"), header_zone("Started at (UTC-05:30)")
    ('UTC', 'GMT-05:30')
    >>> header_zone("Created (Europe/Berlin)"), header_zone("Created (EST)")
    ('Europe/Berlin', None)
    """
    text = header.strip()
    if found := _UTC.search(text):
        sign, hours, minutes = found.groups()
        if not sign or int(hours) == int(minutes or 0) == 0:
            return "UTC"
        return f"GMT{'+' if sign == '+' else '-'}{int(hours):02}:{minutes or '00'}"
    named = _NAMED.search(text)
    return named[1] if named and named[1] in available_timezones() else None
