"""By which rules a touchpoint's source, medium and campaign become its channel.

The rules stand in order and the first that fits decides. Those given from the start are Google
Analytics 4's default channel grouping, with AI assistants as a channel of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, cast

from journey.errors import DefinitionsError, choices

Field = Literal["source", "medium", "campaign", "category"]
Match = Literal["is", "contains", "regex"]
FIELDS: Final[tuple[Field, ...]] = ("source", "medium", "campaign", "category")
MATCHES: Final[tuple[Match, ...]] = ("is", "contains", "regex")

Category = Literal["search", "shopping", "social", "video", "ai"]
CATEGORIES: Final[tuple[Category, ...]] = ("search", "shopping", "social", "video", "ai")
"""Kinds of sources, each with its list in ``source_categories``."""

UNASSIGNED: Final = "Unassigned"
"""The channel where a source is known and no rule fits."""

MOST_RULES: Final = 500

_PAID: Final = "^(.*cp.*|ppc|retargeting|paid.*)$"
_SHOP: Final = "^(.*(([^a-df-z]|^)shop|shopping).*)$"


@dataclass(frozen=True)
class Condition:
    """What one field of a touchpoint has to be, in capitals or not.

    Parameters
    ----------
    field
        ``source``, ``medium``, ``campaign``, or ``category``: the list the source stands in.
    match
        ``is`` one of the values, ``contains`` one of them, or a ``regex`` finds a part of it.
        The empty value stands for a field that is not given.
    values
        At least one.

    Raises
    ------
    DefinitionsError
        If the field or the match is not known, or a value can't be used.
    """

    field: Field
    match: Match
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse a condition that can't be asked."""
        if self.field not in FIELDS or self.match not in MATCHES:
            raise DefinitionsError(f"{self.key!r} is no condition. {choices(self.key, CONDITIONS)}")
        if not self.values or not all(isinstance(value, str) for value in self.values):  # pyright: ignore[reportUnnecessaryIsInstance] - what a file says
            raise DefinitionsError(
                f"{self.key} is {self.values!r}; a word or a list of words is needed."
            )
        words = [v.strip() if self.match == "is" else v for v in self.values]
        object.__setattr__(self, "values", tuple(dict.fromkeys(words)))
        for value in self.values:
            _check_value(self, value)

    @property
    def key(self) -> str:
        """The condition's name in a definitions file."""
        return self.field if self.match == "is" else f"{self.field}_{self.match}"


CONDITIONS: Final[dict[str, tuple[Field, Match]]] = {
    field if match == "is" else f"{field}_{match}": (field, match)
    for field in FIELDS
    for match in MATCHES
    if field != "category" or match == "is"
}


@dataclass(frozen=True)
class ChannelRule:
    """A channel, and the conditions that all have to hold for it.

    Raises
    ------
    DefinitionsError
        If the channel has no name, or there is no condition, or one stands twice.

    Examples
    --------
    >>> ChannelRule("Partners", (Condition("source", "contains", ("partner",)),)).channel
    'Partners'
    """

    channel: str
    conditions: tuple[Condition, ...]

    def __post_init__(self) -> None:
        """Refuse a rule that could not be applied."""
        if not isinstance(self.channel, str) or not self.channel.strip():  # pyright: ignore[reportUnnecessaryIsInstance] - what a file says
            raise DefinitionsError(f"A rule has the channel {self.channel!r}. Give it a word.")
        object.__setattr__(self, "channel", self.channel.strip())
        object.__setattr__(self, "conditions", tuple(self.conditions))
        keys = [condition.key for condition in self.conditions]
        if not keys:
            raise DefinitionsError(
                f"The rule for {self.channel!r} has no condition. {choices('', CONDITIONS)}"
            )
        for key in keys:
            if keys.count(key) > 1:
                raise DefinitionsError(
                    f"The rule for {self.channel!r} has {key} twice. Give one list of values."
                )

    @property
    def asked(self) -> frozenset[tuple[str, frozenset[str]]]:
        """The conditions as they compare: in any order, in capitals or not."""
        return frozenset(
            (condition.key, frozenset(value.lower() for value in condition.values))
            for condition in self.conditions
        )


