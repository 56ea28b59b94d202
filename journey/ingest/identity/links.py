"""What the data state of ids: which stand on the same rows, as one table of links."""

from typing import Final

import duckdb

from journey.ingest.identity.ids import ROWS, is_shared_sql, own_sql
from journey.ingest.sql import literal
from journey.rules.identity import IdentityRules

ROW_IDS: Final = "identity_row_ids"
"""The table of ids of people by the row of :data:`ROWS` they stand on, the named one first."""

LINKS: Final = "identity_links"
"""The table of links between two ids, each once, with ``status``."""

KEPT_LINKS: Final = "identity_kept_links"
"""The same table as it is kept with a data set, with the name of the ``file``."""

LINK_COLUMNS: Final = ("left_kind", "left_id", "right_kind", "right_id", "how")

FOLLOWED: Final = "followed"
OFF, CUT = "switched off", "cut"
SHARED_ADDRESS, SHARED_ID = "shared address", "shared by many ids"
MANY_IDS, SHARED_DEVICE = "too many ids", "shared device"
SEVERAL_ACCOUNTS, OUTVOTED = "several accounts", "another account has more rows"
SEVERAL_COMPANIES = "several companies"

_PERSON_COLUMNS: Final = (
    ("person_kind", "person_id"),
    ("'email'", "email"),
    ("'person'", "contact_id"),
    ("'person'", "user_id"),
    ("lead_kind", "lead_id"),
)
"""Columns with ids of people and their kinds."""


def named_id_sql(rules: IdentityRules) -> str:
    """SQL of the person that a row names: the first id, a shared address only without others."""
    columns = [column for _, column in _PERSON_COLUMNS]
    own = [own_sql(column, rules) for column in columns]
    return f"COALESCE({', '.join([*own, *columns])})"


def _kind_sql(kind: str, column: str) -> str:
    return f"CASE WHEN contains({column}, '@') THEN 'email' ELSE {kind} END"


def _named_kind_sql(rules: IdentityRules) -> str:
    owners = [
        f"WHEN {own_sql(column, rules)} IS NOT NULL THEN {_kind_sql(kind, column)}"
        for kind, column in _PERSON_COLUMNS
    ]
    return f"CASE {' '.join(owners)} ELSE 'email' END"


