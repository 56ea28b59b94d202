"""How far each of two groups comes; a stage that is clicked opens the journeys of both."""

from functools import partial
from typing import Final

import pandas as pd
import streamlit as st

from journey import charts
from journey.log import TouchpointLog
from journey.ui.panel import Part
from journey.ui.picture import clear_selection, select, selection
from journey.ui.plots import current_theme, show_plot
from journey.ui.text import markdown

FUNNEL: Final = "compare-funnel"
HINT: Final = "Click a mark, or choose a stage, to open the journeys of both that reached it."
_STAGE: Final = "compare-funnel:stage"


def show_funnel(frame: pd.DataFrame, names: tuple[str, str]) -> str | None:
    """Show the chart and the stages to choose from; return the one that is chosen, if any.

    Parameters
    ----------
    frame
        As ``compare_stages`` gives it.
    names
        What the groups are called.
    """
    stages = frame["stage"].tolist()
    chosen = selection(FUNNEL)
    stage = chosen.id if chosen is not None and chosen.id in stages else None
    chart = charts.plot_compare_stages(frame, names=names, selected=stage, theme=current_theme())
    show_plot(
        chart,
        key="compare-stages",
        file_name="compare-stages",
        on_choose=lambda row: select(FUNNEL, "stage", stages[row]),
    )
    st.session_state[_STAGE] = stage
    st.segmented_control(
        "Reached the stage",
        stages,
        key=_STAGE,
        format_func=markdown,
        on_change=_take,
    )
    return stage


def stage_parts(
    logs: tuple[TouchpointLog, TouchpointLog], frame: pd.DataFrame, stage: str | None
) -> list[Part | None]:
    """Return the journeys of each group that reached a stage; none where none is chosen."""
    if stage is None:
        return [None, None]
    row = frame[frame["stage"] == stage].iloc[0]
    title = f"Reached {stage}"
    return [
        Part(title, (), int(row[count]), partial(log.where, reached_stage=stage))
        for log, count in zip(logs, ("n_a", "n_b"), strict=True)
    ]


def _take() -> None:
    """Select the stage that is chosen, or nothing."""
    stage = st.session_state[_STAGE]
    if stage is None:
        clear_selection(FUNNEL)
    else:
        select(FUNNEL, "stage", stage)
