"""Plain pandas as a practised user writes it: sorted, with names as categories."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd
from tasks import (
    CHANNEL,
    END,
    EXCLUDED,
    N_VARIANTS,
    SEGMENT,
    STAGES,
    START,
    STEPS,
    WON,
    surely_top,
    whole_seconds,
)

PACKAGES = ("pandas", "numpy")
Counts = dict[Any, float]


def load(directory: Path) -> pd.DataFrame:
    """The log as a frame of categories and times."""
    names = ["account_id", "touchpoint", "channel", "industry"]
    frame = pd.read_parquet(directory / "log.parquet", columns=[*names, "occurred_at"])
    return frame.astype(dict.fromkeys(names, "category"))


def moves(log: pd.DataFrame) -> Any:
    """Moves with counts."""
    return log.groupby(["touchpoint", _next_ones(log, "touchpoint")], observed=True).size()


def moves_mean(log: pd.DataFrame) -> Any:
    """Moves with counts, journeys and mean times."""
    frame = pd.DataFrame(
        {
            "account": log["account_id"].cat.codes,
            "source": log["touchpoint"],
            "target": _next_ones(log, "touchpoint"),
            "gap": _gaps(log),
        }
    ).dropna(subset="target")
    by = ["source", "target"]
    found = frame.groupby(by, observed=True)["gap"].agg(["size", "mean"])
    made = frame.drop_duplicates(["account", *by]).groupby(by, observed=True).size()
    return found.assign(journeys=made)


def moves_median(log: pd.DataFrame) -> Any:
    """Moves with counts and exact median times."""
    by = [log["touchpoint"], _next_ones(log, "touchpoint")]
    return _gaps(log).groupby(by, observed=True).agg(["size", "median"])


def segment(log: pd.DataFrame) -> Any:
    """Moves in one industry."""
    return moves(log[log["industry"] == SEGMENT])


def window(log: pd.DataFrame) -> Any:
    """Moves between two dates."""
    times = log["occurred_at"]
    return moves(log[(times >= START) & (times < END)])


def channel(log: pd.DataFrame) -> Any:
    """Moves between touchpoints of one channel."""
    return moves(log[log["channel"] == CHANNEL])


def exclude(log: pd.DataFrame) -> Any:
    """Moves without the most frequent type."""
    return moves(log[log["touchpoint"] != EXCLUDED])


def collapse(log: pd.DataFrame) -> Any:
    """Moves with repeats made one."""
    same_type = log["touchpoint"] == log["touchpoint"].shift()
    same_account = log["account_id"] == log["account_id"].shift()
    return moves(log[~(same_type & same_account)])


def funnel(log: pd.DataFrame) -> Any:
    """Journeys that reach each stage up to their win, and that go on to the next after it."""
    numbered = log[["account_id", "touchpoint"]].assign(row=range(len(log)))
    staged = numbered[numbered["touchpoint"].isin(list(STAGES.values()))]
    is_win = staged["touchpoint"] == WON
    won = staged[is_win].groupby("account_id", observed=True)["row"].min()
    ends = staged["account_id"].map(won).astype(float)
    upto = staged[ends.isna() | (staged["row"] <= ends)]
    rows = upto.groupby(["account_id", "touchpoint"], observed=True)["row"]
    first, last = rows.min().unstack(), rows.max().unstack()  # noqa: PD010 - nothing to aggregate
    types = list(STAGES.values())
    reached = first[types].notna().sum()
    advanced = [(last[b] > first[a]).sum() for a, b in pairwise(types)]
    return reached.tolist(), advanced


def flow(log: pd.DataFrame) -> Any:
    """Journeys by step, type and next type."""
    step = log.groupby("account_id", observed=True).cumcount() + 1
    early = pd.DataFrame(
        {"step": step, "type": log["touchpoint"], "next": _next_ones(log, "touchpoint")}
    )[step <= STEPS]
    return early.groupby(["step", "type", "next"], observed=True, dropna=False).size()


def variants(log: pd.DataFrame) -> Any:
    """The most frequent sequences with journeys."""
    names = log["touchpoint"].astype(object)
    sequences = names.groupby(log["account_id"], observed=True).agg(tuple)
    return sequences.value_counts().head(N_VARIANTS)


def comparable(task: str, log: pd.DataFrame, answer: Any) -> dict[str, Counts]:  # noqa: ARG001 - the same for all engines
    """Counts by name of what is counted."""
    match task:
        case "funnel":
            reached, advanced = answer
            return {
                "reached": dict(zip(STAGES, reached, strict=True)),
                "advanced": dict(zip(STAGES, advanced, strict=False)),
            }
        case "flow":
            has_next = answer.index.get_level_values("next").notna()
            on = answer[has_next & (answer.index.get_level_values("step") < STEPS)]
            at = answer.groupby(level=["step", "type"], observed=True).sum()
            return {"at step": at.to_dict(), "step to step": on.to_dict()}
        case "variants":
            return {"variants": surely_top(answer.to_dict())}
        case "moves_mean":
            means = answer["mean"].dt.total_seconds().to_dict()
            return {
                "moves": answer["size"].to_dict(),
                "journeys": answer["journeys"].to_dict(),
                "mean seconds": whole_seconds(means),
            }
        case "moves_median":
            seconds = answer["median"].dt.total_seconds()
            return {"moves": answer["size"].to_dict(), "median seconds": seconds.to_dict()}
    return {"moves": answer.to_dict()}


def _next_ones(log: pd.DataFrame, column: str) -> pd.Series:
    """The next touchpoint's value in the journey; the last ones have none."""
    inside = log["account_id"] == log["account_id"].shift(-1)
    return log[column].shift(-1).where(inside)


def _gaps(log: pd.DataFrame) -> pd.Series:
    """The time to the next row."""
    return log["occurred_at"].shift(-1) - log["occurred_at"]
