"""Whether a text is English, told by the small words that every sentence has.

A few words without any are of the language of their column, where that is told; else they are
English only if most of them are known as such.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from journey.ingest.sentiment.lexicon import TRADE_WORDS, analyzer, words_of

ENGLISH: Final = words_of(
    """
    a the and of to is are was were be been it its it's this that these those there we you they he
    she i i'm my our your their his her us them not no don't doesn't didn't can't isn't wasn't
    won't have has had do does did will would could should can for with from at by as but or if
    so very too what when which who how why all just than then because about after before still
    only an on in more much any some out up get got
    """
)
_SHARED: Final = words_of(
    """
    a an in on no do has have had we he of is was will as by to i at for so or her us but all just
    still my can some any who over
    """
)
"""Small words of English that other languages write too: alone they tell nothing."""
# English words that are small ones or mean something else elsewhere.
_EITHER: Final = words_of(
    "hat war met men son sin dan pour plus come per par ha man bin gift hell slut fart"
)
_EVERYWHERE: Final = words_of(
    """
    service support software team demo app online system update problem super manager marketing
    management design tool tools email mail website webinar newsletter feedback workshop account
    partner start login onboarding training server data test standard chat call meeting tickets
    ticket performance dashboard interface ui ux api crm saas ok
    """
)
"""Words that several languages have in common."""
_PLAIN: Final = words_of(
    """
    product products price prices pricing invoice invoices customer customers answer answers
    answered reply replied response responses reached reach anyone anything everyone everything
    nobody nothing something someone always never often again ever really quite pretty well fast
    quick quickly slow slowly easy easily hard difficult simple late early long short new old big
    small little high low expensive cheap work works worked working use used using user users
    feature features company sales people staff experience quality time times day days week weeks
    month months year years help need needs needed want wants wanted make makes made take takes took
    get gets give gives gave keep keeps kept know knows buy bought sell sold pay paid order orders
    ordered delivery delivered delivers question questions issue issues page site setup contact
    renewal review reviews recommend recommended job thing things way far good better
    best bad worse worst one first last next many most least less every each such here where now
    today soon back down off around between through without under however think thought feel felt
    seems looks feels runs buggy found find call called waiting wait waited
    """
)
"""Words of every day in what customers say, besides those that tell a feeling."""
OTHERS: Final = tuple(
    words_of(words) - ENGLISH - _EITHER
    for words in (
        # German
        """der die das und ist nicht ein eine einen einem einer ich wir sie es zu mit für von auf
        den dem des sehr aber auch noch sind war waren hat haben wird werden bei nach aus uns
        unser ihr kein keine wie nur leider""",
        # French
        """le la les des du et est sont pas un une je nous vous il elle ce cette ces pour avec sur
        dans que qui mais plus très tres trop bien été c'est n'est aux nos votre notre""",
        # Spanish
        """el la los las de del es son un una unos que en con para por pero muy más mas lo se su
        sus nos nuestro está esta este fue ha han sin como ni porque todo""",
        # Portuguese
        """os as um uma de do da dos das é são que em com para por mas muito mais não nao foi
        está esta este ao à nos nosso seu sua sem como todo""",
        # Italian
        """il lo la gli le di del della dei sono che non è un una uno con per ma molto più piu
        ho abbiamo questo questa ci si nel nella al alla anche come tutto""",
        # Dutch
        """de het een en is niet van op te met voor maar ook zijn wij we ik jullie zeer heel goed
        was deze dit dat er naar bij nog geen om""",
        # Swedish, Danish, Norwegian
        """och är inte det att en ett som på med för av vi ni jag den har var mycket men om og er
        ikke et af på til meget jeg det vi har var veldig""",
        # Polish, Czech
        """nie się sie jest są i na do że ze to bardzo ale jak za po dla od już a je se není
        jsou velmi že který""",
        # Turkish, Indonesian, Finnish
        """ve bir bu çok cok için icin ile değil degil ama daha yang dan tidak sangat untuk dengan
        ini itu ja ei on oli mutta erittäin hyvä tämä""",
    )
)
"""Small words of languages written in Latin letters."""

_WORD: Final = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")


def is_probably_english(text: str, *, column: bool | None = None) -> bool:
    """Whether a text has more small words of English than of any other language.

    A text without such words is as the column is. Where that tells nothing, it must be in plain
    letters, without words of another language, and of those of its words that are of one language
    most must be known.

    Parameters
    ----------
    column
        Whether the texts beside it are English; none: not told.

    Examples
    --------
    >>> is_probably_english("The demo was great"), is_probably_english("Great demo!")
    (True, True)
    >>> is_probably_english("Die Software ist toll"), is_probably_english("Problem behoben")
    (False, False)
    >>> is_probably_english("Great Acme", column=True), is_probably_english("Super", column=False)
    (True, False)
    """
    words = _words(text)
    told = _by_small_words(words)
    if told is not None or not words:
        return bool(told)
    if column is not None:
        return column
    if not all(word.isascii() for word in words) or not _EITHER.isdisjoint(words):
        return False
    telling = [word for word in words if word not in _EVERYWHERE]
    return sum(word in _known() for word in telling) > len(telling) / 2


def count_languages(texts: Iterable[str]) -> tuple[int, int]:
    """How many texts are English, and how many of another language, by their small words alone.

    Examples
    --------
    >>> count_languages(["The demo was great", "Das war nicht gut", "Super", "Es ist teuer"])
    (1, 2)
    """
    told = [_by_small_words(_words(text)) for text in texts]
    return told.count(True), told.count(False)


def _words(text: str) -> list[str]:
    return [word.replace("\u2019", "'") for word in _WORD.findall(text.lower())]


def _by_small_words(words: Sequence[str]) -> bool | None:
    """Whether words are English; none where no small word and no letter tells."""
    if not words:
        return None
    if sum(word.isascii() for word in words) < len(words) / 2:
        return False
    n_other = max(sum(word in others for word in words) for others in OTHERS)
    if any(word in ENGLISH and word not in _SHARED for word in words):
        return sum(word in ENGLISH for word in words) > n_other
    return False if n_other else None


@cache
def _known() -> frozenset[str]:
    return ENGLISH | _PLAIN | TRADE_WORDS | frozenset(analyzer().lexicon)
