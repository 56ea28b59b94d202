"""What a click on a picture tells: figures, the journeys behind them, what can be done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import streamlit as st

from journey.log import TouchpointLog
from journey.schema import SMALL_SAMPLE
from journey.ui.actions import step_actions
from journey.ui.journeys import open_journeys
from journey.ui.picture import clear_selection
from journey.ui.state import current_filters, set_filters
from journey.ui.text import counted, markdown, percent

KEY: Final = "panel"
"""The strip's style goes by this name."""


@dataclass(frozen=True)
class Part:
    """A part of a picture: its name, its figures, its journeys, the steps it can be cut at."""

    title: str
    figures: tuple[tuple[str, str], ...]
    n_journeys: int
    journeys: Callable[[], TouchpointLog]
    steps: tuple[str, ...] = ()
    outcome: str | None = None


def show_part(part: Part | None, view: TouchpointLog, *, picture: str, hint: str) -> None:
    """Show a part of a picture in a strip that stays in sight, or how to choose one.

    Parameters
    ----------
    part
        What is selected.
    view
        The log in view.
    picture
        Key of the picture, to select nothing.
    hint
        What can be clicked.
    """
    with st.container(key=KEY, border=True, gap="xsmall"):
        if part is None:
            st.caption(hint)
            return
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{markdown(part.title)}**", width="content")
            for words, figure in part.figures:
                st.markdown(f":gray[{markdown(words)}] {figure}", width="content")
            st.space("stretch")
            st.button(
                "Close",
                key=f"{KEY}:close",
                type="tertiary",
                icon=":material/close:",
                on_click=clear_selection,
                args=(picture,),
            )
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _buttons(part, view)


def _buttons(part: Part, view: TouchpointLog) -> None:
    """Show the way to the journeys, then what changes the filters."""
    opened = st.button(
        f"Open {counted(part.n_journeys, 'journey')}",
        key=f"{KEY}:open",
        type="primary",
        icon=":material/list:",
        disabled=not part.n_journeys,
    )
    if part.outcome is not None and st.button("Only these", icon=":material/filter_alt:"):
        set_filters(current_filters().keeping("outcome", [part.outcome]))
        st.rerun()
    if len(part.steps) == 1:
        step_actions(part.steps[0], view.touchpoint_types, key=f"{KEY}:{part.steps[0]}")
    for step in part.steps if len(part.steps) > 1 else ():
        with st.popover(markdown(step), icon=":material/adjust:"):
            step_actions(step, view.touchpoint_types, key=f"{KEY}:{step}")
    if opened:
        open_journeys(part.journeys(), title=part.title)


def rate_of(rate: float, n: int, noun: str) -> str:
    """Write a rate with its denominator as Markdown, greyed where that is small.

    Examples
    --------
    >>> rate_of(0.5, 8, "decided"), rate_of(0.5, 80, "decided")
    (':gray[50% of 8 decided]', '50% of 80 decided')
    """
    if not n:
        return ":gray[none decided]" if noun == "decided" else ":gray[none]"
    words = f"{percent(rate, max(n, SMALL_SAMPLE))} of {n:,} {noun}"
    return f":gray[{words}]" if n < SMALL_SAMPLE else words
