"""Whether leads are taken on in time, by whom, and why some come back."""

import streamlit as st

import journey
from journey.ui.act.handoffs import (
    headline,
    pick_handoff,
    show_by,
    show_counts,
    show_months,
    show_returned,
)
from journey.ui.cache import cached
from journey.ui.guards import plain_errors, require_view
from journey.ui.navigation import (
    DEFINITIONS,
    HANDOFFS,
    JOURNEY_MAP,
    OWNERSHIP,
    page_link,
    page_name,
)

view = require_view()
with plain_errors():
    frame = cached(journey.handoffs)(view)
title = st.empty()
if frame.empty or not frame["n_waits"].any():
    title.title(page_name(HANDOFFS))
    with st.container(border=True):
        st.markdown("## No lead is handed on in view")
        st.markdown(
            "A handoff needs two posts in the log, such as MQL and accepted by sales. Touchpoint "
            "types are known by their words; where these say nothing, choose what a type means: "
            "MQL, accepted, sent back, SQL, opportunity."
        )
        page_link(DEFINITIONS, "Say what types mean")
else:
    with plain_errors():
        place = pick_handoff(view)
        title.title(headline(frame.iloc[place]))
        show_counts(view, place)
        if frame["sla_hours"].isna().all():
            st.info("No answer was promised within a time, so none is late.")
            page_link(OWNERSHIP, "Say what is promised")
        shown = st.segmented_control(
            "Show",
            ["By owner", "By month"],
            default="By owner",
            required=True,
            key="handoffs-show",
            bind="query-params",
        )
        (show_by if shown == "By owner" else show_months)(view, place)
with plain_errors():
    st.header("Leads sent back" if len(frame) < 2 else "Leads sent back, from any handoff")  # noqa: PLR2004
    show_returned(view)
    page_link(JOURNEY_MAP, "See the moves back on the map")
