"""Charts of drop-offs: where journeys end, and with which touch."""

from typing import Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from journey.charts.axes import share_axis
from journey.charts.columns import require
from journey.charts.draft import Draft
from journey.charts.numbers import format_count, format_counted, format_share
from journey.charts.plot_style import (
    NO_STAGE,
    beside,
    count_and_share,
    draft,
    draw_links,
    empty,
    name_rows,
    quiet,
    rows_height,
    safe_name,
    top_row,
)
from journey.charts.theme import TOKENS, Theme
from journey.schema import SMALL_SAMPLE

MAX_ROWS: Final = 12
FATES: Final = {
    "n_lost": "Lost",
    "n_no_decision": "No decision",
    "n_stalled": "Stalled",
    "n_in_progress": "In progress",
    "n_won": "Won, skipping ahead",
    "n_advanced": "Went on to the next stage",
}
"""What became of the journeys that entered a stage: its words, by the column that counts it."""

ENDS: Final = {
    "last_share": ("Last touch, of journeys that dropped off", "outcome-lost", "circle", "n_last"),
    "went_on_share": ("Had it, of journeys that went on", "stage-0", "diamond", "n_went_on"),
}

NO_NEXT_STAGE: Final = "Drop-off needs two stages, one after the other: the definitions say which."


def plot_drop_offs(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw what became of the journeys that entered each stage; drop-off is lost or no decision.

    Parameters
    ----------
    frame
        The frame of ``drop_offs``: stage, n_entered, n_advanced, n_won, n_lost, n_no_decision,
        n_stalled, n_in_progress, drop_off_rate (of n_entered).
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        One bar per stage; lost and no decision stand first and in full colour.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "stage": ["Attract", "Convert"], "n_entered": [10, 4], "n_advanced": [4, 0],
    ...     "n_won": [0, 1], "n_lost": [3, 1], "n_no_decision": [1, 0], "n_stalled": [1, 1],
    ...     "n_in_progress": [1, 1], "drop_off_rate": [0.4, 0.25]})
    >>> plot_drop_offs(frame).layout.title.text
    'In Attract 3 of 4 drop-offs are losses'
    """
    require(frame, ("stage", "n_entered", *FATES, "drop_off_rate"), where="the frame of drop-offs")
    if frame.empty:
        return empty(NO_NEXT_STAGE, theme=theme)
    if not frame["n_entered"].sum():
        return empty(NO_STAGE, theme=theme)
    note = "What became of the journeys that entered each stage; drop-off is lost or no decision"
    chart = draft(_drop_title(frame), theme=theme, height=rows_height(len(frame)) + 20, note=note)
    names = [safe_name(stage) for stage in frame["stage"]]
    _draw_fates(chart, frame, names, theme)
    _write_rates(chart, frame, theme)
    name_rows(chart, names)
    chart.update_xaxes(visible=False, range=[0, float(frame["n_entered"].max()) * 1.4])
    chart.update_layout(legend={"y": -0.04})
    return chart.drawn()


def _draw_fates(chart: Draft, frame: pd.DataFrame, names: list[str], theme: Theme) -> None:
    """Stack what became of the journeys of each stage."""
    colour = TOKENS[theme]
    inks = {
        "n_lost": colour["outcome-lost"],
        "n_no_decision": colour["outcome-no_decision"],
        "n_stalled": quiet("outcome-stalled", theme),
        "n_in_progress": quiet("outcome-in_progress", theme),
        "n_won": quiet("outcome-won", theme),
        "n_advanced": colour["line"],
    }
    for column, name in FATES.items():
        chart.add_bar(
            orientation="h",
            name=name,
            x=frame[column],
            y=list(range(len(frame))),
            marker={"color": inks[column], "line": {"color": colour["paper"], "width": 1}},
            customdata=[
                f"{stage}: {format_count(n)} of {format_count(entered)}, {name.lower()}"
                for stage, n, entered in zip(names, frame[column], frame["n_entered"], strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )


def _write_rates(chart: Draft, frame: pd.DataFrame, theme: Theme) -> None:
    """Write beside each bar which share of its journeys drops off."""
    rows = zip(frame["n_entered"], frame["drop_off_rate"], strict=True)
    for row, (entered, rate) in enumerate(rows):
        chart.add_annotation(
            x=entered,
            y=row,
            text=f"{format_share(rate)} of {format_count(entered)} drop off" if entered else "none",
            **beside(theme, n=entered),
        )


def _drop_title(frame: pd.DataFrame) -> str:
    """Say how those that drop off where most do end."""
    dropped = frame["n_lost"] + frame["n_no_decision"]
    if not dropped.sum():
        return "No journey has dropped off: none is lost or without a decision"
    top = frame.iloc[int(dropped.to_numpy().argmax())]
    n_lost, n_undecided = int(top["n_lost"]), int(top["n_no_decision"])
    most = max(n_lost, n_undecided)
    if n_lost > n_undecided:
        ends = "is a loss" if most == 1 else "are losses"
    else:
        ends = f"{'ends' if most == 1 else 'end'} without a decision"
    n, stage = n_lost + n_undecided, safe_name(top["stage"])
    if most == n > 1:
        return f"All {format_count(n)} drop-offs in {stage} {ends}"
    return f"In {stage} {format_count(most)} of {format_counted(n, 'drop-off')} {ends}"


def plot_last_touchpoints(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw how often each touchpoint is the last before a drop-off, against journeys that went on.

    Parameters
    ----------
    frame
        The frame of ``last_touchpoints``: stage, touchpoint, n_last, last_share (of the journeys
        that dropped off in the stage), went_on_share (of those that went on), n_went_on.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        The twelve most frequent last touchpoints, two dots each: before the end, and in journeys
        that went on.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"stage": ["Convert"], "touchpoint": ["Price list"], "n_last": [40],
    ...     "last_share": [0.4], "went_on_share": [0.1], "n_went_on": [12]})
    >>> plot_last_touchpoints(frame).layout.title.text.replace("<br>", " ")
    'Price list ends 40% of drop-offs in Convert; 10% of those that went on had it'
    """
    columns = ("stage", "touchpoint", "n_last", "last_share", "went_on_share", "n_went_on")
    require(frame, columns, where="the frame of last touchpoints")
    table = frame.sort_values("n_last", ascending=False, kind="stable").head(MAX_ROWS)
    if table.empty or not table["n_last"].sum():
        return empty("No journey has dropped off.", theme=theme)
    names = _last_names(table)
    chart = draft(_last_title(table), theme=theme, height=rows_height(len(table)) + 40)
    ends = zip(table["last_share"], table["went_on_share"], strict=True)
    draw_links(chart, ends, theme=theme)
    _draw_ends(chart, table, names, theme)
    name_rows(chart, names)
    most = float(np.nanmax(table[["last_share", "went_on_share"]].to_numpy(dtype=float)))
    chart.update_xaxes(**share_axis(0, min(max(most, 0.01) * 1.05, 1.02)))
    return chart.drawn()


