"""Garbage is collected a moment after a run of a page, when nobody waits for it."""

import gc
import sys
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Final, ParamSpec, TypeVar

Options = ParamSpec("Options")
Answer = TypeVar("Answer")

REST_SECONDS: Final = 0.5
"""So long after a run: by then the browser knows that it has ended."""

_has_ended: Final = threading.Event()
_is_running: Final = ContextVar("_is_running", default=False)


def tidied_up(run: Callable[Options, Answer]) -> Callable[Options, Answer]:
    """Return a run of a page, or of a part of it, that lets what it left be collected.

    A part that is drawn within the run of a page leaves that to the page.
    """

    @wraps(run)
    def ended(*args: Options.args, **kwargs: Options.kwargs) -> Answer:
        if _is_running.get():
            return run(*args, **kwargs)
        running = _is_running.set(True)
        try:
            return run(*args, **kwargs)
        finally:
            _is_running.reset(running)
            _has_ended.set()

    return ended


def tidy_up_in_background() -> None:
    """Begin to tidy up after each run."""
    threading.Thread(target=_tidy_up_after_runs, name="tidy up", daemon=True).start()


def _tidy_up_after_runs() -> None:
    """Collect what runs left, and set modules aside that they loaded, as those of the start.

    Streamlit would collect between the last part of a page and telling that it has ended.
    """
    n_modules = 0
    while _has_ended.wait():
        time.sleep(REST_SECONDS)
        _has_ended.clear()
        gc.collect()
        if len(sys.modules) > n_modules:
            n_modules = len(sys.modules)
            gc.freeze()
