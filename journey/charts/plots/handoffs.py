"""Charts of handoffs: who answers later than promised, when, and why leads come back."""

from typing import Any, Final, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from journey.charts.axes import share_axis
from journey.charts.columns import require
from journey.charts.draft import Draft
from journey.charts.numbers import format_count, format_counted, format_days, format_share
from journey.charts.plot_style import (
    Share,
    bars_by_month,
    beside,
    draft,
    draw_shares,
    empty,
    is_missing,
    name_months,
    name_rows,
    rows_height,
    safe_name,
)
from journey.charts.theme import TOKENS, Theme
from journey.schema import SMALL_SAMPLE

MAX_ROWS: Final = 12
NO_PROMISE: Final = "Nothing was promised for this, so nothing can be late."
HOURS: Final = 24.0


def plot_late_handoffs(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw the share of waits that took longer than promised, with its interval, by value.

    Parameters
    ----------
    frame
        Rows of one handoff of ``handoffs_by``: value, n_in_time, n_late, n_past_due, late_rate,
        late_low, late_high, sla_hours.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        The twelve values with most waits, the latest first; small samples are grey.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"value": ["Ann", "Bob"], "n_in_time": [12, 90], "n_late": [80, 10],
    ...     "n_past_due": 0, "late_rate": [0.87, 0.1], "late_low": [0.79, 0.06],
    ...     "late_high": [0.92, 0.17], "sla_hours": 48.0})
    >>> plot_late_handoffs(frame).layout.title.text
    'Ann answers late: 87% of 92 took over 2 days, against 10% of all others'
    """
    counts, shares = ("n_in_time", "n_late", "n_past_due"), ("late_rate", "late_low", "late_high")
    require(frame, ("value", *counts, *shares, "sla_hours"), where="the handoffs")
    columns = (frame[name].tolist() for name in ("value", *counts, *shares, "sla_hours"))
    every = (
        _Late(value, n_late + n_past_due, n_in_time + n_late + n_past_due, *rest)
        for value, n_in_time, n_late, n_past_due, *rest in zip(*columns, strict=True)
    )
    judged = [row for row in every if row.n > 0]
    if not judged:
        return empty(NO_PROMISE, theme=theme)
    biggest = sorted(judged, key=lambda row: -row.n)[:MAX_ROWS]
    table = sorted(biggest, key=lambda row: -row.rate)
    note = f"Answered later than promised, or still waiting; grey: fewer than {SMALL_SAMPLE}"
    hidden = len(judged) - len(table)
    note += f"; {hidden} smaller ones left out" if hidden else ""
    height = rows_height(len(table)) - 40
    chart = draft(_late_title(judged), theme=theme, height=height, note=note)
    _draw_late(chart, table, theme)
    return chart.drawn()


class _Late(NamedTuple):
    """How many waits of one value were judged, and how many of them were late."""

    value: Any
    n_missed: int
    n: int
    rate: float
    low: float
    high: float
    promised_hours: float


def _draw_late(chart: Draft, table: list[_Late], theme: Theme) -> None:
    """Draw the share that was late in each row, and name the rows."""
    names = [safe_name(row.value) for row in table]
    shares = [
        Share(place, names[place], row.rate, row.low, row.high, row.n)
        for place, row in enumerate(table)
    ]
    draw_shares(chart, shares, theme=theme)
    name_rows(chart, names)
    most = min(max(row.high for row in table), 1) * 1.3
    chart.update_xaxes(**share_axis(0, most))


def _late_title(judged: list[_Late]) -> str:
    """Name who is later than all others together, if one stands out."""
    n, n_missed = sum(row.n for row in judged), sum(row.n_missed for row in judged)
    limit = format_days(judged[0].promised_hours / HOURS)
    enough = [row for row in judged if row.n >= SMALL_SAMPLE and not is_missing(row.value)]
    if enough and len(judged) > 1:
        top = max(enough, key=lambda row: row.rate)
        rest = (n_missed - top.n_missed) / max(n - top.n, 1)
        if top.low > rest:
            return (
                f"{safe_name(top.value)} answers late: {format_share(top.rate)} of "
                f"{format_count(top.n)} took over {limit}, against "
                f"{format_share(rest)} of all others"
            )
    return f"{format_share(n_missed / n)} of {format_count(n)} took over {limit}"


def plot_handoff_months(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw by month how many leads came to a post, those answered in time and late apart.

    Parameters
    ----------
    frame
        Rows of one handoff of ``handoffs_by`` by month: value (``YYYY-MM``), n_waits, n_in_time,
        n_late, n_past_due.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        One stacked bar a month.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"value": ["2026-01", "2026-02"], "n_waits": [10, 20],
    ...     "n_in_time": [9, 10], "n_late": [1, 10], "n_past_due": 0})
    >>> plot_handoff_months(frame).layout.title.text
    '30 handed on in 2 months, 11 answered late'
    """
    columns = ("value", "n_waits", "n_in_time", "n_late", "n_past_due")
    require(frame, columns, where="the handoffs by month")
    if frame.empty:
        return empty("No lead was handed on.", theme=theme)
    missed = frame["n_late"] + frame["n_past_due"]
    is_judged = bool((missed + frame["n_in_time"]).sum())
    months = format_counted(len(frame), "month")
    said = f"{format_count(frame['n_waits'].sum())} handed on in {months}"
    title = f"{said}, {format_count(missed.sum())} answered late" if is_judged else said
    chart = draft(title, theme=theme, height=300, room=20)
    _draw_months(chart, frame, missed, theme)
    name_months(chart, frame["value"])
    chart.update_layout(legend={"y": 1.02, "yanchor": "bottom", "x": 1, "xanchor": "right"})
    return chart.drawn()


