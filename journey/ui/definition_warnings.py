"""A word on definitions that don't fit the data, on every page whose figures rest on them."""

from typing import Final

import streamlit as st

import journey
from journey.log import TouchpointLog
from journey.ui.cache import cached
from journey.ui.navigation import DEFINITIONS, LEAD_SCORES, OWNERSHIP, page_link
from journey.ui.text import counted, markdown

MOST_LINES: Final = 5
_OTHER_PARTS: Final = {"stage_roles", "scoring", "ownership"}
"""They name stages of the definitions, no values of the data."""

_ELSEWHERE: Final = {
    "ownership": (OWNERSHIP, "Move or remove the owners"),
    "scoring": (LEAD_SCORES, "Change the scoring rules"),
}
"""Parts of the definitions that are changed on pages of their own."""


def has_win_rule(log: TouchpointLog) -> bool:
    """Return whether any touchpoint of the data can win a journey."""
    return cached(_has_win_rule)(log)


def _has_win_rule(log: TouchpointLog) -> bool:
    gaps = cached(journey.definition_gaps)(log)
    missed = gaps.loc[gaps["rule"] == "won", "item"]
    return not set(log.definitions.won) <= set(missed)


def warn_of_gaps(log: TouchpointLog) -> None:
    """Name the items of the definitions that match nothing in the log; nothing if all do."""
    gaps = cached(journey.definition_gaps)(log)
    if gaps.empty:
        return
    name = "names" if len(gaps) == 1 else "name"
    what = _missing(set(gaps["rule"]))
    title = f"{counted(len(gaps), 'rule')} of the definitions {name} {what}"
    # Where every winning rule misses, nothing on the page that is said of winning holds.
    no_win = bool(log.definitions.won) and not has_win_rule(log)
    with st.expander(title, icon=":material/rule:", expanded=no_win):
        lines = [f"- {markdown(words)}" for words in gaps["warning"].head(MOST_LINES)]
        if len(gaps) > MOST_LINES:
            lines.append(f"- and {len(gaps) - MOST_LINES} more")
        st.markdown("\n".join(lines))
        parts = set(gaps["rule"])
        if parts - set(_ELSEWHERE):
            page_link(DEFINITIONS, "Change the definitions")
        for part, (page, words) in _ELSEWHERE.items():
            if part in parts:
                page_link(page, words)


def _missing(rules: set[str]) -> str:
    """What rules name in vain."""
    if not rules & _OTHER_PARTS:
        return "what these data don't have"
    return "what is not there" if rules - _OTHER_PARTS else "a stage that is gone"
