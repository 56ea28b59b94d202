"""What rules make of the ids of a data set, told before anything is made anew."""

from dataclasses import dataclass, replace
from typing import cast

import duckdb

from journey.ingest.identity.ids import KEPT_ROWS, ROWS
from journey.ingest.identity.resolve import kind_sql, relate, resolved_rows_sql
from journey.rules.identity import JOINS, IdentityRules, Join


@dataclass(frozen=True)
class Effect:
    """What is known by some rules.

    Parameters
    ----------
    n_people
        Different people with a touchpoint.
    n_accounts
        Companies with a touchpoint.
    n_journeys
        Companies, and people, visitors and opportunities of no known company.
    n_touchpoints
        Rows with a time and a type, before duplicates are merged.
    n_with_person, n_with_account
        Of them, those with a known person and of a known company.
    """

    n_people: int
    n_accounts: int
    n_journeys: int
    n_touchpoints: int
    n_with_person: int
    n_with_account: int


def effect_of(connection: duckdb.DuckDBPyConnection, rules: IdentityRules) -> Effect:
    """What is known of the rows gathered if these rules are followed.

    Parameters
    ----------
    connection
        With the rows of a data set, as ``opened_identity`` gives it.
    """
    connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {ROWS} AS SELECT * FROM {KEPT_ROWS}")
    relate(connection, rules)
    row = connection.execute(
        f"""
        SELECT count(DISTINCT person_id),
            count(DISTINCT account_id) FILTER (is_company), count(DISTINCT account_id),
            COALESCE(sum(n_touchpoints), 0)::BIGINT,
            COALESCE(sum(n_touchpoints) FILTER (person_id IS NOT NULL), 0)::BIGINT,
            COALESCE(sum(n_touchpoints) FILTER (is_company), 0)::BIGINT
        FROM (SELECT *, account_id IS NOT NULL AND {kind_sql()} = 'company' AS is_company
            FROM ({resolved_rows_sql(connection, rules)}))
        WHERE n_touchpoints > 0 AND account_id IS NOT NULL
        """
    ).fetchall()[0]
    return Effect(*cast("tuple[int, int, int, int, int, int]", row))


def effects_by_join(
    connection: duckdb.DuckDBPyConnection, rules: IdentityRules
) -> dict[Join, tuple[Effect, Effect]]:
    """What each kind of join makes known: without it and with it, all else as in the rules."""
    now = effect_of(connection, rules)
    found: dict[Join, tuple[Effect, Effect]] = {}
    for join in JOINS:
        is_on = join not in rules.off
        other = effect_of(connection, switched(rules, join, on=not is_on))
        found[join] = (other, now) if is_on else (now, other)
    return found


def switched(rules: IdentityRules, join: Join, *, on: bool) -> IdentityRules:
    """The same rules with one kind of join followed or not.

    Examples
    --------
    >>> switched(IdentityRules(), "domain", on=False).off
    ('domain',)
    """
    off = tuple(name for name in JOINS if name in rules.off and name != join)
    return replace(rules, off=off if on else tuple(j for j in JOINS if j in (*off, join)))
