"""Names and numbers as text on the screen."""

import re
from typing import Final

import pandas as pd

from journey.charts.numbers import format_counted, format_number, format_share, format_signed
from journey.schema import SMALL_SAMPLE

OUTCOME_LABELS: Final = {
    "won": "Won",
    "lost": "Lost",
    "no_decision": "No decision",
    "stalled": "Stalled",
    "in_progress": "In progress",
}
NO_FIGURE: Final = "—"
PERCENT_DECIMALS_FROM: Final = 1_000
"""With fewer cases than this a percentage carries no decimals."""

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# Streamlit looks for these after unescaping, so backslashes don't stop them: links without
# brackets, mail addresses, arrows and dashes, its own logo.
_LATE = re.compile(
    r"(?<=:)(?=//|streamlit:)|(?<=\bwww)(?=\.)|(?<=@)|(?<=[-<>~])(?=[-<>=])", re.IGNORECASE
)
_WRITTEN: Final = re.compile(
    r"(?P<quoted>'[^']*')|(?<![\w.,])(?:(?P<percent>\d+(?:\.\d+)?)%"
    r"|(?:\d{1,3}(?:,\d{3})+|(?<=[+-])\d+(?=\.\d))(?P<decimals>\.\d+)?(?![\w.,]*\d))"
)
"""Per cent, counts with thousands apart, points with decimals after a sign; names in quotes."""

_WORD_JOINER: Final = "\u2060"


def as_read(sentence: str) -> str:
    r"""Return a sentence that an analysis wrote, its numbers as the reader writes them.

    What was written once for all is in English; what stands in quotes is a name, and stays.

    Examples
    --------
    >>> as_read("7,805 rows of 'A 1,234', 8%; asks about buying +50.5")
    "7,805 rows of 'A 1,234', 8%; asks about buying +50.5"
    >>> from journey.charts.numbers import READER
    >>> token = READER.set("de")
    >>> as_read("7,805 rows of 'A 1,234', 8%; asks about buying +50.5").replace("\xa0", " ")
    "7.805 rows of 'A 1,234', 8 %; asks about buying +50,5"
    >>> READER.reset(token)
    """
    return _WRITTEN.sub(_rewritten, sentence)


def _rewritten(found: re.Match[str]) -> str:
    if found["quoted"]:
        return found["quoted"]
    if found["percent"]:
        whole, _, tenths = found["percent"].partition(".")
        return format_share(float(f"{whole}.{tenths}") / 100, decimals=len(tenths))
    decimals = len(found["decimals"] or ".") - 1
    return format_number(float(found[0].replace(",", "")), decimals)


def markdown(text: object) -> str:
    r"""Return text that Markdown shows as it is: names in data are hostile, labels are Markdown.

    Examples
    --------
    >>> markdown("[a](b) $x$")
    '\\[a\\]\\(b\\) \\$x\\$'
    """
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in str(text)).split())
    return _PUNCTUATION.sub(r"\\\1", _LATE.sub(_WORD_JOINER, line))


def number(value: float | None) -> str:
    """Write a count or an amount with thousands apart, at most one decimal below a hundred.

    Examples
    --------
    >>> number(12400), number(2.25), number(None)
    ('12,400', '2.2', '—')
    """
    if value is None or pd.isna(value):
        return NO_FIGURE
    decimals = 0 if float(value).is_integer() or abs(value) >= 100 else 1  # noqa: PLR2004 -- in the docstring
    return format_number(value, decimals)


def signed(change: float, decimals: int = 0) -> str:
    """Write a change of a count or an amount with its sign, as the reader writes numbers.

    Examples
    --------
    >>> signed(12400), signed(-3), signed(0.25, 1)
    ('+12,400', '-3', '+0.2')
    """
    return format_signed(change, decimals)


def percent(share: float | None, n: int | None = None) -> str:
    """Write a share as a percentage, with its denominator where that is small.

    Parameters
    ----------
    share
        From 0 to 1.
    n
        The denominator: below 30 it is shown, from 1,000 on a decimal is carried.

    Examples
    --------
    >>> percent(0.4213), percent(0.4213, 4_000), percent(0.5, 8)
    ('42%', '42.1%', '50% (n = 8)')
    """
    if share is None or pd.isna(share):
        return NO_FIGURE
    decimals = 1 if n is not None and n >= PERCENT_DECIMALS_FROM else 0
    written = format_share(share, decimals=decimals)
    return f"{written} (n = {n})" if n is not None and n < SMALL_SAMPLE else written


def days(value: float | None) -> str:
    """Write a length of time given in days, in the unit that fits.

    Examples
    --------
    >>> days(12.4), days(1.26), days(0.05), days(1.0)
    ('12 days', '1.3 days', '1.2 hours', '1 day')
    """
    if value is None or pd.isna(value):
        return NO_FIGURE
    if 0 < value < 1:
        return f"{format_number(value * 24, 1)} hours"
    is_whole = value >= 10 or float(value).is_integer()  # noqa: PLR2004 -- two digits carry it
    shown = format_number(value, 0 if is_whole else 1)
    return f"{shown} {'day' if shown == '1' else 'days'}"


def counted(n: int, noun: str) -> str:
    """Write a count with its noun, as the reader writes numbers.

    Examples
    --------
    >>> counted(1, "journey"), counted(1200, "journey")
    ('1 journey', '1,200 journeys')
    """
    return format_counted(n, noun)


def label(column: str) -> str:
    """Return the words for a column or role.

    Examples
    --------
    >>> label("n_journeys"), label("median_days"), label("account_id"), label("n_mqls_after")
    ('Journeys', 'Median days', 'Account', 'MQLs after')
    """
    words = re.sub(r"^n_|_(id|at)$", "", column).replace("_", " ").strip() or column
    words = re.sub(r"\b[ms]ql(?=s?\b)", lambda found: found.group().upper(), words)
    return words[:1].upper() + words[1:]
