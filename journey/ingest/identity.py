"""Who is who: anonymous visits to people, people to accounts.

Every join is one that the data state: rows or files that carry both ids, or the business domain
of an e-mail address. A visitor whom several people used is joined to none of them.
"""

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Final, cast

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from journey.ingest.sql import identifier, literal

ID_ROLES: Final = ("account_id", "person_id", "anonymous_id", "opportunity_id", "session_id")

_HOW: Final = {
    "file": "the account the file gives",
    "opportunity": "the account of their opportunity",
    "person": "the account that other rows or files give for the person",
    "domain": "the business domain of the person's e-mail address",
    "person itself": "the person, as no account is known",
    "visitor itself": "the anonymous visitor, as no person is known",
    "opportunity itself": "the opportunity, as nobody is named",
    "session itself": "the session, as nobody is named",
}


KNOWN_AS: Final = "known as"
_KINDS: Final = {
    "person itself": "person",
    "visitor itself": "visitor",
    "opportunity itself": "opportunity",
    "session itself": "visitor",
}


@cache
def free_mail_domains() -> tuple[str, ...]:
    """Domains at which anybody gets an address; they say nothing of a company."""
    text = (files("journey.ingest") / "free_mail_domains.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def resolve_identities(
    connection: duckdb.DuckDBPyConnection, source: str, target: str, *, others: Sequence[str]
) -> None:
    """Make the view ``target``: ``source`` with person and account filled in where known.

    Parameters
    ----------
    source
        Entries with all columns of :data:`ID_ROLES` and ``id``.
    others
        Further tables with those columns, whose rows relate ids.
    """
    related = " UNION ALL ".join(
        f"SELECT {', '.join(ID_ROLES)} FROM {identifier(table)}" for table in (source, *others)
    )
    connection.execute(f"CREATE OR REPLACE TEMP VIEW related AS {related}")
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE person_of_visitor AS
        SELECT anonymous_id AS visitor, min(person_id) AS person FROM related
        WHERE anonymous_id IS NOT NULL AND person_id IS NOT NULL
        GROUP BY anonymous_id HAVING min(person_id) = max(person_id)
        """
    )
    _relate_accounts(connection, source)
    person = "COALESCE(t.person_id, v.person)"
    choices = {
        "file": "t.account_id",
        "opportunity": "o.account",
        "person": "CASE WHEN a.how = 'person' THEN a.account END",
        "domain": "CASE WHEN a.how = 'domain' THEN a.account END",
        "person itself": person,
        "visitor itself": "t.anonymous_id",
        "opportunity itself": "t.opportunity_id",
        "session itself": "t.session_id",
    }
    how = " ".join(f"WHEN {sql} IS NOT NULL THEN {literal(key)}" for key, sql in choices.items())
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP VIEW {identifier(target)} AS
        SELECT t.* EXCLUDE (account_id, person_id), {person} AS person_id,
            COALESCE({", ".join(choices.values())}) AS account_id,
            CASE {how} END AS account_by,
            t.person_id IS NULL AND v.person IS NOT NULL AS is_joined_visitor
        FROM {identifier(source)} t
        LEFT JOIN person_of_visitor v ON t.anonymous_id = v.visitor
        LEFT JOIN account_of_person a ON {person} = a.person
        LEFT JOIN account_of_opportunity o ON t.opportunity_id = o.opportunity
        """
    )


def _relate_accounts(connection: duckdb.DuckDBPyConnection, source: str) -> None:
    """Make ``account_of_person`` and ``account_of_opportunity``, by most rows where several."""
    rows = connection.execute(
        f"SELECT 1 FROM {identifier(source)} WHERE account_id IS NULL LIMIT 1"
    ).fetchall()
    # Where every row has its account, nothing is looked up, so nothing is related.
    is_needed = "true" if rows else "false"
    free = ", ".join(literal(domain) for domain in free_mail_domains())
    for key, table in (("opportunity_id", "account_of_opportunity"), ("person_id", "stated")):
        connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE {table} AS
            SELECT {key} AS {key.removesuffix("_id")},
                first(account_id ORDER BY n DESC, account_id) AS account
            FROM (SELECT {key}, account_id, count(*) AS n FROM related
                WHERE {is_needed} AND {key} IS NOT NULL AND account_id IS NOT NULL
                GROUP BY ALL)
            GROUP BY {key}
            """
        )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE account_of_person AS
        WITH people AS (
            SELECT DISTINCT person_id AS person,
                CASE WHEN contains(person_id, '@') THEN split_part(person_id, '@', -1) END AS domain
            FROM related WHERE {is_needed} AND person_id IS NOT NULL),
        business AS (
            SELECT person, domain FROM people
            WHERE contains(domain, '.') AND domain NOT IN ({free})),
        -- Where all known colleagues belong to one account, so does the rest of the domain.
        account_of_domain AS (
            SELECT domain, min(account) AS account FROM business JOIN stated USING (person)
            GROUP BY domain HAVING min(account) = max(account))
        SELECT person, COALESCE(stated.account, account_of_domain.account, business.domain)
            AS account, CASE WHEN stated.account IS NULL THEN 'domain' ELSE 'person' END AS how
        FROM people LEFT JOIN stated USING (person) LEFT JOIN business USING (person)
        LEFT JOIN account_of_domain ON business.domain = account_of_domain.domain
        WHERE COALESCE(stated.account, business.domain) IS NOT NULL
        """
    )


def account_kinds(connection: duckdb.DuckDBPyConnection, table: str) -> pa.Table | None:
    """Say whose each journey is: a company's, or a person's or visitor's of no known company.

    Returns
    -------
    Table or None
        ``account_id`` and ``known as``; none where all are of one kind.
    """
    kind = " ".join(f"WHEN {literal(how)} THEN {literal(kind)}" for how, kind in _KINDS.items())
    kinds = connection.sql(
        f"SELECT account_id, min(CASE account_by {kind} ELSE 'company' END) "
        f"AS {identifier(KNOWN_AS)} FROM {identifier(table)} GROUP BY account_id"
    ).to_arrow_table()
    return kinds if len(pc.unique(kinds[KNOWN_AS])) > 1 else None


def identity_notes(connection: duckdb.DuckDBPyConnection, target: str) -> list[str]:
    """Say what was joined, with counts."""
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
    notes = [
        f"{counts[how]:,} rows: the journey is {words}."
        for how, words in _HOW.items()
        if how in counts
    ]
    if n_rows:
        notes.append(
            f"{n_rows:,} rows of {n_visitors:,} anonymous visitors belong to people who were "
            "later known by name."
        )
    return notes
