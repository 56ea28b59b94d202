"""What of a database is wanted: a table or a query, its columns, its rows."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from journey.errors import ColumnNotFoundError, ValueNotAllowedError, WarehouseError

Operator = Literal["=", "!=", "<=", ">=", "<", ">"]
Kind = Literal["instant", "local time", "date", "whole", "decimal", "float", "other"]
GROWING: Final[tuple[Kind, ...]] = ("instant", "local time", "date", "whole", "decimal", "float")
"""Kinds of columns whose largest value tells how far a table was read."""

_OPERATORS: Final = get_args(Operator)
_BEFORE: Final = re.compile(r"(\s+|--[^\n]*(\n|$)|/\*.*?\*/|\()+", re.DOTALL)
_READS: Final = ("select", "with", "values", "table", "from")


@dataclass(frozen=True)
class Relation:
    """A table by its name, or the user's own SELECT."""

    table: str | None
    query: str | None

    @property
    def title(self) -> str:
        """What to call it."""
        return self.table or "query"


@dataclass(frozen=True)
class Column:
    """One column: its name in the database, in Portolan, and what it holds."""

    name: str
    header: str
    type: str
    kind: Kind


@dataclass(frozen=True)
class Condition:
    """Rows are wanted whose column compares so with a value; no value: without any."""

    column: str
    operator: Operator
    value: str


@dataclass(frozen=True)
class Wanted:
    """Rows and columns of a relation, with names checked.

    ``mark``: the column whose largest value says how far the relation was read.
    """

    relation: Relation
    columns: tuple[Column, ...]
    where: tuple[Condition, ...] = ()
    mark: Column | None = None
    limit: int | None = None


@dataclass(frozen=True)
class Measured:
    """How many rows are wanted, how far they reach, and how many stand at that mark or after."""

    n_rows: int
    mark: str | None
    n_from_mark: int


def read_relation(table: str | None, query: str | None) -> Relation:
    """Return the table or query that is wanted, if it is one of both.

    Raises
    ------
    ValueNotAllowedError
        If there is none, or both.
    WarehouseError
        If the query is no SELECT.

    Examples
    --------
    >>> read_relation(None, "SELECT * FROM events; ").query
    'SELECT * FROM events'
    >>> read_relation(None, "DELETE FROM events")
    Traceback (most recent call last):
    journey.errors.WarehouseError: The query begins with 'DELETE'; only a SELECT can be read...
    """
    if bool(table) == bool(query):
        raise ValueNotAllowedError(
            "Name the table to read, or give a query; one of both, as in --table public.events."
        )
    if not query:
        return Relation(table, None)
    text = query.strip().rstrip(";").rstrip()
    before = _BEFORE.match(text)
    words = text[before.end() if before else 0 :].split(maxsplit=1)
    first = words[0] if words else ""
    if first.lower() not in _READS or "\0" in text:
        raise WarehouseError(
            f"The query begins with {first[:40]!r}; only a SELECT can be read. Portolan changes "
            "nothing in a database."
        )
    return Relation(None, text)


def read_condition(text: str, columns: Sequence[str]) -> Condition:
    """Read ``column>=value``; the column is the longest name that fits.

    Raises
    ------
    ColumnNotFoundError
        If no column has that name.
    ValueNotAllowedError
        If there is no operator.

    Examples
    --------
    >>> read_condition("amount>=10", ["amount", "account"])
    Condition(column='amount', operator='>=', value='10')
    """
    for name in sorted(columns, key=len, reverse=True):
        rest = text.removeprefix(name).lstrip() if text.startswith(name) else ""
        for operator in _OPERATORS:
            if rest.startswith(operator):
                return Condition(name, operator, rest.removeprefix(operator).strip())
    found = re.match(r"(.+?)\s*(!=|<=|>=|=|<|>)", text, re.DOTALL)
    if found is None:
        raise ValueNotAllowedError(
            f"--where is {text!r}; a column, one of {' '.join(_OPERATORS)} and a value are needed, "
            "as in amount>=10."
        )
    raise ColumnNotFoundError.among(found[1], columns, where="the table or query")


def named(name: str, columns: Iterable[Column]) -> Column:
    """Return a column by its name in the database or in Portolan.

    Raises
    ------
    ColumnNotFoundError
        If there is none.
    """
    known = list(columns)
    for column in known:
        if name in (column.name, column.header):
            return column
    available = [column.header for column in known]
    raise ColumnNotFoundError.among(name, available, where="the table or query")
