"""Tables of four shapes become three: entries, and attributes and costs beside them.

``events`` have a time and a touchpoint. ``wide`` tables have a key and one or more date columns:
each filled date is a touchpoint named after its header. ``attributes`` tables have a key and no
date. ``costs`` tables say what campaigns cost by day. Entries of all files stand in one table,
still as written but for their times. ``details`` say more of rows of other tables, which have
their columns by now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal, Protocol, TypeVar, cast

import duckdb

from journey.ingest.columns.file_words import touchpoint_names, unnamed_note
from journey.ingest.columns.roles import TableRoles
from journey.ingest.costs import costs_sql, decimal_comma
from journey.ingest.formats.held import sampled
from journey.ingest.raw import RawTable
from journey.ingest.sql import identifier, literal
from journey.ingest.times.clock_changes import count_doubtful_times, doubtful_notes
from journey.ingest.times.dates import (
    MIDNIGHT,
    NO_DATE,
    DateOrder,
    DatePlan,
    decided,
    plan_dates,
    with_formats,
)
from journey.ingest.times.timed_rows import (
    SecondsKept,
    own_seconds_sql,
    seconds_kept,
    timed_sql,
    where_times,
)
from journey.ingest.times.zones import header_zone
from journey.proposals import decides_won
from journey.schema import COMMENT_ROLE, NUMBER_ROLES, ROLES, SENTIMENT_FROM

_Answer = TypeVar("_Answer", bound=str)

ENTRIES: Final = "entries"
TEXTS: Final = "texts"
ATTRIBUTES: Final = "attributes"
COSTS: Final = "costs"

ROW: Final = ("file_index", "source_row", "date_index")
"""What tells entries apart, in the order that settles ties."""

_CORE: Final = (
    *(*ROW, "time_text", "time_fault", "read_at", "kept_seconds", "id", "level"),
    *("fault", "is_usable", "account_by", "is_joined_visitor", "kept_id", "merged_as", "shown"),
    *("action", "channel_combination", SENTIMENT_FROM),
)
_OF_ONE_DATE: Final = (*NUMBER_ROLES, COMMENT_ROLE)

_Plans = Mapping[tuple[str, ...], DatePlan]


class HasRoles(Protocol):
    """A table, read just now or earlier, by what its columns are."""

    @property
    def roles(self) -> Mapping[str, tuple[str, ...]]:
        """Headers by role."""
        ...

    @property
    def extras(self) -> tuple[str, ...]:
        """Headers without a role."""
        ...


def extra_names(tables: Sequence[HasRoles]) -> dict[str, str]:
    """Column names for the headers without a role, none of them the name of a role."""
    headers = dict.fromkeys(header for table in tables for header in table.extras)
    names: dict[str, str] = {}
    lowered = {*ROLES, *_CORE}
    for header in headers:
        name = header.strip() or "unnamed"
        # SQL does not tell Name from name; both are kept.
        while name.lower() in lowered:
            name = f"{name} (column)"
        lowered.add(name.lower())
        names[header] = name
    return names


def stage_tables(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[TableRoles],
    *,
    dates: DateOrder | None,
    zone: str | None,
    epoch: str | None = None,
) -> tuple[dict[str, str], list[str], set[int]]:
    """Make the tables ``entries``, ``attributes`` and ``costs`` out of the raw ones.

    Returns
    -------
    dict
        Header to column name, for the columns without a role.
    list of str
        What to tell about how times were read.
    set of int
        The tables that are as they were read and whose rows have their times as seconds.
    """
    names = extra_names(tables)
    notes: list[str] = []
    parts: dict[str, list[str]] = {ENTRIES: [], ATTRIBUTES: [], COSTS: []}
    plans_of: dict[int, _Plans] = {}
    timed: set[int] = set()
    for index, table in enumerate(tables):
        told = _said(table.raw, "zone", zone)
        if table.shape == "details":
            continue
        if table.shape == "attributes":
            parts[ATTRIBUTES].append(_attributes_sql(table, index, names))
            continue
        plans, kept = _settled(connection, table, dates, told, epoch)
        notes += _time_notes(table, plans, told)
        timed |= {index} if kept and kept.is_all else set()
        if table.shape == "costs":
            plan = next(iter(plans.values()), None)
            comma, doubts = decimal_comma(connection, table.raw)
            notes += doubts
            parts[COSTS].append(costs_sql(table.raw, index, plan, told, with_comma=comma))
            continue
        plans_of[index] = plans
        parts[ENTRIES].append(_entries_sql(table, index, names, plans, told, kept))
    _make_views(connection, parts)
    for index, plans in plans_of.items():
        notes += _doubtful_notes(connection, tables[index], index, plans, zone)
    return names, notes, timed


def _time_value(headers: Sequence[str]) -> str:
    """SQL of the text of a time that stands in one column or in several."""
    if len(headers) == 1:
        return identifier(headers[0])
    first, *rest = (f"trim({identifier(header)})" for header in headers)
    # Spreadsheets write a date alone as the midnight it begins with.
    day = f"regexp_replace({first}, {literal(MIDNIGHT)}, '')"
    return f"concat_ws(' ', {', '.join((day, *rest))})"


def _plans(
    connection: duckdb.DuckDBPyConnection,
    table: TableRoles,
    dates: DateOrder | None,
    epoch: str | None,
) -> dict[tuple[str, ...], DatePlan]:
    """How each time of a table is to be read; undecided ones are looked at in every row."""
    headers = table.roles.get("occurred_at", ())
    if not headers:
        return {}
    groups = [(header,) for header in headers] if table.shape == "wide" else [headers]
    raw = identifier(table.raw.table)
    plans: dict[tuple[str, ...], DatePlan] = {}
    for group in groups:
        plan = table.profiles[group[0]].dates if len(group) == 1 else None
        if plan is None or plan.question == "dates":
            plan = plan_dates(connection, raw, _time_value(group), named_as_date=True)
        plans[group] = plan
    others = (profile.dates for profile in table.profiles.values() if profile.is_date)
    known = [*plans.values(), *(plan for plan in others if plan)]
    for group, plan in plans.items():
        order = cast("DateOrder | None", _said(table.raw, "order", dates))
        told = decided(plan, order, column=" + ".join(group), file=table.raw.file, siblings=known)
        named = next(filter(None, map(header_zone, group)), None)
        plans[group] = _since(table.raw, replace(told, zone=named), epoch)
    return plans


def _since(raw: RawTable, plan: DatePlan, epoch: str | None) -> DatePlan:
    """A plan whose numbers count seconds, whatever their size, where somebody says since when."""
    plan = replace(plan, epoch=_said(raw, "epoch", epoch))
    # What is said of all files doesn't change how a preset reads its own.
    said = raw.known.epoch if raw.known and raw.known.shape else plan.epoch
    has_texts = plan.numbers is None and plan.n_dates > 0
    return replace(plan, numbers="elapsed", question=None) if said and not has_texts else plan


def _make_views(connection: duckdb.DuckDBPyConnection, parts: Mapping[str, Sequence[str]]) -> None:
    for name, found in parts.items():
        if found:
            union = " UNION ALL BY NAME ".join(found)
            connection.execute(f"CREATE VIEW {identifier(name)} AS {union}")


def _settled(
    connection: duckdb.DuckDBPyConnection,
    table: TableRoles,
    dates: DateOrder | None,
    zone: str | None,
    epoch: str | None,
) -> tuple[_Plans, SecondsKept | None]:
    """How each time of a table is to be read, and where they are kept as seconds already."""
    plans = _plans(connection, table, dates, epoch)
    kept = seconds_kept(connection, table, plans, zone)
    if kept and kept.is_all:
        return plans, kept
    return _with_formats(connection, table, plans), kept


def _with_formats(
    connection: duckdb.DuckDBPyConnection, table: TableRoles, plans: _Plans
) -> _Plans:
    """How each time is to be read, with the ways in which a few rows write it."""
    few = sampled(connection, table.raw.table, table.raw.n_rows)
    return {
        group: with_formats(connection, few, _time_value(group), plan)
        for group, plan in plans.items()
    }


def _said(
    raw: RawTable, question: Literal["order", "zone", "epoch"], told: _Answer | None
) -> _Answer | None:
    """What a vendor's documents say of dates, else the user, else what he said before."""
    known = raw.known
    written = None if known is None else cast("_Answer | None", getattr(known, question))
    if known is None or written is None:
        return told
    return (told or written) if known.is_remembered else written