def _draw_months(chart: Draft, frame: pd.DataFrame, missed: pd.Series, theme: Theme) -> None:
    """Draw a stacked bar a month; nothing is judged where nothing was promised."""
    rest = frame["n_waits"] - frame["n_in_time"] - missed
    is_judged = bool((missed + frame["n_in_time"]).sum())
    for name, counts, token in (
        ("In time", frame["n_in_time"], "stage-0"),
        ("Late", missed, "outcome-lost"),
        ("Not due or over" if is_judged else "Handed on", rest, "muted"),
    ):
        if counts.any():
            chart.add_bar(
                x=[f"{month}-01" for month in frame["value"]],
                y=counts,
                name=name,
                marker={"color": TOKENS[theme][token]},
                hovertemplate=f"%{{x|%B %Y}}: %{{y:,}} {name.lower()}<extra></extra>",
                **bars_by_month(frame["value"]),
            )


def plot_returned_leads(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw why leads were sent back, and how many of them were won in the end.

    Parameters
    ----------
    frame
        The frame of ``returned_leads``: reason, n_sent_back, sent_back_share, n_journeys, n_won.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        One bar a reason, the twelve most frequent.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"reason": ["No budget", "Timing"], "n_sent_back": [96, 83],
    ...     "sent_back_share": [0.536, 0.464], "n_journeys": [96, 83], "n_won": [25, 23]})
    >>> plot_returned_leads(frame).layout.title.text
    'Sent back most for No budget: 54% of 179 leads'
    """
    columns = ("reason", "n_sent_back", "sent_back_share", "n_journeys", "n_won")
    require(frame, columns, where="the returned leads")
    if frame.empty:
        return empty("Sales sent no lead back.", theme=theme)
    table = frame.head(MAX_ROWS)
    chart = draft(_return_title(frame), theme=theme, height=rows_height(len(table)) - 60)
    names = [safe_name(reason, missing="(no reason given)") for reason in table["reason"]]
    rows = list(range(len(table)))
    chart.add_bar(
        orientation="h",
        x=table["n_sent_back"],
        y=rows,
        marker={"color": TOKENS[theme]["back"]},
        customdata=names,
        hovertemplate="%{customdata}: %{x:,} sent back<extra></extra>",
        showlegend=False,
    )
    _return_words(chart, table, theme)
    name_rows(chart, names)
    chart.update_xaxes(visible=False, range=[0, int(table["n_sent_back"].max()) * 1.5])
    chart.update_layout(bargap=0.35)
    return chart.drawn()


def _return_words(chart: Draft, table: pd.DataFrame, theme: Theme) -> None:
    columns = ("n_sent_back", "sent_back_share", "n_won", "n_journeys")
    figures: Any = zip(*(table[name].tolist() for name in columns), strict=True)
    for row, (n, share, n_won, n_journeys) in enumerate(figures):
        won = f"{format_count(n_won)} of {format_count(n_journeys)} accounts won later"
        chart.add_annotation(
            x=n,
            y=row,
            text=f"{format_count(n)} · {format_share(share)} · {won}",
            **beside(theme, n=n_journeys),
        )


def _return_title(frame: pd.DataFrame) -> str:
    total = format_count(frame["n_sent_back"].sum())
    named = frame[frame["reason"].notna()]
    if named.empty:
        return f"{total} leads were sent back, no reason given"
    top = named.iloc[0]
    share = format_share(top["sent_back_share"])
    return f"Sent back most for {safe_name(top['reason'])}: {share} of {total} leads"
