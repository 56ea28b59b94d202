"""Who is who, and why."""

import streamlit as st

from journey.ui.data.identities import current_folder, has_identity, show_audit, show_more
from journey.ui.data.identities_lookup import show_lookup, show_warnings
from journey.ui.data.identities_rules import (
    current_rules,
    show_cuts,
    show_effect,
    show_limits,
    show_switches,
)
from journey.ui.data.rebuilding import follow_rebuild
from journey.ui.guards import plain_errors, require_log


def nothing_joined() -> None:
    """Say why there is nothing to explain."""
    with st.container(border=True):
        st.markdown("## Nothing had to be joined")
        st.markdown("Every row names its account, so there is nothing to find out.")


st.title("Who is who")
if not follow_rebuild():
    log = require_log()
    folder = current_folder()
    with plain_errors():
        show_audit(log, key="identities:audit")
        if not has_identity(folder):
            nothing_joined()
            st.stop()
        rules = current_rules(log)
        st.header("What the joins make known")
        show_effect(log, folder, rules)
        left, right = st.columns([1, 2], gap="medium")
        with left:
            st.header("Joins that are followed")
            show_switches(log, folder, rules)
            show_cuts(rules)
        with right:
            st.header("Joins that would say too much")
            show_warnings(log, folder)
        st.header("Why are these one?")
        show_lookup(log, folder, rules)
        st.header("More")
        if show_more(log, folder, rules) == "Limits":
            show_limits(rules)
