"""Charts of the forecast: wins to come, and past forecasts beside what happened."""

from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple

import pandas as pd
import plotly.graph_objects as go
from babel.dates import format_date

from journey.charts.axes import amount_axis
from journey.charts.columns import require
from journey.charts.draft import Draft
from journey.charts.numbers import format_amount, format_count
from journey.charts.plot_style import draft, empty, legend_at_foot, name_rows, quiet, rows_height
from journey.charts.theme import TOKENS, Theme

Measure = Literal["wins", "value"]


class _Columns(NamedTuple):
    """The columns of a measure, in the total of a forecast and in a back-test."""

    total: tuple[str, str, str]
    tested: tuple[str, str, str, str]
    inside: str
    write: Callable[[float], str]
    axis: Callable[[float], dict[str, Any]]


def _count_axis(high: float) -> dict[str, Any]:
    return {"range": [0, high], "nticks": 6, "tickformat": ","}


_OF: Final[dict[Measure, _Columns]] = {
    "wins": _Columns(
        ("total_wins", "total_low", "total_high"),
        ("expected_wins", "low", "high", "n_won"),
        "is_inside",
        format_count,
        _count_axis,
    ),
    "value": _Columns(
        ("total_value", "total_value_low", "total_value_high"),
        ("expected_value", "value_low", "value_high", "value_won"),
        "is_value_inside",
        format_amount,
        amount_axis,
    ),
}
_NOTHING_WON: Final = "No forecast: nothing was won yet, so there is nothing to learn from."


def plot_forecast(
    frame: pd.DataFrame, *, measure: Measure = "wins", theme: Theme = "light"
) -> go.Figure:
    """Draw the wins expected so far at the end of each week, with their 80 % interval.

    Parameters
    ----------
    frame
        The frame of ``forecast_wins``.
    measure
        Wins, or their value.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        One rising line, the interval as a band around it.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"ends_at": pd.to_datetime(["2026-07-07", "2026-07-14"], utc=True),
    ...     "total_wins": [2.1, 4.0], "total_low": [0.0, 1.0], "total_high": [4.0, 7.0]})
    >>> plot_forecast(frame).layout.title.text
    'Four times in five 1 to 7 wins by 14 Jul 2026'
    """
    columns = _OF[measure]
    require(frame, ("ends_at", *columns.total), where="the forecast")
    if frame.empty or frame[columns.total[0]].isna().any():
        return empty(_NOTHING_WON, theme=theme)
    chart = draft(_forecast_title(frame, measure), theme=theme, height=420)
    _draw_course(chart, frame, columns, theme)
    chart.update_yaxes(**columns.axis(1.05 * max(float(frame[columns.total[2]].max()), 1)))
    chart.update_xaxes(showgrid=False, tickformat="%d %b", nticks=8)
    return chart.drawn()


def plot_forecast_backtest(
    frame: pd.DataFrame, *, measure: Measure = "wins", theme: Theme = "light"
) -> go.Figure:
    """Draw past forecasts as intervals, each beside what then happened.

    Parameters
    ----------
    frame
        The frame of ``forecast_backtest``.
    measure
        Wins, or their value.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        One row per forecast, the latest on top.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"made_at": pd.to_datetime(["2026-01-01"], utc=True),
    ...     "until_at": pd.to_datetime(["2026-04-01"], utc=True), "expected_wins": [5.2],
    ...     "low": [2.0], "high": [8.0], "n_won": [9], "is_inside": [False]})
    >>> plot_forecast_backtest(frame).layout.title.text
    'The one past forecast that can be tried missed what happened'
    """
    columns = _OF[measure]
    named = (*columns.tested, columns.inside)
    require(frame, ("made_at", "until_at", *named), where="the back-test")
    if frame.empty:
        message = "The log is too short, or has too few wins, to try past forecasts."
        return empty(message, theme=theme)
    rows = frame.iloc[::-1].reset_index(drop=True)
    title = _backtest_title(int(rows[columns.inside].sum()), len(rows))
    chart = draft(title, theme=theme, height=rows_height(len(rows)))
    _draw_tested(chart, rows, columns, theme)
    ends = zip(rows["made_at"], rows["until_at"], strict=True)
    name_rows(chart, [f"{_day(made)} to {_day(until)}" for made, until in ends])
    chart.update_xaxes(**columns.axis(1.05 * max(float(rows[[*columns.tested]].max().max()), 1)))
    legend_at_foot(chart)
    return chart.drawn()


