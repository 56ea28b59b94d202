"""What a company decides about its journeys: stages, outcomes, the people it expects to meet.

One readable TOML file. What is made in code is held to the same rules as what is read.
"""

import hashlib
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Final, cast

import tomli_w

from journey.errors import DefinitionsError
from journey.rules.channels import (
    ChannelRule,
    check_rules,
    default_rules,
    rules_document,
    rules_from,
)
from journey.rules.identity import IdentityRules, identity_document, identity_from
from journey.rules.meanings import Meanings, meanings_document, meanings_from
from journey.rules.not_buyers import NotBuyerRules, not_buyers_document, not_buyers_from
from journey.rules.ownership import Ownership, ownership_document, ownership_from
from journey.rules.scoring import ScoringRules, scoring_document, scoring_from
from journey.rules.stage_roles import StageRoles, roles_document, stage_roles_from
from journey.rules.tables import read_table, read_tables, read_words
from journey.schema import DECIDED, DEFAULT_STAGES

MOST_STAGES: Final = 100
"""More would not fit the bytes in which the stage of every touch is held."""

_STAGE_RULES: Final = ("touchpoints", "values", "channels")


@dataclass(frozen=True)
class _Part:
    """How a part of the file, which has the name of its field, is written and read."""

    write: Callable[[Any], dict[str, Any]]
    read: Callable[[Any, str], Any]


_PARTS: Final[Mapping[str, _Part]] = {
    "identity": _Part(identity_document, identity_from),
    "meanings": _Part(meanings_document, meanings_from),
    "scoring": _Part(scoring_document, scoring_from),
    "not_buyers": _Part(not_buyers_document, not_buyers_from),
    "stage_roles": _Part(roles_document, stage_roles_from),
    "ownership": _Part(ownership_document, ownership_from),
}


@dataclass(frozen=True)
class Stage:
    """One stage of the lifecycle and what lets a touchpoint enter it.

    A touchpoint enters the stage when its type is in ``touchpoints``; else when the log's own
    stage column holds one of ``values``; else when its channel is in ``channels``.
    """

    name: str
    touchpoints: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a stage without a name and rules that are no words."""
        if not isinstance(self.name, str) or not self.name.strip():  # pyright: ignore[reportUnnecessaryIsInstance] - what a file says
            raise DefinitionsError(f"A stage has the name {self.name!r}. Give it a word.")
        for rule in _STAGE_RULES:
            items = read_words(getattr(self, rule), f"{rule} of the stage {self.name!r}")
            object.__setattr__(self, rule, items)


@dataclass(frozen=True)
class Definitions:
    """The stage and outcome model by which a log is read.

    Parameters
    ----------
    stages
        In order; a journey moves forward through them and may go back.
    won, lost, no_decision
        Touchpoint types that decide a journey.
    dormancy_days
        Silence after which an open journey counts as 'no decision'; none: taken from the log.
    expected_roles
        Roles that a buying group should have; the stalled list names those missing.
    channels
        The rules in order by which source, medium and campaign give a channel.
    identity
        Which joins of ids are followed when an import or a rebuild makes the journeys.
    meanings
        What touchpoint types mean to marketing and sales.
    scoring
        By what leads are scored.
    not_buyers
        By what those are known who will not buy.
    stage_roles
        Which part of the lifecycle each stage plays.
    ownership
        Which department leads which stage, and what was promised at each handoff.

    Raises
    ------
    DefinitionsError
        If there is no stage, one has no name or another's, a rule holds something that is no
        word, a touchpoint would count in two ways, or dormancy is no number of days above 0.
    """

    stages: tuple[Stage, ...] = field(
        default_factory=lambda: tuple(Stage(name) for name in DEFAULT_STAGES)
    )
    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    no_decision: tuple[str, ...] = ()
    dormancy_days: float | None = None
    expected_roles: tuple[str, ...] = ()
    channels: tuple[ChannelRule, ...] = field(default_factory=default_rules)
    identity: IdentityRules = field(default_factory=IdentityRules)
    meanings: Meanings = field(default_factory=Meanings)
    scoring: ScoringRules = field(default_factory=ScoringRules)
    not_buyers: NotBuyerRules = field(default_factory=NotBuyerRules)
    stage_roles: StageRoles = field(default_factory=StageRoles)
    ownership: Ownership = field(default_factory=Ownership)

    def __post_init__(self) -> None:
        """Refuse a model that can't be used or would count one touchpoint in two ways."""
        for rule in (*DECIDED, "expected_roles"):
            object.__setattr__(self, rule, read_words(getattr(self, rule), rule))
        object.__setattr__(self, "stages", tuple(self.stages))
        object.__setattr__(self, "dormancy_days", _days(self.dormancy_days))
        object.__setattr__(self, "channels", check_rules(self.channels))
        _check_stages(self)
        _check_outcomes(self)

    @property
    def stage_names(self) -> tuple[str, ...]:
        """The stages in order."""
        return tuple(stage.name for stage in self.stages)

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever anything in the model does."""
        return _fingerprint(self)


@lru_cache(maxsize=64)
def _fingerprint(definitions: Definitions) -> str:
    """The same for equal models, however often each is put together anew."""
    return hashlib.blake2b(dumps(definitions).encode(), digest_size=16).hexdigest()


def dumps(definitions: Definitions) -> str:
    """Write definitions as the text of a TOML file.

    Examples
    --------
    >>> print(dumps(Definitions(stages=(Stage("Attract", ("Ad click",)),), won=("Deal won",))))
    [[stages]]
    name = "Attract"
    touchpoints = [
        "Ad click",
    ]
    <BLANKLINE>
    [outcomes]
    won = [
        "Deal won",
    ]
    <BLANKLINE>
    """
    document: dict[str, Any] = {
        "stages": [
            {key: value for key, value in asdict(stage).items() if value}
            for stage in definitions.stages
        ]
    }
    outcomes = {
        name: getattr(definitions, name)
        for name in (*DECIDED, "dormancy_days")
        if getattr(definitions, name)
    }
    if outcomes:
        document["outcomes"] = outcomes
    if definitions.expected_roles:
        document["roles"] = {"expected": definitions.expected_roles}
    if definitions.channels != default_rules():
        document["channels"] = rules_document(definitions.channels)
    for name, part in _PARTS.items():
        if written := part.write(getattr(definitions, name)):
            document[name] = written
    return tomli_w.dumps(document)


def loads(text: str, *, where: str = "definitions") -> Definitions:
    r"""Read definitions from the text of a TOML file.

    Raises
    ------
    DefinitionsError
        Where the text is no TOML, has a key that is not known or a value of the wrong kind.

    Examples
    --------
    >>> loads('[[stages]]\nname = "Attract"\n[outcomes]\nwon = ["Deal won"]').won
    ('Deal won',)
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise DefinitionsError(f"{where} is not valid TOML: {error}.") from error
    read_table(document, where, ("stages", "outcomes", "roles", "channels", *_PARTS))
    outcomes = read_table(
        document.get("outcomes", {}), f"{where}, [outcomes]", (*DECIDED, "dormancy_days")
    )
    roles = read_table(document.get("roles", {}), f"{where}, [roles]", ("expected",))
    stages = read_tables(
        document.get("stages", []), f"{where}, [[stages]]", ("name", *_STAGE_RULES)
    )
    channels = rules_from(document["channels"], where) if "channels" in document else None
    parts = {
        name: part.read(document[name], where) for name, part in _PARTS.items() if name in document
    }
    try:
        return Definitions(
            stages=tuple(Stage(**{"name": None, **table}) for table in stages),  # pyright: ignore[reportArgumentType] - checked there
            **outcomes,
            expected_roles=roles.get("expected", ()),
            channels=default_rules() if channels is None else channels,
            **parts,
        )
    except DefinitionsError as error:
        raise DefinitionsError(f"{where}: {error}") from error


