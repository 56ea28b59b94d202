"""Journeys by month on the screen."""

from functools import partial

import plotly.graph_objects as go
import streamlit as st

from journey import charts
from journey.analysis.stages.members import begun_in, won_in
from journey.analysis.stages.months import months
from journey.charts.theme import Theme
from journey.log import TouchpointLog
from journey.ui.cache import cached
from journey.ui.counts import Count, count_row
from journey.ui.plots import current_theme, show_plot
from journey.ui.reader import fragment
from journey.ui.tables import show_table

LABELS = {"n_journeys_started": "Journeys begun", "n_won": "Journeys won"}


def show_months(view: TouchpointLog) -> None:
    """Show touchpoints, journeys begun and won by month, and open those of one month."""
    show_plot(cached(_chart)(view, theme=current_theme()), key="months", file_name="months")
    _open_month(view)


def _chart(view: TouchpointLog, *, theme: Theme) -> go.Figure:
    return charts.plot_months(cached(months)(view), theme=theme)


@fragment
def _open_month(view: TouchpointLog) -> None:
    """Let the user open a month, or take all as a table; a choice runs only this."""
    frame = cached(months)(view)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        month = st.selectbox("Month", frame["month"].tolist()[::-1], key="month", width=140)
        row = frame[frame["month"] == month].iloc[0]
        count_row(
            [
                Count(
                    "Begun",
                    int(row["n_journeys_started"]),
                    partial(begun_in, view, month),
                    f"Begun in {month}",
                ),
                Count("Won", int(row["n_won"]), partial(won_in, view, month), f"Won in {month}"),
            ],
            key=f"month:{month}",
        )
    if st.toggle("Months as table"):
        show_table(frame, key="months-table", file_name="months", labels=LABELS)
