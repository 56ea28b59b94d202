"""Files on the server, offered on the upload page within the folders that are allowed."""

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import streamlit as st

from journey.errors import JourneyError
from journey.ingest.server_files import (
    FOLDERS_VARIABLE,
    allowed_folders,
    copy_file,
    files_in,
    folders_in,
)
from journey.ui.data.imports import Incoming, incoming_of, safe_file_name
from journey.ui.data.intake import ENDINGS, take_incoming
from journey.ui.guards import plain_errors
from journey.ui.text import counted
from journey.workspace import incoming_folder, remove_incoming, workspace_root

_KEY: Final = "server:"


def choose_server_files() -> None:
    """Offer the files in allowed folders; those chosen are copied and go the way of uploads."""
    allowed = allowed_folders()
    with st.expander("Files on the server", icon=":material/folder:"):
        if not allowed:
            st.markdown(
                f"The administrator can allow folders: set `{FOLDERS_VARIABLE}` to their paths "
                "before the app is started. Then exports that lie there need no upload."
            )
            return
        with plain_errors():
            _choose(allowed)


def copy_from_server(paths: Sequence[Path], allowed: Sequence[Path], root: Path) -> Incoming:
    """Copy files of the server into the workspace, all or none.

    Raises
    ------
    JourneyError
        If one is not in an allowed folder or can't be read.
    """
    folder = incoming_folder(root)
    files = tuple(
        folder / str(place) / safe_file_name(path.name) for place, path in enumerate(paths, start=1)
    )
    try:
        for path, copy in zip(paths, files, strict=True):
            copy.parent.mkdir()
            copy_file(path, allowed, copy)
    except (JourneyError, OSError):
        remove_incoming(folder)
        raise
    return incoming_of(folder, files)


def folder_names(allowed: Sequence[Path]) -> dict[str, Path]:
    """Return the allowed folders and those within them, by what to call them."""
    ends = [folder.name or str(folder) for folder in allowed]
    named: dict[str, Path] = {}
    for folder, end in zip(allowed, ends, strict=True):
        head = end if ends.count(end) == 1 else str(folder)
        for inner in folders_in(folder):
            named["/".join((head, *inner.relative_to(folder).parts))] = inner
    return named


def _choose(allowed: Sequence[Path]) -> None:
    named = folder_names(allowed)
    place = st.selectbox("Folder", list(named), key=f"{_KEY}folder", persist_state="session")
    files = files_in(named[place], allowed, endings=ENDINGS)
    if not files:
        st.caption("No file here is an export that can be read.")
        return
    by_name = {path.name: path for path in files}
    chosen = st.multiselect(
        "Files", list(by_name), default=list(by_name), key=f"{_KEY}files:{place}"
    )
    free = shutil.disk_usage(workspace_root().parent).free
    needed = sum(by_name[name].stat().st_size for name in chosen)
    if needed > free:
        st.caption("The server's disk has no room for a copy of these files.")
    words = f"Take {counted(len(chosen), 'file')}"
    if st.button(words, key=f"{_KEY}take", disabled=not chosen or needed > free):
        with st.spinner("Copying"):
            held = copy_from_server([by_name[name] for name in chosen], allowed, workspace_root())
        take_incoming(held)
        st.rerun()
