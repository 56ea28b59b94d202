"""Files on their way in: dropped, listed, named, imported; the same on every page that shows it."""

import re
import shutil
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import streamlit as st

from journey.cli.serving import SAMPLE, SAMPLE_LIST, SAMPLES, sample_files
from journey.definitions import load_definitions
from journey.errors import ColumnsUnclearError
from journey.ingest.inventories import read_inventories
from journey.ui.data.column_presets import allowed_presets
from journey.ui.data.far_imports import start_far
from journey.ui.data.imports import (
    ImportJob,
    Incoming,
    close_import,
    current_import,
    keep_uploads,
    start_addition,
    start_import,
)
from journey.ui.guards import plain_errors
from journey.ui.navigation import COLUMNS, CONTENT, UPLOAD, open_page
from journey.ui.state import INCOMING, add_note, current_dataset, set_dataset
from journey.ui.tasks import show_progress
from journey.ui.text import counted, markdown
from journey.workspace import (
    MAX_NAME,
    dataset_path,
    incoming_folder,
    list_datasets,
    remove_incoming,
    save_inventory,
    workspace_root,
)

ENDINGS: Final = (
    *("csv", "tsv", "txt", "xlsx", "parquet", "json", "jsonl", "ndjson", "xes", "gz", "zip"),
)
IMPORTED: Final = "portolan:imported"
ADDED: Final = "portolan:added"
UNCLEAR: Final = "portolan:unclear"
NEW: Final = "A data set of their own"
ADD: Final = "More of one that is here"
_GENERATION: Final = "intake:generation"
_MINE: Final = "intake:job"
_ASKS_ON: Final = "intake:asks"
_UNITS: Final = ("bytes", "kB", "MB", "GB")
_THOUSAND: Final = 1_000


def choose_files() -> None:
    """Offer to drop files; they are copied at once and leave the widget's memory."""
    key = f"intake:files:{st.session_state.setdefault(_GENERATION, 0)}"
    st.file_uploader(
        "Exports that belong together: drop one or several files",
        ENDINGS,
        accept_multiple_files=True,
        key=key,
        on_change=_keep_files,
        args=(key,),
    )
    st.caption("Each also gzipped or zipped. Files are kept by this app and sent nowhere else.")


def current_incoming() -> Incoming | None:
    """Return the files that wait to be imported, none if there are none or they are gone."""
    held: Incoming | None = st.session_state.get(INCOMING)
    if held is not None and not all(map(Path.is_file, (*held.files, *held.inventories))):
        drop_files()
        add_note("The files dropped before are gone; drop them again.")
        return None
    return held


def take_incoming(incoming: Incoming) -> None:
    """Let these files be the ones that wait to be imported; those before make way."""
    drop_files()
    st.session_state.pop(IMPORTED, None)
    st.session_state.pop(_MINE, None)
    st.session_state[INCOMING] = incoming


def drop_files() -> None:
    """Forget the files that were dropped."""
    held: Incoming | None = st.session_state.pop(INCOMING, None)
    st.session_state.pop(UNCLEAR, None)
    close_import(workspace_root())
    if held is not None:
        remove_incoming(held.folder)


def show_files(incoming: Incoming) -> None:
    """List the files with their sizes; each can be removed."""
    for place, path in enumerate(dict.fromkeys((*incoming.files, *incoming.inventories))):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":material/description: {markdown(path.name)}", width="content")
            what = " · content inventory" if path in incoming.inventories else ""
            what = what and f" · touchpoints{what}" if path in incoming.files else what
            st.caption(f"{size_text(path.stat().st_size)}{what}", width="content")
            st.button(
                "Remove",
                key=f"intake:remove:{place}",
                type="tertiary",
                disabled=incoming.far is not None,
                help=f"Remove {markdown(path.name)}",
                on_click=_remove_file,
                args=(path,),
            )


