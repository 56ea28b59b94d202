"""Two segments, or two periods, on one picture: what is more often in which."""

import streamlit as st

from journey.ui.explore.compare import (
    headline,
    nobody_in,
    pick_periods,
    pick_segments,
    show_map,
    show_stages,
    show_steps,
)
from journey.ui.guards import plain_errors, require_view
from journey.ui.navigation import COMPARE, page_name

VIEWS = {"Stages": show_stages, "Map": show_map, "Step by step": show_steps}
GROUPS = {"Two segments": pick_segments, "Two periods": pick_periods}

view = require_view()
title = st.empty()
title.title(page_name(COMPARE))
left, right = st.columns([1, 1])
with left:
    groups = st.segmented_control(
        "Compare",
        list(GROUPS),
        default="Two segments",
        required=True,
        key="compare-groups",
        bind="query-params",
    )
with right:
    shown = st.segmented_control(
        "View",
        list(VIEWS),
        default="Stages",
        required=True,
        key="compare-view",
        bind="query-params",
    )
with plain_errors():
    pair = GROUPS[groups](view)
    if pair is None:
        st.stop()
    if nobody := nobody_in(pair):
        st.info(nobody, icon=":material/info:")
        st.stop()
    title.title(headline(pair))
    VIEWS[shown](pair)
