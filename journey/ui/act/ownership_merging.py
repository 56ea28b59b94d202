"""Owners and promises edited here while others save theirs: each part goes by itself."""

from typing import Any, Final

from journey.rules.ownership import HANDED_ON, Ownership

Part = tuple[str, str]

STAGE, DEPARTMENT, NAMES, HOURS = "stage", "department", "names", "hours"
"""Kinds of part."""

HANDOFF_WORDS: Final = {
    "mql": "Hours to answer an MQL",
    "accepted": "Hours from accepted to SQL",
    "sql": "Hours from SQL to opportunity",
}


def parts_of(ownership: Ownership) -> dict[Part, Any]:
    """Return all that can be edited: each stage, department and promise by itself."""
    return {
        (NAMES, ""): ownership.names,
        **{(DEPARTMENT, one.name): one for one in ownership.departments},
        **{(STAGE, one.stage): one for one in ownership.stages},
        **{(HOURS, post): ownership.hours_of(post) for post in HANDED_ON},
    }


def of_parts(parts: dict[Part, Any]) -> Ownership:
    """Return the ownership of these parts.

    Raises
    ------
    DefinitionsError
        If a stage is owned by a department that is no more.

    Examples
    --------
    >>> of_parts(parts_of(Ownership(mql_hours=4))) == Ownership(mql_hours=4)
    True
    """
    departments = (parts.get((DEPARTMENT, name)) for name in parts[NAMES, ""])
    return Ownership(
        tuple(one for one in departments if one is not None),
        tuple(held for (kind, _), held in parts.items() if kind == STAGE),
        **{f"{post}_hours": parts[HOURS, post] for post in HANDED_ON},
    )


def words_of(part: Part) -> str:
    """Return what a part is called.

    Examples
    --------
    >>> words_of(("stage", "Convert")), words_of(("hours", "mql"))
    ('owners of Convert', 'hours to answer an MQL')
    """
    kind, name = part
    if kind == NAMES:
        return "which departments there are"
    if kind == HOURS:
        return f"h{HANDOFF_WORDS[name][1:]}"
    return f"{'owners' if kind == STAGE else 'what is'} of {name}"
