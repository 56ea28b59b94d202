"""By which rules a source becomes a channel."""

import streamlit as st

from journey.ui.data.channel_forms import (
    current_folder,
    current_rules,
    show_apply,
    show_effect,
    show_form,
    show_rules,
)
from journey.ui.data.rebuilding import follow_rebuild
from journey.ui.guards import plain_errors, require_log

st.title("Channels")
if not follow_rebuild():
    log = require_log()
    with plain_errors():
        folder = current_folder()
        rules = current_rules(log)
        show_apply(log, folder, rules)
        left, right = st.columns(2, gap="medium")
        with left:
            st.header("Touchpoints by channel")
            show_effect(log, folder, rules)
        with right:
            st.header("Change a rule")
            show_form(rules)
        st.header("Rules, in order", help="The first rule that fits decides.")
        show_rules(rules)
