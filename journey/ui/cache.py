"""Answers remembered between runs of a page, by what they were asked of."""

import os
from collections.abc import Callable, Hashable
from pathlib import Path
from threading import RLock
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from weakref import WeakKeyDictionary, WeakValueDictionary

import networkx as nx
import pandas as pd
import streamlit as st

from journey.charts.numbers import READER
from journey.log import TouchpointLog
from journey.store.cache import Memory
from journey.ui.data.clusters import is_on_cluster, opened_on_cluster

Options = ParamSpec("Options")
Answer = TypeVar("Answer")

MAX_ANSWERS: Final = 256
MAX_LOGS: Final = 8

answers: Final = Memory(MAX_ANSWERS)
"""Each takes the room of one: what is large in them is kept, and counted, by the library."""

_LOOKED_AT: Final = "portolan:looked-at"
_fingerprints: Final = WeakKeyDictionary[TouchpointLog, str]()
_locks: Final = WeakValueDictionary[Hashable, Any]()
_choosing: Final = RLock()


def cached(
    function: Callable[Concatenate[TouchpointLog, Options], Answer],
) -> Callable[Concatenate[TouchpointLog, Options], Answer]:
    """Return the function with a memory: the same question of the same log is answered once.

    Answers are keyed by the function, the log's fingerprint and the options, never by a frame; a
    log among the options goes by its fingerprint too. A run whose filters were changed meanwhile
    ends before it computes anything more.
    Whoever asks holds the log itself, so sharing answers between sessions shows nobody anything
    they couldn't compute. Frames come as copies that may be changed; graphs come frozen.

    Parameters
    ----------
    function
        A module-level function of a log and plain options, logs among them.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    def ask(log: TouchpointLog, *args: Options.args, **kwargs: Options.kwargs) -> Answer:
        plain = [(option, _plain(value)) for option, value in sorted(kwargs.items())]
        asked = [_plain(value) for value in args]
        key = (name, _fingerprint(log), repr((asked, plain)), READER.get())

        def make() -> Answer:
            _stop_if_superseded()
            answer = function(log, *args, **kwargs)
            return nx.freeze(answer) if isinstance(answer, nx.Graph) else answer

        with _lock_of(key):
            answer = answers.get(key, make, n_bytes=lambda _: 1)
        return answer.copy(deep=False) if isinstance(answer, pd.DataFrame) else answer

    return ask


def opened_log(directory: Path) -> TouchpointLog:
    """Open a stored data set, once as long as it stays the same on disk."""
    # Files that are being written begin with a dot and may be gone before they are looked at.
    with os.scandir(directory) as files:
        changes = (file.stat().st_mtime_ns for file in files if not file.name.startswith("."))
        newest = max(changes, default=0)
    return _log(str(directory), newest)


def _plain(option: object) -> object:
    return _fingerprint(option) if isinstance(option, TouchpointLog) else option


def _fingerprint(log: TouchpointLog) -> str:
    """Ask a log for its fingerprint once: a page never writes into the costs of a log."""
    if log not in _fingerprints:
        _fingerprints[log] = log.fingerprint
    return _fingerprints[log]


def _lock_of(key: Hashable) -> Any:
    """Let one visitor make an answer for which others wait."""
    with _choosing:
        return _locks.setdefault(key, RLock())


def _stop_if_superseded() -> None:
    """Let Streamlit end a run that a newer one waits for; it looks where its state is read."""
    if st.runtime.exists():
        st.session_state.get(_LOOKED_AT)


@st.cache_resource(max_entries=MAX_LOGS, show_spinner="Opening the data set")
def _log(directory: str, newest: int) -> TouchpointLog:
    """Open a data set once for each state of it on disk."""
    del newest
    import journey

    place = Path(directory)
    return opened_on_cluster(place) if is_on_cluster(place) else journey.open_log(place)
