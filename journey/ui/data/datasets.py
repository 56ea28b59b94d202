"""The stored data sets: what they hold, opened or removed from a list."""

import time
from typing import Final

import streamlit as st

from journey.errors import JourneyError
from journey.ui.cache import opened_log
from journey.ui.data.clusters import ADDRESS_FILE, is_on_cluster
from journey.ui.data.intake import ready_text
from journey.ui.navigation import JOURNEY_MAP, OVERVIEW, existing_pages, open_page
from journey.ui.state import current_dataset, set_dataset
from journey.ui.text import markdown
from journey.workspace import dataset_path, list_datasets, remove_dataset, workspace_root

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


def show_datasets() -> None:
    """List the stored data sets: size, span and age of each; open one or remove it."""
    for name in list_datasets(workspace_root()):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            with st.container(gap=None):
                now = " · chosen" if name == current_dataset() else ""
                st.markdown(f"**{markdown(name)}**{now}")
                st.caption(dataset_text(name))
            if st.button("Open", key=f"datasets:open:{name}", help=f"Open {markdown(name)}"):
                set_dataset(name)
                open_first_page()
            if st.button("Remove", key=f"datasets:remove:{name}", help=f"Remove {markdown(name)}"):
                _confirm_removal(name)


def dataset_text(name: str) -> str:
    """Return what a data set holds: touchpoints, journeys, span, when it was imported."""
    folder = dataset_path(workspace_root(), name)
    try:
        log = opened_log(folder)
        kept = ADDRESS_FILE if is_on_cluster(folder) else "store.json"
        written = (folder / kept).stat().st_mtime
    except (JourneyError, OSError) as problem:
        return f"It can't be read. {markdown(problem)}"
    span = f" · {log.first_at:%d %b %Y} to {log.last_at:%d %b %Y}" if log.first_at else ""
    size = ready_text(log.n_journeys, log.n_touchpoints)
    return f"{size}{span} · imported {age_text(time.time() - written)}"


def age_text(seconds: float) -> str:
    """Return how long ago something was.

    Examples
    --------
    >>> age_text(20), age_text(300), age_text(7200), age_text(90000), age_text(10**6)
    ('just now', '5 minutes ago', '2 hours ago', 'yesterday', '12 days ago')
    """
    if seconds < 2 * MINUTE:
        return "just now"
    if seconds < 2 * HOUR:
        return f"{seconds / MINUTE:.0f} minutes ago"
    if seconds < DAY:
        return f"{seconds / HOUR:.0f} hours ago"
    return "yesterday" if seconds < 2 * DAY else f"{seconds / DAY:.0f} days ago"


def open_first_page() -> None:
    """Go to the first page that shows the data set."""
    paths = [entry.path for entry in existing_pages()]
    open_page(next(path for path in (OVERVIEW, JOURNEY_MAP, *paths) if path in paths))


@st.dialog("Remove this data set?")
def _confirm_removal(name: str) -> None:
    st.markdown(
        f"**{markdown(name)}** with its definitions and saved views will be gone. "
        "The files it was made from are not here any more."
    )
    with st.container(horizontal=True):
        if st.button("Remove it", type="primary", icon=":material/delete:"):
            remove_dataset(workspace_root(), name)
            if name == current_dataset():
                set_dataset(None)
            st.rerun()
        if st.button("Keep it"):
            st.rerun()
