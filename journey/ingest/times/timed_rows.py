"""Rows with their times, read out of text or kept as seconds, and what is wrong with others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import duckdb

from journey.ingest.columns.roles import TableRoles
from journey.ingest.formats.held import is_as_read
from journey.ingest.formats.seconds import are_seconds, beside, text_rows_sql, times_of
from journey.ingest.sql import identifier, literal
from journey.ingest.times.date_formats import FIRST_YEAR, LAST_YEAR
from journey.ingest.times.dates import DatePlan, time_sql

TIME_MISSING, TIME_UNREAD, TIME_OUTSIDE = "no time", "time not understood", "time out of range"

_FIRST, _LAST = (
    int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())
    for day in (FIRST_YEAR, LAST_YEAR)
)
_NO_SECONDS: Final = "NULL::BIGINT"


@dataclass(frozen=True)
class SecondsKept:
    """The file of the rows of a table, and its column of times that are kept as seconds."""

    path: Path
    header: str

    @property
    def is_all(self) -> bool:
        """No row has its time in any other way, nor one out of range."""
        return are_seconds(self.path, self.header, first=_FIRST, last=_LAST)


def seconds_kept(
    connection: duckdb.DuckDBPyConnection,
    table: TableRoles,
    plans: Mapping[tuple[str, ...], DatePlan],
    zone: str | None,
) -> SecondsKept | None:
    """Where the times of a table of events are kept as the seconds which they mean, if they are.

    They are UTC, so they are not in a zone, nor in another calendar.
    """
    raw = table.raw
    if table.shape != "events":
        return None
    ((group, plan),) = plans.items()
    header, *others = group
    if raw.kept is None or others or plan.zone or zone or plan.months:
        return None
    if plan.calendar != "Gregorian" or not is_as_read(connection, raw.table):
        return None
    return SecondsKept(raw.kept, header) if header in times_of(raw.kept) else None


@dataclass(frozen=True)
class WhereTimes:
    """SQL of a table of rows, and of the text and the seconds of their times."""

    source: str
    text: str
    seconds: str = _NO_SECONDS


def where_times(source: str, text: str, kept: SecondsKept | None) -> WhereTimes:
    """Where times are read from: a table and its text, unless they are kept as seconds."""
    if kept is None:
        return WhereTimes(source, text)
    file = text_rows_sql(kept.path, bare=kept.header)
    return WhereTimes(file, identifier(beside(kept.header)), identifier(kept.header))


def own_seconds_sql(selected: Sequence[str], kept: SecondsKept) -> str:
    """A query like that of :func:`timed_sql` where rows have nothing but seconds, or no time."""
    seconds = identifier(kept.header)
    return (
        f"SELECT {', '.join(selected)}, {seconds} * 1000000 AS occurred_at, "
        f"CASE WHEN {seconds} IS NULL THEN {literal(TIME_MISSING)} END AS time_fault, "
        f"NULL::VARCHAR AS time_text FROM {text_rows_sql(kept.path, bare=kept.header)}"
    )


def timed_sql(selected: Sequence[str], where: WhereTimes, plan: DatePlan, zone: str | None) -> str:
    """A query of rows with their time, and what is the matter where there is none."""
    time = time_sql("time_text", plan, plan.zone or zone)
    if where.seconds != _NO_SECONDS:
        # Asked only of the rows that have no seconds.
        time = f"COALESCE(kept_seconds * 1000000, CASE WHEN time_text <> '' THEN {time} END)"
    written = "COALESCE(time_text, make_timestamp(kept_seconds * 1000000)::VARCHAR)"
    earliest = f"epoch_us({literal(FIRST_YEAR)}::TIMESTAMP)"
    latest = f"epoch_us({literal(LAST_YEAR)}::TIMESTAMP)"
    return (
        "SELECT * EXCLUDE (time_text, read_at, kept_seconds), "
        f"CASE WHEN read_at >= {earliest} AND read_at < {latest} THEN read_at END AS occurred_at, "
        f"CASE WHEN read_at >= {earliest} AND read_at < {latest} THEN NULL "
        f"WHEN read_at IS NOT NULL THEN {literal(TIME_OUTSIDE)} "
        f"WHEN trim(coalesce(time_text, '')) = '' THEN {literal(TIME_MISSING)} "
        f"ELSE {literal(TIME_UNREAD)} END AS time_fault, "
        f"CASE WHEN time_fault IS NOT NULL THEN {written} END AS time_text "
        f"FROM (SELECT *, {time} AS read_at FROM (SELECT {', '.join(selected)}, "
        f"{where.text} AS time_text, {where.seconds} AS kept_seconds FROM {where.source}))"
    )
