"""What tests of identities share: rows of ids, resolved."""

from journey.ingest.identity import IdColumns, resolve_identities

IDS = IdColumns(contact=("contact",))


def resolve(connection, rows, rules):
    """Make ``known`` of rows of visitor, address, contact and account, in ``touches``."""
    connection.execute(
        "CREATE OR REPLACE TABLE touches (anonymous_id VARCHAR, person_id VARCHAR, "
        "contact VARCHAR, account_id VARCHAR, opportunity_id VARCHAR, session_id VARCHAR, "
        "occurred_at BIGINT, touchpoint VARCHAR, file_index INTEGER, id BIGINT)"
    )
    connection.executemany(
        "INSERT INTO touches VALUES (?, ?, ?, ?, NULL, NULL, 0, 'Ad', 0, ?)",
        [(*row, number) for number, row in enumerate(rows)],
    )
    resolve_identities(connection, "touches", "known", others=[], rules=rules, ids=IDS)
