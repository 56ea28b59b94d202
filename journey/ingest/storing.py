"""From the entries kept to the store on disk.

Entries are read once, in any order, their texts coded as they come: numbers are sorted many times
faster than rows of text, and take a fraction of the room.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from journey.ingest.coding import CodedText
from journey.ingest.kept_texts import NOTHING_KEPT, KeptTexts
from journey.ingest.sql import identifier
from journey.schema import NUMBER_ROLES, REQUIRED_ROLES, TEXT_ROLES
from journey.store.layout import MICROSECONDS, Array, tick_type
from journey.store.ties import CASE_COLUMNS, TIE, joined_over_accounts, places_of_ties
from journey.store.write import write_store

_BATCH_ROWS: Final = 100_000

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Touches:
    """Touchpoints by column: a code, a number or an instant each, as the entries come.

    ``before`` are their places in the order of the source, which settles ties in time.
    """

    times: Ints
    before: Ints
    codes: dict[str, Array]
    values: Mapping[str, pa.StringArray]
    numbers: dict[str, Array]

    @property
    def is_whole(self) -> bool:
        """All times are whole seconds that 32 bits hold."""
        if not len(self.times):
            return False
        whole = not (self.times % MICROSECONDS).any()
        first, last = int(self.times.min()), int(self.times.max())
        return tick_type(first, last, whole_seconds=whole)[1] == 1


def store_entries(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    target: Path,
    *,
    extras: Sequence[str],
    kept: KeptTexts,
    accounts: pa.Table | None,
    people: pa.Table | None,
    progress: Callable[[int], None],
) -> int:
    """Write the entries kept, sorted by account and time; return how many there are.

    Parameters
    ----------
    extras
        Columns without a role that describe touchpoints.
    kept
        Columns that need not be asked of the database.
    """
    touches = read_touches(connection, table, extras, kept)
    n_touchpoints = len(touches.times)
    write_store(
        target,
        sorted_batches(touches, _ties(touches)),
        dictionaries=touches.values,
        n_touchpoints=n_touchpoints,
        whole_seconds=touches.is_whole,
        accounts=accounts,
        people=people,
        progress=progress,
    )
    return n_touchpoints


def read_touches(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    extras: Sequence[str],
    kept: KeptTexts = NOTHING_KEPT,
) -> Touches:
    """All that the store keeps of the entries; of the roles, those that have any value."""
    every = (*TEXT_ROLES, *extras, "source_order")
    asked = {name: CodedText() for name in every if name not in kept.coded}
    parts: dict[str, list[Array]] = {name: [] for name in ("occurred_at", "id", *NUMBER_ROLES)}
    # A number that no file has is an empty text.
    numeric = [f"{name}::DOUBLE AS {name}" for name in NUMBER_ROLES]
    listed = ", ".join([*map(identifier, asked), "occurred_at", "id", *numeric])
    query = f"SELECT {listed} FROM {identifier(table)}"
    reader = connection.sql(query).to_arrow_reader(_BATCH_ROWS)
    for batch in reader:
        for name, text in asked.items():
            text.add(batch.column(name))
        for name, part in parts.items():
            # A view would keep the whole batch with all its texts.
            found = batch.column(name)
            if found.null_count < len(found):
                part.append(found.to_numpy(zero_copy_only=False).copy())
            else:
                part.append(np.broadcast_to(np.nan, len(found)))
    times, ids = (_whole(parts.pop(name), np.int64) for name in ("occurred_at", "id"))
    coded = {name: asked.pop(name).finished() for name in list(asked)}
    coded |= kept.given_up([name for name in every if name in kept.coded], ids)
    before = _source_order(connection, *coded.pop("source_order"), ids)
    codes = {name: found for name, (found, distinct) in coded.items() if len(distinct)}
    values = {
        name: distinct
        for name, (_, distinct) in coded.items()
        if len(distinct) or name in REQUIRED_ROLES or name in extras
    }
    filled = [name for name in NUMBER_ROLES if any(part.strides[0] for part in parts[name])]
    numbers = {name: _whole(parts.pop(name), np.float64) for name in filled}
    return Touches(times, before, codes, values, numbers)


def _whole(parts: Sequence[Array], kind: type[np.generic]) -> Array:
    """One array of the parts of a column."""
    return np.concatenate(parts, dtype=kind) if parts else np.empty(0, kind)


def _source_order(
    connection: duckdb.DuckDBPyConnection, codes: Array, values: pa.StringArray, ids: Ints
) -> Ints:
    """Places of the entries by the source's own order where it has one, then by row."""
    if not len(values):
        is_sorted = bool((ids[1:] > ids[:-1]).all())
        return np.arange(len(ids)) if is_sorted else np.argsort(ids, kind="stable")
    connection.register(
        "orders", pa.table({"code": pa.array(np.arange(len(values))), "value": values})
    )
    sorted_codes = connection.execute(
        "SELECT code FROM orders ORDER BY TRY_CAST(value AS DOUBLE) NULLS LAST, value"
    ).fetchnumpy()["code"]
    connection.unregister("orders")
    ranks = np.full(len(values) + 1, len(values))
    ranks[sorted_codes] = np.arange(len(values))
    return np.lexsort((ids, ranks[codes]))


def sorted_batches(touches: Touches, ties: Array | None) -> Iterator[pa.RecordBatch]:
    """Touchpoints in the order of the store; each column is given up once it is sorted."""
    moved: Ints | slice = _stored_order(touches)
    n_rows = len(moved)
    if (moved[1:] > moved[:-1]).all():
        # Many exports come in order.
        moved = slice(None)
    columns: dict[str, Array] = {"occurred_at": touches.times[moved]}
    columns |= {} if ties is None else {TIE: ties[moved]}
    for held in (touches.codes, touches.numbers):
        for name in list(held):
            columns[name] = held.pop(name)[moved]
    for begin in range(0, n_rows, _BATCH_ROWS):
        rows = slice(begin, begin + _BATCH_ROWS)
        yield pa.RecordBatch.from_pydict(
            {name: pa.array(values[rows], from_pandas=False) for name, values in columns.items()}
        )


def _stored_order(touches: Touches) -> Ints:
    """Places of touchpoints by account and time, ties in the order of the source."""
    before, times = touches.before, touches.times
    if not len(times):
        return before
    accounts = touches.codes["account_id"]
    # Millions of touchpoints: no array is made that one there is can take.
    since = times - times.min()
    since //= MICROSECONDS if touches.is_whole else 1
    span, n_accounts = int(since.max()) + 1, len(touches.values["account_id"])
    if n_accounts * span > np.iinfo(np.int64).max:
        return before[np.lexsort((since[before], accounts[before]))]
    # One number instead of two keys: sorted in one go.
    since += accounts.astype(np.int64) * span
    since = since[before]
    return before[np.argsort(since, kind="stable")]


def _ties(touches: Touches) -> Array | None:
    """Places of touchpoints of one instant that a case joins over accounts; none: no such."""
    cases = [
        (touches.codes[name], len(touches.values[name]))
        for name in CASE_COLUMNS
        if name in touches.codes
    ]
    if not cases:
        return None
    is_joined = joined_over_accounts(touches.codes["account_id"], cases)
    rows = touches.before[is_joined[touches.before]]
    rows = rows[np.argsort(touches.times[rows], kind="stable")]
    return places_of_ties(len(is_joined), rows, touches.times[rows])
