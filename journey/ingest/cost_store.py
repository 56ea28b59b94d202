"""The costs of all imports as one table, each day of a campaign counted once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from journey.costs import COSTS_FILE
from journey.ingest.sql import identifier

_SAYS: Final = "day, source_system, campaign_id, campaign, channel, currency"
_SUMS: Final = ("cost", "n_impressions", "n_clicks")
_SAME: Final = (
    "day, coalesce(lower(source_system), ''), coalesce(campaign_id, lower(campaign), ''), "
    "coalesce(currency, '')"
)


def write_costs(
    connection: duckdb.DuckDBPyConnection, table: str, folder: Path, *, batches: Sequence[int]
) -> list[str]:
    """Write the costs of all batches into the folder of a data set being made.

    A file that has several rows of one day and campaign (by device, say) means their sum. Where
    two files of one import say the same of a day it counts once, where they differ both count.
    Of several imports the latest counts.

    Parameters
    ----------
    table
        Rows of cost files as read, with ``file_index`` and ``fault``.
    batches
        The number of the import, for each table by its number.

    Returns
    -------
    list of str
        What was counted once.
    """
    numbered = {"file_index": pa.array(range(len(batches)), pa.int64()), "batch": list(batches)}
    connection.register("files", pa.table(numbered))
    sums = ", ".join(f"sum({name}) AS {name}" for name in _SUMS)
    connection.execute(
        f"""
        CREATE TEMP TABLE costs_of_files AS
        WITH summed AS (
            SELECT batch, file_index, {_SAYS}, {sums} FROM {identifier(table)}
            JOIN files USING (file_index) WHERE fault IS NULL GROUP BY ALL)
        SELECT *, batch < max(batch) OVER (PARTITION BY {_SAME}) AS is_older FROM summed
        """
    )
    connection.unregister("files")
    listed = f"{_SAYS}, {', '.join(_SUMS)}"
    merged = connection.sql(
        f"SELECT {_SAYS}, {sums} FROM (SELECT DISTINCT {listed} FROM costs_of_files "
        f"WHERE NOT is_older) GROUP BY {_SAYS} ORDER BY ALL"
    ).to_arrow_table()
    pq.write_table(merged, folder / COSTS_FILE, compression="zstd")
    notes = _notes(connection, listed)
    connection.execute("DROP TABLE costs_of_files")
    return notes


def _notes(connection: duckdb.DuckDBPyConnection, listed: str) -> list[str]:
    rows = connection.execute(
        f"""
        WITH latest AS (SELECT * FROM costs_of_files WHERE NOT is_older)
        SELECT (SELECT count(*) FROM costs_of_files WHERE is_older),
            (SELECT count(*) FROM latest) - (SELECT count(*) FROM (SELECT DISTINCT {listed}
                FROM latest)),
            (SELECT count(*) FROM (SELECT 1 FROM latest GROUP BY {_SAME}
                HAVING count(DISTINCT file_index) > 1 AND min(cost) <> max(cost)))
        """
    ).fetchall()
    n_older, n_same, n_different = cast("tuple[int, int, int]", rows[0])
    said = (
        (n_older, "days of a campaign's costs came again with a later import, which counts."),
        (n_same, "days of a campaign's costs stand alike in two files and count once."),
        (n_different, "days of a campaign have different costs in two files; both count."),
    )
    return [f"{n:,} {words}" for n, words in said if n]
