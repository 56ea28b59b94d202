"""Entries with person and account filled in where they are known."""

from collections import Counter
from collections.abc import Sequence
from typing import Final, cast

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from journey.ingest.identity.accounts import OPPORTUNITIES, PEOPLE, make_accounts
from journey.ingest.identity.ids import (
    ROWS,
    IdColumns,
    gather_rows,
    is_lead_sql,
    is_shared_sql,
    own_sql,
    stated_sql,
)
from journey.ingest.identity.links import LINKS, make_links, named_id_sql
from journey.ingest.identity.people import NODES, make_people
from journey.ingest.identity.unsafe import find_warnings
from journey.ingest.sql import identifier, literal
from journey.rules.identity import IdentityRules
from journey.schema import KNOWN_AS, VISITOR
from journey.wording import counted

HOW: Final = {
    "file": "the account the file gives",
    "opportunity": "the account of their opportunity",
    "person": "the account that other rows or files give for the person",
    "domain": "the business domain of the person's e-mail address",
    "person itself": "the person, as no account is known",
    "visitor itself": "the anonymous visitor, as no person is known",
    "opportunity itself": "the opportunity, as nobody is named",
    "session itself": "the session, as nobody is named",
}
KINDS: Final = {
    "person itself": "person",
    "visitor itself": VISITOR,
    "opportunity itself": "opportunity",
    "session itself": VISITOR,
}
_FALLBACKS: Final = ("person itself", "opportunity itself", "visitor itself", "session itself")
"""Of two ids that are spelled alike, the first keeps its name; an account always does."""

NAMED: Final = "identity_named"
"""The table of ids of people whose name or account is another than they state."""

VISITORS: Final = "identity_visitors"
"""The table of visitors that are known by name."""

RENAMED: Final = "identity_renamed"
"""The table of ids that only look like those of another kind, and their names."""

_SHARED: Final = "identity_shared"
"""The table of shared addresses that stand as a person, with their touchpoints."""


def resolve_identities(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    target: str,
    *,
    others: Sequence[str],
    rules: IdentityRules | None = None,
    ids: IdColumns | None = None,
) -> None:
    """Make the view ``target``: ``source`` with person and account filled in where known.

    People in ``others`` get the same ids. Where every row names its account and its person,
    nothing is related.

    Parameters
    ----------
    source
        Entries with all columns of ``ID_ROLES`` and ``id``.
    others
        Further tables with those columns, whose rows relate ids.
    rules
        Which joins are followed; none: those by default.
    ids
        Columns with ids beside those with a role.
    """
    columns, rules = ids or IdColumns(), rules or IdentityRules()
    if not needs_relating(connection, source, columns):
        as_stated(connection, source, target)
        return
    gather_rows(connection, source, others, columns)
    relate(connection, rules)
    as_related(connection, source, target, others=others, rules=rules, ids=columns)


def as_stated(connection: duckdb.DuckDBPyConnection, source: str, target: str) -> None:
    """Make the view ``target``: ``source`` with person and account as its rows state them."""
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW {identifier(target)} AS "
        f"SELECT *, 'file' AS account_by, false AS is_joined_visitor FROM {identifier(source)}"
    )


def as_related(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    target: str,
    *,
    others: Sequence[str],
    rules: IdentityRules,
    ids: IdColumns,
) -> None:
    """Make the view ``target`` of :func:`resolve_identities` by tables of who is who.

    Parameters
    ----------
    source, target, others, rules, ids
        As for :func:`resolve_identities`.
    """
    stated, is_lead = (make(ids, rules, is_event=True) for make in (stated_sql, is_lead_sql))
    query = resolved_sql(connection, source, stated, is_lead)
    connection.execute(f"CREATE OR REPLACE TEMP VIEW {identifier(target)} AS {query}")
    for table in others:
        _name_described(connection, table, ids, rules)


