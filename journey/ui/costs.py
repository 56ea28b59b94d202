"""What campaigns cost, as a table."""

import streamlit as st

from journey.analysis.spending.costs import BOTH, COSTS_ONLY, TOUCHPOINTS_ONLY, campaign_costs
from journey.log import TouchpointLog
from journey.ui.cache import cached
from journey.ui.tables import show_table
from journey.ui.text import counted


def show_costs(log: TouchpointLog) -> None:
    """Show costs by campaign and month beside touchpoints, and which campaigns have only one."""
    if log.costs.empty:
        st.caption("No costs were imported. Add an export of an ad platform's costs to see them.")
        return
    frame = cached(campaign_costs)(log)
    n_of = frame.groupby("found_in")["campaign"].nunique(dropna=False)
    said = (
        (BOTH, "with costs and touchpoints"),
        (COSTS_ONLY, "with costs only"),
        (TOUCHPOINTS_ONLY, "with touchpoints only"),
    )
    parts = [f"{counted(int(n_of[key]), 'campaign')} {words}" for key, words in said if key in n_of]
    st.caption(f"{', '.join(parts)}. Currencies are never added up.")
    show_table(
        frame.round({"cost": 0}),
        key="costs:campaigns",
        file_name="campaign-costs",
        labels={"found_in": "Found in"},
        column_help={
            "n_journeys": "Journeys with a touchpoint of the campaign in that month.",
            "cost": "In the currency beside it.",
        },
    )
