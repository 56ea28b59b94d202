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
from tasks import CHANNEL, END, EXCLUDED, N_VARIANTS, SEGMENT, START, surely_top, whole_seconds

PACKAGES = ("pm4py", "pandas", "numpy")
Counts = dict[Any, float]
NAMES = ["account_id", "touchpoint", "occurred_at", "channel", "industry"]
COLUMNS = {"case_id": "account_id", "activity_key": "touchpoint", "timestamp_key": "occurred_at"}


def load(directory: Path) -> pd.DataFrame:
    """The log as pm4py wants it, the segment an attribute of cases."""
    frame = pd.read_parquet(directory / "log.parquet", columns=NAMES)
    frame = frame.rename(columns={"industry": "case:industry"})
    return pm4py.format_dataframe(frame, **COLUMNS)


def moves(log: Any) -> Any:
    """Moves with counts."""
    return pm4py.discover_dfg(log)[0]


def moves_mean(log: Any) -> Any:
    """Mean times of moves; their counts need another call, journeys are not to be had."""
    return moves(log), pm4py.discover_performance_dfg(log, perf_aggregation_key="mean")[0]


def moves_median(log: Any) -> Any:
    """Median times of moves; their counts need another call."""
    return moves(log), pm4py.discover_performance_dfg(log, perf_aggregation_key="median")[0]


def segment(log: Any) -> Any:
    """Moves in one industry."""
    return moves(pm4py.filter_trace_attribute_values(log, "case:industry", [SEGMENT]))


def window(log: Any) -> Any:
    """Moves between two dates."""
    last_second = pd.Timestamp(END) - pd.Timedelta(seconds=1)
    return moves(pm4py.filter_time_range(log, f"{START} 00:00:00", str(last_second)))


def channel(log: Any) -> Any:
    """Moves between touchpoints of one channel."""
    return moves(pm4py.filter_event_attribute_values(log, "channel", [CHANNEL], level="event"))


def exclude(log: Any) -> Any:
    """Moves without the most frequent type."""
    return moves(
        pm4py.filter_event_attribute_values(
            log, "concept:name", [EXCLUDED], level="event", retain=False
        )
    )


def collapse(log: Any) -> Any:
    """Moves with repeats made one; the filter fails on the kind of text pm4py itself asks for."""
    names = ["concept:name", "case:concept:name"]
    once = repeats.apply(log.astype(dict.fromkeys(names, "str")))
    return moves(once.astype(log.dtypes[names].to_dict()))


def variants(log: Any) -> Any:
    """The most frequent sequences with journeys."""
    counts = pm4py.get_variants(log)
    return dict(nlargest(N_VARIANTS, counts.items(), key=itemgetter(1)))


def comparable(task: str, log: Any, answer: Any) -> dict[str, Counts]:  # noqa: ARG001 - the same for all engines
    """Counts by name of what is counted."""
    if task == "variants":
        return {"variants": surely_top(answer)}
    if task == "moves_mean":
        counts, times = answer
        return {"moves": counts, "mean seconds": whole_seconds(times)}
    if task == "moves_median":
        counts, times = answer
        return {"moves": counts, "median seconds": times}
    return {"moves": answer}
