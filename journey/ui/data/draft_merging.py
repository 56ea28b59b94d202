"""Definitions edited here while others save theirs: the edits stay, all else follows."""

from collections.abc import Mapping
from dataclasses import fields, replace
from itertools import count
from typing import Any, Final

from journey.definitions import Definitions
from journey.ui.data.drafts import Draft, draft_of
from journey.ui.meanwhile import both_changed, together

_WORDS: Final = {
    "order": "which stages there are",
    "stages": "stages",
    "entered": "the stage of touchpoints",
    "decided": "what touchpoints decide",
    "dormancy_days": "days of silence",
    "expected_roles": "roles that a deal needs",
    "meanings": "what touchpoints mean",
    "roles": "parts of the lifecycle",
}
_FILE: Final = "all that your file says"
_BY_ENTRY: Final = ("entered", "decided")
"""Fields whose entries are put together one by one."""

_Parts = dict[tuple[str, Any], Any]


def rebased(draft: Draft, before: Definitions, theirs: Definitions) -> tuple[Draft, list[str]]:
    """Return what a draft changed on top of definitions saved since, and what both changed.

    Parameters
    ----------
    draft
        Made of the definitions as they were before, or taken from a file, which then stays whole.
    before
        As they were saved before.
    theirs
        As they are saved now.
    """
    if draft.begun_from != before:
        return draft, [_FILE]
    numbers = _numbers(draft, theirs.stage_names)
    begun = _parts(_renumbered(draft_of(draft.begun_from), numbers))
    mine, saved = _parts(_renumbered(draft, numbers)), draft_of(theirs)
    parts = together(begun, mine, _parts(saved))
    both = both_changed(begun, mine, _parts(saved))
    return _of_parts(parts, theirs, numbers), [_WORDS[name] for name, _ in both]


def _numbers(draft: Draft, names: tuple[str, ...]) -> dict[int, int]:
    """Return the number each stage of the draft has among others: by name, else by place."""
    was, place_of = draft.begun_from.stage_names, {name: place for place, name in enumerate(names)}
    fresh = count(max(len(names), draft.next_number))
    found: dict[int, int] = {}
    for number in range(draft.next_number):
        is_renamed = number < min(len(was), len(names)) and names[number] not in was
        known = place_of.get(was[number]) if number < len(was) else None
        here = number if is_renamed else None
        found[number] = next(n for n in (known, here, next(fresh)) if n is not None)
    return found


def _renumbered(draft: Draft, numbers: Mapping[int, int]) -> Draft:
    roles = draft.roles
    return replace(
        draft,
        stages=tuple(replace(one, number=numbers[one.number]) for one in draft.stages),
        entered={name: numbers[held] for name, held in draft.entered.items()},
        roles=roles and {numbers[held]: role for held, role in roles.items()},
    )


def _parts(draft: Draft) -> _Parts:
    """Return all that can be edited, each stage and each touchpoint by itself."""
    parts: _Parts = {("order", None): tuple(one.number for one in draft.stages)}
    parts |= {("stages", one.number): one for one in draft.stages}
    for field in fields(draft):
        held = getattr(draft, field.name)
        if field.name in _BY_ENTRY:
            parts |= {(field.name, name): value for name, value in held.items()}
        elif field.name in _WORDS and field.name != "stages":
            parts[field.name, None] = held
    return parts


def _of_parts(parts: _Parts, theirs: Definitions, numbers: Mapping[int, int]) -> Draft:
    """Return the draft of these parts, begun from what is saved now."""
    stages = {name: held for (field, name), held in parts.items() if field == "stages"}
    entries = {
        one: {name: held for (field, name), held in parts.items() if field == one}
        for one in _BY_ENTRY
    }
    whole = {
        field: held
        for (field, name), held in parts.items()
        if name is None and field not in ("order", "stages", *_BY_ENTRY)
    }
    return Draft(
        stages=tuple(stages[number] for number in parts["order", None] if number in stages),
        **entries,
        **whole,
        begun_from=theirs,
        next_number=max((*numbers.values(), *stages), default=-1) + 1,
    )
