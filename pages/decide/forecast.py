"""What will be won in the next weeks, what it is worth, and how good past forecasts were."""

import streamlit as st

import journey
from journey.ui.cache import cached
from journey.ui.decide.forecast import (
    MEASURES,
    WEEKS,
    explain,
    has_value,
    headline,
    show_backtest,
    show_figures,
    show_stages,
    show_weeks,
)
from journey.ui.definition_warnings import has_win_rule
from journey.ui.guards import plain_errors, require_view
from journey.ui.navigation import DEFINITIONS, FORECAST, page_link, page_name

view = require_view()
title = st.empty()
title.title(page_name(FORECAST))
if not has_win_rule(view):
    with st.container(border=True):
        st.markdown("## Nothing counts as a win yet")
        st.markdown("Say which touchpoint is a win, such as a deal closed or a first purchase.")
        page_link(DEFINITIONS, "Give a winning rule")
    st.stop()
left, right = st.columns([2, 3], vertical_alignment="bottom")
with left:
    weeks = st.segmented_control(
        "Weeks ahead", WEEKS, default=13, required=True, key="forecast-weeks", bind="query-params"
    )
with plain_errors():
    frame = cached(journey.forecast_wins)(view, weeks=weeks)
title.title(headline(frame))
if frame["expected_wins"].isna().any():
    with st.container(border=True):
        st.markdown("## Nothing was won yet")
        st.markdown("A forecast learns from journeys that were won; the log has none.")
        page_link(DEFINITIONS, "Check the winning rule")
    st.stop()
with right:
    measures = list(MEASURES) if has_value(frame) else ["Wins"]
    measure = st.segmented_control(
        "Counted in",
        measures,
        default="Wins",
        required=True,
        key="forecast-measure",
        bind="query-params",
    )
with plain_errors():
    show_figures(view, frame, weeks)
    show_weeks(frame, MEASURES[measure])
    st.markdown("## Where the wins come from")
    show_stages(view, frame, weeks)
    st.markdown("## How good past forecasts were")
    show_backtest(view, MEASURES[measure], weeks)
with st.expander("How these figures are made"):
    explain()
