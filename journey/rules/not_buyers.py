"""Who interacts but will not buy: competitors, students, job seekers.

The part ``[not_buyers]`` of the definitions; what is not said there is as by default.
"""

import re
from dataclasses import dataclass, fields
from typing import Any, Final, Literal, get_args

from journey.errors import DefinitionsError
from journey.rules.tables import read_table, read_words
from journey.rules.words import plain_words, says

NotBuyer = Literal["competitor", "student", "job_seeker"]
NOT_BUYERS: Final[tuple[NotBuyer, ...]] = get_args(NotBuyer)
"""In the order in which one who is several counts."""

ACADEMIC_DOMAINS: Final = (".edu", ".edu.*", ".ac.*")

_APPLICATION: Final = (
    r"job application|applied for|application (?:sent|submitted|received)|submitted (?:a )?(?:cv"
    r"|resume)|cv (?:sent|upload)|bewerbung|candidature|candidatura"
)
_DOMAIN: Final = re.compile(r"\.?[^\s./@*]+(?:\.(?:[^\s./@*]+|\*))*")


@dataclass(frozen=True)
class NotBuyerRules:
    """By what those are known who will not buy.

    Parameters
    ----------
    competitor_domains
        Domains of competitors, hosts below them included.
    academic_domains
        Domains of schools: ``.edu`` is any that ends so, ``*`` any one part.
    applications
        Touchpoint types that only job seekers have; none: types whose name says so. Who only
        ever looked at careers pages is one too.

    Raises
    ------
    DefinitionsError
        If something given is no domain or no word.

    Examples
    --------
    >>> rules = NotBuyerRules(competitor_domains=("Rival.example",))
    >>> rules.competitor_domains, rules.is_application("Job application")
    (('rival.example',), True)
    """

    competitor_domains: tuple[str, ...] = ()
    academic_domains: tuple[str, ...] = ACADEMIC_DOMAINS
    applications: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Refuse what can't be used."""
        for name in ("competitor_domains", "academic_domains"):
            domains = tuple(one.strip().lower() for one in read_words(getattr(self, name), name))
            for domain in domains:
                if not _DOMAIN.fullmatch(domain):
                    raise DefinitionsError(
                        f"{name} has {domain!r}; a domain like rival.com is needed, or an ending "
                        "like .edu or .ac.*"
                    )
            object.__setattr__(self, name, tuple(dict.fromkeys(domains)))
        if self.applications is not None:
            words = read_words(self.applications, "applications")
            object.__setattr__(self, "applications", words)

    def pattern(self, kind: Literal["competitor", "student"]) -> str:
        """The pattern that the domains of a kind fit, in lower case; empty: none does."""
        domains = self.competitor_domains if kind == "competitor" else self.academic_domains
        parts = [
            # An ending needs a name before it; a domain is whole, or the end of a longer one.
            (r"[^.]" if domain.startswith(".") else r"(?:^|[.@])")
            + "".join("[^.]+" if sign == "*" else re.escape(sign) for sign in domain)
            for domain in domains
        ]
        return rf"(?:{'|'.join(parts)})$" if parts else ""

    def is_application(self, touchpoint: str) -> bool:
        """Whether only job seekers have touches of a type."""
        if self.applications is not None:
            return touchpoint in self.applications
        return says(_APPLICATION, plain_words(touchpoint))


_NAMES: Final = tuple(field.name for field in fields(NotBuyerRules))


def not_buyers_document(rules: NotBuyerRules) -> dict[str, Any]:
    """What a TOML file holds of these rules: all that is not as by default.

    Examples
    --------
    >>> not_buyers_document(NotBuyerRules(competitor_domains=("rival.com",)))
    {'competitor_domains': ['rival.com']}
    """
    default = NotBuyerRules()
    values = {name: getattr(rules, name) for name in _NAMES}
    return {n: list(value) for n, value in values.items() if value != getattr(default, n)}


def not_buyers_from(document: Any, where: str) -> NotBuyerRules:
    """Read these rules from the part of a TOML file.

    Raises
    ------
    DefinitionsError
        Where it has a key that is not known or a value that can't be used.
    """
    place = f"{where}, [not_buyers]"
    table = read_table(document, place, _NAMES)
    try:
        return NotBuyerRules(**table)
    except DefinitionsError as error:
        raise DefinitionsError(f"{place}: {error}") from error
