"""Counts, shares and durations as they stand on every picture, in the reader's locale.

The reader's locale is a context of its own (:data:`READER`), as a hundred places write numbers and
none of them chooses how: whoever draws for somebody sets it once.
"""

import math
from contextvars import ContextVar
from copy import copy
from decimal import Decimal
from functools import cache, lru_cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.numbers import (
    NumberPattern,
    format_compact_decimal,
    format_decimal,
    format_percent,
    get_decimal_symbol,
    get_group_symbol,
)

from journey.wording import noun_for

READER: Final[ContextVar[str]] = ContextVar("reader", default="en")
"""The locale, in Babel's words, of whoever reads what is written next."""

_HALF_PERCENT: Final = 0.005
_HALF_HUNDREDTH: Final = 0.005
_SHOWN_WITH_TENTHS: Final = 2.0
_LONGEST: Final = 3
"""So many digits stand without a sign between them."""


def known_locale(language: str | None) -> str:
    """Babel's word for a browser's language; English where there is none.

    Examples
    --------
    >>> known_locale("de-CH"), known_locale("x-klingon"), known_locale(None)
    ('de_CH', 'en', 'en')
    """
    try:
        return str(Locale.parse(language, sep="-")) if language else "en"
    except (UnknownLocaleError, ValueError):
        return "en"


def separators(locale: str | None = None) -> str:
    """The decimal and the thousands sign, as Plotly asks for them.

    Examples
    --------
    >>> separators(), separators("de")
    ('.,', ',.')
    """
    chosen = locale or READER.get()
    return get_decimal_symbol(chosen) + get_group_symbol(chosen)


def format_count(n: float, locale: str | None = None) -> str:
    """Write a count with thousands separators.

    Examples
    --------
    >>> format_count(12345), format_count(12345, "de")
    ('12,345', '12.345')
    """
    chosen = locale or READER.get()
    symbol = _thousands_symbol(chosen)
    if symbol is None:
        return format_decimal(round(n), locale=chosen)
    return f"{round(n):,}".replace(",", symbol)


def format_counted(n: float, noun: str, locale: str | None = None) -> str:
    """Write a count with its noun.

    Examples
    --------
    >>> format_counted(1, "journey"), format_counted(1_200, "journey", "de")
    ('1 journey', '1.200 journeys')
    """
    return f"{format_count(n, locale)} {noun_for(n, noun)}"


def format_number(value: float, decimals: int, locale: str | None = None) -> str:
    """Write a number with so many decimals.

    Examples
    --------
    >>> format_number(1234.56, 1), format_number(1234.56, 1, "de")
    ('1,234.6', '1.234,6')
    """
    if decimals == 0:
        return format_count(value, locale)
    chosen = locale or READER.get()
    signs = _signs(chosen)
    if signs is None or not math.isfinite(value):
        return _with_decimals(value, decimals, chosen)
    # As Babel reads it: the shortest decimal that is this number, a half to the even neighbour.
    return f"{Decimal(str(value)):,.{decimals}f}".translate(signs)


def format_signed(value: float, decimals: int = 0, locale: str | None = None) -> str:
    """Write a change with its sign; nothing changed has none.

    The sign is that of a keyboard everywhere: what draws arrows looks for it.

    Examples
    --------
    >>> format_signed(1234), format_signed(-1234.56, 1, "de"), format_signed(-0.2)
    ('+1,234', '-1.234,6', '0')
    """
    if not (rounded := round(value, decimals)):
        return format_number(0, decimals, locale)
    return f"{'+' if rounded > 0 else '-'}{format_number(abs(value), decimals, locale)}"


def format_amount(value: float, locale: str | None = None) -> str:
    """Write an amount to the two figures it carries; less than half a hundredth is nothing.

    Examples
    --------
    >>> format_amount(648_100), format_amount(1_234_000), format_amount(12.4)
    ('650K', '1.2M', '12')
    >>> format_amount(1e-15), format_amount(-0.001), format_amount(0.05)
    ('0', '0', '0.05')
    >>> format_amount(648_100, "de")
    '650.000'
    """
    chosen = locale or READER.get()
    rounded = 0.0 if abs(value) < _HALF_HUNDREDTH else float(f"{value:.2g}")
    written = format_compact_decimal(rounded, fraction_digits=1, locale=chosen)
    # Some languages have no short word for thousands, and Babel then sets nothing between them.
    digits = written.lstrip("-")
    is_bare = digits.isdigit() and len(digits) > _LONGEST
    return format_count(rounded, chosen) if is_bare else written


