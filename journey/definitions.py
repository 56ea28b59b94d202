"""What a company decides about its journeys: stages, outcomes, the people it expects to meet.

One readable TOML file, validated when it is read.
"""

import hashlib
import tomllib
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, cast

import tomli_w

from journey.errors import DefinitionsError, choices
from journey.schema import DEFAULT_STAGES


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
    """

    stages: tuple[Stage, ...] = field(
        default_factory=lambda: tuple(Stage(name) for name in DEFAULT_STAGES)
    )
    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    no_decision: tuple[str, ...] = ()
    dormancy_days: float | None = None
    expected_roles: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a model that would count one touchpoint in two ways."""
        _check_stages(self)
        _check_outcomes(self)

    @property
    def stage_names(self) -> tuple[str, ...]:
        """The stages in order."""
        return tuple(stage.name for stage in self.stages)

    @property
    def fingerprint(self) -> str:
        """Changes whenever anything in the model does."""
        return hashlib.blake2b(dumps(self).encode(), digest_size=16).hexdigest()


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
        for name in ("won", "lost", "no_decision", "dormancy_days")
        if getattr(definitions, name)
    }
    if outcomes:
        document["outcomes"] = outcomes
    if definitions.expected_roles:
        document["roles"] = {"expected": definitions.expected_roles}
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
    _known(document, ("stages", "outcomes", "roles"), where)
    outcomes = _table(document.get("outcomes", {}), where, "outcomes")
    roles = _table(document.get("roles", {}), where, "roles")
    _known(outcomes, ("won", "lost", "no_decision", "dormancy_days"), f"{where}, [outcomes]")
    _known(roles, ("expected",), f"{where}, [roles]")
    stages = document.get("stages", [])
    if not isinstance(stages, list) or not stages:
        raise DefinitionsError(f"{where} has no stages. Give at least one [[stages]] with a name.")
    return Definitions(
        stages=tuple(_stage(entry, where) for entry in cast("list[Any]", stages)),
        won=_names(outcomes, "won", where),
        lost=_names(outcomes, "lost", where),
        no_decision=_names(outcomes, "no_decision", where),
        dormancy_days=_days(outcomes.get("dormancy_days"), where),
        expected_roles=_names(roles, "expected", where),
    )


def load_definitions(path: Path) -> Definitions:
    """Read a definitions file.

    Raises
    ------
    DefinitionsError
        If the file is missing or something in it can't be used.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionsError(f"{path.name} can't be read: {error}.") from error
    return loads(text, where=path.name)


def _stage(entry: Any, where: str) -> Stage:
    table = _table(entry, where, "stages")
    _known(table, ("name", "touchpoints", "values", "channels"), f"{where}, [[stages]]")
    name = table.get("name")
    if not isinstance(name, str) or not name.strip():
        raise DefinitionsError(f"{where}: a stage has the name {name!r}. Give it a word.")
    return Stage(
        name,
        touchpoints=_names(table, "touchpoints", where),
        values=_names(table, "values", where),
        channels=_names(table, "channels", where),
    )


def _table(value: Any, where: str, name: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DefinitionsError(f"{where}: {name} is {value!r}; a table of keys is needed.")
    return cast("dict[str, Any]", value)


def _known(table: dict[str, Any], allowed: tuple[str, ...], where: str) -> None:
    for key in table:
        if key not in allowed:
            raise DefinitionsError(f"{where} has the key {key!r}. {choices(key, allowed)}")


def _names(table: dict[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = table.get(key, [])
    items = cast("list[Any]", value) if isinstance(value, list) else [value]
    if not all(isinstance(item, str) for item in items):
        raise DefinitionsError(f"{where}: {key} is {value!r}; a list of words is needed.")
    return tuple(dict.fromkeys(cast("list[str]", items)))


def _days(value: Any, where: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise DefinitionsError(
            f"{where}: dormancy_days is {value!r}; a number of days above 0 is needed."
        )
    return float(value)


def _check_stages(definitions: Definitions) -> None:
    names = definitions.stage_names
    if not names:
        raise DefinitionsError("There are no stages. Give at least one.")
    for name in names:
        if names.count(name) > 1:
            raise DefinitionsError(f"The stage {name!r} stands twice. Give each its own name.")
    for rule in ("touchpoints", "values", "channels"):
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
    for outcome in ("won", "lost", "no_decision"):
        for item in cast("tuple[str, ...]", getattr(definitions, outcome)):
            if item in decided:
                raise DefinitionsError(
                    f"{item!r} means both {decided[item]!r} and {outcome!r}. Keep it in one."
                )
            decided[item] = outcome
