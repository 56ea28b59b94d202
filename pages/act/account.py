"""What happened with one account, touch by touch."""

import streamlit as st

import journey
from journey.ui.accounts import has_account
from journey.ui.act.account_next import show_next, show_routes
from journey.ui.act.account_view import (
    account_facts,
    account_log,
    asked_account,
    how_many,
    is_unnamed,
    search,
    show_attributes,
    show_head,
    show_nobody_to_call,
    show_stalled,
    show_timeline,
    show_touches,
)
from journey.ui.explore.headlines import OPEN
from journey.ui.guards import plain_errors
from journey.ui.navigation import STALLED, page_link
from journey.ui.state import current_dataset, current_filters
from journey.ui.text import markdown


def no_account(log: journey.TouchpointLog) -> None:
    """Say how to choose one."""
    st.title("Find an account" if log.case == "account" else f"Find one {log.case}")
    search(log)
    st.caption(f"{how_many(log)} in this data set.")
    page_link(STALLED, "Or begin with those that have gone silent")


def unknown_account(log: journey.TouchpointLog, account_id: str) -> None:
    """Say that there is no such account, and how to find another."""
    st.title(f"There is no {log.case} '{markdown(account_id)}'")
    st.markdown(
        f"**{markdown(current_dataset())}** has {how_many(log)}. The address "
        "may be from another data set or misspelt."
    )
    search(log)
    page_link(STALLED, "Stalled accounts")


def show_account(log: journey.TouchpointLog, account_id: str) -> None:
    """Show all that is known of an account."""
    left, right = st.columns([1, 1], vertical_alignment="bottom")
    with left:
        page_link(STALLED, "Stalled accounts")
    with right:
        search(log)
    facts = account_facts(log, account_id)
    if facts is None:
        st.title(markdown(account_id))
        st.info(f"It had no touch by {current_filters().last_day}.", icon=":material/info:")
        return
    show_head(log, facts)
    if facts["outcome"] == "stalled":
        show_stalled(log, account_id)
    is_open, is_visitor = facts["outcome"] in OPEN, is_unnamed(facts)
    if is_open and is_visitor:
        show_nobody_to_call()
    show_timeline(log, account_id)
    if is_open and not is_visitor:
        show_next(log, account_id)
        show_routes(log, account_id)
    show_touches(log, account_id)
    show_attributes(facts)


with plain_errors():
    log = account_log()
    chosen = asked_account()
    if chosen is None:
        no_account(log)
    elif not has_account(log, chosen):
        unknown_account(log, chosen)
    else:
        show_account(log, chosen)
