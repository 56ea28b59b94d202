"""What a preset says of a vendor's export; read from one small TOML file.

``docs/presets.md`` describes the file for contributors.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NoReturn, cast

from journey.errors import PresetError, ValueNotAllowedError, choices
from journey.ingest.costs import COST_COLUMNS
from journey.ingest.formats.table import SHAPES, Shape
from journey.ingest.told import check_epoch
from journey.schema import ROLES

Conditions = Mapping[str, tuple[str, ...]]
"""Values allowed by reference, without regard to case; ``total*`` is what begins so."""

_KEYS: Final = (
    *("title", "source_system", "shape", "extends", "headers", "roles", "extras", "columns"),
    *("moments", "set_aside", "dedupe", "dates", "nothing", "unpivot", "unnest", "links"),
    *("describes", "left_out", "costs"),
)
_ORDERS: Final = ("day-first", "month-first")
UNITS: Final = ("s", "ms", "us", "ns")


@dataclass(frozen=True)
class Headers:
    """By which headers a file is recognised, all written as :func:`plain` writes them.

    ``no_role`` names roles: a file with a header that names one of them is something else.
    """

    required: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    no_role: tuple[str, ...] = ()
    exactly: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column made of others: the first that is filled, or words; then narrowed and renamed.

    ``lists`` is what its cells may name several of, with ``;`` between; the first counts.
    ``otherwise`` stands where nothing is filled, ``divided_by`` makes amounts of their parts.
    """

    first: tuple[str, ...] = ()
    words: str | None = None
    when: Conditions = field(default_factory=dict[str, tuple[str, ...]])
    matches: str | None = None
    not_matches: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    lists: str | None = None
    otherwise: str | None = None
    divided_by: int | None = None


@dataclass(frozen=True)
class Moment:
    """A date of a wide file that is a touchpoint, and what that is called.

    Of rows that are alike in what ``once`` refers to, the first alone has it.
    """

    touchpoint: str
    header: tuple[str, ...] = ()
    like: str | None = None
    once: str | None = None
    when: Conditions = field(default_factory=dict[str, tuple[str, ...]])


@dataclass(frozen=True)
class Rule:
    """Rows that are no touchpoints, and why."""

    reason: str
    when: Conditions


@dataclass(frozen=True)
class Repeats:
    """Columns by which rows that tell the same again are known."""

    by: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Dates:
    """How the times of an export are written.

    With ``since`` they count from the time in the column of that name, in seconds since 1970; else
    mere seconds count from ``epoch``.
    """

    order: str | None = None
    unit: str | None = None
    zone: str | None = None
    since: str | None = None
    epoch: str | None = None


@dataclass(frozen=True)
class Links:
    """Ids that are another person's from now on.

    ``column`` is what to call them. Rows that meet ``when`` say nothing else and go; with no
    condition all rows stay.
    """

    when: Conditions
    person: str
    same_as: tuple[str, ...]
    column: str


@dataclass(frozen=True)
class Details:
    """Rows that add columns to those of another export, found by a common key."""

    preset: str
    by: str


@dataclass(frozen=True)
class Preset:
    """A vendor's export: how it is recognised, and what its columns mean.

    Attributes
    ----------
    name
        Name of the file without its ending.
    is_own
        Saved by the user, not one of Portolan's.
    """

    name: str
    title: str
    shape: Shape | None
    headers: Headers
    is_own: bool = False
    extends: str | None = None
    source_system: str | None = None
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    extras: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    columns: Mapping[str, Column] = field(default_factory=dict[str, Column])
    moments: tuple[Moment, ...] = ()
    set_aside: tuple[Rule, ...] = ()
    dedupe: Repeats | None = None
    dates: Dates = field(default_factory=Dates)
    nothing: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    unpivot: str | None = None
    unnest: str | None = None
    links: Links | None = None
    describes: Details | None = None
    left_out: tuple[str, ...] = ()
    costs: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


