"""How a company scores leads: rules with points in three dimensions, grades, what is an MQL.

The part ``[scoring]`` of the definitions. A dimension without a rule of its own goes by what
:func:`rules_in_force` proposes; fit is neutral then, for nobody can guess who is a good customer.
"""

from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from datetime import date
from typing import Any, Final, Literal, TypeVar, cast

from journey.errors import DefinitionsError
from journey.rules.score_rule import MOST_POINTS, Dimension, Rule, check_among
from journey.rules.tables import read_number, read_table, read_tables, read_word

Made = TypeVar("Made")

MOST_RULES: Final = 200


@dataclass(frozen=True)
class Weights:
    """How much a touch counts for engagement, by how personal it is.

    ``shown``: we showed or sent it. ``anonymous``: done by a visitor not known by then.
    ``known``: a known person did it. ``in_person``: we spoke with each other.
    """

    shown: float = 0.1
    anonymous: float = 0.5
    known: float = 1.0
    in_person: float = 2.0

    def __post_init__(self) -> None:
        """Refuse what is no number."""
        for name, value in asdict(self).items():
            number = read_number(value, f"the weight {name}", least=0)
            object.__setattr__(self, name, number)


@dataclass(frozen=True)
class Qualification:
    """What makes an MQL or an SQL: from so many points of fit and engagement on.

    ``by``: ``touchpoints`` or ``thresholds``; none: by touchpoints that mean it where the log has
    such, else by thresholds. Without a rule of fit its threshold does not count.
    """

    fit: float
    engagement: float
    by: Literal["touchpoints", "thresholds"] | None = None

    def __post_init__(self) -> None:
        """Refuse what can't be used."""
        for name in ("fit", "engagement"):
            value = read_number(getattr(self, name), f"the least {name}", least=-MOST_POINTS)
            object.__setattr__(self, name, value)
        if self.by is not None:
            check_among(self.by, ("touchpoints", "thresholds"), "by of a qualification")


@dataclass(frozen=True)
class Change:
    """One version of the rules: when marketing and sales agreed on it, why, and on what.

    ``agreed``: the rules as they were; none in files of a time when only the note was kept.
    """

    version: int
    on: date
    note: str
    agreed: "ScoringRules | None" = None

    def __post_init__(self) -> None:
        """Refuse what is no version."""
        if isinstance(self.version, bool) or not isinstance(self.version, int) or self.version < 1:  # pyright: ignore[reportUnnecessaryIsInstance] - what a file says
            raise DefinitionsError(
                f"version of a change is {self.version!r}; a whole number from 1 on is needed."
            )
        if not isinstance(self.on, date):  # pyright: ignore[reportUnnecessaryIsInstance] - what a file says
            raise DefinitionsError(
                f"on of a change is {self.on!r}; a date is needed, as 2026-03-31."
            )
        object.__setattr__(self, "note", read_word(self.note, "note of a change"))
        if self.agreed is not None and self.agreed.changes:
            raise DefinitionsError(
                f"Version {self.version} holds versions itself; its rules alone are needed."
            )


Cuts = tuple[float, float, float]


