"""Who starts, influences, signs and uses; with whom journeys win, and how many it takes."""

import streamlit as st

from journey.ui.definition_warnings import has_win_rule
from journey.ui.explore.personas import has_personas, show_cards, show_group, show_parts, show_wins
from journey.ui.findings import show_persona_finding
from journey.ui.guards import plain_errors, require_view
from journey.ui.navigation import COLUMNS, DEFINITIONS, PERSONAS, UPLOAD, page_link, page_name
from journey.ui.views import pick_view

VIEWS = {
    "Cards": show_cards,
    "With whom we win": show_wins,
    "Who plays which part": show_parts,
    "The group that wins": show_group,
}

view = require_view()
if not has_personas(view):
    st.title(page_name(PERSONAS))
    with st.container(border=True):
        st.markdown("## No roles of people are known")
        st.markdown("Add a file of contacts with a role or job title, keyed by e-mail or person.")
        with st.container(horizontal=True):
            page_link(UPLOAD, "Upload data")
            page_link(COLUMNS, "See what each column means")
    st.stop()
show_persona_finding(view)
if not has_win_rule(view):
    st.caption("Nothing counts as a win yet.")
    page_link(DEFINITIONS, "Give a winning rule")
shown = pick_view(VIEWS, key="personas-view")
with plain_errors():
    VIEWS[shown](view)