def needs_relating(connection: duckdb.DuckDBPyConnection, source: str, ids: IdColumns) -> bool:
    """Whether anything is left to find out: entries without an account, or ids beside ids."""
    if ids.of_people:
        return True
    row = connection.execute(
        "SELECT 1 FROM " + identifier(source) + " WHERE account_id IS NULL "
        "OR (person_id IS NULL AND anonymous_id IS NOT NULL) LIMIT 1"
    ).fetchall()
    return bool(row)


def relate(connection: duckdb.DuckDBPyConnection, rules: IdentityRules) -> None:
    """Make all tables of who is who out of the rows gathered."""
    make_links(connection, rules)
    make_people(connection, rules)
    make_accounts(connection, rules)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {NAMED} AS SELECT id, kind = 'lead' AS is_lead, name, "
        f"account, how FROM {PEOPLE} WHERE name <> id OR account IS NOT NULL"
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {VISITORS} AS
        SELECT v.id AS visitor, p.name, p.account, p.how FROM {NODES} v
        JOIN {NODES} n ON v.person = n.node JOIN {PEOPLE} p ON n.kind = p.kind AND n.id = p.id
        WHERE v.kind = 'visitor' AND v.node <> v.person
        """
    )
    named = named_id_sql(rules)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {_SHARED} AS "
        f"SELECT {named} AS id, sum(n_touchpoints)::BIGINT AS n_touchpoints FROM {ROWS} "
        f"WHERE {is_shared_sql(f'({named})', rules)} GROUP BY 1 HAVING sum(n_touchpoints) > 0"
    )
    _rename_alike(connection, rules)


def resolved_sql(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    stated: str,
    is_lead: str,
    *,
    known: tuple[str, str] = (NAMED, VISITORS),
) -> str:
    """A query of a table with person and account as they are known.

    Parameters
    ----------
    stated, is_lead
        SQL of the person that a row of the table names, and whether that is a lead's number.
    known
        The tables of people and visitors who are looked up.
    """
    (renamed,) = connection.execute(f"SELECT count(*) FROM {RENAMED}").fetchall()[0]
    person = "COALESCE(p.name, t.named, v.name)"
    own = {
        "person itself": person,
        "visitor itself": "t.anonymous_id",
        "opportunity itself": "t.opportunity_id",
        "session itself": "t.session_id",
    }
    joins = ""
    for place, (how, sql) in enumerate(own.items() if renamed else ()):
        is_same = f"r{place}.how = '{how}' AND r{place}.id = {sql}"
        joins += f" LEFT JOIN {RENAMED} r{place} ON {is_same}"
        own[how] = f"COALESCE(r{place}.name, {sql})"
    account = "COALESCE(p.account, CASE WHEN t.named IS NULL THEN v.account END)"
    by = "COALESCE(p.how, CASE WHEN t.named IS NULL THEN v.how END)"
    choices = {
        "file": "t.account_id",
        "opportunity": "o.account",
        "person": f"CASE WHEN {by} = 'person' THEN {account} END",
        "domain": f"CASE WHEN {by} = 'domain' THEN {account} END",
        **own,
    }
    how = " ".join(f"WHEN {sql} IS NOT NULL THEN {literal(key)}" for key, sql in choices.items())
    return f"""
        SELECT t.* EXCLUDE (account_id, person_id, named, is_lead), {person} AS person_id,
            COALESCE({", ".join(choices.values())}) AS account_id,
            CASE {how} END AS account_by,
            t.named IS NULL AND v.name IS NOT NULL AS is_joined_visitor
        FROM (SELECT *, {stated} AS named, {is_lead} AS is_lead FROM {identifier(table)}) t
        LEFT JOIN {identifier(known[0])} p ON t.named = p.id AND t.is_lead = p.is_lead
        LEFT JOIN {identifier(known[1])} v ON t.anonymous_id = v.visitor
        LEFT JOIN {OPPORTUNITIES} o ON t.opportunity_id = o.opportunity{joins}
    """


def resolved_rows_sql(connection: duckdb.DuckDBPyConnection, rules: IdentityRules) -> str:
    """A query of the rows gathered, with person and account as they are known."""
    own = {name: own_sql(name, rules) for name in ("person_id", "email", "contact_id", "user_id")}
    others = ", ".join(sql for name, sql in own.items() if name != "person_id")
    is_lead = (
        f"CASE WHEN {own['person_id']} IS NOT NULL THEN person_kind = 'lead' "
        f"ELSE COALESCE({others}) IS NULL AND COALESCE(lead_kind = 'lead', false) END"
    )
    return resolved_sql(connection, ROWS, named_id_sql(rules), is_lead)


def _rename_alike(connection: duckdb.DuckDBPyConnection, rules: IdentityRules) -> None:
    """Find ids of different kinds that would be one journey only because they are spelled alike."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {RENAMED} (how VARCHAR, id VARCHAR, name VARCHAR)"
    )
    ranks = " ".join(f"WHEN '{how}' THEN {rank}" for rank, how in enumerate(_FALLBACKS, start=1))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE identity_cases AS "
        f"SELECT account_id AS id, CASE account_by {ranks} ELSE 0 END AS rank "
        f"FROM ({resolved_rows_sql(connection, rules)}) WHERE account_id IS NOT NULL GROUP BY ALL"
    )
    words = " ".join(
        f"WHEN {rank} THEN {literal(how)}" for rank, how in enumerate(_FALLBACKS, start=1)
    )
    connection.execute(
        f"""
        INSERT INTO {RENAMED}
        SELECT how, id, {_marked_sql("id")} FROM (
            SELECT CASE rank {words} END AS how, id FROM identity_cases c
            WHERE rank > (SELECT min(rank) FROM identity_cases d WHERE d.id = c.id))
        """
    )
    is_alike = "name IN (SELECT id FROM identity_cases)"
    while connection.execute(f"SELECT 1 FROM {RENAMED} WHERE {is_alike} LIMIT 1").fetchall():
        connection.execute(f"UPDATE {RENAMED} SET name = {_marked_sql('name')} WHERE {is_alike}")
    connection.execute("DROP TABLE identity_cases")


