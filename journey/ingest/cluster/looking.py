"""What is decided over all touchpoints kept: by one worker, column by column, from their files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import duckdb
import numpy as np
import pyarrow as pa

from journey.errors import ImportLimitError, UnreadableFileError
from journey.ingest.cluster.entries import (
    link,
    open_channels,
    spell,
)
from journey.ingest.cluster.rounds import Related
from journey.ingest.cluster.sharing import KEPT_FOLDER
from journey.ingest.cluster.workshop import DATA
from journey.ingest.columns.shapes import ATTRIBUTES
from journey.ingest.dataset import (
    KEPT,
    Described,
    describe,
    write_companions,
)
from journey.ingest.report import Found, no_row_left, report_of
from journey.ingest.sql import identifier, literal
from journey.ingest.times.last_instants import doubtful_instant_notes
from journey.report import IngestReport
from journey.schema import NUMBER_ROLES, REQUIRED_ROLES, TEXT_ROLES
from journey.store.encode import CASE
from journey.store.layout import MICROSECONDS, Values, aligned, tick_type, with_null
from journey.store.ties import CASE_COLUMNS
from journey.store.write import write_shared

TIES: Final = "ties"
_BATCH_ROWS: Final = 100_000


@dataclass(frozen=True)
class Coding:
    """How touchpoints become shards: what all of them have to agree on.

    Attributes
    ----------
    texts, numbers
        Columns that touchpoints have.
    first_accounts
        The first account of each shard.
    most_ties
        The last place among touchpoints of one instant; none: no two share one.
    """

    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    dictionaries: tuple[str, ...]
    first_accounts: tuple[str, ...]
    tick_type: np.dtype[Any]
    ticks_per_second: int
    most_ties: int | None


@dataclass(frozen=True)
class Looked:
    """What was found: the coding and the report."""

    coding: Coding
    report: IngestReport


def look(
    _number: int,
    *,
    related: Related,
    counted: Found,
    joined: Sequence[str],
    rows_per_shard: int,
) -> Looked:
    """Decide what columns describe, write what shards share, and report what became of rows.

    Raises
    ------
    UnreadableFileError
        If no row can be used.
    ImportLimitError
        If the texts of a column are more than a dictionary holds.
    """
    making = related.making
    shop = making.workshop
    notes = [note for batch in making.batches for note in batch.notes]
    with shop.own_folder() as own, shop.database(threads=None) as connection:
        job = making.job(connection)
        cleaned = spell(making, job, ids_in=(ATTRIBUTES,))
        link(making, job, making.others(None))
        open_channels(making, job)
        files = literal(str(shop.path / KEPT_FOLDER / "*.parquet"))
        connection.execute(f"CREATE VIEW {KEPT} AS FROM read_parquet({files})")
        report = report_of(connection, job.tables, counted, described=job.described)
        if not report.n_kept:
            raise UnreadableFileError(no_row_left(report))
        doubts = doubtful_instant_notes(
            connection, KEPT, files=[table.file for table in job.tables]
        )
        described = describe(job)
        traced = [c for c in (making.added or {}).values() if c not in job.extras]
        extras = [*described.of_touchpoints, *traced]
        (own / DATA).mkdir()
        coding = _coded(connection, own / DATA, extras, described, rows_per_shard)
        notes += [*cleaned.notes, *related.channel_notes, *joined, *related.identity_notes, *doubts]
        notes += [*write_companions(job, own / DATA), *described.notes]
        if coding.most_ties is not None:
            shop.copy(connection, f"FROM {TIES}", own, TIES, f"{TIES}.parquet")
        for file in (own / DATA).iterdir():
            shop.put(file, DATA, file.name)
    return Looked(coding, report.with_notes(notes))


def _coded(
    connection: duckdb.DuckDBPyConnection,
    data: Path,
    extras: Sequence[str],
    described: Described,
    rows_per_shard: int,
) -> Coding:
    """Write dictionaries and attributes, and find the rest that shards agree on."""
    first_accounts, accounts = _accounts(connection, rows_per_shard)
    dictionaries: dict[str, Values] = {CASE: accounts}
    texts: list[str] = [CASE]
    for name in [*TEXT_ROLES, *extras]:
        if name == CASE:
            continue
        values = _distinct(connection, name)
        if len(values):
            texts.append(name)
        if len(values) or name in REQUIRED_ROLES or name in extras:
            dictionaries[name] = values if name in REQUIRED_ROLES else with_null(values)
    tables = {
        "accounts": aligned(described.accounts, CASE, accounts),
        "people": aligned(
            described.people, "person_id", dictionaries.get("person_id", pa.nulls(1, pa.string()))
        ),
    }
    write_shared(data, dictionaries, tables)
    kind, per_second = _ticks(connection)
    return Coding(
        texts=tuple(texts),
        numbers=_filled_numbers(connection),
        dictionaries=tuple(sorted(dictionaries)),
        first_accounts=tuple(first_accounts),
        tick_type=kind,
        ticks_per_second=per_second,
        most_ties=_make_ties(connection),
    )


def _accounts(
    connection: duckdb.DuckDBPyConnection, rows_per_shard: int
) -> tuple[list[str], Values]:
    """All accounts in order, and those with which a shard begins."""
    first: list[str] = []
    chunks: list[Values] = []
    n_before, last = 0, -1
    query = f"SELECT {CASE} AS value, count(*) AS n FROM {KEPT} GROUP BY 1 ORDER BY 1"
    for batch in _batches(connection, query):
        names, sizes = batch.column("value"), batch.column("n").to_numpy()
        begins = n_before + np.cumsum(sizes) - sizes
        shards = begins // rows_per_shard
        is_first = np.diff(shards, prepend=last) > 0
        first += cast(
            "list[str]", names.take(pa.array(np.flatnonzero(is_first), pa.int64())).to_pylist()
        )
        n_before, last = n_before + int(sizes.sum()), int(shards[-1])
        chunks.append(names)
    return first, _one_array(chunks, CASE)


def _distinct(connection: duckdb.DuckDBPyConnection, name: str) -> Values:
    """The distinct values of a column in binary order, without null."""
    column = identifier(name)
    query = f"SELECT {column} AS value FROM {KEPT} WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 1"
    return _one_array([batch.column("value") for batch in _batches(connection, query)], name)


def _batches(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[pa.RecordBatch]:
    yield from connection.sql(query).to_arrow_reader(_BATCH_ROWS)


def _one_array(chunks: Sequence[Values], name: str) -> Values:
    try:
        return pa.concat_arrays([pa.array([], pa.string()), *chunks])
    except pa.ArrowInvalid as error:
        raise ImportLimitError(
            f"The distinct values of {name} are more than 2 GB of text, the most that one column "
            "of a log can hold. Leave the column out, or import parts of the files as logs of "
            "their own."
        ) from error


def _ticks(connection: duckdb.DuckDBPyConnection) -> tuple[np.dtype[Any], int]:
    row = connection.execute(
        f"SELECT min(occurred_at), max(occurred_at), bool_or(occurred_at % {MICROSECONDS} <> 0) "
        f"FROM {KEPT}"
    ).fetchall()[0]
    first, last, is_finer = cast("tuple[int, int, bool]", row)
    return tick_type(first, last, whole_seconds=not is_finer)


def _filled_numbers(connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
    """Number columns of which any value is known."""
    counts = ", ".join(f"count({name}) FILTER (NOT isnan({name}))" for name in NUMBER_ROLES)
    row = connection.execute(f"SELECT {counts} FROM {KEPT}").fetchall()[0]
    return tuple(name for name, n in zip(NUMBER_ROLES, row, strict=True) if n)


def _make_ties(connection: duckdb.DuckDBPyConnection) -> int | None:
    """Make the table of places among touchpoints of one instant; gives the last place.

    As :func:`journey.store.ties.with_ties`, of all touchpoints.
    """
    joined = " OR ".join(
        f"{name} IN (SELECT {name} FROM {KEPT} WHERE {name} IS NOT NULL GROUP BY {name} "
        f"HAVING min({CASE}) < max({CASE}))"
        for name in CASE_COLUMNS
    )
    connection.execute(
        f"""
        CREATE TEMP TABLE {TIES} AS
        WITH joined AS (SELECT id, occurred_at, source_order FROM {KEPT} WHERE {joined}),
        placed AS (
            SELECT id, row_number() OVER (PARTITION BY occurred_at ORDER BY
                TRY_CAST(source_order AS DOUBLE) NULLS LAST, source_order NULLS LAST, id) - 1
                AS place FROM joined)
        SELECT id, place FROM placed WHERE place > 0
        """
    )
    ((most,),) = connection.execute(f"SELECT max(place) FROM {TIES}").fetchall()
    return None if most is None else int(most)