def check_rules(rules: Sequence[ChannelRule]) -> tuple[ChannelRule, ...]:
    """Return rules that may stand together.

    Raises
    ------
    DefinitionsError
        If there are too many, or two ask the same, so that the second could never decide.
    """
    if len(rules) > MOST_RULES:
        raise DefinitionsError(f"There are {len(rules):,} channel rules; {MOST_RULES} at most.")
    seen: dict[frozenset[tuple[str, frozenset[str]]], int] = {}
    for place, rule in enumerate(rules, start=1):
        if not isinstance(rule, ChannelRule):  # pyright: ignore[reportUnnecessaryIsInstance] - from code
            raise DefinitionsError(f"{rule!r} is no channel rule. Write ChannelRule(…).")
        first = seen.setdefault(rule.asked, place)
        if first != place:
            raise DefinitionsError(
                f"Channel rule {place} ({rule.channel}) asks the same as rule {first} "
                f"({rules[first - 1].channel}), so it never decides. Remove one."
            )
    return tuple(rules)


def rules_document(rules: Sequence[ChannelRule]) -> list[dict[str, Any]]:
    """Rules as the tables ``[[channels]]`` of a definitions file.

    Examples
    --------
    >>> rules_document([ChannelRule("Mail", (Condition("medium", "is", ("mail", "post")),))])
    [{'channel': 'Mail', 'medium': ['mail', 'post']}]
    """
    return [
        {"channel": rule.channel}
        | {
            condition.key: condition.values[0]
            if len(condition.values) == 1
            else list(condition.values)
            for condition in rule.conditions
        }
        for rule in rules
    ]


def rules_from(document: object, where: str) -> tuple[ChannelRule, ...]:
    """Rules out of the tables ``[[channels]]`` of a definitions file.

    Raises
    ------
    DefinitionsError
        Naming the rule by its place and what is wrong with it.

    Examples
    --------
    >>> rules_from([{"channel": "Mail", "medium_contains": "mail"}], "file")[0].conditions
    (Condition(field='medium', match='contains', values=('mail',)),)
    """
    if not isinstance(document, list):
        raise DefinitionsError(f"{where}: channels is {document!r}; [[channels]] are needed.")
    rules: list[ChannelRule] = []
    for place, entry in enumerate(cast("list[object]", document), start=1):
        try:
            rules.append(_rule(entry))
        except DefinitionsError as error:
            raise DefinitionsError(f"{where}, [[channels]] number {place}: {error}") from error
    try:
        return check_rules(rules)
    except DefinitionsError as error:
        raise DefinitionsError(f"{where}: {error}") from error


