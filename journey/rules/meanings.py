"""What touchpoint types mean to marketing and sales: a message sent, a lead qualified, a renewal.

The part ``[meanings]`` of the definitions names the types of each meaning; for a meaning that is
not named there, types go by their words. A type may have several meanings or none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, Literal, Self, get_args

from journey.errors import ValueNotAllowedError
from journey.rules.tables import read_word_lists, read_words
from journey.rules.words import plain_words, says

Meaning = Literal[
    "ad_shown",
    "ad_clicked",
    "sent",
    "opened",
    "clicked",
    "unsubscribed",
    "call_to_action",
    "lead",
    "mql",
    "accepted",
    "sent_back",
    "sql",
    "opportunity",
    "shared",
    "referral",
    "onboarding",
    "support",
    "renewal",
    "upsell",
    "cross_sell",
    "churn",
    "careers",
    "conversation",
    "intent",
]
MEANINGS: Final[tuple[Meaning, ...]] = get_args(Meaning)

_MAIL: Final = r"(?:e ?mail|mail|newsletter|message|sms)"
_WORDS: Final[dict[Meaning, str]] = {
    "ad_shown": r"ads? (?:view|impression|shown|served|seen)|impression|banner (?:view|shown)",
    "ad_clicked": r"ads? click|clicked (?:an |the )?ad\b|banner click",
    "sent": rf"{_MAIL}\b.* (?:sent|delivered)|(?:sent|send|delivered?) .*\b{_MAIL}|send$",
    "opened": rf"{_MAIL}\b.* open(?:ed)?\b|open(?:ed)? .*\b{_MAIL}|open(?:ed)?$",
    "clicked": rf"{_MAIL}\b.* click(?:ed)?\b|click(?:ed)? .*\b{_MAIL}",
    "unsubscribed": r"unsubscrib|opt(?:ed)? out",
    "call_to_action": r"form\b|download|sign ?up|signed up|demo request|request(?:ed)? (?:a )?demo"
    r"|contact us|cta\b|call to action|book a|formular|anmeld|inscri",
    "lead": r"^leads?$|lead created|new lead|became a lead|lead captured",
    "mql": r"mql\b|marketing qualified",
    "accepted": r"sal\b|sales accepted|(?:sql|lead|mql) accepted|accepted (?:by|lead)",
    "sent_back": r"(?:sent|send) back|returned to|recycled|sales reject|rejected by sales"
    r"|handed back",
    "sql": r"sql\b|sales qualified",
    "opportunity": r"^opportunity$|(?:opportunity|deal) (?:created|opened)"
    r"|new (?:opportunity|deal)|became an opportunity",
    "shared": r"shared?$|shared? (?:on|by|via|content|post|article)|social share|repost|retweet"
    r"|forwarded",
    "referral": r"referral|referred|recommended us",
    "onboarding": r"onboard|kick ?off|implementation|go live|training",
    "support": r"support|ticket|help ?desk|help (?:article|cent|page)|complain",
    "renewal": r"renew|verläng|renouvel|renov",
    "upsell": r"up ?sell|up sold|upgrade|expansion|expanded",
    "cross_sell": r"cross ?sell|cross sold|add ?on|second product",
    "churn": r"churn|(?:contract|subscription|account) cancel|cancell?ation|cancell?ed\b",
    "conversation": r"(?:sales|discovery|phone|video|follow up) call|call (?:held|made)|calls?$"
    r"|meeting|demo (?:held|given|attended)|workshop|(?:onboarding|training) session"
    r"|site visit|business review|interview|gespräch|treffen|rendez vous|reuni[oó]n",
    "careers": r"careers?\b|job (?:application|page|posting)|vacanc|applied for",
    "intent": r"pric(?:e|es|ing)\b|demo request|request(?:ed)? (?:an? )?(?:demo|quote|trial|call)"
    r"|quote request|free trial|trial (?:start|sign)|contact (?:us|form|sales)|book a|call me",
}
_NEVER: Final = r"not\b|no longer|failed|undo|bounce"


@dataclass(frozen=True)
class Meanings:
    """The touchpoint types named for each meaning; none: they go by their words.

    Raises
    ------
    DefinitionsError
        If something named is no word.

    Examples
    --------
    >>> named = Meanings(mql=("Handed to sales",))
    >>> named.types("mql", ["MQL", "Handed to sales"]), named.types("sql", ["SQL accepted"])
    (('Handed to sales',), ('SQL accepted',))
    """

    ad_shown: tuple[str, ...] | None = None
    ad_clicked: tuple[str, ...] | None = None
    sent: tuple[str, ...] | None = None
    opened: tuple[str, ...] | None = None
    clicked: tuple[str, ...] | None = None
    unsubscribed: tuple[str, ...] | None = None
    call_to_action: tuple[str, ...] | None = None
    lead: tuple[str, ...] | None = None
    mql: tuple[str, ...] | None = None
    accepted: tuple[str, ...] | None = None
    sent_back: tuple[str, ...] | None = None
    sql: tuple[str, ...] | None = None
    opportunity: tuple[str, ...] | None = None
    shared: tuple[str, ...] | None = None
    referral: tuple[str, ...] | None = None
    onboarding: tuple[str, ...] | None = None
    support: tuple[str, ...] | None = None
    renewal: tuple[str, ...] | None = None
    upsell: tuple[str, ...] | None = None
    cross_sell: tuple[str, ...] | None = None
    churn: tuple[str, ...] | None = None
    careers: tuple[str, ...] | None = None
    conversation: tuple[str, ...] | None = None
    intent: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse what is no word."""
        for meaning in MEANINGS:
            named = getattr(self, meaning)
            if named is not None:
                object.__setattr__(self, meaning, read_words(named, meaning))

    def types(self, meaning: Meaning, type_names: Iterable[str]) -> tuple[str, ...]:
        """Those of a log's touchpoint types that have a meaning, in the order given.

        Raises
        ------
        ValueNotAllowedError
            If there is no such meaning.
        """
        if meaning not in MEANINGS:
            raise ValueNotAllowedError.among(meaning, MEANINGS, what="The meaning")
        named = getattr(self, meaning)
        if named is not None:
            return tuple(name for name in type_names if name in named)
        return tuple(name for name in type_names if meaning in meant_by_words(name))

    def of_type(self, name: str) -> tuple[Meaning, ...]:
        """What a touchpoint type means, in the order of meanings."""
        return tuple(meaning for meaning in MEANINGS if self.types(meaning, [name]))

    def with_type(self, name: str, wanted: Iterable[Meaning], type_names: Iterable[str]) -> Self:
        """The same with one type that means just this; a meaning that so changes names its types.

        Parameters
        ----------
        wanted
            All that the type is to mean.
        type_names
            The log's types: of those that had such a meaning by their words all others keep it.

        Examples
        --------
        >>> told = Meanings().with_type("Lead form", ["lead"], ["Lead form", "New lead"])
        >>> told.lead, told.call_to_action, told.mql
        (('New lead', 'Lead form'), (), None)
        """
        names, chosen = tuple(type_names), frozenset(wanted)
        changed: dict[str, tuple[str, ...]] = {}
        for meaning in chosen ^ frozenset(self.of_type(name)):
            held: tuple[str, ...] | None = getattr(self, meaning)
            before = self.types(meaning, names) if held is None else held
            rest = tuple(one for one in before if one != name)
            changed[meaning] = (*rest, name) if meaning in chosen else rest
        return replace(self, **changed)


@cache
def meant_by_words(name: str) -> frozenset[Meaning]:
    """What a touchpoint type's name says that it means.

    Examples
    --------
    >>> sorted(meant_by_words("SQL accepted")), sorted(meant_by_words("Nurture e-mail clicked"))
    (['accepted', 'sql'], ['clicked'])
    """
    words = plain_words(name)
    if says(_NEVER, words):
        return frozenset()
    return frozenset(meaning for meaning, pattern in _WORDS.items() if says(pattern, words))


def meanings_document(meanings: Meanings) -> dict[str, Any]:
    """What a TOML file holds of meanings: those that are named.

    Examples
    --------
    >>> meanings_document(Meanings(mql=("MQL",), shared=()))
    {'mql': ['MQL'], 'shared': []}
    """
    named = {meaning: getattr(meanings, meaning) for meaning in MEANINGS}
    return {meaning: list(types) for meaning, types in named.items() if types is not None}


def meanings_from(document: Any, where: str) -> Meanings:
    """Read meanings from the part of a TOML file.

    Raises
    ------
    DefinitionsError
        Where it has a key that is not known or a value that can't be used.
    """
    return Meanings(**read_word_lists(document, f"{where}, [meanings]", MEANINGS))
