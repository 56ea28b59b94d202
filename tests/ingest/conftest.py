from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from journey.ingest.pipeline import import_files
from journey.ingest.processes.limits import Limits
from journey.ingest.processes.progress import Progress
from journey.ingest.raw import RawTable, read_raw
from journey.ingest.sql import connect, identifier
from journey.load import open_log
from journey.report import read_report


class Reader:
    """Reads files of a test and gives back tables and rows."""

    def __init__(self, folder: Path) -> None:
        self.scratch = folder / "scratch"
        self.scratch.mkdir()
        self.connection = connect(folder, memory_bytes=500_000_000)
        self.progress: list[Progress] = []
        self.n_read = 0

    def read(self, path: Path, *, limits: Limits | None = None) -> list[RawTable]:
        self.n_read += 1
        return read_raw(
            self.connection,
            path,
            name=path.name,
            index=self.n_read - 1,
            scratch=self.scratch,
            limits=limits or Limits(),
            progress=self.progress.append,
        )

    def rows(self, table: RawTable) -> list[tuple[str | None, ...]]:
        columns = ", ".join(identifier(name) for name in table.columns)
        rows = self.connection.execute(
            f"SELECT {columns} FROM {identifier(table.table)} ORDER BY source_row"
        ).fetchall()
        assert len(rows) == table.n_rows
        return rows

    def numbers(self, table: RawTable) -> list[int]:
        found = self.connection.execute(
            f"SELECT source_row FROM {identifier(table.table)} ORDER BY source_row"
        ).fetchall()
        return [number for (number,) in found]


@pytest.fixture
def reader(tmp_path):
    folder = tmp_path / "work"
    folder.mkdir()
    reading = Reader(folder)
    yield reading
    reading.connection.close()
    assert {path.suffix for path in reading.scratch.iterdir()} <= {".parquet"}


@pytest.fixture
def written(tmp_path) -> Callable[[str, bytes], Path]:
    def write(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def imported(tmp_path):
    """Import small files, given as text by name, in this process; gives log and report."""

    def run(files: dict[str, str], **options):
        folder = tmp_path / f"import-{len(list(tmp_path.iterdir()))}"
        (folder / "scratch").mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
        argument = {
            "paths": [str(folder / name) for name in files],
            "names": list(files),
            "columns": {},
            "dates": None,
            "zone": None,
            "dedupe": "cross-source",
            "definitions": None,
            "scratch": str(folder / "scratch"),
            "target": str(folder / "data"),
            "limits": {"memory_bytes": 500_000_000},
            **options,
        }
        import_files(argument, lambda _: None)
        return replace(open_log(folder / "data"), report=read_report(folder / "data"))

    return run
