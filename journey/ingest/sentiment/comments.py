"""Comments become sentiment: each distinct text is read once, after repeats are merged."""

from collections.abc import Iterator, Sequence
from typing import Final, cast

import duckdb
import pyarrow as pa

from journey.ingest.columns.roles import TableRoles
from journey.ingest.formats.held import sampled
from journey.ingest.kept.sources import SourceTable
from journey.ingest.sentiment.english import count_languages
from journey.ingest.sentiment.reading import read_text
from journey.ingest.sql import identifier, literal
from journey.ingest.texts.standardize import EMPTY_WORDS, number_sql
from journey.schema import (
    COMMENT_ROLE,
    COMMENTS_NOT_READ,
    FROM_SCORE,
    FROM_TEXT,
    NO_FEELING,
    NOT_ENGLISH,
    SENTIMENT_FROM,
)
from journey.wording import counted

_READ: Final = "comments read"
_BATCH_ROWS: Final = 10_000
_MOST_SHOWN: Final = 60
_FEWEST: Final = 2
"""Texts that tell the language of their column, at least."""
_MOSTLY: Final = 2 / 3


def span_of_scores(
    connection: duckdb.DuckDBPyConnection, table: TableRoles
) -> tuple[float, float] | None:
    """The least and the highest sentiment that a column of a raw table gives; none: no column."""
    headers = table.roles.get("sentiment")
    if not headers:
        return None
    values = ", ".join(number_sql(identifier(header)) for header in headers)
    row = connection.execute(
        f"SELECT COALESCE(min(least({values})), 0.0), COALESCE(max(greatest({values})), 0.0) "
        f"FROM {identifier(table.raw.table)}"
    ).fetchall()[0]
    return cast("tuple[float, float]", row)


def languages_of(
    connection: duckdb.DuckDBPyConnection, table: TableRoles
) -> tuple[int, int] | None:
    """How many of some comments of a raw table are English and how many not; none: no column."""
    headers = table.roles.get(COMMENT_ROLE)
    if not headers:
        return None
    rows = connection.execute(
        f"SELECT DISTINCT {identifier(headers[0])} AS text "
        f"FROM {sampled(connection, table.raw.table, table.raw.n_rows)} WHERE text <> ''"
    ).fetchall()
    return count_languages(text for (text,) in rows)


def _in_english(tables: Sequence[SourceTable]) -> str:
    """SQL that tells of an entry whether the comments of its source are mostly English.

    Files with the same columns are one source; one with too few texts that tell says nothing.
    """
    counts: dict[frozenset[str], list[tuple[int, int]]] = {}
    for table in tables:
        counts.setdefault(frozenset(table.headers), []).append(table.comments or (0, 0))
    told: dict[bool, list[int]] = {True: [], False: []}
    for number, table in enumerate(tables):
        n_english, n_other = map(sum, zip(*counts[frozenset(table.headers)], strict=True))
        least = max(_FEWEST, _MOSTLY * (n_english + n_other))
        if max(n_english, n_other) >= least:
            told[n_english > n_other].append(number)
    cases = " ".join(
        f"WHEN file_index IN ({', '.join(map(str, numbers))}) THEN {is_english}"
        for is_english, numbers in told.items()
        if numbers
    )
    return f"CASE {cases} END" if cases else "NULL::BOOLEAN"


def may_read(tables: Sequence[SourceTable]) -> bool:
    """Whether a file has comments, and no scores of another unit that they would be mixed with."""
    return any(COMMENT_ROLE in table.roles for table in tables) and not _other_units(tables)


def _other_units(tables: Sequence[SourceTable]) -> list[SourceTable]:
    """Files whose own scores are not known to lie between -1 and 1."""
    return [
        table
        for table in tables
        if "sentiment" in table.roles
        and (table.scores is None or table.scores[0] < -1 or table.scores[1] > 1)
    ]


