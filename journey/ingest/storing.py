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
from journey.ingest.kept.texts import NOTHING_KEPT, KeptTexts
from journey.ingest.laid import Codes, Laid, Shelf
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

    ``before`` are their places in the order of the source, which settles ties in time. All lie on
    a shelf: of millions of touchpoints memory holds a few columns at a time.
    """

    times: Codes
    before: Codes
    codes: dict[str, Codes]
    values: Mapping[str, pa.StringArray]
    numbers: dict[str, Codes]
    is_whole: bool


def store_entries(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    target: Path,
    *,
    extras: Sequence[str],
    kept: KeptTexts,
    shelf: Shelf,
    accounts: pa.Table | None,
    people: pa.Table | None,
    progress: Callable[[int], None],
) -> None:
    """Write the entries kept, sorted by account and time.

    Parameters
    ----------
    extras
        Columns without a role that describe touchpoints.
    kept
        Columns that need not be asked of the database.
    shelf
        Takes the columns.
    """
    touches = read_touches(connection, table, extras, shelf, kept)
    write_store(
        target,
        sorted_batches(touches, _ties(touches), shelf),
        dictionaries=touches.values,
        n_touchpoints=len(touches.times),
        whole_seconds=touches.is_whole,
        accounts=accounts,
        people=people,
        progress=progress,
    )


def read_touches(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    extras: Sequence[str],
    shelf: Shelf,
    kept: KeptTexts = NOTHING_KEPT,
) -> Touches:
    """All that the store keeps of the entries; of the roles, those that have any value."""
    every = (*TEXT_ROLES, *extras, "source_order")
    asked = {name: CodedText(shelf) for name in every if name not in kept.coded}
    parts = _read(connection, table, asked, shelf)
    coded = {name: asked.pop(name).finished() for name in list(asked)}
    ids = _whole(parts.pop("id"), np.int64)
    coded |= kept.given_up([name for name in every if name in kept.coded], ids, shelf)
    before = shelf.laid(_source_order(connection, *coded.pop("source_order"), ids))
    del ids
    codes = {name: found for name, (found, distinct) in coded.items() if len(distinct)}
    values = {
        name: distinct
        for name, (_, distinct) in coded.items()
        if len(distinct) or name in REQUIRED_ROLES or name in extras
    }
    times = _whole(parts.pop("occurred_at"), np.int64)
    numbers: dict[str, Codes] = {
        name: shelf.laid(_whole(some, np.float64)) for name, some in parts.items() if _filled(some)
    }
    return Touches(shelf.laid(times), before, codes, values, numbers, _are_whole(times))


def _read(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    asked: Mapping[str, CodedText],
    shelf: Shelf,
) -> dict[str, list[Codes]]:
    """Read entries once: texts as they are asked for, times, ids and numbers in parts."""
    parts: dict[str, list[Codes]] = {name: [] for name in ("occurred_at", "id", *NUMBER_ROLES)}
    # A number that no file has is an empty text.
    numeric = [f"{name}::DOUBLE AS {name}" for name in NUMBER_ROLES]
    listed = ", ".join([*map(identifier, asked), "occurred_at", "id", *numeric])
    query = f"SELECT {listed} FROM {identifier(table)}"
    for batch in connection.sql(query).to_arrow_reader(_BATCH_ROWS):
        for name, text in asked.items():
            text.add(batch.column(name))
        for name, part in parts.items():
            found = batch.column(name)
            if found.null_count < len(found):
                part.append(shelf.laid(found.to_numpy(zero_copy_only=False)))
            else:
                part.append(np.broadcast_to(np.nan, len(found)))
    return parts


def _filled(parts: Sequence[Codes]) -> bool:
    """Whether any part of a column is on the shelf, since it has values."""
    return any(isinstance(part, Laid) for part in parts)


def _whole(parts: Sequence[Codes], kind: type[np.generic]) -> Array:
    """One array of the parts of a column."""
    whole, begin = np.empty(sum(map(len, parts)), kind), 0
    for part in parts:
        whole[begin : begin + len(part)] = part[:]
        begin += len(part)
    return whole


def _are_whole(times: Ints) -> bool:
    """Whether all times are whole seconds that 32 bits hold."""
    if not len(times):
        return False
    whole = not any(
        (times[begin : begin + _BATCH_ROWS] % MICROSECONDS).any()
        for begin in range(0, len(times), _BATCH_ROWS)
    )
    return tick_type(int(times.min()), int(times.max()), whole_seconds=whole)[1] == 1


def _source_order(
    connection: duckdb.DuckDBPyConnection, codes: Codes, values: pa.StringArray, ids: Ints
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
    return np.lexsort((ids, ranks[codes[:]]))


def sorted_batches(touches: Touches, ties: Array | None, shelf: Shelf) -> Iterator[pa.RecordBatch]:
    """Touchpoints in the order of the store; each column is given up once it is sorted."""
    moved = _stored_order(touches)
    n_rows = len(moved)
    columns: dict[str, Codes] = {"occurred_at": touches.times}
    columns |= {} if ties is None else {TIE: ties}
    for held in (touches.codes, touches.numbers):
        columns |= held
        held.clear()
    # Many exports come in order.
    if not (moved[1:] > moved[:-1]).all():
        for name, column in columns.items():
            columns[name] = shelf.laid(column[moved])
    del moved, ties
    for begin in range(0, n_rows, _BATCH_ROWS):
        rows = slice(begin, begin + _BATCH_ROWS)
        yield pa.RecordBatch.from_pydict(
            {name: pa.array(values[rows], from_pandas=False) for name, values in columns.items()}
        )


def _stored_order(touches: Touches) -> Ints:
    """Places of touchpoints by account and time, ties in the order of the source."""
    before = touches.before[:]
    if not len(before):
        return before
    # Millions of touchpoints: no array is made that one there is can take, nor kept for long.
    since = touches.times[before]
    since -= since.min()
    since //= MICROSECONDS if touches.is_whole else 1
    accounts = touches.codes["account_id"][before].astype(np.int64)
    span, n_accounts = int(since.max()) + 1, len(touches.values["account_id"])
    if n_accounts * span > np.iinfo(np.int64).max:
        return before[np.lexsort((since, accounts))]
    # One number instead of two keys: sorted in one go.
    accounts *= span
    since += accounts
    del accounts
    order = np.argsort(since, kind="stable")
    del since
    return before[order]


def _ties(touches: Touches) -> Array | None:
    """Places of touchpoints of one instant that a case joins over accounts; none: no such."""
    names = [name for name in CASE_COLUMNS if name in touches.codes]
    if not names:
        return None
    cases = ((touches.codes[name][:], len(touches.values[name])) for name in names)
    is_joined = joined_over_accounts(touches.codes["account_id"][:], cases)
    before, times = touches.before[:], touches.times[:]
    rows = before[is_joined[before]]
    rows = rows[np.argsort(times[rows], kind="stable")]
    return places_of_ties(len(is_joined), rows, times[rows])
