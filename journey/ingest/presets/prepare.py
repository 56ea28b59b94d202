"""Raw tables made ready for the roles of their columns, as their presets say."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, Literal, cast

import duckdb

from journey.ingest.columns.preset_choice import NO_PRESET, Presets
from journey.ingest.columns.roles import left_out_of
from journey.ingest.costs import COST_COLUMNS
from journey.ingest.formats.held import put_in_place
from journey.ingest.formats.table import (
    SOURCE_PART,
    SOURCE_ROW,
    Aside,
    Known,
    RawTable,
)
from journey.ingest.presets.braces import has_braces
from journey.ingest.presets.changes import as_changes
from journey.ingest.presets.closings import with_closings
from journey.ingest.presets.details import join_details
from journey.ingest.presets.files import built_in, chosen, own_presets
from journey.ingest.presets.fitting import finds_nobody, with_left_out
from journey.ingest.presets.flags import as_flagged
from journey.ingest.presets.headers import CONNECTOR, HeaderIndex, recognise
from journey.ingest.presets.layout import COST, Made, lay_out
from journey.ingest.presets.links import split_links
from journey.ingest.presets.literals import as_json
from journey.ingest.presets.model import Preset
from journey.ingest.presets.nested import not_looked_into, unfold_events
from journey.ingest.presets.objects import open_objects
from journey.ingest.presets.purchases import as_purchases
from journey.ingest.presets.references import condition_sql, filled, first_sql, resolved
from journey.ingest.presets.unfold import a_row_each
from journey.ingest.sql import identifier, literal
from journey.report import MOST_EXAMPLES
from journey.schema import REQUIRED_ROLES

_SHOWN: Final = 120
_TICKS: Final = {"s": 1_000_000, "ms": 1_000, "us": 1}


def _allowed(choice: Presets, file: str) -> tuple[Preset, ...]:
    """Presets that may recognise a file."""
    name = choice.name_for(file)
    if name == NO_PRESET:
        return ()
    every = (*own_presets(Path(choice.folder) if choice.folder else None), *built_in())
    return (chosen(name, every),) if name else every


def prepare_tables(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[RawTable],
    choice: Presets,
    *,
    named: Mapping[str, Sequence[str]] | None = None,
    keep_repeats: bool = False,
) -> list[RawTable]:
    """Recognise tables and make them ready.

    Parameters
    ----------
    tables
        As read; a table that no preset recognises is given back as it is.
    named
        Headers by file that the user speaks of: they are read whatever a preset says.
    keep_repeats
        The user wants every row, repeated or not.

    Returns
    -------
    list of RawTable
        In the same order; a table that also tells who is who is followed by one of that.

    Raises
    ------
    PresetError
        If a preset is named that is not there, or one can't be read.
    """
    ready: list[RawTable] = []
    presets: dict[str, Preset] = {}
    for table in tables:
        spoken_of = (named or {}).get(table.file, ())
        read = as_json(connection, table)
        preset, made = _made_ready(connection, read, choice, spoken_of, keep_repeats=keep_repeats)
        if preset is not None:
            presets[table.table] = preset
        ready += made
    return join_details(connection, ready, presets)


def _made_ready(
    connection: duckdb.DuckDBPyConnection,
    table: RawTable,
    choice: Presets,
    spoken_of: Sequence[str],
    *,
    keep_repeats: bool,
) -> tuple[Preset | None, list[RawTable]]:
    """The preset that maps a table, if one does, and what becomes of the table."""
    found = recognise(_allowed(choice, table.file), table.columns)
    if found and not choice.name_for(table.file) and finds_nobody(connection, table, found[0]):
        found = None
    if found is None or _is_overruled(found[0], table, spoken_of):
        if found is None and choice.name_for(table.file) != NO_PRESET:
            table = _told_by_headers(connection, table, spoken_of, keep_repeats=keep_repeats)
        return None, [table]
    preset, confidence = found
    if preset.is_own and not preset.extends:
        # What the user confirmed may speak of the columns made for him then.
        spoken = [name for names in preset.roles.values() for name in names]
        table = _told_by_headers(connection, table, spoken, keep_repeats=keep_repeats)
    if not _is_mapped(preset):
        return None, [replace(table, known=_known(preset, confidence, {}))]
    return preset, _prepared(
        connection, table, preset, confidence, spoken_of, keep_repeats=keep_repeats
    )


def _told_by_headers(
    connection: duckdb.DuckDBPyConnection,
    table: RawTable,
    named: Sequence[str],
    *,
    keep_repeats: bool,
) -> RawTable:
    """A table of no known vendor, its objects opened, its purchases or deals made ready.

    Where the user speaks of its own columns alone, rows mean what he says.
    """
    if has_braces(connection, table):
        table = open_objects(connection, unfold_events(connection, table, named), named)
        nested = not_looked_into(connection, table, table.columns)
        table = replace(table, notes=(*table.notes, *nested))
    if named and {*named} <= {*table.columns}:
        return table
    made = as_changes(connection, table)
    if made is table:
        made = as_purchases(connection, table, keep_repeats=keep_repeats)
    made = as_flagged(connection, table) if made is table else made
    return with_closings(connection, table) if made is table else made


def _is_overruled(preset: Preset, table: RawTable, named: Sequence[str]) -> bool:
    """The user speaks of a file's own columns, which a table of costs no longer has."""
    own = {*table.columns} - {*COST_COLUMNS}
    return preset.shape == "costs" and bool(own & {*named})


