"""How dates are written out, as formats of the database."""

from typing import Literal

DateOrder = Literal["day-first", "month-first"]

FIRST_YEAR = "1900-01-01"
LAST_YEAR = "2201-01-01"
"""Times outside are set aside: exports write 9999-12-31 for 'never'."""

_TIMES = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
_AFTER_COMMA = tuple(f",{time}" for time in _TIMES[1:])
_YEAR_FIRST = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y年%m月%d")
_DAY_FIRST = tuple(f"%d{s}%m{s}%{y}" for y in "yY" for s in "/-.")
_MONTH_FIRST = tuple(f"%m{s}%d{s}%{y}" for y in "yY" for s in "/-.")
_WORDS = (
    *("%d-%b-%y", "%d %b %y", "%d/%b/%y", "%d%b%y"),
    *("%d %b %Y", "%d %B %Y", "%d-%b-%Y", "%d/%b/%Y", "%d. %B %Y", "%d%b%Y"),
    *("%b %d %Y", "%B %d %Y", "%b %d, %Y", "%B %d, %Y", "%Y-%b-%d"),
)


def formats_of(order: DateOrder | None) -> list[str]:
    """All formats that a date written out may have."""
    # Two-digit years go before four-digit ones, which would read 23 as the year 23.
    dates = (*_ordered_formats(order), *_YEAR_FIRST, *_WORDS)
    return [*(date + time for date in dates for time in _TIMES), "%Y-%m-%d %H"]


def formats_after_comma(order: DateOrder | None) -> list[str]:
    """The formats of browsers, which part date and time by a comma."""
    return [date + time for date in _ordered_formats(order) for time in _AFTER_COMMA]


def _ordered_formats(order: DateOrder | None) -> tuple[str, ...]:
    return {"day-first": _DAY_FIRST, "month-first": _MONTH_FIRST, None: ()}[order]
