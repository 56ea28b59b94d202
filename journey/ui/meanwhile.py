"""What others saved while something was edited here: both put together, what both changed told."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeVar

Key = TypeVar("Key")

_GONE: Final = object()


def together(
    begun: Mapping[Key, Any], mine: Mapping[Key, Any], theirs: Mapping[Key, Any]
) -> dict[Key, Any]:
    """Return what was changed here on top of what others saved; all else is as they have it.

    Parameters
    ----------
    begun
        The parts as they were when the edit began.
    mine
        As edited here.
    theirs
        As saved now.

    Examples
    --------
    >>> begun = {"hours": 4, "lead": "Sales", "help": "Service"}
    >>> together(begun, {"hours": 8, "lead": "Sales"}, {**begun, "lead": "Marketing"})
    {'hours': 8, 'lead': 'Marketing'}
    """
    chosen = {
        name: (mine if _is_changed(begun, mine, name) else theirs).get(name, _GONE)
        for name in dict.fromkeys((*theirs, *mine))
    }
    return {name: value for name, value in chosen.items() if value is not _GONE}


def both_changed(
    begun: Mapping[Key, Any], mine: Mapping[Key, Any], theirs: Mapping[Key, Any]
) -> list[Key]:
    """Return the parts that were changed here and by others, and not alike.

    Examples
    --------
    >>> both_changed({"hours": 4, "lead": "Sales"}, {"hours": 8}, {"hours": 2, "lead": "Sales"})
    ['hours']
    """
    return [
        name
        for name in dict.fromkeys((*begun, *theirs, *mine))
        if _is_changed(begun, mine, name)
        and _is_changed(begun, theirs, name)
        and _is_changed(mine, theirs, name)
    ]


def told(what: str, both: Iterable[str] = ()) -> str:
    """Return the words for who edits: theirs and ours stand together, where both meet ours wins.

    Examples
    --------
    >>> told("rules", ["points"])[-68:]
    'Both changed: points. Once you save, yours take the place of theirs.'
    """
    words = (
        f"Somebody else saved other {what} meanwhile. What you changed stays here, not saved yet; "
        "what you did not, stays as they saved it."
    )
    names = ", ".join(dict.fromkeys(both))
    if not names:
        return words
    return f"{words} Both changed: {names}. Once you save, yours take the place of theirs."


def _is_changed(before: Mapping[Key, Any], after: Mapping[Key, Any], name: Key) -> bool:
    return before.get(name, _GONE) != after.get(name, _GONE)
