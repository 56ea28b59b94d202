"""ChannelAttribution on paths joined beforehand, one row for each different path."""

from pathlib import Path
from typing import Any

import ChannelAttribution
import pandas as pd
import polars as pl

PACKAGES = ("ChannelAttribution",)
STEP = " > "


def load(directory: Path) -> pd.DataFrame:
    """Each different path of a journey that is over, up to what decided it, with its endings."""
    journeys = pl.scan_parquet(directory / "outcomes.parquet").filter(
        pl.col("outcome").is_in(["won", "lost", "no_decision"])
    )
    decided_at = pl.col("decided_at").dt.replace_time_zone(None)
    paths = (
        pl.scan_parquet(directory / "log.parquet")
        .join(journeys, on="account_id", maintain_order="left")
        .filter(decided_at.is_null() | (pl.col("occurred_at") < decided_at))
        .group_by("account_id")
        .agg(pl.col("touchpoint").str.join(STEP), (pl.col("outcome") == "won").first())
    )
    counted = paths.group_by("touchpoint").agg(
        pl.col("outcome").sum().alias("won"), (~pl.col("outcome")).sum().alias("null")
    )
    return counted.sort("touchpoint").collect().to_pandas()


def removal(log: Any) -> Any:
    """Removal effects by simulation, converged as the package does by itself."""
    return ChannelAttribution.markov_model(
        log,
        "touchpoint",
        "won",
        var_null="null",
        sep=STEP.strip(),
        out_more=True,
        verbose=False,
        flg_pro=False,
        ncore=2,
    )


def comparable(task: str, log: Any, answer: Any) -> dict[str, dict[Any, float]]:  # noqa: ARG001 - the same for all engines
    """Removal effects by type; simulated, so near the exact ones and never equal."""
    effects = answer["removal_effects"]
    values = effects.set_index("channel_name")["removal_effect"]
    return {"removal effects": values.to_dict()}
