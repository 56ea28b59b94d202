"""Ownership on the screen: the matrix, the promises, what waits; each count opens."""

from functools import partial
from typing import Any, Final

import pandas as pd
import streamlit as st

import journey
from journey import charts
from journey.analysis.ownership.matrix import name_of, promises_made
from journey.analysis.ownership.promise_members import count_waiting, touched_by, waiting_for
from journey.analysis.ownership.promises import HOURS, Standing
from journey.analysis.ownership.proposed import proposed_ownership
from journey.log import TouchpointLog
from journey.ui.accounts import account_names, name_columns
from journey.ui.act.handoffs import STANDINGS
from journey.ui.act.ownership_forms import save_ownership
from journey.ui.cache import cached
from journey.ui.counts import Count, count_row
from journey.ui.explore.segment_views import NOT_KNOWN, attributes
from journey.ui.navigation import ACCOUNT, open_page
from journey.ui.plots import current_theme, show_plot
from journey.ui.reader import fragment
from journey.ui.state import ACCOUNT_PARAMETER
from journey.ui.tables import choose_row, rates, show_table
from journey.ui.text import counted, days, label, markdown, number

NOBODY: Final = "(no department)"
WAITING_MOST: Final = 10_000
"""Of more open promises than anybody can work through, the most urgent are listed."""

STANDING_ORDER: Final[tuple[Standing, ...]] = ("in_time", "late", "due", "past_due", "over")
HELP: Final = {
    "touch_share": "Of the stage's touches.",
    "n_journeys": "Journeys with such a touch in the stage.",
    "sla_hours": "Within so many hours the lead promised to act.",
    "n_due": "Open, not acted so far, still in time.",
    "n_past_due": "Open, not acted so far, longer than promised.",
    "n_over": "Decided, or the stage left, before anybody acted.",
    "late_rate": "Late or past due, of those in time, late and past due.",
    "median_hours": "By then half were answered; those still waiting count as long as they waited.",
    "p90_hours": "By then nine of ten were answered.",
}
LABELS: Final = {
    "n_in_time": "In time",
    "n_late": "Late",
    "n_due": "Due",
    "n_past_due": "Past due",
    "n_over": "Over",
    "n_waits": "Owed",
    "late_rate": "Late share",
    "late_low": "Late, low",
    "late_high": "Late, high",
    "sla_hours": "Promised hours",
    "sla_days": "Promised days",
    "waited_days": "Waited days",
    "source": "From",
    "target": "Owed by",
    "begun_at": "Waits since",
    "p90_hours": "9 in 10, hours",
}


def headline(levels: pd.DataFrame) -> str:
    """Say what waits for longer than promised, by ``service_levels``.

    Examples
    --------
    >>> headline(pd.DataFrame({"n_due": [1, 0], "n_past_due": [0, 1]}))
    '1 of 2 open promises is past due'
    """
    n = int(levels["n_past_due"].sum())
    n_open = n + int(levels["n_due"].sum())
    if not n_open:
        return "Ownership"
    of = counted(n_open, "open promise")
    if not n:
        return f"{of}, none past due"
    return f"{number(n)} of {of} {'is' if n == 1 else 'are'} past due"


def show_matrix(view: TouchpointLog) -> None:
    """Show who leads and works where; propose owners where nobody is named."""
    frame = cached(journey.ownership_matrix)(view)
    chart = charts.plot_ownership_matrix(frame, theme=current_theme())
    show_plot(chart, key="matrix", file_name="ownership-matrix")
    if (frame["gap"] == "no lead").any():
        st.button(
            "Propose leads from the touches",
            icon=":material/auto_fix_high:",
            help="The lead is the department with most touches in the stage. You can change it.",
            on_click=lambda: save_ownership(view.definitions, proposed_ownership(view)),
        )
    _open_cell(view)
    says = frame["role"].notna() | (frame["n_touchpoints"] > 0) | frame["gap"].notna()
    shown = frame.assign(department=[name or NOBODY for name in frame["department"]])[says]
    options = {"column_help": HELP, "labels": LABELS}
    show_table(
        shown.reset_index(drop=True),
        key="matrix-table",
        file_name="ownership-matrix",
        **options,
        of=rates("n_touchpoints / touch_share", "touch_share")
        | rates("n_in_time + n_late + n_past_due", "late_rate"),
    )


@fragment
def _open_cell(view: TouchpointLog) -> None:
    """Let the user open the journeys that departments touched in one stage."""
    frame = cached(journey.ownership_matrix)(view)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        stage = st.selectbox("Open journeys of", list(view.definitions.stage_names), width=220)
        count_row(
            [
                Count(
                    row.department or NOBODY,
                    row.n_journeys,
                    partial(touched_by, view, stage, row.department),
                    f"{stage}: touched by {row.department or 'no department'}",
                )
                for row in frame[frame["stage"] == stage].itertuples()
                if row.n_journeys
            ],
            key=f"matrix:{stage}",
        )


