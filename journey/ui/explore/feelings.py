"""Feelings on the screen: touchpoints, stages, and what became of the journeys."""

from functools import partial
from typing import Final

import numpy as np
import streamlit as st

import journey
from journey import charts
from journey.analysis.content.feelings import felt, sources_text
from journey.log import TouchpointLog
from journey.schema import SMALL_SAMPLE
from journey.ui.cache import cached
from journey.ui.counts import Count, count_row
from journey.ui.navigation import FEELINGS, page_name
from journey.ui.plots import current_theme, show_plot
from journey.ui.tables import show_table
from journey.ui.text import OUTCOME_LABELS, markdown

MOST_COUNTS: Final = 8
LABELS: Final = {
    "mean_sentiment": "Mean",
    "n_scores": "Scores",
    "n_from_text": "Of texts",
    "mean_from": "From",
    "mean_to": "To",
}
HELP: Final = {
    "mean_sentiment": "In the unit of the log; of texts from -1 to 1.",
    "n_from_text": "Scores read from a comment.",
    "mean_from": "Lower end of the 95% interval.",
    "mean_to": "Upper end of the 95% interval.",
    "n_journeys": "Journeys with such a score.",
}


def headline(view: TouchpointLog) -> str:
    """Return between which stages the mood falls most, if more than chance could give."""
    frame = cached(journey.feelings)(view, by=("stage",))
    known = frame[frame["stage"].notna() & (frame["n_scores"] >= SMALL_SAMPLE)]
    falls = known["mean_sentiment"].diff().to_numpy()
    if len(known) < 2:  # noqa: PLR2004 -- one stage has none to fall from
        return page_name(FEELINGS)
    if not (falls[1:] < 0).any():
        return "The mood falls in no stage"
    place = int(np.nanargmin(falls))
    if known["high"].iloc[place] >= known["low"].iloc[place - 1]:
        return page_name(FEELINGS)
    before, after = (markdown(known["stage"].iloc[one]) for one in (place - 1, place))
    return f"The mood falls most from {before} to {after}"


def show_touchpoints(view: TouchpointLog) -> None:
    """Show the mean of each touchpoint type; each opens into its journeys."""
    frame = cached(journey.feelings)(view, by=("touchpoint",))
    chart = charts.plot_feelings(frame, theme=current_theme())
    show_plot(chart, key="feelings", file_name="feelings")
    ranked = frame.sort_values("mean_sentiment").head(MOST_COUNTS)
    count_row(
        [
            Count(
                row.touchpoint,
                row.n_journeys,
                partial(felt, view, touchpoint=row.touchpoint),
                f"Scored at {row.touchpoint}",
            )
            for row in ranked.itertuples()
        ],
        key="feelings-counts",
    )
    _table(view, ("stage", "touchpoint"), "by-touchpoint")


def show_stages(view: TouchpointLog) -> None:
    """Show the mean of each stage as a line; each opens into its journeys."""
    frame = cached(journey.feelings)(view, by=("stage",))
    chart = charts.plot_stage_feelings(frame, theme=current_theme())
    show_plot(chart, key="stage-feelings", file_name="feelings-by-stage")
    count_row(
        [
            Count(
                row.stage,
                row.n_journeys,
                partial(felt, view, stage=row.stage),
                f"Scored in {row.stage}",
            )
            for row in frame.dropna(subset="stage").itertuples()
        ],
        key="stage-feelings-counts",
    )
    _table(view, ("stage",), "by-stage")


def show_outcomes(view: TouchpointLog) -> None:
    """Show the mean of each touchpoint type by what became of the journeys."""
    frame = cached(journey.feelings)(view, by=("touchpoint", "outcome"))
    types = list(dict.fromkeys(frame["touchpoint"]))
    name = st.selectbox("Touchpoint", types, width=300, key="feelings-of", bind="query-params")
    mine = frame[frame["touchpoint"] == name]
    shown = mine.assign(touchpoint=[OUTCOME_LABELS[outcome] for outcome in mine["outcome"]])
    chart = charts.plot_feelings(shown, theme=current_theme())
    show_plot(chart, key="outcome-feelings", file_name="feelings-by-outcome")
    st.caption("What people feel may follow how a deal goes: an association, no cause.")
    _table(view, ("touchpoint", "outcome"), "by-outcome")


def show_sources(view: TouchpointLog) -> None:
    """Say which of the scores are read from texts, and how many texts have none."""
    if text := cached(sources_text)(view):
        st.caption(markdown(text))


def _table(view: TouchpointLog, by: tuple[str, ...], name: str) -> None:
    frame = cached(journey.feelings)(view, by=by)
    options = {"labels": LABELS, "column_help": HELP}
    shown = frame.rename(columns={"low": "mean_from", "high": "mean_to"})
    shown = shown.round(dict.fromkeys(("mean_sentiment", "mean_from", "mean_to"), 2))
    show_table(shown, key=f"feelings-{name}", file_name=f"feelings-{name}", **options)
