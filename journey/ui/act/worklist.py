"""What is done about stalled accounts: snoozed, handled, put back, given to the CRM."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import pandas as pd
import streamlit as st

import journey
from journey.log import TouchpointLog
from journey.ui.act.stalled_list import Rest, stalled_frame
from journey.ui.cache import cached
from journey.ui.filters import read_until
from journey.ui.guards import plain_errors
from journey.ui.state import current_dataset, current_filters
from journey.ui.tables import choose_rows, download_buttons, download_row
from journey.ui.text import counted, markdown, number
from journey.worklist import Kind, Mark, add_marks, load_marks, take_back, with_marks
from journey.workspace import workspace_root

NAME: Final = "worklist:by"
_FORMS: Final = "worklist:forms"
_DONE: Final = "worklist:done"
_SNOOZE_DAYS: Final = 7
_MAX_NOTE: Final = 500

TO_CALL: Final = "To call"
UNNAMED: Final = "Unnamed visitors"
_SHOWN: Final[dict[str, Kind]] = {"Snoozed": "snoozed", "Handled": "handled"}
_LABELS: Final = {
    "account_id": "Account",
    "name": "Account",
    "marked_until": "Comes back on",
    "marked_at": "On",
    "marked_by": "By",
    "marked_note": "Note",
    "reason": "Why it was listed",
}


@dataclass(frozen=True)
class _Done:
    """What was done last, so that it can be undone."""

    words: str
    dataset: str
    log_case: str
    case_ids: tuple[str, ...]


def marked_frame(log: TouchpointLog) -> pd.DataFrame:
    """Return the first of the stalled accounts with what was done about each."""
    marks = load_marks(workspace_root(), _dataset())
    frame = stalled_frame(log, n_marked=len(marks))
    return with_marks(frame, marks, case=log.case, as_of=log.as_of)


def show_done(log: TouchpointLog) -> None:
    """Say what was done last, with the way back."""
    done: _Done | None = st.session_state.get(_DONE)
    if done is None or (done.dataset, done.log_case) != (_dataset(), log.case):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/check: {markdown(done.words)}", width="content")
        st.button("Undo", key="worklist:undo", type="tertiary", icon=":material/undo:",
                  on_click=_undo, args=(log, done.case_ids))  # fmt: skip


def choose_shown(frame: pd.DataFrame, rest: Rest, n_unnamed: int) -> str:
    """Let the user look at what is not listed, with how many that is; nothing to ask if nothing is.

    Parameters
    ----------
    frame
        What ``marked_frame`` gives.
    rest
        What is stalled beyond it.
    n_unnamed
        Stalled journeys of unnamed visitors.
    """
    counts = {TO_CALL: int(frame["marked"].isna().sum()) + rest.n}
    counts |= {UNNAMED: n_unnamed} if n_unnamed else {}
    has_marks = bool(frame["marked"].notna().any())
    for words, kind in _SHOWN.items() if has_marks else ():
        counts[words] = int((frame["marked"] == kind).sum())
    if len(counts) == 1:
        return TO_CALL
    chosen = st.segmented_control(
        "Accounts shown",
        list(counts),
        default=TO_CALL,
        format_func=lambda words: f"{words} {number(counts[words])}",
        key="worklist:shown",
        label_visibility="collapsed",
        required=True,
    )
    return chosen or TO_CALL


def show_hidden(log: TouchpointLog, frame: pd.DataFrame, shown: str) -> None:
    """List the accounts that are snoozed or handled, by whom and why, and let them be put back."""
    hidden = frame[frame["marked"] == _SHOWN[shown]].reset_index(drop=True)
    if hidden.empty:
        st.caption(f"None is {shown.lower()}.")
        return
    key = f"worklist:{shown}:{log.fingerprint}"
    actions = st.container(horizontal=True, vertical_alignment="center", gap="small")
    columns = ["name", "account_id", *_LABELS]
    listed = hidden[[name for name in dict.fromkeys(columns) if name in hidden]]
    labels = _LABELS | ({"account_id": "Id"} if "name" in listed else {})
    rows = choose_rows(listed.dropna(axis="columns", how="all"), key=key, labels=labels)
    download_row(listed, key=key, file_name=f"{shown.lower()} accounts")
    ids = tuple(hidden["account_id"].iloc[rows])
    with actions:
        st.caption(f"{counted(len(ids), 'account')} chosen" if ids else "Choose accounts to put "
                   "them back on the list.", width="content")  # fmt: skip
        st.button("Put back", key="worklist:back", icon=":material/undo:", disabled=not ids,
                  on_click=_undo, args=(log, ids))  # fmt: skip
    st.caption(
        "A snoozed account comes back on its day, a handled one once it has a new touch and goes "
        "silent again; the log's own time decides."
    )


def show_actions(log: TouchpointLog, chosen: pd.DataFrame) -> None:
    """Show what can be done with the accounts chosen, or with all of them where none is.

    Parameters
    ----------
    log
        The log in view.
    chosen
        Rows of the list as ``stalled_frame`` numbers them; none is all that are listed.
    """
    ids = tuple(chosen["account_id"])
    number = st.session_state.get(_FORMS, 0)  # of another number it is a new one, closed and empty
    for words, icon, kind in (
        ("Snooze…", ":material/snooze:", "snoozed"),
        ("Mark as handled…", ":material/task_alt:", "handled"),
    ):
        key = f"worklist:{kind}:{number}"
        with st.popover(words, icon=icon, disabled=not ids, key=f"{key}:popover"):
            _form(log, ids, kind, key)
    if not ids:
        st.caption("Choose rows to snooze or handle them.", width="content")


def show_export(log: TouchpointLog, rows: pd.DataFrame) -> None:
    """Show the downloads of some stalled accounts as rows that a CRM can import."""
    places = rows.index.tolist()
    download_buttons(
        lambda: cached(journey.call_list)(log, limit=max(places) + 1).iloc[places],
        key="worklist:crm",
        file_name="call list",
        words=f"{counted(len(places), 'account')} with ids, contacts and next action for the CRM",
    )


def _form(log: TouchpointLog, ids: Sequence[str], kind: Kind, key: str) -> None:
    """Ask until when, who and why; the name is remembered for the session."""
    ends_on = read_until(log, current_filters().last_day)
    first_day = log.as_of.date() + timedelta(days=1)
    with st.form(f"{key}:form", border=False):
        until = None
        if kind == "snoozed":
            until = st.date_input(
                "Until",
                first_day + timedelta(days=_SNOOZE_DAYS - 1),
                min_value=first_day,
                max_value=first_day + timedelta(days=3_650),
                help=f"By the log's own time, which ends on {ends_on:%Y-%m-%d}.",
                key=f"{key}:until",
            )
        known = st.session_state.get(NAME, "")
        by = st.text_input("Your name", known, key=f"{key}:by", max_chars=80)
        note = st.text_area("Note", key=f"{key}:note", max_chars=_MAX_NOTE, height=80)
        whom = counted(len(ids), "account")
        words = f"Snooze {whom}" if kind == "snoozed" else f"Mark {whom} as handled"
        if not st.form_submit_button(words, type="primary"):
            return
    st.session_state[NAME] = by
    with plain_errors():
        marks = [
            Mark(log.case, case_id, kind, log.as_of, until, by.strip(), note.strip())
            for case_id in ids
        ]
        add_marks(workspace_root(), _dataset(), marks)
    ended = f" until {until:%Y-%m-%d}" if until else ""
    words = f"{counted(len(ids), 'account')} {kind}{ended}."
    st.session_state[_FORMS] = st.session_state.get(_FORMS, 0) + 1
    st.session_state[_DONE] = _Done(words, _dataset(), log.case, tuple(ids))
    st.rerun()


def _undo(log: TouchpointLog, ids: Sequence[str]) -> None:
    with plain_errors():
        take_back(workspace_root(), _dataset(), log.case, ids)
    st.session_state.pop(_DONE, None)


def _dataset() -> str:
    return str(current_dataset())
