"""Nurture on the screen: months, programmes, triggers, content, nurtured beside not nurtured."""

from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

import journey
from journey import charts
from journey.analysis.figures.frames import records
from journey.analysis.lifecycle.nurture import COUNTED, UNDERCOUNTED, nurture_journeys
from journey.analysis.lifecycle.nurtured import NOT_CONTROLLED, nurtured_journeys
from journey.analysis.lifecycle.triggers import ANSWER_DAYS, ignored_triggers
from journey.charts.plot_style import month_name
from journey.log import TouchpointLog
from journey.ui.cache import cached
from journey.ui.counts import Count, count_row
from journey.ui.navigation import NURTURE, page_name
from journey.ui.plots import current_theme, show_plot
from journey.ui.tables import rates, show_table
from journey.ui.text import counted, days, markdown, number, percent

COUNT_WORDS: Final = {"new_leads": "New leads", "reopened": "Came back", "mqls": "MQLs"}
MONTH_HELP: Final = {
    "n_reopened": "Dormant or sent back, then active again.",
    "cost_per_mql": "Campaigns, labour and technology of the month for each MQL.",
    "value_per_mql": "Won so far by the MQLs of the month; late months still grow.",
    "click_through_rate": "Of messages sent. Go by this one.",
    "open_rate": UNDERCOUNTED,
}
MONTH_LABELS: Final = {
    "n_reopened": "Came back",
    "n_mqls": "MQLs",
    "cost_per_mql": "Cost per MQL",
    "value_per_mql": "Value per MQL",
}
CONTENT_HELP: Final = {
    "n_before_mql": "Journeys that were no MQL yet when they first took it up.",
    "mql_rate": "Of these, MQL later. It need not follow from the content.",
    "win_rate": "Won of those decided later. It need not follow from the content.",
}
TRIGGER_HELP: Final = {
    "n_waiting": "Not answered, but there is still time.",
    "answered_rate": "Of those answered or ignored.",
    "median_days": "To the answer: half are quicker.",
}


def headline(view: TouchpointLog) -> str:
    """Return how many MQLs, or else new leads, the last month has, beside the one before."""
    months = cached(journey.nurture_metrics)(view).drop_duplicates("month").tail(2)
    for noun, column in (("MQL", "n_mqls"), ("new lead", "n_new_leads")):
        known = months.dropna(subset=column)
        if known.empty:
            continue
        n, month = int(known[column].iloc[-1]), known["month"].iloc[-1]
        day = view.as_of
        is_running = month == f"{day:%Y-%m}" and not day.is_month_end
        so_far = " so far" if is_running else ""
        before = f", {number(known[column].iloc[0])} the month before" if len(known) > 1 else ""
        return f"{counted(n, noun)} in {month_name(month)}{so_far}{before}"
    return page_name(NURTURE)


def show_months(view: TouchpointLog) -> None:
    """Show leads, MQLs, their cost and messages by month, and open one month."""
    frame = cached(journey.nurture_metrics)(view)
    show_plot(charts.plot_nurture(frame, theme=current_theme()), key="nurture", file_name="nurture")
    known = frame.drop_duplicates("month")
    if known.empty:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        month = st.selectbox("Month", known["month"].tolist()[::-1], key="nurture:month", width=140)
        row = known[known["month"] == month].iloc[0]
        counts = [
            Count(
                COUNT_WORDS[name],
                0 if pd.isna(row[f"n_{name}"]) else int(row[f"n_{name}"]),
                partial(nurture_journeys, view, name, month),
                f"{COUNT_WORDS[name]} in {month}",
            )
            for name in COUNTED
        ]
        count_row(counts, key=f"nurture:{month}")
    money = dict.fromkeys(("cost", "cost_per_mql", "value_per_mql"), 0)
    show_table(
        frame.round(money),
        key="nurture:months",
        file_name="nurture",
        column_help=MONTH_HELP,
        labels=MONTH_LABELS,
        of=rates("n_sent", "click_through_rate", "open_rate"),
    )


def show_scores(view: TouchpointLog) -> None:
    """Show how good the leads of each month were at its end."""
    frame = cached(journey.score_profile)(view)
    if frame.empty:
        st.caption("No journey became a lead, so there is nothing to grade.")
        return
    st.caption(
        "Leads of each month by their grade as it was at the end of that month: fit A to D, "
        "engagement 1 to 4. What came later does not count."
    )
    n_of = {
        (row["month"], row["fit_grade"] + row["engagement_grade"]): row["n_journeys"]
        for row in records(frame)
    }
    months = frame["month"].unique().tolist()
    grades = sorted({grade for _, grade in n_of})
    columns = {grade: [n_of.get((month, grade), 0) for month in months] for grade in grades}
    shown = pd.DataFrame({"month": months, **columns})
    show_table(shown, key="nurture:scores", file_name="score-profile")


