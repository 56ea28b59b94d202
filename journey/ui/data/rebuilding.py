"""Following a data set that is made anew by other rules."""

from typing import Final

import streamlit as st

from journey.definitions import Definitions
from journey.ui.data.imports import RebuildJob, close_import, current_import, start_rebuild
from journey.ui.guards import plain_errors
from journey.ui.state import add_note, current_dataset
from journey.ui.tasks import show_progress
from journey.ui.text import markdown
from journey.workspace import workspace_root

_MINE: Final = "rebuilding:job"


def make_anew(definitions: Definitions) -> None:
    """Begin to make the current data set by other rules; this session hears how it ends."""
    name = current_dataset()
    if name is None:
        return
    with plain_errors():
        st.session_state[_MINE] = start_rebuild(
            dataset=name, root=workspace_root(), definitions=definitions
        )
    st.rerun()


def follow_rebuild() -> bool:
    """Show the making anew that runs; return whether one does. Say how one of ours ended."""
    root = workspace_root()
    mine: RebuildJob | None = st.session_state.get(_MINE)
    running = current_import(root)
    job = mine if mine is not None else running
    if job is None:
        return False
    if job.state == "running":
        st.markdown(f"**Making {markdown(job.dataset)} anew**")
        show_progress(job, cancel="Cancel")
        return True
    if job is mine:
        del st.session_state[_MINE]
        close_import(root)
        if job.state == "done":
            add_note("Done. All pages use the new data.")
            st.rerun()
        elif job.state == "cancelled":
            st.info("Cancelled; the data set stays as it was.", icon=":material/info:")
        else:
            st.error(markdown(job.message), icon=":material/error:")
    return False
