"""pm4py on a lazy Polars frame, its faster way where it has one."""

from pathlib import Path
from typing import Any

import pm4py
import polars as pl
from pm4py.algo.filtering.polars.consecutive_act_case_grouping import (
    consecutive_act_case_grouping_filter as repeats,
)

from engines.pm4py_engine import (
    COLUMNS,
    NAMES,
    channel,
    comparable,
    exclude,
    moves,
    moves_mean,
    moves_median,
    segment,
    variants,
    window,
)

PACKAGES = ("pm4py", "polars")

__all__ = [
    "channel",
    "collapse",
    "comparable",
    "exclude",
    "load",
    "moves",
    "moves_mean",
    "moves_median",
    "segment",
    "variants",
    "window",
]


def load(directory: Path) -> pl.LazyFrame:
    """The log in memory as pm4py wants it, the segment an attribute of cases."""
    frame = pl.read_parquet(directory / "log.parquet", columns=NAMES).rename(
        {"industry": "case:industry"}
    )
    return pm4py.format_dataframe(frame.lazy(), **COLUMNS).collect().lazy()


def collapse(log: Any) -> Any:
    """Moves with repeats made one."""
    return moves(repeats.apply(log))
