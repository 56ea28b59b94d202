"""Chart of segments: how the journeys of each stand."""

import pandas as pd
import plotly.graph_objects as go

from journey.charts.axes import share_axis
from journey.charts.columns import require
from journey.charts.draft import Draft
from journey.charts.numbers import format_count, format_share
from journey.charts.plot_style import (
    beside,
    count_and_share,
    draft,
    empty,
    name_rows,
    rows_height,
    safe_name,
    top_row,
)
from journey.charts.plots.segments import MAX_ROWS
from journey.charts.theme import OUTCOME_NAMES, TOKENS, Theme
from journey.schema import OUTCOMES, SMALL_SAMPLE, Outcome


def plot_segment_outcomes(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw the five outcomes of each segment as shares of its journeys.

    Parameters
    ----------
    frame
        The frame of ``segment_breakdown``: value, n_journeys, n_won, n_lost, n_no_decision,
        n_stalled, n_in_progress.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        One bar per segment, the twenty biggest, largest first; outcomes in their fixed order.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"value": ["Software", "Retail"], "n_journeys": [40, 60],
    ...     "n_won": [10, 10], "n_lost": [10, 10], "n_no_decision": [10, 20],
    ...     "n_stalled": [5, 10], "n_in_progress": [5, 10]})
    >>> plot_segment_outcomes(frame).layout.title.text
    'Most are open in Retail: 33% of 60 journeys'
    """
    counts = [f"n_{outcome}" for outcome in OUTCOMES]
    require(frame, ("value", "n_journeys", *counts), where="the segment breakdown")
    table = frame.sort_values("n_journeys", ascending=False, kind="stable").head(MAX_ROWS)
    if not frame["n_journeys"].sum():
        return empty("No journey passes the filters.", theme=theme)
    hidden = len(frame) - len(table)
    note = f"{hidden} smaller segments left out" if hidden else "Shares of each segment's journeys"
    height = rows_height(len(table)) + 20
    chart = draft(_title(table), theme=theme, height=height, note=note)
    names = [safe_name(value) for value in table["value"]]
    for outcome in OUTCOMES:
        _draw_outcome(chart, table, names, outcome, theme)
    for row, n in enumerate(table["n_journeys"]):
        chart.add_annotation(x=1, y=row, text=f"n = {format_count(n)}", **beside(theme, n=n))
    name_rows(chart, names)
    chart.update_xaxes(**share_axis(0, 1.12))
    return chart.drawn()


def _draw_outcome(
    chart: Draft, table: pd.DataFrame, names: list[str], outcome: Outcome, theme: Theme
) -> None:
    """Add to each bar the share of an outcome."""
    counts = table[f"n_{outcome}"]
    shares = (counts / table["n_journeys"]).tolist()
    chart.add_bar(
        orientation="h",
        name=OUTCOME_NAMES[outcome],
        x=shares,
        y=list(range(len(table))),
        marker={
            "color": TOKENS[theme][f"outcome-{outcome}"],
            "line": {"color": TOKENS[theme]["paper"], "width": 1},
        },
        customdata=[
            f"{name}: {OUTCOME_NAMES[outcome]} {count_and_share(n, share)}"
            for name, n, share in zip(names, counts, shares, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _title(table: pd.DataFrame) -> str:
    """Name the segment with the largest share of open journeys: there is still something to do."""
    enough = table[(table["n_journeys"] >= SMALL_SAMPLE) & table["value"].notna()]
    if enough.empty:
        return "Segments are too small to compare"
    n_open = enough["n_stalled"] + enough["n_in_progress"]
    if not n_open.sum():
        return "All journeys of the larger segments have ended"
    top = top_row(enough, n_open / enough["n_journeys"])
    share = (top["n_stalled"] + top["n_in_progress"]) / top["n_journeys"]
    of = f"{format_share(share)} of {format_count(top['n_journeys'])} journeys"
    return f"Most are open in {safe_name(top['value'])}: {of}"
