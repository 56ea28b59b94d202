"""Which part of the lifecycle a stage plays, whatever a company calls it.

The part ``[stage_roles]`` of the definitions names the stages of each role; for a role that is
not named there, stages go by their words. Several stages may play one role, and one none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from journey.rules.tables import read_word_lists, read_words
from journey.rules.words import plain_words, says

Role = Literal["attract", "capture", "nurture", "convert", "expand"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""In the order in which journeys go through them."""

_WORDS: Final[Mapping[Role, str]] = {
    "expand": r"expan|retain|retention|loyal|advoca|customer|delight|renew|adopt|onboard|grow"
    r"|post|success|service|support|deliver|repeat",
    "convert": r"conver|clos|deci|purchas|buy|sql\b|sales|sell|opportunit|proposal|negotiat|trial"
    r"|intent|action|won\b|win\b|deal",
    "nurture": r"nurtur|consider|evaluat|educat|mql\b|marketing qualified|warm|desire|engage",
    "capture": r"captur|lead|acqui|interest|subscrib|known|contact|sign ?up|identif",
    "attract": r"attract|aware|reach|discover|visit|anonym|stranger|traffic|attention|suspect",
}
"""Looked through in this order: a stage 'Qualified lead' of sales is none of capture."""


@dataclass(frozen=True)
class StageRoles:
    """The stages named for each role; none: they go by their words.

    Raises
    ------
    DefinitionsError
        If something named is no word.

    Examples
    --------
    >>> six = ("Awareness", "Interest", "Consideration", "Purchase", "Zebra", "Loyalty")
    >>> list(StageRoles().of(six).values())
    ['attract', 'capture', 'nurture', 'convert', None, 'expand']
    >>> StageRoles(convert=("Zebra",)).of(six)["Purchase"] is None
    True
    """

    attract: tuple[str, ...] | None = None
    capture: tuple[str, ...] | None = None
    nurture: tuple[str, ...] | None = None
    convert: tuple[str, ...] | None = None
    expand: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse what is no word."""
        for role in ROLES:
            named = getattr(self, role)
            if named is not None:
                object.__setattr__(self, role, read_words(named, role))

    def of(self, stages: Iterable[str]) -> dict[str, Role | None]:
        """The role of each stage, in the order given; None where it is not known."""
        return {stage: self._role(stage) for stage in stages}

    def _role(self, stage: str) -> Role | None:
        for role in ROLES:
            if stage in (getattr(self, role) or ()):
                return role
        words = plain_words(stage)
        for role, pattern in _WORDS.items():
            if getattr(self, role) is None and says(pattern, words):
                return role
        return None


def roles_document(roles: StageRoles) -> dict[str, Any]:
    """What a TOML file holds of roles: those that are named.

    Examples
    --------
    >>> roles_document(StageRoles(expand=("Loyalty",)))
    {'expand': ['Loyalty']}
    """
    named: Mapping[str, tuple[str, ...] | None] = {role: getattr(roles, role) for role in ROLES}
    return {role: list(stages) for role, stages in named.items() if stages is not None}


def stage_roles_from(document: Any, where: str) -> StageRoles:
    """Read roles from the part of a TOML file.

    Raises
    ------
    DefinitionsError
        Where it has a key that is not known or a value that can't be used.
    """
    return StageRoles(**read_word_lists(document, f"{where}, [stage_roles]", ROLES))
