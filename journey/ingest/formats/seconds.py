"""Times written in the plain way, ``2026-01-25 10:00:00``, kept as seconds.

As numbers they take a sixth of the room, need not be parsed again, and give their text back to the
letter. What is written otherwise stands as text in a column beside.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from journey.ingest.sql import identifier, literal
from journey.store.layout import Column, Values

_LENGTH, _PART = 19, 10
_FIRST, _LAST = (
    int(datetime(*day, tzinfo=UTC).timestamp()) for day in ((1000, 1, 1), (9999, 12, 31))
)
"""Years of four digits."""

_BESIDE: Final = " text of "
"""Before the name of a column of seconds. No header begins with a blank."""


def beside(name: str) -> str:
    """The column for what is written otherwise, beside a column of seconds."""
    return f"{_BESIDE}{name}"


def as_seconds(texts: Values) -> "Values | None":
    """Seconds since 1970 of times that are all written in the plain way; none if any is not.

    Examples
    --------
    >>> as_seconds(pa.array(["1970-01-01 00:01:00", None])).to_pylist()
    [60, None]
    >>> as_seconds(pa.array(["1970-01-01 00:01:00", "1970-01-01T00:01:00"])) is None
    True
    """
    filled = texts.drop_null()
    if not len(filled):
        return pa.nulls(len(texts), pa.int64())
    _, offsets, letters = filled.buffers()
    ends = np.frombuffer(cast("Any", offsets), np.int32)[filled.offset :][: len(filled) + 1]
    if (np.diff(ends) != _LENGTH).any():
        return None
    table = np.frombuffer(cast("Any", letters), np.uint8)[ends[0] : ends[-1]].reshape(-1, _LENGTH)
    if (table[:, _PART] != ord(" ")).any():
        return None
    try:
        seconds = cast("Any", texts).cast(pa.timestamp("s")).cast(pa.int64())
    except pa.ArrowInvalid:
        return None
    limits = cast("Any", pc).min_max(seconds).as_py()
    return seconds if limits["min"] >= _FIRST and limits["max"] < _LAST else None


def as_text(seconds: Column, texts: Column) -> Column:
    """The texts again, of seconds and of what stands beside them.

    Examples
    --------
    >>> as_text(pa.array([60, None, None]), pa.array([None, "soon", None])).to_pylist()
    ['1970-01-01 00:01:00', 'soon', None]
    """
    written = cast("Any", seconds).cast(pa.timestamp("s")).cast(pa.string())
    return pc.coalesce(written, texts)


def told_by_first(batch: pa.RecordBatch) -> list[str]:
    """The columns of text whose first values are all such times."""
    return [
        name
        for name, cells in zip(batch.schema.names, batch.columns, strict=True)
        if cells.type == pa.string()
        and cells.null_count < len(cells)
        and as_seconds(cells) is not None
    ]


def with_seconds(batch: pa.RecordBatch, times: Sequence[str]) -> pa.RecordBatch:
    """Rows with some columns as seconds, and beside each what is written otherwise."""
    columns: dict[str, Values] = {}
    for name, cells in zip(batch.schema.names, batch.columns, strict=True):
        if name not in times:
            columns[name] = cells
            continue
        seconds = as_seconds(cells)
        nothing = pa.nulls(len(cells), pa.int64() if seconds is None else pa.string())
        columns[name], columns[beside(name)] = (
            (nothing, cells) if seconds is None else (seconds, nothing)
        )
    return pa.RecordBatch.from_pydict(columns)


def as_texts(table: pa.Table) -> pa.Table:
    """Rows with all columns as text again."""
    columns: dict[str, Column] = {}
    for name in table.column_names:
        if name.startswith(_BESIDE):
            time = name.removeprefix(_BESIDE)
            columns[time] = as_text(columns[time], table[name])
        else:
            columns[name] = table[name]
    return pa.Table.from_pydict(columns)


def times_of(path: Path) -> list[str]:
    """The columns of a file of rows that are kept as seconds."""
    names = pq.read_schema(path).names
    return [name for name in names if beside(name) in names]


def text_rows_sql(path: Path, *, bare: str | None = None) -> str:
    """A table, in SQL, of the rows of a file with all columns as text.

    Parameters
    ----------
    bare
        A column that stays as it is kept: seconds, and what is written otherwise beside.
    """
    source, names = f"read_parquet({literal(str(path))})", pq.read_schema(path).names
    times = [name for name in names if beside(name) in names and name != bare]
    if not times:
        return source
    hidden = {beside(name) for name in times}
    shown = ", ".join(
        f"COALESCE(make_timestamp({identifier(name)} * 1000000)::VARCHAR, "
        f"{identifier(beside(name))}) AS {identifier(name)}"
        if name in times
        else identifier(name)
        for name in names
        if name not in hidden
    )
    return f"(SELECT {shown} FROM {source})"


def are_seconds(path: Path, name: str, *, first: int, last: int) -> bool:
    """Whether all that a column of seconds holds is such a time, from ``first`` to before ``last``.

    It must be one; its file says so without being read.
    """
    file = pq.read_metadata(path)
    places = {column: place for place, column in enumerate(file.schema.names)}
    for number in range(file.num_row_groups):
        group = file.row_group(number)
        seconds, texts = (
            group.column(places[column]).statistics for column in (name, beside(name))
        )
        if texts is None or texts.null_count != group.num_rows or seconds is None:
            return False
        if not _is_within(cast("Any", seconds), first, last, n_rows=group.num_rows):
            return False
    return True


def _is_within(seconds: Any, first: int, last: int, *, n_rows: int) -> bool:
    """Whether statistics of seconds tell that all there are lie in a span."""
    if not seconds.has_min_max:
        return seconds.null_count == n_rows
    return first <= seconds.min and seconds.max < last
