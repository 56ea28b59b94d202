"""The five outcomes on the screen: one bar that adds up, each count opening into its journeys."""

from functools import partial
from typing import Final

import plotly.graph_objects as go
import streamlit as st

import journey
from journey import charts
from journey.charts.draft import Drawn, described
from journey.charts.theme import TOKENS, Theme
from journey.log import TouchpointLog
from journey.schema import OUTCOMES
from journey.ui.cache import cached
from journey.ui.counts import Count, count_row
from journey.ui.plots import current_theme, show_plot
from journey.ui.text import OUTCOME_LABELS

KEY: Final = "outcomes"


def show_outcomes(view: TouchpointLog) -> None:
    """Show the outcomes of a log as a bar, and under it their counts in the bar's colours."""
    frame = cached(journey.outcomes)(view)
    chart = cached(_bar)(view, theme=current_theme())
    show_plot(chart, key="outcome-bar", file_name="outcomes")
    counts = [
        Count(
            OUTCOME_LABELS[outcome],
            n,
            partial(view.where, outcome=outcome),
            OUTCOME_LABELS[outcome],
        )
        for outcome, n in zip(frame["outcome"], frame["n_journeys"], strict=True)
    ]
    st.html(f"<style>{''.join(map(_colour, range(len(OUTCOMES))))}</style>")
    count_row(counts, key=KEY)


def _bar(view: TouchpointLog, *, theme: Theme) -> go.Figure:
    """Draw the bar alone: the page says the message, and the buttons are the legend."""
    spec = described(charts.plot_outcomes(cached(journey.outcomes)(view), theme=theme))
    layout = {name: part for name, part in spec["layout"].items() if name != "title"}
    margin = {"t": 4, "b": 4, "l": 0, "r": 0}
    return Drawn(
        {**spec, "layout": {**layout, "height": 72, "margin": margin, "showlegend": False}}
    )


def _colour(place: int) -> str:
    """Write the style that gives a count the colour of its part of the bar."""
    light, dark = (TOKENS[theme][f"outcome-{OUTCOMES[place]}"] for theme in ("light", "dark"))
    return f".st-key-{KEY}-{place} button{{border-left:6px solid light-dark({light},{dark})}}"
