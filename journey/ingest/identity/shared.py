"""Who is who, found once and looked up by whoever reads a part of the entries."""

from pathlib import Path
from typing import Final

import duckdb

from journey.ingest.identity.accounts import OPPORTUNITIES
from journey.ingest.identity.ids import ID_COLUMNS, ROWS
from journey.ingest.identity.resolve import NAMED, RENAMED, VISITORS
from journey.ingest.sql import identifier, literal

_RELATIONS: Final = (NAMED, VISITORS, OPPORTUNITIES, RENAMED)


def add_up_rows(connection: duckdb.DuckDBPyConnection, files: str) -> None:
    """Make the table of ids that stand together out of those of parts, each combination once.

    Parameters
    ----------
    files
        A pattern of the Parquet files, each the table of one part.
    """
    ids = ", ".join(ID_COLUMNS)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {ROWS} AS SELECT {ids}, sum(n_rows)::BIGINT AS n_rows, "
        "sum(n_touchpoints)::BIGINT AS n_touchpoints, min(first_at) AS first_at, "
        f"min(file_index) AS file_index FROM read_parquet({literal(files)}) GROUP BY {ids}"
    )


def write_relations(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the tables by which entries are resolved into a folder."""
    for name in _RELATIONS:
        connection.execute(
            f"COPY {identifier(name)} TO {literal(str(folder / f'{name}.parquet'))} "
            "(FORMAT parquet)"
        )


def open_relations(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Open the tables that :func:`write_relations` wrote."""
    for name in _RELATIONS:
        path = literal(str(folder / f"{name}.parquet"))
        connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {identifier(name)} AS FROM read_parquet({path})"
        )
