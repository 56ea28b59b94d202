"""What a click on a picture tells: figures, the journeys behind them, what can be done."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import streamlit as st

from journey.log import TouchpointLog
from journey.schema import SMALL_SAMPLE
from journey.ui.actions import step_actions
from journey.ui.journeys import open_journeys
from journey.ui.picture import clear_selection
from journey.ui.state import current_filters, set_filters
from journey.ui.text import counted, markdown, number, percent

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


@dataclass(frozen=True)
class Group:
    """One of several groups in a picture: its name, its journeys, the part as it has it."""

    name: str
    n_all: int
    part: Part | None


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
        _head(part.title, part.figures, picture)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            _buttons(part, view)


def show_parts(groups: Sequence[Group], *, picture: str, hint: str) -> None:
    """Show a part of a picture of several groups, and the way to the journeys of each.

    Parameters
    ----------
    groups
        What is selected, as each has it.
    picture
        Key of the picture, to select nothing.
    hint
        What can be clicked.
    """
    title = next((group.part.title for group in groups if group.part), None)
    with st.container(key=KEY, border=True, gap="xsmall"):
        if title is None:
            st.caption(hint)
            return
        counts = [group.part.n_journeys if group.part else 0 for group in groups]
        shares = [
            (group.name, rate_of(n / max(group.n_all, 1), group.n_all, "journeys"))
            for group, n in zip(groups, counts, strict=True)
        ]
        _head(title, shares, picture)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            for place, (group, n) in enumerate(zip(groups, counts, strict=True)):
                words = f"Open {counted(n, 'journey')} of {markdown(group.name)}"
                icon = ":material/list:"
                key = f"{KEY}:open:{place}"
                if st.button(words, key=key, icon=icon, disabled=not n) and group.part:
                    open_journeys(group.part.journeys(), title=f"{title}: {group.name}")


def _head(title: str, figures: Iterable[tuple[str, str]], picture: str) -> None:
    """Show the name of a part, its figures, and the way to select nothing."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{markdown(title)}**", width="content")
        for words, figure in figures:
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
    """Write a rate with its denominator as Markdown, as pictures do; greyed where that is small.

    Examples
    --------
    >>> rate_of(0.5, 8, "decided"), rate_of(0.55, 8000, "decided")
    (':gray[50% of 8 decided]', '55% of 8,000 decided')
    """
    if not n:
        return ":gray[none decided]" if noun == "decided" else ":gray[none]"
    words = f"{percent(rate)} of {number(n)} {noun}"
    return f":gray[{words}]" if n < SMALL_SAMPLE else words
