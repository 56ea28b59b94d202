"""Tables of a batch that stand there as they were read: rows in one file, times in another."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from journey.ingest.columns.shapes import HasRoles, texts_sql
from journey.ingest.formats.seconds import text_rows_sql
from journey.ingest.sql import literal
from journey.ingest.times.timed_rows import SecondsKept, own_seconds_sql

_SECONDS: Final = (
    "occurred_at // 1000000 AS second, (occurred_at % 1000000)::INTEGER AS microsecond"
)
_TIMES: Final = "second * 1000000 + microsecond AS occurred_at"
_BESIDE: Final = "time_text, time_fault"
"""What stands beside a time, and tells why there is none."""


def rows_file(folder: Path, index: int) -> Path:
    """The file of the rows of a table of a batch, by the number of the table there."""
    return folder / f"rows-{index}.parquet"


def seconds_file(folder: Path, index: int) -> Path:
    """The file of the times of the same rows, in their order."""
    return folder / f"seconds-{index}.parquet"


def seconds_sql(entries: str) -> str:
    """A query of what a file of times holds; whole seconds take half the room of microseconds.

    Parameters
    ----------
    entries
        A table of entries, or one with a condition.
    """
    return f"SELECT {_SECONDS}, {_BESIDE} FROM {entries}"


def rows_sql(path: Path, number: int, table: HasRoles, names: Mapping[str, str]) -> str:
    """A query of the entries of a table without their times.

    Parameters
    ----------
    number
        That of the table in the data set.
    names
        Column by header, for headers without a role.
    """
    return f"SELECT {', '.join(_selected(number, table, names))} FROM {text_rows_sql(path)}"


def _selected(number: int, table: HasRoles, names: Mapping[str, str]) -> list[str]:
    numbers = [f"{number}::INTEGER AS file_index", "source_row", "0 AS date_index"]
    return [*numbers, *texts_sql(table, names, without=("occurred_at",))]


def timed_sql(
    folder: Path, index: int, number: int, table: HasRoles, names: Mapping[str, str]
) -> str:
    """A query like that of :func:`rows_sql` of the rows of a batch, with their times."""
    rows = rows_file(folder, index)
    path, times = seconds_file(folder, index), _TIMES
    if not path.exists():
        # Batches of the second version have microseconds.
        path, times = folder / f"times-{index}.parquet", "occurred_at"
    if not path.exists():
        (header,) = table.roles["occurred_at"]
        return own_seconds_sql(_selected(number, table, names), SecondsKept(rows, header))
    beside = f"SELECT {times}, {_BESIDE} FROM read_parquet({literal(str(path))})"
    texts = rows_sql(rows, number, table, names)
    return f"SELECT * FROM ({texts}) POSITIONAL JOIN ({beside})"
