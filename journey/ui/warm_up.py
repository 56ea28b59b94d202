"""What every server does once, before or while the first page is asked for."""

import atexit
import gc
import inspect
import sys
import threading
import time
from typing import Final

import pandas as pd
from threadpoolctl import threadpool_limits

import journey
from journey.ingest import stand_by
from journey.store.cache import keep_a_part_of_the_machine, keep_freed_pages
from journey.ui.compile_ahead import compile_in_background

REST_SECONDS: Final = 0.5
"""So long after a run began garbage is collected: its page is shown by then."""

_has_begun: Final = threading.Event()
atexit.register(gc.unfreeze)

_FEW_TOUCHES: Final = {
    "account_id": ["A1", "A1", "A2"],
    "occurred_at": ["2026-01-01", "2026-01-02", "2026-01-03"],
    "touchpoint": ["Ad", "Demo", "Ad"],
}


def warm_up_in_background() -> None:
    """Begin to warm up; a page asked for meanwhile waits for nothing but what it needs itself."""
    threading.Thread(target=warm_up, name="warm-up", daemon=True).start()


def warm_up() -> None:
    """Load what pages and imports need, then set it aside from the collection of garbage.

    The collector would look through all of Plotly, numba and pandas each time, which takes 0.1 s.
    """
    keep_freed_pages()
    keep_a_part_of_the_machine()
    # What pages multiply is small: threads for it would wait for each other on busy cores.
    threadpool_limits(1, "blas")
    stand_by()
    _ask_something()
    # Streamlit asks for it once, in the first run: it looks for the source of every module.
    inspect.stack()
    gc.collect()
    gc.freeze()
    threading.Thread(target=_tidy_up_after_runs, name="tidy up", daemon=True).start()
    compile_in_background()


def tidy_up_soon() -> None:
    """Let garbage be collected a moment from now: a run leaves much, which holds what it read."""
    _has_begun.set()


def _tidy_up_after_runs() -> None:
    """Collect what runs left, and set modules aside that they loaded, as those of the start.

    Streamlit would collect between the last part of a page and telling that it has ended.
    """
    n_modules = 0
    while _has_begun.wait():
        time.sleep(REST_SECONDS)
        _has_begun.clear()
        gc.collect()
        if len(sys.modules) > n_modules:
            n_modules = len(sys.modules)
            gc.freeze()


def _ask_something() -> None:
    """Put the questions of the first pages to a tiny log: it loads modules and compiled loops."""
    log = journey.from_frame(pd.DataFrame(_FEW_TOUCHES))
    journey.charts.journey_map(journey.journey_graph(log))
    journey.charts.step_sankey(journey.step_flows(log, steps=2))
    for question in (
        journey.stage_funnel,
        journey.last_touchpoints,
        journey.back_moves,
        journey.stalled_accounts,
        journey.summary,
    ):
        question(log)
    journey.winning_routes(log, "A2")
    journey.charts.plot_months(journey.months(log))
    journey.variants(log, top=1)
