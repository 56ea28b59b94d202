"""The account of every person: the one that rows give, else the company of the e-mail domain."""

from typing import Final, cast

import duckdb
import pyarrow as pa

from journey.ingest.identity.domains import business_domains, registrable_domain
from journey.ingest.identity.ids import ROWS
from journey.ingest.identity.links import (
    CUT,
    FOLLOWED,
    LINK_COLUMNS,
    LINKS,
    OFF,
    OUTVOTED,
    ROW_IDS,
    SEVERAL_ACCOUNTS,
    SEVERAL_COMPANIES,
    SHARED_ADDRESS,
    cut_sql,
)
from journey.ingest.identity.people import NODES
from journey.rules.identity import IdentityRules

PEOPLE: Final = "identity_people"
"""The table of all ids of people: ``kind``, ``id``, ``name`` of the person, ``account``, ``how``
(``person`` or ``domain``)."""

OPPORTUNITIES: Final = "account_of_opportunity"

_HELPERS: Final = (
    *("named_people", "stated", "domain_of_host", "domain_of_site", "addresses"),
    *("domain_accounts", "by_domain"),
)
_HOST: Final = "split_part(id, '@', -1)"


def make_accounts(connection: duckdb.DuckDBPyConnection, rules: IdentityRules) -> None:
    """Make the tables :data:`PEOPLE` and :data:`OPPORTUNITIES`; add links by domain."""
    _name_people(connection)
    _choose_stated(connection, rules)
    _find_domains(connection, rules)
    _choose_by_domain(connection, rules)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {PEOPLE} AS
        SELECT kind, id, name, COALESCE(s.account, d.account) AS account,
            CASE WHEN s.account IS NOT NULL THEN 'person'
                WHEN d.account IS NOT NULL THEN 'domain' END AS how
        FROM named_people LEFT JOIN stated s USING (name) LEFT JOIN by_domain d USING (name)
        """
    )
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {OPPORTUNITIES} AS
        SELECT left_id AS opportunity, first(right_id ORDER BY n_rows DESC, right_id) AS account
        FROM {LINKS} WHERE how = 'opportunity' AND status = '{FOLLOWED}' GROUP BY left_id
        """
    )
    for table in (ROW_IDS, *_HELPERS):
        connection.execute(f"DROP TABLE {table}")


def _name_people(connection: duckdb.DuckDBPyConnection) -> None:
    """All ids of people with the name of their person.

    A lead's number that is also another person's id says that it is the lead's.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE named_people AS
        WITH every AS (SELECT DISTINCT kind, id FROM {ROW_IDS}),
        stands AS (
            SELECT e.kind, e.id, COALESCE(p.kind, e.kind) AS person_kind,
                COALESCE(p.id, e.id) AS person_id
            FROM every e LEFT JOIN {NODES} n ON e.kind = n.kind AND e.id = n.id
            LEFT JOIN {NODES} p ON n.person = p.node),
        taken AS (SELECT id FROM every WHERE kind <> 'lead')
        SELECT kind, id, CASE WHEN person_kind = 'lead' AND person_id IN (SELECT id FROM taken)
            THEN person_id || ' (lead)' ELSE person_id END AS name
        FROM stands
        """
    )


def _choose_stated(connection: duckdb.DuckDBPyConnection, rules: IdentityRules) -> None:
    """The account that enough rows give for a person; other accounts' links are marked."""
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE stated AS
        WITH votes AS (
            SELECT name, right_id AS account, sum(n_rows) AS n FROM {LINKS}
            JOIN named_people ON left_kind = kind AND left_id = id
            WHERE how = 'account' AND status = '{FOLLOWED}' GROUP BY name, right_id)
        SELECT name, first(account ORDER BY n DESC, account) AS most,
            CASE WHEN max(n) >= {rules.least_account_share} * sum(n) THEN most END AS account,
            count(*) AS n_accounts
        FROM votes GROUP BY name
        """
    )
    connection.execute(
        f"""
        UPDATE {LINKS} SET status = CASE WHEN s.account IS NULL THEN '{SEVERAL_ACCOUNTS}'
            ELSE '{OUTVOTED}' END
        FROM named_people p JOIN stated s USING (name)
        WHERE how = 'account' AND status = '{FOLLOWED}' AND s.n_accounts > 1
            AND left_kind = p.kind AND left_id = p.id AND right_id IS DISTINCT FROM s.account
        """
    )


def _find_domains(connection: duckdb.DuckDBPyConnection, rules: IdentityRules) -> None:
    """The business domain of every address, and the accounts that rows give for a domain."""
    hosts = _texts(
        connection, f"SELECT DISTINCT {_HOST} FROM named_people WHERE kind = 'email' ORDER BY 1"
    )
    found = business_domains(hosts, free=rules.free_mail_domains)
    _keep_map(connection, "domain_of_host", found)
    sites = _texts(
        connection, f"SELECT DISTINCT domain FROM {ROWS} WHERE domain IS NOT NULL ORDER BY 1"
    )
    known = {site: domain for site in sites if (domain := registrable_domain(site)) is not None}
    _keep_map(connection, "domain_of_site", known)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE addresses AS
        SELECT id, name, account, d.domain FROM named_people
        JOIN domain_of_host d ON {_HOST} = d.host LEFT JOIN stated USING (name)
        WHERE kind = 'email'
        """
    )


