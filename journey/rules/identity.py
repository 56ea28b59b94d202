"""What a company decides about identity: which joins are followed, and which never.

The part ``[identity]`` of the definitions; what is not said there is as by default.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal, get_args

from journey.errors import DefinitionsError, choices
from journey.rules.tables import read_table, read_tables, read_words

Join = Literal["identify", "email", "crm", "account", "opportunity", "domain"]
JOINS: Final[tuple[Join, ...]] = get_args(Join)
"""Kinds of join, in the order in which they are made.

``identify``: a visitor and the person on the same row. ``email``: an e-mail address and another
id of a person on the same row. ``crm``: two other ids of a person on the same row, such as a lead
and the contact it became. ``account`` and ``opportunity``: the account that rows give for a person
or an opportunity. ``domain``: the company of a business e-mail address.
"""

IdKind = Literal["visitor", "email", "person", "lead", "opportunity", "domain", "account"]
ID_KINDS: Final[tuple[IdKind, ...]] = get_args(IdKind)


@dataclass(frozen=True)
class Cut:
    """A join that is not followed: between two ids or, where the right is empty, with any."""

    left_kind: IdKind
    left_id: str
    right_kind: IdKind | None = None
    right_id: str | None = None

    def __post_init__(self) -> None:
        """Refuse ids of no known kind and halves of an id."""
        for side, kind, value in (
            ("left", self.left_kind, self.left_id),
            ("right", self.right_kind, self.right_id),
        ):
            if side == "right" and kind is None and value is None:
                continue
            if kind not in ID_KINDS:
                raise DefinitionsError(
                    f"{side}_kind of a cut is {kind!r}. {choices(str(kind), ID_KINDS)}"
                )
            if not isinstance(value, str) or not value or "\0" in value:  # pyright: ignore[reportUnnecessaryIsInstance] - what a file says
                raise DefinitionsError(f"{side}_id of a cut is {value!r}. Give the id as a text.")


@dataclass(frozen=True)
class IdentityRules:
    """Which joins of ids are followed, and from what on a join is held to be unsafe.

    Parameters
    ----------
    off
        Kinds of join that are not followed, of :data:`JOINS`.
    cuts
        Single joins, or all joins of one id, that are not followed.
    free_mail_domains
        Domains, beside those known, whose addresses say nothing of a company.
    shared_addresses
        Addresses, or their parts before the ``@``, that several people use, beside those known.
    trusted_addresses
        Addresses that are one person's although their name looks shared.
    max_people_per_device
        A visitor id that more people used joins none of them.
    max_ids_per_address
        An e-mail address that stands with more other ids of people, or such an id that stands
        with more addresses, joins none of them.
    max_ids_per_person
        Where more ids of people than these would become one person, none of them are joined.
    least_account_share
        A person whose rows give several accounts belongs to the one with at least this share of
        those rows, else to none.

    Raises
    ------
    DefinitionsError
        If a kind of join is not known, a list holds something that is no word, or a limit is out
        of its range.
    """

    off: tuple[Join, ...] = ()
    cuts: tuple[Cut, ...] = ()
    free_mail_domains: tuple[str, ...] = ()
    shared_addresses: tuple[str, ...] = ()
    trusted_addresses: tuple[str, ...] = ()
    max_people_per_device: int = 1
    max_ids_per_address: int = 5
    max_ids_per_person: int = 10
    least_account_share: float = 0.6

    def __post_init__(self) -> None:
        """Refuse rules that can't be followed."""
        for name in ("off", "free_mail_domains", "shared_addresses", "trusted_addresses"):
            object.__setattr__(self, name, _words(getattr(self, name), name))
        for name in self.off:
            if name not in JOINS:
                raise DefinitionsError(f"off has the join {name!r}. {choices(name, JOINS)}")
        cuts = tuple(dict.fromkeys(self.cuts))
        object.__setattr__(self, "cuts", cuts)
        for name in ("max_people_per_device", "max_ids_per_address", "max_ids_per_person"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise DefinitionsError(f"{name} is {value!r}; a whole number from 1 on is needed.")
        share = self.least_account_share
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:  # pyright: ignore[reportUnnecessaryIsInstance] - what a file says
            raise DefinitionsError(
                f"least_account_share is {share!r}; a share above 0 and up to 1 is needed."
            )
        object.__setattr__(self, "least_account_share", float(share))


_NAMES: Final = tuple(field.name for field in fields(IdentityRules))
_CUT_NAMES: Final = tuple(field.name for field in fields(Cut))


def identity_document(rules: IdentityRules) -> dict[str, Any]:
    """What a TOML file holds of identity rules: all that is not as by default.

    Examples
    --------
    >>> identity_document(IdentityRules(off=("domain",), cuts=(Cut("visitor", "x"),)))
    {'off': ['domain'], 'cuts': [{'left_kind': 'visitor', 'left_id': 'x'}]}
    """
    default = IdentityRules()
    document: dict[str, Any] = {}
    for name in _NAMES:
        value = getattr(rules, name)
        if value != getattr(default, name):
            document[name] = list(value) if isinstance(value, tuple) else value
    if rules.cuts:
        document["cuts"] = [
            {name: value for name, value in asdict(cut).items() if value is not None}
            for cut in rules.cuts
        ]
    return document


def identity_from(document: Any, where: str) -> IdentityRules:
    """Read identity rules from the part of a TOML file.

    Raises
    ------
    DefinitionsError
        Where it has a key that is not known or a value that can't be used.

    Examples
    --------
    >>> identity_from({"max_people_per_device": 2}, "definitions.toml").max_people_per_device
    2
    """
    table = read_table(document, f"{where}, [identity]", _NAMES)
    cuts = table.get("cuts", [])
    read = read_tables(cuts, f"{where}, [[identity.cuts]]", _CUT_NAMES)
    given = {name: value for name, value in table.items() if name != "cuts"}
    try:
        return IdentityRules(
            **given,
            cuts=tuple(Cut(**{"left_kind": None, "left_id": None, **cut}) for cut in read),  # pyright: ignore[reportArgumentType] - checked there
        )
    except DefinitionsError as error:
        raise DefinitionsError(f"{where}, [identity]: {error}") from error


def _words(value: Any, what: str) -> tuple[str, ...]:
    """A list's items, each once, in lower case as ids of e-mail are compared."""
    items = read_words(value, what)
    if any("\0" in item for item in items):
        raise DefinitionsError(f"{what} is {value!r}; a word has no NUL character in it.")
    return tuple(dict.fromkeys(item.strip().lower() for item in items))
