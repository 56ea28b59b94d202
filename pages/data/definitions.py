"""What stages, wins and losses are."""

import streamlit as st

from journey.ui.data.definition_forms import (
    current_draft,
    rebuild_if_saved,
    show_effect,
    show_file,
    show_rules,
    show_stages,
)
from journey.ui.data.definition_tables import show_parts, show_types
from journey.ui.data.rebuilding import follow_rebuild
from journey.ui.definition_warnings import warn_of_gaps
from journey.ui.guards import plain_errors, require_log

st.title("Definitions")
if not follow_rebuild():
    log = require_log()
    with plain_errors():
        rebuild_if_saved(log)
        draft = current_draft(log)
        if not log.definitions.won:
            st.warning(
                "Nothing counts as a win yet, so nothing can be said of winning. "
                "Choose the touchpoint that wins a journey under 'Decides'.",
                icon=":material/trophy:",
            )
        warn_of_gaps(log)
        show_effect(log, draft)
        left, right = st.columns([4, 7], gap="medium")
        with left:
            st.header("Stages, in order")
            show_stages(log, draft)
            st.header(
                "Parts of the lifecycle",
                help="Which stage attracts, captures, nurtures, converts and expands, whatever it "
                "is called. Lifecycle and Nurture count by these.",
            )
            show_parts(draft)
            st.header("Silence and people")
            show_rules(log, draft)
            st.header("As a file")
            show_file(log)
        with right:
            st.header(
                "What each touchpoint means", help="To change a cell, double-click or press Enter."
            )
            show_types(log, draft)
