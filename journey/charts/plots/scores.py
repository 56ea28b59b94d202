"""Charts of scores: the grade matrix, what goes with winning, how far a model can be believed."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import pandas as pd
import plotly.graph_objects as go

from journey.charts.axes import difference_axis, share_axis
from journey.charts.columns import require
from journey.charts.draft import Draft
from journey.charts.numbers import format_count, format_share
from journey.charts.plot_style import (
    TEXT,
    beside,
    draft,
    empty,
    name_rows,
    quiet,
    rows_height,
    safe_name,
)
from journey.charts.theme import TOKENS, Theme
from journey.schema import SMALL_SAMPLE

MAX_DRIVERS: Final = 24
ENGAGEMENT_NAMES: Final = {"1": "1 hot", "2": "2 warm", "3": "3 cool", "4": "4 cold"}
FIT_NAMES: Final = {"A": "A best fit", "B": "B", "C": "C", "D": "D no fit", "?": "No rule of fit"}
SCORE_NAMES: Final = {
    "fit": ("Fit", "stage-1"),
    "engagement": ("Engagement", "stage-0"),
    "relationship": ("Relationship", "stage-3"),
}
_CELL: Final = 64
_GRADES_NOTE: Final = "Journeys by grade of fit and engagement"
_WON_NOTE: Final = "; share that won of those decided, grey: fewer than 30"


def plot_score_grades(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw how many journeys have each grade, fit down and engagement across.

    Parameters
    ----------
    frame
        The frame of ``score_grades``.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        One cell per grade with its count, and the share that won of decided ones, grey where fewer
        than 30; the fuller, the stronger its colour.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.
    """
    columns = ("fit_grade", "engagement_grade", "n_journeys", "n_decided", "win_rate")
    require(frame, columns, where="the grades")
    total = int(frame["n_journeys"].sum())
    if not total:
        return empty("No journey to grade.", theme=theme)
    letters = list(dict.fromkeys(frame["fit_grade"]))
    numbers = list(dict.fromkeys(frame["engagement_grade"]))
    chart = draft(
        _grades_title(frame, total),
        theme=theme,
        height=110 + _CELL * len(letters),
        note=_GRADES_NOTE + (_WON_NOTE if frame["n_decided"].any() else ""),
        room=28,
    )
    _draw_cells(chart, frame, theme)
    for row in _rows(frame):
        place = {"x": numbers.index(row.engagement_grade), "y": letters.index(row.fit_grade)}
        _cell_words(chart, row, place, theme)
    chart.update_xaxes(
        tickmode="array",
        tickvals=list(range(len(numbers))),
        ticktext=[ENGAGEMENT_NAMES.get(one, safe_name(one)) for one in numbers],
        side="top",
        showgrid=False,
        ticks="",
    )
    name_rows(chart, [FIT_NAMES.get(one, safe_name(one)) for one in letters])
    return chart.drawn()


