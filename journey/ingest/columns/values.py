"""What columns mean by their values, where their names do not say."""

import re
from collections.abc import Collection, Mapping
from typing import Any, Final, cast

import duckdb

from journey.ingest.channels.tags import is_tag
from journey.ingest.columns.profiles import MOST, Profile
from journey.ingest.columns.synonyms import ID_WORDS, NO_EVENT, SYNONYMS, plain
from journey.ingest.formats.table import UNNAMED
from journey.ingest.raw import RawTable
from journey.ingest.sql import identifier
from journey.schema import COMMENT_ROLE, NUMBER_ROLES

KEY_ROLES: Final = ("account_id", "person_id", "opportunity_id", "anonymous_id", "session_id")
SURE: Final = 0.5
_ANSWERS: Final = {"yes", "no", "y", "n", "true", "false", "t", "f", "ja", "nein"}
_ADDRESS: Final = re.compile(r"(?:^|_)e?_?mails?(?:_|$)")
_OF_A_ROW: Final = re.compile(r"(?:^|_)(?:ids?|uuid|guid)$")


def allowed(profile: Profile, role: str) -> float:  # noqa: PLR0911 - one rule a role
    """How far the values bear out a role, from 0 to 1."""
    if not profile.n_values:
        return 0.0
    if role == "occurred_at":
        return float(profile.is_date)
    if role in (*NUMBER_ROLES, "source_order"):
        return float(profile.number_share >= SURE and not profile.is_date)
    if profile.is_date:
        return 0.0
    if role == "person_id" and _counts_mails(profile):
        return 0.0
    if role == "touchpoint":
        if profile.email_share > SURE:
            return 0.0
        unsure = 0.4 if profile.is_unique else 1.0
        return unsure * (0.5 if profile.number_share > MOST else 1.0) * _fill(profile)
    if role == COMMENT_ROLE:
        return float(_is_prose(profile))
    if role in KEY_ROLES:
        return _fill(profile) * (0.4 if _is_of_few(profile) else 1.0)
    return 1.0


def _counts_mails(profile: Profile) -> bool:
    """A column that is named as an address and holds numbers, as of mails that were sent."""
    return profile.number_share > MOST and bool(_ADDRESS.search(plain(profile.header)))


def _is_of_few(profile: Profile) -> bool:
    """Many rows of a handful of values: a ``contact`` by phone or post is no person."""
    few, many = 50, 50
    return profile.n_distinct <= few and profile.n_values >= many * profile.n_distinct


def _is_prose(profile: Profile) -> bool:
    """Sentences that people wrote: neither the few answers of a list nor texts sent to many."""
    few, some, most_repeated = 20, 0.4, 0.5
    is_written_anew = profile.n_distinct >= most_repeated * profile.n_values
    return profile.prose_share >= some and (profile.n_values <= few or is_written_anew)


def _fill(profile: Profile) -> float:
    """Columns that are mostly empty are less likely to be what their name says."""
    return 1.0 if profile.filled_share >= SURE else 0.6


def key_by_values(
    profiles: Mapping[str, Profile],
    shared: Mapping[str, int],
    roles: Mapping[str, tuple[str, ...]],
) -> dict[str, tuple[str, float]]:
    """A column that looks like an id: first one that several files share, then by place."""
    used = {header for headers in roles.values() for header in headers}
    likely = [
        header
        for header, profile in profiles.items()
        if header not in used
        and ID_WORDS.search(plain(header))
        and not plain(header).startswith("_")
        and not profile.is_date
        and profile.filled_share >= 0.9  # noqa: PLR2004 - a key is there on nearly every row
        and (profile.n_distinct > 1 or profile.n_rows == 1)
        and not _is_of_few(profile)
    ]
    if not likely:
        return _unnamed_key(profiles, used)
    # The first id of a history numbers its rows; what the rows are of comes again.
    again = [h for h in likely if _has_several_rows(profiles[h])] if _is_history(profiles) else []
    first = min(again or likely, key=lambda header: -(shared[header] > 1))
    return {"account_id": (first, 0.75 if shared[first] > 1 else 0.6)}


def _is_history(profiles: Mapping[str, Profile]) -> bool:
    """Whether rows with one date each say what something came to, as a stage."""
    kinds = [p for p in profiles.values() if p.named("touchpoint") > 0 and not p.is_unique]
    return bool(kinds) and sum(profile.is_date for profile in profiles.values()) == 1


def _has_several_rows(profile: Profile) -> bool:
    """Whether ids come again, yet are many."""
    least, most = 0.1, 0.95
    return least * profile.n_values < profile.n_distinct < most * profile.n_values


def _unnamed_key(
    profiles: Mapping[str, Profile], used: Collection[str]
) -> dict[str, tuple[str, float]]:
    """Without a header, a column of many different values that come again and aren't amounts.

    Of several the first: exports begin with who it was.
    """
    likely = [
        header
        for header, profile in profiles.items()
        if UNNAMED.fullmatch(header)
        and header not in used
        and not profile.is_date
        and profile.filled_share >= 0.9  # noqa: PLR2004 - a key is there on nearly every row
        and 1 < profile.n_distinct < 0.95 * profile.n_values
        and not (profile.number_share > MOST and re.search("[.,]", "".join(profile.samples)))
    ]
    if not likely:
        return {}
    few, least_share = 20, 0.1
    most = max(likely, key=lambda header: profiles[header].n_distinct)
    least = max(few, least_share * profiles[most].n_distinct)
    first = next((header for header in likely if profiles[header].n_distinct > least), most)
    return {"account_id": (first, 0.5)}


