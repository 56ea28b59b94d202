"""Why ids are one person or one account: the links that lead from one to all the others."""

from typing import TYPE_CHECKING, Final

import duckdb

from journey.ingest.identity.links import FOLLOWED, KEPT_LINKS

if TYPE_CHECKING:
    import pandas as pd

MOST_LINKS: Final = 2_000
_COLUMNS: Final = "left_kind, left_id, right_kind, right_id, how, n_rows, first_at, file, status"


def links_of(connection: duckdb.DuckDBPyConnection, value: str) -> "pd.DataFrame":
    """The links by which an id became part of its person and account.

    Parameters
    ----------
    connection
        With the links of a data set, as ``opened_identity`` gives it.
    value
        An id of any kind: a visitor, an address, a person, an opportunity, a domain, an account.

    Returns
    -------
    DataFrame
        One row per link that hangs together with the id by links that were followed, and those of
        the id itself that were not: ``left_kind``, ``left_id``, ``right_kind``, ``right_id``,
        ``how``, ``n_rows`` that state it (of a domain and an account: people who belong to both),
        ``first_at``, ``file`` of the first, ``status``. At most
        2,000; those followed and near the id first. Without links the frame is empty.
    """
    return connection.execute(
        f"""
        WITH RECURSIVE followed AS (
            SELECT left_kind AS kind, left_id AS id, right_kind AS to_kind, right_id AS to_id
            FROM {KEPT_LINKS} WHERE status = '{FOLLOWED}'
            UNION ALL SELECT right_kind, right_id, left_kind, left_id
            FROM {KEPT_LINKS} WHERE status = '{FOLLOWED}'),
        reached (kind, id, steps) AS (
            SELECT DISTINCT kind, ?, 0 FROM (
                SELECT left_kind AS kind FROM {KEPT_LINKS} WHERE left_id = ?
                UNION SELECT right_kind FROM {KEPT_LINKS} WHERE right_id = ?)
            UNION
            SELECT f.to_kind, f.to_id, r.steps + 1 FROM reached r
            JOIN followed f ON r.kind = f.kind AND r.id = f.id
            -- The people of a person's account are no part of why he is in it.
            WHERE r.steps < 6 AND (r.steps = 0 OR r.kind NOT IN ('account', 'domain'))),
        nearest AS (SELECT kind, id, min(steps) AS steps FROM reached GROUP BY kind, id)
        SELECT {_COLUMNS} FROM {KEPT_LINKS}
        LEFT JOIN nearest a ON left_kind = a.kind AND left_id = a.id
        LEFT JOIN nearest b ON right_kind = b.kind AND right_id = b.id
        WHERE (status = '{FOLLOWED}' AND a.steps IS NOT NULL AND b.steps IS NOT NULL)
            OR (status <> '{FOLLOWED}' AND (left_id = ? OR right_id = ?))
        ORDER BY status <> '{FOLLOWED}', LEAST(a.steps, b.steps), n_rows DESC, left_id, right_id,
            how LIMIT {MOST_LINKS}
        """,
        [value] * 5,
    ).df()


def joins_by_kind(connection: duckdb.DuckDBPyConnection) -> "pd.DataFrame":
    """How many links of each kind there are, and what became of them.

    Returns
    -------
    DataFrame
        One row per kind of join and status: ``how``, ``status``, ``n_links``, ``n_rows`` that
        state them, ``examples`` (up to three, those that most rows state).
    """
    return connection.execute(
        f"""
        SELECT how, status, count(*) AS n_links, sum(n_rows)::BIGINT AS n_rows,
            array_to_string(list(left_id || ' = ' || right_id
                ORDER BY n_rows DESC, left_id, right_id)[1:3], '; ') AS examples
        FROM {KEPT_LINKS} GROUP BY how, status ORDER BY how, n_links DESC, status
        """
    ).df()
