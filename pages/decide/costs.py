"""What a lead, an MQL, an SQL and a customer cost, beside what they are worth."""

import streamlit as st

from journey.ui.costs import show_costs
from journey.ui.decide.cost_views import enter_costs, show_by_channel, show_by_month, show_totals
from journey.ui.guards import plain_errors, require_view
from journey.ui.navigation import UPLOAD, page_link

VIEWS = {"By month": show_by_month, "By channel": show_by_channel, "Campaigns": show_costs}
ENTER = "Enter costs"

view = require_view()
with plain_errors():
    show_totals(view)
    chosen = st.segmented_control(
        "View", [*VIEWS, ENTER], default="By month", required=True, label_visibility="collapsed"
    )
    if chosen == ENTER:
        enter_costs()
        page_link(UPLOAD, "Or upload a file: month, kind, channel, campaign, cost, currency")
    else:
        VIEWS[chosen](view)
