"""Who fits, who is ready, and how far the scores can be believed."""

import streamlit as st

from journey.ui.act.lead_scores import headline, show_leads, show_not_buyers
from journey.ui.act.score_evidence import show_drivers, show_model
from journey.ui.act.score_rules import show_rules
from journey.ui.guards import plain_errors, require_view
from journey.ui.views import pick_view

VIEWS = {
    "Leads": show_leads,
    "Rules": show_rules,
    "Model": show_model,
    "Drivers": show_drivers,
    "Not buyers": show_not_buyers,
}

view = require_view()
with plain_errors():
    st.title(headline(view))
shown = pick_view(VIEWS, key="scores-view")
with plain_errors():
    VIEWS[shown](view)
