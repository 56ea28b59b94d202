"""Charts of feelings: mean sentiment with its interval, by touchpoint, and by stage as a line."""

from itertools import pairwise
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from journey.charts.columns import require
from journey.charts.draft import Draft
from journey.charts.numbers import format_count, format_signed
from journey.charts.plot_style import (
    beside,
    draft,
    empty,
    name_rows,
    rows_height,
    safe_name,
    top_row,
)
from journey.charts.theme import TOKENS, Theme
from journey.schema import SMALL_SAMPLE

MAX_ROWS: Final = 20
NO_SCORE: Final = "No touchpoint in view has a sentiment or a survey answer."
NOTE: Final = (
    f"Mean with its 95% interval, in the log's unit; grey: fewer than {SMALL_SAMPLE} scores"
)


def _mood(mean: float) -> str:
    return format_signed(mean, 2)


def plot_feelings(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw the mean sentiment of touchpoint types with its interval, worst first.

    Parameters
    ----------
    frame
        The frame of ``feelings`` by touchpoint: touchpoint, n_scores, mean_sentiment, low, high.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        The twenty types with most scores.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"touchpoint": ["Ticket", "Demo"], "n_scores": [400, 500],
    ...     "mean_sentiment": [-0.36, 0.29], "low": [-0.4, 0.25], "high": [-0.32, 0.33]})
    >>> plot_feelings(frame).layout.title.text
    'Lowest mood: Ticket, -0.36; highest: Demo, +0.29'
    """
    require(
        frame, ("touchpoint", "n_scores", "mean_sentiment", "low", "high"), where="the feelings"
    )
    if frame.empty:
        return empty(NO_SCORE, theme=theme)
    most = frame.sort_values("n_scores", ascending=False, kind="stable").head(MAX_ROWS)
    table = most.sort_values("mean_sentiment", kind="stable").reset_index(drop=True)
    chart = draft(_title(table), theme=theme, height=rows_height(len(table)) - 40, note=NOTE)
    _draw_means(chart, table, theme)
    name_rows(chart, [safe_name(name) for name in table["touchpoint"]])
    ends = table[["mean_sentiment", "low", "high"]].abs().max().max()
    chart.update_xaxes(range=[-ends * 1.1, ends * 1.5], tickformat="+.2f", nticks=7)
    chart.add_vline(x=0, line={"color": TOKENS[theme]["muted"], "width": 2})
    return chart.drawn()


def _draw_means(chart: Draft, table: pd.DataFrame, theme: Theme) -> None:
    colour = TOKENS[theme]
    rows: Any = table[["n_scores", "mean_sentiment", "low", "high"]].itertuples()
    for row in rows:
        token = "outcome-won" if row.mean_sentiment > 0 else "outcome-lost"
        ink = colour["line" if row.n_scores < SMALL_SAMPLE else token]
        chart.add_scatter(
            x=[row.low, row.high],
            y=[row.Index, row.Index],
            mode="lines",
            line={"color": ink, "width": 5},
            hoverinfo="skip",
            showlegend=False,
        )
        words = f"{_mood(row.mean_sentiment)} · n = {format_count(row.n_scores)}"
        chart.add_scatter(
            x=[row.mean_sentiment],
            y=[row.Index],
            mode="markers",
            marker={"color": ink, "size": 15},
            hovertemplate=f"{words}<extra></extra>",
            showlegend=False,
        )
        edge = row.mean_sentiment if pd.isna(row.high) else row.high
        chart.add_annotation(x=edge, y=row.Index, text=words, **beside(theme, n=row.n_scores))


def _title(table: pd.DataFrame) -> str:
    """Name the types that feel worst and best, of those with enough scores."""
    enough = table[table["n_scores"] >= SMALL_SAMPLE]
    if enough.empty:
        return "Too few scores to compare touchpoints"
    worst, best = enough.iloc[0], enough.iloc[-1]
    if len(enough) == 1:
        return f"{safe_name(worst['touchpoint'])} feels {_mood(worst['mean_sentiment'])}"
    low, high = (
        f"{safe_name(row['touchpoint'])}, {_mood(row['mean_sentiment'])}" for row in (worst, best)
    )
    return f"Lowest mood: {low}; highest: {high}"


def plot_stage_feelings(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw the mean sentiment of stages as a line with its intervals.

    Parameters
    ----------
    frame
        The frame of ``feelings`` by stage: stage, n_scores, mean_sentiment, low, high.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        One mark per stage that has scores, in order.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"stage": ["Convert", "Expand"], "n_scores": [900, 400],
    ...     "mean_sentiment": [0.2, -0.3], "low": [0.1, -0.4], "high": [0.3, -0.2]})
    >>> plot_stage_feelings(frame).layout.title.text
    'The mood falls most into Expand: from +0.20 to -0.30'
    """
    require(frame, ("stage", "n_scores", "mean_sentiment", "low", "high"), where="the feelings")
    known = frame[frame["stage"].notna()].reset_index(drop=True)
    if known.empty:
        return empty(NO_SCORE, theme=theme)
    chart = draft(_stage_title(known), theme=theme, height=320, note=NOTE)
    _draw_line(chart, known, theme)
    chart.update_xaxes(type="category", showgrid=False)
    ends = float(known[["mean_sentiment", "low", "high"]].astype(float).abs().max().max()) * 1.3
    zero = {"zeroline": True, "zerolinecolor": TOKENS[theme]["muted"], "zerolinewidth": 2}
    chart.update_yaxes(range=[-ends, ends], tickformat="+.2f", nticks=5, **zero)
    return chart.drawn()


def _draw_line(chart: Draft, known: pd.DataFrame, theme: Theme) -> None:
    """Join the means of stages by a line, each with its interval and figure."""
    colour, means, counts = TOKENS[theme], known["mean_sentiment"], known["n_scores"]
    inks = [
        colour["line" if n < SMALL_SAMPLE else "outcome-won" if mean > 0 else "outcome-lost"]
        for n, mean in zip(counts, means, strict=True)
    ]
    said = zip(counts, means, strict=True)
    words = [f"{_mood(mean)} · n = {format_count(n)}" for n, mean in said]
    chart.add_scatter(
        x=[safe_name(stage) for stage in known["stage"]],
        y=means,
        mode="lines+markers+text",
        line={"color": colour["ribbon"], "width": 3},
        marker={"size": 14, "color": inks},
        text=words,
        textposition="top center",
        error_y={
            "type": "data",
            "symmetric": False,
            "array": (known["high"].fillna(means) - means).tolist(),
            "arrayminus": (means - known["low"].fillna(means)).tolist(),
            "color": colour["muted"],
        },
        hoverinfo="skip",
        showlegend=False,
    )


def _stage_title(known: pd.DataFrame) -> str:
    means = known["mean_sentiment"].tolist()
    falls = [(after - before, place) for place, (before, after) in enumerate(pairwise(means))]
    if not falls or min(falls)[0] >= 0:
        best = top_row(known, known["mean_sentiment"])
        return f"People feel best in {safe_name(best['stage'])}: {_mood(best['mean_sentiment'])}"
    place = min(falls)[1]
    stage = safe_name(known["stage"].iloc[place + 1])
    return (
        f"The mood falls most into {stage}: from {_mood(means[place])} to {_mood(means[place + 1])}"
    )
