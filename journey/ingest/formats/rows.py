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
from journey.ingest.formats.seconds import as_texts, beside, told_by_first, with_seconds
from journey.ingest.formats.table import SOURCE_ROW, RawTable, Rejections, Source, finish

_MOST_DISTINCT: Final = 0.8
"""Share of different texts above which a column gains nothing from having each once."""

_GROUP_BYTES: Final = 1 << 24
_DICTIONARY_BYTES: Final = 1 << 25


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
    try:
        for group in _ahead(_groups(_narrowed(_numbered(batches, schema, mark)))):
            writer = writer or _opened(path, group)
            writer.write_table(group)
            sample.add(group)
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
    for batch in batches:
        held.append(batch)
        if sum(rows.nbytes for rows in held) >= _GROUP_BYTES:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def _ahead(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same tables; while one is looked at, the next is made."""
    with ThreadPoolExecutor(1) as pool:
        following = pool.submit(next, tables, None)
        while (table := following.result()) is not None:
            following = pool.submit(next, tables, None)
            yield table


def _opened(path: Path, first: pa.Table) -> pq.ParquetWriter:
    """A file for rows like the first ones, which tell what columns repeat their values."""
    texts = [field.name for field in first.schema if field.type == pa.string()]
    times = [name for name in first.schema.names if beside(name) in texts]
    with ThreadPoolExecutor() as pool:
        repeat = pool.map(_repeats, (first.column(name) for name in texts))
        repeating = [name for name, does in zip(texts, repeat, strict=True) if does]
    others = dict.fromkeys(set(texts).difference(repeating), "DELTA_BYTE_ARRAY")
    return pq.ParquetWriter(
        path,
        first.schema,
        compression="zstd",
        use_dictionary=cast("Any", repeating or False),
        dictionary_pagesize_limit=_DICTIONARY_BYTES,
        write_statistics=cast("Any", [SOURCE_ROW, *times, *map(beside, times)]),
        column_encoding={
            SOURCE_ROW: "DELTA_BINARY_PACKED",
            **dict.fromkeys(times, "BYTE_STREAM_SPLIT"),
            **others,
        },
    )


def _repeats(cells: "pa.ChunkedArray[Any]") -> bool:
    n_cells = len(cells) - cells.null_count
    return pc.count_distinct(cells).as_py() <= _MOST_DISTINCT * n_cells
