"""Small data sets on disk, as the app opens them."""

import numpy as np
import pandas as pd
import pyarrow as pa

from journey.definitions import dumps
from journey.load import DEFINITIONS_FILE
from journey.store.encode import Encoding
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
