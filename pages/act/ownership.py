"""Who owns which stage, what was promised at each handoff, and what waits for an answer."""

import streamlit as st

import journey
from journey.ui.act.ownership import headline, show_levels, show_matrix, show_waiting
from journey.ui.act.ownership_forms import show_department_form, show_stage_form
from journey.ui.act.ownership_strays import show_strays
from journey.ui.cache import cached
from journey.ui.guards import plain_errors, require_log, require_view
from journey.ui.views import pick_view

VIEWS = {
    "Who does what": show_matrix,
    "Promises": show_levels,
    "Waiting now": show_waiting,
}
EDIT = "Edit"

view = require_view()
with plain_errors():
    st.title(headline(cached(journey.service_levels)(view)))
    show_strays(view)
    chosen = pick_view([*VIEWS, EDIT], key="ownership-view")
    if chosen == EDIT:
        log = require_log()
        show_stage_form(log)
        show_department_form(log)
    else:
        VIEWS[chosen](view)
