"""Which open accounts have gone silent, what is at risk, and what helped others."""

import pandas as pd
import streamlit as st

import journey
from journey import charts
from journey.ui.act.not_buyer_marks import say_not_buyers
from journey.ui.act.stalled_list import (
    choose_stalled,
    explain,
    headline,
    rest_of,
    show_details,
    show_pickers,
    show_rest,
    unranked_because,
)
from journey.ui.act.unnamed_list import n_unnamed, show_unnamed, who_is_listed
from journey.ui.act.worklist import (
    TO_CALL,
    UNNAMED,
    choose_shown,
    marked_frame,
    show_actions,
    show_done,
    show_export,
    show_hidden,
)
from journey.ui.definition_warnings import has_win_rule
from journey.ui.guards import plain_errors, require_log, require_view
from journey.ui.navigation import DEFINITIONS, OVERVIEW, page_link
from journey.ui.plots import current_theme, show_plot
from journey.ui.reader import fragment
from journey.ui.tables import chosen_rows, download_row
from journey.ui.text import counted


def nothing_stalled(view: journey.TouchpointLog, n_apart: int) -> None:
    """Say that nobody who can be called is silent for too long, and how that is judged."""
    whose = "open journey of somebody known by name" if n_apart else "open journey"
    with st.container(border=True):
        st.markdown(f"**Every {whose} was touched within the normal silence of its stage.**")
        page_link(OVERVIEW, "See how journeys stand")
    with st.expander("How normal silence is measured"):
        explain(view)


def show_stakes(frame: pd.DataFrame) -> None:
    """Show where most is at risk, by owner and by stage; one bar alone would say nothing."""
    by = [name for name in ("owner", "stage") if len(frame[name].unique()) > 1]
    for place, column in zip(st.columns(max(len(by), 1)), by, strict=False):
        with place:
            chart = charts.plot_stalled_accounts(frame, by=column, theme=current_theme())
            show_plot(chart, key=f"risk:{column}", file_name=f"value at risk by {column}")


@fragment
def show_list(view: journey.TouchpointLog, frame: pd.DataFrame, key: str) -> None:
    """Show the ranked list with what can be done, and beside it the one account chosen."""
    chosen = [row for row in chosen_rows(key) if row < len(frame)]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        words = f"{counted(len(chosen), view.case)} chosen" if chosen else "All, for the CRM:"
        st.caption(words, width="content")
        show_export(view, frame.iloc[chosen] if chosen else frame)
        show_actions(view, frame.iloc[chosen])
    alone = chosen[0] if len(chosen) == 1 else None
    place, panel = (st.columns(1)[0], None) if alone is None else st.columns([2, 1])
    with place:
        choose_stalled(frame, key=key)
        figures = frame[[name for name in frame if not name.startswith("marked")]]
        download_row(figures, key=key, file_name="stalled accounts")
    if alone is None or panel is None:
        return
    with panel, st.container(border=True):
        show_details(view, frame.iloc[alone])


view = require_view()
with plain_errors():
    named = journey.who_can_be_called(view)
    stalled = marked_frame(named)
    rest, n_apart = rest_of(named, stalled), n_unnamed(view)
to_call = stalled[stalled["marked"].isna()]
is_done = to_call.empty and not stalled.empty
title = st.empty()
title.title(f"No {view.case} is left to call" if is_done else headline(to_call, view.case, rest))
if told := who_is_listed(view, len(stalled) + rest.n):
    st.caption(told)
show_done(view)
pickers = st.container()
shown = choose_shown(stalled, rest, n_apart)
listed = journey.unnamed_visitors if shown == UNNAMED else journey.who_can_be_called
with pickers, plain_errors():
    show_pickers(require_log(), listed)
if shown == UNNAMED:
    title.title(show_unnamed(view))
    st.stop()
if stalled.empty:
    nothing_stalled(view, n_apart)
    st.stop()
if shown != TO_CALL:
    show_hidden(view, stalled, shown)
    st.stop()
if to_call.empty:
    words = f"{headline(stalled, view.case)}; each is snoozed or handled."
    st.info(words, icon=":material/task_alt:")
    st.stop()
if reason := unranked_because(view, to_call):
    st.info(reason, icon=":material/info:")
    if not has_win_rule(view):
        page_link(DEFINITIONS, "Give a winning rule")
# A position in one list must never choose a row of another.
say_not_buyers(to_call)
show_rest(rest, view.case)
show_list(named, to_call, key=f"stalled:{view.fingerprint}:{hash(tuple(to_call.index))}")
show_stakes(to_call)
with st.expander("How these figures are made"):
    explain(view)
