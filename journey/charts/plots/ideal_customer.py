"""Charts of the ideal customer: who wins and who is lost, by which traits, and who is sold to."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from journey.charts.axes import share_axis
from journey.charts.columns import require
from journey.charts.draft import Draft
from journey.charts.numbers import format_amount, format_count, format_share
from journey.charts.plot_style import (
    Share,
    beside,
    draft,
    draw_shares,
    empty,
    name_rows,
    rows_height,
    safe_name,
)
from journey.charts.theme import TOKENS, Theme
from journey.schema import SMALL_SAMPLE

MAX_ROWS: Final = 20
WIDE: Final = 460.0
"""Room for a profile of two columns, in pixels."""

NO_PROFILE: Final = (
    "No attribute sets won journeys apart from the rest by more than chance. More decided "
    "journeys, or more attributes, may show one."
)
SERIES: Final = {
    "new_share": ("New journeys", "stage-0", "solid"),
    "pipeline_share": ("Open deal value", "stage-1", "dash"),
    "spend_share": ("Spend", "stage-2", "dot"),
}
_PROFILE: Final = ("role", "profile", "n_journeys", "n_won", "win_rate", "low", "high", "lift")
_REST: Final = ("n_rest", "rest_win_rate", "rest_low", "rest_high", "lost_rate", "rest_lost_rate")
_TRAIT: Final = ("profile", "n_journeys", "lift", "lift_least", "lift_most", "verdict")


def plot_ideal_customer(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw how often the ideal profile wins, and the anti-profile, each against its rest.

    Parameters
    ----------
    frame
        Rows of one line of ``ideal_customer_profile``.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        Win rates (won of all journeys of the profile) with their 95 % Wilson intervals.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"role": ["ideal"], "profile": ["Industry Retail"],
    ...     "n_journeys": [100], "n_won": [40], "win_rate": [0.4], "low": [0.31], "high": [0.5],
    ...     "lift": [4.0], "n_rest": [200], "rest_win_rate": [0.1], "rest_low": [0.07],
    ...     "rest_high": [0.15], "lost_rate": [0.05], "rest_lost_rate": [0.1]})
    >>> plot_ideal_customer(frame).layout.title.text
    'Industry Retail: 40% of 100 won, 4 times as often as the rest'
    """
    require(frame, (*_PROFILE, *_REST), where="the ideal customer profile")
    if frame.empty:
        return empty(NO_PROFILE, theme=theme)
    shares = list(_profile_shares(frame))
    chart = draft(
        _profile_title(frame.iloc[0]),
        theme=theme,
        height=rows_height(len(shares)) - 20,
        note=f"Won of all journeys, 95% interval; grey: fewer than {SMALL_SAMPLE}",
    )
    draw_shares(chart, shares, theme=theme)
    name_rows(chart, [share.name for share in shares])
    most = max(share.high for share in shares)
    chart.update_xaxes(**share_axis(0, min(most, 1) * 1.3))
    return chart.drawn()


def _profile_shares(frame: pd.DataFrame) -> Iterator[Share]:
    words = {"ideal": "Ideal: ", "anti": "Avoid: "}
    row = 0
    for one in frame.to_dict("records"):
        name = words[one["role"]] + safe_name(one["profile"], width=WIDE)
        figures = one["win_rate"], one["low"], one["high"], one["n_journeys"]
        yield Share(row, name, *figures)
        rest = one["rest_win_rate"], one["rest_low"], one["rest_high"], one["n_rest"]
        yield Share(row + 1, "All others", *rest)
        row += 2


def _profile_title(row: pd.Series) -> str:
    profile = safe_name(row["profile"], width=2 * WIDE)
    n = format_count(row["n_journeys"])
    if row["role"] == "anti":
        return (
            f"{profile}: {format_share(row['lost_rate'])} of {n} lost, against "
            f"{format_share(row['rest_lost_rate'])} of the rest"
        )
    won = f"{profile}: {format_share(row['win_rate'])} of {n} won"
    if not np.isfinite(row["lift"]):
        return f"{won}, and none of the rest"
    often = "about" if f"{row['lift']:.2g}" == "1" else f"{format_amount(row['lift'])} times"
    return f"{won}, {often} as often as the rest"


