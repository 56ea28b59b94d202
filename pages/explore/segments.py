"""Which kinds of accounts and people win, and where the others drop off."""

import streamlit as st

from journey.ui.definition_warnings import has_win_rule
from journey.ui.explore.segment_views import (
    attributes,
    headline,
    is_of_account,
    show_outcomes,
    show_stages,
    show_win_rates,
)
from journey.ui.guards import require_view
from journey.ui.navigation import DEFINITIONS, SEGMENTS, UPLOAD, page_link, page_name
from journey.ui.views import pick_view

VIEWS = {"Win rate": show_win_rates, "Outcomes": show_outcomes, "Stages": show_stages}

view = require_view()
title = st.empty()
title.title(page_name(SEGMENTS))
found = attributes(view)
if not found:
    with st.container(border=True):
        st.markdown("## Nothing to divide journeys by")
        st.markdown("Add a file with attributes of accounts or people, such as industry or role.")
        page_link(UPLOAD, "Upload data")
    st.stop()
left, right = st.columns([1, 2], vertical_alignment="bottom")
with left:
    by = st.selectbox(
        "Divide journeys by",
        list(found),
        format_func=found.__getitem__,
        key="by",
        bind="query-params",
    )
title.title(headline(view, by))
with right:
    shown = pick_view(VIEWS, key="segments-view")
if not is_of_account(view, by):
    st.caption(
        "A journey counts in every segment that takes part in it, so segments can add up to more "
        "than all journeys."
    )
if not has_win_rule(view):
    st.caption("Nothing counts as a win yet.")
    page_link(DEFINITIONS, "Give a winning rule")
VIEWS[shown](view, by)