@dataclass(frozen=True)
class ScoringRules:
    """By what leads are scored.

    Parameters
    ----------
    rules
        In the order in which reasons name them.
    half_life_days
        After so many days a touch counts half for engagement.
    weights
        How personal a touch is.
    most
        So many points a dimension has at most, plus or minus.
    fit_grades, engagement_grades
        From how many points on fit is A, B, C (else D), and engagement 1, 2, 3 (else 4).
    mql, sql
        When a lead counts as one.
    changes
        The versions so far, the oldest first.

    Raises
    ------
    DefinitionsError
        If something can't be used.
    """

    rules: tuple[Rule, ...] = ()
    half_life_days: float = 30.0
    weights: Weights = field(default_factory=Weights)
    most: float = 100.0
    fit_grades: Cuts = (60.0, 40.0, 20.0)
    engagement_grades: Cuts = (60.0, 30.0, 10.0)
    mql: Qualification = field(default_factory=lambda: Qualification(40, 30))
    sql: Qualification = field(default_factory=lambda: Qualification(40, 60))
    changes: tuple[Change, ...] = ()

    def __post_init__(self) -> None:
        """Refuse rules that can't be followed."""
        object.__setattr__(self, "rules", tuple(self.rules))
        object.__setattr__(self, "changes", tuple(self.changes))
        if len(self.rules) > MOST_RULES:
            raise DefinitionsError(f"There are {len(self.rules)} rules; at most {MOST_RULES} do.")
        for name in ("half_life_days", "most"):
            number = read_number(getattr(self, name), name, least=0, above=True)
            object.__setattr__(self, name, number)
        for name in ("fit_grades", "engagement_grades"):
            object.__setattr__(self, name, _cuts(getattr(self, name), name))
        versions = [change.version for change in self.changes]
        if versions != sorted(set(versions)):
            raise DefinitionsError(f"The versions are {versions}; each needs a higher number.")

    @property
    def version(self) -> int:
        """The number of the last version; 0 before any was agreed on."""
        return self.changes[-1].version if self.changes else 0

    def of(self, dimension: Dimension) -> tuple[Rule, ...]:
        """The rules of one dimension."""
        return tuple(rule for rule in self.rules if rule.dimension == dimension)

    @property
    def alone(self) -> "ScoringRules":
        """The rules without the versions that led to them."""
        return replace(self, changes=())

    def agreed(self, on: date, note: str) -> "ScoringRules":
        """The same rules as the next version, which is kept whole."""
        change = Change(self.version + 1, on, note, self.alone)
        return replace(self, changes=(*self.changes, change))

    def followed_by(self, wanted: "ScoringRules", on: date, note: str) -> "ScoringRules":
        """Other rules as the next version; the last version keeps these, if it has none kept.

        Examples
        --------
        >>> noted = ScoringRules(changes=(Change(1, date(2026, 3, 31), "A start"),))
        >>> second = noted.followed_by(replace(noted, most=50), date(2026, 6, 30), "Less")
        >>> second.as_of_version(1).most, second.as_of_version(2).most
        (100.0, 50.0)
        """
        changes = self.changes
        # The next version keeps rules that stay as they are: nothing is lost, so nothing is added.
        if changes and changes[-1].agreed is None and wanted.alone != self.alone:
            changes = (*changes[:-1], replace(changes[-1], agreed=self.alone))
        return replace(wanted, changes=changes).agreed(on, note)

    def as_of_version(self, version: int) -> "ScoringRules":
        """The rules of a version, with all versions so far: the way back that loses none.

        Raises
        ------
        DefinitionsError
            If there is no such version, or its rules were not kept.

        Examples
        --------
        >>> first = ScoringRules(half_life_days=30).agreed(date(2026, 3, 31), "A start")
        >>> second = replace(first, half_life_days=14).agreed(date(2026, 6, 30), "Faster")
        >>> third = second.as_of_version(1).agreed(date(2026, 7, 31), "Back to version 1")
        >>> third.half_life_days, third.version
        (30.0, 3)
        """
        change = next((one for one in self.changes if one.version == version), None)
        if change is None:
            known = ", ".join(str(one.version) for one in self.changes) or "none"
            raise DefinitionsError(
                f"There is no version {version} of the scoring rules. Versions: {known}."
            )
        if change.agreed is None:
            raise DefinitionsError(
                f"Of version {version} only date and note were kept, not its rules. Choose another."
            )
        return replace(change.agreed, changes=self.changes)

    def renamed(self, new_names: Mapping[str, str]) -> "ScoringRules":
        """The same with stages under new names, as rules look at them, also those of versions."""
        return replace(
            self,
            rules=tuple(rule.renamed(new_names) for rule in self.rules),
            changes=tuple(
                replace(change, agreed=change.agreed and change.agreed.renamed(new_names))
                for change in self.changes
            ),
        )


_RULE_KEYS: Final = tuple(one.name for one in fields(Rule))
_KEYS: Final = tuple(one.name for one in fields(ScoringRules))
_CHANGE_KEYS: Final = tuple(one.name for one in fields(Change))
_TABLES: Final[Mapping[str, type]] = {
    "weights": Weights,
    "mql": Qualification,
    "sql": Qualification,
}


def scoring_document(scoring: ScoringRules) -> dict[str, Any]:
    """What a TOML file holds of scoring rules: all that is not as by default.

    Examples
    --------
    >>> scoring_document(ScoringRules((Rule("fit", 5, attribute="country", one_of=("Chad",)),)))
    {'rules': [{'dimension': 'fit', 'points': 5.0, 'attribute': 'country', 'one_of': ['Chad']}]}
    """
    default, document = ScoringRules(), {}
    for name in _KEYS:
        value = getattr(scoring, name)
        if value == getattr(default, name):
            continue
        if name == "rules":
            document[name] = [_filled(rule) for rule in value]
        elif name == "changes":
            document[name] = [_change_document(change) for change in value]
        elif name in _TABLES:
            document[name] = _filled(value)
        else:
            document[name] = list(value) if isinstance(value, tuple) else value
    return document


