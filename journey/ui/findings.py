"""The message of a page as its title, where what it shows has one; else its name."""

import pandas as pd
import streamlit as st

import journey
from journey.charts.persona_cards import leading_persona
from journey.log import TouchpointLog
from journey.ui.cache import cached
from journey.ui.explore.headlines import Finding, finding
from journey.ui.navigation import PERSONAS, page_name
from journey.ui.text import counted, markdown, number, percent


def show_finding(log: TouchpointLog, path: str) -> None:
    """Show what the overview says of a page as the title of the page itself."""
    _show(finding(log, path), path)


def show_persona_finding(log: TouchpointLog) -> None:
    """Show with whom journeys win most, if that is more than chance could give."""
    _show(persona_finding(cached(journey.personas)(log)), PERSONAS)


def persona_finding(frame: pd.DataFrame) -> Finding | None:
    """Return with whom most journeys are won, against without.

    Parameters
    ----------
    frame
        As ``personas`` gives it.

    Examples
    --------
    >>> persona_finding(pd.DataFrame({"persona": ["Buyer", "User"], "n_journeys": [200, 300],
    ...     "win_rate": [0.2, 0.1], "n_rest": [400, 300], "rest_win_rate": [0.05, 0.1],
    ...     "chance": [0.01, 1.0]})).sentence
    '**With Buyer 20% of 200 journeys are won**: 5% of the 400 without.'
    """
    first = leading_persona(frame)
    if first is None:
        return None
    message = (
        f"With {markdown(first['persona'])} {percent(first['win_rate'])} of "
        f"{counted(int(first['n_journeys']), 'journey')} are won"
    )
    rest = f"{percent(first['rest_win_rate'])} of the {number(first['n_rest'])} without."
    return Finding(message, rest, PERSONAS)


def _show(found: Finding | None, path: str) -> None:
    if found is None:
        st.title(page_name(path))
        return
    st.title(found.message)
    if found.rest:
        st.markdown(found.rest[:1].upper() + found.rest[1:])
