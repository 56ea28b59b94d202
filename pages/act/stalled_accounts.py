"""Which open accounts have gone silent, what is at risk, and what helped others."""

import pandas as pd
import streamlit as st

import journey
from journey import charts
from journey.ui.definition_warnings import has_win_rule
from journey.ui.guards import plain_errors, require_log, require_view
from journey.ui.navigation import ACCOUNT, DEFINITIONS, OVERVIEW, open_page, page_link
from journey.ui.plots import current_theme, show_plot
from journey.ui.stalled_list import (
    choose_stalled,
    explain,
    headline,
    show_details,
    show_pickers,
    stalled_frame,
    unranked_because,
)
from journey.ui.state import ACCOUNT_PARAMETER
from journey.ui.tables import has_choice


def nothing_stalled(view: journey.TouchpointLog) -> None:
    """Say that nobody is silent for too long, and how that is judged."""
    with st.container(border=True):
        st.markdown("**Every open journey was touched within the normal silence of its stage.**")
        page_link(OVERVIEW, ":blue[See how journeys stand] :material/arrow_forward:")
    with st.expander("How normal silence is measured"):
        explain(view)


def show_stakes(frame: pd.DataFrame) -> None:
    """Show where most is at risk, by owner and by stage; one bar alone would say nothing."""
    by = [name for name in ("owner", "stage") if len(frame[name].unique()) > 1]
    for place, column in zip(st.columns(max(len(by), 1)), by, strict=False):
        with place:
            chart = charts.plot_stalled_accounts(frame, by=column, theme=current_theme())
            show_plot(chart, key=f"risk:{column}", file_name=f"value at risk by {column}")


@st.fragment
def show_list(frame: pd.DataFrame, key: str) -> None:
    """Show the ranked list, and beside it the account that is chosen."""
    place, panel = st.columns([2, 1]) if has_choice(key) else (st.columns(1)[0], None)
    with place:
        row = choose_stalled(frame, key=key)
    if row is None or panel is None:
        st.caption("Choose a row for its details.")
        return
    with panel, st.container(border=True):
        show_details(frame.iloc[row])
        if st.button("Open the account", type="primary", icon=":material/apartment:"):
            account_id = str(frame["account_id"].iloc[row])
            open_page(ACCOUNT, **{ACCOUNT_PARAMETER: account_id})


view = require_view()
with plain_errors():
    frame = stalled_frame(view)
st.title(headline(frame, view.case))
with plain_errors():
    show_pickers(require_log())
if frame.empty:
    nothing_stalled(view)
    st.stop()
if reason := unranked_because(view, frame):
    st.info(reason, icon=":material/info:")
    if not has_win_rule(view):
        page_link(DEFINITIONS, ":blue[Give a winning rule] :material/arrow_forward:")
show_stakes(frame)
# A position in one list must never choose a row of another.
show_list(frame, key=f"stalled:{view.fingerprint}")
with st.expander("How these figures are made"):
    explain(view)
