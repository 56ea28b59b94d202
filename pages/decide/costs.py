"""What a lead, an MQL, an SQL and a customer cost, beside what they are worth."""

from journey.ui.costs import show_costs
from journey.ui.decide.cost_views import enter_costs, show_by_channel, show_by_month, show_totals
from journey.ui.guards import plain_errors, require_view
from journey.ui.navigation import UPLOAD, page_link
from journey.ui.views import pick_view

VIEWS = {"By month": show_by_month, "By channel": show_by_channel, "Campaigns": show_costs}
ENTER = "Enter costs"

view = require_view()
with plain_errors():
    show_totals(view)
    chosen = pick_view([*VIEWS, ENTER], key="costs-view")
    if chosen == ENTER:
        enter_costs()
        page_link(UPLOAD, "Or upload a file: month, kind, channel, campaign, cost, currency")
    else:
        VIEWS[chosen](view)
