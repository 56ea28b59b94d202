"""The role of every column, from its name and from its values.

A name is worth only what its values allow: a ``created_at`` without dates is no time, an
``event`` that is different on every row is an id. What neither says is left to the user.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import duckdb

from journey.errors import ColumnNotFoundError, ValueNotAllowedError
from journey.ingest.channels.tags import is_tag
from journey.ingest.columns.profiles import MOST, Profile, profile_table
from journey.ingest.columns.synonyms import folded, same_columns
from journey.ingest.columns.values import (
    KEY_ROLES,
    SURE,
    allowed,
    changing,
    key_by_values,
    of_wide,
    repeats,
    weak_touchpoint,
)
from journey.ingest.raw import Known, RawTable, Shape
from journey.ingest.times.dates import DateOrder
from journey.ingest.times.row_times import find_times, is_technical
from journey.ingest.times.zones import header_zone
from journey.schema import LEFT_OUT, ROLES

Given = Mapping[str, Sequence[str]]
"""Headers by role, as the user says."""


class Beside(NamedTuple):
    """The columns of a table that was read before, and whether it has touchpoints of its own."""

    headers: tuple[str, ...]
    is_log: bool


@dataclass(frozen=True)
class TableRoles:
    """A raw table with the role of its columns and its shape."""

    raw: RawTable
    shape: Shape
    roles: Mapping[str, tuple[str, ...]]
    confidence: Mapping[str, float]
    profiles: Mapping[str, Profile] = field(repr=False)

    @property
    def date_headers(self) -> tuple[str, ...]:
        """Columns that become touchpoints of a wide table."""
        return self.roles.get("occurred_at", ()) if self.shape == "wide" else ()

    @property
    def is_log(self) -> bool:
        """Whether it has touchpoints that nothing beside it makes facts."""
        return self.shape == "events" or has_moments(self)

    @property
    def extras(self) -> tuple[str, ...]:
        """Columns without a role; those of several ids of a person too, which join each other."""
        if self.shape in ("costs", "details"):
            return ()
        used = {header for headers in self.roles.values() for header in headers}
        ids = self.roles.get("person_id", ())
        several = ids if len(ids) > 1 else ()
        return tuple(name for name in self.raw.columns if name not in used or name in several)

    def question(self, header: str, role: str | None) -> str | None:
        """What values and preset don't tell: ``dates``, ``epoch``, ``epoch unit``, ``zone``."""
        plan, known = self.profiles[header].dates, self.raw.known
        told = known if known and not known.is_remembered else None
        if role == "occurred_at" and self.profiles[header].counts_seconds:
            return None if told and told.epoch else "epoch"
        if role != "occurred_at" or plan is None:
            return None
        if plan.question == "dates":
            return None if (told and told.order) or self.order_elsewhere else "dates"
        if plan.question:
            return plan.question
        has_zone = header_zone(header) or (told and told.zone)
        return "zone" if plan.lacks_zone and not has_zone else None

    @property
    def order_elsewhere(self) -> DateOrder | None:
        """Day or month first, where the values of other date columns of the file agree on it."""
        told: set[DateOrder] = {
            profile.dates.order
            for profile in self.profiles.values()
            if profile.is_date and profile.dates and profile.dates.order
        }
        return told.pop() if len(told) == 1 else None

    @property
    def answers(self) -> dict[str, str]:
        """What the user said of dates of such files before: ``dates``, ``zone`` and ``epoch``."""
        known = self.raw.known
        if known is None or not known.is_remembered:
            return {}
        told = {"dates": known.order, "zone": known.zone, "epoch": known.epoch}
        return {question: answer for question, answer in told.items() if answer is not None}


def assign_roles(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[RawTable],
    given: Given,
    given_by_file: Mapping[str, Given] | None = None,
    *,
    beside: Sequence[Beside] = (),
) -> list[TableRoles]:
    """Find the role of every column of every table.

    Parameters
    ----------
    given
        Headers by role as the user says; a role with no headers is switched off, a header under
        ``left out`` is no longer a column.
    given_by_file
        The same for single files, in place of ``given``.
    beside
        Tables that were read before: which ids these share with them, and whether they are a log.

    Raises
    ------
    ValueNotAllowedError
        For a role that is not known.
    ColumnNotFoundError
        For a header that no file has.
    """
    by_file = given_by_file or {}
    check_told(tables, given, by_file)
    told = [by_file.get(table.file, given) for table in tables]
    pairs = zip(tables, told, strict=True)
    read = [_without(table, said.get(LEFT_OUT, ())) for table, said in pairs]
    profiles = [profile_table(connection, table) for table in read]
    shared = _shared_headers([table.headers for table in beside], read)
    found = [
        _known_roles(table, table.known, profile, said)
        if table.known and table.known.shape
        else _roles_of(connection, table, profile, said, shared)
        for table, profile, said in zip(read, profiles, told, strict=True)
    ]
    if not any(table.is_log for table in (*found, *beside)):
        return found
    pairs = zip(found, told, strict=True)
    return [one if _is_told(one, said) else _as_attributes(one) for one, said in pairs]


