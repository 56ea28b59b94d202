"""How names in data are looked through for words."""

import re
import unicodedata
from typing import Final

_SAYS_NOTHING: Final = re.compile(
    r"(?:not |un)(?:known|specified|set|provided|available|assigned|disclosed|stated)|undefined"
    r"|n/a|null|blank|empty|unbekannt|keine angabe|inconnue?|non renseign[ée]e?|desconocid[oa]"
    r"|sconosciut[oa]|onbekend|未知|不明|[\W_]*"
)
"""Not 'NA', a country and a region, nor 'none', which may be what an account has."""


def plain_words(name: str) -> str:
    """A name in lower case, its words parted by single blanks.

    Examples
    --------
    >>> plain_words("DemoRequest_form")
    'demo request form'
    """
    text = unicodedata.normalize("NFKC", name)
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    return re.sub(r"[\W_]+", " ", parted).strip().lower()


def says(pattern: str, words: str) -> bool:
    """Whether a pattern stands in plain words where a word begins.

    Examples
    --------
    >>> says("ad click|banner", "paid ad click"), says("ad click", "load click")
    (True, False)
    """
    return re.search(rf"(?:^|\b|(?<=\W))(?:{pattern})", words) is not None


def says_nothing(value: str) -> bool:
    """Whether a value of an attribute only says that it is not known.

    Examples
    --------
    >>> says_nothing("(Unknown)"), says_nothing("n/a"), says_nothing("NA"), says_nothing("Known")
    (True, True, False, False)
    """
    return _SAYS_NOTHING.fullmatch(value.strip().strip("()[]<>").casefold()) is not None
