"""The way to a data set on a cluster."""

from pathlib import Path

import streamlit as st

import journey
from journey.ui.clusters import (
    CLUSTERS_VARIABLE,
    allowed_clusters,
    checked_address,
    keep_address,
)
from journey.ui.guards import plain_errors
from journey.ui.intake import proposed_name
from journey.ui.state import set_dataset
from journey.workspace import workspace_root


def choose_on_cluster() -> None:
    """Offer to open a data set on a cluster."""
    with st.expander("A data set on a Spark cluster", icon=":material/hub:"):
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
