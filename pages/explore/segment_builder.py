"""A segment put together without code, saved by name, used on every page."""

import streamlit as st

from journey.ui.explore.segment_builder import build, show_result, show_saved
from journey.ui.guards import plain_errors, require_view

view = require_view()
st.title("Build a segment")
with plain_errors():
    left, right = st.columns([3, 2])
    with left:
        segment = build(view)
    with right:
        st.markdown("## The segment")
        show_result(view, segment)
        show_saved(view)