def _is_mapped(preset: Preset) -> bool:
    """A preset says more than how dates are written."""
    return preset.shape is not None or bool(preset.roles or preset.set_aside)


def _prepared(
    connection: duckdb.DuckDBPyConnection,
    table: RawTable,
    preset: Preset,
    confidence: float,
    named: Sequence[str],
    *,
    keep_repeats: bool,
) -> list[RawTable]:
    table = replace(table, told=with_left_out(table, preset))
    base = a_row_each(connection, table, preset)
    made = lay_out(base, preset)
    _write(connection, base, made, preset)
    shut = [name for name in base.columns if name not in made.opened]
    nested = not_looked_into(connection, base, shut)
    base, linked = split_links(connection, base, preset)
    aside = _set_aside(connection, base, made, preset)
    if preset.dedupe and not keep_repeats:
        aside += _merge(connection, base, made, preset)
    if preset.shape == "costs":
        made = _only_costs(connection, base, made)
    several = _several(connection, base, preset)
    empty = _empty(connection, base, made.headers)
    roles = _filled_roles(made, empty)
    used = {header for headers in roles.values() for header in headers}
    hidden = (_hidden(made, preset) | empty) - used - set(named)
    n_empty = len(empty & set(table.columns) & hidden)
    ready = replace(
        base,
        columns=tuple(name for name in made.headers if name not in hidden),
        n_rows=_count(connection, base.table),
        notes=(*base.notes, *_notes(preset, n_empty), *several, *nested),
        aside=(*base.aside, *aside),
        known=_known(preset, confidence, roles),
    )
    return [ready, *linked]


def _known(preset: Preset, confidence: float, roles: Mapping[str, tuple[str, ...]]) -> Known:
    built = {base.name: base.dates for base in built_in()}
    own = preset.dates
    documented = built.get(preset.extends or preset.name)
    return Known(
        preset=preset.name,
        title=preset.title,
        confidence=confidence,
        shape=preset.shape or (_shape_of(roles) if roles else None),
        roles=roles,
        order=cast("Literal['day-first', 'month-first'] | None", own.order),
        zone=own.zone,
        epoch=own.epoch,
        is_remembered=preset.is_own and (documented is None or documented != own),
    )


def _shape_of(roles: Mapping[str, Any]) -> Literal["events", "wide", "attributes"]:
    if "touchpoint" in roles:
        return "events"
    return "wide" if "occurred_at" in roles else "attributes"