def show_programmes(view: TouchpointLog) -> None:
    """Show the steps of one programme, and where people leave it."""
    frame = cached(journey.nurture_programmes)(view)
    if frame.empty:
        st.caption(
            "No message sent names both its campaign and its content, so there are no steps."
        )
        return
    names = frame["campaign"].drop_duplicates().tolist()
    chosen = st.selectbox("Programme", names, key="nurture-programme", bind="query-params")
    own = frame[frame["campaign"] == chosen].reset_index(drop=True)
    show_plot(
        charts.plot_programme(own, theme=current_theme()), key="programme", file_name="programme"
    )
    leak = own[own["is_leak"]]
    if len(leak):
        row = leak.iloc[0]
        st.markdown(
            f"After **{markdown(row['content'])}** {number(row['n_unsubscribed'])} people "
            f"unsubscribed and {number(row['n_left'])} were sent nothing more of it."
        )
    steps = own.drop(columns=["campaign", "is_leak"])
    told = rates("n_left + n_went_on", "left_rate", "low", "high")
    show_table(steps, key="nurture:steps", file_name="programme", of=told)


def show_triggers(view: TouchpointLog) -> None:
    """Show what customers asked for, and whether it was answered in time."""
    frame = cached(journey.triggers)(view)
    if frame.empty:
        st.caption(
            "No trigger can be told: either no touchpoint type is a call to action or of high "
            "intent, or none is a message or a call of ours. Say it under 'Means' on Definitions."
        )
        return
    n_asked = int(frame[["n_answered", "n_ignored"]].to_numpy().sum())
    n_ignored = int(frame["n_ignored"].sum())
    share = n_ignored / n_asked if n_asked else None
    st.markdown(
        f"## {percent(share, n_asked)} of {number(n_asked)} triggers had no answer "
        f"in {days(ANSWER_DAYS)}"
    )
    counts = [
        Count(
            f"{row['touchpoint']}: ignored in",
            int(row["n_journeys_ignored"]),
            partial(ignored_triggers, view, str(row["touchpoint"])),
            f"{row['touchpoint']} without an answer",
        )
        for row in frame.to_dict("records")
    ]
    count_row(counts, key="nurture:triggers")
    show_table(
        frame,
        key="nurture:answers",
        file_name="triggers",
        column_help=TRIGGER_HELP,
        of=rates("n_answered + n_ignored", "answered_rate", "low", "high"),
    )


def show_content(view: TouchpointLog) -> None:
    """Show content by how it engages and by what follows."""
    frame = cached(journey.content_engagement)(view)
    if frame.empty:
        st.caption("No touchpoint names its content.")
        return
    st.caption("What follows a piece of content need not follow from it.")
    show_table(
        frame,
        key="nurture:content",
        file_name="content",
        column_help=CONTENT_HELP,
        of=rates("n_before_mql", "mql_rate", "low", "high") | rates("n_decided", "win_rate"),
    )


def show_comparison(view: TouchpointLog) -> None:
    """Show leads that were nurtured beside those that were not."""
    frame = cached(journey.nurtured_comparison)(view)
    if not frame["n_journeys"].sum():
        st.caption("No lead has been decided, so there is nothing to compare.")
        return
    columns = st.columns(2)
    for column, row in zip(columns, frame.to_dict("records"), strict=True):
        with column, st.container(border=True):
            _group(view, row)
    st.markdown(
        f"**This is {NOT_CONTROLLED}.** Leads that stay longer are sent more, and those who "
        "were chosen for nurturing differ in more than that."
    )
    show_table(
        frame,
        key="nurture:groups",
        file_name="nurtured",
        of=rates("n_journeys", "win_rate", "low", "high"),
    )


def _group(view: TouchpointLog, row: dict[Any, Any]) -> None:
    words = str(row["group"]).capitalize()
    n = int(row["n_journeys"])
    st.markdown(f"## {words}: {percent(row['win_rate'], n)} won")
    st.markdown(
        f"of {counted(n, 'decided lead')}, 95% interval {percent(row['low'])} to "
        f"{percent(row['high'])}  \n"
        f"Median deal {number(row['median_value'])}, from {number(row['value_from'])} to "
        f"{number(row['value_to'])}  \n"
        f"Median time to win {days(row['median_days'])}, from {days(row['days_from'])} to "
        f"{days(row['days_to'])}"
    )
    is_nurtured = row["group"] == "nurtured"
    count = Count("Decided", n, partial(nurtured_journeys, view, nurtured=is_nurtured), words)
    count_row([count], key=f"nurture:{row['group']}")
