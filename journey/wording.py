"""Counts in words."""

import re
from typing import Final

_CHOICE: Final = re.compile(r"(\S+) \[([^|\[\]]+)\|([^|\[\]]+)\]")


def counted(n: int, noun: str) -> str:
    """Write a count with its noun.

    Examples
    --------
    >>> counted(1, "journey"), counted(1200, "journey")
    ('1 journey', '1,200 journeys')
    """
    return f"{n:,} {noun_for(n, noun)}"


def noun_for(n: float, noun: str) -> str:
    """The noun for so many.

    Examples
    --------
    >>> noun_for(1, "company"), noun_for(2, "company"), noun_for(2, "journey")
    ('company', 'companies', 'journeys')
    """
    if n == 1:
        return noun
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else f"{noun}s"


def agreeing(sentence: str) -> str:
    """Choose in ``[one|many]`` what goes with the number before it.

    Examples
    --------
    >>> agreeing("1 of 3 [visitor is|visitors are] known")
    '1 of 3 visitors are known'
    >>> agreeing("1 [person|people] met us")
    '1 person met us'
    """
    return _CHOICE.sub(lambda found: f"{found[1]} {found[2 if found[1] == '1' else 3]}", sentence)


def time_span(days: float, *, digits: int = 0) -> str:
    """Write a length of time in the unit that fits: days, hours or minutes.

    Examples
    --------
    >>> time_span(38.2), time_span(1), time_span(0.1, digits=1), time_span(0.0001)
    ('38 days', '1 day', '2.4 hours', 'less than a minute')
    """
    for noun, per_day in (("day", 1), ("hour", 24), ("minute", 1440)):
        shown = f"{days * per_day:.{digits}f}"
        if float(shown) >= 1:
            return f"{shown} {noun}{'' if shown == '1' else 's'}"
    return "less than a minute"
