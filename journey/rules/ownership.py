"""Who owns what: departments, what of the log is theirs, who leads a stage, what was promised.

The part ``[ownership]`` of the definitions. Of a department that names no touchpoint types those
that sound like its work are its own, where its name is one of :data:`DEPARTMENTS`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from journey.errors import DefinitionsError, choices
from journey.rules.tables import read_number, read_table, read_tables, read_word, read_words
from journey.rules.words import plain_words, says

DEPARTMENTS: Final = ("Marketing", "Sales", "Service")
HANDED_ON: Final = ("mql", "accepted", "sql")
"""Posts at which a lead is handed on and an answer may be promised, in order."""

COLUMNS: Final[Mapping[str, str]] = {
    "owners": "owner",
    "channels": "channel",
    "sources": "source_system",
}
"""Rules of a department beside touchpoint types, the strongest first, and the columns they read."""

_WORDS: Final[Mapping[str, str]] = {
    "Service": r"support|ticket|help ?desk|help (?:article|cent|page)|onboard|kick ?off|train"
    r"|customer (?:success|service|care)|service|renew|complain",
    "Sales": r"sales|calls?$|called|phone|demo (?:held|given|done|call)|meeting|proposal|quot|offer"
    r"|contract|negotiat|security review|closed|deal|opportunit|sql\b|sal\b|accepted|sent back"
    r"|returned to|upsell|cross ?sell|lost to",
    "Marketing": r"ads?\b|advert|display|paid|organic|search|social|e ?mail|mail|newsletter"
    r"|webinar|blog|article|page|visit|guide|white ?paper|e ?book|case stud|brochure|download"
    r"|template|form\b|sign ?up|sign|campaign|event|workshop|trade ?show|video|podcast|nurtur"
    r"|referral|affiliate|lead|mql\b|marketing|direct|web",
}


@dataclass(frozen=True)
class Department:
    """A department and what of the log is its own.

    Parameters
    ----------
    name
        A word.
    touchpoints
        Touchpoint types; none: those that sound like its work, where the name is a known one.
    owners, channels, sources
        Values of the columns ``owner`` (where touchpoints have one), ``channel``,
        ``source_system``.
    """

    name: str
    touchpoints: tuple[str, ...] | None = None
    owners: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what is no word."""
        what = f"the department {self.name!r}"
        object.__setattr__(self, "name", read_word(self.name, "name of a department"))
        for rule in ("touchpoints", *COLUMNS):
            named = getattr(self, rule)
            if named is not None:
                object.__setattr__(self, rule, read_words(named, f"{rule} of {what}"))


@dataclass(frozen=True)
class StageOwners:
    """Who leads a stage, who helps, and within how many hours its lead is to act."""

    stage: str
    leads: tuple[str, ...] = ()
    contributors: tuple[str, ...] = ()
    sla_hours: float | None = None

    def __post_init__(self) -> None:
        """Refuse what is no word, and a promise that is no time."""
        object.__setattr__(self, "stage", read_word(self.stage, "stage"))
        what = f"the stage {self.stage!r}"
        for role in ("leads", "contributors"):
            object.__setattr__(self, role, read_words(getattr(self, role), f"{role} of {what}"))
        object.__setattr__(self, "sla_hours", _hours(self.sla_hours, f"sla_hours of {what}"))

    def role_of(self, department: str) -> str | None:
        """What a department is to the stage: ``lead``, ``contributor`` or nothing."""
        if department in self.leads:
            return "lead"
        return "contributor" if department in self.contributors else None


