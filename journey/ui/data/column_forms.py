"""The tables and questions of the page about columns."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final
from zoneinfo import available_timezones

import pandas as pd
import streamlit as st

import journey
from journey.ingest import keeps_files
from journey.ui.data.column_presets import (
    allowed_presets,
    forget_switched_off,
    offer_saving,
    remembered,
    show_preset,
)
from journey.ui.data.column_roles import (
    ROLE_WORDS,
    Roles,
    counting_seconds,
    date_questions,
    lacking_zone,
    proposed_roles,
    readings,
    several_units,
    shape_text,
    shapes,
)
from journey.ui.data.imports import Incoming
from journey.ui.editing import edit_table
from journey.ui.guards import plain_errors
from journey.ui.navigation import UPLOAD, page_link
from journey.ui.tasks import Task, show_progress, start_task
from journey.ui.text import counted, markdown

_TASK: Final = "columns:task"
_ROLES: Final = "columns:roles"
_FILES: Final = "columns:files"
_LOOK: Final = "columns:look"
_ROLE_OF_WORDS: Final = {words: role for role, words in ROLE_WORDS.items()}
_REMEMBERED: Final = ":material/history: Remembered from the last such file; change it here."
FIRST_DAY: Final = "1970-01-01"
AS_VALUES_TELL: Final = "As the values tell"
DEDUPE_WORDS: Final = {
    "cross-source": "Merge repeats and what two sources tell twice",
    "exact": "Merge exact repeats only",
    "none": "Keep every row",
}


def look_at_columns(incoming: Incoming, beside: Path | None) -> pd.DataFrame:
    """Return the proposal for the files; until it is there, show progress and end the page.

    Parameters
    ----------
    beside
        The data set that they are to be added to; none: they make a new one.
    """
    if st.session_state.get(_FILES, (None, None))[0] != incoming.files:
        forget_switched_off()
    asked = incoming.files, allowed_presets(), beside if beside and keeps_files(beside) else None
    if st.session_state.get(_FILES) != asked:
        forget_columns()
        task = Task()
        st.session_state[_TASK], st.session_state[_FILES] = task, asked
        st.session_state[_LOOK] = st.session_state.get(_LOOK, 0) + 1
        files, presets, kept = asked
        work = partial(journey.suggest_columns, *files, presets=presets, beside=kept)
        start_task(task, work, name="columns", failed="The columns could not be looked at.")
    task = st.session_state[_TASK]
    if task.state == "running":
        show_progress(task, cancel="Cancel")
        st.stop()
    if task.state != "done":
        forget_columns()
        if task.state == "cancelled":
            st.info("Stopped. Your files are still here.", icon=":material/info:")
            st.button("Look at the columns")
        else:
            st.error(markdown(task.message), icon=":material/error:")
        page_link(UPLOAD, "Back to the files")
        st.stop()
    return task.result


def forget_columns() -> None:
    """Forget proposal and choices; a look that still runs is stopped."""
    task: Task | None = st.session_state.pop(_TASK, None)
    if task is not None:
        task.stop.set()
    for key in (_ROLES, _FILES):
        st.session_state.pop(key, None)


def chosen_roles(proposal: pd.DataFrame) -> Roles:
    """Return the roles as proposed and changed so far."""
    return st.session_state.setdefault(_ROLES, proposed_roles(proposal))


def show_file(file: str, proposal: pd.DataFrame, roles: Roles, *, place: int) -> None:
    """Show one file: what it looks like, and its columns with the role of each to be changed."""
    columns = proposal[proposal["file"] == file]
    held = [roles[file, column] for column in columns["column"]]
    with st.container(border=True):
        shape = shapes(roles, proposal)[file]
        st.markdown(f"**{markdown(file)}** · {shape_text(held, shape)}")
        show_preset(file, columns, place=place)
        if file in proposal.attrs["inherited"]:
            words = proposal.attrs["inherited"][file]
            st.caption(f":material/history: Read {markdown(words)}. Change it here.")
        # What was found goes first: exports can have hundreds of columns.
        order = columns["role"].isna().to_numpy().argsort(kind="stable")
        rows = columns.iloc[order]
        edit_table(
            _shown(file, rows, roles),
            key=f"columns:table:{st.session_state.get(_LOOK)}:{place}",
            editable=["meaning"],
            columns=_formats(),
            on_edit=partial(_keep_role, file, tuple(rows["column"])),
            alt=f"Columns of {file}",
        )
        offer_saving(file, proposal, roles, place=place)


def ask_rest(proposal: pd.DataFrame, roles: Roles) -> tuple[dict[str, Any], bool]:
    """Ask what the data can't tell; return options of the import and whether all is answered."""
    options: dict[str, Any] = {}
    dates, is_answered = _ask_dates(proposal, roles)
    if dates is not None:
        options["dates"] = dates
    left, right = st.columns(2)
    with right:
        zone = _ask_zone(proposal, roles)
        # What was said before is taken back by saying UTC.
        if zone != "UTC" or remembered(proposal, "zone"):
            options["zone"] = zone
    with left:
        dedupe = st.selectbox(
            "Repeated rows",
            list(DEDUPE_WORDS),
            format_func=DEDUPE_WORDS.__getitem__,
            key="columns:dedupe",
            persist_state="session",
            help="Two sources tell of the same touchpoint of the same person within five minutes.",
        )
        if dedupe != "cross-source":
            options["dedupe"] = dedupe
    epoch = _ask_epoch(proposal, roles)
    if epoch is not None:
        options["epoch"] = epoch
    units = several_units(roles, proposal)
    if units:
        st.caption(
            f":material/info: {_listed(units)}: the numbers are seconds, milliseconds or smaller, "
            "mixed; each is read by its size. Check the first and last day after the import."
        )
    return options, is_answered


