"""Unnamed visitors that have gone silent: kept apart from whom somebody can call, not lost."""

from typing import Final

import streamlit as st

import journey
from journey.log import TouchpointLog
from journey.ui.act.stalled_list import choose_stalled, headline, rest_of, show_rest, stalled_frame
from journey.ui.cache import cached
from journey.ui.explore.headlines import compact, outcome_counts
from journey.ui.navigation import ACCOUNT, open_page
from journey.ui.state import ACCOUNT_PARAMETER
from journey.ui.tables import download_row
from journey.ui.text import counted, number

_COLUMNS: Final = (
    *("stage", "days_silent", "normal_days", "last_touchpoint", "last_at"),
    *("value_at_risk", "reason"),
)


def n_unnamed(log: TouchpointLog) -> int:
    """Return how many stalled journeys are of unnamed visitors."""
    return outcome_counts(journey.unnamed_visitors(log))["stalled"]


def who_is_listed(log: TouchpointLog, n_listed: int) -> str | None:
    """Say of whom the list is, where some of the stalled are nobody that can be called.

    Parameters
    ----------
    log
        The log in view.
    n_listed
        Its stalled journeys that can be called, marked ones among them.
    """
    n_left = n_unnamed(log)
    if not n_left:
        return None
    at_risk = cached(journey.value_at_risk)(journey.unnamed_visitors(log))
    stake = f", with {compact(at_risk)} at risk" if at_risk > 0 else ""
    return (
        f"Of {counted(n_listed + n_left, 'stalled journey')} {number(n_listed)} can be called. "
        f"The other {number(n_left)} {'is' if n_left == 1 else 'are'} of unnamed visitors{stake}: "
        "no name, no company, no address."
    )


def show_unnamed(log: TouchpointLog) -> str:
    """List the unnamed visitors that have gone silent, with the way to one; return the message."""
    visitors = journey.unnamed_visitors(log)
    frame = stalled_frame(visitors)
    rest = rest_of(visitors, frame)
    st.caption(
        "Nobody can call them; they are in no export for the CRM. A form, a reply or a login on "
        "the same browser would name them."
    )
    show_rest(rest, "visitor")
    key = f"unnamed:{log.fingerprint}"
    chosen = choose_stalled(frame, key=key)
    download_row(
        frame[["account_id", *_COLUMNS]], key=key, file_name="unnamed visitors gone silent"
    )
    if len(chosen) == 1:
        account_id = str(frame["account_id"].iloc[chosen[0]])
        if st.button("Open the journey", icon=":material/route:"):
            open_page(ACCOUNT, **{ACCOUNT_PARAMETER: account_id})
    return headline(frame, "unnamed visitor", rest)
