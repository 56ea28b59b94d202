"""A folder on storage that all workers see, where a data set is made before it is put in place."""

import re
import shutil
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

import duckdb
import numpy as np
import pyarrow as pa

from journey.errors import ClusterError
from journey.ingest.sql import connect, literal
from journey.store.replace import replace_directory
from journey.store.write import MANIFEST

DATA: Final = "data"
"""The folder in a workshop that becomes the data set."""

_TASKS: Final = "tasks"
_PLACED: Final = "placed"
_ABANDONED: Final = re.compile(r"\..+\.import\.[0-9a-f]{32}")
_ABANDONED_SECONDS: Final = 2 * 86_400
_CHUNK_ROWS: Final = 20_000


@dataclass(frozen=True)
class Workshop:
    """Where tasks find what others made, and put what they make themselves.

    A file is written into a folder of the task's own and then renamed, so that a task that is done
    twice, since its worker died, leaves the same file once.
    """

    folder: str
    memory_bytes: int

    @property
    def path(self) -> Path:
        """The folder."""
        return Path(self.folder)

    @property
    def data(self) -> Path:
        """The data set being made."""
        return self.path / DATA

    @contextmanager
    def own_folder(self) -> Generator[Path]:
        """A folder of one task, gone when the task ends.

        Raises
        ------
        ClusterError
            If this worker doesn't see the storage.
        """
        if not self.data.is_dir():
            raise ClusterError(
                f"A worker of the cluster does not see {self.path.parent}, which another one does. "
                "Give a place on storage that all workers mount at the same path."
            )
        own = self.path / _TASKS / uuid4().hex
        own.mkdir(parents=True)
        try:
            yield own
        finally:
            shutil.rmtree(own, ignore_errors=True)

    @contextmanager
    def database(self, *, threads: int | None = 1) -> Generator[duckdb.DuckDBPyConnection]:
        """A database that reads and writes in the workshop, and spills to the worker's own disk.

        Parameters
        ----------
        threads
            One where many tasks run at a time; none: all cores, for a task that runs alone.
        """
        with (
            TemporaryDirectory(prefix="portolan-") as spill,
            connect(
                self.path, memory_bytes=self.memory_bytes, spill=Path(spill), threads=threads
            ) as connection,
        ):
            yield connection

    def put(self, made: Path, *place: str) -> None:
        """Put what a task made into its place, and away with what another attempt put there."""
        target = self.path.joinpath(*place)
        target.parent.mkdir(exist_ok=True)
        if target.is_dir():
            target.replace(made.with_name(f"{made.name} before"))
        made.replace(target)

    def copy(
        self, connection: duckdb.DuckDBPyConnection, query: str, own: Path, *place: str
    ) -> None:
        """Write what a query gives as a Parquet file of the workshop."""
        made = own / place[-1]
        connection.execute(
            f"COPY ({query}) TO {literal(str(made))} (FORMAT parquet, COMPRESSION lz4_raw)"
        )
        self.put(made, *place)

    def is_in_place(self, target: Path) -> bool:
        """Whether an attempt before put the data set where it is to be, and died after that."""
        note, manifest = self.path / _PLACED, target / MANIFEST
        return (
            note.is_file()
            and manifest.is_file()
            and note.read_text(encoding="ascii") == str(manifest.stat().st_ino)
        )

    def put_in_place(self, target: Path) -> None:
        """Put the data set where it is to be, in one step."""
        number = (self.data / MANIFEST).stat().st_ino
        (self.path / _PLACED).write_text(str(number), encoding="ascii")
        replace_directory(self.data, target)


def open_workshop(target: Path, memory_bytes: int) -> Workshop:
    """Make a workshop beside a data set to be, and remove those that nobody works in any more."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for entry in target.parent.iterdir():
        if _ABANDONED.fullmatch(entry.name) and _is_idle(entry / _TASKS):
            shutil.rmtree(entry, ignore_errors=True)
    folder = target.with_name(f".{target.name}.import.{uuid4().hex}").resolve()
    for name in (_TASKS, DATA):
        (folder / name).mkdir(parents=True)
    return Workshop(str(folder), memory_bytes)


def _is_idle(tasks: Path) -> bool:
    try:
        return time.time() - tasks.stat().st_mtime > _ABANDONED_SECONDS
    except OSError:
        return False


def dealt(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[tuple[int, bytes]]:
    """The rows of a query, packed in chunks, with the ``bucket`` that they are for."""
    reader = connection.sql(f"FROM ({query}) ORDER BY bucket").to_arrow_reader(_CHUNK_ROWS)
    for batch in reader:
        buckets = batch.column("bucket").to_numpy()
        rows = pa.Table.from_batches([batch]).drop_columns("bucket")
        borders = [0, *(np.flatnonzero(np.diff(buckets)) + 1).tolist(), len(buckets)]
        for begin, end in pairwise(borders):
            if end > begin:
                yield int(buckets[begin]), _packed(rows.slice(begin, end - begin))


def unpacked(chunks: Sequence[bytes]) -> pa.Table:
    """The rows of all chunks of a bucket."""
    return pa.concat_tables([pa.ipc.open_stream(chunk).read_all() for chunk in chunks])


def _packed(rows: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.ipc.new_stream(sink, rows.schema, options=options) as writer:
        writer.write_table(rows)
    return sink.getvalue().to_pybytes()
