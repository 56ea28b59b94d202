"""One text read for its feeling, by the lexicon and rules of VADER.

Hutto and Gilbert, *VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media
Text*, 2014 (MIT). Words and emoji have a weight each; negations, degrees, capitals and 'but'
change it. It knows English alone, no irony, and no words that only a trade uses. Words that name
things in business, as support and opportunity, have none here.
"""

import html
import re
from typing import Final

from journey.ingest.sentiment.english import is_probably_english
from journey.ingest.sentiment.lexicon import analyzer
from journey.schema import NO_FEELING, NOT_ENGLISH

_MARKUP: Final = re.compile(r"<[^<>]{1,500}>|https?://\S+|\S+@\S+")
_CLAUSE: Final = re.compile(r"(?<=[.!?;:])\s+|,\s+(?!but\b)|[\r\n]+", re.IGNORECASE)
"""Where a negation ends; 'but' weighs what stands on its two sides."""

_MOST_WORDS: Final = 60
"""Longer clauses, as of notes without stops, are read in pieces: the rules look back far."""

_MOST_LETTERS: Final = 20_000


def read_text(text: str, *, column: bool | None = None) -> float | str:
    """The feeling of a text from -1 to 1, or why it has none.

    It is the mean over those of its clauses in which a word or emoji has a weight.

    Parameters
    ----------
    column
        Whether the texts of its column are English; none: not told.

    Examples
    --------
    >>> read_text("The demo was great. We met on Monday."), read_text("Support is not helpful")
    (0.6249, -0.3252)
    >>> read_text("Called about the invoice"), read_text("Der Support ist super")
    ('no feeling found', 'not English')
    """
    plain = _MARKUP.sub(" ", html.unescape(text[:_MOST_LETTERS]))
    scores = [score for part in _parts(plain) if (score := _score(part)) is not None]
    if any(letter.isalpha() for letter in plain) and not is_probably_english(plain, column=column):
        return NOT_ENGLISH
    return round(sum(scores) / len(scores), 4) if scores else NO_FEELING


def _parts(text: str) -> list[str]:
    clauses = [clause.split() for clause in _CLAUSE.split(text)]
    return [
        " ".join(words[begin : begin + _MOST_WORDS])
        for words in clauses
        for begin in range(0, len(words), _MOST_WORDS)
    ]


def _score(clause: str) -> float | None:
    """The feeling of a clause; none where no word of it has a weight."""
    found = analyzer().polarity_scores(clause)
    return found["compound"] if found["pos"] or found["neg"] else None
