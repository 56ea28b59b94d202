"""Time zones by their IANA names."""

from zoneinfo import available_timezones

from journey.errors import ValueNotAllowedError


def check_zone(zone: str | None) -> None:
    """Refuse a zone that is not in the IANA database.

    Raises
    ------
    ValueNotAllowedError
        With the nearest spelling.
    """
    if zone is not None and zone not in available_timezones():
        raise ValueNotAllowedError.among(zone, available_timezones(), what="zone")
