"""The views of a page, of which one is shown."""

from collections.abc import Iterable

import streamlit as st


def pick_view(views: Iterable[str], *, key: str) -> str:
    """Let the user choose one of the views of a page, at first the first.

    Parameters
    ----------
    views
        What they are called, in order.
    key
        The parameter of the address that holds the choice: another on every page.
    """
    names = list(views)
    chosen = st.segmented_control(
        "View",
        names,
        default=names[0],
        required=True,
        label_visibility="collapsed",
        key=key,
        bind="query-params",
    )
    return str(chosen)
