"""One account: found among very many, and what is known of it."""

from dataclasses import replace
from typing import Final

import pandas as pd
import streamlit as st

import journey
from journey.analysis.accounts.stalled import normal_silence
from journey.charts.timelines.timeline import account_timeline_picture
from journey.log import TouchpointLog
from journey.schema import KNOWN_AS, VISITOR
from journey.ui.accounts import account_names, find_accounts, person_names
from journey.ui.act.stalled_list import show_people, show_stake, stalled_frame
from journey.ui.cache import cached
from journey.ui.filters import read_until
from journey.ui.guards import require_log
from journey.ui.picture import show_picture
from journey.ui.state import (
    ACCOUNT_PARAMETER,
    NO_FILTERS,
    apply_filters,
    current_filters,
)
from journey.ui.tables import show_table
from journey.ui.text import NO_FIGURE, OUTCOME_LABELS, counted, days, label, markdown, number

SEARCH: Final = "account:search"
MOST_FOUND: Final = 8
COLOURS: Final = {
    "won": "green",
    "lost": "red",
    "no_decision": "gray",
    "stalled": "orange",
    "in_progress": "blue",
}
FACTS: Final = (
    "account_id",
    "outcome",
    "stage",
    "first_at",
    "last_at",
    "decided_at",
    "n_touchpoints",
    "n_people",
    "n_reopened",
    "days_silent",
    "value",
)
"""Columns of ``journeys`` that are no attributes."""


def account_log() -> TouchpointLog:
    """Return the whole log, read by the same case and up to the same day as the lists are."""
    filters = current_filters()
    read = replace(NO_FILTERS, case=filters.case, last_day=filters.last_day)
    return apply_filters(require_log(), read)


def search(log: TouchpointLog) -> None:
    """Show a field that finds accounts by id or name, and what it finds as buttons."""
    text = st.text_input(
        f"Find another {log.case}" if asked_account() else "Id or name",
        key=SEARCH,
        type="search",
        placeholder="Part of an id or a name",
        live=True,
    )
    if not text or not text.strip():
        return
    found, n_found = find_accounts(log, text, most=MOST_FOUND)
    with st.container(border=True, gap="xsmall"):
        for account_id, name in zip(found, account_names(log, found), strict=True):
            words = markdown(account_id)
            if name is not None and name != account_id:
                words = f"**{markdown(name)}** · {words}"
            st.button(
                words,
                key=f"account:found:{account_id}",
                type="tertiary",
                on_click=_open,
                args=(account_id,),
            )
        if n_found > len(found):
            st.caption(f"{number(n_found - len(found))} more; type more of it to find them.")
        elif not found:
            st.caption("Nothing has that in its id or name.")


def how_many(log: TouchpointLog) -> str:
    """Say how many there are of what journeys are of, unnamed visitors apart."""
    n_named = journey.who_can_be_called(log).n_journeys
    named = counted(n_named, log.case)
    n_apart = log.n_journeys - n_named
    return f"{named}, {counted(n_apart, 'unnamed visitor')}" if n_apart else named


def asked_account() -> str | None:
    """Return the account that the address asks for."""
    return st.query_params.get(ACCOUNT_PARAMETER)


def account_facts(log: TouchpointLog, account_id: str) -> pd.Series | None:
    """Return the row of ``journeys`` of an account; none if it had no touch by then."""
    frame = cached(journey.journeys)(_only(log, account_id))
    return None if frame.empty else frame.iloc[0]


def is_unnamed(facts: pd.Series) -> bool:
    """Return whether it is the journey of a visitor of whom no more than an id is known."""
    return facts.get(KNOWN_AS) == VISITOR


def show_nobody_to_call() -> None:
    """Say that nothing is advised for an unnamed visitor, and what would change that."""
    st.info(
        "Nobody can call this visitor: no name, no company, no address is known, so nothing is "
        "advised. A form, a reply or a login on the same browser would name it.",
        icon=":material/person_off:",
    )


