"""The shell around every page: data set, menu and filters; then the page itself."""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager

from journey.ui import state
from journey.ui.guards import plain_errors, report_error, require_log
from journey.ui.navigation import PageEntry, navigation
from journey.ui.reader import write_for_reader
from journey.ui.saved_views import filters_and_views
from journey.ui.sending import send_at_once
from journey.ui.style import ICON, apply_style
from journey.ui.text import markdown
from journey.ui.tidy_up import tidied_up
from journey.ui.warm_up import warm_up_in_background

PICKER = "shell:dataset"


@tidied_up
def shell() -> None:
    """Draw what all pages share, then run the page that the address asks for."""
    st.set_page_config("Portolan", ICON, layout="wide")
    apply_style()
    write_for_reader()
    state.read_address()
    st.sidebar.markdown("## :material/sailing: Portolan")
    pick_dataset()
    state.write_address()
    entry, page = navigation()
    if entry.has_filters and state.current_dataset() is not None:
        fit_filters(entry)
    if notes := state.take_notes():
        st.info("  \n".join(map(markdown, notes)), icon=":material/info:")
    page.run()


def pick_dataset() -> None:
    """Let the user choose among the stored data sets; the first is chosen to begin with."""
    datasets, wanted = state.dataset_names(), state.current_dataset()
    if wanted not in datasets:
        shown = datasets[0] if datasets else None
        if wanted is not None:
            state.add_note(f"There is no data set '{wanted}' here. Shown is {shown or 'none'}.")
        state.set_dataset(shown)
    if datasets:
        st.session_state[PICKER] = state.current_dataset()
        st.sidebar.selectbox("Data set", datasets, key=PICKER, on_change=switch_dataset)


def switch_dataset() -> None:
    """Change to the data set that was picked."""
    state.set_dataset(st.session_state[PICKER])


def fit_filters(entry: PageEntry) -> None:
    """Show filters and saved views, first dropping what the data set doesn't have."""
    with plain_errors():
        log = require_log()
        fitted, notes = state.fitting(log, state.current_filters())
        if notes:
            for note in notes:
                state.add_note(note)
            state.set_filters(fitted)
            st.rerun()
        filters_and_views(log, entry)


if __name__ == "__main__":
    shell()
else:
    # Imported once by the server. A folder named 'pages' is Streamlit's older way of navigation.
    PagesManager.uses_pages_directory = False
    send_at_once()
    server = st.App(__file__, on_script_error=report_error)
    warm_up_in_background()