def _time_notes(
    table: TableRoles, plans: Mapping[tuple[str, ...], DatePlan], zone: str | None
) -> list[str]:
    notes: list[str] = []
    if table.shape == "wide" and table.raw.known is None:
        notes.append(unnamed_note(table.raw.file, table.date_headers))
    for group, plan in plans.items():
        column = f"{table.raw.file}, column {' + '.join(group)!r}"
        if plan.order:
            notes.append(f"{column}: dates read {plan.order}.")
        if plan.lacks_zone and plan.zone:
            notes.append(f"{column}: times read in {plan.zone}, as the header says.")
        elif plan.lacks_zone and zone is None:
            notes.append(f"{column}: times carry no zone; read as UTC.")
        if plan.numbers:
            since = (
                f"seconds since {plan.epoch}" if plan.numbers == "elapsed" and plan.epoch else ""
            )
            notes.append(f"{column}: numbers read as {since or _NUMBER_WORDS[plan.numbers]}.")
        if plan.question == "epoch unit":
            notes.append(f"{column}: epoch times in several units, told apart by their size.")
        if plan.months:
            notes.append(f"{column}: months by name read as {plan.months.in_english}.")
        if plan.calendar == "Buddhist":
            notes.append(f"{column}: years of the Buddhist era; read as 543 years earlier.")
    return notes


