"""Which columns say when: one for the rows of a log, several for those of a wide table."""

import re
from collections.abc import Mapping
from typing import Final, Protocol, cast

import duckdb

from journey.ingest.columns.profiles import MOST, Profile
from journey.ingest.columns.synonyms import BORN, TECHNICAL_DATES, TIME_WORDS, plain
from journey.ingest.columns.values import KEY_ROLES, elapsed
from journey.ingest.formats.held import sampled
from journey.ingest.raw import RawTable
from journey.ingest.sql import identifier, literal
from journey.ingest.times.dates import NO_DATE, time_sql

_ANY_TIME: Final = re.compile(
    r"(?:(?:date|time|timestamp|datetime|day|hour|ts|at|event|server|visit|session|hit|start|first"
    r"|action|local|utc|gmt|unix|epoch)_?)+"
)
"""Headers that name a time and not what happened then."""


_BEGUN: Final = re.compile(r"(?:^|_)(?:start|started|begin|beginning|began|beginn)(?:_|$)")
_DONE: Final = re.compile(r"(?:^|_)(?:complete|completed|completion|finish|finished)(?:_|$)")
_OVER: Final = re.compile(r"(?:^|_)(?:end|ended|stop|stopped|ende)(?:_|$)")


class HasTimes(Protocol):
    """A table by its shape, its roles and its values."""

    @property
    def shape(self) -> str:
        """Events, wide or another."""
        ...

    @property
    def roles(self) -> Mapping[str, tuple[str, ...]]:
        """Headers by role."""
        ...

    @property
    def profiles(self) -> Mapping[str, Profile]:
        """Values by header."""
        ...


def is_technical(header: str) -> bool:
    """Whether a date speaks of the record or of a plan, not of anything a customer did."""
    return TECHNICAL_DATES.search(plain(header)) is not None


def find_times(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    profiles: Mapping[str, Profile],
    roles: Mapping[str, tuple[str, ...]],
    named_roles: Mapping[str, tuple[str, float]],
) -> dict[str, float]:
    """The time of an event table, or the dates of a wide one, each with how sure it is.

    Dates that speak of the row or of a plan are taken only where there are no others.
    """
    used = {header for headers in roles.values() for header in headers}
    dates = [
        header
        for header, profile in profiles.items()
        if profile.is_date and header not in used and not BORN.search(plain(header))
    ]
    told = [h for h in dates if not is_technical(h)] or dates
    if "touchpoint" in roles:
        found = {"occurred_at": (told[0], 0.6)} if told else elapsed(profiles, used)
        header, score = {**found, **named_roles}.get("occurred_at", ("", 0.0))
        header = _completed(connection, raw, header, profiles)
        return _with_clock(header, round(score, 2), profiles) if header else {}
    if not told or not any(role in roles for role in KEY_ROLES):
        return {}
    again = _told_again(connection, raw, profiles, told)
    return {header: 0.8 for header in told if header not in again}


def _completed(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    header: str,
    profiles: Mapping[str, Profile],
) -> str:
    """Of an activity that starts and completes, the time it is complete, as in event logs.

    Where that leaves more rows without a time, the time they began.
    """
    if not _BEGUN.search(plain(header)):
        return header
    rest = _BEGUN.sub("_", plain(header))
    ends = (h for h in profiles if _DONE.search(plain(h)) and profiles[h].is_date)
    done = next((h for h in ends if _DONE.sub("_", plain(h)) == rest), None)
    return done if done and _is_filled_as_well(connection, raw, done, header) else header


def _is_filled_as_well(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, done: str, begun: str
) -> bool:
    """Whether, in the whole table, no more rows lack the first of two times than the second."""
    is_done, is_begun = (
        f"NOT regexp_full_match(trim(coalesce({identifier(header)}, '')), {literal(NO_DATE)})"
        for header in (done, begun)
    )
    row = connection.execute(
        f"SELECT count(*) FILTER ({is_done}), count(*) FILTER ({is_begun}) "
        f"FROM {identifier(raw.table)}"
    ).fetchall()[0]
    n_done, n_begun = cast("tuple[int, int]", row)
    return n_done >= n_begun


def span_note(table: HasTimes) -> str | None:
    """Say which of two times of a row was taken, where activities begin and end."""
    times = table.roles.get("occurred_at", ())
    if table.shape != "events" or len(times) != 1:
        return None
    name = plain(times[0])
    kinds = (_DONE, _OVER) if _BEGUN.search(name) else (_BEGUN,) if _DONE.search(name) else ()
    dates = [h for h, profile in table.profiles.items() if profile.is_date and h not in times]
    other = next((h for kind in kinds for h in dates if kind.search(plain(h))), None)
    if other is None:
        return None
    return f"rows have two times; touchpoints are at {times[0]!r}, not at {other!r}"


def _with_clock(header: str, score: float, profiles: Mapping[str, Profile]) -> dict[str, float]:
    """A time; where dates have no time of day but another column has, the two are one."""
    plan = profiles[header].dates
    if plan is not None and plan.n_date_only >= plan.n_dates:
        for other, profile in profiles.items():
            if profile.clock_share > MOST and TIME_WORDS.search(plain(other)):
                return {header: score, other: score}
    return {header: score}


def _told_again(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    profiles: Mapping[str, Profile],
    headers: list[str],
) -> set[str]:
    """Dates that say the same as another one of their row, or only its day.

    What a column is called must not say what happened: a lead may close on the day it was made.
    """
    sample = sampled(connection, raw.table, raw.n_rows)
    moments = {
        header: f"make_timestamp({time_sql(identifier(header), plan, None)})"
        for header in headers
        if (plan := profiles[header].dates) is not None
    }
    again: set[str] = set()
    for header in filter(lambda name: _ANY_TIME.fullmatch(plain(name)), headers):
        for other in headers:
            if other == header or other in again:
                continue
            one, two = moments[header], moments[other]
            same = f"({one} = {two} OR {one} = date_trunc('day', {two}))"
            row = connection.execute(
                f"SELECT count({one}), count(*) FILTER ({same}) FROM {sample}"
            ).fetchall()[0]
            n_filled, n_same = cast("tuple[int, int]", row)
            if 0 < n_filled <= n_same / 0.99:
                again.add(header)
                break
    return again
