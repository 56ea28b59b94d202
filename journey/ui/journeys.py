"""Every count of journeys opens into the list of those journeys."""

import streamlit as st

import journey
from journey.log import TouchpointLog
from journey.ui.cache import cached
from journey.ui.guards import plain_errors
from journey.ui.navigation import ACCOUNT, existing_pages, open_page
from journey.ui.state import ACCOUNT_PARAMETER
from journey.ui.tables import Listing, choose_row
from journey.ui.text import counted, markdown

COLUMN_HELP = {
    "stage": "The last stage entered.",
    "decided_at": "When it was won, lost or given up.",
    "days_silent": "Days from the last touchpoint to the end of the log.",
    "n_reopened": "Times the customer came back after a loss or a long silence.",
}


def count_button(log: TouchpointLog, *, title: str, key: str, label: str | None = None) -> None:
    """Show a count of journeys as a button that opens the list of exactly those journeys.

    Parameters
    ----------
    log
        The journeys counted, and no others.
    title
        What they have in common, as the list's title.
    key
        Unique on the page.
    label
        Words of the button; the count if none are given.
    """
    words = label or counted(log.n_journeys, "journey")
    if st.button(
        markdown(words), key=key, type="tertiary", icon=":material/list:", help="Open the list"
    ):
        open_journeys(log, title=title)


def open_journeys(log: TouchpointLog, *, title: str) -> None:
    """Open the list of a log's journeys in a dialog; at most one dialog opens in a run.

    Parameters
    ----------
    log
        The journeys to list.
    title
        What they have in common.
    """
    st.dialog(markdown(title), width="large")(show_journeys)(log, key=f"journeys:{title}")


def show_journeys(log: TouchpointLog, *, key: str) -> None:
    """Show the list of a log's journeys: their exact number, downloads, the way to each account."""
    with plain_errors():
        listing = Listing(log.n_journeys, lambda limit: cached(journey.journeys)(log, limit=limit))
        st.markdown(f"**{counted(listing.n_rows, 'journey')}**")
        row = choose_row(listing, key=key, file_name="journeys", column_help=COLUMN_HELP)
    if log.case != "account" or not any(entry.path == ACCOUNT for entry in existing_pages()):
        return
    if row is None:
        st.caption("Choose a row to open its account.")
        return
    account_id = str(listing.upto(row)["account_id"].iloc[row])
    if st.button(f"Open account {markdown(account_id)}", key=f"{key}:open", type="primary"):
        open_page(ACCOUNT, **{ACCOUNT_PARAMETER: account_id})
