"""Instants that are likely slips: far after all others, or the zero of computers' clocks."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, cast

import duckdb

from journey.ingest.sql import identifier
from journey.wording import counted

_ONE_IN: Final = 1_000
_YEAR: Final = 365 * 86_400 * 1_000_000
_ZERO: Final = datetime(1970, 1, 1, tzinfo=UTC)

Row = tuple[int, int, int]


def doubtful_instant_notes(
    connection: duckdb.DuckDBPyConnection, table: str, *, files: Sequence[str]
) -> list[str]:
    """Notes on touchpoints far after all others, and on those at the zero of clocks."""
    return [
        note
        for noted in (far_future_notes, clock_zero_notes)
        for note in noted(connection, table, files=files)
    ]


def far_future_notes(
    connection: duckdb.DuckDBPyConnection, table: str, *, files: Sequence[str]
) -> list[str]:
    """Notes on touchpoints that lie far after all others; none where there are none.

    The last instant is when the whole log is read: one mistyped year, and every open journey has
    been silent for decades. So the last thousandth of the touchpoints, and at least one, is
    looked at: if a silence longer than a year and longer than all the time before it parts them
    from the rest, they are named. Two thresholds since either alone is ordinary: a year's pause
    in a log of many years, and in a log of one week a pause longer than that week. A thousandth
    since more is no slip but a part of the log. Nothing is removed: that is the reader's choice.

    Parameters
    ----------
    table
        The entries kept: ``occurred_at`` in microseconds, ``file_index``, ``source_row``.
    files
        The names of the files by ``file_index``.

    Examples
    --------
    >>> with duckdb.connect() as connection:
    ...     _ = connection.execute(
    ...         "CREATE TABLE kept AS SELECT * FROM (VALUES (0, 0, 1), (86400000000, 0, 2), "
    ...         "(2208988800000000, 0, 3)) AS rows(occurred_at, file_index, source_row)")
    ...     far_future_notes(connection, "kept", files=["ads.csv"])[0][:64]
    'ads.csv: 2040-01-01 00:00 UTC in row 3 lies 70.0 years after the'
    """
    kept = identifier(table)
    n_rows, first, end = cast(
        "tuple[int, int, int]",
        connection.execute(
            f"SELECT count(*), min(occurred_at), max(occurred_at) FROM {kept}"
        ).fetchall()[0],
    )
    most = max(1, n_rows // _ONE_IN)
    if n_rows < most + 2:
        return []
    last = _last(connection, kept, end, most)
    n_late = max(
        (place for place in range(1, len(last)) if _is_parted(last, place, first)), default=0
    )
    return [_note(last[:n_late], last[n_late], files)] if n_late else []


def clock_zero_notes(
    connection: duckdb.DuckDBPyConnection, table: str, *, files: Sequence[str]
) -> list[str]:
    """Notes on touchpoints at 1970-01-01 00:00 UTC; none where there are none.

    It is what a time that was never set is written as. Where others follow within a year, as in
    times counted from some start, it may be meant. Nothing is removed.

    Parameters
    ----------
    table, files
        As for :func:`far_future_notes`.

    Examples
    --------
    >>> with duckdb.connect() as connection:
    ...     _ = connection.execute(
    ...         "CREATE TABLE kept AS SELECT * FROM (VALUES (0, 0, 1), (1767225600000000, 0, 2)) "
    ...         "AS rows(occurred_at, file_index, source_row)")
    ...     clock_zero_notes(connection, "kept", files=["ads.csv"])[0][:59]
    'ads.csv: 1 touchpoint at 1970-01-01 00:00 UTC, as in row 1,'
    """
    kept = identifier(table)
    found = cast(
        "list[Row]",
        connection.execute(
            f"SELECT file_index, count(*), min(source_row) FROM {kept} WHERE occurred_at = 0 "
            "GROUP BY file_index ORDER BY file_index"
        ).fetchall(),
    )
    if not found:
        return []
    after = f"SELECT min(occurred_at) FROM {kept} WHERE occurred_at > 0"
    ((following,),) = connection.execute(after).fetchall()
    if following is None or following <= _YEAR:
        return []
    return [
        f"{files[file_index]}: {counted(n_rows, 'touchpoint')} at 1970-01-01 00:00 UTC, as in row "
        f"{row}, which is how a time that is not known is often written. If so, take it out of "
        "the file and import it again, or leave it out of view by 'From day'."
        for file_index, n_rows, row in found
    ]


def _last(connection: duckdb.DuckDBPyConnection, kept: str, end: int, most: int) -> list[Row]:
    """The last touchpoints, one more than ``most``; none if as many are of the last year.

    A year's silence can't be among those then, and nearly every log is spared the sorting.
    """
    in_last_year = f"SELECT count(*) FROM {kept} WHERE occurred_at >= {end - _YEAR}"
    if connection.execute(in_last_year).fetchall()[0][0] > most:
        return []
    return connection.execute(
        f"SELECT occurred_at, file_index, source_row FROM {kept} "
        f"ORDER BY occurred_at DESC, file_index, source_row LIMIT {most + 1}"
    ).fetchall()


def _is_parted(last: Sequence[Row], place: int, first: int) -> bool:
    before, after = last[place][0], last[place - 1][0]
    return after - before > max(_YEAR, before - first)


def _note(late: Sequence[Row], before: Row, files: Sequence[str]) -> str:
    at, file_index, source_row = late[-1]
    years = (at - before[0]) / _YEAR
    others = f" and {len(late) - 1:,} more" if len(late) > 1 else ""
    verb = "lie" if others else "lies"
    last_day = _instant(before[0])
    return (
        f"{files[file_index]}: {_instant(at):%Y-%m-%d %H:%M} UTC in row {source_row}{others} "
        f"{verb} {years:.1f} years after the touchpoint before, of {last_day:%Y-%m-%d}. The log "
        "is read as of its last touchpoint, so by then open journeys have long been silent. If "
        "it is a slip, correct the file and import it again, or leave it out of view: filter "
        f"'To day' {last_day:%Y-%m-%d}, or --to {last_day:%Y-%m-%d}."
    )


def _instant(microseconds: int) -> datetime:
    return _ZERO + timedelta(microseconds=microseconds)
