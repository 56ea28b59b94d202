"""Bring in touchpoint data."""

import streamlit as st

from journey.ui.data.datasets import dataset_text, show_datasets
from journey.ui.data.imports import Incoming
from journey.ui.data.intake import (
    ADDED,
    IMPORTED,
    ask_name,
    begin_import,
    begin_sample,
    choose_files,
    current_incoming,
    drop_files,
    follow_import,
    has_sample,
    keep_lists,
    show_files,
)
from journey.ui.data.server_folders import choose_server_files
from journey.ui.navigation import (
    COLUMNS,
    JOURNEY_MAP,
    OVERVIEW,
    QUALITY,
    open_page,
    page_link,
)
from journey.ui.state import current_dataset
from journey.ui.text import markdown


def show_ready() -> None:
    """Say that an import is done and where to go from here."""
    name = st.session_state.get(IMPORTED)
    if name is None or name != current_dataset():
        return
    with st.container(border=True):
        st.markdown(f"## :material/check_circle: {markdown(name)} is ready")
        st.caption(dataset_text(name))
        for line in st.session_state.get(ADDED, "").splitlines():
            st.markdown(markdown(line))
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("See the journey map", type="primary", icon=":material/map:"):
                open_page(JOURNEY_MAP)
            page_link(OVERVIEW, "See the overview")
            page_link(QUALITY, "See what was done to every row")


def confirm(incoming: Incoming) -> None:
    """Show the files and let the user name the data set; check columns first, or import as is."""
    with st.container(border=True):
        if not incoming.files:
            keep_lists(incoming)
            show_files(incoming)
            return
        name = ask_name(incoming)
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button("Check columns", type="primary", icon=":material/view_column:"):
                open_page(COLUMNS)
            if st.button("Import as proposed", help="Import with the meanings found by itself"):
                begin_import(incoming, name, {})
            st.button("Remove all", type="tertiary", on_click=drop_files)
        with st.container(gap=None):
            show_files(incoming)


def offer_sample() -> None:
    """Offer the sample data to who has none of their own yet."""
    with st.container(border=True):
        st.markdown("**Only looking around?** A made-up company's two years of touchpoints.")
        if st.button("Use the sample data", icon=":material/sailing:"):
            begin_sample()


st.title("Upload touchpoints")
if not follow_import():
    show_ready()
    choose_files()
    choose_server_files()
    files = current_incoming()
    if files is not None:
        confirm(files)
    elif current_dataset() is None and has_sample():
        offer_sample()
if current_dataset() is not None:
    st.header("Data sets")
    show_datasets()