def plot_score_drivers(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw how much more often journeys with each activity win than those without, in points.

    Parameters
    ----------
    frame
        The frame of ``score_drivers``.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        One row per activity with its 95 % interval, at most twenty-four: those with a clear
        difference first, then the most frequent; without one they are grey.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.
    """
    columns = ("touchpoint", "difference", "difference_low", "difference_high", "goes_with")
    require(frame, (*columns, "n_with", "n_without", "win_rate", "without_rate"), where="drivers")
    told = frame[frame["goes_with"] != "too few"].dropna(subset="difference")
    if told.empty:
        return empty("Too few decided journeys with and without any activity.", theme=theme)
    shown = _clearest(told)
    hidden = len(told) - len(shown)
    note = "Win rate with it less without it, in points, 95% interval: an association, no cause"
    note += f"; {hidden} more in the table" if hidden else ""
    chart = draft(_drivers_title(shown), theme=theme, height=rows_height(len(shown)), note=note)
    for place, row in enumerate(_rows(shown)):
        _draw_driver(chart, row, place, theme)
    chart.add_vline(x=0, line={"color": TOKENS[theme]["muted"], "width": 2})
    name_rows(chart, [safe_name(name) for name in shown["touchpoint"]])
    span = [float(shown["difference_low"].min()), float(shown["difference_high"].max())]
    wide = max(span[1] - span[0], 0.1)
    chart.update_xaxes(**difference_axis(span[0] - 0.04 * wide, span[1] + 0.3 * wide))
    return chart.drawn()


def plot_calibration(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw the share that won against the share the model expected, on held-back journeys.

    Parameters
    ----------
    frame
        The ``calibration`` of ``fit_score_model``.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        One mark per bin with its 95 % interval; on the line the model is right.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.
    """
    columns = ("predicted_share", "win_rate", "low", "high", "n_journeys", "n_won")
    require(frame, columns, where="the calibration")
    if frame.empty:
        return empty("No model to check.", theme=theme)
    colour = TOKENS[theme]
    inside = (frame["low"] <= frame["predicted_share"]) & (
        frame["predicted_share"] <= frame["high"]
    )
    n_right, n_bins = int(inside.sum()), len(frame)
    title = (
        "The model's chances can be taken at their word"
        if n_right == n_bins
        else f"The model's chances are off in {n_bins - n_right} of {n_bins} groups"
    )
    note = "Held-back journeys in five groups: chance expected, share that won, 95% interval"
    chart = draft(title, theme=theme, height=380, note=note)
    most = float(max(frame["high"].max(), frame["predicted_share"].max())) * 1.05
    chart.add_scatter(
        x=[0, most],
        y=[0, most],
        mode="lines",
        line={"color": colour["line"], "width": 3},
        hoverinfo="skip",
        showlegend=False,
    )
    for row in _rows(frame):
        _draw_bin(chart, row, theme)
    chart.update_xaxes(title={"text": "Chance expected"}, **share_axis(0, most))
    chart.update_yaxes(title={"text": "Share that won"}, **share_axis(0, most))
    return chart.drawn()


def plot_score_history(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw the three scores of one account over time.

    Parameters
    ----------
    frame
        The frame of ``score_history``.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        One line per dimension, never their sum.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.
    """
    require(frame, ("occurred_at", *SCORE_NAMES, "grade"), where="the history of scores")
    if frame.empty:
        return empty("No score before the first touch.", theme=theme)
    last, peak = frame.iloc[-1], frame.iloc[int(frame["engagement"].to_numpy().argmax())]
    title = f"Grade {safe_name(last['grade'])}: engagement {last['engagement']:.0f}"
    if peak["engagement"] >= last["engagement"] + 1:
        title += f", {peak['engagement']:.0f} at its height on {peak['occurred_at']:%Y-%m-%d}"
    chart = draft(title, theme=theme, height=300, note="Points of each dimension, as known then")
    for dimension, (name, token) in SCORE_NAMES.items():
        chart.add_scatter(
            x=frame["occurred_at"],
            y=frame[dimension].round(1),
            mode="lines",
            name=name,
            line={"color": TOKENS[theme][token], "width": 3, "shape": _shape(dimension)},
            hovertemplate=f"{name} %{{y:.0f}}, %{{x|%Y-%m-%d}}<extra></extra>",
        )
    chart.update_xaxes(type="date", tickangle=0, nticks=6)
    chart.update_layout(legend={"y": -0.22})
    return chart.drawn()


def _shape(dimension: str) -> str:
    """Fit and relationship jump; engagement fades between touches."""
    return "linear" if dimension == "engagement" else "hv"


def _grades_title(frame: pd.DataFrame, total: int) -> str:
    """Say of those that fit well how many are not engaged: there the next wins may lie."""
    best = frame[frame["fit_grade"].isin(["A", "B"])]
    n_best = int(best["n_journeys"].sum())
    if not n_best:
        sizes = frame.groupby("engagement_grade", sort=False)["n_journeys"].sum()
        most, word = int(sizes.max()), ENGAGEMENT_NAMES[str(sizes.idxmax())].split()[1]
        verb = "is" if most == 1 else "are"
        return f"{format_count(most)} of {format_count(total)} {verb} {word}"
    n_cool = int(best.loc[best["engagement_grade"].isin(["3", "4"]), "n_journeys"].sum())
    if n_cool == n_best:
        return f"None of the {format_count(n_best)} that fit well is engaged now"
    verb = "is" if n_cool == 1 else "are"
    return (
        f"{format_count(n_cool)} of the {format_count(n_best)} that fit well {verb} not engaged now"
    )


def _rows(frame: pd.DataFrame) -> Iterator[Any]:
    yield from frame.itertuples()


def _draw_driver(chart: Draft, row: Any, place: int, theme: Theme) -> None:
    """Draw one activity: its interval, its difference, its words."""
    ink = _driver_ink(row.goes_with, theme)
    chart.add_scatter(
        x=[row.difference_low, row.difference_high],
        y=[place, place],
        mode="lines",
        line={"color": ink, "width": 5},
        hoverinfo="skip",
        showlegend=False,
    )
    chart.add_scatter(
        x=[row.difference],
        y=[place],
        mode="markers",
        marker={"color": ink, "size": 13},
        customdata=[_driver_words(row)],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )
    chart.add_annotation(
        x=row.difference_high,
        y=place,
        text=f"{_points(row.difference)} points, n {format_count(row.n_with)}",
        **beside(theme, n=min(row.n_with, row.n_without)),
    )


def _draw_bin(chart: Draft, row: Any, theme: Theme) -> None:
    """Draw one group of journeys: the interval of what won, and the share that did."""
    ink = TOKENS[theme]["muted" if row.n_journeys < SMALL_SAMPLE else "stage-0"]
    words = (
        f"Expected {format_share(row.predicted_share)}, won {format_share(row.win_rate)}"
        f" of {format_count(row.n_journeys)}"
    )
    chart.add_scatter(
        x=[row.predicted_share, row.predicted_share],
        y=[row.low, row.high],
        mode="lines",
        line={"color": ink, "width": 4},
        hoverinfo="skip",
        showlegend=False,
    )
    chart.add_scatter(
        x=[row.predicted_share],
        y=[row.win_rate],
        mode="markers",
        marker={"color": ink, "size": 14},
        customdata=[words],
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )


def _draw_cells(chart: Draft, frame: pd.DataFrame, theme: Theme) -> None:
    """Colour the cells: roots tell small ones from empty ones beside one that has most."""
    counts = frame.pivot_table("n_journeys", "fit_grade", "engagement_grade", sort=False)
    chart.add_heatmap(
        z=(counts.to_numpy(float) ** 0.5).tolist(),
        x=list(range(counts.shape[1])),
        y=list(range(counts.shape[0])),
        colorscale=[[0, TOKENS[theme]["paper"]], [1, quiet("stage-0", theme)]],
        showscale=False,
        xgap=4,
        ygap=4,
        hoverinfo="skip",
    )


def _cell_words(chart: Any, row: Any, place: dict[str, int], theme: Theme) -> None:
    colour = TOKENS[theme]
    note: dict[str, Any] = {**place, "showarrow": False}
    ink = colour["ink" if row.n_journeys else "muted"]
    chart.add_annotation(
        text=f"<b>{format_count(row.n_journeys)}</b>",
        font={"size": 18, "color": ink},
        yshift=9 if row.n_decided else 0,
        **note,
    )
    if row.n_decided:
        is_small = row.n_decided < SMALL_SAMPLE
        chart.add_annotation(
            text=f"{format_share(row.win_rate)} of {format_count(row.n_decided)} won",
            font={"size": TEXT - 1, "color": colour["muted" if is_small else "ink"]},
            yshift=-13,
            **note,
        )


def _clearest(told: pd.DataFrame) -> pd.DataFrame:
    """The activities drawn, in the order of the frame."""
    marked = told.assign(is_clear=told["goes_with"] != "no difference seen")
    order = marked.sort_values(["is_clear", "n_with"], ascending=False, kind="stable")
    return told.loc[sorted(order.index[:MAX_DRIVERS])].reset_index(drop=True)


def _drivers_title(shown: pd.DataFrame) -> str:
    more = shown[shown["goes_with"] == "more wins"]
    useless: Sequence[str] = shown.loc[
        (shown["goes_with"] == "no difference seen")
        & (shown.get("points_per_touch", pd.Series(0.0, shown.index)) > 0),
        "touchpoint",
    ].tolist()
    lead = (
        f"{safe_name(more['touchpoint'].iloc[0])} goes with most wins"
        if len(more)
        else ("No activity goes clearly with more wins")
    )
    n_useless = len(useless)
    if not n_useless:
        return lead
    what = (
        "activity that gives points shows" if n_useless == 1 else "activities that give points show"
    )
    return f"{lead}; {format_count(n_useless)} {what} no difference"


def _driver_ink(kind: str, theme: Theme) -> str:
    colour = TOKENS[theme]
    inks = {"more wins": colour["outcome-won"], "fewer wins": colour["outcome-lost"]}
    return inks.get(kind, colour["muted"])


def _points(difference: float) -> str:
    whole = round(100 * difference)
    return f"{whole:+d}" if whole else "0"


def _driver_words(row: Any) -> str:
    return (
        f"{safe_name(row.touchpoint)}: {format_share(row.win_rate)} of "
        f"{format_count(row.n_with)} with it won,<br>{format_share(row.without_rate)} of "
        f"{format_count(row.n_without)} without"
    )
