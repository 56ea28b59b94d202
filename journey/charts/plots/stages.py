"""Charts of the stages: who reached and left each, and how long it took."""

import math
from collections.abc import Sequence
from typing import Final

import pandas as pd
import plotly.graph_objects as go

from journey.charts.axes import share_axis
from journey.charts.columns import require
from journey.charts.draft import Draft
from journey.charts.numbers import format_count, format_days, format_share
from journey.charts.plot_style import (
    NO_STAGE,
    Share,
    beside,
    count_and_share,
    draft,
    draw_links,
    draw_shares,
    empty,
    name_rows,
    rows_height,
    safe_name,
    top_row,
)
from journey.charts.theme import TOKENS, Theme, stage_token
from journey.schema import SMALL_SAMPLE

TIMES: Final = {
    "median_days": ("Half have gone on", "circle"),
    "p90_days": ("9 in 10 have gone on", "circle-open"),
}
PANELS: Final = ("Reached the stage (share of all journeys)", "Went on to the next stage")


def plot_stage_funnel(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw how many journeys reached each stage and which share of them went on.

    Parameters
    ----------
    frame
        The frame of ``stage_funnel``: stage, n_journeys, reached_share (of all journeys),
        n_advanced, conversion_rate (of those that reached the stage), conversion_low,
        conversion_high (95 % Wilson interval).
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        Left: journeys that reached each stage. Right: conversion to the next one with its
        interval; grey where fewer than 30 journeys stand behind it.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "stage": ["Attract", "Convert"], "n_journeys": [100, 40], "reached_share": [1.0, 0.4],
    ...     "n_advanced": [40, 0], "conversion_rate": [0.4, float("nan")],
    ...     "conversion_low": [0.31, float("nan")], "conversion_high": [0.5, float("nan")]})
    >>> plot_stage_funnel(frame).layout.title.text
    'Fewest go on from Attract: 40% of 100 journeys'
    """
    columns = ("stage", "n_journeys", "reached_share", "n_advanced", "conversion_rate")
    require(frame, (*columns, "conversion_low", "conversion_high"), where="the stage funnel")
    if frame.empty or not frame["n_journeys"].sum():
        return empty(NO_STAGE, theme=theme)
    names = [safe_name(stage) for stage in frame["stage"]]
    note = f"Lines: 95% interval; grey: fewer than {SMALL_SAMPLE} journeys"
    height = rows_height(len(frame)) + 20
    chart = draft(_funnel_title(frame), theme=theme, height=height, room=26, note=note)
    _two_panels(chart, names, theme)
    _draw_reached(chart, frame, names, theme)
    draw_shares(chart, _conversions(frame, names), theme=theme, axes=("x2", "y2"))
    reach = [0, float(frame["n_journeys"].max()) * 1.35]
    chart.update_layout(xaxis={"visible": False, "range": reach})
    return chart.drawn()


def _draw_reached(chart: Draft, frame: pd.DataFrame, names: Sequence[str], theme: Theme) -> None:
    """Draw in the left panel how many journeys reached each stage, in the colour of the stage."""
    order = [str(stage) for stage in frame["stage"]]
    chart.add_bar(
        orientation="h",
        x=frame["n_journeys"],
        y=list(range(len(frame))),
        text=[
            count_and_share(n, share)
            for n, share in zip(frame["n_journeys"], frame["reached_share"], strict=True)
        ],
        textposition="outside",
        cliponaxis=False,
        marker={"color": [TOKENS[theme][stage_token(stage, order)] for stage in order]},
        customdata=names,
        hovertemplate="%{customdata}: %{text}<extra></extra>",
    )


def _conversions(frame: pd.DataFrame, names: Sequence[str]) -> list[Share]:
    """Shares that went on; the last stage has none."""
    columns = ["conversion_rate", "conversion_low", "conversion_high", "n_journeys"]
    rows = zip(*(frame[column].tolist() for column in columns), strict=True)
    shares = [Share(row, names[row], *values) for row, values in enumerate(rows)]
    return [share for share in shares if not math.isnan(share.rate)]


def _funnel_title(frame: pd.DataFrame) -> str:
    """Say which stage the smallest share goes on from."""
    enough = frame[frame["conversion_rate"].notna() & (frame["n_journeys"] >= SMALL_SAMPLE)]
    if enough.empty:
        return "Too few journeys reached a stage to compare stages"
    worst = top_row(enough, -enough["conversion_rate"])
    return (
        f"Fewest go on from {safe_name(worst['stage'])}: "
        f"{format_share(worst['conversion_rate'])} of {format_count(worst['n_journeys'])} journeys"
    )


def _two_panels(chart: Draft, names: list[str], theme: Theme) -> None:
    """Set two panels side by side, with the same named rows."""
    colour = TOKENS[theme]
    horizontal, vertical = chart.layout["xaxis"], chart.layout["yaxis"]
    chart.layout["xaxis"] = {**horizontal, "domain": [0, 0.46]}
    chart.layout["xaxis2"] = {
        **horizontal,
        "anchor": "y2",
        "domain": [0.54, 1],
        **share_axis(0, 1.22),
        "tickfont": {"size": 13, "color": colour["muted"]},
    }
    chart.layout["yaxis2"] = {**vertical, "anchor": "x2"}
    name_rows(chart, names)
    chart.update_layout(showlegend=False, yaxis2={"showticklabels": False})
    for text, axis in zip(PANELS, ("", "2"), strict=True):
        chart.add_annotation(
            text=text,
            x=0,
            xref=f"x{axis} domain",
            xanchor="left",
            y=1,
            yref=f"y{axis} domain",
            yanchor="bottom",
            font={"size": 14, "color": colour["muted"], "weight": 600},
            showarrow=False,
        )


def plot_time_to_next_stage(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw the days until half, and until nine of ten, journeys of a stage have gone on.

    Parameters
    ----------
    frame
        The frame of ``time_to_next_stage``: stage, n_journeys, n_advanced, n_censored,
        median_days, p90_days (Kaplan-Meier; not a number where never reached).
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        Two dots per stage; a stage that half never leave says so.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"stage": ["Nurture"], "n_journeys": [90], "n_advanced": [60],
    ...     "n_censored": [30], "median_days": [21.0], "p90_days": [float("nan")]})
    >>> plot_time_to_next_stage(frame).layout.title.text
    'Slowest is Nurture: half need 21 days or more to go on'
    """
    columns = ("stage", "n_journeys", "n_advanced", "n_censored", "median_days", "p90_days")
    require(frame, columns, where="the frame of times to the next stage")
    table = frame[frame["n_journeys"] > 0].reset_index(drop=True)
    if table.empty:
        return empty(NO_STAGE, theme=theme)
    names = [safe_name(stage) for stage in table["stage"]]
    note = "Days since entering the stage; open journeys count as waiting until now"
    chart = draft(_time_title(table), theme=theme, height=rows_height(len(table)) + 50, note=note)
    times = list(zip(table["median_days"], table["p90_days"], strict=True))
    draw_links(chart, times, theme=theme)
    _draw_times(chart, table, names, theme)
    for row, ((median, p90), n) in enumerate(zip(times, table["n_journeys"], strict=True)):
        last = max((days for days in (median, p90) if not math.isnan(days)), default=0.0)
        words = _time_words(median, p90, n)
        chart.add_annotation(x=last, y=row, text=words, **beside(theme, n=n))
    name_rows(chart, names)
    longest = float(table[["median_days", "p90_days"]].max().max())
    chart.update_xaxes(range=[-0.02 * longest, 1.7 * longest] if longest > 0 else [-0.02, 1])
    return chart.drawn()


