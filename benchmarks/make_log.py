"""Make the log that all engines are measured on: seeded, as a Portolan store and as Parquet.

PYTHONPATH=. python benchmarks/make_log.py [--touchpoints 1000000] [--types 40] [--into FOLDER]

The store is written as codes, batch by batch, so that a log of 10⁸ touchpoints needs little more
memory than its accounts.
"""

import argparse
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from tasks import CHANNEL, LOST, N_TYPES, SEGMENT, STAGES, WON, type_names

import journey
from journey.definitions import Definitions, Stage, dumps
from journey.load import DEFINITIONS_FILE
from journey.store.write import write_store

SEED = 20_260_101
MEAN_LENGTH = 32
MOST_LENGTH = 400
JOURNEYS_PER_BATCH = 25_000
LAST_SECOND = 1_751_328_000  # 2025-07-01, UTC
MEAN_SILENCE_SECONDS = 300 * 86_400
MEAN_GAP_SECONDS = 4 * 86_400
MICROSECONDS = 1_000_000
CHANNELS = ("Direct", CHANNEL, "Events", "Organic Search", "Paid Search", "Paid Social", "Referral")
CHANNEL_SHARES = (0.2, 0.2, 0.05, 0.2, 0.15, 0.15, 0.05)
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
SCHEMA = pa.schema(
    [
        ("account_id", pa.string()),
        ("occurred_at", pa.timestamp("us")),
        ("touchpoint", pa.string()),
        ("channel", pa.string()),
        ("value", pa.float64()),
        ("industry", pa.string()),
    ]
)
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def make_log(
    n_touchpoints: int, directory: Path, *, n_types: int = N_TYPES, with_parquet: bool = True
) -> None:
    """Write the store, and if asked for ``log.parquet``; about 32 touchpoints a journey.

    ``outcomes.parquet`` goes with it: how journeys end, for engines that know no outcomes.
    No two touchpoints of a journey share a time, so that the engines' ways to break ties can't
    tell them apart. Rows are sorted by account and time, which spares engines that sort.
    """
    directory.mkdir(parents=True, exist_ok=True)
    lengths = _lengths(n_touchpoints)
    names = {
        "account_id": pa.array(f"A{number:09d}" for number in range(len(lengths))),
        "touchpoint": pa.array(type_names(n_types)),
        "channel": pa.array(CHANNELS),
    }
    industries = np.random.default_rng(SEED + 1).integers(0, len(INDUSTRIES), len(lengths))
    industry = pa.array(INDUSTRIES).take(pa.array(industries))
    batches = _batches(lengths, n_types)
    with ExitStack() as files:
        if with_parquet:
            path = directory / "log.parquet"
            parquet = files.enter_context(pq.ParquetWriter(path, SCHEMA))
            batches = _kept_as_text(batches, parquet, names, industry)
        write_store(
            directory / "store",
            batches,
            dictionaries=names,
            n_touchpoints=n_touchpoints,
            whole_seconds=True,
            accounts=pa.table({"account_id": names["account_id"], "industry": industry}),
        )
    text = dumps(_definitions())
    (directory / "store" / DEFINITIONS_FILE).write_text(text, encoding="utf-8")
    if with_parquet:
        ends = journey.journeys(journey.open_log(directory / "store"))
        ends[["account_id", "outcome", "decided_at"]].to_parquet(directory / "outcomes.parquet")


def _definitions() -> Definitions:
    """Stages entered by one type each, so that a stage funnel is a funnel of types."""
    stages = tuple(Stage(name, (touchpoint,)) for name, touchpoint in STAGES.items())
    return Definitions(stages=stages, won=(WON,), lost=(LOST,))


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