def _marked_sql(name: str) -> str:
    """SQL of a name with the kind of its id behind it."""
    return f"{name} || ' (' || replace(how, ' itself', '') || ')'"


def _name_described(
    connection: duckdb.DuckDBPyConnection, table: str, ids: IdColumns, rules: IdentityRules
) -> None:
    """Give the people that a table describes the names they have in the entries."""
    stated, is_lead = (make(ids, rules, is_event=False) for make in (stated_sql, is_lead_sql))
    connection.execute(
        f"""
        UPDATE {identifier(table)} t SET person_id = p.name FROM {NAMED} p
        WHERE p.id = {stated} AND p.is_lead = {is_lead} AND p.name IS DISTINCT FROM t.person_id
        """
    )
    connection.execute(
        f"UPDATE {identifier(table)} SET person_id = {stated} "
        f"WHERE {is_shared_sql('person_id', rules)} AND person_id <> {stated}"
    )


def account_kinds(connection: duckdb.DuckDBPyConnection, table: str) -> pa.Table | None:
    """Say whose each journey is: a company's, or a person's or visitor's of no known company.

    Returns
    -------
    Table or None
        ``account_id`` and ``known as``; none where all are of one kind.
    """
    kind = f"SELECT DISTINCT {kind_sql()} FROM {identifier(table)}"
    if len(connection.execute(kind).fetchall()) <= 1:
        return None
    kinds = connection.sql(
        f"SELECT account_id, min({kind_sql()}) AS {identifier(KNOWN_AS)} "
        f"FROM {identifier(table)} GROUP BY account_id"
    ).to_arrow_table()
    return kinds if len(pc.unique(kinds[KNOWN_AS])) > 1 else None


