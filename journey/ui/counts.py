"""Rows of counts, each a button that opens the journeys it counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from journey.log import TouchpointLog
from journey.ui.guards import plain_errors
from journey.ui.journeys import open_journeys
from journey.ui.text import markdown, number


@dataclass(frozen=True)
class Count:
    """A number of journeys in a row of counts.

    Parameters
    ----------
    words
        What is counted, the number not among them.
    n
        The number.
    journeys
        Gives exactly these journeys; asked only when the count is opened.
    title
        What they have in common, as the list's title.
    """

    words: str
    n: int
    journeys: Callable[[], TouchpointLog]
    title: str


def count_row(counts: Sequence[Count], *, key: str) -> None:
    """Show counts side by side; each opens into its journeys, none if there are none.

    Parameters
    ----------
    counts
        In the order of the row.
    key
        Unique on the page.
    """
    with st.container(horizontal=True, gap="small"):
        for place, count in enumerate(counts):
            pressed = st.button(
                f"{markdown(count.words)} **{number(count.n)}**",
                key=f"{key}:{place}",
                icon=":material/list:",
                help=f"Open the list: {markdown(count.title)}",
                disabled=not count.n,
            )
            if pressed:
                with plain_errors():
                    log = count.journeys()
                open_journeys(log, title=count.title)
