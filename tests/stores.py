"""Small data sets on disk, as the app opens them."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa

from journey.definitions import dumps
from journey.load import DEFINITIONS_FILE
from journey.store.encode import Encoding
from journey.store.layout import Shard
from journey.store.write import _write_contents, write_store


def store(rows, directory, *, accounts=None):
    """Write rows of account, day and touchpoint, sorted by account and day, as a data set."""
    ids, days, types = zip(*rows, strict=True)
    times = [pd.Timestamp(day).value // 1000 for day in days]
    table = pa.table({"account_id": ids, "occurred_at": times, "touchpoint": types})
    directory.parent.mkdir(parents=True, exist_ok=True)
    write_store(
        directory,
        table.to_batches(),
        dictionaries={
            name: pa.array(sorted(set(values), key=str.encode))
            for name, values in (("account_id", ids), ("touchpoint", types))
        },
        n_touchpoints=len(rows),
        whole_seconds=True,
        accounts=None if accounts is None else pa.table(accounts),
    )


def save(log, directory):
    """Write a log as a data set that is cut as the log is, with its definitions beside."""
    held = log.origin
    directory.mkdir(parents=True)
    tick_type = held.shards[0].ticks.dtype if held.shards else np.dtype(np.int32)
    encoding = Encoding(held.dictionaries, tick_type, held.ticks_per_second)
    tables = {"accounts": held.accounts, "people": held.people}
    _write_contents(directory, held.shards, encoding, tables, None)
    (directory / DEFINITIONS_FILE).write_text(dumps(log.definitions), encoding="utf-8")


def cut(log, n_shards):
    """The same log of one shard in several, each of about as many journeys."""
    (whole,) = log.origin.shards
    borders = np.linspace(0, whole.n_journeys, n_shards + 1).astype(int)
    shards = tuple(_journeys(whole, *one) for one in pairwise(borders.tolist()))
    return replace(log, origin=replace(log.origin, shards=shards))


def _journeys(shard, first, end):
    """Some journeys of a shard."""
    rows = slice(*shard.offsets[[first, end]].tolist())
    return Shard(
        offsets=shard.offsets[first : end + 1] - shard.offsets[first],
        cases=shard.cases[first:end],
        ticks=shard.ticks[rows],
        codes={name: values[rows] for name, values in shard.codes.items()},
        numbers={name: values[rows] for name, values in shard.numbers.items()},
    )


def repeated(log, n_times):
    """The journeys of a log of one shard several times over, each time of other accounts."""
    (whole,), held = log.origin.shards, log.origin
    names = held.dictionaries["account_id"].to_pylist()
    several = [f"{number} {name}" for number in range(n_times) for name in names]
    shard = Shard(
        offsets=np.append(0, np.cumsum(np.tile(whole.lengths, n_times))),
        cases=np.concatenate([whole.cases + number * len(names) for number in range(n_times)]),
        ticks=np.tile(whole.ticks, n_times),
        codes={name: np.tile(values, n_times) for name, values in whole.codes.items()},
        numbers={name: np.tile(values, n_times) for name, values in whole.numbers.items()},
    )
    return replace(
        log,
        origin=replace(
            held,
            shards=(shard,),
            dictionaries={**held.dictionaries, "account_id": pa.array(several)},
            accounts=pa.concat_tables([held.accounts] * n_times),
            fingerprint=f"{held.fingerprint} {n_times}",
        ),
    )
