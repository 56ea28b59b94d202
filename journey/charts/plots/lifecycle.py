"""Charts of the lifecycle: moves between stages, costs and nurture by month, programmes."""

from typing import Final

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from journey.charts.axes import share_axis
from journey.charts.columns import require
from journey.charts.draft import Draft
from journey.charts.numbers import format_count, format_counted, format_share
from journey.charts.plot_style import (
    IN_MONTH,
    LONG_NAME_WIDTH,
    TITLE_WIDTH,
    beside,
    draft,
    draw_links,
    empty,
    legend_at_foot,
    month_name,
    name_months,
    name_rows,
    rows_height,
    safe_name,
    top_row,
)
from journey.charts.theme import TOKENS, Theme
from journey.schema import SMALL_SAMPLE

COSTS: Final = {
    "cost_per_lead": ("Per lead", "stage-1", "solid"),
    "cost_per_mql": ("Per MQL", "stage-2", "dash"),
    "cost_per_sql": ("Per SQL", "stage-3", "dashdot"),
    "cost_per_customer": ("Per customer", "stage-4", "dot"),
}
COUNTS: Final = {
    "n_new_leads": ("New leads", "stage-1", "solid"),
    "n_reopened": ("Came back", "stage-4", "dot"),
    "n_mqls": ("MQLs", "stage-2", "dash"),
}
NOBODY_NURTURED: Final = (
    "No journey became a lead or an MQL, or came back. 'Means' on Definitions says what a lead is."
)
HEIGHT: Final = 400


def plot_stage_movement(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw which share of a stage moved on or back in the period, and in the one before.

    Parameters
    ----------
    frame
        The frame of ``stage_movement``: source_stage, target_stage, share and previous_share (of
        journeys in the source stage), n_in_source, previous_n_in_source, change, is_worse.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        A row for each move; filled: now, open: before; grey below 30 journeys.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"source_stage": ["Nurture"], "target_stage": ["Convert"],
    ...     "share": [0.2], "previous_share": [0.4], "n_in_source": [50],
    ...     "previous_n_in_source": [40], "change": [-0.2], "is_worse": [True]})
    >>> plot_stage_movement(frame).layout.title.text
    'Nurture to Convert got worse most: 20% now, 40% before'
    """
    columns = ("source_stage", "target_stage", "share", "previous_share", "n_in_source")
    wanted = (*columns, "previous_n_in_source", "change", "is_worse")
    require(frame, wanted, where="the stage movement")
    table = frame[frame["n_in_source"] + frame["previous_n_in_source"] > 0]
    if table.empty:
        return empty("No journey moved between stages in these periods.", theme=theme)
    note = f"Of journeys in the first stage; grey: fewer than {SMALL_SAMPLE}"
    chart = draft(_movement_title(table), theme=theme, height=rows_height(len(table)), note=note)
    pairs = zip(table["share"].fillna(0), table["previous_share"].fillna(0), strict=True)
    draw_links(chart, pairs, theme=theme)
    for column, words, symbol in (
        ("previous_share", "Period before", "circle-open"),
        ("share", "This period", "circle"),
    ):
        _draw_period(chart, table, column, words, symbol, theme)
    ends = zip(table["source_stage"], table["target_stage"], strict=True)
    name_rows(chart, [f"{safe_name(source)} → {safe_name(target)}" for source, target in ends])
    most = float(np.nanmax(table[["share", "previous_share"]].to_numpy(dtype=float)))
    chart.update_xaxes(**share_axis(0, min(max(most, 0.01) * 1.05, 1.02)))
    return chart.drawn()


def _draw_period(
    chart: Draft, table: pd.DataFrame, column: str, words: str, symbol: str, theme: Theme
) -> None:
    colour = TOKENS[theme]
    sizes = table[column.replace("share", "n_in_source")]
    inks = [colour["muted"] if n < SMALL_SAMPLE else colour["stage-0"] for n in sizes]
    chart.add_scatter(
        x=table[column],
        y=list(range(len(table))),
        mode="markers",
        cliponaxis=False,
        name=words,
        marker={"color": inks, "size": 14, "symbol": symbol, "line": {"width": 3}},
        customdata=[
            f"{words}: {format_share(share)} of {format_count(n)}"
            for share, n in zip(table[column], sizes, strict=True)
        ],
        hovertemplate="%{customdata}<extra></extra>",
    )


def _movement_title(table: pd.DataFrame) -> str:
    enough = (table["n_in_source"] >= SMALL_SAMPLE) & (
        table["previous_n_in_source"] >= SMALL_SAMPLE
    )
    worse = table[table["is_worse"] & enough]
    if worse.empty:
        return "No move between stages got worse among enough journeys"
    top = top_row(worse, worse["change"].abs())
    move = f"{safe_name(top['source_stage'])} to {safe_name(top['target_stage'])}"
    now, before = format_share(top["share"]), format_share(top["previous_share"])
    return f"{move} got worse most: {now} now, {before} before"


def plot_cost_per(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw what a lead, an MQL, an SQL and a customer cost by month.

    Parameters
    ----------
    frame
        The frame of ``cost_per`` by month and one currency: month, currency, cost, n_mqls and the
        costs for each.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        A line for each; the axis is logarithmic, since a customer costs many leads.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"month": ["2026-01", "2026-02"], "currency": "EUR",
    ...     "cost": [100.0, 100.0], "n_mqls": [2, 3], "cost_per_lead": [1.0, 2.0],
    ...     "cost_per_mql": [50.0, 33.0], "cost_per_sql": [1.0, 1.0], "cost_per_customer": 1.0})
    >>> plot_cost_per(frame).layout.title.text
    'An MQL cost 33 EUR in February 2026, 40 EUR over all months'
    """
    require(frame, ("month", "currency", "cost", "n_mqls", *COSTS), where="the costs by month")
    if frame[list(COSTS)].isna().all(axis=None):
        return empty("No month has both a known cost and somebody it was spent on.", theme=theme)
    chart = draft(_cost_title(frame), theme=theme, height=HEIGHT, note="All kinds of cost together")
    _draw_lines(chart, frame, COSTS, theme)
    chart.update_yaxes(type="log", tickformat=",", dtick=1)
    return chart.drawn()


