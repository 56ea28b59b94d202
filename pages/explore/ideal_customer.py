"""Who fits: what won accounts have in common, whom to avoid, and whether we sell to them."""

import streamlit as st

from journey.ui.explore.headlines import outcome_counts
from journey.ui.explore.ideal_customer import (
    has_attributes,
    headline,
    pick_line,
    show_fit,
    show_profile,
    show_traits,
)
from journey.ui.guards import plain_errors, require_view
from journey.ui.navigation import DEFINITIONS, IDEAL_CUSTOMER, UPLOAD, page_link, page_name
from journey.ui.views import pick_view

VIEWS = {"Profile": show_profile, "Traits": show_traits, "Are we selling to it?": show_fit}

view = require_view()
title = st.empty()
title.title(page_name(IDEAL_CUSTOMER))
if not has_attributes(view):
    with st.container(border=True):
        st.markdown("## Nothing is known of accounts or people")
        st.markdown("Add a file with attributes, such as industry and size, or age and region.")
        page_link(UPLOAD, "Upload data")
    st.stop()
if not outcome_counts(view)["won"]:
    with st.container(border=True):
        st.markdown("## No journey in view is won")
        st.markdown("A profile is what won journeys share. Widen the filters, or say what wins.")
        page_link(DEFINITIONS, "Give a winning rule")
    st.stop()
view, line = pick_line(view)
with plain_errors():
    title.title(headline(view, line))
shown = pick_view(VIEWS, key="profile-view")
with plain_errors():
    VIEWS[shown](view)
