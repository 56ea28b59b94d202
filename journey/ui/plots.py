"""Charts on the screen, in the theme of the browser."""

from typing import Any, Final

import plotly.graph_objects as go
import streamlit as st

from journey.charts.theme import Theme

SEPARATE: Final = {"light": "#ffffff", "dark": "#0d1822"}
"""Ground of the app by theme, where the configuration names none."""


def current_theme() -> Theme:
    """Return the theme the browser shows the app in."""
    return "dark" if st.context.theme.type == "dark" else "light"


def show_plot(chart: go.Figure, *, key: str, file_name: str) -> None:
    """Show a chart on the ground of the page; its picture can be taken as PNG.

    Parameters
    ----------
    chart
        Drawn for ``current_theme()``; its title says what it shows, also to a screen reader.
    key
        Unique on the page.
    file_name
        Of the picture, without ending.
    """
    theme = current_theme()
    ground = st.get_option(f"theme.{theme}.backgroundColor") or SEPARATE[theme]
    alt = (chart.layout.title.text or file_name).replace("<br>", " ")
    # A chart that is remembered was put on its ground when it was first shown.
    if (chart.layout.paper_bgcolor, chart.layout.plot_bgcolor) != (ground, ground):
        chart.update_layout(paper_bgcolor=ground, plot_bgcolor=ground)
    config: dict[str, Any] = {
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "filename": file_name, "scale": 2},
    }
    st.plotly_chart(chart, theme=None, key=key, config=config, alt=alt)