def plot_profile_traits(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw how much more often journeys with a trait are won than those without.

    Parameters
    ----------
    frame
        Rows of ``profile_traits`` worth showing, the first twenty are drawn.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        Lift with its 95 % interval on a scale of ratios; grey where it may be chance, or fewer
        than 30 journeys have the trait. Never won is drawn at the left end.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"profile": ["Industry Retail"], "n_journeys": [100], "lift": [2.0],
    ...     "lift_least": [1.5], "lift_most": [2.7], "verdict": ["wins more"]})
    >>> plot_profile_traits(frame).layout.title.text
    'Industry Retail goes with the most wins: 2 times as often as without'
    """
    require(frame, _TRAIT, where="the traits of profiles")
    if frame.empty:
        return empty("No trait is had by some journeys and not by others.", theme=theme)
    rows = frame.head(MAX_ROWS).sort_values("lift", ascending=False, kind="stable")
    known = rows[np.isfinite(rows["lift"])]
    if known.empty:
        return empty("Nothing to compare: nothing is won, or all of it on one side.", theme=theme)
    chart = draft(
        _traits_title(known),
        theme=theme,
        height=rows_height(len(known)) - 20,
        note="Win rate with the trait / without it, 95% interval; "
        f"grey: may be chance, or fewer than {SMALL_SAMPLE} journeys",
        room=16,
    )
    _draw_lifts(chart, known, theme)
    return chart.drawn()


def _draw_lifts(chart: Draft, rows: pd.DataFrame, theme: Theme) -> None:
    colour = TOKENS[theme]
    least = float(max(rows.loc[rows["lift"] > 0, "lift"].min(), 0.05)) / 2
    chart.add_vline(x=1, line={"color": colour["muted"], "dash": "dot", "width": 2})
    inks = [_lift_ink(one, theme) for one in rows["verdict"]]
    marks = rows["lift"].clip(lower=least)
    names = [safe_name(name, width=WIDE) for name in rows["profile"]]
    for row, (one, ink) in enumerate(zip(rows.to_dict("records"), inks, strict=True)):
        ends = [max(one["lift_least"], least), max(one["lift_most"], least)]
        line = {"color": ink, "width": 5}
        chart.add_scatter(x=ends, y=[row, row], mode="lines", line=line, hoverinfo="skip")
        words = _times(one["lift"]) + f" · n = {format_count(one['n_journeys'])}"
        place = {"x": np.log10(ends[1]), "y": row, "text": words}
        chart.add_annotation(**place, **beside(theme, n=one["n_journeys"]))
    chart.add_scatter(
        x=marks,
        y=list(range(len(rows))),
        mode="markers",
        cliponaxis=False,
        marker={"color": inks, "size": 15},
        customdata=[
            f"{name}<br>{_times(lift)} as often<br>{verdict}"
            for name, lift, verdict in zip(names, rows["lift"], rows["verdict"], strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )
    name_rows(chart, names)
    top = float(max(rows["lift_most"].max(), 2.0))
    chart.update_xaxes(
        type="log",
        range=[np.log10(least * 0.9), np.log10(top * 1.9)],
        tickvals=[0.1, 0.25, 0.5, 1, 2, 4, 10, 25],
        ticktext=["1/10", "1/4", "half", "same", "2 times", "4 times", "10 times", "25 times"],
    )
    chart.update_layout(showlegend=False)


def _lift_ink(verdict: str, theme: Theme) -> str:
    token = {"wins more": "outcome-won", "loses more": "outcome-lost", "wins less": "outcome-lost"}
    return TOKENS[theme][token.get(verdict, "line")]


def _times(lift: float) -> str:
    return "never won" if lift == 0 else f"{format_amount(lift)} times"


def _traits_title(rows: pd.DataFrame) -> str:
    sure = rows[rows["verdict"] == "wins more"]
    if sure.empty:
        return "No trait goes with more wins than chance could give"
    first = sure.iloc[0]
    return (
        f"{safe_name(first['profile'], width=2 * WIDE)} goes with the most wins: "
        f"{format_amount(first['lift'])} times as often as without"
    )


def plot_profile_fit(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw which share of new journeys, of open deal value and of spend is inside a profile.

    Parameters
    ----------
    frame
        The frame of ``profile_fit_by_month``.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        A line each by month, those without any figure left out.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"month": ["2026-01", "2026-02"], "n_new": [10, 10],
    ...     "n_new_inside": [1, 4], "new_share": [0.1, 0.4], "pipeline_share": [0.2, 0.3],
    ...     "spend_share": [float("nan")] * 2})
    >>> plot_profile_fit(frame).layout.title.text
    '25% of 20 new journeys fit; at the end 30% of open deal value'
    """
    require(frame, ("month", "n_new", "n_new_inside", *SERIES), where="the fit by month")
    if frame.empty or not frame["n_new"].sum():
        return empty("No journey passes the filters.", theme=theme)
    chart = draft(
        _fit_title(frame),
        theme=theme,
        height=420,
        note="Share inside the profile, by month; open deal value at the month's end",
    )
    _draw_shares_by_month(chart, frame, theme)
    most = float(np.nanmax(frame[list(SERIES)].to_numpy(dtype=float)))
    chart.update_yaxes(**share_axis(0, min(max(most, 0.05) * 1.1, 1.02)))
    return chart.drawn()


def _draw_shares_by_month(chart: Draft, frame: pd.DataFrame, theme: Theme) -> None:
    days = [f"{month}-01" for month in frame["month"]]
    for column, (name, token, dash) in SERIES.items():
        if frame[column].notna().any():
            chart.add_scatter(
                x=days,
                y=frame[column],
                name=name,
                mode="lines+markers",
                line={"color": TOKENS[theme][token], "width": 3, "dash": dash},
                hovertemplate=f"%{{x|%B %Y}}: %{{y:.0%}} of {name.lower()}<extra></extra>",
            )
    chart.update_layout(showlegend=True)


def _fit_title(frame: pd.DataFrame) -> str:
    n_new, n_inside = int(frame["n_new"].sum()), int(frame["n_new_inside"].sum())
    said = f"{format_share(n_inside / n_new)} of {format_count(n_new)} new journeys fit"
    last = frame["pipeline_share"].iloc[-1]
    if np.isnan(last):
        return said
    return f"{said}; at the end {format_share(last)} of open deal value"
