"""The counts of the stages, each opening into its journeys."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

from journey.analysis.stages.members import advanced_from, ended_with, moved_back, stayed_in
from journey.log import TouchpointLog
from journey.schema import OUTCOMES
from journey.ui.counts import Count, count_row
from journey.ui.reader import fragment
from journey.ui.text import OUTCOME_LABELS, markdown

OPEN: Final = ("stalled", "in_progress")
MOST_SIDE_BY_SIDE: Final = 7


def funnel_counts(view: TouchpointLog, frame: pd.DataFrame) -> None:
    """Show the counts of one stage of ``stage_funnel``."""
    stages = list(view.definitions.stage_names)

    def counts(row: Any) -> list[Count]:
        stage = row.stage
        place = stages.index(stage)
        before = stages[place - 1] if place else None
        found = [
            Count(
                "Entered",
                row.n_journeys,
                partial(view.where, reached_stage=stage),
                f"Entered {stage}",
            ),
            Count(
                "Went on",
                row.n_advanced,
                partial(advanced_from, view, stage),
                f"Went on from {stage}",
            ),
            Count(
                "Open in it now",
                row.n_now,
                partial(view.where, current_stage=stage, outcome=OPEN),
                f"Open in {stage}",
            ),
        ]
        if before:
            found.insert(
                1,
                Count(
                    "In order",
                    row.n_in_order,
                    partial(advanced_from, view, before),
                    f"Entered {stage} after {before}",
                ),
            )
        return found

    _by_stage(frame, counts, key="funnel-counts")


def drop_counts(view: TouchpointLog, frame: pd.DataFrame) -> None:
    """Show the counts of one stage of ``drop_offs``."""

    def counts(row: Any) -> list[Count]:
        stage = row.stage
        return [
            Count(
                "Entered",
                row.n_entered,
                partial(view.where, reached_stage=stage),
                f"Entered {stage}",
            ),
            Count(
                "Went on",
                row.n_advanced,
                partial(advanced_from, view, stage),
                f"Went on from {stage}",
            ),
            *(
                Count(
                    OUTCOME_LABELS[outcome],
                    getattr(row, f"n_{outcome}"),
                    partial(stayed_in, view, stage, outcomes=[outcome]),
                    f"{OUTCOME_LABELS[outcome]} after {stage}, no stage further",
                )
                for outcome in (*OUTCOMES[1:], OUTCOMES[0])
            ),
        ]

    _by_stage(frame, counts, key="drop-counts")


def time_counts(view: TouchpointLog, frame: pd.DataFrame) -> None:
    """Show the counts of one stage of ``time_to_next_stage``."""

    def counts(row: Any) -> list[Count]:
        stage = row.stage
        entered = partial(view.where, reached_stage=stage)
        return [
            Count("Entered", row.n_journeys, entered, f"Entered {stage}"),
            Count(
                "Went on",
                row.n_advanced,
                partial(advanced_from, view, stage),
                f"Went on from {stage}",
            ),
            Count(
                "Not gone on",
                row.n_censored,
                partial(stayed_in, view, stage),
                f"Not gone on from {stage}",
            ),
        ]

    _by_stage(frame, counts, key="time-counts")


def last_counts(view: TouchpointLog, frame: pd.DataFrame) -> None:
    """Show the journeys behind one last touch of ``last_touchpoints``."""
    rows = list(frame.itertuples())

    def counts(row: Any) -> list[Count]:
        stage, name = row.stage, row.touchpoint
        went_on = partial(_went_on_with, view, stage, name)
        return [
            Count(
                "Dropped off after it",
                row.n_last,
                partial(ended_with, view, stage, name),
                f"Dropped off in {stage} after {name}",
            ),
            Count(
                "Had it and went on", row.n_went_on, went_on, f"Had {name} and went on from {stage}"
            ),
        ]

    with st.container(border=True):
        _pick([row.touchpoint for row in rows], rows, counts, words="Last touch", key="last-counts")


def back_counts(view: TouchpointLog, frame: pd.DataFrame) -> None:
    """Show the journeys of every kind of back move, as many as there are pairs of stages."""
    count_row(
        [
            Count(
                f"{row.source_stage} → {row.target_stage}",
                row.n_journeys,
                partial(moved_back, view, row.source_stage, row.target_stage),
                f"Went back from {row.source_stage} to {row.target_stage}",
            )
            for row in frame.itertuples()
        ],
        key="back-counts",
    )


def _went_on_with(view: TouchpointLog, stage: str, name: str) -> TouchpointLog:
    return advanced_from(view, stage).having(name)


def _by_stage(frame: pd.DataFrame, counts: Callable[[Any], list[Count]], *, key: str) -> None:
    """Let the user choose a stage and open any of its counts."""
    rows = list(frame.itertuples())
    if rows:
        with st.container(border=True):
            _pick([row.stage for row in rows], rows, counts, words="Open journeys of", key=key)


@fragment
def _pick(
    names: list[str],
    rows: list[Any],
    counts: Callable[[Any], list[Count]],
    *,
    words: str,
    key: str,
) -> None:
    """Choose one row and show its counts; a choice runs only this."""
    chosen = (
        st.selectbox(words, names, key=key)
        if len(names) > MOST_SIDE_BY_SIDE
        else (
            st.segmented_control(
                words, names, default=names[0], required=True, format_func=markdown, key=key
            )
        )
    )
    row = rows[names.index(chosen)]
    count_row(counts(row), key=f"{key}:{chosen}")