def read_comments(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    target: str,
    tables: Sequence[SourceTable],
) -> None:
    """Make a view of entries whose sentiment is read from their comment where they have none.

    Parameters
    ----------
    source
        Entries with ``comment`` and ``sentiment``.
    target
        The view to make; it has :data:`journey.schema.SENTIMENT_FROM` besides.
    tables
        The files as they were read: what few words mean is told by the language of their column.
    """
    spoken = _in_english(tables)
    words = ", ".join(literal(word) for word in EMPTY_WORDS)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {identifier(_READ)} "
        "(comment VARCHAR, spoken BOOLEAN, score DOUBLE, verdict VARCHAR)"
    )
    texts = connection.sql(
        f"SELECT DISTINCT comment, {spoken} AS spoken FROM {identifier(source)} "
        f"WHERE sentiment IS NULL AND trim(comment) NOT IN ({words})"
    ).to_arrow_reader(_BATCH_ROWS)
    # All are read before any is written: the connection has one result at a time.
    for batch in [_read(part) for part in texts]:
        connection.register("batch_read", batch)
        connection.execute(f"INSERT INTO {identifier(_READ)} FROM batch_read")
        connection.unregister("batch_read")
    connection.execute(
        f"CREATE VIEW {identifier(target)} AS "
        f"SELECT t.* REPLACE (COALESCE(t.sentiment::DOUBLE, r.score) AS sentiment), "
        f"CASE WHEN t.sentiment IS NOT NULL THEN {literal(FROM_SCORE)} ELSE r.verdict END "
        f"AS {SENTIMENT_FROM} FROM {identifier(source)} t "
        f"LEFT JOIN {identifier(_READ)} r ON t.sentiment IS NULL AND t.comment = r.comment "
        f"AND r.spoken IS NOT DISTINCT FROM ({spoken})"
    )


def _read(part: pa.RecordBatch) -> pa.Table:
    texts = cast("list[str]", part.column(0).to_pylist())
    spoken = cast("list[bool | None]", part.column(1).to_pylist())
    found = [read_text(text, column=told) for text, told in zip(texts, spoken, strict=True)]
    return pa.table(
        {
            "comment": pa.array(texts, pa.string()),
            "spoken": pa.array(spoken, pa.bool_()),
            "score": pa.array([x if isinstance(x, float) else None for x in found], pa.float64()),
            "verdict": pa.array([x if isinstance(x, str) else FROM_TEXT for x in found]),
        }
    )


def comment_notes(
    connection: duckdb.DuckDBPyConnection, table: str, tables: Sequence[SourceTable]
) -> list[str]:
    """How many touchpoints have their sentiment from texts, with examples, and how many not.

    Parameters
    ----------
    table
        The entries kept.
    tables
        The files as they were read.
    """
    if not any(COMMENT_ROLE in one.roles for one in tables):
        return []
    others = _other_units(tables)
    if others:
        return [_not_mixed(others[0])]
    rows = connection.execute(
        f"SELECT {SENTIMENT_FROM}, count(*) FROM {identifier(table)} GROUP BY 1"
    ).fetchall()
    counts = dict(cast("list[tuple[str | None, int]]", rows))
    n_unread = counts.get(NOT_ENGLISH, 0) + counts.get(NO_FEELING, 0)
    notes = [f"No comment gave a sentiment; {counted(n_unread, 'text')} told none."]
    if counts.get(FROM_TEXT):
        examples = "; ".join(_examples(connection, table))
        touched = counted(counts[FROM_TEXT], "touchpoint")
        read = "got a sentiment from the text of a comment, read word by word in English"
        notes = [f"{touched} {read}: {examples}."]
    for verdict, words in (
        (NOT_ENGLISH, "is probably not in English"),
        (NO_FEELING, "has no word that tells a feeling"),
    ):
        if counts.get(verdict):
            n = counted(counts[verdict], "touchpoint")
            notes.append(f"{n} stayed without a sentiment: the comment {words}.")
    return notes


def _not_mixed(table: SourceTable) -> str:
    low, high = table.scores or (None, None)
    span = "in a unit that is not known" if low is None else f"from {low:g} to {high:g}"
    return (
        f"{COMMENTS_NOT_READ}: the sentiment of {table.file} is {span}, and what texts say, "
        "from -1 to 1, can't be put beside it."
    )


def _examples(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[str]:
    """The texts that feel best and worst."""
    first, last = "struct_pack(s := sentiment, n := -id)", "struct_pack(s := -sentiment, n := -id)"
    rows = connection.execute(
        f"SELECT max(sentiment), arg_max(comment, {first}), "
        f"min(sentiment), arg_max(comment, {last}) "
        f"FROM {identifier(table)} WHERE {SENTIMENT_FROM} = {literal(FROM_TEXT)}"
    ).fetchall()[0]
    best, text_of_best, worst, text_of_worst = cast("tuple[float, str, float, str]", rows)
    for score, text in dict.fromkeys(((best, text_of_best), (worst, text_of_worst))):
        plain = " ".join(text.split())
        cut = plain if len(plain) <= _MOST_SHOWN else f"{plain[: _MOST_SHOWN - 1]}…"
        yield f"{cut!r} {score:+.2f}"