def as_the_largest(read: Sequence[TableRoles], told: Mapping[str, Given]) -> dict[str, Given]:
    """How to read tables as the largest with their columns, by file, where they were not.

    Exports cut by month mean the same in each; a few rows may look like something else.

    Parameters
    ----------
    told
        What is said of files; those of which a role is said are left alone.
    """
    groups: dict[tuple[str, ...], list[TableRoles]] = {}
    for table in read:
        is_open = not {*told.get(table.raw.file, {})} - {LEFT_OUT}
        if is_open and not (table.raw.known and table.raw.known.shape):
            groups.setdefault(same_columns(table.raw.columns), []).append(table)
    as_one: dict[str, Given] = {}
    for tables in groups.values():
        first = min(tables, key=lambda one: (-one.raw.n_rows, one.raw.file))
        said = {**dict.fromkeys(ROLES, ()), **first.roles}
        for table in tables:
            here = as_here(said, table.raw.columns)
            if {role: (*headers,) for role, headers in here.items() if headers} != table.roles:
                left = told.get(table.raw.file, {}).get(LEFT_OUT, ())
                as_one[table.raw.file] = {**here, LEFT_OUT: left}
    return as_one


def as_here(
    told: Given, columns: Sequence[str], *, made: Iterable[str] = ()
) -> dict[str, list[str]]:
    """What was said of columns, as far as they are here, in whatever case or order.

    A role whose columns are all gone is open again; one without any stays switched off.

    Parameters
    ----------
    made
        Columns that presets make of others: they may come yet.

    Examples
    --------
    >>> as_here({"account_id": ["Firm"], "stage": ["Step"], "left out": []}, ["firm", "time"])
    {'account_id': ['firm'], 'left out': []}
    """
    own, others = {header: header for header in columns}, set(made)
    for header in columns:
        own.setdefault(folded(header), header)
    here: dict[str, list[str]] = {}
    for role, headers in told.items():
        named = (own.get(h) or own.get(folded(h)) or (h if h in others else None) for h in headers)
        found = [header for header in named if header is not None]
        if found or not headers or role == LEFT_OUT:
            here[role] = found
    return here


def left_out_of(table: RawTable) -> list[str]:
    """The columns of a table that the user leaves out, however he writes them."""
    return as_here(table.told, table.columns).get(LEFT_OUT, [])


def has_moments(table: TableRoles) -> bool:
    """Whether a table has dates of more than its records."""
    return any(not is_technical(header) for header in table.date_headers)


def _is_told(table: TableRoles, said: Given) -> bool:
    """Whether dates of a wide table are touchpoints, by what they are or by who says so."""
    is_known = table.raw.known is not None or "occurred_at" in said
    return table.shape != "wide" or is_known or has_moments(table)


def _as_attributes(table: TableRoles) -> TableRoles:
    """A table with dates of its record alone, which stands beside a log: facts, no touchpoints."""
    roles = {role: headers for role, headers in table.roles.items() if role != "occurred_at"}
    return replace(table, shape="attributes", roles=roles)


def _without(table: RawTable, headers: Sequence[str]) -> RawTable:
    return replace(table, columns=tuple(name for name in table.columns if name not in headers))


def check_told(
    tables: Sequence[RawTable], given: Given, given_by_file: Mapping[str, Given]
) -> None:
    """Refuse what is said of roles, files and headers that are not there.

    Raises
    ------
    ValueNotAllowedError, ColumnNotFoundError
        As for :func:`assign_roles`.
    """
    files = [table.file for table in tables]
    for file in given_by_file:
        if file not in files:
            raise ValueNotAllowedError.among(file, files, what="The file of a column")
    _check_given([table for table in tables if table.file not in given_by_file], given)
    for table in tables:
        _check_given([table], given_by_file.get(table.file, {}))


def _check_given(tables: Sequence[RawTable], given: Given) -> None:
    every = [header for table in tables for header in table.columns]
    files = ", ".join(dict.fromkeys(table.file for table in tables))
    for role, headers in given.items():
        if role not in (*ROLES, LEFT_OUT):
            raise ValueNotAllowedError.among(role, (*ROLES, LEFT_OUT), what="The role of a column")
        for header in headers:
            if header not in every:
                raise ColumnNotFoundError.among(header, every, where=files)


def _shared_headers(beside: Sequence[Sequence[str]], tables: Sequence[RawTable]) -> Counter[str]:
    """In how many tables each header stands; those with the same columns are one export, cut."""
    kinds = {frozenset(headers) for headers in (*beside, *(table.columns for table in tables))}
    return Counter(header for headers in kinds for header in headers)


