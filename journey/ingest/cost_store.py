"""The costs of all imports as one table, each day of a campaign counted once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final, cast

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from journey.costs import COSTS_FILE
from journey.ingest.sql import identifier

_SAYS: Final = "day, last_day, kind, source_system, campaign_id, campaign, channel, currency"
_SUMS: Final = ("cost", "n_impressions", "n_clicks")
_SOURCE: Final = "coalesce(lower(source_system), '')"
_DAY: Final = f"day, kind, {_SOURCE}, coalesce(currency, '')"
_SAME: Final = f"{_DAY}, coalesce(campaign_id, lower(campaign), lower(channel), '')"
_TOTALS: Final = ", ".join(f"sum({name}) AS {name}" for name in _SUMS)
_NAMED: Final = f"{_DAY}, coalesce(lower(campaign), campaign_id, lower(channel), '')"
_EARLIER: Final = "SELECT NULL::DATE AS last_day, NULL::VARCHAR AS kind WHERE false"
"""Data sets made before costs had a kind lack these columns."""


def write_costs(
    connection: duckdb.DuckDBPyConnection, table: str, folder: Path, *, batches: Sequence[int]
) -> list[str]:
    """Write the costs of all batches into the folder of a data set being made.

    A file that has several rows of one day and campaign (by device, say) means their sum. Where
    two files of one import say the same of a day it counts once, where they differ both count.
    Of several imports the latest counts. Rows are of one campaign if their ids are equal or, where
    one has no id, their names; a name that has one id gives it to rows without.

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
    _sum_files(connection, table)
    connection.unregister("files")
    listed = f"{_SAYS}, {', '.join(_SUMS)}"
    merged = connection.sql(
        f"SELECT {_SAYS}, {_TOTALS} FROM (SELECT DISTINCT {listed} FROM costs_of_files "
        f"WHERE NOT is_older) GROUP BY {_SAYS} ORDER BY ALL"
    ).to_arrow_table()
    pq.write_table(merged, folder / COSTS_FILE, compression="zstd")
    notes = _notes(connection, listed)
    connection.execute("DROP TABLE costs_of_files")
    return notes


def _sum_files(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Make the table ``costs_of_files``: one row a day and campaign of a file, old or not."""
    connection.execute(
        f"""
        CREATE TEMP TABLE costs_of_files AS
        WITH known AS (
            SELECT * REPLACE (coalesce(campaign_id, CASE
                WHEN min(campaign_id) OVER named = max(campaign_id) OVER named AND campaign <> ''
                THEN min(campaign_id) OVER named END) AS campaign_id)
            FROM (SELECT * REPLACE (coalesce(kind, 'campaign') AS kind,
                    coalesce(last_day, day) AS last_day)
                FROM (FROM {identifier(table)} UNION ALL BY NAME {_EARLIER}))
            WHERE fault IS NULL
            WINDOW named AS (PARTITION BY {_SOURCE}, lower(campaign))),
        summed AS (
            SELECT batch, file_index, {_SAYS}, {_TOTALS} FROM known
            JOIN files USING (file_index) GROUP BY ALL)
        SELECT *, batch < CASE WHEN campaign_id IS NULL THEN max(batch) OVER named
            ELSE greatest(max(batch) OVER same,
                max(batch) FILTER (campaign_id IS NULL) OVER named) END AS is_older
        FROM summed
        WINDOW same AS (PARTITION BY {_SAME}), named AS (PARTITION BY {_NAMED})
        """
    )


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