def _batches(lengths: Ints, n_types: int) -> Iterator[pa.RecordBatch]:
    """Whole journeys in the order of accounts, as codes, few enough at a time to stay small."""
    generator = np.random.default_rng(SEED + 2)
    moves = _cumulative_moves(generator, n_types)
    of_deals = type_names(n_types).index(STAGES["Convert"])
    for begin in range(0, len(lengths), JOURNEYS_PER_BATCH):
        own = lengths[begin : begin + JOURNEYS_PER_BATCH]
        types = _types(generator, own, moves, n_types)
        has_no_value = types != of_deals
        values = np.round(generator.lognormal(9.5, 0.8, len(types)), 2)
        yield pa.RecordBatch.from_pydict(
            {
                "account_id": np.repeat(np.arange(begin, begin + len(own)), own),
                "occurred_at": _seconds(generator, own) * MICROSECONDS,
                "touchpoint": types,
                "channel": generator.choice(len(CHANNELS), len(types), p=CHANNEL_SHARES),
                "value": pa.array(values, mask=has_no_value),
            }
        )


def _cumulative_moves(generator: np.random.Generator, n_types: int) -> Floats:
    """Chances of each next type, few of them large, added up over one row after the other.

    Row ``k`` ends at ``k + 1``, so that one search finds the type that follows any type. The last
    row is how journeys begin.
    """
    popularity = 1 / np.arange(1, n_types + 1)
    chances = generator.dirichlet(3 * popularity, n_types + 1)
    chances[np.arange(n_types), np.arange(n_types)] += 0.15
    chances += 0.1 * popularity / popularity.sum()
    rows = np.cumsum(chances / chances.sum(axis=1, keepdims=True), axis=1)
    rows[:, -1] = 1
    return (rows + np.arange(n_types + 1)[:, None]).ravel()


def _types(
    generator: np.random.Generator, lengths: Ints, moves: Floats, n_types: int
) -> npt.NDArray[np.int16]:
    """A Markov chain for each journey, all journeys taking one step at a time."""
    starts = np.cumsum(lengths) - lengths
    longest_first = np.argsort(-lengths, kind="stable")
    types = np.empty(int(lengths.sum()), np.int16)
    state = np.full(len(lengths), n_types)
    for step in range(int(lengths.max())):
        n_going = int(np.searchsorted(-lengths[longest_first], -step, side="left"))
        going = longest_first[:n_going]
        own = state[going]
        place = np.searchsorted(moves, own + generator.random(n_going), side="right")
        following = (place - own * n_types).clip(max=n_types - 1)
        types[starts[going] + step] = following
        state[going] = following
    return types


def _seconds(generator: np.random.Generator, lengths: Ints) -> Ints:
    """Times in whole seconds, rising within a journey, of which some have been silent for long."""
    starts = np.cumsum(lengths) - lengths
    gaps = 1 + generator.exponential(MEAN_GAP_SECONDS, int(lengths.sum())).astype(np.int64)
    gaps[starts] = 0
    elapsed = np.cumsum(gaps)
    silent = generator.exponential(MEAN_SILENCE_SECONDS, len(lengths)).astype(np.int64)
    last = LAST_SECOND - silent
    return elapsed + np.repeat(last - elapsed[starts + lengths - 1], lengths)


def _kept_as_text(
    batches: Iterator[pa.RecordBatch],
    parquet: pq.ParquetWriter,
    names: dict[str, pa.Array],
    industry: pa.Array,
) -> Iterator[pa.RecordBatch]:
    """The same batches, each written to Parquet as text on its way."""
    for batch in batches:
        columns = {name: names[name].take(batch.column(name)) for name in names}
        columns |= {
            "occurred_at": batch.column("occurred_at").cast(pa.timestamp("us")),
            "value": batch.column("value"),
            "industry": industry.take(batch.column("account_id")),
        }
        parquet.write_batch(pa.record_batch([columns[name] for name in SCHEMA.names], SCHEMA))
        yield batch


def main() -> None:
    """Make a log from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--touchpoints", type=int, default=1_000_000)
    parser.add_argument("--types", type=int, default=N_TYPES)
    parser.add_argument("--store-only", action="store_true", help="no Parquet for other engines")
    parser.add_argument("--into", type=Path, default=Path("build/benchmarks"))
    options = parser.parse_args()
    with_parquet = not options.store_only
    make_log(options.touchpoints, options.into, n_types=options.types, with_parquet=with_parquet)
    print(f"{options.touchpoints:,} touchpoints are in {options.into}")


if __name__ == "__main__":
    main()