def make_links(connection: duckdb.DuckDBPyConnection, rules: IdentityRules) -> None:
    """Make the tables :data:`ROW_IDS` and :data:`LINKS` out of the rows gathered.

    A link has ``n_rows`` that state it, ``first_at`` and ``file_index`` of the first; its status
    says whether it is followed as far as the link alone can tell.
    """
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {ROW_IDS} AS {_row_ids_sql()}")
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {LINKS} AS
        SELECT *, {_status_sql(rules)} AS status, row_number() OVER () - 1 AS link FROM (
            SELECT {", ".join(LINK_COLUMNS)}, sum(n_rows)::BIGINT AS n_rows,
                min(first_at) AS first_at, min(file_index) AS file_index
            FROM ({" UNION ALL ".join(_stated(rules))}) GROUP BY ALL)
        """
    )
    _part_shared_ids(connection, rules)


def _row_ids_sql() -> str:
    """A query of all ids of people by row; an id that stands on a row twice counts once."""
    parts: list[str] = []
    earlier: list[str] = []
    for kind, column in _PERSON_COLUMNS:
        end = f"({column}, {_kind_sql(kind, column)})"
        is_new = "".join(f" AND {end} IS DISTINCT FROM {other}" for other in earlier)
        parts.append(
            f"SELECT rowid AS row, {_kind_sql(kind, column)} AS kind, {column} AS id "
            f"FROM {ROWS} WHERE {column} IS NOT NULL{is_new}"
        )
        earlier.append(end)
    return " UNION ALL ".join(parts)


def _stated(rules: IdentityRules) -> tuple[str, ...]:
    """Queries of the links on rows, one for each kind of join."""
    counts = "n_rows, first_at, file_index"
    named, named_kind = named_id_sql(rules), _named_kind_sql(rules)
    joined = f"FROM {ROWS} r JOIN {ROW_IDS} p ON r.rowid = p.row"
    # Most rows have one id of a person, which makes no pair.
    several = (
        f"(SELECT * FROM {ROW_IDS} SEMI JOIN "
        f"(SELECT row FROM {ROW_IDS} GROUP BY row HAVING count(*) > 1) USING (row))"
    )
    pairs = f"FROM {several} p JOIN {several} q ON p.row = q.row JOIN {ROWS} r ON r.rowid = p.row"
    return (
        (
            f"SELECT 'visitor' AS left_kind, anonymous_id AS left_id, {named_kind} AS right_kind, "
            f"{named} AS right_id, 'identify' AS how, {counts} FROM {ROWS} "
            f"WHERE anonymous_id IS NOT NULL AND {named} IS NOT NULL"
        ),
        (
            "SELECT p.kind, p.id, q.kind, q.id, "
            f"CASE p.kind WHEN 'email' THEN 'email' ELSE 'crm' END, {counts} {pairs} "
            "WHERE q.kind <> 'email' AND (p.kind = 'email' OR (p.kind, p.id) < (q.kind, q.id))"
        ),
        (
            f"SELECT kind, id, 'account', account_id, 'account', {counts} {joined} "
            "WHERE account_id IS NOT NULL"
        ),
        (
            f"SELECT 'opportunity', opportunity_id, 'account', account_id, 'opportunity', {counts} "
            f"FROM {ROWS} WHERE opportunity_id IS NOT NULL AND account_id IS NOT NULL"
        ),
    )


def _status_sql(rules: IdentityRules) -> str:
    off = ", ".join(map(literal, rules.off)) or "''"
    address = "CASE 'email' WHEN left_kind THEN left_id WHEN right_kind THEN right_id END"
    return (
        f"CASE WHEN how IN ({off}) THEN '{OFF}' WHEN {cut_sql(rules)} THEN '{CUT}' "
        # An account may be given for a shared address: its readers are of one company.
        f"WHEN how IN ('identify', 'email') AND {is_shared_sql(f'({address})', rules)} "
        f"THEN '{SHARED_ADDRESS}' ELSE '{FOLLOWED}' END"
    )


def cut_sql(rules: IdentityRules) -> str:
    """SQL that tells whether the company has cut a link."""
    named: list[str] = []
    for cut in rules.cuts:
        left = (cut.left_kind, cut.left_id)
        if cut.right_kind is None or cut.right_id is None:
            named += [_end_sql(side, left) for side in ("left", "right")]
            continue
        right = (cut.right_kind, cut.right_id)
        named += [
            f"({_end_sql('left', one)} AND {_end_sql('right', other)})"
            for one, other in ((left, right), (right, left))
        ]
    return f"({' OR '.join(named) or 'false'})"


def _end_sql(side: str, end: tuple[str, str]) -> str:
    return f"({side}_kind = {literal(end[0])} AND {side}_id = {literal(end[1])})"


def _part_shared_ids(connection: duckdb.DuckDBPyConnection, rules: IdentityRules) -> None:
    """Mark the links of addresses and ids that stand with too many of the other."""
    for side in ("left", "right"):
        connection.execute(
            f"""
            UPDATE {LINKS} SET status = '{SHARED_ID}'
            WHERE how IN ('email', 'crm') AND status = '{FOLLOWED}'
            AND ({side}_kind, {side}_id) IN (
                SELECT ({side}_kind, {side}_id) FROM {LINKS}
                WHERE how IN ('email', 'crm') AND status IN ('{FOLLOWED}', '{SHARED_ID}')
                GROUP BY {side}_kind, {side}_id HAVING count(*) > {rules.max_ids_per_address})
            """
        )