def size_text(n_bytes: int) -> str:
    """Return the size of a file as people say it.

    Examples
    --------
    >>> size_text(0), size_text(711_837), size_text(40_000_000)
    ('0 bytes', '712 kB', '40 MB')
    """
    size, unit = float(n_bytes), 0
    while size >= _THOUSAND and unit < len(_UNITS) - 1:
        size, unit = size / _THOUSAND, unit + 1
    return f"{size:.0f} {_UNITS[unit]}"


def ask_name(incoming: Incoming) -> str:
    """Ask for the data set the files go to; the answers are kept over page switches."""
    known = list_datasets(workspace_root())
    if known and incoming.far is None:
        st.segmented_control(
            "What to make of the files",
            (NEW, ADD),
            default=NEW,
            required=True,
            key=_way_key(incoming),
            persist_state="session",
        )
    if adds(incoming):
        current = current_dataset()
        name = st.selectbox(
            "Data set to add to",
            known,
            index=known.index(current) if current in known else 0,
            key=f"intake:to:{incoming.folder.name}",
            persist_state="session",
        )
        st.caption("What it has stays and is not read again; rows it has already are left out.")
        return name
    named_after = incoming.far.address if incoming.far else incoming.files[0]
    name = st.text_input(
        "Name of the data set",
        proposed_name(Path(named_after).name),
        max_chars=MAX_NAME,
        key=f"intake:name:{incoming.folder.name}",
        persist_state="session",
    )
    if name in known:
        becomes = "choose another" if incoming.far else "it will be replaced"
        st.caption(f":material/info: A data set of this name is here; {becomes}.")
    return name


def keep_lists(incoming: Incoming) -> None:
    """Let the user keep content inventories that came alone for a data set that is here."""
    known = list_datasets(workspace_root())
    if not known:
        st.info("This lists content. Drop the exports of touchpoints too.", icon=":material/info:")
        return
    current = current_dataset()
    name = st.selectbox(
        "Data set whose content this lists",
        known,
        index=known.index(current) if current in known else 0,
        key=f"intake:lists:{incoming.folder.name}",
    )
    if st.button("Keep the list", type="primary", icon=":material/save:"):
        with plain_errors():
            listed = read_inventories(incoming.inventories)
            save_inventory(workspace_root(), name, listed)
            drop_files()
            set_dataset(name)
            add_note(f"{counted(len(listed.entries), 'content')} listed now.")
            open_page(CONTENT)


def adds(incoming: Incoming) -> bool:
    """Return whether the user wants these files to be added to a data set that is here."""
    return st.session_state.get(_way_key(incoming)) == ADD


def added_to(incoming: Incoming) -> Path | None:
    """Return the data set that these files are to be added to; none if they make a new one."""
    if not adds(incoming):
        return None
    known, current = list_datasets(workspace_root()), current_dataset()
    first = current if current in known else next(iter(known), None)
    name: str | None = st.session_state.get(f"intake:to:{incoming.folder.name}", first)
    return dataset_path(workspace_root(), name) if name in known else None


def _way_key(incoming: Incoming) -> str:
    return f"intake:way:{incoming.folder.name}"


def proposed_name(file_name: str) -> str:
    """Return a name for a data set made from a file's.

    Examples
    --------
    >>> proposed_name("olist_leads.csv"), proposed_name("!.csv")
    ('olist leads', 'Touchpoints')
    """
    first = file_name.partition(".")[0]
    words = "".join(sign if unicodedata.category(sign)[0] in "LMN" else " " for sign in first)
    return " ".join(words.split())[:MAX_NAME].strip() or "Touchpoints"


def begin_import(incoming: Incoming, name: str, options: Mapping[str, Any]) -> None:
    """Start the import and run the page again."""
    with plain_errors():
        given = {"presets": allowed_presets(), **options}
        start = start_far if incoming.far else start_addition if adds(incoming) else start_import
        job = start(incoming, dataset=name, root=workspace_root(), options=given)
    mind(job, asks_on=COLUMNS)


