"""Polars as a practised user writes it: a sorted frame of codes, neighbours by shift."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
from tasks import (
    CHANNEL,
    END,
    EXCLUDED,
    N_TYPES,
    N_VARIANTS,
    SEGMENT,
    STAGES,
    START,
    STEPS,
    WON,
    surely_top,
    type_names,
    whole_seconds,
)

PACKAGES = ("polars",)
Counts = dict[Any, float]
NAMES = type_names(N_TYPES)
CODES = {name: code for code, name in enumerate(NAMES)}
kind, account, instant = pl.col("type"), pl.col("account"), pl.col("time")
in_journey = account == account.shift(-1)
key = kind.cast(pl.UInt16) * N_TYPES + kind.shift(-1)
gap = instant.shift(-1) - instant


def load(directory: Path) -> pl.DataFrame:
    """The log as codes: accounts in their order, types and times in the narrowest integers."""
    columns = ["account_id", "touchpoint", "occurred_at", "channel", "industry"]
    return (
        pl.read_parquet(directory / "log.parquet", columns=columns)
        .select(
            pl.col("account_id").rle_id().cast(pl.UInt32).alias("account").set_sorted(),
            pl.col("touchpoint").cast(pl.Enum(NAMES)).to_physical().cast(pl.UInt8).alias("type"),
            (pl.col("occurred_at").dt.epoch("s")).cast(pl.Int32).alias("time"),
            pl.col("channel").cast(pl.Categorical),
            pl.col("industry").cast(pl.Categorical),
        )
        .rechunk()
    )


def moves(log: pl.DataFrame) -> pl.DataFrame:
    """Moves with counts."""
    keys = log.lazy().select(key.filter(in_journey).alias("key"))
    return keys.group_by("key").len().collect()


def moves_mean(log: pl.DataFrame) -> pl.DataFrame:
    """Moves with counts, journeys and mean times."""
    found = _neighbours(log).group_by("key")
    return found.agg(pl.len(), account.n_unique().alias("journeys"), pl.col("gap").mean()).collect()


def moves_median(log: pl.DataFrame) -> pl.DataFrame:
    """Moves with counts and exact median times."""
    found = _neighbours(log).group_by("key")
    return found.agg(pl.len(), pl.col("gap").median()).collect()


def segment(log: pl.DataFrame) -> pl.DataFrame:
    """Moves in one industry."""
    return moves(log.filter(pl.col("industry") == SEGMENT))


def window(log: pl.DataFrame) -> pl.DataFrame:
    """Moves between two dates."""
    start, end = (pl.lit(day).str.to_datetime().dt.epoch("s") for day in (START, END))
    return moves(log.filter((start <= instant) & (end > instant)))


def channel(log: pl.DataFrame) -> pl.DataFrame:
    """Moves between touchpoints of one channel."""
    return moves(log.filter(pl.col("channel") == CHANNEL))


def exclude(log: pl.DataFrame) -> pl.DataFrame:
    """Moves without the most frequent type."""
    return moves(log.filter(kind != CODES[EXCLUDED]))


def collapse(log: pl.DataFrame) -> pl.DataFrame:
    """Moves with repeats made one."""
    is_new = (kind != kind.shift()) | (account != account.shift())
    return moves(log.filter(is_new.fill_null(value=True)))


def funnel(log: pl.DataFrame) -> Any:
    """Journeys that reach each stage up to their win, and that go on to the next after it."""
    codes = [CODES[touchpoint] for touchpoint in STAGES.values()]
    staged = log.lazy().select("account", "type").with_row_index("row").filter(kind.is_in(codes))
    won = (
        staged.filter(kind == CODES[WON]).group_by("account").agg(pl.col("row").min().alias("won"))
    )
    upto = staged.join(won, on="account", how="left").filter(
        pl.col("won").is_null() | (pl.col("row") <= pl.col("won"))
    )
    rows = [pl.col("row").filter(code == kind) for code in codes]
    by_account = upto.group_by("account").agg(
        *(row.min().alias(f"first {code}") for row, code in zip(rows, codes, strict=True)),
        *(row.max().alias(f"last {code}") for row, code in zip(rows, codes, strict=True)),
    )
    advanced = [pl.col(f"last {b}") > pl.col(f"first {a}") for a, b in pairwise(codes)]
    counted = by_account.select(
        *(pl.col(f"first {code}").count() for code in codes),
        *(went_on.sum().alias(f"advanced {at}") for at, went_on in enumerate(advanced)),
    )
    return counted.collect().row(0)


def flow(log: pl.DataFrame) -> list[pl.DataFrame]:
    """Journeys by step, type and next type: of each journey the rows at its start."""
    starts = log.select((account != account.shift()).fill_null(value=True).arg_true())["account"]
    ends = starts.shift(-1, fill_value=len(log))
    types, found = log["type"], []
    for _ in range(STEPS):
        here = types.gather(starts)
        goes_on = starts + 1 < ends
        following = types.gather((starts + 1).clip(upper_bound=len(log) - 1))
        pairs = pl.DataFrame({"type": here, "next": following, "goes_on": goes_on})
        found.append(pairs.group_by("type", "next", "goes_on").len())
        starts, ends = (starts + 1).filter(goes_on), ends.filter(goes_on)
    return found


def variants(log: pl.DataFrame) -> pl.DataFrame:
    """The most frequent sequences with journeys."""
    sequences = log.lazy().group_by("account").agg(kind)
    return sequences.group_by("type").len().top_k(N_VARIANTS, by="len").collect()


def comparable(task: str, log: pl.DataFrame, answer: Any) -> dict[str, Counts]:  # noqa: ARG001 - the same for all engines
    """Counts by name of what is counted."""
    match task:
        case "funnel":
            reached, advanced = answer[: len(STAGES)], answer[len(STAGES) :]
            return {
                "reached": dict(zip(STAGES, reached, strict=True)),
                "advanced": dict(zip(STAGES, advanced, strict=False)),
            }
        case "flow":
            return _flow_counts(answer)
        case "variants":
            named = ((tuple(NAMES[code] for code in types), n) for types, n in answer.iter_rows())
            return {"variants": surely_top(dict(named))}
    pairs = [(NAMES[key // N_TYPES], NAMES[key % N_TYPES]) for key in answer["key"]]
    counts = {"moves": dict(zip(pairs, answer["len"], strict=True))}
    if task == "moves_mean":
        counts["journeys"] = dict(zip(pairs, answer["journeys"], strict=True))
        counts["mean seconds"] = whole_seconds(dict(zip(pairs, answer["gap"], strict=True)))
    if task == "moves_median":
        counts["median seconds"] = dict(zip(pairs, answer["gap"], strict=True))
    return counts


def _neighbours(log: pl.DataFrame) -> pl.LazyFrame:
    """Every touchpoint that has one after it in its journey: the move, its gap, its journey."""
    return (
        log.lazy()
        .select(key.alias("key"), gap.alias("gap"), account, in_journey.alias("is"))
        .filter("is")
    )


def _flow_counts(steps: list[pl.DataFrame]) -> dict[str, Counts]:
    at: Counts = {}
    on: Counts = {}
    for step, counts in enumerate(steps, start=1):
        for code, following, goes_on, n in counts.iter_rows():
            at[step, NAMES[code]] = at.get((step, NAMES[code]), 0) + n
            if goes_on and step < STEPS:
                on[step, NAMES[code], NAMES[following]] = n
    return {"at step": at, "step to step": on}
