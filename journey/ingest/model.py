"""What a proposal of stages and outcomes needs to know of a log."""

from collections import Counter
from typing import cast

import duckdb
import pyarrow as pa

from journey.definitions import Definitions
from journey.ingest.sql import identifier
from journey.ingest.synonyms import plain
from journey.proposals import propose_definitions

_ROLE_HEADERS = ("role", "person_role", "buying_role", "job_role", "contact_role", "persona")


def propose_for(
    connection: duckdb.DuckDBPyConnection, table: str, people: pa.Table | None
) -> Definitions:
    """Propose definitions for the entries kept."""
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP VIEW placed AS
        SELECT touchpoint, stage, CASE WHEN count(*) OVER journey = 1 THEN 0.5
            ELSE (row_number() OVER (journey ORDER BY occurred_at, id) - 1)
                / (count(*) OVER journey - 1.0) END AS place
        FROM {identifier(table)} WINDOW journey AS (PARTITION BY account_id)
        """
    )
    types, positions = _mean_places(connection, "touchpoint")
    stages, _ = _mean_places(connection, "stage")
    return propose_definitions(types, positions, stages_seen=stages, roles_seen=_roles(people))


def _mean_places(
    connection: duckdb.DuckDBPyConnection, column: str
) -> tuple[list[str], list[float]]:
    """Values of a column and their mean place in the journeys, the earliest first."""
    rows = connection.execute(
        f"SELECT {column}, round(avg(place), 6) AS place FROM placed WHERE {column} IS NOT NULL "
        "GROUP BY ALL ORDER BY 2, 1"
    ).fetchall()
    found = cast("list[tuple[str, float]]", rows)
    return [value for value, _ in found], [float(place) for _, place in found]


def _roles(people: pa.Table | None) -> dict[str, int]:
    """Roles of people and how many have each."""
    names = people.column_names if people is not None else []
    column = next((name for name in names if plain(name) in _ROLE_HEADERS), None)
    if people is None or column is None:
        return {}
    return dict(Counter(map(str, people[column].drop_null().to_pylist())))