def _draw_course(chart: Draft, frame: pd.DataFrame, columns: _Columns, theme: Theme) -> None:
    """Draw what is expected by each week's end, with the interval behind it."""
    colour = TOKENS[theme]
    mean, low, high = (frame[name] for name in columns.total)
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    chart.add_scatter(x=frame["ends_at"], y=high, **edge)
    chart.add_scatter(
        x=frame["ends_at"],
        y=low,
        **(edge | {"showlegend": True}),
        name="four times in five",
        fill="tonexty",
        fillcolor=quiet("stage-0", theme),
    )
    chart.add_scatter(
        x=frame["ends_at"],
        y=mean,
        mode="lines+markers",
        name="expected",
        line={"color": colour["stage-0"], "width": 4},
        marker={"size": 8},
        customdata=[
            f"{columns.write(m)} expected by then, {columns.write(a)} to {columns.write(b)}"
            for m, a, b in zip(mean, low, high, strict=True)
        ],
        hovertemplate="%{x|%d %b %Y}: %{customdata}<extra></extra>",
    )


def _draw_tested(chart: Draft, rows: pd.DataFrame, columns: _Columns, theme: Theme) -> None:
    """Draw the interval, the expected and the real figure of each row."""
    colour = TOKENS[theme]
    expected, low, high, real = columns.tested
    places = list(range(len(rows)))
    xs: list[float | None] = []
    ys: list[int | None] = []
    for row in places:
        xs += [float(rows[low].iloc[row]), float(rows[high].iloc[row]), None]
        ys += [row, row, None]
    band = {"color": quiet("stage-0", theme), "width": 14}
    draw = chart.add_scatter
    draw(x=xs, y=ys, mode="lines", line=band, name="four times in five", hoverinfo="skip")
    for name, column, ink, symbol, line in (
        ("expected", expected, "stage-0", "line-ns-open", 4),
        ("really happened", real, "outcome-won", "diamond", 0),
    ):
        draw(
            x=rows[column],
            y=places,
            mode="markers",
            name=name,
            marker={"color": colour[ink], "size": 15, "symbol": symbol, "line": {"width": line}},
            customdata=[columns.write(value) for value in rows[column]],
            hovertemplate=f"%{{customdata}} {name}<extra></extra>",
        )


def _forecast_title(frame: pd.DataFrame, measure: Measure) -> str:
    """Say between what the wins will be; about how many is the message of the page."""
    columns = _OF[measure]
    last = frame.iloc[-1]
    low, high = (columns.write(float(last[name])) for name in columns.total[1:])
    between = _range(low, high)
    if between == "none":
        what = "no win"
    elif measure == "value":
        what = f"wins worth {between}"
    else:
        what = f"{between} {'win' if high == '1' else 'wins'}"
    return f"Four times in five {what} by {_day(last['ends_at'])}"


def _range(low: str, high: str) -> str:
    """Write an interval in words: one figure where both ends are written alike."""
    if low == high:
        return "none" if high == "0" else high
    return "none or 1" if (low, high) == ("0", "1") else f"{low} to {high}"


def _backtest_title(n_inside: int, n: int) -> str:
    if n == 1:
        verb = "held" if n_inside else "missed what happened"
        return f"The one past forecast that can be tried {verb}"
    return f"{n_inside} of {n} past forecasts held: what happened was inside the interval"


def _day(at: pd.Timestamp) -> str:
    return format_date(at.date(), "d MMM y", locale="en")
