"""What every server does once, before or while the first page is asked for."""

import atexit
import gc
import inspect
import threading
from typing import Final

import pandas as pd
from threadpoolctl import threadpool_limits

import journey
from journey.ingest import stand_by
from journey.store.cache import keep_a_part_of_the_machine, keep_freed_pages
from journey.ui.compile_ahead import compile_in_background
from journey.ui.tidy_up import tidy_up_in_background

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
    tidy_up_in_background()
    compile_in_background()


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