def _doubtful_notes(
    connection: duckdb.DuckDBPyConnection,
    table: TableRoles,
    index: int,
    plans: _Plans,
    zone: str | None,
) -> list[str]:
    """What a change of the clocks makes doubtful, where there is a zone."""
    notes: list[str] = []
    by_file = _said(table.raw, "zone", zone)
    for position, (group, plan) in enumerate(plans.items()):
        told = plan.zone or by_file
        if told is None:
            continue
        is_part = table.shape == "wide" and not table.raw.n_added
        part = f" AND date_index = {position}" if is_part else ""
        counts = count_doubtful_times(
            connection,
            identifier(table.raw.table),
            _time_value(group),
            plan,
            told,
            read=ENTRIES,
            rows=f"file_index = {index}{part}",
        )
        notes += doubtful_notes(*counts, f"{table.raw.file}, column {' + '.join(group)!r}", told)
    return notes


_NUMBER_WORDS = {
    "epoch": "time since 1970",
    "excel": "Excel dates",
    "compact": "dates written YYYYMMDD",
    "elapsed": "seconds since an unknown start, shown as 1970-01-01; say --epoch DATE for another",
}


def _row_sql(raw: RawTable, index: int, date_index: int) -> list[str]:
    part = "source_part" if raw.n_added else str(date_index)
    return [
        f"{index}::INTEGER AS file_index",
        "source_row::BIGINT AS source_row",
        f"{part}::INTEGER AS date_index",
    ]


def _role_sql(headers: Sequence[str], role: str) -> str:
    """SQL of a role: its column, or the first filled one of several."""
    filled = ", ".join(f"nullif({identifier(header)}, '')" for header in headers)
    value = f"COALESCE({filled})" if len(headers) > 1 else identifier(headers[0])
    return f"{value} AS {identifier(role)}"


def texts_sql(table: HasRoles, names: Mapping[str, str], *, without: Sequence[str]) -> list[str]:
    """SQL of the columns of entries that are text, out of those of a file."""
    roles = [
        _role_sql(headers, role) for role, headers in table.roles.items() if role not in without
    ]
    extras = [f"{identifier(header)} AS {identifier(names[header])}" for header in table.extras]
    return roles + extras


def _entries_sql(
    table: TableRoles,
    index: int,
    names: Mapping[str, str],
    plans: Mapping[tuple[str, ...], DatePlan],
    zone: str | None,
    kept: SecondsKept | None,
) -> str:
    if table.shape == "wide":
        return _wide_sql(table, index, names, plans, zone)
    ((group, plan),) = plans.items()
    selected = _row_sql(table.raw, index, 0) + texts_sql(table, names, without=("occurred_at",))
    if kept and kept.is_all:
        return own_seconds_sql(selected, kept)
    where = where_times(identifier(table.raw.table), _time_value(group), kept)
    return timed_sql(selected, where, plan, zone)


def _wide_sql(
    table: TableRoles,
    index: int,
    names: Mapping[str, str],
    plans: Mapping[tuple[str, ...], DatePlan],
    zone: str | None,
) -> str:
    """Each filled date is an entry; a row without any is one entry, without a time."""
    raw = identifier(table.raw.table)
    headers = [group[0] for group in plans]
    none_filled = " AND ".join(_is_empty(header) for header in headers)
    parts: list[str] = []
    is_known = table.raw.known is not None
    called = {h: h for h in headers} if is_known else touchpoint_names(table.raw.file, headers)
    for position, ((header,), plan) in enumerate(plans.items()):
        selected = [
            *_row_sql(table.raw, index, position),
            *texts_sql(table, names, without=("occurred_at", *_OF_ONE_DATE)),
            *_amounts(table, header, headers),
            f"{literal(called[header])} AS touchpoint",
        ]
        keep = f"NOT ({_is_empty(header)})"
        if position == 0:
            keep = f"{keep} OR ({none_filled})"
        source = f"{raw} WHERE {keep}"
        where = where_times(source, identifier(header), None)
        parts.append(timed_sql(selected, where, plan, zone))
    return " UNION ALL BY NAME ".join(parts)


def _is_empty(header: str) -> str:
    return f"regexp_full_match(trim(coalesce({identifier(header)}, '')), {literal(NO_DATE)})"


def _amounts(table: TableRoles, header: str, headers: Sequence[str]) -> list[str]:
    """Amounts and comments belong to one date of their row, or they would count several times.

    It is the date of the win, else the last one filled.
    """
    order = sorted(headers, key=lambda name: (not decides_won(name), -headers.index(name)))
    before = " AND ".join(_is_empty(name) for name in order[: order.index(header)]) or "true"
    return [
        f"CASE WHEN {before} THEN {identifier(table.roles[role][0])} END AS {identifier(role)}"
        for role in _OF_ONE_DATE
        if role in table.roles
    ]


def _attributes_sql(table: TableRoles, index: int, names: Mapping[str, str]) -> str:
    selected = _row_sql(table.raw, index, 0) + texts_sql(table, names, without=())
    level = next((place for place, key in _LEVELS if key in table.roles), "")
    return (
        f"SELECT {', '.join(selected)}, {literal(level)} AS level "
        f"FROM {identifier(table.raw.table)}"
    )


_LEVELS = (("person", "person_id"), ("account", "account_id"))