def _ask_dates(proposal: pd.DataFrame, roles: Roles) -> tuple[str | None, bool]:
    questions = date_questions(roles, proposal)
    if not questions:
        return None, True
    first = questions[0]
    day, month = readings(first.sample)
    words = {"day-first": f"Day first: {day}", "month-first": f"Month first: {month}"}
    if not first.is_open:
        words = {AS_VALUES_TELL: AS_VALUES_TELL, **words}
    where = _listed(sorted({question.column for question in questions}))
    before = remembered(proposal, "dates")
    answer = st.radio(
        f"How is **{markdown(first.sample)}** in {where} meant?",
        list(words),
        index=list(words).index(before) if before else None if first.is_open else 0,
        format_func=lambda choice: markdown(words[choice]),
        key=f"columns:dates:{first.is_open}:{before}",
        horizontal=True,
        persist_state="session",
    )
    if before:
        st.caption(_REMEMBERED)
    return (None if answer == AS_VALUES_TELL else answer), answer is not None


def _ask_zone(proposal: pd.DataFrame, roles: Roles) -> str:
    columns = lacking_zone(roles, proposal)
    if not columns:
        return "UTC"
    zones = ["UTC", *sorted(available_timezones() - {"UTC"})]
    before = remembered(proposal, "zone")
    zone = st.selectbox(
        "Times without a zone are in",
        zones,
        index=zones.index(before) if before in zones else 0,
        key=f"columns:zone:{before}",
        persist_state="session",
        help=f"Concerns {_listed(columns)}.",
    )
    if before:
        st.caption(_REMEMBERED)
    return zone


def _ask_epoch(proposal: pd.DataFrame, roles: Roles) -> str | None:
    """Ask when times begin that are mere seconds; the default is said where it is used."""
    columns = counting_seconds(roles, proposal)
    if not columns:
        return None
    before = remembered(proposal, "epoch")
    day = st.date_input(
        "Seconds count from",
        value=before[:10] if before else FIRST_DAY,
        min_value="1900-01-01",
        max_value="2200-12-31",
        key=f"columns:epoch:{before}",
        persist_state="session",
        help=f"Concerns {_listed(columns)}, whose values are small numbers, not dates. "
        f"If you don't know the day, {FIRST_DAY} stays: lengths of time are right all the same.",
    )
    if before:
        st.caption(_REMEMBERED)
    if day is None or (str(day) == FIRST_DAY and not before):
        return None
    return str(day)


def _listed(columns: list[str]) -> str:
    most = 3
    shown = ", ".join(f"**{markdown(name)}**" for name in columns[:most])
    rest = len(columns) - most
    return f"{shown} and {counted(rest, 'more column')}" if rest > 0 else shown


def _shown(file: str, rows: pd.DataFrame, roles: Roles) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "column": rows["column"],
            "meaning": [ROLE_WORDS[roles[file, column]] for column in rows["column"]],
            "confidence": rows["confidence"].where(rows["role"].notna()),
            "samples": [" · ".join(samples) for samples in rows["samples"]],
        }
    ).reset_index(drop=True)


def _formats() -> Mapping[str, Any]:
    config = st.column_config
    return {
        "column": config.TextColumn("Column", width="medium"),
        "meaning": config.SelectboxColumn(
            "Meaning", options=list(_ROLE_OF_WORDS), required=True, width="small"
        ),
        "confidence": config.ProgressColumn(
            "How sure", format="percent", min_value=0, max_value=1, width="small"
        ),
        "samples": config.TextColumn("For example", width="large"),
    }


def _keep_role(file: str, columns: tuple[str, ...], row: int, cells: Mapping[str, Any]) -> None:
    with plain_errors():
        st.session_state[_ROLES][file, columns[row]] = _ROLE_OF_WORDS[cells["meaning"]]