def _choose_by_domain(connection: duckdb.DuckDBPyConnection, rules: IdentityRules) -> None:
    """The account of people of whom only the address tells.

    Where all known colleagues belong to one account, so does the rest of the domain; else it is
    the one account whose rows name the domain; else the domain is the account.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE domain_accounts AS
        WITH colleagues AS (
            SELECT domain, account, count(*) AS n, 0 AS rank FROM addresses
            WHERE account IS NOT NULL GROUP BY domain, account),
        sites AS (
            SELECT d.domain, account_id, sum(n_rows), 1 FROM {ROWS} r
            JOIN domain_of_site d ON r.domain = d.host GROUP BY d.domain, account_id),
        first AS (
            SELECT *, min(rank) OVER (PARTITION BY domain) AS best
            FROM (SELECT * FROM colleagues UNION ALL SELECT * FROM sites))
        SELECT domain, account, sum(n)::BIGINT AS n,
            count(*) OVER (PARTITION BY domain) > 1 AS is_several
        FROM first WHERE rank = best GROUP BY domain, account
        """
    )
    _add_domain_links(connection, rules)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE by_domain AS
        WITH owners AS (
            SELECT name, min(COALESCE(a.right_id, l.right_id)) AS account
            FROM {LINKS} l JOIN addresses ON l.left_id = id
            LEFT JOIN {LINKS} a ON a.how = 'domain' AND a.left_kind = 'domain'
                AND a.left_id = l.right_id AND a.status = '{FOLLOWED}'
            WHERE l.how = 'domain' AND l.left_kind = 'email' AND l.status = '{FOLLOWED}'
            GROUP BY name),
        companies AS (
            SELECT id, COALESCE(a.account, o.account) AS account
            FROM addresses a LEFT JOIN owners o USING (name)
            WHERE {str("domain" not in rules.off).lower()}),
        -- Who reads a shared address is no one person, but is of its company.
        readers AS (
            SELECT p.name, min(c.account) AS account FROM {LINKS} l
            JOIN named_people p ON l.right_kind = p.kind AND l.right_id = p.id
            JOIN companies c ON l.left_id = c.id
            WHERE l.how = 'email' AND l.status = '{SHARED_ADDRESS}'
                AND p.name NOT IN (SELECT name FROM addresses)
            GROUP BY p.name HAVING min(c.account) = max(c.account))
        FROM owners UNION ALL FROM readers
        """
    )


def _add_domain_links(connection: duckdb.DuckDBPyConnection, rules: IdentityRules) -> None:
    """Links of addresses to domains, and of those domains to accounts, with their status."""
    off = f"'{OFF}'" if "domain" in rules.off else "NULL"
    connection.execute(
        f"""
        INSERT INTO {LINKS}
        WITH mute AS (SELECT * FROM addresses WHERE account IS NULL),
        several AS (SELECT name FROM mute GROUP BY name HAVING min(domain) < max(domain)),
        counted AS (
            SELECT id, sum(n_rows)::BIGINT AS n_rows, min(first_at) AS first_at,
                min(file_index) AS file_index
            FROM {ROW_IDS} JOIN {ROWS} r ON row = r.rowid WHERE kind = 'email' GROUP BY id),
        links AS (
            SELECT 'email' AS left_kind, id AS left_id, 'domain' AS right_kind,
                domain AS right_id, 'domain' AS how, n_rows, first_at, file_index,
                CASE WHEN name IN (SELECT name FROM several) THEN '{SEVERAL_COMPANIES}'
                    ELSE '{FOLLOWED}' END AS status
            FROM mute JOIN counted USING (id)
            UNION ALL
            SELECT 'domain', domain, 'account', account, 'domain', n, NULL, NULL,
                CASE WHEN is_several THEN '{SEVERAL_ACCOUNTS}' ELSE '{FOLLOWED}' END
            FROM domain_accounts SEMI JOIN mute USING (domain) WHERE account <> domain)
        SELECT {", ".join(LINK_COLUMNS)}, n_rows, first_at, file_index,
            COALESCE({off}, CASE WHEN {cut_sql(rules)} THEN '{CUT}' END, status), -1 FROM links
        """
    )


def _texts(connection: duckdb.DuckDBPyConnection, query: str) -> list[str]:
    return [cast("str", value) for (value,) in connection.execute(query).fetchall()]


def _keep_map(connection: duckdb.DuckDBPyConnection, table: str, found: dict[str, str]) -> None:
    """Make a table of hosts and their domain."""
    held = pa.table(
        {
            "host": pa.array(list(found), pa.string()),
            "domain": pa.array(list(found.values()), pa.string()),
        }
    )
    connection.register("found_map", held)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT * FROM found_map")
    connection.unregister("found_map")
