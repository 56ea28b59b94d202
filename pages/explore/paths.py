"""The sequences that journeys take: step by step, and as whole paths."""

import streamlit as st

import journey
from journey.ui.cache import cached
from journey.ui.explore.flow_controls import anchor_picker, open_other, size_sliders
from journey.ui.explore.flow_panel import (
    HINT,
    Anchor,
    FlowView,
    drawing,
    selected_other,
    selected_part,
)
from journey.ui.explore.path_list import n_paths_of, show_paths
from journey.ui.findings import show_finding
from journey.ui.guards import require_view
from journey.ui.navigation import PATHS
from journey.ui.panel import show_part
from journey.ui.picture import selection, show_picture
from journey.ui.reader import fragment
from journey.ui.tables import rates, show_table
from journey.ui.text import number, percent
from journey.ui.views import pick_view

KEY = "flow"
VIEWS = ("Step by step", "Whole paths")
TOP_PATHS, TOP_MESSAGE = 1_000, 10
PATH_HELP = {
    "share": "Of all journeys in view.",
    "n_decided": "Won, lost or without a decision.",
    "win_rate": "Won of the decided ones.",
    "median_days": "From the first touch to the last.",
}


@fragment
def show_flow(view: journey.TouchpointLog, anchor: Anchor, steps: int, n_types: int) -> None:
    """Show the step flow with the panel of what is selected; a click runs only this."""
    flows = cached(journey.step_flows)(view, steps=steps, n_types=n_types, **anchor.options)
    drawn = FlowView(view, anchor, steps, flows)
    chosen = selection(KEY)
    picture = cached(drawing)(view, anchor=anchor, steps=steps, n_types=n_types)
    show_picture(picture, key=KEY, file_name="step-flow")
    show_part(selected_part(drawn, chosen), view, picture=KEY, hint=HINT)
    if step := selected_other(drawn, chosen):
        open_other(drawn, step)


@fragment
def show_whole_paths(view: journey.TouchpointLog) -> None:
    """Show the whole paths as a list to read, then as a table to take away."""
    paths = cached(journey.variants)(view, top=TOP_PATHS)
    n_paths = n_paths_of(view)
    n_top = min(TOP_MESSAGE, n_paths)
    covered = percent(paths["share"].head(n_top).sum())
    said = f"The {n_top} most frequent of {number(n_paths)} paths are {covered} of journeys"
    st.markdown(f"## {said if n_paths > 1 else 'All journeys take the same path'}")
    show_paths(view, paths, key="paths")
    if st.toggle("Show as table"):
        if n_paths > len(paths):
            st.caption(f"The {number(len(paths))} most frequent.")
        shown = paths.drop(columns="variant_id")
        show_table(
            shown,
            key="paths-table",
            file_name="paths",
            column_help=PATH_HELP,
            of=rates("n_journeys / share", "share") | rates("n_decided", "win_rate"),
        )


view = require_view()
show_finding(view, PATHS)
chosen_view = pick_view(VIEWS, key="paths-view")
if chosen_view == VIEWS[1]:
    show_whole_paths(view)
else:
    where, size = st.columns(2)
    with where:
        anchor = anchor_picker(view.touchpoint_types)
    with size:
        n_steps, n_types = size_sliders(len(view.touchpoint_types))
    show_flow(view, anchor, n_steps, n_types)
