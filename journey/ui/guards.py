"""What a page shows when it has nothing to show: no data, no match, an error."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from journey.errors import JourneyError
from journey.log import TouchpointLog
from journey.ui.cache import opened_log
from journey.ui.definition_warnings import warn_of_gaps
from journey.ui.filters import active_filters
from journey.ui.navigation import UPLOAD, page_link
from journey.ui.state import (
    NO_FILTERS,
    apply_filters,
    current_dataset,
    current_filters,
    set_filters,
)
from journey.ui.text import markdown
from journey.workspace import dataset_path, workspace_root


def current_log() -> TouchpointLog | None:
    """Return the whole data set of this session, none if none is chosen."""
    name = current_dataset()
    return None if name is None else opened_log(dataset_path(workspace_root(), name))


def require_log() -> TouchpointLog:
    """Return the whole data set; without one, say how to load one and end the page."""
    log = current_log()
    if log is None:
        with st.container(border=True):
            st.markdown("## Load data first")
            st.markdown("Drop an export of touchpoints; the journey map is a minute away.")
            page_link(UPLOAD, "Upload data")
        st.stop()
    return log


def require_view() -> TouchpointLog:
    """Return the data set as filtered; with no journey left, offer ways out and end the page."""
    log = require_log()
    with plain_errors():
        view = apply_filters(log, current_filters())
        if not view.n_journeys:
            _nothing_matches(log)
            st.stop()
        warn_of_gaps(log)
    return view


@contextmanager
def plain_errors() -> Iterator[None]:
    """Show an error of ours as its message, plainly, and end the page there."""
    try:
        yield
    except JourneyError as problem:
        st.error(markdown(problem), icon=":material/error:")
        st.stop()


def report_error(problem: Exception) -> bool:
    """Say that something failed without details of the machine; the log of the server has them."""
    if isinstance(problem, JourneyError):
        st.error(markdown(problem), icon=":material/error:")
    else:
        st.error(
            "This page failed; your data are unharmed. The reason stands in the server's log. "
            "Reload the page, or remove filters.",
            icon=":material/error:",
        )
    return True


def _nothing_matches(log: TouchpointLog) -> None:
    with st.container(border=True):
        st.markdown("## No journeys match")
        if not log.n_journeys:
            st.markdown("This data set has no journeys.")
            page_link(UPLOAD, "Upload other data")
            return
        st.markdown("Remove a filter:")
        with st.container(horizontal=True):
            for chip in active_filters(current_filters()):
                st.button(
                    markdown(chip.text),
                    key=f"empty:{chip.key}",
                    icon=":material/close:",
                    on_click=set_filters,
                    args=(chip.without,),
                )
            st.button(
                "Remove all",
                key="empty:all",
                type="primary",
                on_click=set_filters,
                args=(NO_FILTERS,),
            )
