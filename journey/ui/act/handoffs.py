"""Handoffs on the screen: what became of leads at a post, by whom and when, what came back."""

from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

import journey
from journey import charts
from journey.analysis.ownership.matrix import name_of
from journey.analysis.ownership.promise_members import count_waiting, sent_back, waiting_for
from journey.analysis.ownership.promises import MONTH, Standing, handoff_promises
from journey.log import TouchpointLog
from journey.ui.cache import cached
from journey.ui.counts import Count, count_row
from journey.ui.explore.segment_views import NOT_KNOWN, attributes, place_of_most
from journey.ui.plots import current_theme, show_plot
from journey.ui.reader import fragment
from journey.ui.tables import rates, show_table
from journey.ui.text import days, label, markdown, number, percent

STANDINGS: Final[dict[Standing, str]] = {
    "taken": "Taken on",
    "sent_back": "Sent back",
    "over": "Over before an answer",
    "waiting": "Waiting",
    "in_time": "In time",
    "late": "Late",
    "due": "Due",
    "past_due": "Past due",
}
HELP: Final = {
    "n_waits": "Times a lead came to the post; a journey may come again.",
    "n_journeys": "Journeys that came to it.",
    "n_over": "Decided or given up before anybody answered.",
    "taken_share": "Taken on, of those no longer waiting.",
    "median_hours": "By then half were answered; those still waiting count as long as they waited.",
    "p90_hours": "By then nine of ten were answered.",
    "sla_hours": "As promised in Ownership.",
    "n_due": "Waiting, still in time.",
    "n_past_due": "Waiting for longer than promised.",
    "late_rate": "Late or past due, of those in time, late and past due.",
}
_OF_VALUES: Final[tuple[Standing, ...]] = ("late", "past_due", "sent_back", "waiting")
LABELS: Final = {
    "source": "From",
    "target": "To",
    "n_waits": "Handed on",
    "n_taken": "Taken on",
    "n_sent_back": "Sent back",
    "n_over": "Over",
    "n_waiting": "Waiting",
    "n_late": "Late",
    "n_in_time": "In time",
    "n_due": "Due",
    "n_past_due": "Past due",
    "median_hours": "Median hours",
    "p90_hours": "9 in 10, hours",
    "sla_hours": "Promised hours",
    "late_low": "Late, low",
    "late_high": "Late, high",
    "late_rate": "Late share",
}
RETURN_LABELS: Final = {
    "n_sent_back": "Sent back",
    "sent_back_share": "Share",
    "n_taken_again": "Taken on again",
    "n_won": "Won",
    "n_open": "Open",
}


OF: Final = rates(
    "n_taken + n_sent_back + n_over", "taken_share", "taken_low", "taken_high"
) | rates("n_in_time + n_late + n_past_due", "late_rate", "late_low", "late_high")


def headline(handoff: pd.Series) -> str:
    """Say of a handoff how many are late where a time is promised, else how long answers take.

    Examples
    --------
    >>> handoff = pd.Series({"n_waits": 554, "n_late": 116, "n_past_due": 0,
    ...     "n_in_time": 436, "late_rate": 0.21, "sla_hours": 48.0, "median_hours": 7.6})
    >>> headline(handoff)
    '21% of handed-on leads wait longer than the promised 2 days'
    """
    if pd.notna(handoff["late_rate"]):
        n = int(handoff["n_in_time"] + handoff["n_late"] + handoff["n_past_due"])
        share = percent(handoff["late_rate"], n if n < 30 else None)  # noqa: PLR2004 -- where n is said
        limit = days(handoff["sla_hours"] / 24)
        return f"{share} of handed-on leads wait longer than the promised {limit}"
    if handoff["n_waits"] and pd.notna(handoff["median_hours"]):
        median = handoff["median_hours"]
        when = f"within {days(median / 24)}" if median else "at once"
        return f"Half of handed-on leads are answered {when}"
    return "Handoffs"


def pick_handoff(view: TouchpointLog) -> int:
    """Ask which handoff to look at, by its place; nothing to ask where there is one."""
    promises = handoff_promises(view)
    if len(promises) == 1:
        return 0
    names = [markdown(name_of(promise)) for promise in promises]
    chosen = st.segmented_control(
        "Handoff", names, default=names[0], required=True, key="handoff", bind="query-params"
    )
    return names.index(chosen)


