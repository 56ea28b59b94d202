"""Charts of the whole log: outcomes, months, stalled accounts."""

from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from journey.charts.columns import require
from journey.charts.draft import Draft
from journey.charts.numbers import format_amount, format_count, format_share
from journey.charts.plot_style import (
    bars_by_month,
    count_and_share,
    draft,
    empty,
    name_months,
    name_rows,
    safe_name,
)
from journey.charts.svg import text_width
from journey.charts.theme import OUTCOME_NAMES, TOKENS, Theme
from journey.schema import DECIDED, OUTCOMES, Outcome

MONTH_PANELS: Final = {
    "n_touchpoints": ("Touchpoints", "ribbon"),
    "n_journeys_started": ("Journeys begun", "stage-0"),
    "n_won": ("Journeys won", "outcome-won"),
}
"""What is counted by month: its words and colour."""

PANEL_AXES: Final = ("", "2", "3")
PANEL_PIXELS: Final = 200
PANEL_GAP: Final = 0.1

MOST_ROWS: Final = 6
"""Rows of value at risk; what is smaller is one row."""

HALF_A_PAGE: Final = 36
"""Signs of a title in one line of a chart that stands beside another."""

SLIM_ROW: Final = 28
"""Pixels for a row of a chart that stands above a list."""

BAR_PIXELS: Final = 1000
"""Width the one bar of outcomes is drawn at or above, to know which words it holds."""


def plot_outcomes(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw the five outcomes as one bar that adds up to all journeys.

    Parameters
    ----------
    frame
        The frame of ``outcomes``: outcome, n_journeys, share (of all journeys).
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        One stacked bar, outcomes in their fixed order.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"outcome": ["won", "lost"], "n_journeys": [1, 3],
    ...                       "share": [0.25, 0.75]})
    >>> plot_outcomes(frame).layout.title.text
    '25% of 4 journeys are won, 75% end without a win, 0% are open'
    """
    require(frame, ("outcome", "n_journeys", "share"), where="the frame of outcomes")
    counts = {str(o): int(n) for o, n in zip(frame["outcome"], frame["n_journeys"], strict=True)}
    total = sum(counts.values())
    if not total:
        return empty("No journey passes the filters.", theme=theme)
    chart = draft(_outcome_title(counts, total), theme=theme, height=210)
    for outcome in OUTCOMES:
        _draw_outcome(chart, outcome, counts.get(outcome, 0), total, theme)
    chart.update_xaxes(visible=False, range=[0, total])
    chart.update_yaxes(visible=False)
    chart.update_layout(legend={"y": -0.05})
    return chart.drawn()


def _draw_outcome(chart: Draft, outcome: Outcome, n: int, total: int, theme: Theme) -> None:
    """Add to the bar the journeys of an outcome."""
    colour = TOKENS[theme]
    words = count_and_share(n, n / total)
    fits = text_width(words, 14) < BAR_PIXELS * n / total
    chart.add_bar(
        orientation="h",
        name=f"{OUTCOME_NAMES[outcome]} {words}",
        x=[n],
        y=[0],
        text=[words if fits else ""],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont={"color": colour["on-stage"], "size": 15},
        marker={
            "color": colour[f"outcome-{outcome}"],
            "line": {"color": colour["paper"], "width": 2},
        },
        customdata=[words],
        hovertemplate=f"{OUTCOME_NAMES[outcome]}: %{{customdata}}<extra></extra>",
    )


def _outcome_title(counts: Mapping[str, int], total: int) -> str:
    """Say which shares are won, ended without a win, and open."""
    n_won = counts.get("won", 0)
    n_open = sum(n for outcome, n in counts.items() if outcome not in DECIDED)
    n_ended = total - n_won - n_open
    if not n_won and not counts.get("lost", 0):
        return (
            f"No journey is won or lost: {format_share(n_ended / total)} of {format_count(total)} "
            f"end without a decision, {format_share(n_open / total)} are open"
        )
    return (
        f"{format_share(n_won / total)} of {format_count(total)} journeys are won, "
        f"{format_share(n_ended / total)} end without a win, "
        f"{format_share(n_open / total)} are open"
    )


def plot_months(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw touchpoints, journeys begun and journeys won by month, one small chart each.

    Parameters
    ----------
    frame
        One row per month: month (first day or ``YYYY-MM``), n_touchpoints, n_journeys_started,
        n_won (journeys decided as won in the month).
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        Three panels over the same months; that of wins is left out where there are none.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"month": ["2026-01", "2026-02"], "n_touchpoints": [9, 4],
    ...                       "n_journeys_started": [3, 1], "n_won": [0, 1]})
    >>> plot_months(frame).layout.title.text
    'Most journeys begin in January 2026: 3 of 4'
    """
    require(frame, ("month", *MONTH_PANELS), where="the frame of months")
    if frame.empty:
        return empty("No touchpoint passes the filters.", theme=theme)
    months = pd.to_datetime(frame["month"], utc=True)
    panels = [name for name in MONTH_PANELS if name != "n_won" or frame["n_won"].any()]
    height = PANEL_PIXELS * len(panels)
    chart = draft(_months_title(frame, months), theme=theme, height=height, room=18)
    _stack_panels(chart, panels, theme)
    _draw_months(chart, frame[panels], months, theme)
    name_months(chart, months)
    return chart.drawn()