def show_levels(view: TouchpointLog) -> None:
    """Show what was promised and how it is kept, also by owner; each count opens."""
    frame = cached(journey.service_levels)(view)
    if frame.empty:
        st.info("Nothing is promised yet. Give hours under 'Edit'.", icon=":material/info:")
        return
    chart = charts.plot_service_levels(frame, theme=current_theme())
    show_plot(chart, key="levels", file_name="promises")
    found = attributes(view)
    columns = sorted(found, key=lambda column: (column != "owner", found[column].lower()))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = [name_of(one) for one in promises_made(view)]
        place = st.selectbox(
            "Promise",
            range(len(names)),
            format_func=names.__getitem__,
            width=240,
            key="promise",
            bind="query-params",
        )
        by = st.selectbox(
            "Compare by",
            [None, *columns],
            format_func=lambda one: found.get(one, "Nothing"),
            width=240,
            key="promises-by",
            bind="query-params",
        )
    _open_promise(view, place, by)
    shown = frame if by is None else cached(journey.service_levels_by)(view, by=by)
    if by is not None:
        shown = shown[shown["promise"] == names[place]].reset_index(drop=True)
        shown["value"] = [value or NOT_KNOWN for value in shown["value"]]
    labels = LABELS | ({} if by is None else {"value": label(by)})
    show_table(
        shown,
        key="levels-table",
        file_name="promises",
        column_help=HELP,
        labels=labels,
        of=rates("n_in_time + n_late + n_past_due", "late_rate", "late_low", "late_high"),
    )


def _open_promise(view: TouchpointLog, place: int, by: str | None) -> None:
    """Show the counts of one promise, of all or of one value, each opening."""
    promise = promises_made(view)[place]
    value, name = None, name_of(promise)
    if by is not None:
        frame = cached(journey.service_levels_by)(view, by=by)
        values = frame.loc[frame["promise"] == name, "value"].tolist()
        value = st.selectbox(
            markdown(label(by)), values, format_func=lambda one: one or NOT_KNOWN, width=240
        )
        name = f"{name}, {value or NOT_KNOWN}"
    found = cached(count_waiting)(view, promise, by=by, value=value)
    count_row(
        [
            Count(
                STANDINGS[standing],
                found[standing],
                partial(waiting_for, view, promise, standing=standing, by=by, value=value),
                f"{name}: {STANDINGS[standing].lower()}",
            )
            for standing in STANDING_ORDER
        ],
        key=f"promise:{place}:{by}:{value}",
    )
    st.caption("Journeys with at least one such promise. A journey may have several.")


def show_waiting(view: TouchpointLog) -> None:
    """Show what is due and past due now, by department and owner, as a list that opens."""
    frame = cached(journey.open_promises)(view, limit=WAITING_MOST)
    if frame.empty:
        st.markdown("**Nobody waits for an answer that was promised.**")
        return
    if len(frame) == WAITING_MOST:
        st.caption(
            f"The {number(WAITING_MOST)} longest overdue. Filter the accounts to see others."
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kinds = {"Past due": True, "Due": False}
        kind = st.segmented_control(
            "Show",
            ["All", *kinds],
            default="All",
            required=True,
            key="waiting-show",
            bind="query-params",
        )
        for column in ("department", "owner"):
            values = sorted(frame[column].dropna().unique())
            if len(values) > 1:
                chosen = st.selectbox(
                    label(column),
                    [None, *values],
                    format_func=lambda one: one or "All",
                    width=220,
                    key=f"waiting-{column}",
                    bind="query-params",
                )
                frame = frame if chosen is None else frame[frame[column] == chosen]
    if kind in kinds:
        frame = frame[frame["is_past_due"] == kinds[kind]]
    frame = frame.reset_index(drop=True)
    row = choose_row(
        frame,
        key=f"waiting:{kind}:{len(frame)}",
        file_name="open-promises",
        labels=LABELS | ({"name": "Account"} if name_columns(view) else {}),
        on_screen=partial(_named, view),
    )
    if row is None or view.case != "account":
        st.caption("Choose a row to open its account.")
        return
    _open_waiting(view, frame.iloc[row])


def _open_waiting(view: TouchpointLog, promise: "pd.Series[Any]") -> None:
    """Say how long the account of a promise has waited, and lead to its page."""
    account_id = str(promise["account_id"])
    name = account_names(view, [account_id])[0] or account_id
    st.markdown(f"**{markdown(name)}** has waited {days(promise['waited_hours'] / HOURS)}.")
    if st.button("Open the account", type="primary", icon=":material/apartment:"):
        open_page(ACCOUNT, **{ACCOUNT_PARAMETER: account_id})


def _named(view: TouchpointLog, frame: pd.DataFrame) -> pd.DataFrame:
    """Give open promises as they are read: accounts by their names, times in days."""
    in_days = {"waited_hours": "waited_days", "sla_hours": "sla_days"}
    shown = frame.assign(**{name: frame[name] / HOURS for name in in_days}).rename(columns=in_days)
    if not name_columns(view):
        return shown
    ids = shown.pop("account_id")
    names = account_names(view, ids.tolist())
    shown.insert(0, "name", [name or one for name, one in zip(names, ids, strict=True)])
    return shown.assign(account_id=ids)
