"""How far journeys come, where they drop off, how long it takes, and where they turn back."""

import streamlit as st

import journey
from journey.ui.cache import cached
from journey.ui.explore.stage_views import (
    show_back_moves,
    show_drop_offs,
    show_funnel,
    show_last_touches,
    show_times,
)
from journey.ui.findings import show_finding
from journey.ui.guards import require_view
from journey.ui.navigation import DEFINITIONS, STAGES, page_link
from journey.ui.views import pick_view

VIEWS = {
    "Funnel": show_funnel,
    "Drop-off": show_drop_offs,
    "Last touches": show_last_touches,
    "Time to next stage": show_times,
    "Back moves": show_back_moves,
}
view = require_view()
show_finding(view, STAGES)
if not any(cached(journey.stage_funnel)(view)["n_journeys"]):
    with st.container(border=True):
        st.markdown("## No journey has entered a stage")
        st.markdown("Say which touchpoints belong to which stage.")
        page_link(DEFINITIONS, "Define the stages")
    st.stop()
chosen = pick_view(VIEWS, key="stages-view")
VIEWS[chosen](view)
