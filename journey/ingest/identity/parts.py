"""Entries with person and account, worked out for a part of all ids at a time.

A log of many people has more names than memory holds, beside all else that entries are joined
with. Each entry needs the name of one person or one visitor, so those of a part are enough for the
entries that have an id of it.
"""

from pathlib import Path
from typing import Final, cast

import duckdb

from journey.ingest.identity.ids import IdColumns, is_lead_sql, stated_sql
from journey.ingest.identity.resolve import NAMED, VISITORS, is_related, resolved_sql
from journey.ingest.sql import identifier, literal
from journey.rules.identity import IdentityRules

IDS_AT_ONCE: Final = 600_000
_PART: Final = "entries_of_part"


def keep_in_parts(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    target: str,
    folder: Path,
    *,
    rules: IdentityRules,
    ids: IdColumns,
    ids_at_once: int = IDS_AT_ONCE,
) -> None:
    """Make the view ``target`` of :func:`resolve_identities` one of files, if there are many ids.

    Parameters
    ----------
    source, target, rules, ids
        As for :func:`resolve_identities`, which was called before.
    folder
        Takes the files; the connection may write there.
    ids_at_once
        How many known people and visitors are few enough to look up at once.
    """
    n_parts = _n_parts(connection, ids_at_once)
    if n_parts <= 1:
        return
    stated, is_lead = (make(ids, rules, is_event=True) for make in (stated_sql, is_lead_sql))
    files = [folder / f"{target}-{part}.parquet" for part in range(n_parts)]
    for part in range(n_parts):
        names: list[str] = []
        for table, key in (
            (NAMED, "id"),
            (VISITORS, "visitor"),
            (source, f"COALESCE({stated}, anonymous_id)"),
        ):
            names.append(f"{_PART} {table}")
            connection.execute(
                f"CREATE OR REPLACE TEMP VIEW {identifier(names[-1])} AS "
                f"SELECT * FROM {identifier(table)} WHERE hash({key}) % {n_parts} = {part}"
            )
        named, visitors, entries = names
        query = resolved_sql(connection, entries, stated, is_lead, known=(named, visitors))
        connection.execute(
            f"COPY ({query}) TO {literal(str(files[part]))} "
            "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 20480, "
            "PRESERVE_ORDER false)"
        )
    # Named one by one: a pattern would take brackets in the folder's name for its own.
    listed = ", ".join(literal(str(file)) for file in files)
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {identifier(target)} AS FROM read_parquet([{listed}])"
    )


def _n_parts(connection: duckdb.DuckDBPyConnection, ids_at_once: int) -> int:
    """In how many parts people and visitors are few enough; none where nothing was related."""
    if not is_related(connection):
        return 0
    row = connection.execute(
        f"SELECT (SELECT count(*) FROM {NAMED}) + (SELECT count(*) FROM {VISITORS})"
    ).fetchall()[0]
    return -(-cast("tuple[int]", row)[0] // ids_at_once)