def _write(
    connection: duckdb.DuckDBPyConnection, table: RawTable, made: Made, preset: Preset
) -> None:
    """Replace a raw table by one with the columns made of its own."""
    numbers = [SOURCE_ROW, *([SOURCE_PART] if table.n_added else [])]
    index = HeaderIndex(table.columns)
    cells = [f"{_kept_sql(name, preset, index)} AS {identifier(name)}" for name in table.columns]
    made_of = [f"{sql} AS {identifier(name)}" for name, sql in made.columns.items()]
    inner = f"SELECT {', '.join([*numbers, *cells])} FROM {identifier(table.table)}"
    ready = f"{table.table}_ready"
    connection.execute(
        f"CREATE TABLE {identifier(ready)} AS SELECT {', '.join(['*', *made_of])} FROM ({inner})"
    )
    times = set(made.roles.get("occurred_at", ()))
    since = index.find(preset.dates.since) if preset.dates.since else None
    if preset.dates.unit:
        for header in sorted(times, key=lambda name: name == since):
            unit = "s" if header == since else preset.dates.unit
            sql = _epoch_sql(identifier(header), unit, identifier(since or header))
            connection.execute(f"UPDATE {identifier(ready)} SET {identifier(header)} = {sql}")
    put_in_place(connection, ready, table.table)


def _kept_sql(header: str, preset: Preset, index: HeaderIndex) -> str:
    """SQL of a column as it stands, without the words that the vendor writes for nothing."""
    cell = identifier(header)
    words = [
        word
        for name, found in preset.nothing.items()
        if name == "*" or index.find(name) == header
        for word in found
    ]
    if not words:
        return cell
    listed = ", ".join(literal(word.lower()) for word in words)
    return f"CASE WHEN lower(trim({cell})) NOT IN ({listed}) THEN {cell} END"


def _epoch_sql(cell: str, unit: str, since: str) -> str:
    """SQL of a time, its bare numbers read in a unit, since 1970 or since another time."""
    number = f"TRY_CAST({cell} AS DECIMAL(38, 9))"
    ticks = f"{number} / 1000" if unit == "ns" else f"{number} * {_TICKS[unit]}"
    if since != cell:
        number = f"TRY_CAST({since} AS DECIMAL(38, 9))"
        ticks = f"{number} * {_TICKS['s']} + coalesce({ticks}, 0)"
    time = f"strftime(make_timestamp(floor({ticks})::BIGINT), '%Y-%m-%d %H:%M:%S.%f') || '+00:00'"
    return f"CASE WHEN {number} IS NULL THEN {cell} ELSE TRY({time}) END"


def _set_aside(
    connection: duckdb.DuckDBPyConnection, table: RawTable, made: Made, preset: Preset
) -> list[Aside]:
    """Take out rows that are no touchpoints; a rule that would leave none is not used."""
    index = HeaderIndex(made.headers)
    aside: list[Aside] = []
    for rule in preset.set_aside:
        condition = condition_sql(rule.when, index)
        if condition is None:
            continue
        ((n_left,),) = connection.execute(
            f"SELECT count(*) FILTER (NOT ({condition})) FROM {identifier(table.table)}"
        ).fetchall()
        if n_left:
            shown = [one.header for one in resolved(list(rule.when), index)]
            aside += _taken(connection, table, condition, "set aside", rule.reason, shown)
    return aside


def _merge(
    connection: duckdb.DuckDBPyConnection, table: RawTable, made: Made, preset: Preset
) -> list[Aside]:
    """Take out rows that tell the same again; the first stays."""
    if preset.dedupe is None:
        return []
    keys = resolved(preset.dedupe.by, HeaderIndex(made.headers))
    if not keys:
        return []
    listed = ", ".join(key.sql for key in keys)
    are_there = " OR ".join(f"{filled(key.sql)} IS NOT NULL" for key in keys)
    order = f"{SOURCE_ROW}{f', {SOURCE_PART}' if table.n_added else ''}"
    repeats = (
        f"rowid IN (SELECT rowid FROM (SELECT rowid, row_number() OVER (PARTITION BY {listed} "
        f"ORDER BY {order}) AS n FROM {identifier(table.table)} WHERE {are_there}) WHERE n > 1)"
    )
    shown = [key.header for key in keys]
    return _taken(connection, table, repeats, "merged", preset.dedupe.reason, shown)


