"""Who on the call list will not buy, by the rules: told, and left on it unless a filter says so."""

import pandas as pd
import streamlit as st

import journey
from journey.log import TouchpointLog
from journey.ui.text import number


def not_buyer_reasons(log: TouchpointLog, account_ids: list[str]) -> list[str | None]:
    """Return why each of some stalled accounts will not buy; none for those that may."""
    frame = journey.not_buyers(log.where(outcome="stalled"))
    reasons = dict(zip(frame["account_id"], frame["reason"], strict=True))
    return [reasons.get(account_id) for account_id in account_ids]


def say_not_buyers(frame: pd.DataFrame) -> None:
    """Say how many of those listed will not buy, and how they are taken off the list.

    Parameters
    ----------
    frame
        Rows of ``stalled_frame``.
    """
    n = int(frame["not_buyer"].notna().sum())
    if n:
        st.caption(
            f"{number(n)} of these will not buy, by the rules; the list says which. 'Leave out who "
            "will not buy' under Filter takes them off."
        )
