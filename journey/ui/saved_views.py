"""Views kept by name: a page with its filters and settings, one click away on every page."""

from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from journey.errors import JourneyError, StoreError
from journey.kept import SavedView, load_views, remove_view, save_view
from journey.log import TouchpointLog
from journey.ui.filters import filter_bar
from journey.ui.navigation import ROOT, PageEntry, existing_pages
from journey.ui.state import DATA_PARAMETER, add_note, current_dataset
from journey.ui.text import markdown
from journey.workspace import workspace_root

NAME: Final = "views:name"
OPENED: Final = "saved-view"
KEPT: Final = (
    "Keeps the page, its filters and what is chosen among its views and settings, in place of a "
    "view of that name. Which marks, rows, lists and journeys are open is not kept."
)


def filters_and_views(log: TouchpointLog, entry: PageEntry) -> None:
    """Show the filters of the session above a page, and beside them the saved views.

    Parameters
    ----------
    log
        The whole data set.
    entry
        The page that is shown.
    """
    if OPENED in st.query_params:
        del st.query_params[OPENED]
        _settings_from_address()
    with st.container(horizontal=True, vertical_alignment="top", gap="small"):
        filter_bar(log)
        _views_menu(entry)


def _settings_from_address() -> None:
    """Let all widgets of this run take their values from the address, those it lacks their first.

    A link to the page one is on leaves its widgets as they are; back in the browser does this.
    """
    run = get_script_run_ctx()
    if run is not None:
        run.is_history_navigation = True


def _views_menu(entry: PageEntry) -> None:
    """Offer the saved views of the data set, and to keep what is on the screen as one."""
    menu = st.popover("Views", icon=":material/bookmark:", key="views:opened", on_change="rerun")
    if not menu.open:
        return
    with menu:
        for name, view in _views_here().items():
            _show_view(name, view)
        with st.form("views:form", border=False):
            st.text_input(
                "Name of this view", key=NAME, max_chars=80, placeholder=f"{entry.title} on Mondays"
            )
            st.form_submit_button(
                "Save this view",
                icon=":material/save:",
                on_click=_save,
                args=(entry.url_path,),
                help=KEPT,
            )


def _show_view(name: str, view: SavedView) -> None:
    """Show the link to a view, and the way to remove it."""
    entry = next((one for one in existing_pages() if one.url_path == view.page), None)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if entry is None:
            st.caption(f"{markdown(name)}: its page is gone")
        else:
            query = view.query | {DATA_PARAMETER: str(current_dataset()), OPENED: name}
            label = f"{markdown(name)} :gray[{entry.title}]"
            st.page_link(ROOT / entry.path, label=label, query_params=query, width="stretch")
        st.button(
            "Remove",
            key=f"views:remove:{name}",
            type="tertiary",
            help=f"Remove the view {markdown(name)}",
            on_click=_remove,
            args=(name,),
        )


def _views_here() -> dict[str, SavedView]:
    """Return the saved views of the data set; where they can't be read, say so and go on."""
    try:
        return load_views(workspace_root(), str(current_dataset()))
    except StoreError as problem:
        st.warning(markdown(problem))
        return {}


def _save(page: str) -> None:
    name = st.session_state[NAME].strip()
    query = {one: st.query_params.get_all(one) for one in st.query_params if one != DATA_PARAMETER}
    try:
        save_view(workspace_root(), str(current_dataset()), name, SavedView(page, query))
    except (JourneyError, OSError) as problem:
        add_note(f"Not saved. {problem}")
    else:
        st.session_state[NAME] = ""


def _remove(name: str) -> None:
    try:
        remove_view(workspace_root(), str(current_dataset()), name)
    except (JourneyError, OSError) as problem:
        add_note(f"Not removed. {problem}")
