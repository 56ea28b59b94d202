"""Local times that a change of the clocks makes doubtful, counted."""

from typing import cast

import duckdb

from journey.ingest.sql import identifier, literal
from journey.ingest.times.dates import DatePlan, has_offset_sql, time_sql
from journey.wording import counted

_HOUR = 3_600_000_000


def count_doubtful_times(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    value: str,
    plan: DatePlan,
    zone: str,
    *,
    read: str,
    rows: str,
) -> tuple[int, int]:
    """Count the texts in an hour that their zone skips, and those in one that comes twice.

    Parameters
    ----------
    source, value, plan, zone
        The table of the texts with its ``source_row``, SQL of the text, and how it was read.
    read, rows
        The table of the times read, with ``source_row`` and ``occurred_at``, and which of its
        rows they are, in SQL.
    """
    if plan.numbers == "epoch":
        return 0, 0
    later = _offset("start + INTERVAL 3 HOUR", zone)
    row = connection.execute(
        f"""
        WITH times AS (
            SELECT source_row, occurred_at // {_HOUR} AS hour FROM {identifier(read)}
            WHERE occurred_at IS NOT NULL AND {rows}),
        hours AS (SELECT DISTINCT hour, make_timestamp(hour * {_HOUR}) AS start FROM times),
        -- Three hours either way of a change, the offset differs.
        changes AS (
            SELECT hour FROM hours WHERE {_offset("start - INTERVAL 3 HOUR", zone)} <> {later}),
        near AS (SELECT DISTINCT source_row FROM times SEMI JOIN changes USING (hour)),
        locals AS (
            SELECT make_timestamp({time_sql("x", plan, None)}) AS local FROM (
                SELECT {value} AS x FROM {source} SEMI JOIN near USING (source_row))
            WHERE NOT {has_offset_sql("x")}),
        moments AS (SELECT local, timezone({literal(zone)}, local) AS moment FROM locals)
        SELECT count(*) FILTER (timezone({literal(zone)}, moment) <> local),
            count(*) FILTER (
                timezone({literal(zone)}, moment - INTERVAL 1 HOUR) = local
                OR timezone({literal(zone)}, moment + INTERVAL 1 HOUR) = local
                OR timezone({literal(zone)}, moment - INTERVAL 30 MINUTE) = local
                OR timezone({literal(zone)}, moment + INTERVAL 30 MINUTE) = local)
        FROM moments
        """
    ).fetchall()[0]
    return cast("tuple[int, int]", row)


def _offset(at: str, zone: str) -> str:
    """SQL of how far a zone is from UTC at a time in UTC."""
    return f"(timezone({literal(zone)}, timezone('UTC', {at})) - ({at}))"


def doubtful_notes(n_skipped: int, n_repeated: int, column: str, zone: str) -> list[str]:
    """Say how times were read that a change of the clocks makes doubtful."""
    notes: list[str] = []
    if n_skipped:
        notes.append(
            f"{column}: {counted(n_skipped, 'time')} in an hour that {zone} skips in spring; "
            "read an hour later."
        )
    if n_repeated:
        notes.append(
            f"{column}: {counted(n_repeated, 'time')} in an hour that {zone} has twice in autumn; "
            "read as the second."
        )
    return notes
