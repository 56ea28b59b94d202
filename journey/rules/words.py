"""How names in data are looked through for words."""

import re
import unicodedata


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
