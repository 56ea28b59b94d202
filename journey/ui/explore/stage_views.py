"""The stages seen in five ways: chart, counts that open, table."""

from typing import Final

import plotly.graph_objects as go
import streamlit as st

import journey
from journey import charts
from journey.charts.theme import Theme
from journey.log import TouchpointLog
from journey.ui.cache import cached
from journey.ui.explore.headlines import ended_without_win
from journey.ui.explore.stage_counts import (
    back_counts,
    drop_counts,
    funnel_counts,
    last_counts,
    time_counts,
)
from journey.ui.plots import current_theme, show_plot
from journey.ui.tables import rates, show_table
from journey.ui.text import counted, markdown, number, percent

FUNNEL_HELP: Final = {
    "n_journeys": "Entered the stage at any time.",
    "reached_share": "Of all journeys in view.",
    "n_in_order": "Entered it after the stage before.",
    "n_advanced": "Entered the next stage after it.",
    "conversion_rate": "Went on to the next stage, of those that entered this one.",
    "conversion_low": "Lower end of the 95% interval.",
    "conversion_high": "Upper end of the 95% interval.",
    "n_now": "Open journeys that are in it now.",
}
FUNNEL_LABELS: Final = {"n_journeys": "Entered", "n_advanced": "Went on", "n_now": "Open in it now"}
DROP_HELP: Final = {
    "n_advanced": "Entered the next stage later.",
    "n_won": "Won without entering the next stage.",
    "drop_off_rate": "Lost or no decision, of those that entered.",
}
DROP_LABELS: Final = {"n_advanced": "Went on", "n_won": "Won, skipping ahead"}
LAST_LABELS: Final = {"n_last": "Last touch before the end", "n_went_on": "Had it and went on"}
LAST_HELP: Final = {
    "last_share": "Of the journeys that dropped off in the stage.",
    "went_on_share": "Of the journeys that went on from the stage.",
}
TIME_HELP: Final = {
    "median_days": "By then half have gone on.",
    "p90_days": "By then nine of ten have gone on.",
    "n_censored": "Have not gone on so far: open, or over.",
}
TIME_LABELS: Final = {
    "n_journeys": "Entered",
    "n_advanced": "Went on",
    "n_censored": "Not gone on",
    "median_days": "Days until half",
    "p90_days": "Days until 9 in 10",
}
BACK_HELP: Final = {"reason": "The reason given most often, where the log has one."}


def show_funnel(view: TouchpointLog) -> None:
    """Show how many reach each stage and go on."""
    frame = cached(journey.stage_funnel)(view)
    chart = charts.plot_stage_funnel(frame, theme=current_theme())
    show_plot(chart, key="funnel", file_name="stage-funnel")
    funnel_counts(view, frame)
    options = {"column_help": FUNNEL_HELP, "labels": FUNNEL_LABELS}
    show_table(
        frame,
        key="funnel-table",
        file_name="stage-funnel",
        **options,
        of=rates("n_journeys / reached_share", "reached_share")
        | rates("n_journeys", "conversion_rate", "conversion_low", "conversion_high"),
    )


def plot_drop_offs(view: TouchpointLog, *, key: str) -> None:
    """Show the chart of what became of the journeys that entered each stage."""
    show_plot(cached(_drop_offs)(view, theme=current_theme()), key=key, file_name="drop-offs")


def _drop_offs(view: TouchpointLog, *, theme: Theme) -> go.Figure:
    return charts.plot_drop_offs(cached(journey.drop_offs)(view), theme=theme)


def show_drop_offs(view: TouchpointLog) -> None:
    """Show what became of the journeys that entered each stage."""
    frame = cached(journey.drop_offs)(view)
    plot_drop_offs(view, key="drop")
    st.caption("Drop-off is lost or no decision. Open journeys are never counted as dropped.")
    n_dropped = int(frame[["n_lost", "n_no_decision"]].sum().sum())
    n_ended = ended_without_win(view)
    if n_dropped > n_ended:
        st.caption(
            f"{number(n_dropped)} in all stages together, of {counted(n_ended, 'journey')} lost or "
            "undecided: one that skipped a stage, or came to the next one first, counts in two."
        )
    drop_counts(view, frame)
    options = {"column_help": DROP_HELP, "labels": DROP_LABELS}
    show_table(
        frame,
        key="drop-table",
        file_name="drop-offs",
        **options,
        of=rates("n_entered", "drop_off_rate", "drop_off_low", "drop_off_high"),
    )


def show_last_touches(view: TouchpointLog) -> None:
    """Show the last touches before the end of one stage, beside journeys that went on."""
    frame = cached(journey.last_touchpoints)(view)
    if frame.empty:
        st.info("No journey has dropped off.")
        return
    stages = list(dict.fromkeys(frame["stage"]))
    stage = st.segmented_control(
        "Stage",
        stages,
        default=stages[0],
        required=True,
        format_func=markdown,
        key="last-touches-of",
        bind="query-params",
    )
    inside = frame[frame["stage"] == stage].reset_index(drop=True)
    chart = charts.plot_last_touchpoints(inside, theme=current_theme())
    show_plot(chart, key="last", file_name="last-touches")
    st.caption(
        "A touch that often stands last but is rare among journeys that went on may mark a dead "
        "end. It needn't be the cause."
    )
    last_counts(view, inside)
    options = {"column_help": LAST_HELP, "labels": LAST_LABELS}
    show_table(
        inside,
        key="last-table",
        file_name="last-touches",
        **options,
        of=rates("n_last / last_share", "last_share")
        | rates("n_went_on / went_on_share", "went_on_share"),
    )


def show_times(view: TouchpointLog) -> None:
    """Show how long journeys take to go on."""
    frame = cached(journey.time_to_next_stage)(view)
    chart = charts.plot_time_to_next_stage(frame, theme=current_theme())
    show_plot(chart, key="time", file_name="time-to-next-stage")
    st.caption(
        "Journeys that have not gone on count as waiting for as long as they have waited, so slow "
        "ones are not left out (Kaplan and Meier). Where too few have gone on, no time is given."
    )
    time_counts(view, frame)
    options = {"column_help": TIME_HELP, "labels": TIME_LABELS}
    show_table(frame, key="time-table", file_name="time-to-next-stage", **options)


def show_back_moves(view: TouchpointLog) -> None:
    """Show which stages journeys go back from."""
    frame = cached(journey.back_moves)(view)
    if frame.empty:
        st.markdown("## No journey goes back to an earlier stage")
        return
    top = frame.iloc[0]
    share = percent(top["n_moves"] / frame["n_moves"].sum())
    names = markdown(top["source_stage"]), markdown(top["target_stage"])
    st.markdown(f"## {share} of moves back go from {names[0]} to {names[1]}")
    back_counts(view, frame)
    show_table(frame, key="back-table", file_name="back-moves", column_help=BACK_HELP)
