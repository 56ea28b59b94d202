"""Start here, end here, exclude, group: what a click on a picture does to the shared filters."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import streamlit as st

from journey.ui.state import Filters, current_filters, set_filters
from journey.ui.text import markdown

MAX_GROUP_NAME: Final = 60


def started_at(filters: Filters, touchpoint: str) -> Filters:
    """Return filters that cut each journey to begin at its first such touchpoint."""
    return replace(filters, start=touchpoint)


def ended_at(filters: Filters, touchpoint: str) -> Filters:
    """Return filters that cut each journey to end at its last such touchpoint."""
    return replace(filters, end=touchpoint)


def left_out(filters: Filters, touchpoint: str) -> Filters:
    """Return filters without a type or group; no journey is cut at what is gone."""
    return replace(
        filters.excluding(touchpoint),
        start=None if filters.start == touchpoint else filters.start,
        end=None if filters.end == touchpoint else filters.end,
    )


def grouped(filters: Filters, name: str, touchpoints: Sequence[str]) -> Filters:
    """Return filters that call several types by one name.

    Groups among them give their members; journeys that were cut at one of them are cut at the
    group.

    Examples
    --------
    >>> grouped(Filters(start="Ad view"), "Ads", ["Ad click", "Ad view"]).start
    'Ads'
    """
    inside = dict(filters.groups)
    members = [one for given in touchpoints for one in inside.get(given, (given,))]
    renamed = {*touchpoints, *members}
    # A group that is taken up whole is gone; so is its name among the steps left out.
    rest = tuple(one for one in filters.excluded if one not in inside or one not in touchpoints)
    return replace(
        filters.grouping(name, members),
        excluded=rest,
        start=name if filters.start in renamed else filters.start,
        end=name if filters.end in renamed else filters.end,
    )


def step_actions(touchpoint: str, others: Sequence[str], *, key: str) -> None:
    """Show what can be done with a touchpoint type: for fragments, the whole page runs again.

    Parameters
    ----------
    touchpoint
        A type or group in view.
    others
        All types and groups in view, to group it with.
    key
        Unique on the page.
    """
    filters = current_filters()
    choices = (
        ("Start here", ":material/first_page:", started_at(filters, touchpoint)),
        ("End here", ":material/last_page:", ended_at(filters, touchpoint)),
        ("Exclude", ":material/visibility_off:", left_out(filters, touchpoint)),
    )
    helps = (
        "Cut every journey to begin at its first of these",
        "Cut every journey to end at its last of these",
        "Take these touchpoints out; their neighbours become neighbours",
    )
    for (words, icon, wanted), meaning in zip(choices, helps, strict=True):
        if st.button(words, key=f"{key}:{words}", icon=icon, help=meaning):
            _apply(wanted)
    with st.popover("Group with…", icon=":material/join:", key=f"{key}:group"):
        _group_form(touchpoint, others, key)


def _group_form(touchpoint: str, others: Sequence[str], key: str) -> None:
    """Ask which types to call by one name, and which name."""
    filters = current_filters()
    with st.form(f"{key}:form", border=False):
        # The options aren't Markdown, the labels are.
        chosen = st.multiselect(
            f"Group {markdown(touchpoint)} with",
            [name for name in others if name != touchpoint],
            key=f"{key}:members",
        )
        is_group = touchpoint in dict(filters.groups)
        name = st.text_input(
            "Call them",
            touchpoint if is_group else "",
            key=f"{key}:name",
            max_chars=MAX_GROUP_NAME,
            placeholder="Name of the group",
        )
        if not st.form_submit_button("Group", type="primary"):
            return
    if not chosen or not name.strip():
        st.warning("Choose at least one other step and give a name.")
        return
    _apply(grouped(filters, name.strip(), [touchpoint, *chosen]))


def _apply(filters: Filters) -> None:
    set_filters(filters)
    st.rerun()