def load_definitions(path: Path) -> Definitions:
    r"""Read a definitions file.

    Raises
    ------
    DefinitionsError
        If the file is missing or something in it can't be used.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "definitions.toml"
    ...     _ = path.write_text('[[stages]]\nname = "Attract"\n[outcomes]\nwon = ["Deal won"]\n')
    ...     found = load_definitions(path)
    >>> found.stage_names, found.won
    (('Attract',), ('Deal won',))
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionsError(f"{path.name} can't be read: {error}.") from error
    return loads(text, where=path.name)


def _days(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise DefinitionsError(f"dormancy_days is {value!r}; a number of days above 0 is needed.")
    return float(value)


def _check_stages(definitions: Definitions) -> None:
    for stage in definitions.stages:
        if not isinstance(stage, Stage):  # pyright: ignore[reportUnnecessaryIsInstance] - from code
            raise DefinitionsError(f"{stage!r} is no stage. Write Stage({stage!r}, …).")
    names = definitions.stage_names
    if not 1 <= len(names) <= MOST_STAGES:
        raise DefinitionsError(
            f"There are {len(names) or 'no'} stages. Give at least one [[stages]] with a name, "
            f"at most {MOST_STAGES}."
        )
    for name in names:
        if names.count(name) > 1:
            raise DefinitionsError(f"The stage {name!r} stands twice. Give each its own name.")
    for rule in _STAGE_RULES:
        seen: dict[str, str] = {}
        for stage in definitions.stages:
            for item in cast("tuple[str, ...]", getattr(stage, rule)):
                if item in seen:
                    raise DefinitionsError(
                        f"{item!r} is in the {rule} of both {seen[item]!r} and {stage.name!r}. "
                        "Keep it in one."
                    )
                seen[item] = stage.name


def _check_outcomes(definitions: Definitions) -> None:
    decided: dict[str, str] = {}
    for outcome in DECIDED:
        for item in cast("tuple[str, ...]", getattr(definitions, outcome)):
            if item in decided:
                raise DefinitionsError(
                    f"{item!r} means both {decided[item]!r} and {outcome!r}. Keep it in one."
                )
            decided[item] = outcome