def show_counts(view: TouchpointLog, place: int) -> None:
    """Show what became of the leads at one post: journeys that open, and how long answers take."""
    row: Any = cached(journey.handoffs)(view).iloc[place]
    promise = handoff_promises(view)[place]
    name = name_of(promise)
    figures = st.columns(4)
    figures[0].metric("Handed on", number(row.n_waits), help=HELP["n_waits"])
    figures[1].metric("Half answered within", days(row.median_hours / 24))
    figures[2].metric("9 in 10 answered within", days(row.p90_hours / 24))
    n_judged = row.n_in_time + row.n_late + row.n_past_due
    figures[3].metric("Later than promised", percent(row.late_rate, n_judged))
    standings: list[Standing] = ["taken", "sent_back", "over", "waiting"]
    standings += ["in_time", "late", "due", "past_due"] if promise.hours else []
    st.caption("Journeys with at least one such handoff:")
    found = cached(count_waiting)(view, promise)
    counts = [
        Count(
            STANDINGS[standing],
            found[standing],
            partial(waiting_for, view, promise, standing=standing),
            f"{name}: {STANDINGS[standing].lower()}",
        )
        for standing in standings
        if found[standing]
    ]
    every = Count("All", row.n_journeys, partial(waiting_for, view, promise), name)
    count_row([every, *counts], key=f"handoff:{place}")


def show_by(view: TouchpointLog, place: int) -> None:
    """Show one handoff by an attribute, owners first, and open the journeys of a value."""
    found = attributes(view)
    columns = sorted(found, key=lambda column: (column != "owner", found[column].lower()))
    if not columns:
        return
    by = st.selectbox(
        "Compare by",
        columns,
        format_func=found.__getitem__,
        key="handoffs_by",
        width=320,
        bind="query-params",
    )
    frame = _rows(view, place, by)
    if frame["late_rate"].notna().any():
        chart = charts.plot_late_handoffs(frame, theme=current_theme())
        show_plot(chart, key="late", file_name=f"late-handoffs-by-{by}")
    _open_value(view, place, by)
    shown = frame.assign(value=[value or NOT_KNOWN for value in frame["value"]])
    show_table(
        shown.drop(columns=["source", "target"]),
        key="handoffs-by",
        file_name=f"handoffs-by-{by}",
        column_help=HELP,
        labels={**LABELS, "value": label(by)},
        of=OF,
    )


def show_months(view: TouchpointLog, place: int) -> None:
    """Show one handoff by the month in which leads came to the post."""
    frame = _rows(view, place, MONTH)
    chart = charts.plot_handoff_months(frame, theme=current_theme())
    show_plot(chart, key="handoff-months", file_name="handoffs-by-month")
    _open_value(view, place, MONTH)
    show_table(
        frame.drop(columns=["source", "target"]),
        key="handoff-months-table",
        file_name="handoffs-by-month",
        column_help=HELP,
        labels={**LABELS, "value": "Month"},
        of=OF,
    )


@fragment
def _open_value(view: TouchpointLog, place: int, by: str) -> None:
    """Let the user open the journeys of one value; a choice runs only this."""
    frame, promise = _rows(view, place, by), handoff_promises(view)[place]
    values = frame["value"].tolist()
    if not values:
        return
    names = [NOT_KNOWN if value is None else value for value in values]
    begin = 0 if by == MONTH else place_of_most(frame, frame["late_rate"], _judged(frame))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            "Open journeys of",
            names,
            index=begin,
            key=f"handoff-of:{place}:{by}:{names[begin]}",
            width=260,
        )
        at = names.index(chosen)
        value, name = values[at], f"{name_of(promise)}, {chosen}"
        inside = partial(waiting_for, view, promise, by=by, value=value)
        found = cached(count_waiting)(view, promise, by=by, value=value)
        counts = [Count("All", int(frame["n_journeys"].iloc[at]), inside, name)]
        counts += [
            Count(
                STANDINGS[standing],
                found[standing],
                partial(inside, standing=standing),
                f"{name}: {STANDINGS[standing].lower()}",
            )
            for standing in _OF_VALUES
            if frame[f"n_{standing}"].any()
        ]
        count_row(counts, key=f"handoff-open:{place}:{by}:{at}")


def _judged(frame: pd.DataFrame) -> pd.Series:
    return frame["n_in_time"] + frame["n_late"] + frame["n_past_due"]


def _rows(view: TouchpointLog, place: int, by: str) -> pd.DataFrame:
    """Rows of one handoff, by an attribute or by month."""
    promise = handoff_promises(view)[place]
    frame = cached(journey.handoffs_by)(view, by=by)
    return frame[frame["source"] == promise.source].reset_index(drop=True)


def show_returned(view: TouchpointLog) -> None:
    """Show why leads came back and what became of them; each reason opens."""
    frame = cached(journey.returned_leads)(view)
    if frame.empty:
        st.caption("No lead was sent back.")
        return
    show_plot(
        charts.plot_returned_leads(frame, theme=current_theme()),
        key="returned",
        file_name="returned-leads",
    )
    count_row(
        [
            Count(
                str(row.reason or "No reason given"),
                row.n_journeys,
                partial(sent_back, view, reason=row.reason),
                f"Sent back: {row.reason or 'no reason given'}",
            )
            for row in frame.head(6).itertuples()
        ],
        key="returned-counts",
    )
    show_table(
        frame,
        key="returned-table",
        file_name="returned-leads",
        labels=RETURN_LABELS,
        of=rates("n_sent_back / sent_back_share", "sent_back_share"),
    )
