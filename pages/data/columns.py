"""What each column means."""

import streamlit as st

from journey.ui.data.column_forms import (
    ask_rest,
    chosen_roles,
    look_at_columns,
    show_file,
)
from journey.ui.data.column_presets import confirmed_presets, remember_answers
from journey.ui.data.column_roles import ROLE_HELP, as_columns, lacks_touchpoints, missing
from journey.ui.data.imports import Incoming
from journey.ui.data.intake import (
    UNCLEAR,
    added_to,
    adds,
    ask_name,
    begin_import,
    current_incoming,
    follow_import,
)
from journey.ui.navigation import UPLOAD, page_link
from journey.ui.text import markdown


def no_files() -> None:
    """Say where to begin."""
    with st.container(border=True):
        st.markdown("## No files wait to be imported")
        st.markdown("Drop files first; here you then say what their columns mean.")
        page_link(UPLOAD, "Upload files")


def ask(incoming: Incoming) -> None:
    """Show what was found of each file, ask what is open, and import."""
    proposal = look_at_columns(incoming, added_to(incoming))
    roles = chosen_roles(proposal)
    needs = missing(roles, proposal)
    if not adds(incoming):
        needs += lacks_touchpoints(roles, proposal)
    told = st.session_state.get(UNCLEAR)
    if needs or told:
        st.warning("  \n".join(map(markdown, needs or [told])), icon=":material/help:")
    with st.container(border=True):
        options, is_answered = ask_rest(proposal, roles)
        columns = as_columns(roles, proposal)
        name = ask_name(incoming)
        ready = is_answered and not needs
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Import", type="primary", icon=":material/sailing:", disabled=not ready):
                remember_answers(proposal, options)
                options |= {"columns": columns} if columns else {}
                options["presets"] = confirmed_presets(proposal)
                begin_import(incoming, name, options)
            page_link(UPLOAD, "Back to the files")
            if not ready:
                st.caption("Answer what is open first.", width="content")
    st.markdown("To change a meaning, double-click it or press Enter on it.", help=ROLE_HELP)
    for place, file in enumerate(proposal["file"].unique()):
        show_file(file, proposal, roles, place=place)


st.title("What the columns mean")
if not follow_import():
    files = current_incoming()
    if files is None:
        no_files()
    else:
        ask(files)
