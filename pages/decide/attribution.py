"""Which channels, campaigns and contents get credit for the wins, by seven models side by side."""

import streamlit as st

import journey
from journey.ui.cache import cached
from journey.ui.decide.attribution import (
    MEASURES,
    headline,
    open_wins,
    pick_model,
    show_credit,
    show_models,
    units,
)
from journey.ui.decide.attribution_spend import show_spend
from journey.ui.explore.headlines import outcome_counts
from journey.ui.guards import plain_errors, require_view
from journey.ui.navigation import ATTRIBUTION, CHANNELS, DEFINITIONS, page_link, page_name


def nothing_won(view: journey.TouchpointLog) -> None:
    """Say why there is no credit to share out, and what to do."""
    with st.container(border=True):
        if view.definitions.won:
            st.markdown("## No journey in view is won")
            st.markdown("Credit is shared out for wins. Widen the filters, or check the rule.")
            page_link(DEFINITIONS, "See the winning rule")
        else:
            st.markdown("## Nothing counts as a win yet")
            st.markdown("Say which touchpoint is a win, such as a deal closed or a first purchase.")
            page_link(DEFINITIONS, "Give a winning rule")


view = require_view()
title = st.empty()
title.title(page_name(ATTRIBUTION))
if not outcome_counts(view)["won"]:
    nothing_won(view)
    st.stop()
found = units(view)
left, middle, right = st.columns([2, 1, 1], vertical_alignment="bottom")
with left:
    by = st.selectbox(
        "Credit goes to",
        list(found),
        format_func=found.__getitem__,
        key="credit_to",
        bind="query-params",
    )
with middle:
    measure = st.segmented_control(
        "Counted in",
        list(MEASURES),
        default="Wins",
        required=True,
        key="credit-measure",
        bind="query-params",
    )
with right:
    half_life = st.number_input(
        "Half-life, days",
        min_value=0.5,
        max_value=365.0,
        value=7.0,
        step=1.0,
        format="%g",
        key="half-life",
        bind="query-params",
        help="Time decay: a touch so many days before the last one counts half of it.",
    )
if "channel" not in found:
    with st.container(border=True):
        st.markdown("**This data set has no channels**, so credit goes to what it has.")
        page_link(CHANNELS, "Say which source is which channel")
with plain_errors():
    frame = cached(journey.attribute)(view, by=by, half_life_days=half_life)
    title.title(headline(frame, MEASURES[measure]))
    show_models(view, by, MEASURES[measure], half_life)
    open_wins(view, by, MEASURES[measure], half_life)
    st.markdown("## Credit and intervals")
    model = pick_model()
    show_credit(frame, by, model)
    st.markdown("## Return on spend")
    show_spend(view, by, model, half_life)
