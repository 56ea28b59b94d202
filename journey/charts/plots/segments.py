"""Charts of segments: who wins, and where each segment drops off."""

from typing import Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from journey.charts.axes import share_axis
from journey.charts.columns import require
from journey.charts.draft import Draft
from journey.charts.numbers import format_count, format_share
from journey.charts.plot_style import (
    NO_STAGE,
    Share,
    draft,
    draw_shares,
    empty,
    is_missing,
    name_rows,
    rows_height,
    safe_name,
    top_row,
)
from journey.charts.theme import TOKENS, Theme
from journey.schema import SMALL_SAMPLE

MAX_ROWS: Final = 20

STRONG: Final = 0.6
"""Share above which the colour of a cell is strong enough to need the other ink."""


def plot_segment_breakdown(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw the win rate of each segment (won of all its journeys) with its interval.

    Parameters
    ----------
    frame
        The frame of ``segment_breakdown``: value, n_journeys, n_won, win_rate (of n_journeys),
        low, high (95 % Wilson interval).
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        The twenty biggest segments by win rate, against the rate of all whose value is known;
        small samples are grey.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"value": ["Software", "Retail"], "n_journeys": [100, 100],
    ...     "n_won": [60, 20], "win_rate": [0.6, 0.2], "low": [0.5, 0.13], "high": [0.69, 0.29]})
    >>> plot_segment_breakdown(frame).layout.title.text
    'Software wins most: 60% of 100 journeys, against 40% of all'
    """
    columns = ("value", "n_journeys", "n_won", "win_rate", "low", "high")
    require(frame, columns, where="the segment breakdown")
    if not frame["n_journeys"].sum():
        return empty("No journey passes the filters.", theme=theme)
    overall, of_all = _overall(frame)
    biggest = frame.sort_values("n_journeys", ascending=False, kind="stable").head(MAX_ROWS)
    table = biggest.sort_values("win_rate", ascending=False, kind="stable")
    chart = draft(
        _win_title(table, overall, of_all),
        theme=theme,
        height=rows_height(len(table)) - 20,
        note=_win_note(len(frame) - len(table)),
        room=16,
    )
    shares = _win_shares(table)
    _mark_overall(chart, overall, of_all, theme)
    draw_shares(chart, shares, theme=theme)
    name_rows(chart, [share.name for share in shares])
    chart.update_xaxes(**share_axis(0, min(float(table["high"].max()), 1) * 1.25))
    return chart.drawn()


def _overall(frame: pd.DataFrame) -> tuple[float, str]:
    """Return the win rate of all whose value is known, and who they are in words."""
    known = frame[frame["value"].notna()]
    is_part = 0 < known["n_journeys"].sum() < frame["n_journeys"].sum()
    base, words = (known, "all where it is known") if is_part else (frame, "all")
    return float(base["n_won"].sum() / base["n_journeys"].sum()), words


def _win_note(n_hidden: int) -> str:
    """Say what a bar is a share of, and how many segments are not drawn."""
    note = f"Won of all journeys of the segment, 95% interval; grey: fewer than {SMALL_SAMPLE}"
    return f"{note}; {n_hidden} smaller segments left out" if n_hidden else note


def _win_shares(table: pd.DataFrame) -> list[Share]:
    """Win rates with their intervals, a row for each segment."""
    columns = (table[column].tolist() for column in ("win_rate", "low", "high", "n_journeys"))
    values = zip(*columns, strict=True)
    names = [safe_name(value) for value in table["value"]]
    return [Share(row, names[row], *value) for row, value in enumerate(values)]


def _mark_overall(chart: Draft, overall: float, name: str, theme: Theme) -> None:
    """Draw the rate of all segments together as a line."""
    muted = TOKENS[theme]["muted"]
    chart.add_vline(x=overall, line={"color": muted, "dash": "dot", "width": 2})
    chart.add_annotation(
        x=overall,
        y=1,
        yref="paper",
        yanchor="bottom",
        text=f"{name}: {format_share(overall)}",
        showarrow=False,
        font={"color": muted, "size": 13},
    )


def _win_title(table: pd.DataFrame, overall: float, of_all: str) -> str:
    """Name the segment that wins most, if one that is known stands out from all."""
    if not overall:
        return "No journey is won yet, in any segment"
    enough = table[(table["n_journeys"] >= SMALL_SAMPLE) & table["value"].notna()]
    if enough.empty:
        return f"Segments are too small to compare; {format_share(overall)} of {of_all} are won"
    top = top_row(enough, enough["win_rate"])
    if top["low"] <= overall:
        return f"No segment stands out from the {format_share(overall)} won of {of_all}"
    return (
        f"{safe_name(top['value'])} wins most: {format_share(top['win_rate'])} of "
        f"{format_count(top['n_journeys'])} journeys, against {format_share(overall)} of {of_all}"
    )


def plot_segment_stages(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw the share of journeys that drop off, by segment and stage (of those that reached it).

    Parameters
    ----------
    frame
        The frame of ``segment_stages``: value, stage, n_journeys, n_reached, n_dropped,
        drop_off_rate (of n_reached); stages in their order.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        A heat map of the twenty biggest segments; cells of fewer than 30 journeys have no colour.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"value": ["Software", "Retail"], "stage": ["Nurture", "Nurture"],
    ...     "n_journeys": [90, 80], "n_reached": [50, 40], "n_dropped": [10, 20],
    ...     "drop_off_rate": [0.2, 0.5]})
    >>> plot_segment_stages(frame).layout.title.text
    'Most drop off: Retail in Nurture, 50% of 40 journeys'
    """
    columns = ("value", "stage", "n_journeys", "n_reached", "n_dropped", "drop_off_rate")
    require(frame, columns, where="the stages of segments")
    if frame.empty or not frame["n_reached"].sum():
        return empty(NO_STAGE, theme=theme)
    segments = frame.groupby("value", sort=False, dropna=False, observed=True)["n_journeys"].max()
    values = segments.sort_values(ascending=False, kind="stable").head(MAX_ROWS).index.tolist()
    # The last stage has no next one, so nobody can drop off in it.
    frame = frame[frame.groupby("stage", sort=False)["drop_off_rate"].transform("count") > 0]
    stages = list(dict.fromkeys(frame["stage"].tolist()))
    rates, words = _cells(frame, values, stages)
    return _heat_map(_heat_title(frame), values, stages, rates, words, theme=theme)


