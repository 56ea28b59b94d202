"""Tables of a batch that stand there as they were read: rows in one file, times in another."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from journey.ingest.shapes import HasRoles, texts_sql
from journey.ingest.sql import literal

TIMES: Final = "occurred_at, time_text, time_fault"
"""Columns of a file of times, in the order of the rows."""


def rows_file(folder: Path, index: int) -> Path:
    """The file of the rows of a table of a batch, by the number of the table there."""
    return folder / f"rows-{index}.parquet"


def times_file(folder: Path, index: int) -> Path:
    """The file of the times of the same rows."""
    return folder / f"times-{index}.parquet"


def rows_sql(path: Path, number: int, table: HasRoles, names: Mapping[str, str]) -> str:
    """A query of the entries of a table without their times.

    Parameters
    ----------
    number
        That of the table in the data set.
    names
        Column by header, for headers without a role.
    """
    texts = ", ".join(texts_sql(table, names, without=("occurred_at",)))
    return (
        f"SELECT {number}::INTEGER AS file_index, source_row, 0 AS date_index, {texts} "
        f"FROM read_parquet({literal(str(path))})"
    )


def timed_sql(rows: str, times: Path) -> str:
    """A query like that of :func:`rows_sql`, with the times beside."""
    return (
        f"SELECT * FROM ({rows}) POSITIONAL JOIN "
        f"(SELECT {TIMES} FROM read_parquet({literal(str(times))}))"
    )
