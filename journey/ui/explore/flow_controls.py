"""What a step flow is asked: from where, how many steps, how many types."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

import journey
from journey.ui.cache import cached
from journey.ui.explore.flow_panel import ANCHORS, Anchor, FlowView, types_inside
from journey.ui.tables import show_table
from journey.ui.text import counted

TYPES_KEY: Final = "flow-types"
LEAST_TYPES, DEFAULT_TYPES, MOST_TYPES = 3, 12, 40
MORE_TYPES: Final = 8


def anchor_picker(types: Sequence[str]) -> Anchor:
    """Ask where steps are counted from."""
    left, right = st.columns(2)
    with left:
        kind = st.selectbox(
            "Count steps",
            list(ANCHORS),
            format_func=ANCHORS.__getitem__,
            key="flow-from",
            bind="query-params",
        )
    if kind == "none":
        return Anchor()
    with right:
        touchpoint = st.selectbox("Touchpoint", types, key="flow-at", bind="query-params")
    return Anchor(kind, touchpoint)


def size_sliders(n_all: int) -> tuple[int, int]:
    """Ask how many steps, and how many types have boxes of their own."""
    left, right = st.columns(2)
    with left:
        steps = st.slider("Steps", 3, 10, 8, key="flow-steps", bind="query-params")
    most = min(n_all, MOST_TYPES)
    if most <= LEAST_TYPES:
        return steps, most
    with right:
        n_types = st.slider(
            "Touchpoint types",
            LEAST_TYPES,
            most,
            min(DEFAULT_TYPES, most),
            key=TYPES_KEY,
            bind="query-params",
            help="The biggest have boxes of their own, the others are in Other.",
        )
    return steps, n_types


def open_other(drawn: FlowView, step: int) -> None:
    """Show what is in the box of other types, and offer them boxes of their own."""
    n_all = len(drawn.log.touchpoint_types)
    whole = cached(journey.step_flows)(
        drawn.log, steps=drawn.steps, n_types=n_all, **drawn.anchor.options
    )
    inside = types_inside(whole, step, drawn.other_types)
    with st.expander(f"Other at step {step} holds {counted(len(inside), 'type')}", expanded=True):
        show_table(inside, key=f"other:{step}", file_name="other-types")
        n_types = min(n_all - len(drawn.other_types) + MORE_TYPES, n_all, MOST_TYPES)
        if n_types > n_all - len(drawn.other_types):
            words = f"Give {n_types} types boxes of their own"
            if st.button(words, on_click=_widen, args=(n_types,)):
                st.rerun()


def _widen(n_types: int) -> None:
    """Set the number of types with boxes of their own."""
    st.session_state[TYPES_KEY] = n_types