def show_head(log: TouchpointLog, facts: pd.Series) -> None:
    """Show what an account is called, how it stands and its figures."""
    account_id = str(facts["account_id"])
    name = account_names(log, [account_id])[0] or account_id
    st.title(markdown(name))
    owner = facts.get("owner")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        outcome = str(facts["outcome"])
        st.badge(OUTCOME_LABELS[outcome], color=COLOURS[outcome])
        parts = [
            account_id if name != account_id else None,
            None if pd.isna(facts["stage"]) else f"in {facts['stage']}",
            None if pd.isna(owner) else f"owner {owner}",
            "unnamed visitor" if is_unnamed(facts) else None,
        ]
        words = " · ".join(markdown(part) for part in parts if part)
        st.markdown(words, width="content")
        seen = f"first touch {_day(facts['first_at'])} · last touch {_day(facts['last_at'])}"
        st.markdown(f":gray[{seen}]", width="content")
    for why in cached(journey.not_buyers)(_only(log, account_id))["reason"]:
        st.warning(f"Will not buy, by the rules. {markdown(why)}", icon=":material/block:")
    cells = st.columns(5)
    usual = _normal_days(log, facts["stage"])
    last_day = current_filters().last_day
    ends = "the end of the log" if last_day is None else "as the filter says"
    until = f"Up to {read_until(log, last_day):%Y-%m-%d}, {ends}."
    cells[0].metric("Silent", days(facts["days_silent"]), help=until, border=True)
    cells[1].metric("Normal in this stage", days(usual), border=True)
    cells[2].metric("Value", number(facts["value"]), help="The last one known.", border=True)
    cells[3].metric("People", number(facts["n_people"] or None), border=True)
    cells[4].metric("Touchpoints", number(facts["n_touchpoints"]), border=True)


def show_stalled(log: TouchpointLog, account_id: str) -> None:
    """Say of a stalled account what its row in the list says."""
    frame = stalled_frame(_only(log, account_id))
    for _, row in frame.iterrows():
        with st.container(border=True):
            show_stake(row)
            show_people(log, row)


def show_timeline(log: TouchpointLog, account_id: str) -> None:
    """Show every touch of an account as a picture, with its scores and sentiment."""
    timeline = _timeline(log, account_id)
    stages = log.definitions.stage_names
    scores = None if timeline.empty else cached(journey.score_history)(log, account_id)
    picture = account_timeline_picture(timeline, stages=stages, as_of=log.as_of, scores=scores)
    show_picture(picture, key="timeline", file_name=f"timeline {account_id}")


def show_touches(log: TouchpointLog, account_id: str) -> None:
    """Show every touch of an account as a table."""
    timeline = cached(journey.account_timeline)(log, account_id)
    st.markdown(f"## {counted(len(timeline), 'touchpoint')}")
    show_table(
        timeline.dropna(axis="columns", how="all"),
        key="touchpoints",
        file_name=f"touchpoints {account_id}",
        labels={"occurred_at": "When", "current_stage": "In stage", "stage": "Enters stage"},
    )


def _timeline(log: TouchpointLog, account_id: str) -> pd.DataFrame:
    """Give the touches with the names of people."""
    timeline = cached(journey.account_timeline)(log, account_id)
    return timeline.assign(person_id=_people(log, timeline["person_id"]))


def show_attributes(facts: pd.Series) -> None:
    """Show what the attribute tables say of an account."""
    known = facts.drop(list(FACTS)).dropna()
    if known.empty:
        return
    st.markdown("## Attributes")
    frame = pd.DataFrame(
        {"attribute": [label(name) for name in known.index], "value": known.to_numpy()}
    )
    show_table(frame, key="attributes", file_name=f"attributes {facts['account_id']}")


def _people(log: TouchpointLog, ids: pd.Series) -> pd.Series:
    """Name people; two of one name keep their ids, since a name makes a lane of the picture."""
    known = ids.dropna().unique()
    names = person_names(log, list(known))
    unique = {
        person: name
        for person, name in zip(known, names, strict=True)
        if name is not None and names.count(name) == 1
    }
    return ids.map(lambda person: unique.get(person, person))


def _only(log: TouchpointLog, account_id: str) -> TouchpointLog:
    return log.where({log.store.case_role: account_id})


def _normal_days(log: TouchpointLog, stage: str | None) -> float | None:
    """Give the silence that is normal in a stage."""
    frame = cached(normal_silence)(log).set_index("stage")["normal_days"]
    return float(frame[stage]) if stage in frame.index else None


def _open(account_id: str) -> None:
    st.session_state[SEARCH] = ""
    st.query_params[ACCOUNT_PARAMETER] = account_id


def _day(at: pd.Timestamp) -> str:
    return NO_FIGURE if pd.isna(at) else f"{at:%Y-%m-%d}"
