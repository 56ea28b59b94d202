"""Write a sample to disk as an import does."""

import pyarrow as pa
import pyarrow.compute as pc

from journey.load import _texts, _touchpoints
from journey.store.write import write_store
from tests.strategies import attributes


def write(sample, directory, *, batch_rows=3, progress=None, mend=iter):
    """Sorted batches and dictionaries; ``mend`` may spoil the batches."""
    table = _touchpoints(sample.frame())
    keys = ["account_id", "occurred_at"]
    keys += ["source_order"] if "source_order" in table.column_names else []
    numbered = table.append_column("row", pa.array(range(table.num_rows), pa.int64()))
    order = pc.sort_indices(numbered, sort_keys=[(key, "ascending") for key in [*keys, "row"]])
    ordered = table.take(order)
    texts = [name for name in table.column_names if pa.types.is_string(table[name].type)]
    values = {name: pc.unique(table[name].combine_chunks()).drop_null() for name in texts}
    write_store(
        directory,
        mend(ordered.combine_chunks().to_batches(max_chunksize=batch_rows)),
        dictionaries={n: v.take(pc.sort_indices(v)) for n, v in values.items()},
        n_touchpoints=table.num_rows,
        whole_seconds=all(touch.at % 1_000_000 == 0 for touch in sample.touches),
        accounts=texts_of(sample.accounts, "account_id"),
        people=texts_of(sample.people, "person_id") if "person_id" in sample.columns else None,
        progress=progress,
    )


def texts_of(rows, key):
    frame = attributes(rows, key)
    return None if frame is None else _texts(frame)