_MARKETPLACES: Final = ["alibaba", "amazon", "ebay", "etsy", "shopify", "walmart"]
_SOCIAL: Final = [
    "social",
    "social-network",
    "social-media",
    "sm",
    "social network",
    "social media",
]
_MAIL: Final = ["email", "e-mail", "e_mail", "e mail"]
_DEFAULT: Final[tuple[dict[str, Any], ...]] = (
    {"channel": "Direct", "source": "(direct)", "medium": ["(none)", "(not set)"]},
    {"channel": "Cross-network", "campaign_contains": "cross-network"},
    {"channel": "Paid Shopping", "category": "shopping", "medium_regex": _PAID},
    {"channel": "Paid Shopping", "campaign_regex": _SHOP, "medium_regex": _PAID},
    {"channel": "Paid Shopping", "source": _MARKETPLACES, "medium": ""},
    {"channel": "Paid Search", "category": "search", "medium_regex": _PAID},
    {"channel": "Paid Social", "category": "social", "medium_regex": _PAID},
    {"channel": "Paid Video", "category": "video", "medium_regex": _PAID},
    {
        "channel": "Display",
        "medium": ["display", "banner", "expandable", "interstitial", "cpm"],
    },
    {"channel": "Paid Other", "medium_regex": _PAID},
    {"channel": "AI Assistants", "medium": "ai-assistant"},
    {"channel": "AI Assistants", "category": "ai"},
    {"channel": "Organic Shopping", "category": "shopping"},
    {"channel": "Organic Shopping", "campaign_regex": _SHOP},
    {"channel": "Organic Social", "category": "social"},
    {"channel": "Organic Social", "medium": _SOCIAL},
    {"channel": "Organic Video", "category": "video"},
    {"channel": "Organic Video", "medium_contains": "video"},
    {"channel": "Organic Search", "category": "search"},
    {"channel": "Organic Search", "medium": "organic"},
    {"channel": "Email", "source": _MAIL},
    {"channel": "Email", "medium": _MAIL},
    {"channel": "Affiliates", "medium": ["affiliate", "affiliates"]},
    {"channel": "Referral", "medium": ["referral", "app", "link"]},
    {"channel": "Audio", "medium": "audio"},
    {"channel": "SMS", "source": "sms"},
    {"channel": "SMS", "medium": "sms"},
    {"channel": "Mobile Push Notifications", "medium_regex": "push$"},
    {"channel": "Mobile Push Notifications", "medium_contains": ["mobile", "notification"]},
    {"channel": "Mobile Push Notifications", "source": "firebase"},
)


@cache
def default_rules() -> tuple[ChannelRule, ...]:
    """The default channel grouping of Google Analytics 4, and AI assistants.

    A marketplace named as the source without any medium counts as paid, as dbt-ga4 has it.

    References
    ----------
    Google, *Default channel group*, https://support.google.com/analytics/answer/9756891;
    Velir, *dbt-ga4*, https://github.com/Velir/dbt-ga4.

    Examples
    --------
    >>> len({rule.channel for rule in default_rules()})
    19
    """
    return rules_from(list(_DEFAULT), "the default rules")


@cache
def source_categories() -> Mapping[str, Category]:
    """Every listed source with its category.

    ``name`` is a source of that name; ``host.tld`` a host and all below it; ``name.*`` the name,
    and the host ``name`` under any country's ending, with or without ``www.`` or ``m.``.
    """
    folder = files("journey") / "source_categories"
    return {
        line: category
        for category in CATEGORIES
        for line in (folder / f"{category}.txt").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    }


def _rule(entry: object) -> ChannelRule:
    if not isinstance(entry, dict):
        raise DefinitionsError(f"{entry!r} is no table of keys.")
    table = cast("dict[str, Any]", entry)
    for key in table:
        if key != "channel" and key not in CONDITIONS:
            raise DefinitionsError(
                f"The key {key!r} is not known. {choices(key, ('channel', *CONDITIONS))}"
            )
    conditions = tuple(
        Condition(*CONDITIONS[key], values=tuple(value) if isinstance(value, list) else (value,))
        for key, value in table.items()
        if key != "channel"
    )
    return ChannelRule(cast("str", table.get("channel")), conditions)


def _check_value(condition: Condition, value: str) -> None:
    if "\0" in value:
        raise DefinitionsError(f"{condition.key} is {value!r}, which holds a NUL byte.")
    if condition.match != "is" and not value:
        raise DefinitionsError(
            f"{condition.key} is empty and would fit all. Write the part to look for."
        )
    if condition.field == "category" and value not in CATEGORIES:
        raise DefinitionsError(f"The category {value!r} is not known. {choices(value, CATEGORIES)}")
    if condition.match == "regex":
        _check_regex(condition.key, value)


@cache
def _check_regex(key: str, pattern: str) -> None:
    """Try the pattern in the dialect (RE2) in which it will run, which has no way to run long."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid as error:
        reason = str(error).removeprefix("Invalid regular expression: ")
        raise DefinitionsError(
            f"{key} is {pattern!r}, which is no regular expression (RE2): {reason}. "
            "Look-ahead and back references can't be used."
        ) from error
