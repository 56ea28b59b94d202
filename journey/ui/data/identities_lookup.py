"""Why ids are one person or one account, and how to part them."""

from pathlib import Path
from typing import Any, Final

import pandas as pd
import streamlit as st

from journey.ingest.identity.unsafe import Warned
from journey.log import TouchpointLog
from journey.rules.identity import Cut, IdentityRules
from journey.ui.data.identities import JOIN_WORDS, KIND_WORDS, STATUS_WORDS, links, warnings
from journey.ui.data.identities_rules import cut_text, make_cut
from journey.ui.tables import choose_row
from journey.ui.text import markdown, number

_ASKED: Final = "identities:asked"
_NOUNS: Final = {
    "visitor": ("visitor", "visitors"),
    "email": ("address", "addresses"),
    "person": ("other id of a person", "other ids of people"),
    "lead": ("lead", "leads"),
    "opportunity": ("opportunity", "opportunities"),
    "domain": ("domain", "domains"),
    "account": ("account", "accounts"),
}


def show_warnings(log: TouchpointLog, folder: Path) -> None:
    """Show the joins that would say too much, each with examples that open their links."""
    found = warnings(log, folder)
    if not found:
        st.caption("No join looks unsafe.")
    for warning in found:
        _show_warning(warning)


def _show_warning(warning: Warned) -> None:
    with st.container(border=True, gap="small"):
        st.markdown(f":material/warning: {markdown(warning.words)}: **{number(warning.n_ids)}**")
        with st.container(horizontal=True, gap="small"):
            for place, value in enumerate(warning.examples):
                st.button(
                    markdown(value),
                    key=f"identities:example:{warning.status}:{place}",
                    type="tertiary",
                    help=f"Show the links of {markdown(value)}",
                    on_click=_ask,
                    args=(value,),
                )


def _ask(value: str) -> None:
    st.session_state[_ASKED] = value


def show_lookup(log: TouchpointLog, folder: Path, rules: IdentityRules) -> None:
    """Ask for an id and show by which links it became part of its person and account."""
    value = st.text_input(
        "An address, a person, a visitor, a deal, a domain or an account",
        key=_ASKED,
        persist_state="session",
        placeholder="As it is written in your files",
    ).strip()
    if not value:
        return
    wanted = value.lower() if "@" in value else value
    frame = links(log, folder, wanted)
    if frame.empty:
        st.caption(f"Nothing is joined with {markdown(value)}. It must be written in full.")
        return
    st.markdown(f"**{markdown(lookup_message(frame, wanted))}**")
    row = choose_row(
        frame,
        on_screen=_on_screen,
        key=f"identities:links:{wanted}",
        file_name="links",
        labels={
            "left_id": "This",
            "right_id": "with this",
            "how": "by",
            "n_rows": "Rows that state it",
            "first_at": "First",
            "status": "What became of it",
        },
    )
    if row is None:
        st.caption("Choose a row to cut that join.")
    else:
        _offer_cuts(frame.iloc[row], rules)


def lookup_message(frame: pd.DataFrame, value: str) -> str:
    """Return what an id is joined with, in one sentence.

    Examples
    --------
    >>> lookup_message(pd.DataFrame({
    ...     "left_kind": ["visitor"], "left_id": ["x"], "right_kind": ["email"],
    ...     "right_id": ["a@b.co"], "status": ["followed"]}), "x")
    'x is joined with 1 address'
    """
    joined = frame[frame["status"] == "followed"]
    ends = {
        (kind, one)
        for side in ("left", "right")
        for kind, one in zip(joined[f"{side}_kind"], joined[f"{side}_id"], strict=True)
        if one != value
    }
    if not ends:
        return f"{value} is joined with nothing"
    kinds = [kind for kind, _ in ends]
    counts = {kind: kinds.count(kind) for kind in KIND_WORDS}
    parts = [f"{number(n)} {_NOUNS[kind][n > 1]}" for kind, n in counts.items() if n]
    return f"{value} is joined with {', '.join(parts)}"


def _on_screen(frame: pd.DataFrame) -> pd.DataFrame:
    def end(side: str) -> pd.Series:
        return frame[f"{side}_kind"].map(KIND_WORDS) + " " + frame[f"{side}_id"]

    return pd.DataFrame(
        {
            "left_id": end("left"),
            "right_id": end("right"),
            "how": frame["how"].map({name: words for name, (words, _) in JOIN_WORDS.items()}),
            "status": frame["status"].map(STATUS_WORDS),
            "n_rows": frame["n_rows"],
            "first_at": frame["first_at"],
            "file": frame["file"],
        }
    )


def _offer_cuts(row: Any, rules: IdentityRules) -> None:
    """Offer to part the two ids of a link, or one of them from all others."""
    left, right = (row["left_kind"], row["left_id"]), (row["right_kind"], row["right_id"])
    offered = (Cut(*left, *right), Cut(*left), Cut(*right))
    with st.container(horizontal=True, gap="small"):
        for place, cut in enumerate(offered):
            st.button(
                f"Part {markdown(cut_text(cut))}",
                key=f"identities:part:{place}",
                icon=":material/content_cut:",
                disabled=cut in rules.cuts,
                on_click=make_cut,
                args=(cut,),
            )
