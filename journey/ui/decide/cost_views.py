"""Costs on the screen: what each lead, MQL, SQL and customer cost, and costs entered by hand."""

from typing import Any, Final

import pandas as pd
import streamlit as st

import journey
from journey import charts
from journey.analysis.spending.reach import NOTHING, SO_FAR, reach_text, worth_text
from journey.costs import ENTERED_COLUMNS, KINDS, entered_fingerprint, read_entered
from journey.errors import JourneyError
from journey.log import TouchpointLog
from journey.ui.cache import cached
from journey.ui.plots import current_theme, show_plot
from journey.ui.state import add_note, current_dataset
from journey.ui.tables import show_table
from journey.ui.text import counted, markdown, number
from journey.workspace import dataset_path, save_entered_costs, workspace_root

ENDS: Final = {"lead": "lead", "mql": "MQL", "sql": "SQL", "customer": "customer"}
HELP: Final = {
    "cost": "Campaigns, labour and technology together, in the currency beside it.",
    **{f"value_per_{name}": "Won so far by these; late months still grow." for name in ENDS},
    "note": "Why a cost for each is missing, or that worth is only so far.",
}
LABELS: Final = {
    **{f"n_{name}s": f"{words[:1].upper()}{words[1:]}s" for name, words in ENDS.items()},
    **{f"cost_per_{name}": f"Cost per {words}" for name, words in ENDS.items()},
    **{f"value_per_{name}": f"Value per {words}" for name, words in ENDS.items()},
}
COUNTED_ONCE: Final = (
    "Leads, MQLs, SQLs and customers are journeys, each counted once; the map and Handoffs count "
    "every time one comes to a post. An SQL need not have been an MQL."
)
_ROUND: Final = "costs:round"
_SHOWN: Final = "costs:shown"


def show_totals(view: TouchpointLog) -> None:
    """Show, below a title that says it, what each lead, MQL, SQL and customer of the view cost."""
    frame = cached(journey.cost_per)(view, by="period")
    st.title(headline(frame))
    if frame.empty:
        st.markdown("No cost is known, and nobody in view became a lead, an MQL or a customer.")
    for row in frame.to_dict("records"):
        currency = "" if row["currency"] is None else f" {markdown(row['currency'])}"
        cells = st.columns(len(ENDS) + 1)
        cells[0].metric(f"Spent{currency}", number(row["cost"]), border=True, height="stretch")
        for cell, (name, words) in zip(cells[1:], ENDS.items(), strict=True):
            _cost(cell, row, name, words, currency)
        if row["note"] == NOTHING:
            st.caption("Nothing was spent in view, so each cost 0.")
        elif row["note"] not in (None, SO_FAR):
            st.caption(f"No cost for each: {markdown(row['note'])}.")
    counted_once = None if frame.empty else COUNTED_ONCE
    for words in (counted_once, kinds_missing(frame), cached(reach_text)(view), worth_text(view)):
        if words:
            st.caption(words)


def headline(frame: pd.DataFrame) -> str:
    """Say what a customer cost, else a lead, where all is in one currency.

    Examples
    --------
    >>> headline(pd.DataFrame({"currency": ["EUR"], "cost_per_customer": [1500.0],
    ...     "value_per_customer": [4000.4], "cost_per_lead": [20.0], "value_per_lead": [50.0]}))
    'A customer cost 1,500 EUR and is worth 4,000 so far'
    """
    for end in ("customer", "lead") if len(frame) == 1 else ():
        row = frame.iloc[0]
        cost, value = row[f"cost_per_{end}"], row[f"value_per_{end}"]
        if pd.notna(cost):
            money = "" if row["currency"] is None else f" {markdown(row['currency'])}"
            worth = f" and is worth {number(round(value))} so far" if value > 0 else ""
            return f"A {end} cost {number(round(cost))}{money}{worth}"
    return "Costs"


def kinds_missing(frame: pd.DataFrame) -> str | None:
    """Say which kinds of cost are not in the figures, since none of the kind is known.

    Examples
    --------
    >>> kinds_missing(pd.DataFrame({"campaign_cost": [9.0], "labour_cost": [None],
    ...     "technology_cost": [None], "cost": [9.0]}))
    'No labour and technology cost is known: the figures are without.'
    """
    if frame.empty or frame["cost"].isna().all():
        return None
    missing = [kind for kind in KINDS if frame[f"{kind}_cost"].isna().all()]
    return (
        f"No {' and '.join(missing)} cost is known: the figures are without." if missing else None
    )