def parse_preset(text: str, *, name: str, is_own: bool = False) -> Preset:
    r"""Read a preset from the text of its file.

    Raises
    ------
    PresetError
        Where the text is no TOML, has a key that is not known or a value of the wrong kind.

    Examples
    --------
    >>> text = 'title = "Shop"\nshape = "attributes"\n[headers]\nrequired = ["shop_id"]\n'
    >>> parse_preset(text, name="shop").headers.required
    ('shop_id',)
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PresetError(f"The preset {name} is not valid TOML: {error}.") from error
    return _Reader(name).preset(document, is_own=is_own)


class _Reader:
    """Turns the tables of one file into a preset, and says what is wrong with them."""

    def __init__(self, name: str) -> None:
        self.name = name

    def preset(self, told: dict[str, Any], *, is_own: bool) -> Preset:
        self.known(told, _KEYS, "")
        made = Preset(
            name=self.name,
            title=self.text(told, "title", "") or self.name,
            shape=cast("Shape | None", self.among(told, "shape", SHAPES, "")),
            headers=Headers(**self.lists(told, "headers", Headers)),
            is_own=is_own,
            extends=self.text(told, "extends", ""),
            source_system=self.text(told, "source_system", ""),
            roles=self.references(told, "roles", ROLES),
            extras=self.references(told, "extras", None),
            columns={name: self.column(name, t) for name, t in self.table(told, "columns").items()},
            moments=tuple(self.moment(entry) for entry in self.tables(told, "moments")),
            set_aside=tuple(self.rule(entry) for entry in self.tables(told, "set_aside")),
            dedupe=self.repeats(told),
            dates=self.dates(told),
            nothing=self.references(told, "nothing", None),
            unpivot=self.text(told, "unpivot", ""),
            unnest=self.text(told, "unnest", ""),
            links=self.links(told),
            describes=self.details(told),
            left_out=self.words(told.get("left_out", ()), "left_out"),
            costs=self.references(told, "costs", COST_COLUMNS),
        )
        if not (made.headers.required or made.headers.exactly):
            self.refuse("[headers] names no header. Give required = [...]")
        self.known(dict.fromkeys(made.headers.no_role), ROLES, "headers.no_role")
        return made

    def column(self, name: str, told: Any) -> Column:
        place = f"columns.{name}"
        entry = self.a_table(told, place)
        self.known(entry, tuple(Column.__dataclass_fields__), place)
        column = Column(
            first=self.words(entry.get("first", ()), place),
            words=self.text(entry, "words", place),
            when=self.conditions(entry, place),
            matches=self.pattern(entry, "matches", place),
            not_matches=self.pattern(entry, "not_matches", place),
            labels={key: str(words) for key, words in self.table(entry, "labels", place).items()},
            lists=self.text(entry, "lists", place),
            otherwise=self.text(entry, "otherwise", place),
            divided_by=self.number(entry, "divided_by", place),
        )
        if bool(column.first) == bool(column.words):
            self.refuse(f"[{place}] needs either first = [...] or words = '...'")
        return column

    def moment(self, told: dict[str, Any]) -> Moment:
        self.known(told, tuple(Moment.__dataclass_fields__), "moments")
        moment = Moment(
            touchpoint=self.text(told, "touchpoint", "moments") or "",
            header=self.words(told.get("header", ()), "moments"),
            like=self.pattern(told, "like", "moments"),
            once=self.text(told, "once", "moments"),
            when=self.conditions(told, "moments"),
        )
        if not moment.touchpoint or bool(moment.header) == bool(moment.like):
            self.refuse("[[moments]] needs a touchpoint and either header or like")
        return moment

    def rule(self, told: dict[str, Any]) -> Rule:
        self.known(told, ("reason", "when"), "set_aside")
        reason, when = self.text(told, "reason", "set_aside"), self.conditions(told, "set_aside")
        if not reason or not when:
            self.refuse("[[set_aside]] needs a reason and when = {header = [values]}")
        return Rule(reason, when)

    def repeats(self, told: dict[str, Any]) -> Repeats | None:
        entry = self.table(told, "dedupe")
        self.known(entry, ("by", "reason"), "dedupe")
        by, reason = self.words(entry.get("by", ()), "dedupe"), self.text(entry, "reason", "dedupe")
        return Repeats(by, reason or "exact repeat") if by else None

    def dates(self, told: dict[str, Any]) -> Dates:
        entry = self.table(told, "dates")
        self.known(entry, tuple(Dates.__dataclass_fields__), "dates")
        return Dates(
            order=self.among(entry, "order", _ORDERS, "dates"),
            unit=self.among(entry, "unit", UNITS, "dates"),
            zone=self.text(entry, "zone", "dates"),
            since=self.text(entry, "since", "dates"),
            epoch=self.epoch(entry),
        )

    def epoch(self, entry: dict[str, Any]) -> str | None:
        said = self.text(entry, "epoch", "dates")
        try:
            return None if said is None else check_epoch(said)
        except ValueNotAllowedError as error:
            self.refuse(f"dates.epoch: {error}")

    def links(self, told: dict[str, Any]) -> Links | None:
        entry = self.table(told, "links")
        if not entry:
            return None
        self.known(entry, tuple(Links.__dataclass_fields__), "links")
        person, column = (self.text(entry, key, "links") for key in ("person", "column"))
        same = self.words(entry.get("same_as", ()), "links.same_as")
        if not (person and same and column):
            self.refuse("[links] needs person, same_as and column")
        return Links(self.conditions(entry, "links"), person, same, column)

    def details(self, told: dict[str, Any]) -> Details | None:
        entry = self.table(told, "describes")
        if not entry:
            return None
        self.known(entry, ("preset", "by"), "describes")
        preset, by = (self.text(entry, key, "describes") for key in ("preset", "by"))
        if not preset or not by:
            self.refuse("[describes] needs preset and by")
        return Details(preset, by)

    def conditions(self, told: dict[str, Any], place: str) -> Conditions:
        when = self.table(told, "when", place)
        return {key: self.words(values, f"{place}, when") for key, values in when.items()}

    def references(
        self, told: dict[str, Any], key: str, allowed: tuple[str, ...] | None
    ) -> dict[str, tuple[str, ...]]:
        table = self.table(told, key)
        if allowed is not None:
            self.known(table, allowed, key)
        return {name: self.words(value, f"{key}.{name}") for name, value in table.items()}

    def lists(self, told: dict[str, Any], key: str, kind: type) -> dict[str, tuple[str, ...]]:
        table = self.table(told, key)
        self.known(table, tuple(kind.__dataclass_fields__), key)
        return {name: self.words(value, f"{key}.{name}") for name, value in table.items()}

    def words(self, value: Any, place: str) -> tuple[str, ...]:
        items = (value,) if isinstance(value, str) else value
        if not isinstance(items, list | tuple) or not all(
            isinstance(item, str) for item in cast("list[Any]", items)
        ):
            self.refuse(f"{place} is {value!r}; a word or a list of words is needed")
        return tuple(cast("list[str]", items))

    def text(self, table: dict[str, Any], key: str, place: str) -> str | None:
        value = table.get(key)
        if value is not None and not (isinstance(value, str) and value.strip()):
            self.refuse(f"{_at(place, key)} is {value!r}; words are needed")
        return value

    def number(self, table: dict[str, Any], key: str, place: str) -> int | None:
        value = table.get(key)
        if value is not None and not (isinstance(value, int) and value > 0):
            self.refuse(f"{_at(place, key)} is {value!r}; a number above 0 is needed")
        return value

    def pattern(self, table: dict[str, Any], key: str, place: str) -> str | None:
        value = self.text(table, key, place)
        if value is not None:
            try:
                re.compile(value)
            except re.error as error:
                self.refuse(f"{_at(place, key)} is {value!r}, no regular expression ({error})")
        return value

    def among(
        self, table: dict[str, Any], key: str, allowed: tuple[str, ...], place: str
    ) -> str | None:
        value = table.get(key)
        if value is not None and value not in allowed:
            self.refuse(f"{_at(place, key)} is {value!r}. {choices(str(value), allowed)}")
        return value

    def table(self, told: dict[str, Any], key: str, place: str = "") -> dict[str, Any]:
        return self.a_table(told.get(key, {}), _at(place, key))

    def a_table(self, value: Any, place: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.refuse(f"{place} is {value!r}; a table of keys is needed")
        return cast("dict[str, Any]", value)

    def tables(self, told: dict[str, Any], key: str) -> list[dict[str, Any]]:
        value = told.get(key, [])
        if not isinstance(value, list):
            self.refuse(f"{key} is {value!r}; a list of [[{key}]] is needed")
        return [self.a_table(entry, key) for entry in cast("list[Any]", value)]

    def known(self, table: dict[str, Any], allowed: tuple[str, ...], place: str) -> None:
        for key in table:
            if key not in allowed:
                self.refuse(f"{_at(place, key)} is not known. {choices(key, allowed)}")

    def refuse(self, what: str) -> NoReturn:
        raise PresetError(f"The preset {self.name}: {what.rstrip('.')}. See docs/presets.md.")


def _at(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
