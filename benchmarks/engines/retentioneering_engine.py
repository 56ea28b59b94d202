"""Retentioneering on an event stream made beforehand, its usage tracking off."""

from pathlib import Path
from typing import Any

import pandas as pd
from retentioneering.eventstream.eventstream import Eventstream
from tasks import CHANNEL, END, EXCLUDED, SEGMENT, STAGES, START, STEPS

PACKAGES = ("retentioneering", "duckdb", "pandas")
COLUMNS = ["account_id", "touchpoint", "occurred_at", "channel", "industry"]
Counts = dict[Any, float]


def load(directory: Path) -> Eventstream:
    """The log as an event stream, the segment a segment column."""
    return Eventstream(
        pd.read_parquet(directory / "log.parquet", columns=COLUMNS),
        {
            "path_cols": ["account_id"],
            "event_col": "touchpoint",
            "timestamp_col": "occurred_at",
            "segment_cols": ["industry", "channel"],
        },
    )


def moves(log: Eventstream) -> pd.DataFrame:
    """Moves with counts."""
    return log.transition_graph_data(edge_weight="count")


def moves_median(log: Eventstream) -> Any:
    """Median times of moves; their counts need another call."""
    return moves(log), log.transition_graph_data(edge_weight="time_median")


def segment(log: Eventstream) -> Any:
    """Moves in one industry."""
    return moves(log.filter_events(func=lambda frame: frame["industry"] == SEGMENT))


def window(log: Eventstream) -> Any:
    """Moves between two dates."""
    return moves(
        log.filter_events(
            func=lambda frame: (frame["occurred_at"] >= START) & (frame["occurred_at"] < END)
        )
    )


def channel(log: Eventstream) -> Any:
    """Moves between touchpoints of one channel."""
    return moves(log.filter_events(func=lambda frame: frame["channel"] == CHANNEL))


def exclude(log: Eventstream) -> Any:
    """Moves without the most frequent type."""
    return moves(log.filter_events(drop={"touchpoint": [EXCLUDED]}))


def collapse(log: Eventstream) -> Any:
    """Moves with repeats made one."""
    return moves(log.collapse_events(loops=True))


def funnel(log: Eventstream) -> Any:
    """Journeys that have the types of all stages up to each, in order."""
    return log.funnel_data(steps=list(STAGES.values()))


def flow(log: Eventstream) -> Any:
    """Share of journeys by step and type; what leads from step to step isn't given."""
    return log.step_sankey_data(max_steps=STEPS)


def comparable(task: str, log: Eventstream, answer: Any) -> dict[str, Counts]:
    """Counts by name of what is counted."""
    match task:
        case "funnel":
            reached = [step["unique_paths"] for step in answer["steps"]]
            return {"in order": dict(zip(STAGES, reached, strict=True))}
        case "flow":
            n_journeys = log.df["account_id"].nunique()
            counts = (_inner(answer) * n_journeys).round()
            return {"at step": {(step, kind): n for (kind, step), n in counts.items() if n}}
        case "moves_median":
            counts, times = answer
            seconds = _inner(times).dropna().dt.total_seconds()
            return {**comparable("moves", log, counts), "median seconds": seconds.to_dict()}
    counts = _inner(answer)
    return {"moves": counts[counts > 0].to_dict()}


def _inner(table: pd.DataFrame) -> pd.Series:
    """The cells between real touchpoints, without the path's artificial start and end."""
    outside = ["path_start", "path_end"]
    inner = table.drop(index=outside, errors="ignore")
    return inner.drop(columns=[*outside, 0], errors="ignore").stack()  # noqa: PD013 - keys wanted