def _draw_months(chart: Draft, frame: pd.DataFrame, months: pd.Series, theme: Theme) -> None:
    """Draw in each panel its count by month."""
    days = months.dt.strftime("%Y-%m-%d")
    for axis, column in zip(PANEL_AXES, frame, strict=False):
        name, token = MONTH_PANELS[str(column)]
        chart.add_bar(
            x=days,
            y=frame[column],
            marker={"color": TOKENS[theme][token]},
            hovertemplate=f"%{{x|%B %Y}}: %{{y:,}} {name.lower()}<extra></extra>",
            **bars_by_month(days),
            xaxis=f"x{axis}",
            yaxis=f"y{axis}",
        )


def _months_title(frame: pd.DataFrame, months: pd.Series) -> str:
    """Name the month in which most journeys begin."""
    started = frame["n_journeys_started"]
    top = int(started.to_numpy().argmax())
    return (
        f"Most journeys begin in {months.iloc[top]:%B %Y}: "
        f"{format_count(started.iloc[top])} of {format_count(started.sum())}"
    )


def plot_stalled_accounts(
    frame: pd.DataFrame, *, by: Literal["stage", "owner"] = "stage", theme: Theme = "light"
) -> go.Figure:
    """Draw the value at risk in stalled accounts by the stage they are in, or by their owner.

    Parameters
    ----------
    frame
        The frame of ``stalled_accounts``: stage or owner, value_at_risk (deal value times the
        loss of chance to win), one row per account.
    by
        What makes a bar.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        A bar for each of the biggest, one for all others; accounts are counted where no value
        is known.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"stage": ["Nurture", "Nurture", "Convert"],
    ...                       "value_at_risk": [1500.0, 500.0, 1000.0]})
    >>> plot_stalled_accounts(frame).layout.title.text
    'Most at risk: Nurture, 2K of 3K'
    """
    require(frame, (by, "value_at_risk"), where="the frame of stalled accounts")
    if frame.empty:
        return empty("No account is silent longer than is normal for its stage.", theme=theme)
    bars = _biggest(frame, by)
    height = 96 + SLIM_ROW * max(len(bars), 3)
    chart = draft(_stalled_title(bars), theme=theme, height=height, title_signs=HALF_A_PAGE)
    _draw_stalled(chart, bars, theme)
    return chart.drawn()


class _Bar(NamedTuple):
    """The stalled accounts of one owner or stage."""

    name: str
    n_accounts: int
    value: float