def kind_sql() -> str:
    """SQL of what a journey is known as, by how its account was found."""
    kinds = " ".join(f"WHEN {literal(how)} THEN {literal(kind)}" for how, kind in KINDS.items())
    return f"CASE account_by {kinds} ELSE 'company' END"


def identity_notes(connection: duckdb.DuckDBPyConnection, target: str) -> list[str]:
    """Say what was joined, and what was not as it is unsafe, with counts."""
    return [*joined_notes([count_joined(connection, target)]), *relation_notes(connection)]


Joined = tuple[dict[str, int], int, int]
"""Rows by how their account was found, rows of visitors known by name, and such visitors."""


def count_joined(connection: duckdb.DuckDBPyConnection, target: str) -> Joined:
    """Count what was joined; of parts that have all rows of a person or visitor each."""
    counts = dict(
        cast(
            "list[tuple[str, int]]",
            connection.execute(
                f"SELECT account_by, count(*) FROM {identifier(target)} "
                "WHERE account_by IS NOT NULL GROUP BY account_by"
            ).fetchall(),
        )
    )
    visits = connection.execute(
        f"SELECT count(*), count(DISTINCT anonymous_id) FROM {identifier(target)} "
        "WHERE is_joined_visitor"
    ).fetchall()[0]
    n_rows, n_visitors = cast("tuple[int, int]", visits)
    return counts, n_rows, n_visitors


def joined_notes(parts: Sequence[Joined]) -> list[str]:
    """Say what was joined, of all parts."""
    counts: Counter[str] = Counter()
    n_rows = n_visitors = 0
    for by_how, n_rows_here, n_visitors_here in parts:
        counts.update(by_how)
        n_rows, n_visitors = n_rows + n_rows_here, n_visitors + n_visitors_here
    notes = [
        f"{counted(counts[how], 'row')}: the journey is {words}."
        for how, words in HOW.items()
        if how in counts
    ]
    if n_rows:
        notes.append(
            f"{n_rows:,} rows of {n_visitors:,} anonymous visitors belong to people who were "
            "later known by name."
        )
    return notes


def is_related(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether anything had to be related, so that there are tables of who is who."""
    return bool(
        connection.execute(
            f"SELECT 1 FROM duckdb_tables() WHERE table_name = '{RENAMED}'"
        ).fetchall()
    )


def relation_notes(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Ids that are one person, ids that only look alike, and links not followed, with counts."""
    notes: list[str] = []
    if not is_related(connection):
        return notes
    merged = connection.execute(
        f"SELECT count(*), count(DISTINCT name) FROM {PEOPLE} "
        f"WHERE name IN (SELECT name FROM {PEOPLE} GROUP BY name HAVING count(*) > 1)"
    ).fetchall()[0]
    n_ids, n_people = cast("tuple[int, int]", merged)
    if n_ids:
        notes.append(
            f"People known by several e-mail addresses or ids: {n_people:,}, by {n_ids:,} in all."
        )
    alike = connection.execute(
        f"SELECT count(*), min_by(id, id), min_by(name, id) FROM {RENAMED}"
    ).fetchall()[0]
    n_alike, example, name = cast("tuple[int, str, str]", alike)
    if n_alike:
        notes.append(
            f"Ids spelled like ids of another kind, which are kept apart: {n_alike:,}, for "
            f"example {example!r} as {name!r}."
        )
    shared = connection.execute(
        f"SELECT count(*), COALESCE(sum(n_touchpoints), 0)::BIGINT, "
        f"first(id ORDER BY n_touchpoints DESC, id) FROM {_SHARED}"
    ).fetchall()[0]
    n_shared, n_touchpoints, example = cast("tuple[int, int, str]", shared)
    if n_shared:
        notes.append(
            "Addresses that look shared, such as info@, which stand as one person each for want "
            f"of another id: {n_shared:,}, with {n_touchpoints:,} touchpoints, for example "
            f"{example!r}."
        )
    return notes + [warning.sentence for warning in find_warnings(connection, LINKS)]
