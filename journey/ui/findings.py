"""The finding under the name of a page: its message in one sentence."""

from typing import Final

import pandas as pd
import streamlit as st

import journey
from journey.log import TouchpointLog
from journey.ui.cache import cached
from journey.ui.headlines import finding
from journey.ui.text import counted, markdown, percent

LEAST_CERTAIN: Final = 0.05
"""Beyond this chance alone could give it."""


def show_finding(log: TouchpointLog, path: str) -> None:
    """Show what the overview says of a page, on the page itself; nothing if it says nothing."""
    if told := finding(log, path):
        st.markdown(told)


def show_persona_finding(log: TouchpointLog) -> None:
    """Show with whom journeys win most, if that is more than chance could give."""
    if told := persona_finding(cached(journey.personas)(log)):
        st.markdown(told)


def persona_finding(frame: pd.DataFrame) -> str | None:
    """Return with whom most journeys are won, against without.

    Parameters
    ----------
    frame
        As ``personas`` gives it.

    Examples
    --------
    >>> persona_finding(pd.DataFrame({"persona": ["Buyer", "User"], "n_journeys": [200, 300],
    ...     "win_rate": [0.2, 0.1], "n_rest": [400, 300], "rest_win_rate": [0.05, 0.1],
    ...     "chance": [0.01, 1.0]}))
    '**With Buyer 20% of 200 journeys are won**, 5% of the 400 without.'
    """
    sure = frame[(frame["chance"] <= LEAST_CERTAIN) & (frame["win_rate"] > frame["rest_win_rate"])]
    if sure.empty:
        return None
    first = sure.loc[sure["win_rate"].idxmax()]
    return (
        f"**With {markdown(first['persona'])} {percent(first['win_rate'])} of "
        f"{counted(int(first['n_journeys']), 'journey')} are won**, "
        f"{percent(first['rest_win_rate'])} of the {int(first['n_rest']):,} without."
    )
