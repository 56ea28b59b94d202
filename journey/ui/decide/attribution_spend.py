"""Return on spend on the screen: what was spent, beside the value that gets credit."""

from typing import Final

import pandas as pd
import streamlit as st

from journey.analysis.attribution.spend import return_on_spend
from journey.analysis.spending.reach import reach_text
from journey.log import TouchpointLog
from journey.ui.cache import cached
from journey.ui.decide.attribution import NONE_BEFORE
from journey.ui.navigation import UPLOAD, page_link
from journey.ui.tables import show_table
from journey.ui.text import label, markdown, number

LABELS: Final = {
    "n_conversions": "Credit, wins",
    "value": "Credit, value",
    "return_on_spend": "Value per spend",
    "cost_per_conversion": "Spend per win",
    "note": "Note",
}
DECIMALS: Final = {
    "n_conversions": 1,
    "value": 0,
    "spend": 2,
    "return_on_spend": 1,
    "cost_per_conversion": 0,
}
HELP: Final = {
    "spend": "Imported costs of the days in view, and costs that touchpoints carry.",
    "return_on_spend": "Value credited for each unit of money spent.",
    "cost_per_conversion": "Spend for each win credited.",
    "currency": "Currencies are never added up.",
}


def show_spend(view: TouchpointLog, by: str, model: str, half_life_days: float) -> None:
    """Show spend beside credit by one model, or that no cost is known."""
    frame = cached(return_on_spend)(view, by=by, half_life_days=half_life_days)
    own = frame[frame["model"] == model].drop(columns="model")
    spent = own[own["channel"].notna() & own["spend"].notna()]
    name = "touchpoint type" if by == "touchpoint" else label(by).lower()
    if spent.empty:
        st.caption(f"No cost is known of any {markdown(name)}, so there is no return on spend.")
        page_link(UPLOAD, "Add costs")
        return
    apart = own.loc[own["channel"].isna() & own["spend"].notna()]
    if amounts := amounts_text(apart):
        st.caption(f"{amounts} more was spent: costs that name no {markdown(name)}.")
    if words := cached(reach_text)(view):
        st.caption(words)
    own = own.assign(channel=own["channel"].fillna(NONE_BEFORE)).round(DECIMALS)
    labels = {**LABELS, "channel": label(by)}
    file_name = f"return-on-spend-{model}-by-{by}"
    show_table(own, key="spend", file_name=file_name, labels=labels, column_help=HELP)


def amounts_text(spent: pd.DataFrame) -> str:
    """Write what was spent in each currency that is not nothing."""
    sums = spent.groupby("currency", dropna=False)["spend"].sum()
    return " and ".join(
        number(float(amount)) + ("" if pd.isna(currency) else f" {markdown(currency)}")
        for currency, amount in sums.items()
        if amount
    )