def _cost(cell: Any, row: dict[Any, Any], name: str, words: str, currency: str) -> None:
    n, value = row[f"n_{name}s"], row[f"value_per_{name}"]
    worth = None if pd.isna(value) else f"worth {number(round(value))} so far"
    many = f"No {words}s" if pd.isna(n) else counted(int(n), words)
    cell.metric(
        f"Per {words}{currency}",
        number(row[f"cost_per_{name}"]),
        delta=worth,
        delta_color="off",
        delta_arrow="off",
        help=f"{many}. Worth: won by these, for each.",
        border=True,
        height="stretch",
    )


def show_by_month(view: TouchpointLog) -> None:
    """Show costs for each by month."""
    frame = cached(journey.cost_per)(view, by="month")
    currencies = frame.loc[frame["cost"].notna(), "currency"].unique().tolist()
    if len(currencies) > 1:
        st.caption("Costs are in several currencies, which are never added up.")
    else:
        chart = charts.plot_cost_per(frame, theme=current_theme())
        show_plot(chart, key="costs", file_name="costs-by-month")
    _table(frame, "month")


def show_by_channel(view: TouchpointLog) -> None:
    """Show costs for each by channel."""
    st.caption(
        "A journey is of the channel of its lead touch, else of its first touch. Labour and "
        "technology mostly belong to no channel and stand in a row of their own."
    )
    _table(cached(journey.cost_per)(view, by="channel"), "channel")


def _table(frame: pd.DataFrame, by: str) -> None:
    money = [name for name in frame.columns if "cost" in name or name.startswith("value_per")]
    shown = frame.round(dict.fromkeys(money, 0))
    if by == "channel":
        shown["channel"] = shown["channel"].fillna("(no channel)")
    show_table(
        shown, key=f"costs:{by}", file_name=f"costs-by-{by}", column_help=HELP, labels=LABELS
    )


def enter_costs() -> None:
    """Let the user enter costs by month; they are kept with the data set."""
    name = current_dataset()
    if name is None:
        return
    folder = dataset_path(workspace_root(), name)
    if not folder.is_dir():
        st.caption("Costs are entered where the data set lies, not on a cluster.")
        return
    st.caption(
        "Costs of whole months beside those of files. Each row needs a month, a kind, a cost and a "
        "currency. Write a credit note below 0. Currencies are never added up."
    )
    held, table = entered_fingerprint(folder), read_entered(folder)
    shown = st.session_state.get(_SHOWN)
    st.session_state[_SHOWN] = name, held
    turn = st.session_state.get(_ROUND, 0)
    edited = st.data_editor(
        table,
        key=f"costs:entered:{turn}:{held}",
        num_rows="dynamic",
        hide_index=True,
        column_order=list(ENTERED_COLUMNS),
        column_config=_columns(),
        placeholder="",
        alt="Costs entered by hand",
    )
    if st.button("Save costs", type="primary", icon=":material/save:"):
        if shown in (None, (name, held)):
            _save(name, edited, held)
            return
        st.warning(
            "Nothing is saved: the costs were changed meanwhile. The table shows them as they are "
            "now; enter yours again.",
            icon=":material/warning:",
        )


def _columns() -> dict[str, Any]:
    # The grid would keep a row that lacks a required cell to itself: unsaved, and nobody told.
    config = st.column_config
    return {
        "month": config.TextColumn("Month", help="As 2026-01", width="small"),
        "kind": config.SelectboxColumn("Kind", options=list(KINDS)),
        "channel": config.TextColumn("Channel", help="Empty: of none"),
        "campaign": config.TextColumn("Campaign", help="Empty: of none"),
        "cost": config.NumberColumn("Cost", format="localized"),
        "currency": config.TextColumn("Currency", help="As EUR", width="small"),
    }


def _save(name: str, edited: pd.DataFrame, held: str) -> None:
    try:
        save_entered_costs(workspace_root(), name, edited, instead_of=held)
    except JourneyError as problem:
        st.error(f"Nothing is saved. {markdown(problem)}", icon=":material/error:")
        return
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.session_state.pop(_SHOWN)
    add_note("Costs saved. All pages use them.")
    st.rerun()
