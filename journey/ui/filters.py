"""The filter bar that all pages share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

import streamlit as st

from journey.log import TouchpointLog
from journey.schema import CASE_ROLES, OUTCOMES, Case
from journey.ui.cache import cached
from journey.ui.saved_segments import segments_here
from journey.ui.state import (
    NO_FILTERS,
    Filters,
    Value,
    apply_filters,
    current_filters,
    set_filters,
)
from journey.ui.text import OUTCOME_LABELS, counted, label, markdown, number

MAX_CHOICES: Final = 2_000
"""Columns with more values are looked up on their own pages, not picked from a list."""

MAX_NAMED: Final = 3
NO_VALUE: Final = "(no value)"
CASE_LABELS: Final[dict[Case, str]] = {
    "account": "Account",
    "person": "Person",
    "opportunity": "Opportunity",
    "session": "Session",
}
_KEY: Final = "filters:"
OPENED: Final = f"{_KEY}opened"
"""Whether the pickers are open; while they are not, they are not drawn."""

_ATTRIBUTE_KEY: Final = f"{_KEY}attribute"
_OWN_PICKERS: Final = ("outcome", "channel", "touchpoint")


@dataclass(frozen=True)
class Chip:
    """One active filter: its words, and the filters without it."""

    key: str
    text: str
    without: Filters


def filter_bar(log: TouchpointLog) -> None:
    """Show the filters of the session above a page: chips to remove, a place to add, what is left.

    Parameters
    ----------
    log
        The whole data set.
    """
    filters = current_filters()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        popover = st.popover("Filter", icon=":material/tune:", key=OPENED, on_change="rerun")
        if popover.open:
            with popover:
                _pickers(log, filters)
        for chip in active_filters(filters):
            st.button(
                markdown(chip.text),
                key=f"{_KEY}chip:{chip.key}",
                icon=":material/close:",
                icon_position="right",
                help="Remove this filter",
                on_click=set_filters,
                args=(chip.without,),
            )
        st.caption(coverage(log, filters), width="content")
        if without := without_case(log, filters):
            st.caption(without, width="content")


def coverage(log: TouchpointLog, filters: Filters) -> str:
    """Return how many of the journeys the filters leave, as 'N of M journeys'."""
    unfiltered = replace(NO_FILTERS, case=filters.case)
    n_all = n_journeys(log, unfiltered)
    if filters == unfiltered:
        return counted(n_all, "journey")
    return f"{number(n_journeys(log, filters))} of {counted(n_all, 'journey')}"


def without_case(log: TouchpointLog, filters: Filters) -> str:
    """Return how many touchpoints are left out since they have no such case; else nothing."""
    n_left = 0 if filters.case == "account" else log.by(filters.case).n_without_case
    if not n_left:
        return ""
    verb = "is" if n_left == 1 else "are"
    return f"{counted(n_left, 'touchpoint')} without {filters.case} {verb} in no journey"


def read_until(log: TouchpointLog, last_day: date | None) -> date:
    """Return the last day that a log is read up to: a day chosen ends with the midnight after it.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": "a", "touchpoint": "Ad",
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-05"])}))
    >>> read_until(log, None), read_until(log.between(None, "2026-01-03"), date(2026, 1, 2))
    (datetime.date(2026, 1, 5), datetime.date(2026, 1, 2))
    """
    ends_on = log.as_of.date()
    return ends_on if last_day is None else min(ends_on, last_day)


def active_filters(filters: Filters) -> list[Chip]:
    """Return every active filter with its words and the way to remove it."""
    chips = [
        Chip(f"where:{column}", _values_text(column, values), filters.keeping(column, ()))
        for column, values in filters.where
    ]
    if filters.segment is not None:
        text = f"Segment: {filters.segment}"
        chips.append(Chip("segment", text, replace(filters, segment=None)))
    if filters.first_day or filters.last_day:
        days = replace(filters, first_day=None, last_day=None)
        chips.append(Chip("days", _days_text(filters), days))
    if filters.case != "account":
        chips.append(Chip("case", f"By {filters.case}", replace(filters, case="account")))
    if filters.start is not None:
        chips.append(Chip("start", f"From {filters.start}", replace(filters, start=None)))
    if filters.end is not None:
        chips.append(Chip("end", f"To {filters.end}", replace(filters, end=None)))
    for name in filters.excluded:
        rest = tuple(other for other in filters.excluded if other != name)
        chips.append(Chip(f"without:{name}", f"Without {name}", replace(filters, excluded=rest)))
    for name, members in filters.groups:
        text = f"{name} = {_listed(members)}"
        chips.append(Chip(f"group:{name}", text, filters.grouping(name, ())))
    if filters.buyers_only:
        chips.append(Chip("buyers", "Buyers only", replace(filters, buyers_only=False)))
    if filters.collapse:
        chips.append(Chip("collapse", "Repeats as one", replace(filters, collapse=False)))
    return chips


def n_journeys(log: TouchpointLog, filters: Filters) -> int:
    """Return the number of journeys that filters leave of a log."""
    # A segment goes by its name, so what it keeps must be in the key.
    return cached(_count)(apply_filters(log, filters))


def _count(log: TouchpointLog) -> int:
    return log.n_journeys


def _choices(log: TouchpointLog) -> dict[str, list[Value]]:
    """Give the columns worth a list to pick from, with their values."""
    columns = [name for name in log.filter_columns if not name.endswith("_id")]
    values = {name: log.filter_values(name) for name in columns}
    return {name: found for name, found in values.items() if 1 < len(found) <= MAX_CHOICES}


def _pickers(log: TouchpointLog, filters: Filters) -> None:
    """Show the widgets that change the filters; the filters stay the one truth."""
    choices = cached(_choices)(log)
    left, right = st.columns(2)
    with left:
        _day_picker("first_day", "From day", log, filters)
    with right:
        _day_picker("last_day", "To day", log, filters)
    st.pills(
        "Outcome",
        OUTCOMES,
        selection_mode="multi",
        format_func=OUTCOME_LABELS.__getitem__,
        key=_shows("where:outcome", list(filters.values("outcome"))),
        on_change=_set_values,
        args=("outcome",),
    )
    if "channel" in choices:
        _values_picker("channel", choices["channel"], filters)
    _attribute_picker(choices, filters)
    _segment_picker(filters)
    st.multiselect(
        "Leave out steps",
        [*(name for name, _ in filters.groups), *log.touchpoint_types],
        key=_shows("excluded", list(filters.excluded)),
        on_change=_set_excluded,
        placeholder="None left out",
    )
    _reading_pickers(log, filters)
    if filters != NO_FILTERS:
        st.button("Remove all filters", on_click=set_filters, args=(NO_FILTERS,))


def _day_picker(field: str, words: str, log: TouchpointLog, filters: Filters) -> None:
    chosen = getattr(filters, field)
    # A day chosen by address may lie outside the log; the widget must bear it.
    days = [at.date() for at in (log.first_at, log.last_at) if at] + ([chosen] if chosen else [])
    st.date_input(
        words,
        min_value=min(days, default=None),
        max_value=max(days, default=None),
        key=_shows(field, chosen),
        on_change=_set_field,
        args=(field,),
        format="YYYY-MM-DD",
    )


def _values_picker(column: str, values: Sequence[Value], filters: Filters) -> None:
    st.multiselect(
        markdown(label(column)),
        values,
        format_func=lambda value: NO_VALUE if value is None else value,
        key=_shows(f"where:{column}", list(filters.values(column))),
        on_change=_set_values,
        args=(column,),
        placeholder="All",
    )


def _attribute_picker(choices: dict[str, list[Value]], filters: Filters) -> None:
    """Offer any other column, and always those that are filtered."""
    columns = [name for name in choices if name not in _OWN_PICKERS]
    if not columns:
        return
    filtered = [name for name, _ in filters.where if name in columns]
    chosen = st.selectbox(
        "Attribute",
        columns,
        index=None,
        format_func=label,
        key=_ATTRIBUTE_KEY,
        placeholder="Choose one to filter by it",
        persist_state="session",
    )
    for column in dict.fromkeys((*filtered, *([chosen] if chosen else []))):
        _values_picker(column, choices[column], filters)


def _segment_picker(filters: Filters) -> None:
    """Offer the saved segments, where there are any."""
    names = list(segments_here())
    if names:
        st.selectbox(
            "Segment",
            names,
            index=None,
            key=_shows("segment", filters.segment),
            on_change=_set_field,
            args=("segment",),
            placeholder="All journeys",
        )


def _reading_pickers(log: TouchpointLog, filters: Filters) -> None:
    """Offer the ways to read journeys: by which case, repeats as one."""
    columns = log.filter_columns
    cases = [case for case, role in CASE_ROLES.items() if case == "account" or role in columns]
    if len(cases) > 1:
        st.segmented_control(
            "One journey is all of one",
            cases,
            required=True,
            format_func=CASE_LABELS.__getitem__,
            key=_shows("case", filters.case),
            on_change=_set_field,
            args=("case",),
        )
    st.toggle(
        "Leave out who will not buy",
        key=_shows("buyers_only", filters.buyers_only),
        on_change=_set_field,
        args=("buyers_only",),
        help="Competitors, students and job seekers, by the rules of the definitions. Nothing is "
        "deleted; Lead scores names each with the reason.",
    )
    st.toggle(
        "Count repeats in a row as one",
        key=_shows("collapse", filters.collapse),
        on_change=_set_field,
        args=("collapse",),
    )


def _shows(name: str, value: Any) -> str:
    """Let a widget show what the filters say, however they were changed, and give its key."""
    key = f"{_KEY}{name}"
    st.session_state[key] = value
    return key


def _set_values(column: str) -> None:
    set_filters(current_filters().keeping(column, st.session_state[f"{_KEY}where:{column}"]))


def _set_excluded() -> None:
    excluded = tuple(st.session_state[f"{_KEY}excluded"])
    set_filters(replace(current_filters(), excluded=excluded))


def _set_field(field: str) -> None:
    set_filters(replace(current_filters(), **{field: st.session_state[f"{_KEY}{field}"]}))


def _values_text(column: str, values: Sequence[Value]) -> str:
    if column == "outcome":
        return f"Outcome: {_listed([OUTCOME_LABELS.get(str(one), str(one)) for one in values])}"
    return f"{label(column)}: {_listed([NO_VALUE if one is None else one for one in values])}"


def _listed(names: Sequence[str]) -> str:
    """Name the first few and count the others."""
    shown = ", ".join(names[:MAX_NAMED])
    return f"{shown} + {len(names) - MAX_NAMED} more" if len(names) > MAX_NAMED else shown


def _days_text(filters: Filters) -> str:
    first, last = filters.first_day, filters.last_day
    if first and last:
        return f"{first} to {last}"
    return f"Since {first}" if first else f"Until {last}"