def repeats(connection: duckdb.DuckDBPyConnection, raw: RawTable, key: str) -> bool:
    """Whether one key stands on several rows, over the whole table."""
    x = f"nullif(trim({identifier(key)}), '')"
    counted = "count(DISTINCT x)" if raw.n_rows < 200_000 else "approx_count_distinct(x)"  # noqa: PLR2004 - above, near enough is fast enough
    row = connection.execute(
        f"SELECT count(x), {counted} FROM (SELECT {x} AS x FROM {identifier(raw.table)})"
    ).fetchall()[0]
    n_values, n_distinct = cast("tuple[int, int]", row)
    return n_distinct < 0.95 * n_values


def changing(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    profiles: Mapping[str, Profile],
    key: str,
    found: Mapping[str, tuple[str, float]],
) -> dict[str, tuple[str, float]]:
    """The time of events, where the one found is the same on all rows of a key.

    A log of a ticket repeats when it was opened on each row; the time of the row is another one.
    """
    dates = [header for header, profile in profiles.items() if profile.is_date]
    first = found.get("occurred_at", (dates[0] if dates else "", 0.6))[0]
    others = [header for header in dates if header != first]
    if not others or varies_within(connection, raw, key, first) > 1 - MOST:
        return {}
    varying = {header: varies_within(connection, raw, key, header) for header in others}
    best = max(others, key=lambda header: varying[header])
    return {"occurred_at": (best, 0.6)} if varying[best] > SURE else {}


def elapsed(profiles: Mapping[str, Profile], used: Collection[str]) -> dict[str, tuple[str, float]]:
    """Where nothing is a date, the numbers that a column named as a time counts from some start."""
    found = [
        header
        for header, profile in profiles.items()
        if header not in used
        and profile.number_share == 1.0
        and profile.named("occurred_at") > MOST
    ]
    return {"occurred_at": (found[0], 0.5)} if found else {}


def weak_touchpoint(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    profiles: Mapping[str, Profile],
    roles: Mapping[str, tuple[str, ...]],
    key: str,
) -> dict[str, tuple[str, float]]:
    """By a vague name (type, stage, subject), else the column of few words that varies most."""
    used = {header for role, headers in roles.items() for header in headers if role != "stage"}
    free = [
        header
        for header, profile in profiles.items()
        if header not in used
        and not plain(header).startswith("_")
        and not profile.is_date
        and not NO_EVENT.fullmatch(plain(header))
        and not is_tag(header, list(profiles))
        and 1 < profile.n_distinct <= max(50, 0.1 * profile.n_values)
    ]
    by_name = {
        header: profiles[header].named("touchpoint") * _borne_out(profiles[header])
        for header in free
    }
    best = max(free, key=lambda header: by_name[header], default=None)
    if best is not None and by_name[best] > 0.3:  # noqa: PLR2004 - a vague name that values bear out
        return {"touchpoint": (best, by_name[best])}
    words = [
        h
        for h in free
        if profiles[h].number_share < SURE
        and not _OF_A_ROW.search(plain(h))
        and not _says_yes_or_no(profiles[h])
        and not any(profiles[h].named(role) for role in SYNONYMS)
    ]
    varying = {header: varies_within(connection, raw, key, header) for header in words}
    best = max(words, key=lambda header: varying[header], default=None)
    if best is not None and varying[best] > SURE:
        return {"touchpoint": (best, 0.4)}
    return {}


def _borne_out(profile: Profile) -> float:
    """How far values bear out a vague name: what is another on each row may be its title."""
    few, unsure = 5, 0.5
    is_title = profile.n_values > few and profile.n_distinct == profile.n_values
    return min(allowed(profile, "touchpoint"), unsure if is_title else 1.0)


def _says_yes_or_no(profile: Profile) -> bool:
    """Whether the values are answers, which alone say nothing of what happened."""
    return profile.n_distinct <= len(_ANSWERS) and {x.lower() for x in profile.samples} <= _ANSWERS


def varies_within(
    connection: duckdb.DuckDBPyConnection, raw: RawTable, key: str, header: str
) -> float:
    """Share of the keys on several rows in which a column has several values."""
    row = connection.execute(
        f"SELECT coalesce(avg((n > 1)::INT), 0.0) FROM (SELECT count(DISTINCT "
        f"{identifier(header)}) AS n FROM {identifier(raw.table)} "
        f"GROUP BY {identifier(key)} HAVING count(*) > 1)"
    ).fetchall()[0]
    return float(cast("tuple[Any]", row)[0])


def of_wide(roles: Mapping[str, tuple[str, ...]]) -> list[str]:
    """What rows with dates may say besides; of feelings only where they have a single date."""
    feelings = ("sentiment", COMMENT_ROLE) if len(roles.get("occurred_at", ())) == 1 else ()
    return [*(role for role in NUMBER_ROLES if role != "sentiment"), *feelings]