def _cells(
    frame: pd.DataFrame, values: list[object], stages: list[object]
) -> tuple[np.ndarray, np.ndarray]:
    """Rates and words by segment and stage; a small sample has words only."""
    rows = {_key(value): row for row, value in enumerate(values)}
    rates = np.full((len(values), len(stages)), np.nan)
    words = np.full(rates.shape, "", dtype=object)
    columns = ("value", "stage", "n_reached", "drop_off_rate")
    cells = zip(*(frame[column].tolist() for column in columns), strict=True)
    for value, stage, n_reached, rate in cells:
        row = rows.get(_key(value))
        if row is not None:
            column = stages.index(stage)
            enough = n_reached >= SMALL_SAMPLE
            rates[row, column] = rate if enough else np.nan
            shown = f"<b>{format_share(rate)}</b>" if enough else format_share(rate)
            words[row, column] = f"{shown} of {format_count(n_reached)}" if n_reached else "none"
    return rates, words


def _key(value: object) -> object:
    """Make a key of a value: all missing ones are the same."""
    return None if is_missing(value) else value


def _heat_map(
    title: str,
    values: list[object],
    stages: list[object],
    rates: np.ndarray,
    words: np.ndarray,
    *,
    theme: Theme,
) -> go.Figure:
    """Draw rates as colour, and each as words."""
    colour = TOKENS[theme]
    note = (
        "Lost or no decision, of the journeys that reached the stage; "
        f"no colour: fewer than {SMALL_SAMPLE} journeys"
    )
    chart = draft(title, theme=theme, height=rows_height(len(values)) - 40, note=note, room=24)
    names = [safe_name(value) for value in values]
    heads = [safe_name(stage) for stage in stages]
    chart.add_heatmap(
        z=rates,
        zmin=0,
        zmax=1,
        colorscale=[[0, colour["paper"]], [1, colour["outcome-lost"]]],
        showscale=False,
        xgap=2,
        ygap=2,
        customdata=[[f"{name}, {head}" for head in heads] for name in names],
        text=words,
        hovertemplate="%{customdata}: %{text} drop off<extra></extra>",
    )
    write_cells(chart, rates, words, theme)
    name_rows(chart, names)
    chart.update_xaxes(
        tickmode="array",
        tickvals=list(range(len(heads))),
        ticktext=heads,
        side="top",
        showgrid=False,
        range=[-0.5, len(heads) - 0.5],
    )
    return chart.drawn()


def write_cells(chart: Draft, rates: np.ndarray, words: np.ndarray, theme: Theme) -> None:
    """Write every rate into its cell, in an ink that the colour of the cell carries."""
    colour = TOKENS[theme]
    for row, column in np.ndindex(rates.shape):
        rate = rates[row, column]
        # On the strong half of the scale the ground is dark in light and bright in dark.
        token = "muted" if np.isnan(rate) else "on-stage" if rate > STRONG else "ink"
        chart.add_annotation(
            x=column,
            y=row,
            text=words[row, column],
            showarrow=False,
            font={"color": colour[token], "size": 14},
        )


def _heat_title(frame: pd.DataFrame) -> str:
    """Name the segment and stage with the highest share of drop-offs; not known is no segment."""
    is_known = frame["value"].notna() & frame["drop_off_rate"].notna()
    enough = frame[is_known & (frame["n_reached"] >= SMALL_SAMPLE)]
    if enough.empty:
        return "Segments are too small to compare"
    top = top_row(enough, enough["drop_off_rate"])
    where = "" if frame["value"].notna().all() else " where it is known"
    return (
        f"Most drop off{where}: {safe_name(top['value'])} in {safe_name(top['stage'])}, "
        f"{format_share(top['drop_off_rate'])} of {format_count(top['n_reached'])} journeys"
    )
