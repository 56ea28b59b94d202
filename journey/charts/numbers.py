"""Counts, shares and durations as they stand on every picture, in the reader's locale."""

import math
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

from babel.numbers import (
    format_compact_decimal,
    format_decimal,
    format_percent,
    get_group_symbol,
)
from babel.units import format_unit

_HALF_PERCENT: Final = 0.005
_SHOWN_WITH_TENTHS: Final = 2.0


def format_count(n: float, locale: str = "en") -> str:
    """Write a count with thousands separators.

    Examples
    --------
    >>> format_count(12345), format_count(12345, "de")
    ('12,345', '12.345')
    """
    symbol = _thousands_symbol(locale)
    if symbol is None:
        return format_decimal(round(n), locale=locale)
    return f"{round(n):,}".replace(",", symbol)


def format_amount(value: float, locale: str = "en") -> str:
    """Write an amount to the two figures it carries.

    Examples
    --------
    >>> format_amount(648_100), format_amount(1_234_000), format_amount(12.4)
    ('650K', '1.2M', '12')
    """
    return format_compact_decimal(float(f"{value:.2g}"), fraction_digits=1, locale=locale)


def format_share(share: float, locale: str = "en") -> str:
    r"""Write a share (0-1) in whole per cent; what is neither none nor all never reads so.

    Examples
    --------
    >>> format_share(0.618), format_share(0.001), format_share(0.999), format_share(0.618, "de")
    ('62%', '<1%', '>99%', '62\xa0%')
    """
    if math.isnan(share):
        return ""
    if 0 < share <= _HALF_PERCENT:
        return _below_one(locale)
    if 1 - _HALF_PERCENT <= share < 1:
        return f">{_percent(99, locale)}"
    return _percent(round(Decimal(str(share)) * 100), locale)


@lru_cache(maxsize=4_096)
def format_days(days: float, locale: str = "en") -> str:
    """Write a duration given in days, in the unit that a person would use; nothing if unknown.

    Examples
    --------
    >>> format_days(4.2), format_days(1.5), format_days(0.5), format_days(0.01)
    ('4 days', '1.5 days', '12 hours', '14 min')
    >>> format_days(float("nan"))
    ''
    """
    if math.isnan(days):
        return ""
    minutes = days * 24 * 60
    if 0 < minutes < 1:
        return f"<{format_unit(1, 'duration-minute', length='short', locale=locale)}"
    if round(minutes) < 60:  # noqa: PLR2004 - minutes in an hour
        return format_unit(round(minutes), "duration-minute", length="short", locale=locale)
    if round(minutes / 60) < 24:  # noqa: PLR2004 - hours in a day
        return format_unit(round(minutes / 60), "duration-hour", length="long", locale=locale)
    shown = round(days, 1) if days < _SHOWN_WITH_TENTHS else round(days)
    return format_unit(shown, "duration-day", length="long", locale=locale)


@cache
def _thousands_symbol(locale: str) -> str | None:
    """What a locale sets between thousands, if it sets nothing else: a picture has many counts."""
    symbol = get_group_symbol(locale)
    samples = (-1_234, 1_234, 123_456_789)
    as_written = [f"{n:,}".replace(",", symbol) for n in samples]
    is_plain = as_written == [format_decimal(n, locale=locale) for n in samples]
    return symbol if is_plain else None


@cache
def _percent(hundredths: int, locale: str) -> str:
    return format_percent(hundredths / 100, locale=locale)


@cache
def _below_one(locale: str) -> str:
    return f"<{format_percent(0.01, format='#,##0%', locale=locale)}"
