"""Imports and refreshes from a database, in the background like those of files."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

import journey
from journey.errors import JourneyError
from journey.ingest import add_touchpoints
from journey.ingest.processes.progress import Progress
from journey.ingest.warehouses import Address, Selection, fetched, origins, read_address, refresh
from journey.ingest.warehouses.access import for_app
from journey.ingest.warehouses.address import FILE_KINDS, signed_in
from journey.ingest.warehouses.origin import Origin
from journey.log import TouchpointLog
from journey.ui.data.column_presets import allowed_presets
from journey.ui.data.imports import Incoming, start_addition, start_import
from journey.ui.data.intake import adds, mind
from journey.ui.guards import plain_errors
from journey.ui.navigation import CONNECT
from journey.ui.state import current_dataset
from journey.ui.text import markdown
from journey.workspace import dataset_path, incoming_folder, workspace_root


def begin_fetch(
    address: Address,
    selection: Selection,
    incoming: Incoming,
    *,
    dataset: str,
    options: Mapping[str, Any],
) -> None:
    """Start to fetch rows into a data set, new or there already, and run the page again."""
    # What was looked at goes with the import; the rows themselves are fetched anew.
    held = Incoming(incoming.folder, ())
    given = {"presets": allowed_presets(), **options}
    with plain_errors():
        if adds(incoming):
            given.pop("dedupe", None)
            work = partial(_add, address, selection, given)
            job = start_addition(held, dataset=dataset, root=workspace_root(), options={}, add=work)
        else:
            work = partial(_read, address, selection, given)
            job = start_import(held, dataset=dataset, root=workspace_root(), options={}, read=work)
    mind(job, asks_on=CONNECT)


def offer_refresh() -> None:
    """Offer to take what is new, if the data set came from a database."""
    name = current_dataset()
    found = _origins(name) if name else []
    if name is None or not found:
        return
    st.header("Take what is new")
    with st.container(border=True), st.form("connect:refresh", border=False):
        for origin in found:
            upto = f", read up to {origin.mark}" if origin.mark else ""
            st.markdown(
                f"**{markdown(name)}** has {markdown(origin.relation.title)} of "
                f"{markdown(origin.address)}{markdown(upto)}."
            )
        # Each server is told its own password alone.
        passwords = {
            place: st.text_input(
                f"Password for {markdown(place)}",
                type="password",
                key=f"connect:again:{place}",
                autocomplete="off",
            )
            for place in dict.fromkeys(origin.address for origin in found)
            if read_address(place).kind not in FILE_KINDS
        }
        if st.form_submit_button("Refresh", icon=":material/sync:"):
            _begin_refresh(name, passwords)


def _origins(name: str) -> list[Origin]:
    try:
        return origins(dataset_path(workspace_root(), name))
    except JourneyError:
        return []


def _begin_refresh(name: str, passwords: Mapping[str, str]) -> None:
    """Start to take what is new into the data set, and run the page again."""
    with plain_errors():
        for origin in _origins(name):
            for_app(read_address(origin.address))
        job = start_addition(
            Incoming(incoming_folder(workspace_root()), ()),
            dataset=name,
            root=workspace_root(),
            options={},
            add=partial(_refresh, passwords),
        )
    mind(job, asks_on=CONNECT)


def _read(
    address: Address,
    selection: Selection,
    options: Mapping[str, Any],
    *,
    into: Path,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> TouchpointLog:
    with fetched(address, selection, into, progress=progress, cancelled=cancelled) as found:
        return journey.read_touchpoints(
            found.file, into=into, progress=progress, cancelled=cancelled, **options
        )


def _add(
    address: Address,
    selection: Selection,
    options: Mapping[str, Any],
    folder: Path,
    *,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> TouchpointLog:
    with fetched(address, selection, folder, progress=progress, cancelled=cancelled) as found:
        return add_touchpoints(
            folder, found.file, progress=progress, cancelled=cancelled, **options
        )


def _refresh(
    passwords: Mapping[str, str],
    folder: Path,
    *,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> TouchpointLog:
    log, _ = refresh(
        folder,
        lambda address: signed_in(for_app(address), passwords.get(address.text)),
        progress=progress,
        cancelled=cancelled,
    )
    return log
