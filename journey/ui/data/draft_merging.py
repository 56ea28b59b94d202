"""Definitions edited here while others save theirs: the edits stay, all else follows."""

from collections.abc import Mapping
from dataclasses import fields, replace
from itertools import count
from typing import Any, Final

from journey.definitions import Definitions
from journey.ui.data.drafts import NEW_STAGE, Draft, draft_of, new_name
from journey.ui.meanwhile import both_changed, together

_WORDS: Final = {
    "order": "the order of stages",
    "stages": "stages",
    "entered": "the stage of touchpoints",
    "decided": "what touchpoints decide",
    "dormancy_days": "days of silence",
    "expected_roles": "roles that a deal needs",
    "meanings": "what touchpoints mean",
    "roles": "parts of the lifecycle",
}
_REMOVED: Final = "which stages there are"
_FILE: Final = "all that your file says"
_BY_ENTRY: Final = ("entered", "decided", "roles")
"""Fields whose entries are put together one by one."""

_Part = tuple[str, Any]
_Parts = dict[_Part, Any]
_Sides = tuple[Draft, Draft, Draft]
"""As it was before, as edited here, as saved now; a stage has one number in all of them."""


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
    numbers, saved = _numbers(draft, theirs.stage_names), draft_of(theirs)
    sides = (
        _renumbered(_with_roles(draft_of(before)), numbers),
        _renumbered(_with_roles(draft), numbers),
        _with_roles(saved),
    )
    begun, mine, other = (_parts(one, _shared(sides)) for one in sides)
    contested = _contested(sides, begun, mine, other)
    of_contested = {part for part, held in begun.items() if _stage_of(part, held) in contested}
    # What they removed and was changed here stays, with all that was of it.
    other |= {part: begun[part] for part in of_contested - other.keys()}
    wanted = _named_apart(_of_parts(together(begun, mine, other), sides))
    by_name = replace(wanted, roles=None)
    if draft.roles is None and saved.roles is None and _with_roles(by_name).roles == wanted.roles:
        wanted = by_name
    is_nothing_left = bool(draft.stages) and not wanted.stages
    both = [_REMOVED] if contested or is_nothing_left else []
    both += [_WORDS[field] for field, _ in both_changed(begun, mine, other)]
    next_number = max([saved.next_number, *(number + 1 for number in numbers.values())])
    return replace(wanted, next_number=next_number), both


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


def _named_apart(draft: Draft) -> Draft:
    """Return the draft with another name for what was added here and there, and named nowhere."""
    saved = set(draft.begun_from.stage_names)
    for one in draft.stages:
        is_unnamed = one.name.rstrip(" 0123456789") == NEW_STAGE
        if is_unnamed and one.name in saved and one.number >= len(saved):
            name = new_name(other.name for other in draft.stages)
            draft = draft.with_stage(replace(one, name=name))
    return draft


def _with_roles(draft: Draft) -> Draft:
    """Return the draft with the part that each stage plays named."""
    played = {one.number: draft.role_of(one) for one in draft.stages}
    return replace(draft, roles={number: role for number, role in played.items() if role})


def _renumbered(draft: Draft, numbers: Mapping[int, int]) -> Draft:
    return replace(
        draft,
        stages=tuple(replace(one, number=numbers[one.number]) for one in draft.stages),
        entered={name: numbers[held] for name, held in draft.entered.items()},
        roles={numbers[held]: role for held, role in (draft.roles or {}).items()},
    )


def _shared(sides: _Sides) -> set[int]:
    """Return the stages that were there, and still are on both sides."""
    return set.intersection(*({one.number for one in side.stages} for side in sides))


def _parts(draft: Draft, shared: set[int]) -> _Parts:
    """Return all that can be edited: each stage and each touchpoint, the order of shared stages."""
    numbers = tuple(one.number for one in draft.stages)
    parts: _Parts = {("order", None): tuple(one for one in numbers if one in shared)}
    parts |= {("stages", one.number): one for one in draft.stages}
    for field in fields(draft):
        held = getattr(draft, field.name)
        if field.name in _BY_ENTRY:
            parts |= {(field.name, name): value for name, value in held.items()}
        elif field.name in _WORDS and field.name != "stages":
            parts[field.name, None] = held
    return parts


def _stage_of(part: _Part, held: Any) -> int | None:
    """Return the stage that a part is of: itself, what it plays, a touchpoint that enters it."""
    field, name = part
    if field == "entered":
        return held
    return name if field in ("stages", "roles") else None


def _contested(sides: _Sides, begun: _Parts, mine: _Parts, other: _Parts) -> set[int]:
    """Return stages that one side removed while the other changed them or put something in."""
    changed = {
        _stage_of(part, held)
        for side in (mine, other)
        for part, held in side.items()
        if begun.get(part) != held
    }
    return {one.number for one in sides[0].stages if one.number in changed} - _shared(sides)


def _order(parts: _Parts, sides: _Sides) -> list[int]:
    """Return all stages in order: those of one side alone come after what they followed there."""
    order = list(parts["order", None])
    _, mine, saved = sides
    for side in (saved, mine):
        numbers = [one.number for one in side.stages if ("stages", one.number) in parts]
        for place, number in enumerate(numbers):
            if number not in order:
                before = (order.index(one) for one in numbers[:place])
                order.insert(max(before, default=-1) + 1, number)
    return order


def _of_parts(parts: _Parts, sides: _Sides) -> Draft:
    """Return the draft of these parts, begun from what is saved now."""
    _, mine, saved = sides
    entries = {
        one: {name: held for (field, name), held in parts.items() if field == one}
        for one in _BY_ENTRY
    }
    whole = {
        field: held
        for (field, name), held in parts.items()
        if name is None and field not in ("order", *_BY_ENTRY)
    }
    order = _order(parts, sides)
    # What they put into a stage that was removed here stays where it is here.
    entered = {
        name: number if number in order else mine.entered.get(name)
        for name, number in entries["entered"].items()
    }
    entries["entered"] = {name: number for name, number in entered.items() if number in order}
    entries["roles"] = {
        number: role for number, role in entries["roles"].items() if number in order
    }
    return replace(
        saved, stages=tuple(parts["stages", number] for number in order), **entries, **whole
    )
