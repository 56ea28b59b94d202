"""The little that the theme can't say."""

import streamlit as st

# A compass rose, drawn here: an icon by name would be fetched from an outside server.
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" '
    'r="15" fill="#00518a"/><path d="M16 3l4 9 9 4-9 4-4 9-4-9-9-4 9-4z" fill="#fff"/></svg>'
)

_CSS = """
<style>
/* A page begins with its message, not with empty space. */
.stMainBlockContainer { padding-top: 4.5rem; }
/* Pictures are wide; the margins of a text page would make them small. */
@media (min-width: 900px) {
  .stMainBlockContainer { padding-left: 2.5rem; padding-right: 2.5rem; }
}
/* What a click on a picture tells stays in sight at the foot, so that the picture never moves. */
[data-testid="stLayoutWrapper"]:has(> .st-key-panel) {
  position: sticky; bottom: 0.5rem; z-index: 90; background: light-dark(#ffffff, #0d1822);
}
/* A figure is never cut: in a narrow window its words wrap, and so do cards and sliders. */
:is([data-testid="stMetricLabel"], [data-testid="stMetricDelta"]) :is(div, p) {
  white-space: normal; text-overflow: clip; overflow: visible;
}
[data-testid="stHorizontalBlock"]:has([data-testid="stMetric"], [data-testid="stSlider"]) {
  flex-wrap: wrap;
  > [data-testid="stColumn"] { min-width: 10rem; }
}
@media (max-width: 640px) {
  [data-testid="stHorizontalBlock"]:has([data-testid="stMetric"]) > [data-testid="stColumn"] {
    min-width: 12rem;
  }
}
/* In a narrow window a chart is scrolled, as pictures are: squeezed, its words would overlap. */
[class*="st-key-plot-"]:not(.st-key-plot-outcome-bar, [data-testid="stColumn"] *) {
  overflow: auto hidden;
  > [data-testid="stElementContainer"]:has([data-testid="stPlotlyChart"]) { min-width: 720px; }
}
/* On paper the page stands without the menu. */
@media print {
  :is([data-testid="stSidebar"], [data-testid="stHeader"]) { display: none; }
}
/* Patterns of rules have no spaces to break at. */
[data-testid="stTable"] td { overflow-wrap: anywhere; }
/* The primary colour bears white text; as text itself it would be too faint on dark. */
.stApp [data-testid="stSliderThumbValue"],
.stApp [data-testid="stButtonGroup"] button:is([data-selected], [data-hovered]) {
  color: inherit !important;
}
</style>
"""


def apply_style() -> None:
    """Add the app's own rules of style to the page."""
    st.html(_CSS)
