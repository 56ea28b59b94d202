"""Columns of entries that nothing was changed in, coded straight from the files that keep them.

The files have each text once for many rows, so few texts are looked at.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from journey.ingest.cleaning import Ints, rows_of
from journey.ingest.coding import CodedText
from journey.ingest.formats.table import SOURCE_ROW
from journey.ingest.kept_rows import rows_file
from journey.ingest.sources import DATED, Batch, SourceTable
from journey.store.layout import Array

_AT_ONCE: Final = 2
"""More columns would need more memory, and few machines read them faster."""


@dataclass(frozen=True)
class RowsFile:
    """Rows of a table that are kept as they were read, and the number of the table."""

    index: int
    path: Path
    table: SourceTable

    def header(self, column: str, names: Mapping[str, str]) -> str | None:
        """The header under which a column of entries stands in the file, if it has it.

        Parameters
        ----------
        names
            Column by header, for headers without a role.
        """
        if column in self.table.roles:
            return self.table.roles[column][0]
        return next((h for h in self.table.extras if names[h] == column), None)


def rows_as_read(folders: Sequence[Path], batches: Sequence[Batch]) -> tuple[RowsFile, ...]:
    """The files of the rows of all tables of entries; none unless each table has its own."""
    found: list[RowsFile] = []
    first = 0
    for folder, batch in zip(folders, batches, strict=True):
        for index, table in enumerate(batch.tables):
            path = rows_file(folder, index)
            if path.exists():
                found.append(RowsFile(first + index, path, table))
            elif table.shape in DATED:
                return ()
        first += len(batch.tables)
    return tuple(found)


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


NOTHING_KEPT: Final = KeptTexts(frozenset(), (), {})
"""All columns are asked of the database."""


def coded_texts(
    columns: Sequence[str], kept: KeptTexts, places: Ints | None
) -> dict[str, tuple[Array, pa.StringArray]]:
    """Codes and distinct values of some of the columns, as :meth:`CodedText.finished` gives them.

    Parameters
    ----------
    places
        Which of all rows of the files, in which order; none: all as they stand.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        coded = pool.map(partial(_coded, kept=kept, places=places), columns)
        return dict(zip(columns, coded, strict=True))


def _coded(column: str, kept: KeptTexts, places: Ints | None) -> tuple[Array, pa.StringArray]:
    headers = [file.header(column, kept.names) for file in kept.files]
    text = CodedText()
    if not any(headers):
        return text.finished()
    for file, header in zip(kept.files, headers, strict=True):
        if header is None:
            text.add(pa.nulls(pq.read_metadata(file.path).num_rows, pa.string()))
            continue
        with pq.ParquetFile(file.path, read_dictionary=[header]) as rows:
            for group in range(rows.num_row_groups):
                cells = rows.read_row_group(group, columns=[header], use_threads=False)
                text.add(cells.column(header).combine_chunks())
    return text.finished(places)


def places_in(files: Sequence[RowsFile], ids: Ints) -> Ints | None:
    """Places of entries among all rows of some files; none if that are all, in order."""
    n_rows = sum(pq.read_metadata(file.path).num_rows for file in files)
    if len(ids) == n_rows and (ids[1:] > ids[:-1]).all():
        return None
    indexes, source_rows = rows_of(ids)
    places = np.empty(len(ids), np.int64)
    begin = 0
    for file in files:
        with pq.ParquetFile(file.path) as rows:
            numbers = rows.read(columns=[SOURCE_ROW]).column(SOURCE_ROW).to_numpy()
        is_here = indexes == file.index
        places[is_here] = begin + np.searchsorted(numbers, source_rows[is_here])
        begin += len(numbers)
    return places
