"""What to do next with one account: touches and routes that went with wins from where it stands."""

from itertools import pairwise
from typing import Final

import networkx as nx
import pandas as pd
import streamlit as st

import journey
from journey import charts
from journey.log import TouchpointLog
from journey.schema import SMALL_SAMPLE
from journey.ui.cache import cached
from journey.ui.definition_warnings import has_win_rule
from journey.ui.navigation import DEFINITIONS, page_link
from journey.ui.panel import rate_of
from journey.ui.picture import show_picture
from journey.ui.tables import rates, show_table
from journey.ui.text import markdown, percent

MOVE_SHARE: Final = 0.3
"""So many of the moves stand behind the routes: enough to know the map by."""

LABELS: Final = {
    "touchpoint": "What came next",
    "is_ours": "We can do it",
    "n_with": "Decided accounts",
    "win_rate": "Won with it next",
    "without_rate": "Won with another",
    "n_without": "Others",
    "difference": "Difference",
}
HELP: Final = {
    "n_with": "Decided accounts in this state whose next touch it was.",
    "win_rate": "Won, of those. Fewer than 30 say little.",
    "low": "95% interval of the share won.",
    "high": "95% interval of the share won.",
    "without_rate": "Won, of those whose next touch was another one that decides nothing.",
    "is_ours": "By its meaning in the definitions, its direction in the log, or its name.",
}


def show_next(log: TouchpointLog, account_id: str) -> None:
    """Show what accounts in the same state did next, and how often they won."""
    frame = cached(journey.next_best_touches)(log, account_id, least_journeys=1)
    st.markdown("## What accounts in the same state did next")
    if frame.empty:
        st.caption("No decided account was ever in the state this one is in.")
        return
    state = markdown(frame["state"].iloc[0])
    coarser = "Too little is known of exactly its state, so these are all that were"
    lead = coarser if frame["is_coarser"].iloc[0] else "These are the decided accounts that were"
    st.markdown(f"{_advice(frame)} {lead} {state}." if has_win_rule(log) else f"{lead} {state}.")
    shown = frame.sort_values(["n_with", "touchpoint"], ascending=[False, True], ignore_index=True)
    columns = ["touchpoint", "n_with", "win_rate", "low", "high", "without_rate", "n_without"]
    known = shown[[*columns, "is_ours"]] if has_win_rule(log) else shown[["touchpoint", "n_with"]]
    show_table(
        known,
        key="next",
        file_name=f"next touches {account_id}",
        column_help=HELP,
        labels=LABELS,
        of=rates("n_with", "win_rate", "low", "high") | rates("n_without", "without_rate"),
    )
    st.caption(
        "Each account counts once, at its first time in the state. An association, not a proof: "
        f"accounts with a touch may differ in other ways. Fewer than {SMALL_SAMPLE} say little."
    )


def _advice(frame: pd.DataFrame) -> str:
    """Say which touch of ours went with more wins beyond chance; plainly if none did."""
    enough = frame[(frame["n_with"] >= SMALL_SAMPLE) & (frame["n_without"] >= SMALL_SAMPLE)]
    better = enough[enough["is_ours"] & (enough["difference"] > 0)]
    if better.empty:
        return "Nothing that we can do went with more wins often enough (30 accounts) to advise it."
    clear = better[better["difference_low"] > 0]
    best = (better if clear.empty else clear).iloc[0]
    seen = f" It was seen in {markdown(best['seen_in'])}." if best["seen_in"] else ""
    sure = "" if best["difference_low"] > 0 else " It may be chance."
    return (
        f"Next best touch: **{markdown(best['touchpoint'])}**. "
        f"{rate_of(best['win_rate'], best['n_with'], 'decided')} won with it next (95% interval "
        f"{percent(best['low'])} to {percent(best['high'])}), "
        f"{rate_of(best['without_rate'], best['n_without'], 'decided')} with another touch."
        f"{seen}{sure}"
    )


def show_routes(log: TouchpointLog, account_id: str) -> None:
    """Draw the account's way so far and the routes that won from there on the journey map."""
    st.markdown("## Routes that won from here")
    if not has_win_rule(log):
        st.caption("No winning rule is known, so neither is a route that won.")
        page_link(DEFINITIONS, "Give a winning rule")
        return
    winning = cached(journey.winning_routes)(log, account_id)
    if winning.empty:
        st.caption("So far no journey won from the stage this account is in.")
        return
    show_picture(
        cached(_drawing)(log, account_id), key="routes", file_name=f"routes that won {account_id}"
    )
    columns = ["route", "sequence", "n_journeys", "n_won", "share"]
    show_table(
        winning[columns],
        key="winning",
        file_name=f"routes that won {account_id}",
        labels={
            "sequence": "Steps",
            "n_journeys": "Won journeys that took them",
            "n_won": "Of",
            "share": "Share",
        },
        column_help={"n_journeys": "In this order, with other touches between."},
        of=rates("n_won", "share"),
    )


def _drawing(log: TouchpointLog, account_id: str) -> charts.Picture:
    winning = journey.winning_routes(log, account_id)
    own = journey.account_timeline(log, account_id)["touchpoint"].tolist()
    ways = [own, *winning["sequence"]]
    kept = {move for way in ways for move in pairwise(way)}
    graph: nx.DiGraph[str] = cached(journey.journey_graph)(log)
    drawn = journey.simplify(graph, move_share=MOVE_SHARE, kept=kept)
    return charts.route_map(drawn, winning, own=own, whole=journey.simplify(graph))