def _cost_title(frame: pd.DataFrame) -> str:
    known = frame[frame["cost_per_mql"].notna()]
    if known.empty:
        return "Cost for each lead and customer by month"
    currency = "" if known["currency"].isna().any() else f" {safe_name(known['currency'].iloc[0])}"
    paid = frame[frame["cost"].notna()]
    overall = paid["cost"].sum() / paid["n_mqls"].sum()
    last = known.iloc[-1]
    now = f"{format_count(last['cost_per_mql'])}{currency} in {month_name(last['month'])}"
    return f"An MQL cost {now}, {format_count(overall)}{currency} over all months"


def plot_nurture(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw new leads, leads that came back and MQLs by month.

    Parameters
    ----------
    frame
        The frame of ``nurture_metrics``: month, n_new_leads, n_reopened, n_mqls.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        A line for each.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"month": ["2026-01", "2026-02"], "n_new_leads": [9, 4],
    ...     "n_reopened": [0, 1], "n_mqls": [2, 1]})
    >>> plot_nurture(frame).layout.title.text
    '3 MQLs from 13 new leads and 1 that came back'
    """
    require(frame, ("month", *COUNTS), where="the nurture figures")
    table = frame.drop_duplicates("month")
    counts = table[list(COUNTS)].astype(float)
    if not counts.fillna(0).to_numpy().any():
        return empty(NOBODY_NURTURED, theme=theme)
    chart = draft(_nurture_title(counts), theme=theme, height=HEIGHT)
    _draw_lines(chart, table, COUNTS, theme)
    chart.update_yaxes(rangemode="tozero", tickformat=",")
    return chart.drawn()


def _nurture_title(counts: pd.DataFrame) -> str:
    """Say how many became what; nothing of what no touchpoint means."""
    leads, back, mqls = (int(counts[name].sum()) for name in COUNTS)
    said = {
        "n_mqls": format_counted(mqls, "MQL"),
        "n_new_leads": format_counted(leads, "new lead"),
        "n_reopened": f"{format_count(back)} that came back",
    }
    known = [words for name, words in said.items() if counts[name].notna().any()]
    if len(known) == len(said):
        return f"{known[0]} from {known[1]} and {known[2]}"
    return " and ".join(known)


def _draw_lines(
    chart: Draft, frame: pd.DataFrame, lines: dict[str, tuple[str, str, str]], theme: Theme
) -> None:
    """Draw columns of a frame that tell something by month, each in a colour and dashes."""
    for column, (name, token, dash) in lines.items():
        known = frame[column].astype(float)
        if known.isna().all():
            continue
        chart.add_scatter(
            x=frame["month"] + "-01",
            y=[None if value != value else value for value in known],  # noqa: PLR0124 - NaN
            mode="lines+markers",
            name=name,
            line={"color": TOKENS[theme][token], "width": 3, "dash": dash},
            hovertemplate=f"%{{x|%B %Y}}: %{{y:,.0f}} {name.lower()}<extra></extra>",
            **IN_MONTH,
        )
    name_months(chart, frame["month"])
    legend_at_foot(chart)


def plot_programme(frame: pd.DataFrame, *, theme: Theme = "light") -> go.Figure:
    """Draw the steps of one programme: people who got each, and where they leave.

    Parameters
    ----------
    frame
        Rows of one campaign of ``nurture_programmes``: content, n_people, n_left, left_rate,
        n_waiting, is_leak.
    theme
        The palette.

    Returns
    -------
    plotly.graph_objects.Figure
        A bar for each step; the one after which most leave in the colour of back moves.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"content": ["One", "Two"], "n_people": [100, 40],
    ...     "n_left": [60, None], "left_rate": [0.6, None], "n_waiting": [0, 0],
    ...     "is_leak": [True, False]})
    >>> plot_programme(frame).layout.title.text
    'Most leave after One: 60% of 100 people'
    """
    columns = ("content", "n_people", "n_left", "left_rate", "n_waiting", "is_leak")
    require(frame, columns, where="the programme")
    if frame.empty:
        return empty("No message of this programme names its content.", theme=theme)
    chart = draft(_programme_title(frame), theme=theme, height=rows_height(len(frame)) - 40)
    colour = TOKENS[theme]
    names = [safe_name(content, width=LONG_NAME_WIDTH) for content in frame["content"]]
    chart.add_bar(
        orientation="h",
        x=frame["n_people"],
        y=list(range(len(frame))),
        marker={"color": [colour["back" if leak else "stage-2"] for leak in frame["is_leak"]]},
        customdata=names,
        hovertemplate="%{customdata}: %{x:,} people<extra></extra>",
    )
    _draw_leavers(chart, frame, theme)
    name_rows(chart, names)
    chart.update_xaxes(visible=False, range=[0, float(frame["n_people"].max()) * 1.8])
    return chart.drawn()


def _draw_leavers(chart: Draft, frame: pd.DataFrame, theme: Theme) -> None:
    """Write behind each step how many got it, and which share of them left."""
    steps = zip(frame["n_people"], frame["n_waiting"], frame["left_rate"], strict=True)
    for row, (n, n_waiting, rate) in enumerate(steps):
        left_rate = None if pd.isna(rate) else float(rate)
        words = _step_words(int(n), 0 if pd.isna(n_waiting) else int(n_waiting), left_rate)
        chart.add_annotation(x=n, y=row, text=words, **beside(theme, n=int(n)))


def _step_words(n_people: int, n_waiting: int, left_rate: float | None) -> str:
    people = format_count(n_people)
    if left_rate is None:
        return people
    share = format_share(left_rate)
    if n_waiting:
        return (
            f"{people}; {format_count(n_waiting)} still wait, {share} of the others left after it"
        )
    return f"{people}, {share} left after it"


def _programme_title(frame: pd.DataFrame) -> str:
    leaks = frame[frame["is_leak"].astype(bool)]
    if leaks.empty:
        return f"{format_count(frame['n_people'].max())} people were sent this programme"
    leak = leaks.iloc[0]
    people = format_count(leak["n_people"] - leak["n_waiting"])
    rate = format_share(float(leak["left_rate"]))
    name = safe_name(leak["content"], width=TITLE_WIDTH)
    return f"Most leave after {name}: {rate} of {people} people"
