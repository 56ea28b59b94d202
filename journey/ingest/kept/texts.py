"""Columns of entries that nothing was changed in, coded straight from the files that keep them.

The files have each text once for many rows, so few texts are looked at.
"""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from journey.ingest.cleaning import Ints, rows_of
from journey.ingest.coding import Coded, CodedText, at_places
from journey.ingest.formats.seconds import as_texts, beside
from journey.ingest.formats.table import SOURCE_ROW
from journey.ingest.kept.rows import rows_file
from journey.ingest.kept.sources import DATED, Batch, SourceTable
from journey.ingest.laid import Shelf
from journey.schema import TEXT_ROLES

_AT_ONCE: Final = 2
"""More columns would need more memory, and few machines read them faster."""


@dataclass(frozen=True)
class RowsFile:
    """Rows of a table that are kept as they were read, and the number of the table."""

    index: int
    path: Path
    table: SourceTable
    metadata: pq.FileMetaData

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
                found.append(RowsFile(first + index, path, table, pq.read_metadata(path)))
            elif table.shape in DATED:
                return ()
        first += len(batch.tables)
    return tuple(found)


@dataclass(frozen=True)
class KeptTexts:
    """Columns of entries as they stand in files, coded, for all rows of these."""

    coded: dict[str, Coded]
    files: tuple[RowsFile, ...]

    def forget(self, columns: Collection[str]) -> None:
        """Keep some of the columns no longer."""
        for name in columns:
            self.coded.pop(name, None)

    def given_up(self, columns: Sequence[str], ids: Ints, shelf: Shelf) -> dict[str, Coded]:
        """Some of the columns for some entries, in their order; none is kept any longer."""
        places = places_in(self.files, ids) if columns else None
        found: dict[str, Coded] = {}
        for name in columns:
            coded = self.coded.pop(name)
            found[name] = coded if places is None else at_places(coded, places, shelf)
        self.coded.clear()
        return found


NOTHING_KEPT: Final = KeptTexts({}, ())
"""All columns are asked of the database."""

NO_TEXTS: Final[Coded] = (np.empty(0, np.uint8), pa.array([], pa.string()))
"""A column that no file has."""


def coded_texts(
    columns: Sequence[str], files: Sequence[RowsFile], names: Mapping[str, str], shelf: Shelf
) -> dict[str, Coded]:
    """Codes and distinct values of some columns, for all rows of the files as they stand there.

    Columns that are made of several of a file are left out; roles that no file has are added.

    Parameters
    ----------
    names
        Column by header, for headers without a role.
    shelf
        Takes the codes.
    """
    if not files:
        return {}
    roles = [file.table.roles for file in files]
    several = {role for held in roles for role, headers in held.items() if len(headers) > 1}
    wanted = [name for name in columns if name not in several]
    absent = {*TEXT_ROLES, "source_order"}.difference(*roles)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        coded = pool.map(partial(_coded, files=files, names=names, shelf=shelf), wanted)
        return {**dict.fromkeys(absent, NO_TEXTS), **dict(zip(wanted, coded, strict=True))}


def _coded(column: str, files: Sequence[RowsFile], names: Mapping[str, str], shelf: Shelf) -> Coded:
    text = CodedText(shelf)
    for file in files:
        header = file.header(column, names)
        if header is None:
            text.add(pa.nulls(file.metadata.num_rows, pa.string()))
            continue
        dictionary = [header] if _has_dictionary(file.metadata, header) else []
        texts = {beside(header)}.intersection(file.metadata.schema.names)
        with pq.ParquetFile(file.path, metadata=file.metadata, read_dictionary=dictionary) as rows:
            for group in range(rows.num_row_groups):
                cells = rows.read_row_group(
                    group, columns=[header, *texts], use_threads=False
                ).combine_chunks()
                text.add(as_texts(cells).column(header).combine_chunks())
    return text.finished()


def _has_dictionary(file: pq.FileMetaData, header: str) -> bool:
    """Whether a column has each text once; the reader gives only such as they are."""
    place = file.schema.names.index(header)
    groups = [file.row_group(number) for number in range(file.num_row_groups)]
    return all("RLE_DICTIONARY" in group.column(place).encodings for group in groups)


def places_in(files: Sequence[RowsFile], ids: Ints) -> Ints | None:
    """Places of entries among all rows of some files; none if that are all, in order."""
    n_rows = sum(file.metadata.num_rows for file in files)
    if len(ids) == n_rows and (ids[1:] > ids[:-1]).all():
        return None
    indexes = rows_of(ids)[0].astype(np.int32)
    places = np.empty(len(ids), np.int64)
    begin = 0
    for file in files:
        with pq.ParquetFile(file.path) as rows:
            numbers = rows.read(columns=[SOURCE_ROW]).column(SOURCE_ROW).to_numpy()
        is_here = indexes == file.index
        places[is_here] = begin + np.searchsorted(numbers, rows_of(ids[is_here])[1])
        begin += len(numbers)
    return places
