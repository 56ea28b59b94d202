"""Rows as they are read, kept as one Parquet file of text that the database looks at.

A cell's text is written once on its way into a data set, and no file is held in memory whole.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from journey.ingest.formats.held import EvenSample, keep_sample, view_file
from journey.ingest.formats.row_groups import row_groups, share_beginnings, texts_of
from journey.ingest.formats.seconds import as_texts, beside, told_by_first, with_seconds
from journey.ingest.formats.table import SOURCE_ROW, RawTable, Rejections, Source, finish

_FIRST_BYTES: Final = 1 << 24
_GROUP_BYTES: Final = 1 << 26
"""The more rows share a text, the less room it takes."""

_DICTIONARY_BYTES: Final = 1 << 27
_CODED_LEVEL: Final = 3


def keep_rows(
    source: Source,
    columns: tuple[str, ...],
    batches: Iterable[pa.RecordBatch],
    rejections: Rejections,
    notes: list[str],
    *,
    mark: str | None = None,
    n_total: int | None = None,
) -> RawTable:
    """Keep rows in a file of their own and make a raw table that looks at it.

    Parameters
    ----------
    columns, batches
        Headers, and the cells of all rows of the file in order, as text.
    rejections, notes
        As for :func:`~journey.ingest.formats.table.finish`.
    mark
        What stands in the first cell of rows that have a number but are none.
    n_total
        How many there will be, where that is known.
    """
    path = source.scratch / f"{source.table}.parquet"
    schema = pa.schema([*((name, pa.string()) for name in columns), (SOURCE_ROW, pa.int64())])
    writer: pq.ParquetWriter | None = None
    sample, n_kept = EvenSample(), 0

    def seen(rows: pa.Table) -> pa.Table:
        sample.add(rows)
        return rows

    groups = _groups(_narrowed(_numbered(batches, schema, mark)))
    try:
        for group in _ahead(row_groups(map(seen, groups))):
            writer = writer or _opened(path, group)
            writer.write_table(group)
            n_kept += len(group)
            source.report(n_kept, n_total)
        writer = writer or _opened(path, schema.empty_table())
    finally:
        if writer:
            writer.close()
    view_file(source.connection, source.table, path)
    if n_kept:
        keep_sample(source.connection, source.table, as_texts(sample.taken()))
    return replace(finish(source, columns, rejections, notes), kept=path)


def _numbered(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, mark: str | None
) -> Iterator[pa.RecordBatch]:
    """Batches with the number of each row, without the marked ones."""
    n_rows = 0
    for batch in batches:
        numbers = pa.array(np.arange(n_rows + 1, n_rows + len(batch) + 1))
        rows = pa.record_batch([*batch.columns, numbers], schema=schema)
        n_rows += len(rows)
        yield rows if mark is None else _unmarked(rows, mark)


def _unmarked(rows: pa.RecordBatch, mark: str) -> pa.RecordBatch:
    is_marked = pc.is_in(rows.column(0), pa.array([mark]))
    return rows.filter(pc.invert(is_marked))


def _narrowed(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Batches with times as seconds, in columns of which the first ones tell that they are such."""
    times: list[str] | None = None
    for batch in batches:
        if times is None and len(batch):
            times = told_by_first(batch)
        yield with_seconds(batch, times or ())


def _groups(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    """Batches put together until they are worth a row group."""
    held: list[pa.RecordBatch] = []
    enough = _FIRST_BYTES
    for batch in batches:
        held.append(batch)
        if sum(rows.nbytes for rows in held) >= enough:
            enough = _GROUP_BYTES
            yield _put_together(held)
    if held:
        yield _put_together(held)


def _put_together(held: list[pa.RecordBatch]) -> pa.Table:
    """The batches as one table; nobody holds them any longer."""
    table = pa.Table.from_batches(held)
    held.clear()
    return table


def _ahead(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same tables; while one is looked at, the next is made."""
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(next, tables, None)
        while (table := following.result()) is not None:
            following = pool.submit(next, tables, None)
            yield table


def _opened(path: Path, first: pa.Table) -> pq.ParquetWriter:
    """A file for rows like the first ones."""
    schema = first.schema
    coded = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    times = [name for name in schema.names if beside(name) in schema.names]
    texts = {
        name: "DELTA_BYTE_ARRAY"
        if share_beginnings(first.column(name))
        else "DELTA_LENGTH_BYTE_ARRAY"
        for name in texts_of(schema)
    }
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        # Codes of people repeat as those of their journeys do, which takes a second look to see.
        compression_level=cast("Any", dict.fromkeys(coded, _CODED_LEVEL) or None),
        use_dictionary=cast("Any", coded or False),
        dictionary_pagesize_limit=_DICTIONARY_BYTES,
        write_statistics=cast("Any", [SOURCE_ROW, *times, *map(beside, times)]),
        column_encoding={
            SOURCE_ROW: "DELTA_BINARY_PACKED",
            **dict.fromkeys(times, "BYTE_STREAM_SPLIT"),
            **texts,
        },
        store_schema=False,
    )