def scoring_from(document: Any, where: str) -> ScoringRules:
    """Read scoring rules from the part of a TOML file.

    Raises
    ------
    DefinitionsError
        Where it has a key that is not known or a value that can't be used.

    Examples
    --------
    >>> scoring_from({"half_life_days": 14}, "definitions.toml").half_life_days
    14.0
    """
    place = f"{where}, [scoring]"
    given = dict(read_table(document, place, _KEYS))
    try:
        rules = read_tables(given.pop("rules", []), f"{where}, [[scoring.rules]]", _RULE_KEYS)
        changes = read_tables(
            given.pop("changes", []), f"{where}, [[scoring.changes]]", _CHANGE_KEYS
        )
        for name, kind in _TABLES.items():
            if name in given:
                keys = [one.name for one in fields(kind)]
                given[name] = _made(
                    kind, read_table(given[name], f"{where}, [scoring.{name}]", keys)
                )
        return ScoringRules(
            tuple(_made(Rule, rule) for rule in rules),
            changes=tuple(_change_from(change, where) for change in changes),
            **given,
        )
    except DefinitionsError as error:
        prefix = "" if str(error).startswith(where) else f"{place}: "
        raise DefinitionsError(f"{prefix}{error}") from error


def rules_in_force(scoring: ScoringRules, stage_names: tuple[str, ...]) -> ScoringRules:
    """The rules given, and for a dimension without any the proposed ones; none for fit.

    Examples
    --------
    >>> [rule.words for rule in rules_in_force(ScoringRules(), ("Attract", "Buy")).of("engagement")]
    ['enters Attract', 'enters Buy', 'unsubscribed', 'careers']
    """
    proposed = {
        "engagement": _proposed_engagement(stage_names),
        "relationship": _proposed_relationship(stage_names),
    }
    missing = [rule for name, rules in proposed.items() if not scoring.of(name) for rule in rules]  # pyright: ignore[reportArgumentType] - two of the three
    return replace(scoring, rules=(*scoring.rules, *missing))


def _proposed_engagement(stages: tuple[str, ...]) -> list[Rule]:
    """The later a stage, the more a touch that enters it says."""
    most = 10
    rules = [
        Rule("engagement", round(most * (place + 1) / len(stages)), enters=(stage,))
        for place, stage in enumerate(stages)
    ]
    return [
        *rules,
        Rule("engagement", -20, meanings=("unsubscribed",)),
        Rule("engagement", -10, meanings=("careers",)),
    ]


def _proposed_relationship(stages: tuple[str, ...]) -> list[Rule]:
    """How far they have come, how long we know each other, whether they bought."""
    most = 50
    rules = [
        Rule("relationship", round(most * (place + 1) / len(stages)), stages=(stage,))
        for place, stage in enumerate(stages)
    ]
    return [
        *rules,
        Rule("relationship", 10, least_days_known=90),
        Rule("relationship", 20, least_wins=1),
        Rule("relationship", 10, meanings=("renewal", "upsell", "cross_sell"), most=20),
    ]


def _change_document(change: Change) -> dict[str, Any]:
    document = _filled(replace(change, agreed=None))
    if change.agreed is not None:
        document["agreed"] = scoring_document(change.agreed)
    return document


def _change_from(given: Mapping[str, Any], where: str) -> Change:
    if "agreed" not in given:
        return _made(Change, given)
    place = f"{where}, version {given.get('version')}"
    return _made(Change, {**given, "agreed": scoring_from(given["agreed"], place)})


def _made(kind: type[Made], given: Mapping[str, Any]) -> Made:
    """One of a kind; what it needs and the file lacks is refused as None."""
    needed = {one.name: None for one in fields(cast("Any", kind)) if one.default is MISSING}
    return kind(**{**needed, **given})


def _filled(entry: Any) -> dict[str, Any]:
    return {
        name: list(cast("tuple[str, ...]", value)) if isinstance(value, tuple) else value
        for name, value in asdict(entry).items()
        if value is not None and value != ()
    }


def _cuts(value: Any, what: str) -> Cuts:
    n_cuts = 3
    if not isinstance(value, list | tuple) or len(cast("list[Any]", value)) != n_cuts:
        raise DefinitionsError(f"{what} is {value!r}; three numbers are needed, the best first.")
    numbers = [read_number(one, what, least=-MOST_POINTS) for one in cast("list[Any]", value)]
    if numbers != sorted(set(numbers), reverse=True):
        raise DefinitionsError(f"{what} is {value!r}; each number must be below the one before.")
    return cast("Cuts", tuple(numbers))
