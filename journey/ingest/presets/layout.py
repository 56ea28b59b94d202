"""Which columns a preset makes of those of a table, and the roles of all."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from journey.ingest.columns.synonyms import currency_of, plain
from journey.ingest.formats.table import SOURCE_ROW, RawTable, unique_names
from journey.ingest.presets.headers import HeaderIndex
from journey.ingest.presets.model import Moment, Preset
from journey.ingest.presets.references import (
    Found,
    cells_of,
    column_sql,
    condition_sql,
    filled,
    first_sql,
    resolve,
    resolved,
)
from journey.ingest.sql import identifier, literal
from journey.schema import ROLES

COST = "cost of campaigns: "
"""Begins the names of the columns of costs, until those of the file are gone."""


@dataclass(frozen=True)
class Made:
    """The columns of a table as a preset lays them out.

    Attributes
    ----------
    headers
        All columns, those made after those of the table.
    columns
        SQL of each column made, over the table's own.
    roles
        Columns by role.
    opened
        Columns of the table that are told again by columns made of them.
    """

    headers: tuple[str, ...]
    columns: Mapping[str, str]
    roles: Mapping[str, tuple[str, ...]]
    opened: set[str]
    is_events: bool


class _Layout:
    """Gathers the columns made, each under a name of its own."""

    def __init__(self, table: RawTable) -> None:
        self.own = table.columns
        self.index = HeaderIndex(table.columns)
        self.columns: dict[str, str] = {}
        self.opened: set[str] = set()
        self._name_of: dict[str, str] = {}

    def add(self, name: str, sql: str) -> str:
        """Add a column; return the name that it got."""
        (unique,) = unique_names([name], taken=[*self.own, *self.columns])
        self.columns[unique] = sql
        return unique

    def name_of(self, found: Found) -> str:
        """The column of a reference: one of the table's own, or one made of it."""
        if found.is_column:
            return found.header
        self.opened.add(found.header)
        same = self.index.find(plain(found.name))
        if same is None and found.sql not in self._name_of:
            self._name_of[found.sql] = self.add(found.name, filled(found.sql))
        return same or self._name_of[found.sql]


def lay_out(table: RawTable, preset: Preset) -> Made:
    """Lay out the columns of a table as a preset says."""
    layout = _Layout(table)
    roles: dict[str, tuple[str, ...]] = {}
    for name, column in preset.columns.items():
        # Columns made before may be spoken of too.
        index = HeaderIndex((*table.columns, *layout.columns))
        sql = column_sql(column, index)
        layout.opened.update(cells_of(column, index))
        if sql is not None:
            unique = layout.add(name, sql)
            if name in ROLES:
                roles[name] = (unique,)
    if preset.source_system:
        source = f"'{preset.source_system}'"
        roles["source_system"] = (layout.add("source_system", source),)
    if preset.moments:
        roles["occurred_at"] = _moments(layout, preset.moments)
    for name, references in preset.costs.items():
        sql = first_sql(references, layout.index)
        if sql is not None:
            layout.add(f"{COST}{name}", sql)
    _name_currency(layout, preset)
    for name, references in preset.extras.items():
        _add_extra(layout, name, references)
    roles |= _named_roles(layout, preset)
    if preset.shape == "costs":
        roles = _cost_roles(layout)
    return Made(
        headers=(*table.columns, *layout.columns),
        columns=layout.columns,
        roles={role: headers for role, headers in roles.items() if headers},
        opened=layout.opened,
        is_events=not preset.moments and preset.shape != "wide" and "touchpoint" in roles,
    )


def _name_currency(layout: _Layout, preset: Preset) -> None:
    """Add the currency that the header of the costs names, where no column does."""
    costs = [name for kind in ("cost", "cost_micros") for name in preset.costs.get(kind, ())]
    found = resolved(costs, layout.index)
    code = currency_of(found[0].header) if found else None
    if code and f"{COST}currency" not in layout.columns and "currency" not in preset.columns:
        layout.add(f"{COST}currency", literal(code))


def _cost_roles(layout: _Layout) -> dict[str, tuple[str, ...]]:
    """What stands for a role in a table of costs."""
    named = (
        ("occurred_at", "day"),
        *(("occurred_at", f"{COST}day"), ("campaign", f"{COST}campaign"), ("channel", "channel")),
        *(("cost", f"{COST}cost_micros"), ("cost", f"{COST}cost")),
        ("source_system", "source_system"),
    )
    return {role: (name.removeprefix(COST),) for role, name in named if name in layout.columns}


def _named_roles(layout: _Layout, preset: Preset) -> dict[str, tuple[str, ...]]:
    """Roles by reference; one that a user switched off has no columns."""
    roles: dict[str, tuple[str, ...]] = {}
    for role, references in preset.roles.items():
        headers = [_named(layout, name, preset) for name in references]
        held = {plain(header): header for header in reversed(headers) if header is not None}
        if held or not references:
            roles[role] = tuple(reversed(held.values()))
    return roles


def _named(layout: _Layout, name: str, preset: Preset) -> str | None:
    """The column that a role names: the table's own, one made by the preset, or one made now."""
    if name in preset.columns and name in layout.columns:
        return name
    found = resolve(name, layout.index)
    if found is not None:
        return layout.name_of(found)
    return name if name in layout.columns else None


def _add_extra(layout: _Layout, name: str, references: Sequence[str]) -> None:
    """Add a column under a name that others rely on, unless the table has it already."""
    found = resolved(references, layout.index)
    if not found or (len(found) == 1 and found[0].is_column and plain(found[0].header) == name):
        return
    sql = first_sql(references, layout.index)
    if sql is not None:
        for one in found:
            layout.opened.add(one.header)
        layout.add(name, sql)


def _moments(layout: _Layout, moments: Sequence[Moment]) -> tuple[str, ...]:
    """One column for each touchpoint; several dates of one touchpoint fill in for each other."""
    dates: dict[str, list[str]] = {}
    for moment in moments:
        for words, sql in _dates(layout, moment):
            dates.setdefault(words, []).append(sql)
    return tuple(
        layout.add(words, f"COALESCE({', '.join(found)})") for words, found in dates.items()
    )


def _dates(layout: _Layout, moment: Moment) -> list[tuple[str, str]]:
    """Touchpoint and SQL of each date that a moment stands for."""
    condition = condition_sql(moment.when, layout.index) if moment.when else "true"
    if condition is None:
        return []
    if moment.like is None:
        found = resolved(moment.header, layout.index)
        pairs = [(moment.touchpoint, one.header) for one in found]
    else:
        matches = layout.index.like(moment.like)
        pairs = [(_words(moment.touchpoint, match), match.string) for match in matches]
    layout.opened.update(header for _, header in pairs)
    if moment.once and (key := first_sql([moment.once], layout.index)):
        alike = f"PARTITION BY {key}, {condition} ORDER BY {SOURCE_ROW}"
        condition = f"{condition} AND row_number() OVER ({alike}) = 1"
    return [
        (words, f"CASE WHEN {condition} THEN {filled(identifier(header))} END")
        for words, header in pairs
    ]


def _words(template: str, match: re.Match[str]) -> str:
    """Words of a touchpoint with what was found in a header, underscores read as blanks."""
    return match.expand(template).replace("_", " ").strip()
