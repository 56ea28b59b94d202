"""Charts on the screen, in the theme of the browser."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import plotly.graph_objects as go
import streamlit as st

from journey.charts.draft import Drawn, described
from journey.charts.theme import Theme

Choice = Callable[[int], None]

SEPARATE: Final = {"light": "#ffffff", "dark": "#0d1822"}
"""Ground of the app by theme, where the configuration names none."""


_CSS: Final = """
button {
  font: inherit; font-size: 0.875rem; color: var(--st-text-color); background: none;
  border: 0; padding: 0.25rem; border-radius: 4px; cursor: pointer;
}
button:hover { color: var(--st-link-color); }
button:focus-visible { outline: 3px solid var(--st-primary-color); }
"""

# Plotly draws a chart as several SVGs, one over the other; together they are the picture.
_SCRIPT: Final = """
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  button.onclick = () => {
    const chart = document.querySelector(`.st-key-${data.place} .js-plotly-plot`);
    const [ground, ...layers] = [...chart.querySelectorAll(".main-svg")];
    const whole = ground.cloneNode(true);
    for (const layer of layers) whole.append(...layer.cloneNode(true).childNodes);
    const drawn = new Blob([new XMLSerializer().serializeToString(whole)], { type: data.type });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(drawn);
    link.download = data.file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  };
}
"""

_download = st.components.v2.component(
    "portolan_chart_svg",
    html='<button type="button" title="Download the chart as SVG">Chart as SVG</button>',
    css=_CSS,
    js=_SCRIPT,
)


def current_theme() -> Theme:
    """Return the theme the browser shows the app in."""
    return "dark" if st.context.theme.type == "dark" else "light"


def show_plot(
    chart: go.Figure, *, key: str, file_name: str, on_choose: Choice | None = None
) -> None:
    """Show a chart on the ground of the page; its picture can be taken as PNG or SVG.

    Parameters
    ----------
    chart
        Drawn for ``current_theme()``; its title says what it shows, also to a screen reader.
    key
        Unique on the page.
    file_name
        Of the picture, without ending.
    on_choose
        Called with the place of the mark that is clicked, among those of its kind.
    """
    theme = current_theme()
    ground = st.get_option(f"theme.{theme}.backgroundColor") or SEPARATE[theme]
    spec = described(chart)
    # A chart may be remembered, and shown on another ground elsewhere.
    layout = {**spec["layout"], "paper_bgcolor": ground, "plot_bgcolor": ground}
    alt = (layout.get("title", {}).get("text") or file_name).replace("<br>", " ")
    config: dict[str, Any] = {
        "displaylogo": False,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": "png", "filename": file_name, "scale": 2},
    }
    place = re.sub(r"[^0-9A-Za-z]", "-", f"plot-{key}")
    with st.container(key=place, gap=None):
        st.plotly_chart(
            Drawn({**spec, "layout": layout}),
            theme=None,
            key=key,
            config=config,
            alt=alt,
            on_select="ignore" if on_choose is None else partial(_tell, key, on_choose),
            selection_mode="points",
        )
        if spec["data"]:  # else it says why there is nothing to see
            what = {"place": place, "file": f"{file_name}.svg", "type": "image/svg+xml"}
            _download(key=f"{key}:svg", data=what)


def _tell(key: str, on_choose: Choice) -> None:
    points = st.session_state[key].selection.points
    if points:
        on_choose(points[0]["point_index"])
