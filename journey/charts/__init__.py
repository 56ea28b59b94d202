"""Pictures and charts: a frame or graph in, a figure out."""

from importlib import import_module
from typing import Any

# Imported at once: loaded on first use, the name would be the module's, not the function's.
from journey.charts.flows.compare_flow import compare_flow
from journey.charts.flows.step_sankey import step_sankey
from journey.charts.maps.compare_map import compare_map
from journey.charts.maps.feelings import StageFeeling
from journey.charts.maps.journey_map import journey_map
from journey.charts.maps.route_map import route_map
from journey.charts.persona_cards import persona_cards
from journey.charts.svg import Picture
from journey.charts.timelines.timeline import account_timeline_picture

__all__ = [
    "Picture",
    "StageFeeling",
    "account_timeline_picture",
    "compare_flow",
    "compare_map",
    "journey_map",
    "persona_cards",
    "route_map",
    "step_sankey",
]


def __getattr__(name: str) -> Any:
    """Load the Plotly charts when one of them is first used."""
    if name.startswith("plot"):
        plots = import_module("journey.charts.plots")
        if name == "plots":
            return plots
        if name in plots.__all__:
            return getattr(plots, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
