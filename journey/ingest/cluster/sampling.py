"""The first rows of files that only a cluster's workers see, so that their columns can be shown."""

import gzip
import json
from collections.abc import Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from journey.errors import ImportLimitError, StoreError
from journey.ingest.cluster.staging import files_of, shown_names
from journey.runners.spark import SparkTasks, split_address

SAMPLE_BYTES: Final = 1_000_000
SAMPLE_ROWS: Final = 5_000
WHOLE_BYTES: Final = 5_000_000
"""A file of another kind can't be cut; it is sent as it is, up to this size."""

_JSON_LINES: Final = (".jsonl", ".ndjson")
_LINES: Final = (".csv", ".tsv", ".txt", *_JSON_LINES)


def sample_far(address: str, paths: Sequence[str]) -> dict[str, bytes]:
    """The beginning of the first file of each path that has its columns, by its name at import.

    Files of one path may be exports of different things; those that go on in the columns of
    another are read as it is.

    Parameters
    ----------
    address
        Where a data set is to be made of them; must not be there yet.
    paths
        Files, folders and patterns, as the workers see them.

    Raises
    ------
    ClusterError
        If the cluster can't be reached.
    UnreadableFileError, ImportLimitError
        If there is no such file, or one that can't be looked at in part is too large.
    StoreError
        If there is something at the address.
    """
    cluster, target = split_address(address)
    return SparkTasks(cluster).first(partial(sample_files, target=target, paths=paths))


def sample_files(_number: int, *, target: str, paths: Sequence[str]) -> dict[str, bytes]:
    """The same, asked of a worker."""
    if Path(target).exists():
        raise StoreError(
            f"{target} is there already. Give the path of a data set that is not there yet."
        )
    every = [files_of(Path(path)) for path in paths]
    files = list(dict.fromkeys(file for found in every for file in found))
    name_of = dict(zip(files, shown_names(files), strict=True))
    firsts = {file for found in every for file in _first_of_each_kind(found)}
    return {name_of[file]: _beginning(Path(file)) for file in files if file in firsts}


def _first_of_each_kind(files: Sequence[str]) -> list[str]:
    first: dict[object, str] = {}
    for file in files:
        first.setdefault(_columns_of(Path(file)), file)
    return list(first.values())


def _columns_of(path: Path) -> object:
    """The same for files of the same columns, as far as their beginning tells."""
    kinds = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    kind = kinds[-1] if kinds else ""
    try:
        if kind == ".parquet":
            return tuple(pq.read_schema(path).names)
        if kind not in _LINES:
            return kind
        opened = gzip.open if path.suffix.lower() == ".gz" else open
        with opened(path, "rb") as text:
            first = text.readline(SAMPLE_BYTES)
        return tuple(json.loads(first)) if kind in _JSON_LINES else first
    except (ValueError, TypeError, OSError):  # the import says what is wrong with it
        return kind


def _beginning(path: Path) -> bytes:
    """The first rows of a file, written as it is."""
    kinds = [suffix.lower() for suffix in path.suffixes]
    if kinds[-1:] == [".parquet"]:
        return _first_rows(path)
    if kinds[-1:] == [".gz"] and kinds[-2:-1] and kinds[-2] in _LINES:
        with gzip.open(path) as text:
            return gzip.compress(_whole_lines(text.read(SAMPLE_BYTES)))
    if kinds[-1:] and kinds[-1] in _LINES:
        with path.open("rb") as text:
            return _whole_lines(text.read(SAMPLE_BYTES))
    if path.stat().st_size > WHOLE_BYTES:
        raise ImportLimitError(
            f"{path.name} has {path.stat().st_size:,} bytes, and only CSV, JSON lines and Parquet "
            f"can be looked at in part; of others up to {WHOLE_BYTES:,} are sent whole. Export it "
            "as one of these, or import it with python -m journey import."
        )
    return path.read_bytes()


def _whole_lines(text: bytes) -> bytes:
    """Text up to the last end of a line, where it was cut."""
    return text if len(text) < SAMPLE_BYTES else text[: text.rfind(b"\n") + 1] or text


def _first_rows(path: Path) -> bytes:
    file = pq.ParquetFile(path)
    first = islice(file.iter_batches(SAMPLE_ROWS), 1)
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_batches(first, file.schema_arrow), sink)
    return sink.getvalue().to_pybytes()
