"""Work in the background: how far it is, how it ended, how to stop it."""

import logging
import threading
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

import streamlit as st

from journey.errors import ImportCancelledError, JourneyError
from journey.ingest.processes.progress import Phase, Progress
from journey.ui.reader import write_for_reader
from journey.ui.text import markdown, number

State = Literal["running", "done", "failed", "cancelled"]

POLL_SECONDS: Final = 0.5
PHASES: Final[dict[Phase, str]] = {
    "reading": "Reading",
    "columns": "Looking at columns",
    "cleaning": "Cleaning",
    "sorting": "Sorting",
    "writing": "Writing",
}

_log = logging.getLogger(__name__)


class Work(Protocol):
    """What a task does: it tells its progress and asks whether to stop."""

    def __call__(self, *, progress: Any, cancelled: Any) -> object:
        """Do it."""
        ...


@dataclass(kw_only=True)
class Task:
    """One piece of work: its thread writes here how far it is, pages read it."""

    state: State = "running"
    progress: Progress | None = None
    message: str = ""
    problem: JourneyError | None = None
    result: object = None
    stop: threading.Event = field(default_factory=threading.Event)


def start_task(task: Task, work: Work, *, name: str, failed: str) -> None:
    """Start work in a thread of its own.

    Parameters
    ----------
    task
        Told how the work is going.
    work
        Called with ``progress`` and ``cancelled``.
    name
        Of the thread.
    failed
        What to tell the user of an error that is not one of ours.
    """
    threading.Thread(target=_run, args=(task, work, failed), name=name, daemon=True).start()


def show_progress(task: Task, *, cancel: str) -> None:
    """Show how far a task is, with a button to cancel; the page runs again when it ends."""
    st.fragment(run_every=POLL_SECONDS)(_show_progress)(task, cancel)


def progress_text(progress: Progress | None) -> str:
    """Return where a task stands, in words.

    Examples
    --------
    >>> progress_text(Progress("reading", "ads.csv", 120_000, None))
    'Reading ads.csv: 120,000 rows'
    """
    if progress is None:
        return "Starting"
    doing = f"{PHASES[progress.phase]} {progress.file}".strip()
    if not progress.n_rows:
        return doing
    of = f" of {number(progress.n_total)}" if progress.n_total else ""
    return f"{doing}: {number(progress.n_rows)}{of} rows"


def _show_progress(task: Task, cancel: str) -> None:
    write_for_reader()
    if task.state != "running":
        st.rerun()
    progress = task.progress
    total = progress.n_total if progress else None
    share = min(progress.n_rows / total, 1.0) if progress and total else 0.0
    st.progress(share, text=markdown(progress_text(progress)))
    # One button in both states: a fragment that swaps its parts under the mouse loses clicks.
    stopping = task.stop.is_set()
    st.button(
        "Stopping …" if stopping else cancel,
        key="task:cancel",
        on_click=task.stop.set,
        icon=":material/stop:",
        disabled=stopping,
    )


def _run(task: Task, work: Work, failed: str) -> None:
    """Do the work and note how it ended; nothing that goes wrong may pass in silence."""

    def tell(progress: Progress) -> None:
        task.progress = progress

    try:
        task.result = work(progress=tell, cancelled=task.stop.is_set)
    except ImportCancelledError:
        task.state = "cancelled"
    except JourneyError as problem:
        task.message, task.problem = str(problem), problem
        task.state = "failed"
    except Exception:  # noqa: BLE001 -- a thread has nobody to raise to; the user is told
        _log.exception("%s", failed)
        task.message = f"{failed} The reason stands in the server's log."
        task.state = "failed"
    else:
        task.state = "done"
