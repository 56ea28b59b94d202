"""The same touchpoint, told twice.

Exact repeats are rows alike in all columns. Across sources (a form tool and a CRM that both
record one submission) it is the same person and touchpoint type within five minutes. Touches
repeated within one source happened and stay; exports of one tool cut by month are one source.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, cast

import duckdb
import pyarrow as pa

from journey.ingest.sql import identifier
from journey.store.layout import MICROSECONDS

Dedupe = Literal["none", "exact", "cross-source"]

TOLERANCE_MINUTES: Final = 5
MERGED: Final = "merged"
"""Table of the entries that go: ``id``, ``kept_id``, ``merged_as``."""

EXACT, CROSS_SOURCE = "exact repeat", "same touchpoint from another source"
_TOLERANCE_US = TOLERANCE_MINUTES * 60 * MICROSECONDS

_MONTHS: Final = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_CUT: Final = re.compile(rf"(?<![^\W\d_])(?:{_MONTHS}|q|part|copy)(?![^\W\d_])|[\W\d_]+")
"""What tells exports of one tool apart: dates, numbers, parts, copies."""

Candidate = tuple[int, int, int, str]
"""Group (same person and type), time in microseconds, id, source; sorted by group, time, id."""


def find_duplicates(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    *,
    dedupe: Dedupe,
    columns: Sequence[str],
    source: str,
) -> None:
    """Make the table :data:`MERGED`.

    Parameters
    ----------
    table
        Entries with ``id`` in the order that settles ties, and ``is_usable``.
    columns
        The columns that have to be alike for an exact repeat.
    source
        SQL expression of the source of a row, a text.
    """
    connection.execute(
        f"CREATE OR REPLACE TABLE {MERGED} (id BIGINT, kept_id BIGINT, merged_as VARCHAR)"
    )
    if dedupe == "none":
        return
    _merge_exact(connection, table, columns)
    if dedupe == "cross-source":
        _merge_across_sources(connection, table, source)


def _merge_exact(connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[str]) -> None:
    """Rows alike in all columns; a hash of a few finds most that are not."""
    listed = ", ".join(identifier(column) for column in columns)
    usable = f"FROM {identifier(table)} WHERE is_usable"
    digest = "hash(account_id, occurred_at, touchpoint)"
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE suspects AS SELECT {digest} AS digest {usable} "
        "GROUP BY 1 HAVING count(*) > 1"
    )
    if not connection.execute("SELECT 1 FROM suspects LIMIT 1").fetchall():
        return
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE alike AS
        SELECT id, hash({listed}) AS digest {usable} AND {digest} IN (FROM suspects)
        """
    )
    connection.execute(
        f"""
        INSERT INTO {MERGED}
        WITH repeated AS (
            SELECT id FROM alike WHERE digest IN (
                SELECT digest FROM alike GROUP BY digest HAVING count(*) > 1)),
        grouped AS (
            SELECT id, min(id) OVER (PARTITION BY {listed}) AS kept_id
            FROM {identifier(table)} SEMI JOIN repeated USING (id))
        SELECT id, kept_id, '{EXACT}' FROM grouped WHERE id <> kept_id
        """
    )


def _merge_across_sources(connection: duckdb.DuckDBPyConnection, table: str, source: str) -> None:
    """Look only at touches that have a neighbour from another source near in time."""
    row = connection.execute(
        f"SELECT min({source}) <> max({source}) FROM {identifier(table)} WHERE is_usable"
    ).fetchall()[0]
    if not cast("tuple[bool | None]", row)[0]:
        return
    _find_near(connection, table, source)
    candidates = connection.sql(
        f"""
        WITH near AS (
            SELECT * FROM touches WHERE span_0 IN (FROM shared_0) OR span_1 IN (FROM shared_1)),
        gaps AS (
            SELECT *, occurred_at - lag(occurred_at) OVER same > {_TOLERANCE_US} AS is_apart
            FROM near
            WINDOW same AS (PARTITION BY who, touchpoint ORDER BY occurred_at, id)),
        clusters AS (
            SELECT *, count(*) FILTER (is_apart) OVER (
                PARTITION BY who, touchpoint ORDER BY occurred_at, id ROWS UNBOUNDED PRECEDING
            ) AS cluster FROM gaps),
        mixed AS (
            SELECT *, min(source) OVER same <> max(source) OVER same AS is_mixed,
                dense_rank() OVER (ORDER BY who, touchpoint, cluster) AS grouping
            FROM clusters WINDOW same AS (PARTITION BY who, touchpoint, cluster))
        SELECT grouping, occurred_at, id, source FROM mixed WHERE is_mixed
        ORDER BY grouping, occurred_at, id
        """
    )
    pairs = list(pair_touches(_rows(candidates.to_arrow_reader(100_000))))
    found = pa.table(
        {
            "id": pa.array([pair[0] for pair in pairs], pa.int64()),
            "kept_id": pa.array([pair[1] for pair in pairs], pa.int64()),
        }
    )
    connection.register("found_pairs", found)
    connection.execute(
        f"INSERT INTO {MERGED} SELECT id, kept_id, '{CROSS_SOURCE}' FROM found_pairs"
    )
    connection.unregister("found_pairs")


