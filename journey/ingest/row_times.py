"""Which columns say when: one for the rows of a log, several for those of a wide table."""

import re
from collections.abc import Mapping
from typing import Final, cast

import duckdb

from journey.ingest.column_values import KEY_ROLES, elapsed
from journey.ingest.dates import time_sql
from journey.ingest.formats.held import sampled
from journey.ingest.profiles import MOST, Profile
from journey.ingest.raw import RawTable
from journey.ingest.sql import identifier
from journey.ingest.synonyms import TECHNICAL_DATES, TIME_WORDS, plain

_ANY_TIME: Final = re.compile(
    r"(?:(?:date|time|timestamp|datetime|day|hour|ts|at|event|server|visit|session|hit|start|first"
    r"|action|local|utc|gmt|unix|epoch)_?)+"
)
"""Headers that name a time and not what happened then."""


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
    dates = [h for h, profile in profiles.items() if profile.is_date and h not in used]
    told = [h for h in dates if not is_technical(h)] or dates
    if "touchpoint" in roles:
        found = {"occurred_at": (told[0], 0.6)} if told else elapsed(profiles, used)
        header, score = {**found, **named_roles}.get("occurred_at", ("", 0.0))
        return _with_clock(header, round(score, 2), profiles) if header else {}
    if not told or not any(role in roles for role in KEY_ROLES):
        return {}
    again = _told_again(connection, raw, profiles, told)
    return {header: 0.8 for header in told if header not in again}


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
