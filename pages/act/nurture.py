"""What nurtures leads, what it costs, and where they leave."""

import streamlit as st

from journey.ui.act.nurture_views import (
    headline,
    show_comparison,
    show_content,
    show_months,
    show_programmes,
    show_scores,
    show_triggers,
)
from journey.ui.guards import plain_errors, require_view
from journey.ui.views import pick_view

VIEWS = {
    "By month": show_months,
    "Scores of new leads": show_scores,
    "Programmes": show_programmes,
    "Triggers": show_triggers,
    "Content": show_content,
    "Nurtured or not": show_comparison,
}

view = require_view()
with plain_errors():
    st.title(headline(view))
chosen = pick_view(VIEWS, key="nurture-view")
with plain_errors():
    VIEWS[chosen](view)
