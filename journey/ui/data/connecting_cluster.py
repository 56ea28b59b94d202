"""The way to a data set on a cluster."""

from pathlib import Path

import streamlit as st

import journey
from journey.runners.spark import split_address
from journey.ui.data.clusters import (
    CLUSTERS_VARIABLE,
    allowed_clusters,
    checked_address,
    folders_on_clusters,
    keep_address,
)
from journey.ui.data.far_imports import look_at_far
from journey.ui.data.intake import proposed_name, take_incoming
from journey.ui.guards import plain_errors
from journey.ui.navigation import COLUMNS, open_page
from journey.ui.state import set_dataset
from journey.workspace import workspace_root


def choose_on_cluster() -> None:
    """Offer to open a data set on a cluster."""
    with st.expander("Open a data set on a Spark cluster", icon=":material/hub:"):
        if not allowed_clusters():
            st.markdown(
                f"The administrator can allow clusters: set `{CLUSTERS_VARIABLE}` to addresses "
                "like `spark://host:7077` before the app is started. Then data sets that lie "
                "there are explored where they are."
            )
            return
        with st.form("connect:cluster", border=False):
            address = st.text_input(
                "Address of the data set",
                placeholder=f"{allowed_clusters()[0]}/path/to/data set",
                persist_state="session",
                key="connect:cluster:address",
            )
            if not st.form_submit_button("Open", icon=":material/hub:"):
                return
        with plain_errors():
            checked = checked_address(address)
            with st.spinner("Asking the cluster"):
                journey.open_log(checked)
            name = proposed_name(Path(checked).name)
            keep_address(checked, name, workspace_root())
        set_dataset(name)
        st.rerun()


def import_on_cluster() -> None:
    """Offer to have a cluster import files of its storage; their columns are shown first."""
    if not allowed_clusters():
        return
    with st.expander("Import files on a Spark cluster", icon=":material/sailing:"):
        folders = folders_on_clusters()
        if not folders:
            st.markdown(
                f"The administrator can allow it: add a folder to an address in "
                f"`{CLUSTERS_VARIABLE}`, like `spark://host:7077/data`."
            )
            return
        with st.form("connect:far", border=False):
            address = st.text_input(
                "Address of the new data set",
                placeholder=f"{folders[0]}/data set",
                persist_state="session",
                key="connect:far:address",
            )
            lines = st.text_area(
                "Files, folders or patterns with *, one a line, as the workers see them",
                placeholder=f"{split_address(folders[0])[1]}/exports/*.csv",
                persist_state="session",
                key="connect:far:files",
            )
            if not st.form_submit_button("Look at their columns", icon=":material/view_column:"):
                return
        paths = [line.strip() for line in lines.splitlines() if line.strip()]
        with plain_errors(), st.spinner("Asking the cluster"):
            incoming = look_at_far(checked_address(address), paths, workspace_root())
        take_incoming(incoming)
        open_page(COLUMNS)
