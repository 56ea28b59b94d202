"""Segments kept by name: listed, saved, used as a filter."""

from dataclasses import replace

import streamlit as st

from journey.analysis.profiles.criteria import Segment
from journey.errors import JourneyError, StoreError
from journey.kept import load_segments, save_segment
from journey.ui.state import current_dataset, current_filters, set_filters
from journey.ui.text import markdown
from journey.workspace import workspace_root


def segments_here() -> dict[str, Segment]:
    """Return the saved segments of the data set; where they can't be read, say so and go on."""
    dataset = current_dataset()
    if dataset is None:
        return {}
    try:
        return load_segments(workspace_root(), dataset)
    except StoreError as problem:
        st.warning(markdown(problem))
        return {}


def save_form(segment: Segment, *, key: str, name: str) -> None:
    """Offer to save criteria under a name, and to filter every page by them.

    Parameters
    ----------
    segment
        The criteria.
    key
        Unique on the page.
    name
        The name proposed.
    """
    with st.popover("Keep as segment", icon=":material/bookmark:"):
        st.session_state.setdefault(f"{key}:name", name)
        chosen = st.text_input("Name of the segment", key=f"{key}:name", max_chars=80)
        if chosen.strip() in segments_here():
            st.caption("Saving replaces the segment of that name.")
        if st.button("Save", key=f"{key}:save", icon=":material/save:"):
            _save(segment, chosen, use=False)
        if st.button("Save and filter all pages", key=f"{key}:use", icon=":material/filter_alt:"):
            _save(segment, chosen, use=True)


def _save(segment: Segment, name: str, *, use: bool) -> None:
    name = name.strip()
    try:
        save_segment(workspace_root(), current_dataset() or "", name, segment)
    except JourneyError as problem:
        st.error(markdown(problem), icon=":material/error:")
        return
    if use:
        set_filters(replace(current_filters(), segment=name))
        st.rerun()
    st.toast(f"Saved: {markdown(name)}", icon=":material/check:")
