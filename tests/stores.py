"""Small data sets on disk, as the app opens them."""

import pandas as pd
import pyarrow as pa

from journey.store.write import write_store


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