def _draw_times(chart: Draft, table: pd.DataFrame, names: Sequence[str], theme: Theme) -> None:
    """Draw the days until half, and until nine of ten, have gone on as dots."""
    colour = TOKENS[theme]
    for column, (name, symbol) in TIMES.items():
        chart.add_scatter(
            x=table[column],
            y=list(range(len(table))),
            name=name,
            mode="markers",
            cliponaxis=False,
            marker={
                "size": 15,
                "symbol": symbol,
                "color": colour["stage-0"],
                "line": {"width": 3, "color": colour["stage-0"]},
            },
            customdata=[
                f"{stage}: {format_days(days)}, {name.lower()}"
                for stage, days in zip(names, table[column], strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )


def _time_words(median: float, p90: float, n: int) -> str:
    """Write the times of a stage beside its dots."""
    of = f"n = {format_count(n)}"
    if math.isnan(median):
        return f"fewer than half go on; {of}"
    if math.isnan(p90):
        return f"{format_days(median)}; fewer than 9 in 10 go on; {of}"
    return f"{format_days(median)}, {format_days(p90)}; {of}"


def _time_title(table: pd.DataFrame) -> str:
    """Say which stage takes longest."""
    enough = table[(table["n_journeys"] >= SMALL_SAMPLE) & table["median_days"].notna()]
    if enough.empty:
        return "In no stage have half of the journeys gone on yet"
    top = top_row(enough, enough["median_days"])
    days = format_days(top["median_days"])
    return f"Slowest is {safe_name(top['stage'])}: half need {days} or more to go on"
