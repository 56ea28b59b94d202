"""Scoring rules in the making, until they are saved as a version or discarded."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, Final

import streamlit as st

from journey.errors import JourneyError
from journey.log import TouchpointLog
from journey.rules.score_rule import Rule
from journey.rules.scoring import ScoringRules, rules_in_force
from journey.ui.meanwhile import both_changed, together, told
from journey.ui.saving import save_for_all_pages
from journey.ui.state import add_note, current_dataset
from journey.ui.text import label

_DRAFT: Final = "scores:draft"
_SAVED: Final = "scores:saved"
_ROUND: Final = "scores:round"
_MEANWHILE: Final = "scores:meanwhile"


@dataclass(frozen=True)
class ScoreDraft:
    """Rules as they are changed; those removed keep their place until the draft is saved."""

    scoring: ScoringRules
    removed: frozenset[int] = frozenset()

    @property
    def wanted(self) -> ScoringRules:
        """Return the rules as they would be saved."""
        rules = self.scoring.rules
        kept = tuple(rule for place, rule in enumerate(rules) if place not in self.removed)
        return replace(self.scoring, rules=kept)

    def replacing(self, place: int, rule: Rule) -> "ScoreDraft":
        """Return the draft with another rule at a place."""
        rules = list(self.scoring.rules)
        rules[place] = rule
        return replace(self, scoring=replace(self.scoring, rules=tuple(rules)))

    def removing(self, place: int, *, is_removed: bool) -> "ScoreDraft":
        """Return the draft without the rule at a place, or with it again."""
        removed = self.removed | {place} if is_removed else self.removed - {place}
        return replace(self, removed=removed)

    def adding(self, rule: Rule) -> "ScoreDraft":
        """Return the draft with one more rule at the end."""
        return replace(self, scoring=replace(self.scoring, rules=(*self.scoring.rules, rule)))


def current_draft(log: TouchpointLog) -> ScoreDraft:
    """Return the draft of this session; what it changed stays when others save meanwhile."""
    name, saved = current_dataset(), saved_rules(log)
    held: tuple[str | None, ScoringRules] | None = st.session_state.get(_SAVED)
    if held == (name, saved):
        return st.session_state[_DRAFT]
    st.session_state[_SAVED] = name, saved
    mine = None if held is None or held[0] != name else draft_of_session().wanted
    if held is None or mine is None or mine in (held[1], saved):
        start_again(saved)
        return st.session_state[_DRAFT]
    begun, theirs = held[1], saved
    by_place = all(_are_in_place(begun.rules, one.rules) for one in (mine, theirs))
    parts = [_parts(one, by_place=by_place) for one in (begun, mine, theirs)]
    start_again(_of_parts(together(*parts)), note=st.session_state.get(note_key(), ""))
    st.session_state[_MEANWHILE] = told("scoring rules", map(_words_of, both_changed(*parts)))
    return st.session_state[_DRAFT]


def saved_meanwhile() -> str | None:
    """Return what to tell of rules that others saved while these were changed."""
    return st.session_state.get(_MEANWHILE)


def _are_in_place(before: Sequence[Rule], after: Sequence[Rule]) -> bool:
    """Return whether rules were at most changed: as many, none of them at another place.

    Examples
    --------
    >>> first, second = (Rule("fit", 5, attribute=name, at_least=1) for name in ("size", "age"))
    >>> _are_in_place([first, second], [first, replace(second, points=9)])
    True
    >>> _are_in_place([first, second], [second, replace(first, points=9)])
    False
    """
    return len(before) == len(after) and all(
        was == now or was not in after for was, now in zip(before, after, strict=True)
    )


def _parts(scoring: ScoringRules, *, by_place: bool) -> dict[str | int, Any]:
    """Return all that rules say, each rule by itself where all sides have them in place."""
    names = [one.name for one in fields(scoring) if not by_place or one.name != "rules"]
    rules = enumerate(scoring.rules) if by_place else ()
    return {name: getattr(scoring, name) for name in names} | dict(rules)


def _of_parts(parts: dict[str | int, Any]) -> ScoringRules:
    named = {name: held for name, held in parts.items() if isinstance(name, str)}
    rules = tuple(held for name, held in parts.items() if isinstance(name, int))
    return ScoringRules(**({"rules": rules} | named))


def _words_of(part: str | int) -> str:
    return f"rule {part + 1}" if isinstance(part, int) else label(part)


def saved_rules(log: TouchpointLog) -> ScoringRules:
    """Return the rules in force, those proposed among them."""
    return rules_in_force(log.definitions.scoring, log.definitions.stage_names)


def start_again(scoring: ScoringRules, note: str = "") -> None:
    """Take other rules, and a note for the version they would be; all widgets show them."""
    take(ScoreDraft(scoring))
    st.session_state[_ROUND] = current_round() + 1
    st.session_state[note_key()] = note
    st.session_state.pop(_MEANWHILE, None)


def take(draft: ScoreDraft) -> None:
    """Take a draft that widgets show already."""
    st.session_state[_DRAFT] = draft


def draft_of_session() -> ScoreDraft:
    """Return the draft as it stands, for callbacks."""
    return st.session_state[_DRAFT]


def current_round() -> int:
    """Return the number that keys of widgets carry, so that another draft shows in all."""
    return st.session_state.get(_ROUND, 0)


def note_key() -> str:
    """Return the key of the field for the note of the next version."""
    return f"scores:note:{current_round()}"


def save(log: TouchpointLog, wanted: ScoringRules, note: str) -> None:
    """Save the rules for all pages as the next version, with today's date."""
    try:
        agreed = saved_rules(log).followed_by(wanted, datetime.now(UTC).date(), note)
    except JourneyError as problem:
        add_note(f"Not saved. {problem}")
        return
    said = f"Saved as version {agreed.version}."
    held = log.definitions
    if save_for_all_pages(replace(held, scoring=agreed), instead_of=held, said=said):
        st.session_state.pop(_SAVED, None)  # the draft is what is saved: none to keep
