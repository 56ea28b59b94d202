"""The form in which it is said who will not buy: competitors, students, job seekers."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import streamlit as st

from journey.errors import JourneyError
from journey.log import TouchpointLog
from journey.rules.not_buyers import NotBuyerRules
from journey.ui.meanwhile import both_changed, together, told
from journey.ui.saving import save_for_all_pages
from journey.ui.state import current_dataset
from journey.ui.text import markdown

_BEGUN: Final = "not-buyers:begun"
_ROUND: Final = "not-buyers:round"
_COMPETITORS, _SCHOOLS, _APPLICATIONS = "competitor_domains", "academic_domains", "applications"
_WORDS: Final = {
    _COMPETITORS: "competitors' domains",
    _SCHOOLS: "domains of schools",
    _APPLICATIONS: "touchpoints of job seekers",
}


@dataclass(frozen=True)
class _Begun:
    """What the form was filled with: the rules saved by then, with what was changed before.

    Parameters
    ----------
    number
        How many forms were begun before: its fields have a key of it.
    told
        What to tell of rules that others saved meanwhile.
    """

    dataset: str | None
    saved: NotBuyerRules
    shown: dict[str, Any]
    number: int
    told: str | None = None

    @property
    def key(self) -> str:
        return f"not-buyers:{self.number}"


def ask_not_buyers(log: TouchpointLog) -> NotBuyerRules:
    """Let the user change the rules; give them as proposed, those in force while they are wrong."""
    held, begun = log.definitions.not_buyers, _begun(log)
    if begun.told:
        st.warning(markdown(begun.told), icon=":material/group:")
    left, middle, right = st.columns(3)
    left.text_area(
        "Competitors' domains, one a line",
        "\n".join(begun.shown[_COMPETITORS]),
        placeholder="rival.com",
        help="Hosts below them count too.",
        key=f"{begun.key}:{_COMPETITORS}",
    )
    middle.text_area(
        "Domains of schools, one a line",
        "\n".join(begun.shown[_SCHOOLS]),
        help=".edu is any that ends so, \\* any one part.",
        key=f"{begun.key}:{_SCHOOLS}",
    )
    chosen = begun.shown[_APPLICATIONS] or ()
    right.multiselect(
        "Touchpoints that only job seekers have",
        list(dict.fromkeys((*chosen, *log.store.touchpoint_types))),
        default=list(chosen),
        placeholder="Those whose name says so",
        help="Who only ever looked at careers pages is one too.",
        key=f"{begun.key}:{_APPLICATIONS}",
    )
    try:
        wanted = NotBuyerRules(**_entered(begun))
    except JourneyError as problem:
        st.error(markdown(problem), icon=":material/error:")
        return held
    with right.container(horizontal=True, horizontal_alignment="right"):
        st.button(
            "Save rules",
            type="primary",
            icon=":material/save:",
            disabled=wanted == held,
            on_click=_save,
            args=(log, wanted),
        )
    return wanted


def _begun(log: TouchpointLog) -> _Begun:
    """Return what the form is of; what was changed in it stays when others save meanwhile."""
    saved = log.definitions.not_buyers
    begun: _Begun | None = st.session_state.get(_BEGUN)
    is_shown = begun is not None and f"{begun.key}:{_COMPETITORS}" in st.session_state
    if begun is None or not is_shown or begun.dataset != current_dataset():
        return _begin(saved, asdict(saved))
    if begun.saved == saved:
        return begun
    before, mine, theirs = asdict(begun.saved), _entered(begun), asdict(saved)
    shown = together(before, mine, theirs)
    both = (_WORDS[part] for part in both_changed(before, mine, theirs))
    return _begin(saved, shown, None if shown == theirs else told("rules", both))


def _begin(saved: NotBuyerRules, shown: dict[str, Any], words: str | None = None) -> _Begun:
    """Begin the form anew, so that all its fields show this."""
    number = st.session_state.get(_ROUND, 0) + 1
    begun = _Begun(current_dataset(), saved, shown, number, words)
    st.session_state[_ROUND], st.session_state[_BEGUN] = number, begun
    return begun


def _entered(begun: _Begun) -> dict[str, Any]:
    """Return what the fields say, be it wrong."""
    field = {part: st.session_state[f"{begun.key}:{part}"] for part in _WORDS}
    none_chosen = () if begun.shown[_APPLICATIONS] == () else None
    return {
        _COMPETITORS: tuple(field[_COMPETITORS].split()),
        _SCHOOLS: tuple(field[_SCHOOLS].split()),
        _APPLICATIONS: tuple(field[_APPLICATIONS]) or none_chosen,
    }


def _save(log: TouchpointLog, rules: NotBuyerRules) -> None:
    """Save the rules for all pages, and say so."""
    held = log.definitions
    if save_for_all_pages(replace(held, not_buyers=rules), instead_of=held):
        st.session_state.pop(_BEGUN, None)  # the form is what is saved: none to keep