def _find_near(connection: duckdb.DuckDBPyConnection, table: str, source: str) -> None:
    """Make the view ``touches`` and, by its two spans, tables of those with several sources."""
    who = "COALESCE('p' || person_id, 'a' || account_id)"
    # Two touches five minutes apart share one of two overlapping spans of ten.
    spans = [
        f"hash(digest, (occurred_at + {shift}) // {2 * _TOLERANCE_US})"
        for shift in (0, _TOLERANCE_US)
    ]
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP VIEW touches AS
        SELECT *, {", ".join(f"{span} AS span_{n}" for n, span in enumerate(spans))} FROM (
            SELECT id, occurred_at, {source} AS source,
                {who} AS who, touchpoint, hash({who}, touchpoint) AS digest
            FROM {identifier(table)} ANTI JOIN {MERGED} USING (id) WHERE is_usable)
        """
    )
    for number in range(len(spans)):
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE shared_{number} AS SELECT span_{number} FROM touches "
            "GROUP BY ALL HAVING min(source) <> max(source)"
        )


def cut_exports(files: Sequence[tuple[str, object]]) -> dict[int, int]:
    """The number of the first of the files that one tool cut an export into, by that of each later.

    Two tools may write the same columns under names of their own: then each is a source.

    Parameters
    ----------
    files
        Of each its name, and what has to be the same besides, as its headers.

    Examples
    --------
    >>> cut_exports([("web_2024-01.csv", "h"), ("web_2024-02.csv", "h"), ("crm.csv", "h")])
    {1: 0}
    """
    first: dict[tuple[str, object], int] = {}
    later: dict[int, int] = {}
    for number, (name, what) in enumerate(files):
        words = " ".join(_CUT.sub(" ", name.lower()).split())
        if first.setdefault((words, what), number) != number:
            later[number] = first[words, what]
    return later


def _rows(reader: pa.RecordBatchReader) -> Iterator[Candidate]:
    for batch in reader:
        columns = [column.to_pylist() for column in batch.columns]
        yield from cast("Iterator[Candidate]", zip(*columns, strict=True))


def pair_touches(candidates: Iterable[Candidate]) -> Iterator[tuple[int, int]]:
    """Pairs of touches that are one: the one merged and the one kept.

    In order of time each touch goes into the earliest kept one of its group that is at most
    five minutes older and holds none of its source yet; else it is kept itself.

    Examples
    --------
    >>> minute = 60_000_000
    >>> crm_and_form = [(1, 0, 10, "form"), (1, 2 * minute, 11, "crm"), (1, 3 * minute, 12, "crm")]
    >>> list(pair_touches(crm_and_form))
    [(11, 10)]
    """
    group = None
    kept: list[tuple[int, int, set[str]]] = []
    for key, at, touch, source in candidates:
        if key != group:
            group, kept = key, []
        kept = [entry for entry in kept if at - entry[0] <= _TOLERANCE_US]
        first = next((entry for entry in kept if source not in entry[2]), None)
        if first is None:
            kept.append((at, touch, {source}))
        else:
            first[2].add(source)
            yield touch, first[1]


def make_kept(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    target: str,
    columns: Sequence[str],
    *,
    replaced: str = "",
) -> list[str]:
    """Make the view ``target``: the usable rows that stay, filled from those merged into them.

    Returns the columns that were filled.

    Parameters
    ----------
    columns
        The columns to fill.
    replaced
        A ``REPLACE`` clause for the columns of the result.
    """
    counts = connection.execute(
        f"SELECT count(*), count(*) FILTER (merged_as = '{CROSS_SOURCE}') FROM {MERGED}"
    ).fetchall()[0]
    n_merged, n_across = cast("tuple[int, int]", counts)
    without = f"ANTI JOIN {MERGED} USING (id)" if n_merged else ""
    kept = f"SELECT t.* FROM {identifier(table)} t {without} WHERE is_usable"
    if n_across:
        kept = _filled_sql(connection, table, kept, columns)
    connection.execute(f"CREATE VIEW {identifier(target)} AS SELECT * {replaced} FROM ({kept})")
    return [*columns] if n_across else []


def _filled_sql(
    connection: duckdb.DuckDBPyConnection, table: str, kept: str, columns: Sequence[str]
) -> str:
    """A query that fills nulls of the rows kept from the earliest merged row with a value."""
    firsts = ", ".join(
        f"first(m.{identifier(column)} ORDER BY m.occurred_at, m.id) "
        f"FILTER (m.{identifier(column)} IS NOT NULL) AS {identifier(column)}"
        for column in columns
    )
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE fills AS SELECT kept_id, {firsts} FROM {MERGED} "
        f"JOIN {identifier(table)} m USING (id) WHERE merged_as = '{CROSS_SOURCE}' GROUP BY kept_id"
    )
    filled = ", ".join(
        f"COALESCE(k.{identifier(column)}, f.{identifier(column)}) AS {identifier(column)}"
        for column in columns
    )
    return f"SELECT k.* REPLACE ({filled}) FROM ({kept}) k LEFT JOIN fills f ON k.id = f.kept_id"
