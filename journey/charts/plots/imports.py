"""Charts of an import: what became of every row, what came from where and when."""

from typing import Final

import pandas as pd
import plotly.graph_objects as go

from journey.charts.columns import require
from journey.charts.draft import Draft
from journey.charts.numbers import format_count, format_counted, format_share
from journey.charts.plot_style import (
    bars_by_month,
    count_and_share,
    draft,
    empty,
    is_missing,
    month_name,
    name_months,
    safe_name,
)
from journey.charts.svg import text_width
from journey.charts.theme import TOKENS, Theme

NO_SOURCE: Final = "(no source)"
FATES: Final = {
    "kept": ("Kept", "stage-0"),
    "merged": ("Merged", "ribbon"),
    "set aside": ("Set aside", "back"),
    "read as attributes": ("Read as facts", "stage-unassigned"),
    "read as costs": ("Read as costs", "stage-3"),
}
"""What becomes of a row: its words and colour."""

BAR_PIXELS: Final = 900
MOST_SOURCES: Final = 6
"""With more, the smallest are drawn as one."""

OTHERS: Final = "All others"


def plot_import(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw what an import did to its rows as one bar that adds up to all rows read.

    Parameters
    ----------
    frame
        The frame of an import report: action, n_rows.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        One stacked bar.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"action": ["kept", "set aside"], "n_rows": [9, 1]})
    >>> plot_import(frame).layout.title.text
    '9 of 10 rows read are touchpoints; 1 is set aside'
    """
    require(frame, ("action", "n_rows"), where="the import report")
    counts = {str(action): int(n) for action, n in frame.groupby("action")["n_rows"].sum().items()}
    total = sum(counts.values())
    if not total:
        return empty("No row was read.", theme=theme)
    chart = draft(_import_title(counts, total), theme=theme, height=190)
    for action in FATES:
        if counts.get(action):
            _draw_fate(chart, action, counts[action], total, theme)
    chart.update_xaxes(visible=False, range=[0, total])
    chart.update_yaxes(visible=False)
    chart.update_layout(legend={"y": -0.05})
    return chart.drawn()


def _draw_fate(chart: Draft, action: str, n: int, total: int, theme: Theme) -> None:
    """Add to the bar the rows that an action was done to."""
    colour, (words, token) = TOKENS[theme], FATES[action]
    shown = count_and_share(n, n / total)
    chart.add_bar(
        orientation="h",
        name=f"{words} {shown}",
        x=[n],
        y=[0],
        text=[shown if text_width(shown, 14) < BAR_PIXELS * n / total else ""],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"color": colour["on-stage"], "size": 15},
        marker={"color": colour[token], "line": {"color": colour["paper"], "width": 2}},
        hovertemplate=f"{words}: {shown}<extra></extra>",
        showlegend=True,
    )


def plot_sources(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw touchpoints by month, stacked by where they come from.

    Parameters
    ----------
    frame
        The frame of ``touchpoints_by_month``: month, value, n_touchpoints.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        One bar per month; beyond the six largest, sources are one.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"month": ["2026-01", "2026-01"], "value": ["web", "crm"],
    ...                       "n_touchpoints": [3, 1]})
    >>> plot_sources(frame).layout.title.text
    '75% of 4 touchpoints come from web'
    """
    require(frame, ("month", "value", "n_touchpoints"), where="the frame of months and sources")
    if frame.empty:
        return empty("The log has no touchpoints.", theme=theme)
    names = frame["value"].map(lambda value: safe_name(value, missing=NO_SOURCE))
    sizes = frame["n_touchpoints"].groupby(names).sum().sort_values(ascending=False, kind="stable")
    drawn = list(sizes.index[:MOST_SOURCES])
    groups = names.where(names.isin(drawn), OTHERS)
    chart = draft(_sources_title(frame, sizes), theme=theme, height=380)
    others = [OTHERS] if len(sizes) > len(drawn) else []
    _draw_sources(chart, frame, groups, [*drawn, *others], theme)
    name_months(chart, frame["month"])
    chart.update_yaxes(tickformat=",", rangemode="tozero", nticks=5)
    # Years stand in a second line below the months.
    chart.update_layout(legend={"y": -0.2})
    return chart.drawn()


def _draw_sources(
    chart: Draft, frame: pd.DataFrame, groups: pd.Series, drawn: list[str], theme: Theme
) -> None:
    """Stack a bar a month for every source."""
    colour = TOKENS[theme]
    inks = (*(f"stage-{place}" for place in range(5)), "ribbon", "stage-unassigned")
    for place, name in enumerate(drawn):
        rows = frame[groups == name].groupby("month", as_index=False)["n_touchpoints"].sum()
        chart.add_bar(
            x=pd.to_datetime(rows["month"], utc=True),
            y=rows["n_touchpoints"],
            name=name,
            **bars_by_month(frame["month"]),
            marker={"color": colour[inks[place]]},
            hovertemplate=f"%{{x|%B %Y}}, {name}: %{{y:,}}<extra></extra>",
            showlegend=len(drawn) > 1,
        )


def _sources_title(frame: pd.DataFrame, sizes: pd.Series) -> str:
    """Name the largest source; where none is known, the busiest month."""
    if frame["value"].map(is_missing).all():
        busiest = frame.groupby("month")["n_touchpoints"].sum()
        most = format_count(busiest.max())
        return f"Most touchpoints in a month: {most} in {month_name(str(busiest.idxmax()))}"
    share, total = format_share(sizes.iloc[0] / sizes.sum()), format_count(sizes.sum())
    return f"{share} of {total} touchpoints come from {sizes.index[0]}"


def _import_title(counts: dict[str, int], total: int) -> str:
    """Say how many rows became touchpoints, and how many were set aside."""
    kept, aside = counts.get("kept", 0), counts.get("set aside", 0)
    if total == kept == 1:
        return "The one row read is a touchpoint"
    of = f"{format_count(kept)} of" if kept < total else "All"
    are = "is a touchpoint" if kept == 1 else "are touchpoints"
    verb = "is" if aside == 1 else "are"
    rest = f"{format_count(aside)} {verb} set aside" if aside else "none is set aside"
    return f"{of} {format_counted(total, 'row')} read {are}; {rest}"
