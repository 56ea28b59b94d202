"""Columns of entries that nothing was changed in, coded straight from the files that keep them.

The files have each text once for many rows, so few texts are looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from journey.ingest.cleaning import Ints, rows_of
from journey.ingest.coding import CodedText
from journey.ingest.formats.table import SOURCE_ROW
from journey.ingest.sources import RowsFile


@dataclass(frozen=True)
class KeptTexts:
    """Columns of entries as they stand in files, for all tables of entries.

    Attributes
    ----------
    names
        Column by header, for headers without a role.
    """

    columns: frozenset[str]
    files: tuple[RowsFile, ...]
    names: Mapping[str, str]


def add_texts(texts: Mapping[str, CodedText], kept: KeptTexts) -> None:
    """Add all rows of all files to columns of codes."""
    for file in kept.files:
        headers = {column: file.header(column, kept.names) for column in texts}
        listed = sorted({header for header in headers.values() if header is not None})
        with pq.ParquetFile(file.path, read_dictionary=listed) as rows:
            for group in range(rows.num_row_groups):
                table = rows.read_row_group(group, columns=listed)
                missing = pa.nulls(rows.metadata.row_group(group).num_rows, pa.string())
                for column, text in texts.items():
                    header = headers[column]
                    held = missing if header is None else table.column(header).combine_chunks()
                    text.add(held)


def places_in(files: Sequence[RowsFile], ids: Ints) -> Ints | None:
    """Places of entries among all rows of some files; none if that are all, in order."""
    begins: list[int] = []
    numbers: list[Ints] = []
    total = 0
    for file in files:
        with pq.ParquetFile(file.path) as rows:
            found = rows.read(columns=[SOURCE_ROW]).column(SOURCE_ROW).to_numpy()
        begins.append(total)
        numbers.append(found)
        total += len(found)
    indexes, source_rows = rows_of(ids)
    places = np.empty(len(ids), np.int64)
    for file, begin, found in zip(files, begins, numbers, strict=True):
        is_here = indexes == file.index
        places[is_here] = begin + np.searchsorted(found, source_rows[is_here])
    is_all = len(ids) == total and bool((np.diff(places) == 1).all())
    return None if is_all else places
