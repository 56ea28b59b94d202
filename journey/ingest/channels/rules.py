"""The channel of sources, mediums and campaigns by the rules, asked in SQL."""

from collections.abc import Sequence
from typing import Final

import duckdb
import pyarrow as pa

from journey.ingest.sql import identifier, literal
from journey.rules.channels import UNASSIGNED, ChannelRule, Condition, source_categories

_ENDING: Final = "(?:com|net|org|[a-z]{2}|(?:com?|net?|org?|edu|gov|ac)[.][a-z]{2})"
_MOST_LABELS: Final = 8


def channel_sql(rules: Sequence[ChannelRule]) -> str:
    """SQL of the channel of ``source``, ``medium``, ``campaign`` and ``category``."""
    cases = "".join(
        f"WHEN {' AND '.join(map(_condition_sql, rule.conditions))} THEN {literal(rule.channel)} "
        for rule in rules
    )
    return f"CASE {cases} ELSE {literal(UNASSIGNED)} END" if cases else "NULL::VARCHAR"


def decide_channels(
    connection: duckdb.DuckDBPyConnection, table: str, rules: Sequence[ChannelRule]
) -> None:
    """Add ``category`` and ``channel`` to a table of sources, mediums and campaigns."""
    classify_sources(connection, f"SELECT source FROM {identifier(table)}")
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE {identifier(table)} AS
        SELECT *, {channel_sql(rules)} AS channel FROM (
            SELECT t.*, c.category FROM {identifier(table)} t
            LEFT JOIN classified c ON lower(trim(t.source)) = c.value)
        """
    )


def classify_sources(connection: duckdb.DuckDBPyConnection, sources: str) -> None:
    """Make the table ``classified``: listed sources with their category and how they are named.

    Of several lines of the lists that fit one source the longest counts.
    """
    lines = source_categories()
    listed = pa.table({"entry": list(lines), "category": list(lines.values())})
    connection.register("listed", listed)
    ending = literal(rf"^(?:www[.]|m[.])?([^.]+)[.]{_ENDING}$")
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE classified AS
        WITH given AS (
            SELECT DISTINCT lower(trim(source)) AS value FROM ({sources}) AS s(source)),
        candidates AS (
            SELECT value, value AS entry FROM given
            UNION SELECT value, value || '.*' FROM given WHERE NOT contains(value, '.')
            UNION SELECT value, regexp_extract(value, {ending}, 1) || '.*' FROM given
            UNION SELECT value, array_to_string(string_split(value, '.')[-n:], '.')
                FROM given, range(2, {_MOST_LABELS} + 1) AS r(n) WHERE contains(value, '.'))
        SELECT value, first(category ORDER BY length(entry) DESC) AS category,
            replace(first(entry ORDER BY length(entry) DESC), '.*', '') AS named
        FROM candidates JOIN listed USING (entry) GROUP BY value
        """
    )
    connection.unregister("listed")


def _condition_sql(condition: Condition) -> str:
    field = f"lower(trim(COALESCE({condition.field}, '')))"
    values = [literal(value.lower()) for value in condition.values]
    if condition.match == "is":
        return f"{field} IN ({', '.join(values)})"
    if condition.match == "contains":
        parts = [f"contains({field}, {value})" for value in values]
    else:
        parts = [f"regexp_matches({field}, {literal(value)}, 'i')" for value in condition.values]
    return f"({' OR '.join(parts)})"