def _draw_ends(chart: Draft, table: pd.DataFrame, names: list[str], theme: Theme) -> None:
    """Draw both shares of each touchpoint as dots."""
    for column, (name, token, symbol, n_column) in ENDS.items():
        chart.add_scatter(
            x=table[column],
            y=list(range(len(table))),
            name=name,
            mode="markers",
            cliponaxis=False,
            marker={"color": TOKENS[theme][token], "size": 15, "symbol": symbol},
            customdata=[
                f"{row}: {count_and_share(n, share)}"
                for row, n, share in zip(names, table[n_column], table[column], strict=True)
            ],
            hovertemplate="%{customdata}<extra></extra>",
        )


def _last_names(table: pd.DataFrame) -> list[str]:
    """Name each touchpoint, with its stage where there are several."""
    touchpoints = [safe_name(touchpoint) for touchpoint in table["touchpoint"]]
    if len(set(table["stage"])) == 1:
        return touchpoints
    rows = zip(touchpoints, table["stage"], strict=True)
    return [f"{touchpoint} · {safe_name(stage)}" for touchpoint, stage in rows]


def _last_title(table: pd.DataFrame) -> str:
    """Say which touchpoint stands out most before a drop-off."""
    enough = table[(table["n_last"] >= SMALL_SAMPLE) & table["went_on_share"].notna()]
    if enough.empty:
        top = table.iloc[0]
        return f"The last touch before most drop-offs is {safe_name(top['touchpoint'])}"
    top = top_row(enough, enough["last_share"] - enough["went_on_share"])
    if top["last_share"] <= top["went_on_share"]:
        return "No touch is more frequent before a drop-off than in journeys that went on"
    return (
        f"{safe_name(top['touchpoint'])} ends {format_share(top['last_share'])} of drop-offs "
        f"in {safe_name(top['stage'])}; "
        f"{format_share(top['went_on_share'])} of those that went on had it"
    )
