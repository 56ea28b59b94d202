"""Parquet files, as text."""

from typing import Final
from uuid import uuid4

import duckdb

from journey.errors import ImportLimitError, UnreadableFileError
from journey.ingest.formats.delimited import link_into_scratch
from journey.ingest.formats.rows import keep_rows
from journey.ingest.formats.table import (
    RawTable,
    Rejections,
    Source,
    check_width,
    sql_path,
    unique_names,
)
from journey.ingest.sql import identifier

_BROKEN: Final = (
    duckdb.InvalidInputException,
    duckdb.IOException,
    duckdb.SerializationException,
)
_EXACT_WHOLE: Final = 2**53
_BATCH_ROWS: Final = 100_000


def read_parquet(source: Source) -> list[RawTable]:
    """Read a Parquet file into one table.

    Parameters
    ----------
    source
        The file.

    Returns
    -------
    list of RawTable
        One. Times with a zone are UTC and end in ``+00:00``, others have none; whole numbers have
        no '.0'; lists and structs are JSON; bytes that are text are text, others are empty.
    """
    link = source.scratch / f"parquet_{uuid4().hex}"
    link_into_scratch(source.path, link)
    try:
        return [_read(source, f"read_parquet({sql_path(link)})", sql_path(link))]
    except _BROKEN as error:
        raise UnreadableFileError(
            f"{source.name} is a broken Parquet file ({str(error).splitlines()[0][:200]}). "
            "Write or download it again."
        ) from error
    finally:
        link.unlink()


def _read(source: Source, reader: str, path: str) -> RawTable:
    """Read one file, its size checked against its footer."""
    connection = source.connection
    described = connection.execute(f"DESCRIBE SELECT * FROM {reader}").fetchall()
    check_width(source, len(described))
    ((n_rows,),) = connection.execute(
        f"SELECT coalesce(sum(num_rows), 0)::BIGINT FROM parquet_file_metadata({path})"
    ).fetchall()
    if n_rows * len(described) > source.limits.parquet_cells:
        raise ImportLimitError(
            f"{source.name} has {n_rows:,} rows by {len(described):,} columns; at most "
            f"{source.limits.parquet_cells:,} cells are read. Write fewer columns or split it."
        )
    columns = unique_names([str(name) for name, *_ in described])
    cells = ", ".join(
        f"{as_text(identifier(str(name)), str(kind))} AS {identifier(column)}"
        for (name, kind, *_), column in zip(described, columns, strict=True)
    )
    batches = connection.sql(f"SELECT {cells} FROM {reader}").to_arrow_reader(_BATCH_ROWS)
    return keep_rows(source, columns, batches, Rejections(source.name), [], n_total=int(n_rows))


def as_text(column: str, kind: str) -> str:
    """Return the SQL that turns a quoted column of a type of DuckDB into text."""
    if kind == "TIMESTAMP WITH TIME ZONE":
        text = f"strftime({column}, '%Y-%m-%d %H:%M:%S.%f+00:00')"
    elif kind in ("DOUBLE", "FLOAT"):
        whole = f"{column} = trunc({column}) AND abs({column}) < {_EXACT_WHOLE}"
        text = (
            f"CASE WHEN isnan({column}) THEN NULL WHEN {whole} "
            f"THEN CAST(CAST({column} AS BIGINT) AS VARCHAR) ELSE CAST({column} AS VARCHAR) END"
        )
    elif kind == "BLOB":
        text = f"TRY(decode({column}))"
    elif kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION", "VARIANT")):
        text = f"CAST(to_json({column}) AS VARCHAR)"
    else:
        text = f"CAST({column} AS VARCHAR)"
    return f"nullif(replace({text}, chr(0), ''), '')"
