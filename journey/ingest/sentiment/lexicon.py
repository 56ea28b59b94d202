"""The words of VADER that tell a feeling, without those that name things in business."""

from functools import cache
from typing import Any, Final


def words_of(text: str) -> frozenset[str]:
    """The words of a list written as a text."""
    return frozenset(text.split())


TRADE_WORDS: Final = words_of(
    """
    support supports supported supporting supporter care please free opportunity opportunities
    share shared shares sharing value values security interest interests dear demand demands top
    credit credits alert alerts challenge challenges solution solutions certain chance chances
    energy debt debts party intelligence block commitment
    """
)
"""Words of the lexicon that name something in business notes and tell no feeling there."""


@cache
def analyzer() -> Any:
    """What reads a clause."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    made = SentimentIntensityAnalyzer()
    for word in TRADE_WORDS:
        made.lexicon.pop(word, None)
    return made
