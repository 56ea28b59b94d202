"""Definitions while they are edited: a draft may be wrong for a while, what is saved may not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, count
from typing import Final, Self

from journey.definitions import Definitions, Stage
from journey.errors import DefinitionsError
from journey.rules.meanings import Meaning, Meanings
from journey.rules.stage_roles import ROLES, Role, StageRoles
from journey.schema import DECIDED

NEW_STAGE: Final = "New stage"


@dataclass(frozen=True)
class DraftStage:
    """A stage on the way: it keeps its number while its name changes."""

    number: int
    name: str
    values: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Draft:
    """Definitions on the way.

    Parameters
    ----------
    stages
        In order.
    entered
        Touchpoint type to the number of the stage it enters.
    decided
        Touchpoint type to the outcome it decides.
    dormancy_days, expected_roles
        As in ``Definitions``.
    meanings
        What touchpoint types mean to marketing and sales.
    roles
        Number of a stage to the part of the lifecycle it plays; none: stages go by their names.
    begun_from
        The definitions it was made of; what is not edited here stays as it is there.
    next_number
        Of the next stage added: no stage gets the number of one that was removed.
    """

    stages: tuple[DraftStage, ...]
    entered: Mapping[str, int]
    decided: Mapping[str, str]
    dormancy_days: float | None
    expected_roles: tuple[str, ...]
    meanings: Meanings
    roles: Mapping[int, Role] | None
    begun_from: Definitions
    next_number: int = field(compare=False)

    @property
    def stage_roles(self) -> StageRoles:
        """Which stages play which part of the lifecycle."""
        played = {one.name.strip(): self.role_of(one) for one in self.stages}
        if self.roles is None and played == StageRoles().of(played):
            return StageRoles()
        return StageRoles(
            **{role: tuple(name for name in played if played[name] == role) for role in ROLES}
        )

    def role_of(self, stage: DraftStage) -> Role | None:
        """Return the part of the lifecycle that a stage plays: a new name takes it from none."""
        if self.roles is not None:
            return self.roles.get(stage.number)
        names = (*self.begun_from.stage_names[stage.number : stage.number + 1], stage.name)
        parts = StageRoles().of(names).values()
        return next((part for part in parts if part is not None), None)

    def playing(self, number: int, role: Role | None) -> Self:
        """Return the draft with a stage in another part; all others stay in theirs by number."""
        played = {one.number: self.role_of(one) for one in self.stages} | {number: role}
        return replace(self, roles={key: held for key, held in played.items() if held is not None})

    def meaning(self, name: str, wanted: Iterable[Meaning], type_names: Iterable[str]) -> Self:
        """Return the draft with a type that means just this to marketing and sales."""
        return replace(self, meanings=self.meanings.with_type(name, wanted, type_names))

    def stage_of(self, touchpoint: str) -> str | None:
        """Return the name of the stage that a type enters."""
        number = self.entered.get(touchpoint)
        return next((stage.name for stage in self.stages if stage.number == number), None)

    def n_types(self, number: int) -> int:
        """Return how many types enter a stage."""
        return sum(other == number for other in self.entered.values())

    def entering(self, touchpoint: str, stage: str | None) -> Self:
        """Return the draft with a type in another stage, or in none."""
        number = next((one.number for one in self.stages if one.name == stage), None)
        if self.entered.get(touchpoint) == number:
            return self
        rest = {name: held for name, held in self.entered.items() if name != touchpoint}
        return replace(self, entered=rest if number is None else rest | {touchpoint: number})

    def deciding(self, touchpoint: str, outcome: str | None) -> Self:
        """Return the draft with a type that decides another outcome, or none."""
        if self.decided.get(touchpoint) == outcome:
            return self
        rest = {name: held for name, held in self.decided.items() if name != touchpoint}
        return replace(self, decided=rest if outcome is None else rest | {touchpoint: outcome})

    def with_stage(self, stage: DraftStage) -> Self:
        """Return the draft with another name or other rules for a stage."""
        stages = tuple(stage if one.number == stage.number else one for one in self.stages)
        return replace(self, stages=stages)

    def adding_stage(self) -> Self:
        """Return the draft with one more stage at the end."""
        name = new_name(stage.name for stage in self.stages)
        stages = (*self.stages, DraftStage(self.next_number, name))
        return replace(self, stages=stages, next_number=self.next_number + 1)

    def removing_stage(self, number: int) -> Self:
        """Return the draft without a stage; its types enter none, its part is played by none."""
        roles = self.roles
        return replace(
            self,
            stages=tuple(stage for stage in self.stages if stage.number != number),
            entered={name: held for name, held in self.entered.items() if held != number},
            roles=roles and {key: held for key, held in roles.items() if key != number},
        )

    def moving_stage(self, number: int, places: int) -> Self:
        """Return the draft with a stage moved along the order, to an end at most."""
        stages = [stage for stage in self.stages if stage.number != number]
        old = next(place for place, one in enumerate(self.stages) if one.number == number)
        stages.insert(min(max(old + places, 0), len(stages)), self.stages[old])
        return replace(self, stages=tuple(stages))


def new_name(names: Iterable[str]) -> str:
    """Return what a stage is called until somebody names it, unlike all others.

    Examples
    --------
    >>> new_name(["Attract"]), new_name(["New stage", "Attract"])
    ('New stage', 'New stage 2')
    """
    taken = set(names)
    numbered = (f"{NEW_STAGE} {number}" for number in count(2))
    return next(name for name in chain([NEW_STAGE], numbered) if name not in taken)


def draft_of(definitions: Definitions) -> Draft:
    """Return definitions as a draft.

    Examples
    --------
    >>> drafted = draft_of(Definitions(won=("Deal won",)))
    >>> definitions_of(drafted) == Definitions(won=("Deal won",))
    True
    """
    stages = tuple(
        DraftStage(number, stage.name, stage.values, stage.channels)
        for number, stage in enumerate(definitions.stages)
    )
    return Draft(
        stages,
        {name: n for n, stage in enumerate(definitions.stages) for name in stage.touchpoints},
        {name: outcome for outcome in DECIDED for name in getattr(definitions, outcome)},
        definitions.dormancy_days,
        definitions.expected_roles,
        definitions.meanings,
        _roles(definitions),
        begun_from=definitions,
        next_number=len(stages),
    )


def definitions_of(draft: Draft) -> Definitions:
    """Return a draft as definitions.

    Raises
    ------
    DefinitionsError
        If it can't be used: no stage, a stage without a name, one name or rule twice.
    """
    for place, stage in enumerate(draft.stages, start=1):
        if not stage.name.strip():
            raise DefinitionsError(f"Stage {place} has no name. Give it a word.")
    stages = tuple(
        Stage(
            stage.name.strip(),
            touchpoints=tuple(name for name, n in draft.entered.items() if n == stage.number),
            values=stage.values,
            channels=stage.channels,
        )
        for stage in draft.stages
    )
    won, lost, no_decision = (
        tuple(name for name, held in draft.decided.items() if held == outcome)
        for outcome in DECIDED
    )
    renamed = _new_names(draft)
    return replace(
        draft.begun_from,
        stages=stages,
        won=won,
        lost=lost,
        no_decision=no_decision,
        dormancy_days=draft.dormancy_days,
        expected_roles=draft.expected_roles,
        meanings=draft.meanings,
        stage_roles=draft.stage_roles,
        ownership=draft.begun_from.ownership.renamed(renamed),
        scoring=draft.begun_from.scoring.renamed(renamed),
    )


def _roles(definitions: Definitions) -> dict[int, Role] | None:
    """The part of each stage by its number, none where no role is named."""
    if definitions.stage_roles == StageRoles():
        return None
    played = definitions.stage_roles.of(definitions.stage_names).values()
    return {number: role for number, role in enumerate(played) if role is not None}


def _new_names(draft: Draft) -> dict[str, str]:
    """Return what stages that are still there are called now: owners and rules follow them."""
    was = dict(enumerate(draft.begun_from.stage_names))
    return {was[one.number]: one.name.strip() for one in draft.stages if one.number in was}
