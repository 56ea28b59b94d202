"""BigQuery, Snowflake, ClickHouse, Databricks: asked through Ibis, which speaks to them all."""

import operator
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from typing import Any, Final

import pyarrow as pa

from journey.errors import JourneyError, ValueNotAllowedError, WarehouseError
from journey.ingest.warehouses.address import Address
from journey.ingest.warehouses.clients import client
from journey.ingest.warehouses.selection import (
    Column,
    Condition,
    Kind,
    Measured,
    Relation,
    Wanted,
)
from journey.ingest.warehouses.statements import as_columns, found_table, kind_of

BATCH_ROWS: Final = 50_000
IBIS_VERSION: Final = "12.0.0"

_COMPARE: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_TIMES: Final[tuple[Kind, ...]] = ("instant", "local time", "date")


@contextmanager
def opened(address: Address) -> Generator["IbisWarehouse"]:
    """Open a warehouse.

    Raises
    ------
    WarehouseError
        If its package is missing, it can't be reached, or it breaks off.
    """
    ibis = client("ibis", purpose=address.kind)
    with plain(address):
        try:
            connection = ibis.connect(address.with_secrets())
        except ImportError as problem:
            raise WarehouseError(
                f"{address.kind} needs a package that is not installed. Install it by python -m "
                f"pip install 'ibis-framework[{address.kind}]=={IBIS_VERSION}', then try again."
            ) from problem
        try:
            yield IbisWarehouse(ibis, connection)
        finally:
            connection.disconnect()


@dataclass(frozen=True)
class IbisWarehouse:
    """An open warehouse, asked in the expressions of Ibis."""

    ibis: Any
    connection: Any

    def tables(self) -> list[str]:
        """Return the names of tables and views."""
        return sorted(self.connection.list_tables())

    def columns(self, relation: Relation) -> list[Column]:
        """Return the columns of a table or query."""
        schema = self._table(relation).schema().to_pyarrow()
        return as_columns(
            [(one.name, str(one.type), kind_of(one.type)) for one in schema], relation
        )

    def measured(self, wanted: Wanted) -> Measured:
        """Count the rows wanted, and find how far they reach."""
        table = self._rows(wanted.relation, wanted.where)
        if wanted.mark is None:
            return Measured(_counted(table), None, 0)
        column = table[wanted.mark.name]
        reached = column <= self._now(wanted.mark) if wanted.mark.kind in _TIMES else None
        found = table.aggregate(n=table.count(), mark=column.max(where=reached)).to_pyarrow()
        (row,) = found.to_pylist()
        if row["mark"] is None:
            return Measured(int(row["n"]), None, 0)
        # Times are written as ISO 8601, which all of these read.
        mark = row["mark"].isoformat() if wanted.mark.kind in _TIMES else str(row["mark"])
        since = Condition(wanted.mark.name, ">=", mark)
        after = self._rows(wanted.relation, (*wanted.where, since))
        return Measured(int(row["n"]), mark, _counted(after))

    def batches(self, wanted: Wanted) -> Iterator[pa.RecordBatch]:
        """Give the rows wanted in batches as they come; numbers and times keep their types."""
        table = self._rows(wanted.relation, wanted.where)
        cells = {f"c{place}": table[column.name] for place, column in enumerate(wanted.columns)}
        chosen = table.select(**cells)
        if wanted.limit is not None:
            chosen = chosen.limit(wanted.limit)
        yield from chosen.to_pyarrow_batches(chunk_size=BATCH_ROWS)

    def _now(self, mark: Column) -> Any:
        now = self.ibis.now()
        return now.date() if mark.kind == "date" else now

    def _table(self, relation: Relation) -> Any:
        if relation.query:
            self._check_single(relation.query)
            return self.connection.sql(relation.query)
        known = {name: (name,) for name in self.tables()}
        return self.connection.table(*found_table(relation.title, known))

    def _rows(self, relation: Relation, where: tuple[Condition, ...]) -> Any:
        table = self._table(relation)
        if not where:
            return table
        return table.filter(reduce(operator.and_, [self._holds(table, one) for one in where]))

    def _holds(self, table: Any, condition: Condition) -> Any:
        column = table[condition.column]
        if condition.value == "" and condition.operator in ("=", "!="):
            return column.isnull() if condition.operator == "=" else column.notnull()
        return _COMPARE[condition.operator](column, self._value(column.type(), condition))

    def _value(self, held: Any, condition: Condition) -> Any:
        """The value of a condition as the column's type, so that the warehouse can use an index."""
        if not held.is_timestamp() and not held.is_date():
            return self.ibis.literal(condition.value).cast(held)
        try:
            time = datetime.fromisoformat(condition.value)
        except ValueError:
            raise ValueNotAllowedError(
                f"{condition.column!r} is compared with {condition.value!r}; a time like "
                "2026-03-31 or 2026-03-31T14:00 is needed."
            ) from None
        if held.is_date():
            return self.ibis.literal(time.date())
        if held.timezone is None:
            return self.ibis.literal(time.replace(tzinfo=None))
        return self.ibis.literal(time if time.tzinfo else time.replace(tzinfo=UTC))

    def _check_single(self, query: str) -> None:
        """Refuse what is more than one SELECT, or changes anything."""
        sqlglot = client("sqlglot", purpose="A query")
        found = sqlglot.parse(query, dialect=self.connection.dialect)
        forms = sqlglot.exp
        changes = (forms.Insert, forms.Update, forms.Delete, forms.Merge, forms.Command)
        is_one = len(found) == 1 and isinstance(found[0], forms.Query)
        if not is_one or found[0].find(*changes):
            raise WarehouseError(
                "The query is more than one SELECT. Give a single one; Portolan changes nothing."
            )


def _counted(table: Any) -> int:
    return int(table.count().to_pyarrow().as_py())


@contextmanager
def plain(address: Address) -> Generator[None]:
    """Turn whatever a client raises into one clear line: each of them has errors of its own."""
    try:
        yield
    except JourneyError:
        raise
    except Exception as problem:  # noqa: BLE001 - clients share no class of errors
        first = next(iter(str(problem).splitlines()), type(problem).__name__)
        raise WarehouseError(
            f"{address.text} can't do this: {address.without_secrets(first[:300]).rstrip('.')}. "
            "Check the address, the table or query, and that you may read it."
        ) from None