def format_share(share: float, locale: str | None = None, *, decimals: int = 0) -> str:
    r"""Write a share (0-1) in per cent; in whole ones what is neither none nor all never reads so.

    Examples
    --------
    >>> format_share(0.618), format_share(0.001), format_share(0.999), format_share(0.618, "de")
    ('62%', '<1%', '>99%', '62\xa0%')
    >>> format_share(0.4213, decimals=1), format_share(0.4213, "de", decimals=1)
    ('42.1%', '42,1\xa0%')
    """
    chosen = locale or READER.get()
    if math.isnan(share):
        return ""
    return _exact_percent(share, chosen, decimals) if decimals else _whole_percent(share, chosen)


def format_days(days: float, locale: str | None = None) -> str:
    """Write a duration given in days, in the unit that a person would use; nothing if unknown.

    Examples
    --------
    >>> format_days(4.2), format_days(1.5), format_days(0.5), format_days(0.01)
    ('4 days', '1.5 days', '12 hours', '14 min')
    >>> format_days(float("nan"))
    ''
    """
    return "" if math.isnan(days) else _duration(days, locale or READER.get())


@lru_cache(maxsize=4_096)
def _duration(days: float, locale: str) -> str:
    """Write a duration: the digits of the locale, the words in English as all others."""
    minutes = days * 24 * 60
    if 0 < minutes < 1:
        return "<1 min"
    if round(minutes) < 60:  # noqa: PLR2004 - minutes in an hour
        return f"{round(minutes)} min"
    if round(minutes / 60) < 24:  # noqa: PLR2004 - hours in a day
        return _with_noun(round(minutes / 60), "hour", locale)
    return _with_noun(round(days, 1) if days < _SHOWN_WITH_TENTHS else round(days), "day", locale)


def _with_noun(n: float, noun: str, locale: str) -> str:
    written = format_number(n, 0 if float(n).is_integer() else 1, locale)
    return f"{written} {noun}" if n == 1 else f"{written} {noun}s"


@cache
def _thousands_symbol(locale: str) -> str | None:
    """What a locale sets between thousands, if it sets nothing else: a picture has many counts."""
    symbol = get_group_symbol(locale)
    samples = (-1_234, 1_234, 123_456_789)
    as_written = [f"{n:,}".replace(",", symbol) for n in samples]
    is_plain = as_written == [format_decimal(n, locale=locale) for n in samples]
    return symbol if is_plain else None


@cache
def _signs(locale: str) -> dict[int, str] | None:
    """What a locale sets for the comma of thousands and the decimal point, if nothing else."""
    decimal, group = separators(locale)
    signs = str.maketrans({",": group, ".": decimal})
    samples = (-1_234.5, 1_234.5, 123_456_789.5)
    as_written = [f"{n:,.1f}".translate(signs) for n in samples]
    return signs if as_written == [_with_decimals(n, 1, locale) for n in samples] else None


def _with_decimals(value: float, decimals: int, locale: str) -> str:
    return str(format_decimal(value, f"#,##0.{'0' * decimals}", locale=locale))


@cache
def _percent_pattern(locale: str, decimals: int) -> NumberPattern:
    pattern = copy(Locale.parse(locale).percent_formats[None])
    pattern.frac_prec = (decimals, decimals)
    return pattern


@lru_cache(maxsize=4_096)
def _exact_percent(share: float, locale: str, decimals: int) -> str:
    return str(_percent_pattern(locale, decimals).apply(share, locale))


@lru_cache(maxsize=4_096)
def _whole_percent(share: float, locale: str) -> str:
    if 0 < share <= _HALF_PERCENT:
        return _below_one(locale)
    if 1 - _HALF_PERCENT <= share < 1:
        return f">{_percent(99, locale)}"
    return _percent(round(Decimal(str(share)) * 100), locale)


@cache
def _percent(hundredths: int, locale: str) -> str:
    return format_percent(hundredths / 100, locale=locale)


@cache
def _below_one(locale: str) -> str:
    return f"<{_percent(1, locale)}"