def mind(job: ImportJob, *, asks_on: str) -> None:
    """Let an import be the one of this session, and run the page again.

    Parameters
    ----------
    asks_on
        The page to go to if the import needs to know more of the columns.
    """
    st.session_state.pop(UNCLEAR, None)
    st.session_state.pop(IMPORTED, None)
    st.session_state[_MINE], st.session_state[_ASKS_ON] = job, asks_on
    st.rerun()


def has_sample() -> bool:
    """Return whether the sample data came with the app."""
    return bool(sample_files())


def begin_sample() -> None:
    """Start to import the sample data that come with the app."""
    folder = incoming_folder(workspace_root())
    *files, listed = (
        Path(shutil.copyfile(path, folder / path.name)) for path in (*sample_files(), SAMPLE_LIST)
    )
    with plain_errors():
        definitions = load_definitions(SAMPLES / "definitions.toml")
    incoming = Incoming(folder, tuple(files), inventories=(listed,))
    begin_import(incoming, SAMPLE, {"definitions": definitions})


def follow_import() -> bool:
    """Show the import that runs or went wrong; return whether one runs.

    An import of this session that is done leads to the upload page, one that needs to know more
    of the columns to theirs.
    """
    running = current_import(workspace_root())
    mine: ImportJob | None = st.session_state.get(_MINE)
    job = mine if mine is not None else running
    if job is None:
        return False
    if job.state == "running":
        doing = "Importing" if isinstance(job, ImportJob) else "Making anew"
        st.markdown(f"**{doing} {markdown(job.dataset)}**")
        show_progress(job, cancel="Cancel import")
        return True
    if job is mine:
        _close(job)
    return False


def _close(job: ImportJob) -> None:
    """Say how an import of this session ended."""
    asks_on: str = st.session_state.get(_ASKS_ON, COLUMNS)
    if job.state == "cancelled":
        rest = " Your files are still here." if asks_on == COLUMNS else ""
        st.info(f"The import was cancelled; nothing of it was kept.{rest}", icon=":material/info:")
    elif isinstance(job.problem, ColumnsUnclearError):
        del st.session_state[_MINE]
        st.session_state[UNCLEAR] = without_options(job.message)
        open_page(asks_on)
    elif job.state == "failed":
        st.error(markdown(without_options(job.message)), icon=":material/error:")
    else:
        del st.session_state[_MINE]
        st.session_state.pop(INCOMING, None)
        st.session_state[IMPORTED] = job.dataset
        st.session_state[ADDED] = job.result if isinstance(job.result, str) else ""
        close_import(workspace_root())
        set_dataset(job.dataset)
        open_page(UPLOAD)


def without_options(message: str) -> str:
    """Return an error without what it says of the command line: here are widgets for it.

    Examples
    --------
    >>> without_options("No time in a.csv. Name one, for example --column occurred_at=HEADER.")
    'No time in a.csv.'
    """
    sentences = re.split(r"(?<=[.;]) (?=[A-Z])", message)
    return " ".join(sentence for sentence in sentences if "--" not in sentence)


def _keep_files(key: str) -> None:
    """Copy what was dropped and empty the widget; files dropped before make way."""
    if st.session_state[key]:
        take_incoming(keep_uploads(st.session_state[key], workspace_root()))
        st.session_state[_GENERATION] += 1


def _remove_file(path: Path) -> None:
    """Remove one of the files; the columns are then looked at again."""
    held: Incoming = st.session_state[INCOMING]
    files, lists = (
        tuple(other for other in paths if other != path) for paths in (held.files, held.inventories)
    )
    st.session_state.pop(_MINE, None)
    if not files and not lists:
        drop_files()
        return
    path.unlink(missing_ok=True)
    st.session_state[INCOMING] = Incoming(held.folder, files, inventories=lists)


def ready_text(n_journeys: int, n_touchpoints: int) -> str:
    """Return the size of a data set in words.

    Examples
    --------
    >>> ready_text(1, 12_000)
    '1 journey, 12,000 touchpoints'
    """
    return f"{counted(n_journeys, 'journey')}, {counted(n_touchpoints, 'touchpoint')}"
