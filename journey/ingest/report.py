"""Counting what became of every row."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias, cast

import duckdb

from journey.ingest.deduplicate import MERGED
from journey.ingest.kept.sources import SourceTable
from journey.ingest.sql import identifier
from journey.report import (
    ACTIONS,
    MOST_EXAMPLES,
    Action,
    Example,
    FileSummary,
    IngestReport,
    ReasonCount,
)

Found: TypeAlias = dict[int, list[ReasonCount]]
"""What became of rows, by the number of their table."""

_SHOWN = 120
_SELECT_EXAMPLES = (
    f"list({{row: source_row, value: left(shown, {_SHOWN})}} ORDER BY id)[1:{MOST_EXAMPLES}]"
)
_ROW_TEXT = (
    "concat_ws(', ', account_id, touchpoint, "
    "strftime(make_timestamp(occurred_at), '%Y-%m-%d %H:%M:%S'))"
)


def account_for_rows(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[SourceTable],
    *,
    table: str,
    described: str | None,
) -> IngestReport:
    """Make the report of an import.

    Parameters
    ----------
    tables
        The files as they were read.
    table
        All entries, with ``fault``; the merged ones stand in the table of duplicates.
    described
        The rows of attribute files, if there are any.
    """
    counted = count_entries(connection, tables, table=table)
    return report_of(connection, tables, counted, described=described)


def count_entries(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[SourceTable], *, table: str
) -> Found:
    """What became of entries, by the number of their table; those of a part can be added up.

    Parameters
    ----------
    tables, table
        As for :func:`account_for_rows`.
    """
    found: Found = {}
    queries = [_kept_sql(table), _fault_sql(table)]
    if connection.execute(f"SELECT 1 FROM {MERGED} LIMIT 1").fetchall():
        queries.insert(1, _merged_sql(table))
    for query in queries:
        _collect(connection, query, tables, found)
    return found


def added_up(parts: Sequence[Found]) -> Found:
    """The counts of several parts of the entries as one, in the order they have when counted so.

    Examples
    --------
    >>> parts = [{0: [ReasonCount("a.csv", "kept", "", n)]} for n in (2, 3)]
    >>> added_up(parts)[0][0].n_rows
    5
    """
    same: dict[tuple[int, Action, str], list[ReasonCount]] = {}
    for part in parts:
        for index, reasons in part.items():
            for reason in reasons:
                same.setdefault((index, reason.action, reason.reason), []).append(reason)
    found: Found = {}
    for key in sorted(same, key=lambda key: (key[0], ACTIONS.index(key[1]), key[2])):
        reasons = same[key]
        examples = sorted((one for r in reasons for one in r.examples), key=lambda one: one.row)
        found.setdefault(key[0], []).append(
            replace(
                reasons[0],
                n_rows=sum(reason.n_rows for reason in reasons),
                examples=tuple(examples[:MOST_EXAMPLES]),
            )
        )
    return found


def report_of(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[SourceTable],
    counted: Found,
    *,
    described: str | None,
) -> IngestReport:
    """Make the report of an import whose entries are counted.

    Parameters
    ----------
    counted
        From :func:`count_entries`.
    tables, described
        As for :func:`account_for_rows`.
    """
    found: Found = {index: [*counted.get(index, ())] for index in range(len(tables))}
    if described:
        _collect(connection, _described_sql(described), tables, found)
    if any(table_of.shape == "costs" for table_of in tables):
        _collect(connection, _costs_sql(), tables, found)
    for index, read in enumerate(tables):
        found[index] += [*_rejected(read), *_taken_out(read)]
    summaries = [_summary(read, found[index]) for index, read in enumerate(tables)]
    reasons = [reason for index in found for reason in found[index]]
    return IngestReport(tuple(summaries), tuple(reasons))


def _kept_sql(table: str) -> str:
    return (
        f"SELECT file_index, 'kept', '', count(*), [] FROM {identifier(table)} "
        f"ANTI JOIN {MERGED} USING (id) WHERE is_usable GROUP BY file_index ORDER BY file_index"
    )


def _merged_sql(table: str) -> str:
    return (
        f"SELECT file_index, 'merged', merged_as, count(*), {_SELECT_EXAMPLES} FROM "
        f"(SELECT t.*, merged_as, {_ROW_TEXT} AS shown FROM {MERGED} "
        f"JOIN {identifier(table)} t USING (id)) GROUP BY file_index, merged_as ORDER BY ALL"
    )


def _fault_sql(table: str) -> str:
    return (
        f"SELECT file_index, 'set aside', fault, count(*), {_SELECT_EXAMPLES} FROM "
        f"(SELECT *, COALESCE(nullif(time_text, ''), {_ROW_TEXT}) AS shown "
        f"FROM {identifier(table)} WHERE NOT is_usable) "
        "GROUP BY file_index, fault ORDER BY ALL"
    )


def _described_sql(table: str) -> str:
    """Rows of attribute files are read if they have their key, else set aside."""
    keyless = (
        "CASE level WHEN 'person' THEN person_id IS NULL WHEN 'account' THEN account_id IS NULL "
        "ELSE true END"
    )
    return (
        f"SELECT file_index, 'read as attributes', '', count(*), [] FROM {identifier(table)} "
        f"WHERE NOT ({keyless}) GROUP BY file_index UNION ALL "
        "SELECT file_index, 'set aside', 'no account and no person', count(*), "
        f"{_SELECT_EXAMPLES} FROM (SELECT *, '' AS shown FROM {identifier(table)}) "
        f"WHERE {keyless} GROUP BY file_index ORDER BY ALL"
    )


def _collect(
    connection: duckdb.DuckDBPyConnection,
    query: str,
    tables: Sequence[SourceTable],
    found: Found,
) -> None:
    for row in connection.execute(query).fetchall():
        index, action, reason, n_rows, examples = row
        shown = [(int(e["row"]), str(e["value"] or "")) for e in examples or ()]
        found.setdefault(int(index), []).append(
            ReasonCount(
                file=tables[int(index)].file,
                action=cast("Action", action),
                reason=str(reason),
                n_rows=int(n_rows),
                examples=tuple(Example(*pair) for pair in shown),
            )
        )


def _rejected(read: SourceTable) -> list[ReasonCount]:
    """Rows that are no rows of the table: ragged, totals; by reason as far as they are known."""
    if not read.n_rejected:
        return []
    reasons = list(dict.fromkeys(row.reason for row in read.rejected)) or ["not a row"]
    counts: dict[str, int] = {
        reason: sum(row.reason == reason for row in read.rejected) for reason in reasons
    }
    counts[reasons[-1]] += read.n_rejected - sum(counts.values())
    return [
        ReasonCount(
            file=read.file,
            action="set aside",
            reason=reason,
            n_rows=counts[reason],
            examples=tuple(
                Example(row.line, row.text[:_SHOWN])
                for row in read.rejected
                if row.reason == reason
            )[:MOST_EXAMPLES],
        )
        for reason in reasons
    ]


def _taken_out(read: SourceTable) -> list[ReasonCount]:
    """Rows that a preset took out of the table, with its reasons."""
    return [
        ReasonCount(
            file=read.file,
            action=aside.action,
            reason=aside.reason,
            n_rows=aside.n_rows,
            examples=tuple(Example(row, text) for row, text in aside.examples),
        )
        for aside in read.aside
    ]


def _costs_sql() -> str:
    """Rows of costs are read if they say what was paid on which day, else set aside."""
    return (
        "SELECT file_index, 'read as costs', '', count(*), [] FROM costs "
        "WHERE fault IS NULL GROUP BY file_index UNION ALL "
        "SELECT file_index, 'set aside', fault, count(*), list({row: source_row, value: "
        f"left(shown, {_SHOWN})}} ORDER BY source_row)[1:{MOST_EXAMPLES}] FROM costs "
        "WHERE fault IS NOT NULL GROUP BY file_index, fault ORDER BY ALL"
    )


def _summary(read: SourceTable, reasons: Sequence[ReasonCount]) -> FileSummary:
    def total(action: Action) -> int:
        return sum(reason.n_rows for reason in reasons if reason.action == action)

    return FileSummary(
        file=read.file,
        shape=read.shape,
        n_rows=read.n_rows
        - read.n_added
        + read.n_rejected
        + sum(aside.n_rows for aside in read.aside),
        n_read=sum(reason.n_rows for reason in reasons),
        n_kept=total("kept"),
        n_merged=total("merged"),
        n_set_aside=total("set aside"),
        n_attributes=total("read as attributes"),
        n_costs=total("read as costs"),
        roles=dict(read.roles),
    )


def no_row_left(report: IngestReport) -> str:
    """Why no row could be used, by the most frequent reason."""
    worst = max(
        (reason for reason in report.reasons if reason.action == "set aside"),
        key=lambda reason: reason.n_rows,
        default=None,
    )
    if worst is None:
        return "The files have no rows with touchpoints."
    shown = f", for example {worst.examples[0]}" if worst.examples else ""
    return (
        f"No row could be used: {worst.n_rows:,} rows of {worst.file} have {worst.reason}{shown}. "
        "Check which columns hold the case, the time and the touchpoint, "
        "for example --column occurred_at=HEADER."
    )
