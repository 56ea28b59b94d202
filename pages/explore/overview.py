"""How journeys end, and where to look first, in five seconds."""

import streamlit as st

import journey
from journey.ui.cache import cached
from journey.ui.definition_warnings import has_win_rule
from journey.ui.explore.headlines import (
    decided_label,
    figures,
    message,
    of_whom,
    pointers,
    stalled_label,
)
from journey.ui.explore.stage_views import plot_drop_offs
from journey.ui.guards import require_view
from journey.ui.months import show_months
from journey.ui.navigation import DEFINITIONS, page_link, page_name
from journey.ui.outcome_bar import show_outcomes
from journey.ui.text import NO_FIGURE, days, number, percent


def show_figures(view: journey.TouchpointLog) -> None:
    """Show the headline figures."""
    known = figures(view)
    has_rule = has_win_rule(view)
    cells = st.columns(5)
    cells[0].metric("Journeys", number(known.n_journeys), border=True)
    cells[1].metric("Won", number(known.n_won) if has_rule else NO_FIGURE, border=True)
    cells[2].metric(
        decided_label(known),
        percent(known.win_rate) if has_rule else NO_FIGURE,
        help="Won of the journeys that are won, lost or without a decision.",
        border=True,
    )
    cells[3].metric(
        "Median time to win",
        days(cached(journey.median_days_to_win)(view) if known.n_won else None),
        help="From the first touch to the winning one: half take less.",
        border=True,
    )
    cells[4].metric(
        stalled_label(known),
        number(known.n_stalled),
        help="Open, and silent longer than is normal in their stage. Stalled accounts lists them; "
        "unnamed visitors, whom nobody can call, stand apart there.",
        border=True,
    )


def ask_for_a_win_rule() -> None:
    """Say that nothing counts as a win, and how to change it."""
    with st.container(border=True):
        st.markdown("**Nothing counts as a win yet**, so won and lost are 0.")
        st.markdown("Say which touchpoint is a win, such as a deal closed or a first purchase.")
        page_link(DEFINITIONS, "Give a winning rule")


def show_pointers(view: journey.TouchpointLog) -> None:
    """Show where to look first, each with the way there."""
    found = pointers(view)
    if found:
        st.markdown("## Where to look first")
    for pointer in found:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(pointer.sentence, width="content")
            page_link(pointer.path, page_name(pointer.path))


def show_drop_offs(view: journey.TouchpointLog) -> None:
    """Show where most drop off, if any stage was entered."""
    frame = cached(journey.drop_offs)(view)
    if frame["n_entered"].any():
        plot_drop_offs(view, key="drop-offs")


view = require_view()
st.title(message(figures(view), has_win_rule=has_win_rule(view)))
if told := of_whom(view):
    st.markdown(told)
if not has_win_rule(view):
    ask_for_a_win_rule()
show_outcomes(view)
show_figures(view)
show_pointers(view)
show_drop_offs(view)
show_months(view)