def _draw_stalled(chart: Draft, bars: Sequence[_Bar], theme: Theme) -> None:
    """Draw each bar with its words behind it."""
    has_value, colour = _has_value(bars), TOKENS[theme]
    sizes = [bar.value if has_value else float(bar.n_accounts) for bar in bars]
    names = [bar.name for bar in bars]
    chart.add_bar(
        orientation="h",
        x=sizes,
        y=list(range(len(names))),
        text=_stalled_words(bars),
        textposition="outside",
        cliponaxis=False,
        textfont={"color": colour["ink"], "size": 14},
        marker={"color": colour["outcome-stalled"]},
        customdata=names,
        hovertemplate="%{customdata}: %{text}<extra></extra>",
        showlegend=False,
    )
    name_rows(chart, names)
    chart.update_xaxes(visible=False, range=[0, max(sizes) * 1.9])


def _has_value(bars: Sequence[_Bar]) -> bool:
    """Whether the value of any account is known."""
    return any(bar.value > 0 for bar in bars)


def _stalled_title(bars: Sequence[_Bar]) -> str:
    """Say where most value, or most accounts, are at risk."""
    top = bars[0]
    if _has_value(bars):
        total = format_amount(sum(bar.value for bar in bars))
        return f"Most at risk: {top.name}, {format_amount(top.value)} of {total}"
    total = _accounts(sum(bar.n_accounts for bar in bars))
    return f"Most stalled: {top.name}, {format_count(top.n_accounts)} of {total}"


def _stalled_words(bars: Sequence[_Bar]) -> list[str]:
    """Write beside each bar how much value and how many accounts it stands for."""
    if not _has_value(bars):
        return [_accounts(bar.n_accounts) for bar in bars]
    return [f"{format_amount(bar.value)} in {_accounts(bar.n_accounts)}" for bar in bars]


def _biggest(frame: pd.DataFrame, by: str) -> list[_Bar]:
    """Accounts and value by safe name, the biggest first, those that are many last as one."""
    codes, names = pd.factorize(frame[by], use_na_sentinel=False)
    n_accounts = np.bincount(codes).tolist()
    value = np.bincount(codes, frame["value_at_risk"].fillna(0.0)).tolist()
    shown = [safe_name(name, missing=f"No {by}") for name in names]
    bars = sorted(
        map(_Bar, shown, n_accounts, value), key=lambda bar: (-bar.value, -bar.n_accounts)
    )
    if len(bars) <= MOST_ROWS:
        return bars
    kept, rest = bars[: MOST_ROWS - 1], bars[MOST_ROWS - 1 :]
    n_rest, value_of_rest = sum(bar.n_accounts for bar in rest), sum(bar.value for bar in rest)
    return [*kept, _Bar(f"{format_count(len(rest))} others", n_rest, value_of_rest)]


def _stack_panels(chart: Draft, panels: Sequence[str], theme: Theme) -> None:
    """Set a small chart under the other, each with its head, over one axis of time."""
    colour, horizontal, vertical = TOKENS[theme], chart.layout["xaxis"], chart.layout["yaxis"]
    axes = PANEL_AXES[: len(panels)]
    height = (1 - PANEL_GAP * (len(axes) - 1)) / len(axes)
    for place, (axis, panel) in enumerate(zip(axes, panels, strict=True)):
        top = 1 - place * (height + PANEL_GAP)
        shared = {} if axis == axes[-1] else {"matches": f"x{axes[-1]}", "showticklabels": False}
        chart.layout[f"xaxis{axis}"] = {**horizontal, "anchor": f"y{axis}", **shared}
        chart.layout[f"yaxis{axis}"] = {
            **vertical,
            "anchor": f"x{axis}",
            "domain": [max(top - height, 0.0), top],
        }
        chart.add_annotation(
            text=MONTH_PANELS[panel][0],
            x=0,
            xref="paper",
            xanchor="left",
            y=top,
            yref="paper",
            yanchor="bottom",
            showarrow=False,
            font={"size": 14, "color": colour["muted"], "weight": 600},
        )
    chart.update_layout(showlegend=False, bargap=0.15)
    chart.update_xaxes(showgrid=False)
    chart.update_yaxes(rangemode="tozero", nticks=4, tickformat=",", tickfont={"size": 13})


def _accounts(n: int) -> str:
    """Write a number of accounts."""
    return f"{format_count(n)} account{'s' if n != 1 else ''}"
