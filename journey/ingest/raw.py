"""From a file on disk to tables of text in a database."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

import duckdb

from journey.errors import UnreadableFileError
from journey.ingest.archives import companions, unpack
from journey.ingest.formats.delimited import read_delimited
from journey.ingest.formats.excel import read_excel
from journey.ingest.formats.json_records import read_json
from journey.ingest.formats.parquet import read_parquet
from journey.ingest.formats.table import Aside, Known, RawTable, RejectedRow, Shape, Source
from journey.ingest.formats.xes import read_xes
from journey.ingest.processes.limits import Limits
from journey.ingest.processes.progress import Progress
from journey.ingest.signatures import Kind

__all__ = ["Aside", "Known", "RawTable", "RejectedRow", "Shape", "read_raw"]

_READERS: Final[dict[Kind, Callable[[Source], list[RawTable]]]] = {
    "delimited": read_delimited,
    "xlsx": read_excel,
    "parquet": read_parquet,
    "json": read_json,
    "xes": read_xes,
}


def read_raw(
    connection: duckdb.DuckDBPyConnection,
    path: Path,
    *,
    name: str,
    index: int,
    scratch: Path,
    limits: Limits,
    progress: Callable[[Progress], None],
) -> list[RawTable]:
    """Read a file into tables of text, one for each table it holds.

    Its content, not its name, decides what it is. No value is converted ('NA' stays 'NA'); empty
    cells are NULL. No row is lost: each is in its table or among the rejected ones.

    Parameters
    ----------
    connection
        From :func:`journey.ingest.sql.connect`.
    path
        A CSV, TSV, XLSX, Parquet, JSON, JSON lines or XES file, or one of them gzipped or zipped.
    name
        The file's name as the user knows it; for messages and tables.
    index
        Position of the file in the import; names of its tables begin with ``raw_<index>``.
    scratch
        A folder inside the connection's for unpacked copies, removed when their table is read.
    limits, progress
        What may be used; called with the rows read so far.

    Returns
    -------
    list of RawTable
        In the order of members or sheets; at least one.

    Raises
    ------
    UnreadableFileError
        If the file is empty, has no rows, is broken or is of a kind that is not read.
    ImportLimitError
        If unpacking or reading it would go over the limits.
    """
    tables: list[RawTable] = []
    for position, member in enumerate(unpack(path, name, scratch=scratch, limits=limits)):
        table = f"raw_{index}_{position}" if position else f"raw_{index}"
        source = Source(connection, member.path, member.name, table, scratch, limits, progress)
        tables += _READERS[member.kind](source)
    if not tables:
        raise UnreadableFileError(f"{name} holds no file with a table. Put a CSV or XLSX into it.")
    return _with_companions(tables, companions(path))


def _with_companions(tables: list[RawTable], left_out: list[str]) -> list[RawTable]:
    """Tables of an archive, the first of which tells what was left out of it."""
    if not left_out:
        return tables
    note = f"left out of the archive: {', '.join(left_out)}"
    return [replace(tables[0], notes=(*tables[0].notes, note)), *tables[1:]]
