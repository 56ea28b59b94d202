"""Make the log that all engines are measured on: seeded, as Parquet and as a Portolan store.

python benchmarks/make_log.py [--touchpoints 1000000] [--into build/benchmarks]
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from tasks import N_TYPES, SEGMENT, STAGES, TYPES

from journey.definitions import Definitions, Stage, dumps
from journey.load import DEFINITIONS_FILE
from journey.store.write import write_store

SEED = 20_260_101
MEAN_LENGTH = 32
MOST_LENGTH = 400
JOURNEYS_PER_BATCH = 25_000
FIRST_SECOND = 1_704_067_200  # 2024-01-01, UTC
SECONDS_OF_STARTS = 500 * 86_400
MEAN_GAP_SECONDS = 4 * 86_400
INDUSTRIES = (
    "Construction",
    "Education",
    "Finance",
    "Health",
    "Logistics",
    "Manufacturing",
    "Retail",
    SEGMENT,
)
Ints = npt.NDArray[np.int64]


def make_log(n_touchpoints: int, directory: Path) -> None:
    """Write ``log.parquet`` and the store of one log; about 32 touchpoints a journey.

    No two touchpoints of a journey share a time, so that the engines' ways to break ties can't
    tell them apart. Rows are sorted by account and time, which spares engines that sort.
    """
    directory.mkdir(parents=True, exist_ok=True)
    lengths = _lengths(n_touchpoints)
    accounts = pa.array(f"A{number:09d}" for number in range(len(lengths)))
    industries = np.random.default_rng(SEED + 1).integers(0, len(INDUSTRIES), len(lengths))
    industry = pa.array(INDUSTRIES).take(pa.array(industries))
    with pq.ParquetWriter(directory / "log.parquet", _schema()) as parquet:
        for batch in _batches(lengths, accounts, industry):
            parquet.write_batch(batch)
    write_store(
        directory / "store",
        _stored(directory / "log.parquet"),
        dictionaries={"account_id": accounts, "touchpoint": pa.array(TYPES)},
        n_touchpoints=n_touchpoints,
        whole_seconds=True,
        accounts=pa.table({"account_id": accounts, "industry": industry}),
    )
    text = dumps(_definitions())
    (directory / "store" / DEFINITIONS_FILE).write_text(text, encoding="utf-8")


def _schema() -> pa.Schema:
    return pa.schema(
        [
            ("account_id", pa.string()),
            ("occurred_at", pa.timestamp("us")),
            ("touchpoint", pa.string()),
            ("industry", pa.string()),
        ]
    )


def _definitions() -> Definitions:
    """Stages entered by one type each, so that a stage funnel is a funnel of types."""
    return Definitions(
        stages=tuple(Stage(name, (touchpoint,)) for name, touchpoint in STAGES.items())
    )


def _lengths(n_touchpoints: int) -> Ints:
    """Touchpoints of each journey: heavy-tailed, adding up exactly."""
    generator = np.random.default_rng(SEED)
    n_drawn = 2 * n_touchpoints // MEAN_LENGTH + 100
    drawn = np.ceil(generator.lognormal(2.85, 1.1, n_drawn)).astype(np.int64).clip(1, MOST_LENGTH)
    ends = np.cumsum(drawn)
    n_journeys = int(np.searchsorted(ends, n_touchpoints)) + 1
    lengths = drawn[:n_journeys]
    lengths[-1] -= ends[n_journeys - 1] - n_touchpoints
    return lengths


def _batches(lengths: Ints, accounts: pa.Array, industry: pa.Array) -> Iterator[pa.RecordBatch]:
    """Whole journeys in the order of accounts, few enough at a time to stay small."""
    generator = np.random.default_rng(SEED + 2)
    moves = _cumulative_moves(generator)
    for begin in range(0, len(lengths), JOURNEYS_PER_BATCH):
        own = lengths[begin : begin + JOURNEYS_PER_BATCH]
        owners = pa.array(np.repeat(np.arange(begin, begin + len(own)), own))
        types = pa.array(_types(generator, own, moves))
        yield pa.record_batch(
            [
                accounts.take(owners),
                pa.array(_seconds(generator, own) * 1_000_000).cast(pa.timestamp("us")),
                pa.array(TYPES).take(types),
                industry.take(owners),
            ],
            schema=_schema(),
        )


def _cumulative_moves(generator: np.random.Generator) -> npt.NDArray[np.float64]:
    """Chances of each next type, few of them large; the last row is how journeys begin."""
    popularity = 1 / np.arange(1, N_TYPES + 1)
    chances = generator.dirichlet(3 * popularity, N_TYPES + 1)
    chances[np.arange(N_TYPES), np.arange(N_TYPES)] += 0.15
    chances += 0.1 * popularity / popularity.sum()
    return np.cumsum(chances / chances.sum(axis=1, keepdims=True), axis=1)


def _types(
    generator: np.random.Generator, lengths: Ints, moves: npt.NDArray[np.float64]
) -> npt.NDArray[np.int8]:
    """A Markov chain for each journey, all journeys taking one step at a time."""
    starts = np.cumsum(lengths) - lengths
    longest_first = np.argsort(-lengths, kind="stable")
    types = np.empty(int(lengths.sum()), np.int8)
    state = np.full(len(lengths), N_TYPES)
    for step in range(int(lengths.max())):
        n_going = int(np.searchsorted(-lengths[longest_first], -step, side="left"))
        going = longest_first[:n_going]
        chance = generator.random(n_going)
        following = (moves[state[going]] < chance[:, None]).sum(axis=1).clip(max=N_TYPES - 1)
        types[starts[going] + step] = following
        state[going] = following
    return types


def _seconds(generator: np.random.Generator, lengths: Ints) -> Ints:
    """Times in whole seconds, rising within a journey."""
    starts = np.cumsum(lengths) - lengths
    gaps = 1 + generator.exponential(MEAN_GAP_SECONDS, int(lengths.sum())).astype(np.int64)
    gaps[starts] = 0
    elapsed = np.cumsum(gaps)
    first = FIRST_SECOND + generator.integers(0, SECONDS_OF_STARTS, len(lengths))
    return elapsed + np.repeat(first - elapsed[starts], lengths)


def _stored(path: Path) -> Iterator[pa.RecordBatch]:
    """What Parquet holds, as touchpoints of the store."""
    for batch in pq.ParquetFile(path).iter_batches(1_000_000):
        times = batch.column("occurred_at").cast(pa.int64())
        yield batch.drop_columns(["industry"]).set_column(1, "occurred_at", times)


def main() -> None:
    """Make a log from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--touchpoints", type=int, default=1_000_000)
    parser.add_argument("--into", type=Path, default=Path("build/benchmarks"))
    options = parser.parse_args()
    make_log(options.touchpoints, options.into)
    print(f"{options.touchpoints:,} touchpoints are in {options.into}")


if __name__ == "__main__":
    main()
