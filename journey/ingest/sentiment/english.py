"""Whether a text is English, told by the small words that every sentence has."""

import re
from typing import Final


def words_of(text: str) -> frozenset[str]:
    """The words of a list written as a text."""
    return frozenset(text.split())


ENGLISH: Final = words_of(
    """
    a the and of to is are was were be been it its it's this that these those there we you they he
    she i i'm my our your their his her us them not no don't doesn't didn't can't isn't wasn't
    won't have has had do does did will would could should can for with from at by as but or if
    so very too what when which who how why all just than then because about after before still
    only an on in more much any some out up get got
    """
)
# English words that are small ones elsewhere, and stand alone too rarely to tell.
_EITHER: Final = words_of("hat war met men son sin dan pour plus come per par ha man bin")
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
        """och är inte det att en ett som pmed för av vi ni jag den har var mycket men om og er
        ikke et af ptil meget jeg det vi har var veldig""",
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
_FEW: Final = 5
"""Hardly an English sentence of more words has none of the small ones."""


def is_probably_english(text: str) -> bool:
    """Whether a text has more small words of English than of any other language.

    A text with none of any is taken as English if it has few words, all in plain letters.

    Examples
    --------
    >>> is_probably_english("The demo was great"), is_probably_english("Great demo!")
    (True, True)
    >>> is_probably_english("Die Software ist toll"), is_probably_english("サポートが遅い")
    (False, False)
    """
    words = [word.replace("\u2019", "'") for word in _WORD.findall(text.lower())]
    if not words:
        return False
    n_plain = sum(word.isascii() for word in words)
    if n_plain < len(words) / 2:
        return False
    n_english = sum(word in ENGLISH for word in words)
    n_other = max(sum(word in others for word in words) for others in OTHERS)
    if n_english or n_other:
        return n_english > n_other
    return n_plain == len(words) <= _FEW
