"""The way to a database: its address, its tables, the columns and rows wanted of one."""

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final, cast, get_args

import pandas as pd
import streamlit as st

from journey.ingest.warehouses import (
    Address,
    Selection,
    list_tables,
    read_address,
    read_relation,
    sampled,
)
from journey.ingest.warehouses.access import for_app
from journey.ingest.warehouses.address import signed_in
from journey.ingest.warehouses.selection import Condition, Operator, Relation
from journey.schema import LEFT_OUT
from journey.ui.data.column_roles import Roles
from journey.ui.data.imports import Incoming
from journey.ui.tasks import Task, show_progress, start_task
from journey.ui.text import markdown
from journey.workspace import incoming_folder, remove_incoming, workspace_root

TABLE, QUERY = "A table", "A query"
_ADDRESS: Final = "connect:address"
_PASSWORD: Final = "connect:password"  # noqa: S105 - the key of a widget
_CONNECTING: Final = "connect:connecting"
_LOOKING: Final = "connect:looking"
_HELP: Final = (
    "`postgresql://user@host:5432/database`, `duckdb:///folder/file.duckdb`, "
    "`sqlite:///folder/file.db`, or BigQuery, Snowflake, ClickHouse and Databricks as Ibis "
    "writes them. Portolan only reads, and needs the right to read alone."
)


@dataclass
class Connecting(Task):
    """A visit to a database, to see which tables it has."""

    address: Address


@dataclass
class Looking(Task):
    """A look at the first rows of a table or query."""

    address: Address
    relation: Relation
    incoming: Incoming


def ask_address() -> None:
    """Ask for the address and password of a database, and connect to it."""
    with st.form("connect:form", border=False):
        left, right = st.columns([3, 1])
        text = left.text_input(
            "Address",
            key=_ADDRESS,
            placeholder="postgresql://user@host:5432/database",
            help=_HELP,
            persist_state="session",
        )
        password = right.text_input(
            "Password",
            key=_PASSWORD,
            type="password",
            help="Kept in memory for this visit; never written down.",
            autocomplete="off",
        )
        is_asked = st.form_submit_button("Connect", type="primary", icon=":material/database:")
    if is_asked:
        forget_database()
        address = given_address(text, password)
        task = Connecting(address)
        st.session_state[_CONNECTING] = task
        work = partial(list_tables, address)
        start_task(task, work, name="connect", failed="The database could not be read.")


def given_address(text: str, password: str) -> Address:
    """Return an address as a user of this app may use it.

    Raises
    ------
    ValueNotAllowedError
        If it is none, or may not be used.
    """
    return signed_in(for_app(read_address(text)), password)


def connected() -> Connecting | None:
    """Return the visit to a database that succeeded; until it did, show how it goes."""
    look: Looking | None = st.session_state.get(_LOOKING)
    if look is not None and not look.incoming.folder.is_dir():
        # What was looked at goes when its import is done.
        forget_database()
    task: Connecting | None = st.session_state.get(_CONNECTING)
    if task is None or not _is_done(task):
        return None
    return task


def choose_relation(visit: Connecting) -> Looking | None:
    """Ask for a table or query of the database; return the look at it that succeeded."""
    tables = cast("list[str]", visit.result)
    st.markdown(f"**{markdown(visit.address.text)}**")
    way = st.segmented_control(
        "What to read", (TABLE, QUERY), default=TABLE if tables else QUERY, required=True
    )
    if way == TABLE and not tables:
        st.caption("No table can be seen here. Ask for the right to read, or write a query.")
        return None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if way == TABLE:
            table = visit.address.table
            index = tables.index(table) if table in tables else 0
            table, query = st.selectbox("Table", tables, index=index), None
        else:
            table, query = (
                None,
                st.text_area("Query", placeholder="SELECT account, happened_at, event FROM …"),
            )
        if st.button("Look at its columns", type="primary", icon=":material/view_column:"):
            _look(visit.address, read_relation(table, query))
    task: Looking | None = st.session_state.get(_LOOKING)
    if task is None or not _is_done(task):
        return None
    return task


def ask_rows(proposal: pd.DataFrame, time: str | None) -> Selection:
    """Ask which rows are wanted; the selection has no relation's columns left out yet."""
    task: Looking = st.session_state[_LOOKING]
    with st.expander("Only some rows", icon=":material/filter_alt:"):
        since, until = _ask_window(time)
        columns = list(dict.fromkeys(proposal["column"]))
        name, sign, value = st.columns([2, 1, 3])
        column = name.selectbox("Column", columns, index=None, placeholder="Any")
        operator = sign.selectbox("Is", get_args(Operator), disabled=column is None)
        wanted = value.text_input("Value", disabled=column is None)
    where = (Condition(column, operator, wanted),) if column else ()
    return Selection(task.relation, where=where, since=since, until=until, time=time)


def chosen_time(roles: Roles) -> str | None:
    """Return the time column by the roles as changed so far, if it is one.

    Examples
    --------
    >>> chosen_time({("events", "at"): "occurred_at", ("events", "id"): "account_id"})
    'at'
    """
    found = [column for (_, column), role in roles.items() if role == "occurred_at"]
    return found[0] if len(found) == 1 else None


def with_left_out(selection: Selection, roles: Roles) -> Selection:
    """Return the selection without the columns that the user leaves out."""
    left_out = tuple(column for (_, column), role in roles.items() if role == LEFT_OUT)
    return replace(selection, left_out=left_out)


def forget_database() -> None:
    """Forget the visit and the look; what still runs is stopped."""
    for key in (_CONNECTING, _LOOKING):
        task: Task | None = st.session_state.pop(key, None)
        if task is not None:
            task.stop.set()
        if isinstance(task, Looking):
            remove_incoming(task.incoming.folder)


def _ask_window(time: str | None) -> tuple[str | None, str | None]:
    """Ask for the first and last day."""
    if time is None:
        st.caption("A window of days needs one column that is the time.")
        return None, None
    left, right = st.columns(2)
    first: date | None = left.date_input("From this day on", value=None)
    end: date | None = right.date_input("Before this day", value=None)
    return first.isoformat() if first else None, end.isoformat() if end else None


def _look(address: Address, relation: Relation) -> None:
    """Start to look at the first rows; those of another look make way."""
    before: Looking | None = st.session_state.pop(_LOOKING, None)
    if before is not None:
        before.stop.set()
        remove_incoming(before.incoming.folder)
    folder = incoming_folder(workspace_root())
    task = Looking(address, relation, Incoming(folder, ()))
    st.session_state[_LOOKING] = task
    work = partial(_sample, task, folder)
    start_task(task, work, name="look", failed="The table could not be looked at.")
    st.rerun()


def _sample(task: Looking, folder: Path, *, progress: object, cancelled: object) -> None:
    """Fetch the first rows into a folder of their own."""
    file = sampled(
        task.address,
        task.relation,
        folder,
        progress=progress,  # type: ignore[arg-type] -- as the task gives them
        cancelled=cancelled,  # type: ignore[arg-type]
    )
    task.incoming = Incoming(folder, (file,))


def _is_done(task: Task) -> bool:
    """Tell whether a task is done; show it while it runs, and what it met if it failed."""
    if task.state == "running":
        show_progress(task, cancel="Cancel")
        st.stop()
    if task.state == "cancelled":
        st.info("Stopped.", icon=":material/info:")
    elif task.state == "failed":
        st.error(markdown(task.message), icon=":material/error:")
    return task.state == "done"
