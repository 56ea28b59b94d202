"""r4pm (Rust4PM) on an event log made beforehand."""

from pathlib import Path
from typing import Any

import polars as pl
import r4pm
from tasks import N_VARIANTS, surely_top

PACKAGES = ("r4pm", "polars")
Counts = dict[Any, float]
COLUMNS = {
    "account_id": "case:concept:name",
    "touchpoint": "concept:name",
    "occurred_at": "time:timestamp",
}


def load(directory: Path) -> str:
    """The log in r4pm's registry, by its name there."""
    frame = pl.read_parquet(directory / "log.parquet", columns=list(COLUMNS)).rename(COLUMNS)
    utc = pl.col("time:timestamp").dt.replace_time_zone("UTC")
    return r4pm.import_item_from_df("EventLog", frame.with_columns(utc))


def moves(log: str) -> Any:
    """Moves with counts."""
    return r4pm.bindings.discover_dfg(log)


def variants(log: str) -> Any:
    """The most frequent sequences with journeys."""
    projection = r4pm.bindings.log_to_activity_projection(log)
    found = r4pm.bindings.get_top_n_variants(projection, N_VARIANTS)
    r4pm.remove_item(projection)
    return found


def comparable(task: str, log: str, answer: Any) -> dict[str, dict[Any, float]]:  # noqa: ARG001 - the same for all engines
    """Counts by name of what is counted."""
    if task == "variants":
        counts = {tuple(variant["activities"]): variant["count"] for variant in answer}
        return {"variants": surely_top(counts)}
    relations = answer["directly_follows_relations"]
    return {"moves": {(source, target): n for (source, target), n in relations}}
