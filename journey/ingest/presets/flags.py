"""Tables of no known vendor that name no event: what happened stands in flags, or is the channel.

Of a row of an impression ``click`` may say 1; of a touch of a channel ``converted`` may say Yes.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import duckdb

from journey.ingest.columns.profiles import MOST, profile_table
from journey.ingest.columns.synonyms import DATE_WORDS, named, plain
from journey.ingest.columns.values import varies_within, weak_touchpoint
from journey.ingest.formats.held import make_changeable, sampled
from journey.ingest.formats.table import RawTable, unique_names
from journey.ingest.sql import identifier, literal

_FLAGS: Final = (
    ("Conversion", re.compile(r"(?:is_|has_|was_)?(?:conversion|converted|convert)s?")),
    ("Purchase", re.compile(r"(?:is_|has_|was_)?(?:purchase|purchased|bought|sale|sold)")),
    ("Click", re.compile(r"(?:is_|has_|was_)?(?:click|clicked|clk)")),
    ("Open", re.compile(r"(?:is_|has_|was_)opened|opened|(?:is|was|has)_open")),
)
"""What a flag says, the strongest first; that which is set names the row."""

_YES: Final = ("1", "1.0", "yes", "y", "true", "t", "ja")
_NO: Final = ("0", "0.0", "no", "n", "false", "f", "nein")
_CHANNEL: Final = 0.88
"""How surely a header must name the channel: where a lead came from is no touch of it."""
_PEOPLE: Final = ("account_id", "person_id", "anonymous_id", "session_id")
_SURE: Final = 0.5
_MOST_ALONE: Final = 0.95


def as_flagged(connection: duckdb.DuckDBPyConnection, table: RawTable) -> RawTable:
    """Name the events of a table by its flags or its channel; any other is given back as it is."""
    names = {header: plain(header) for header in table.columns}
    flags = [
        (word, header)
        for word, kind in _FLAGS
        for header, name in names.items()
        if kind.fullmatch(name) and _is_flag(connection, table, header)
    ]
    channel = next((h for h in table.columns if named(h, "channel") >= _CHANNEL), None)
    others = [h for h in table.columns if h not in [header for _, header in flags]]
    dates = [h for h in others if DATE_WORDS.search(names[h])]
    people = [h for h in others for role in _PEOPLE if named(h, role) >= _SURE]
    if any(named(h, "touchpoint") >= _SURE for h in others) or len(dates) != 1 or not people:
        return table
    if not (flags or channel) or not _comes_again(connection, table, people[0]):
        return table
    left = tuple(h for h in others if h not in (channel, *people))
    if _tells_more(connection, replace(table, columns=left), people[0]):
        return table
    return _named(connection, table, flags, channel)


def _named(
    connection: duckdb.DuckDBPyConnection,
    table: RawTable,
    flags: Sequence[tuple[str, str]],
    channel: str | None,
) -> RawTable:
    """A table with a column of what happened."""
    is_shown = any(word in ("Click", "Open") for word, _ in flags)
    otherwise = literal("Impression" if is_shown else "Touch")
    if channel:
        otherwise = f"coalesce(nullif(trim({identifier(channel)}), ''), {otherwise})"
    yes = ", ".join(map(literal, _YES))
    cases = " ".join(
        f"WHEN lower(trim({identifier(header)})) IN ({yes}) THEN {literal(word)}"
        for word, header in flags
    )
    (event,) = unique_names(["touchpoint"], taken=table.columns)
    made = f"CASE {cases} ELSE {otherwise} END" if flags else otherwise
    make_changeable(connection, table.table)
    raw = identifier(table.table)
    connection.execute(f"ALTER TABLE {raw} ADD COLUMN {identifier(event)} VARCHAR")
    connection.execute(f"UPDATE {raw} SET {identifier(event)} = {made}")
    by = " and ".join(repr(h) for h in (*(header for _, header in flags), channel) if h)
    note = (
        f"no column was found that names an event: rows are named by {by}; "
        "if one does, say --column touchpoint=HEADER"
    )
    return replace(table, columns=(*table.columns, event), notes=(*table.notes, note))


def _is_flag(connection: duckdb.DuckDBPyConnection, table: RawTable, header: str) -> bool:
    """Whether a column says yes or no and nothing else; one month's file may say only one."""
    words = ", ".join(map(literal, (*_YES, *_NO)))
    x = f"lower(trim({identifier(header)}))"
    ((n_words, n_others),) = connection.execute(
        f"SELECT count(*) FILTER ({x} IN ({words})), count(*) FILTER ({x} NOT IN ('', {words})) "
        f"FROM {sampled(connection, table.table, table.n_rows)}"
    ).fetchall()
    return n_words > 0 and n_others == 0


def _tells_more(connection: duckdb.DuckDBPyConnection, table: RawTable, who: str) -> bool:
    """Whether a column of words, vaguely named or not at all, changes along the rows of many.

    What stays the same on all rows of one is a fact about him, as his name.
    """
    profiles = profile_table(connection, table)
    found = weak_touchpoint(connection, table, profiles, {}, who).get("touchpoint")
    return found is not None and varies_within(connection, table, who, found[0]) > 1 - MOST


def _comes_again(connection: duckdb.DuckDBPyConnection, table: RawTable, who: str) -> bool:
    """Whether some have several rows: of people with a row each all this is a fact."""
    ((n_rows, n_people),) = connection.execute(
        f"SELECT count(*), count(DISTINCT {identifier(who)}) FROM {identifier(table.table)} "
        f"WHERE {identifier(who)} <> ''"
    ).fetchall()
    return n_people < _MOST_ALONE * n_rows
