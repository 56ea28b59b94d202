"""Who is who, kept with a data set: why ids were joined, and what other rules would make of it."""

import os
import shutil
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from journey.errors import StoreError
from journey.ingest.identity.ids import KEPT_ROWS, ROWS
from journey.ingest.identity.links import KEPT_LINKS, LINK_COLUMNS, LINKS
from journey.ingest.identity.resolve import is_related
from journey.ingest.sql import connect, literal

LINKS_FILE: Final = "identity-links.parquet"
ROWS_FILE: Final = "identity-rows.parquet"

_MEMORY: Final = 1_000_000_000
_BATCH_ROWS: Final = 200_000


def write_identity(
    connection: duckdb.DuckDBPyConnection, folder: Path, *, files: Sequence[str]
) -> None:
    """Write the links and the rows they come from into the folder of a data set being made.

    Nothing is written where nothing had to be related.

    Parameters
    ----------
    folder
        Put in its place as a whole by whoever makes the data set.
    files
        The name of each table, by its number.
    """
    if not is_related(connection):
        return
    named = pa.table({"place": pa.array(range(len(files)), pa.int64()), "file": list(files)})
    connection.register("named_files", named)
    columns = ", ".join(LINK_COLUMNS)
    _write(
        connection,
        f"SELECT {columns}, n_rows, make_timestamp(first_at) AS first_at, file, status "
        f"FROM {LINKS} LEFT JOIN named_files ON file_index = place ORDER BY {columns}",
        folder / LINKS_FILE,
    )
    connection.unregister("named_files")
    _write(connection, f"SELECT * FROM {ROWS}", folder / ROWS_FILE)


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> None:
    """Write what a query gives, a batch at a time: there may be millions of rows."""
    reader = connection.sql(query).to_arrow_reader(_BATCH_ROWS)
    with pq.ParquetWriter(path, reader.schema) as writer:
        for batch in reader:
            writer.write_batch(batch)


@contextmanager
def opened_identity(folder: Path) -> Generator[duckdb.DuckDBPyConnection | None]:
    """A database with the links and rows of a data set; none where nothing had to be related.

    Raises
    ------
    StoreError
        If the files are there but can't be read.
    """
    if not (folder / ROWS_FILE).is_file():
        yield None
        return
    with (
        TemporaryDirectory(prefix="portolan-") as scratch,
        connect(Path(scratch), memory_bytes=_MEMORY) as connection,
    ):
        for view, name in ((KEPT_LINKS, LINKS_FILE), (KEPT_ROWS, ROWS_FILE)):
            # The database reads nothing outside its own folder.
            copy = Path(scratch) / name
            try:
                _put(folder / name, copy)
                connection.execute(
                    f"CREATE TEMP VIEW {view} AS SELECT * FROM read_parquet({literal(str(copy))})"
                )
            except (OSError, duckdb.Error) as error:
                raise StoreError(
                    f"How ids were joined in {folder.name!r} can't be read: {error}. "
                    "Make the data set anew from its files."
                ) from error
        yield connection


def _put(file: Path, copy: Path) -> None:
    """Give a file a second name, or copy it to another disk."""
    try:
        os.link(file, copy)
    except OSError:
        shutil.copyfile(file, copy)
