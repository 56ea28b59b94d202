"""How many values columns have, and how many distinct ones, of many columns in few passes."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar, cast

import duckdb

from journey.ingest.sql import identifier

Item = TypeVar("Item")

_AT_ONCE: Final = 64


def rough_counts(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]
) -> dict[str, tuple[int, int]]:
    """Values of each column, and about how many distinct ones.

    Examples
    --------
    >>> connection = duckdb.connect()
    >>> _ = connection.execute("CREATE TABLE t AS SELECT * FROM (VALUES ('a', 1), ('a', NULL))")
    >>> rough_counts(connection, "t", ["col0", "col1"])
    {'col0': (2, 1), 'col1': (1, 1)}
    """
    counts: dict[str, tuple[int, int]] = {}
    for some in in_parts(columns, _AT_ONCE):
        listed = ", ".join(f"count({c}), approx_count_distinct({c})" for c in map(identifier, some))
        row = connection.execute(f"SELECT {listed} FROM {identifier(table)}").fetchall()[0]
        numbers = cast("tuple[int, ...]", row)
        counts |= dict(zip(some, zip(numbers[::2], numbers[1::2], strict=True), strict=True))
    return counts


def in_parts(items: Sequence[Item], most: int) -> Iterator[Sequence[Item]]:
    """The items, so many at a time.

    Examples
    --------
    >>> list(in_parts("abcde", 2))
    ['ab', 'cd', 'e']
    """
    for begin in range(0, len(items), most):
        yield items[begin : begin + most]