def _roles_of(
    connection: duckdb.DuckDBPyConnection,
    raw: RawTable,
    profiles: Mapping[str, Profile],
    given: Given,
    shared: Mapping[str, int],
) -> TableRoles:
    """Ids first, then what and when, which give the shape, then the rest."""
    roles, confidence = _given_here(raw, given)
    open_roles = [role for role in ROLES if role not in given]
    named_roles = _best_names(profiles, open_roles, roles, shared)
    for role in KEY_ROLES:
        _take(roles, confidence, role, named_roles)
    if not any(role in roles for role in KEY_ROLES) and "account_id" not in given:
        _take(roles, confidence, "account_id", key_by_values(profiles, shared, roles))
    keys = [headers[0] for role, headers in roles.items() if role in KEY_ROLES]
    is_repeated = bool(keys) and repeats(connection, raw, _deal_or(keys[0], roles, profiles))
    if "touchpoint" not in given:
        # A vague name alone makes no events of facts about people.
        found = named_roles if named_roles.get("touchpoint", ("", 0.0))[1] >= SURE else {}
        has_dates = any(profile.is_date for profile in profiles.values())
        if not found and is_repeated and has_dates:
            found = weak_touchpoint(connection, raw, profiles, roles, keys[0])
        if has_dates or "occurred_at" in given or found.get("touchpoint", ("", 0.0))[1] > MOST:
            _take(roles, confidence, "touchpoint", found)
    if is_repeated and "touchpoint" in roles:
        named_roles |= changing(connection, raw, profiles, keys[0], named_roles)
    shape: Shape = "events" if "touchpoint" in roles else "wide"
    if "occurred_at" not in given:
        times = find_times(connection, raw, profiles, roles, named_roles)
        roles |= {"occurred_at": tuple(times)} if times else {}
        confidence |= times
    if shape == "wide" and "occurred_at" not in roles:
        shape = "attributes"
    for role in {"events": open_roles, "wide": of_wide(roles)}.get(shape, ()):
        _take(roles, confidence, role, named_roles)
    return TableRoles(raw, shape, roles, confidence, profiles)


def _deal_or(
    key: str, roles: Mapping[str, tuple[str, ...]], profiles: Mapping[str, Profile]
) -> str:
    """The id that tells whether rows are events: that of the deal, where all rows have one."""
    deal = roles.get("opportunity_id", (key,))[0]
    return deal if profiles[deal].filled_share > MOST else key


def _known_roles(
    raw: RawTable, known: Known, profiles: Mapping[str, Profile], given: Given
) -> TableRoles:
    """Roles as a preset says; what the user says goes first."""
    roles, confidence = _given_here(raw, given)
    taken = {header for headers in roles.values() for header in headers}
    for role, headers in known.roles.items():
        left = tuple(name for name in headers if name in raw.columns and name not in taken)
        if role not in given and left:
            roles[role] = left
            # Of several columns for a role the first goes first, so it is the surest.
            confidence |= {h: round(known.confidence - 0.01 * i, 2) for i, h in enumerate(left)}
    shape: Shape = "attributes"
    if known.shape in ("costs", "details") and not given.get("touchpoint"):
        shape = known.shape
    elif "touchpoint" in roles:
        shape = "events"
    elif "occurred_at" in roles:
        shape = "wide"
    return TableRoles(raw, shape, roles, confidence, profiles)


def _given_here(raw: RawTable, given: Given) -> tuple[dict[str, tuple[str, ...]], dict[str, float]]:
    roles: dict[str, tuple[str, ...]] = {}
    confidence: dict[str, float] = {}
    for role, headers in given.items():
        here = tuple(header for header in headers if header in raw.columns)
        if here:
            roles[role] = here
            confidence |= dict.fromkeys(here, 1.0)
    return roles, confidence


def _take(
    roles: dict[str, tuple[str, ...]],
    confidence: dict[str, float],
    role: str,
    found: Mapping[str, tuple[str, float]],
) -> None:
    """Give a role to the column found for it, unless it has one."""
    if role in found and role not in roles:
        header, score = found[role]
        roles[role] = (header,)
        confidence[header] = round(score, 2)


def _best_names(
    profiles: Mapping[str, Profile],
    open_roles: Sequence[str],
    roles: Mapping[str, tuple[str, ...]],
    shared: Mapping[str, int],
) -> dict[str, tuple[str, float]]:
    """One column per role and one role per column, the surest pairs first."""
    used = {header for headers in roles.values() for header in headers}
    pairs: list[tuple[float, int, str, str]] = []
    for position, (header, profile) in enumerate(profiles.items()):
        for role in open_roles:
            score = profile.named(role) * allowed(profile, role)
            # Of two names for an id, the one that other files have too joins them.
            bonus = 0.2 * (shared[header] > 1) if role in KEY_ROLES and score else 0.0
            # Sources and mediums become channels by the rules.
            is_told_later = role == "channel" and is_tag(header, list(profiles))
            if header not in used and score > 0 and not is_told_later:
                pairs.append((-(score + bonus), position, role, header))
        if profile.email_share > MOST and "person_id" in open_roles:
            pairs.append((-0.8, position, "person_id", header))
    best: dict[str, tuple[str, float]] = {}
    for negative, _, role, header in sorted(pairs):
        if role not in best and header not in used:
            best[role] = (header, min(-negative, 1.0))
            used.add(header)
    return best
