"""SQL that reads; the same for all databases that quote names and texts as the standard does."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from journey.errors import WarehouseError, choices
from journey.ingest.formats.table import unique_names
from journey.ingest.sql import identifier, literal
from journey.ingest.warehouses.selection import Column, Condition, Kind, Measured, Relation, Wanted

Tables = Mapping[str, tuple[str, ...]]
"""Parts of the full name of each table, by what it is called."""


def compared(column: str, operator: str, value: str) -> str:
    """SQL that compares a column with a value, which the database reads as the column's type.

    Examples
    --------
    >>> print(compared('"amount"', ">=", "10"))
    "amount" >= '10'
    """
    return f"{column} {operator} {literal(value)}"


@dataclass(frozen=True)
class SqlWarehouse:
    """An open database and how its SQL differs from that of others.

    Attributes
    ----------
    run
        Runs one query and gives its rows in batches, as they come.
    describe
        Gives the columns of a query: name, type, kind.
    find_tables
        The tables and views that can be read.
    text
        SQL of an expression as text, by the expression and the column it is of.
    reached
        By kind of column, SQL that leaves out values no later row could pass: infinities, and
        times still to come. ``{}`` stands for the column.
    compared
        SQL that compares a column with a value given as text, by an operator.
    """

    run: Callable[[str], Iterator[pa.RecordBatch]]
    describe: Callable[[str], list[tuple[str, str, Kind]]]
    find_tables: Callable[[], Tables]
    text: Callable[[str, Column], str]
    reached: Mapping[Kind, str]
    compared: Callable[[str, str, str], str] = compared

    def tables(self) -> list[str]:
        """Return the names of tables and views."""
        return sorted(self.find_tables())

    def columns(self, relation: Relation) -> list[Column]:
        """Return the columns of a table or query."""
        found = self.describe(f"SELECT * FROM {self._from(relation)} LIMIT 0")
        return as_columns(found, relation)

    def measured(self, wanted: Wanted) -> Measured:
        """Count the rows wanted, and find how far they reach."""
        source = self._from(wanted.relation) + self._where(wanted.where)
        if wanted.mark is None:
            return Measured(_whole(self._one(f"SELECT count(*) AS n FROM {source}")[0]), None, 0)
        column = identifier(wanted.mark.name)
        limit = self.reached.get(wanted.mark.kind, "true").format(column)
        largest = self.text(f"(max({column}) FILTER (WHERE {limit}))", wanted.mark)
        counted, mark = self._one(f"SELECT count(*) AS n, {largest} AS mark FROM {source}")
        if mark is None:
            return Measured(_whole(counted), None, 0)
        since = Condition(wanted.mark.name, ">=", str(mark))
        again = self._from(wanted.relation) + self._where((*wanted.where, since))
        (after,) = self._one(f"SELECT count(*) AS n FROM {again}")
        return Measured(_whole(counted), str(mark), _whole(after))

    def batches(self, wanted: Wanted) -> Iterator[pa.RecordBatch]:
        """Give the rows wanted, each value as text, in batches as they come."""
        cells = ", ".join(
            f"{self.text(identifier(column.name), column)} AS {identifier(f'c{place}')}"
            for place, column in enumerate(wanted.columns)
        )
        limit = "" if wanted.limit is None else f" LIMIT {wanted.limit}"
        source = self._from(wanted.relation) + self._where(wanted.where)
        return self.run(f"SELECT {cells} FROM {source}{limit}")

    def _one(self, query: str) -> tuple[Any, ...]:
        """The only row of a query."""
        rows = [row for batch in self.run(query) for row in batch.to_pylist()]
        return tuple(rows[0].values())

    def _where(self, conditions: tuple[Condition, ...]) -> str:
        parts = [self._condition(condition) for condition in conditions]
        return f" WHERE {' AND '.join(parts)}" if parts else ""

    def _condition(self, condition: Condition) -> str:
        column = identifier(condition.column)
        if condition.value == "" and condition.operator in ("=", "!="):
            return f"{column} IS {'NOT ' if condition.operator == '!=' else ''}NULL"
        operator = {"!=": "<>"}.get(condition.operator, condition.operator)
        return self.compared(column, operator, condition.value)

    def _from(self, relation: Relation) -> str:
        if relation.query:
            # On lines of its own: the query may end in a comment.
            return f"(\n{relation.query}\n) AS {identifier('source')}"
        tables = self.find_tables()
        parts = found_table(relation.title, tables)
        return ".".join(identifier(part) for part in parts)


def finite(value: str, text: str, column: Column) -> str:
    """SQL of a value as text; of times without an end, a text that no reader takes for a time.

    Examples
    --------
    >>> finite('"n"', 'CAST("n" AS text)', Column("n", "n", "integer", "whole"))
    'CAST("n" AS text)'
    """
    if column.kind not in ("instant", "local time", "date"):
        return text
    return f"CASE WHEN isfinite({value}) THEN {text} WHEN {value} IS NOT NULL THEN 'infinite' END"


def found_table(name: str, tables: Tables) -> tuple[str, ...]:
    """Return the parts of a table's full name.

    Raises
    ------
    WarehouseError
        If there is no such table, with the nearest spelling.

    Examples
    --------
    >>> found_table("events", {"public.events": ("public", "events")})
    ('public', 'events')
    """
    if name in tables:
        return tables[name]
    # Tables come in the order in which the database itself looks for them.
    for parts in tables.values():
        if name in (".".join(parts), parts[-1]):
            return parts
    raise WarehouseError(f"There is no table {name!r} that can be seen. {choices(name, tables)}")


def as_columns(found: list[tuple[str, str, Kind]], relation: Relation) -> list[Column]:
    """Return columns with the headers they go by.

    Raises
    ------
    WarehouseError
        If there is none, or two have one name.
    """
    names = [name for name, _, _ in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None or not found:
        amiss = "has no columns" if not found else f"has two columns {twice!r}"
        raise WarehouseError(
            f"{relation.title} {amiss}. Give each its own name in a query, as in a.id AS a_id."
        )
    if any(not name or "\0" in name for name in names):
        raise WarehouseError(f"A column of {relation.title} has no name. Name it by AS in a query.")
    return [
        Column(name, header, kind_name, kind)
        for (name, kind_name, kind), header in zip(found, unique_names(names), strict=True)
    ]


def kind_of(held: Any) -> Kind:
    """Return the kind of column by its Arrow type.

    Examples
    --------
    >>> import pyarrow as pa
    >>> kind_of(pa.timestamp("us", "UTC")), kind_of(pa.string())
    ('instant', 'other')
    """
    if pa.types.is_timestamp(held):
        return "instant" if held.tz else "local time"
    for test, kind in _KINDS:
        if test(held):
            return kind
    return "other"


_KINDS: tuple[tuple[Callable[[Any], bool], Kind], ...] = (
    (pa.types.is_date, "date"),
    (pa.types.is_integer, "whole"),
    (pa.types.is_decimal, "decimal"),
    (pa.types.is_floating, "float"),
)


def _whole(value: Any) -> int:
    return int(value)
