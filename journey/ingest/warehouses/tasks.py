"""What is asked of a database, done in a process of its own: a client may break down.

Rows go from the database to a Parquet file batch by batch; no more than one is in memory.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final, Protocol, cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from journey.errors import ImportLimitError, ValueNotAllowedError
from journey.ingest.processes.limits import Limits
from journey.ingest.processes.progress import Progress
from journey.ingest.warehouses import duckdb_files, postgres, sqlite_files, through_ibis
from journey.ingest.warehouses.address import Address, from_json
from journey.ingest.warehouses.selection import (
    GROWING,
    Column,
    Condition,
    Measured,
    Operator,
    Relation,
    Wanted,
    named,
    read_condition,
)
from journey.wording import counted

Report = Callable[[Progress], None]
SAMPLE_ROWS: Final = 5_000


class Warehouse(Protocol):
    """An open database."""

    def tables(self) -> list[str]:
        """Return the names of tables and views."""
        ...

    def columns(self, relation: Relation) -> list[Column]:
        """Return the columns of a table or query."""
        ...

    def measured(self, wanted: Wanted) -> Measured:
        """Count the rows wanted, and find how far they reach."""
        ...

    def batches(self, wanted: Wanted) -> Iterator[pa.RecordBatch]:
        """Give the rows wanted in batches."""
        ...


_OPENED: Final[dict[str, Callable[[Address], AbstractContextManager[Warehouse]]]] = {
    "postgresql": postgres.opened,
    "duckdb": duckdb_files.opened,
    "sqlite": sqlite_files.opened,
}


def open_warehouse(address: Address) -> AbstractContextManager[Warehouse]:
    """Open a database of any kind for reading."""
    return _OPENED.get(address.kind, through_ibis.opened)(address)


def list_tables(argument: Mapping[str, Any], tell: Report) -> dict[str, Any]:
    """Return the ``tables`` of a database that can be seen."""
    tell(Progress("columns", "", 0, None))
    with open_warehouse(from_json(argument["address"])) as warehouse:
        return {"tables": warehouse.tables()}


def take_sample(argument: Mapping[str, Any], tell: Report) -> dict[str, Any]:
    """Write the first rows of a relation into ``path``; return its ``columns`` and ``n_rows``."""
    relation = Relation(**argument["relation"])
    tell(Progress("columns", relation.title, 0, None))
    with open_warehouse(from_json(argument["address"])) as warehouse:
        columns = warehouse.columns(relation)
        _check_width(columns, relation, argument)
        wanted = Wanted(relation, tuple(columns), limit=SAMPLE_ROWS)
        n_rows = _write(warehouse, wanted, Path(argument["path"]), lambda _: None)
    return {"columns": [asdict(column) for column in columns], "n_rows": n_rows}


def fetch(argument: Mapping[str, Any], tell: Report) -> dict[str, Any]:
    """Write the rows wanted into ``path``.

    Parameters
    ----------
    argument
        ``address``, ``relation``, ``headers`` (none: all columns), ``left_out`` and
        ``left_out_before`` (headers, the latter where they still are), ``where`` (conditions, also
        as text), ``since`` and ``until`` with ``time`` (a header), ``mark`` (a header),
        ``is_growing`` (whether the user says that the mark only grows), ``key`` (a header),
        ``reached`` (the mark and ``n_from_mark`` of the last time), ``path``, ``title``,
        ``limits``.
    tell
        Is told how many rows have come, of how many.

    Returns
    -------
    dict
        ``n_rows`` fetched; ``headers``; ``where`` as checked; ``mark_column``, ``mark`` and
        ``n_from_mark``; ``key``.
    """
    relation, title = Relation(**argument["relation"]), str(argument["title"])
    tell(Progress("reading", title, 0, None))
    with open_warehouse(from_json(argument["address"])) as warehouse:
        columns = warehouse.columns(relation)
        _check_width(columns, relation, argument)
        wanted = _wanted(relation, columns, argument)
        key = _key(wanted, argument["key"])
        reached: Mapping[str, Any] | None = argument.get("reached")
        news = wanted if reached is None else _after(wanted, reached["mark"])
        measured = warehouse.measured(news)
        n_rows = 0
        if reached is None or not _is_all_known(measured, reached):
            n_rows = _write(
                warehouse,
                news,
                Path(argument["path"]),
                lambda n: tell(Progress("reading", title, n, max(n, measured.n_rows))),
            )
        if key and n_rows:
            _check_key(Path(argument["path"]), key, title)
    return {
        "n_rows": n_rows,
        "headers": [column.header for column in wanted.columns],
        "where": [asdict(condition) for condition in wanted.where],
        "mark_column": wanted.mark.header if wanted.mark else None,
        "mark": measured.mark,
        "n_from_mark": measured.n_from_mark,
        "key": key,
    }


_WINDOW: Final[tuple[tuple[str, Operator], ...]] = (("since", ">="), ("until", "<"))


def _wanted(relation: Relation, columns: list[Column], argument: Mapping[str, Any]) -> Wanted:
    """What the user asked for, each name checked against the columns there are."""
    left_out = {named(header, columns).name for header in argument["left_out"]}
    before = {*argument["left_out_before"]}
    left_out |= {column.name for column in columns if before & {column.name, column.header}}
    headers: list[str] | None = argument["headers"]
    chosen = [named(header, columns) for header in headers] if headers else columns
    kept = tuple(column for column in chosen if column.name not in left_out)
    if not kept:
        raise ValueNotAllowedError(
            f"All columns of {relation.title} are left out. Keep those of account, time and "
            "touchpoint."
        )
    names = [column.name for column in columns]
    where = [_condition(told, names) for told in argument["where"]]
    time: str | None = argument["time"]
    for option, sign in _WINDOW:
        if argument[option]:
            if time is None:
                raise ValueNotAllowedError(
                    f"--{option} needs the column of the time. Name it: "
                    "--column occurred_at=HEADER."
                )
            where.append(_checked(Condition(named(time, columns).name, sign, argument[option])))
    mark = named(argument["mark"], columns) if argument["mark"] else None
    if mark and mark.kind not in GROWING and not argument["is_growing"]:
        mark = None
    return Wanted(relation, kept, tuple(where), mark)


def _is_all_known(measured: Measured, reached: Mapping[str, Any]) -> bool:
    return (measured.n_rows, measured.mark) == (reached["n_from_mark"], reached["mark"])


def _key(wanted: Wanted, key: str | None) -> str | None:
    """The header of the key, which must be fetched to know a row again."""
    return named(key, wanted.columns).header if key else None


def _check_key(path: Path, key: str, title: str) -> None:
    """Refuse rows without a key: each fetch would add those at the mark once more."""
    with pq.ParquetFile(path) as file:
        n_without = sum(_n_empty(batch.column(0)) for batch in file.iter_batches(columns=[key]))
    if n_without:
        raise ValueNotAllowedError(
            f"{counted(n_without, 'row')} of {title} without a value of the key {key!r} could not "
            "be known again. Name a key that every row has, or leave them out by a query or by "
            f"--where {f'{key}!='!r}, and import anew."
        )


def _n_empty(values: "pa.Array[Any]") -> int:
    """How many values are none when they are read, as texts without a sign are too."""
    plain: Any = values
    if pa.types.is_dictionary(values.type):
        plain = plain.dictionary_decode()
    if not (pa.types.is_large_string(plain.type) or pa.types.is_string(plain.type)):
        return plain.null_count
    return plain.null_count + cast("Any", pc).equal(plain, "").true_count


def _condition(told: Any, names: list[str]) -> Condition:
    if isinstance(told, str):
        return _checked(read_condition(told, names))
    return _checked(Condition(**told))


def _checked(condition: Condition) -> Condition:
    if "\0" in condition.value:
        raise ValueNotAllowedError(f"The value for {condition.column!r} holds a NUL byte.")
    return condition


def _after(wanted: Wanted, mark: str | None) -> Wanted:
    """Rows at the mark or after it; those at it may have come since, so they are asked again."""
    if mark is None or wanted.mark is None:
        return wanted
    since = Condition(wanted.mark.name, ">=", mark)
    return Wanted(wanted.relation, wanted.columns, (*wanted.where, since), wanted.mark)


def _check_width(columns: list[Column], relation: Relation, argument: Mapping[str, Any]) -> None:
    limits = Limits(**argument["limits"])
    if len(columns) > limits.columns:
        raise ImportLimitError(
            f"{relation.title} has {len(columns):,} columns; at most {limits.columns:,} are read. "
            "Name those you need in a query."
        )


def _write(warehouse: Warehouse, wanted: Wanted, path: Path, tell: Callable[[int], None]) -> int:
    """Write batches into a Parquet file as they come; return how many rows there were."""
    headers = [column.header for column in wanted.columns]
    writer: pq.ParquetWriter | None = None
    schema: pa.Schema | None = None
    n_rows = 0
    try:
        for batch in warehouse.batches(wanted):
            table = _writable(batch, headers)
            if writer is None or schema is None:
                schema = table.schema
                writer = pq.ParquetWriter(path, schema, compression="zstd")
            writer.write_table(table.cast(schema))
            n_rows += table.num_rows
            tell(n_rows)
    finally:
        if writer is not None:
            writer.close()
    return n_rows


def _writable(batch: pa.RecordBatch, headers: list[str]) -> pa.Table:
    """A batch under its headers, with texts that Parquet takes for what it can't hold."""
    arrays = [_storable(array) for array in batch.columns]
    return pa.table(dict(zip(headers, arrays, strict=True)))


def _storable(array: "pa.Array[Any]") -> "pa.Array[Any]":
    kind = array.type
    if pa.types.is_null(kind) or pa.types.is_string(kind):
        return array.cast(pa.large_string())
    if pa.types.is_duration(kind) or pa.types.is_interval(kind) or pa.types.is_union(kind):
        texts = [None if value is None else str(value) for value in array.to_pylist()]
        return pa.array(texts, pa.large_string())
    return array
