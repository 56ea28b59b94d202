"""One rule of a score: points for an attribute, for touchpoints, for where a journey stands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, get_args

from journey.errors import DefinitionsError, choices
from journey.rules.meanings import MEANINGS, Meaning
from journey.rules.tables import read_number, read_word, read_words

Dimension = Literal["fit", "engagement", "relationship"]
DIMENSIONS: Final[tuple[Dimension, ...]] = get_args(Dimension)

Bant = Literal["budget", "authority", "need", "timing"]
BANT: Final[tuple[Bant, ...]] = get_args(Bant)

MOST_POINTS: Final = 1_000.0

_OF_TOUCHES: Final = ("touchpoints", "meanings", "channels", "contents", "enters")
_OF_ATTRIBUTE: Final = ("one_of", "contains", "at_least", "at_most")
_OF_STANDING: Final = ("stages", "least_days_known", "least_wins")
_WORDS: Final = (*_OF_TOUCHES, "one_of", "contains", "stages")
_NUMBERS: Final = ("at_least", "at_most", "least_days_known", "least_wins")


@dataclass(frozen=True)
class Rule:
    """Points for an attribute, for touchpoints, or for where a journey stands; one of the three.

    Parameters
    ----------
    dimension, points
        To which score how many points are added; 0 only names what is looked at.
    name
        Its words; none: made of what it looks at.
    bant
        Which of budget, authority, need and timing it tells of, if any.
    most
        So many points it gives at most, plus or minus. None: once for fit and relationship,
        without end for engagement, which fades.
    attribute
        Of the account or a person who took part: its value is among ``one_of``, has a word of
        ``contains`` in it, or is a number ``at_least`` and ``at_most`` so large.
    touchpoints, meanings, channels, contents, enters
        Every touch counts that is all of what is given: of one of these types, of a type that
        means one of these, by one of these channels, of these contents, entering these stages.
    stages, least_days_known, least_wins
        The stage the journey is in, days since its first touch, how often it won.

    Raises
    ------
    DefinitionsError
        If it looks at nothing or at several kinds of things, or holds what can't be used.

    Examples
    --------
    >>> Rule("fit", 40, attribute="industry", one_of=("Retail", "Logistics")).words
    'industry is Retail or Logistics'
    """

    dimension: Dimension
    points: float
    name: str | None = None
    bant: Bant | None = None
    most: float | None = None
    attribute: str | None = None
    one_of: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    touchpoints: tuple[str, ...] = ()
    meanings: tuple[Meaning, ...] = ()
    channels: tuple[str, ...] = ()
    contents: tuple[str, ...] = ()
    enters: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    least_days_known: float | None = None
    least_wins: float | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that can't be followed."""
        what = f"a rule of {self.dimension}"
        check_among(self.dimension, DIMENSIONS, "The dimension of a rule")
        points = read_number(self.points, f"points of {what}", least=-MOST_POINTS)
        object.__setattr__(self, "points", points)
        for name in _WORDS:
            object.__setattr__(self, name, read_words(getattr(self, name), f"{name} of {what}"))
        for name in ("most", *_NUMBERS):
            if (value := getattr(self, name)) is not None:
                least = 0 if name == "most" or name in _OF_STANDING else -1e15
                object.__setattr__(self, name, read_number(value, f"{name} of {what}", least=least))
        for meaning in self.meanings:
            check_among(meaning, MEANINGS, f"A meaning of {what}")
        if self.bant is not None:
            check_among(self.bant, BANT, f"bant of {what}")
        for name in ("name", "attribute"):
            if (value := getattr(self, name)) is not None:
                object.__setattr__(self, name, read_word(value, f"{name} of {what}"))
        _check_kind(self, what)

    @property
    def goes_by(self) -> Literal["attribute", "touches", "standing"]:
        """Which of the three kinds of things it looks at."""
        if self.attribute is not None:
            return "attribute"
        return "touches" if _given(self, _OF_TOUCHES) else "standing"

    @property
    def limit(self) -> float:
        """So many points it gives at most."""
        if self.most is not None:
            return self.most
        return float("inf") if self.dimension == "engagement" else abs(self.points)

    @property
    def looks_at(self) -> str:
        """What gives its points, in words."""
        return _words(self)

    @property
    def words(self) -> str:
        """What it is called."""
        words = self.name or self.looks_at
        return f"{self.bant.capitalize()}: {words}" if self.bant else words

    def renamed(self, stages: Mapping[str, str]) -> "Rule":
        """The same with stages under new names."""
        enters, stood_in = (
            tuple(stages.get(name, name) for name in names) for names in (self.enters, self.stages)
        )
        return replace(self, enters=enters, stages=stood_in)


def _given(rule: Rule, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if getattr(rule, name) not in ((), None)]


def _check_kind(rule: Rule, what: str) -> None:
    by_attribute = [] if rule.attribute is None else ["attribute"]
    kinds = (by_attribute, _given(rule, _OF_TOUCHES), _given(rule, _OF_STANDING))
    used = [names for names in kinds if names]
    if len(used) != 1:
        seen = ", ".join(name for names in used for name in names) or "nothing"
        raise DefinitionsError(
            f"{what} looks at {seen}. Give it an attribute, or touches ({', '.join(_OF_TOUCHES)}), "
            f"or where a journey stands ({', '.join(_OF_STANDING)})."
        )
    if bool(by_attribute) != bool(_given(rule, _OF_ATTRIBUTE)):
        raise DefinitionsError(
            f"{what} needs an attribute and one of {', '.join(_OF_ATTRIBUTE)} for its value."
        )
    if used[0] == kinds[2] and rule.dimension != "relationship":
        raise DefinitionsError(
            f"{what} looks at {', '.join(used[0])}, which tells of the relationship. Make that its "
            "dimension."
        )


def _words(rule: Rule) -> str:
    if rule.attribute is not None:
        parts = [
            f"is {_listed(rule.one_of)}" if rule.one_of else "",
            f"contains {_listed(rule.contains)}" if rule.contains else "",
            f"is at least {rule.at_least:g}" if rule.at_least is not None else "",
            f"is at most {rule.at_most:g}" if rule.at_most is not None else "",
        ]
        return f"{rule.attribute} {' and '.join(part for part in parts if part)}"
    parts = [
        _listed(rule.touchpoints),
        _listed(tuple(meaning.replace("_", " ") for meaning in rule.meanings)),
        f"by {_listed(rule.channels)}" if rule.channels else "",
        f"of {_listed(rule.contents)}" if rule.contents else "",
        f"enters {_listed(rule.enters)}" if rule.enters else "",
        f"in {_listed(rule.stages)}" if rule.stages else "",
        "" if rule.least_days_known is None else f"known for {rule.least_days_known:g} days",
        _wins(rule.least_wins),
    ]
    return " ".join(part for part in parts if part)


def _wins(least: float | None) -> str:
    if least is None:
        return ""
    return "has won" if least <= 1 else f"won {least:g} times or more"


def _listed(names: tuple[str, ...]) -> str:
    most = 4
    shown = [*names[:most], *([f"{len(names) - most} more"] if len(names) > most else [])]
    return " or ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def check_among(value: Any, allowed: tuple[str, ...], what: str) -> None:
    """Refuse a word that is not among those allowed.

    Raises
    ------
    DefinitionsError
        With those that are.
    """
    if value not in allowed:
        raise DefinitionsError(f"{what} is {value!r}. {choices(str(value), allowed)}")
