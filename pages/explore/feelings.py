"""Where people feel good or bad, by what the log says of it."""

import streamlit as st

import journey
from journey.ui.cache import cached
from journey.ui.explore.feelings import (
    headline,
    show_outcomes,
    show_sources,
    show_stages,
    show_touchpoints,
)
from journey.ui.guards import plain_errors, require_view
from journey.ui.navigation import COLUMNS, JOURNEY_MAP, page_link
from journey.ui.views import pick_view

VIEWS = {"Touchpoints": show_touchpoints, "Stages": show_stages, "Outcomes": show_outcomes}

view = require_view()
with plain_errors():
    st.title(headline(view))
    if cached(journey.feelings)(view, by=("stage",)).empty:
        with st.container(border=True):
            st.markdown("## No touchpoint in view has a score")
            st.markdown(
                "Give a column of sentiment or of survey answers the role *sentiment*. It is read "
                "as a number, in whatever unit it has. Or give a column of free text the role "
                "*comment*: English texts are read word by word at the next import."
            )
            page_link(COLUMNS, "Say what each column means")
        st.stop()
    chosen = pick_view(VIEWS, key="feelings-view")
    VIEWS[chosen](view)
    show_sources(view)
    page_link(JOURNEY_MAP, "See it as a lane under the map")
