"""pm4py on a pandas frame that ``format_dataframe`` has prepared beforehand."""

from heapq import nlargest
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd
import pm4py
from pm4py.algo.filtering.pandas.consecutive_act_case_grouping import (
    consecutive_act_case_grouping_filter as repeats,
)
from tasks import END, EXCLUDED, N_VARIANTS, SEGMENT, START, surely_top

PACKAGES = ("pm4py", "pandas", "numpy")
Counts = dict[Any, float]
COLUMNS = {"case_id": "account_id", "activity_key": "touchpoint", "timestamp_key": "occurred_at"}


def load(directory: Path) -> pd.DataFrame:
    """The log as pm4py wants it, the segment an attribute of cases."""
    frame = pd.read_parquet(directory / "log.parquet").rename(columns={"industry": "case:industry"})
    return pm4py.format_dataframe(frame, **COLUMNS)


def fresh(log: Any) -> Any:
    """The same frame: pm4py keeps nothing."""
    return log


def moves(log: Any) -> Any:
    """Moves with counts."""
    return pm4py.discover_dfg(log)[0]


def moves_timed(log: Any) -> Any:
    """Median times of moves; their counts need another call."""
    times = pm4py.discover_performance_dfg(log, perf_aggregation_key="median")[0]
    return moves(log), times


def segment_dates(log: Any) -> Any:
    """Moves in one industry between two dates."""
    chosen = pm4py.filter_trace_attribute_values(log, "case:industry", [SEGMENT])
    last_second = pd.Timestamp(END) - pd.Timedelta(seconds=1)
    return moves(pm4py.filter_time_range(chosen, f"{START} 00:00:00", str(last_second)))


def exclude(log: Any) -> Any:
    """Moves without the most frequent type."""
    return moves(
        pm4py.filter_event_attribute_values(
            log, "concept:name", [EXCLUDED], level="event", retain=False
        )
    )


def collapse(log: Any) -> Any:
    """Moves with repeats made one."""
    return moves(repeats.apply(log))


def variants(log: Any) -> Any:
    """The most frequent sequences with journeys."""
    counts = pm4py.get_variants(log)
    return dict(nlargest(N_VARIANTS, counts.items(), key=itemgetter(1)))


def comparable(task: str, log: Any, answer: Any) -> dict[str, Counts]:  # noqa: ARG001 - the same for all engines
    """Counts by name of what is counted."""
    if task == "variants":
        return {"variants": surely_top(answer)}
    if task == "moves_timed":
        counts, times = answer
        return {"moves": counts, "median seconds": times}
    return {"moves": answer}