@dataclass(frozen=True)
class Ownership:
    """Departments, their part in each stage, and what was promised at each handoff.

    Parameters
    ----------
    departments
        In the order of every table.
    stages
        Stages that have an owner or a promise.
    mql_hours, accepted_hours, sql_hours
        Within how many hours a lead that came to the post is to be taken on or sent back.

    Raises
    ------
    DefinitionsError
        If a department or stage stands twice, a role names no department, or a promise is no time.

    Examples
    --------
    >>> rules = Ownership(stages=(StageOwners("Convert", leads=("Sales",)),), mql_hours=48)
    >>> rules.of_stage("Convert").role_of("Sales"), rules.hours_of("mql"), rules.hours_of("sql")
    ('lead', 48.0, None)
    """

    departments: tuple[Department, ...] = tuple(Department(name) for name in DEPARTMENTS)
    stages: tuple[StageOwners, ...] = ()
    mql_hours: float | None = None
    accepted_hours: float | None = None
    sql_hours: float | None = None

    def __post_init__(self) -> None:
        """Refuse what can't be used."""
        object.__setattr__(self, "departments", tuple(self.departments))
        object.__setattr__(self, "stages", tuple(self.stages))
        for name in _HOURS:
            object.__setattr__(self, name, _hours(getattr(self, name), name))
        _check_once(self.names, "department")
        _check_once([owners.stage for owners in self.stages], "stage")
        for owners in self.stages:
            for name in (*owners.leads, *owners.contributors):
                if name not in self.names:
                    raise DefinitionsError(
                        f"{name!r} has a part in the stage {owners.stage!r} but is no department. "
                        f"{choices(name, self.names)}"
                    )

    @property
    def names(self) -> tuple[str, ...]:
        """The departments in order."""
        return tuple(department.name for department in self.departments)

    def of_stage(self, stage: str) -> StageOwners:
        """Who owns a stage; nobody where nothing is said."""
        return next((one for one in self.stages if one.stage == stage), StageOwners(stage))

    def hours_of(self, post: str) -> float | None:
        """Within how many hours a lead at a post is to be answered; none: nothing was promised."""
        return getattr(self, f"{post}_hours")

    def renamed(self, new_names: Mapping[str, str]) -> "Ownership":
        """The same with stages under new names."""
        renamed = (replace(one, stage=new_names.get(one.stage, one.stage)) for one in self.stages)
        return replace(self, stages=tuple(renamed))

    def is_free(self, stage: str) -> bool:
        """Whether nothing is said of a stage."""
        return all(one.stage != stage for one in self.stages)

    def strays(self, stages: Iterable[str]) -> tuple[StageOwners, ...]:
        """Owners of stages that are not among these: removed, or called otherwise since."""
        known = set(stages)
        return tuple(one for one in self.stages if one.stage not in known)

    def without(self, stage: str) -> "Ownership":
        """The same without owners and promise of a stage."""
        return replace(self, stages=tuple(one for one in self.stages if one.stage != stage))

    def department_of_type(self, name: str) -> str | None:
        """The department that names a touchpoint type as its own."""
        return next((one.name for one in self.departments if name in (one.touchpoints or ())), None)

    def department_of_value(self, rule: str, value: str) -> str | None:
        """The department that names a value of a column as its own."""
        return next((one.name for one in self.departments if value in getattr(one, rule)), None)

    def department_by_words(self, name: str) -> str | None:
        """The department whose work a name sounds like, of those that name no types."""
        known = [one.name for one in self.departments if one.touchpoints is None]
        return next((department for department in _sounding(name) if department in known), None)


_HOURS: Final = tuple(f"{post}_hours" for post in HANDED_ON)


@cache
def _sounding(name: str) -> tuple[str, ...]:
    """Departments whose work a name sounds like, the likeliest first."""
    words = plain_words(name)
    return tuple(department for department, pattern in _WORDS.items() if says(pattern, words))


def ownership_document(ownership: Ownership) -> dict[str, Any]:
    """What a TOML file holds of ownership: all that is not as by default.

    Examples
    --------
    >>> ownership_document(Ownership(mql_hours=48, stages=(StageOwners("Convert", ("Sales",)),)))
    {'mql_hours': 48.0, 'stages': [{'stage': 'Convert', 'leads': ['Sales']}]}
    """
    document: dict[str, Any] = {
        name: value for name in _HOURS if (value := getattr(ownership, name)) is not None
    }
    if ownership.departments != Ownership().departments:
        document["departments"] = [_said(one) for one in ownership.departments]
    if ownership.stages:
        document["stages"] = [_said(one) for one in ownership.stages]
    return document


def ownership_from(document: Any, where: str) -> Ownership:
    """Read ownership from the part of a TOML file.

    Raises
    ------
    DefinitionsError
        Where it has a key that is not known or a value that can't be used.

    Examples
    --------
    >>> ownership_from({"mql_hours": 24}, "definitions.toml").hours_of("mql")
    24.0
    """
    place = f"{where}, [ownership]"
    table = read_table(document, place, ("departments", "stages", *_HOURS))
    given: dict[str, Any] = {name: table[name] for name in _HOURS if name in table}
    try:
        for name, kind, first in (
            ("departments", Department, "name"),
            ("stages", StageOwners, "stage"),
        ):
            if name in table:
                keys = tuple(kind.__dataclass_fields__)
                read = read_tables(table[name], f"{where}, [[ownership.{name}]]", keys)
                given[name] = tuple(kind(**{first: None, **one}) for one in read)  # pyright: ignore[reportArgumentType] - checked there
        return Ownership(**given)
    except DefinitionsError as error:
        raise DefinitionsError(f"{place}: {error}") from error


def _said(part: Department | StageOwners) -> dict[str, Any]:
    """The fields of a part that say something, lists as TOML has them."""
    found = {name: getattr(part, name) for name in part.__dataclass_fields__}
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in found.items()
        if value is not None and (value != () or name == "touchpoints")
    }


def _hours(value: Any, what: str) -> float | None:
    return None if value is None else read_number(value, what, least=0, above=True)


def _check_once(names: tuple[str, ...] | list[str], noun: str) -> None:
    for name in names:
        if list(names).count(name) > 1:
            raise DefinitionsError(f"The {noun} {name!r} stands twice. Give each its own name.")