def _taken(
    connection: duckdb.DuckDBPyConnection,
    table: RawTable,
    condition: str,
    action: Literal["set aside", "merged"],
    reason: str,
    shown: Sequence[str],
) -> list[Aside]:
    """Count rows, keep the first as examples without what is left out, and delete them."""
    left_out, name = left_out_of(table), identifier(table.table)
    texts = ", ".join(identifier(h) for h in dict.fromkeys(shown) if h not in left_out) or "''"
    rows = connection.execute(
        f"SELECT {SOURCE_ROW}, left(concat_ws(', ', {texts}), {_SHOWN}), count(*) OVER () "
        f"FROM {name} WHERE {condition} ORDER BY {SOURCE_ROW} LIMIT {MOST_EXAMPLES}"
    ).fetchall()
    if not rows:
        return []
    connection.execute(f"DELETE FROM {name} WHERE {condition}")
    examples = tuple((int(row), str(text)) for row, text, _ in rows)
    return [Aside(action, reason, int(rows[0][2]), examples)]


def _only_costs(connection: duckdb.DuckDBPyConnection, table: RawTable, made: Made) -> Made:
    """Leave a table of costs nothing but its columns of costs, under their own names."""
    names = {name: name.removeprefix(COST) for name in made.columns}
    cells = ", ".join(f"{identifier(name)} AS {identifier(to)}" for name, to in names.items())
    costs = f"{table.table}_costs"
    connection.execute(
        f"CREATE TABLE {identifier(costs)} AS SELECT {SOURCE_ROW}, {cells} "
        f"FROM {identifier(table.table)}"
    )
    put_in_place(connection, costs, table.table)
    headers = tuple(names.values())
    return replace(made, headers=headers, columns=dict.fromkeys(headers, ""), opened=set())


def _empty(
    connection: duckdb.DuckDBPyConnection, table: RawTable, columns: Sequence[str]
) -> set[str]:
    """The columns without any value."""
    counts = ", ".join(f"count({filled(identifier(column))})" for column in columns)
    row = connection.execute(f"SELECT {counts} FROM {identifier(table.table)}").fetchall()[0]
    return {column for column, n in zip(columns, row, strict=True) if not n}


def _notes(preset: Preset, n_empty: int) -> list[str]:
    """What was recognised and left out."""
    notes = [f"recognised as {preset.title}"]
    return notes + ([f"{n_empty:,} empty columns left out"] if n_empty else [])


def _several(connection: duckdb.DuckDBPyConnection, table: RawTable, preset: Preset) -> list[str]:
    """Say of how many rows only the first of several ids in a cell counts."""
    notes: list[str] = []
    index = HeaderIndex(table.columns)
    for column in preset.columns.values():
        cell = first_sql(column.first, index) if column.lists else None
        if cell is None:
            continue
        ((n_rows,),) = connection.execute(
            f"SELECT count(*) FILTER (regexp_matches({cell}, ';\\s*[^;\\s]')) "
            f"FROM {identifier(table.table)}"
        ).fetchall()
        if n_rows:
            are = "row names" if n_rows == 1 else "rows name"
            notes.append(f"{n_rows:,} {are} several {column.lists}; the first counts")
    return notes


def _filled_roles(made: Made, empty: set[str]) -> dict[str, tuple[str, ...]]:
    """Roles whose columns have values; of several columns for a time of events, the first."""
    roles: dict[str, tuple[str, ...]] = {}
    for role, headers in made.roles.items():
        held = tuple(header for header in headers if header not in empty)
        if role in REQUIRED_ROLES:
            # Without any value it stays, so that each row says what it lacks.
            held = held or headers[:1]
        if held:
            roles[role] = held[:1] if role == "occurred_at" and made.is_events else held
    return roles


def _hidden(made: Made, preset: Preset) -> set[str]:
    """Columns that say nothing more: a connector's own, those opened, those told again."""
    index = HeaderIndex(made.headers)
    return made.opened | index.matching([*CONNECTOR, *preset.left_out])


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    ((n_rows,),) = connection.execute(f"SELECT count(*) FROM {identifier(table)}").fetchall()
    return int(n_rows)
