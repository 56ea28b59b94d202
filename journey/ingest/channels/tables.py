"""The source and channel of every touchpoint that says where it came from.

In this order: source and medium as columns, tags of the address of the page, its click id, the
referrer if it is another site, the session (each row takes the source of the session's first row
that has one), and at last *direct*, for a page whose file has referrers but which has none itself.
Without a session id a page reached from the own site has no source of its own. All else (a row of
a CRM or an e-mail tool) has none either: nothing is known, so nothing is said.

A channel, campaign or content that the data give stays. Rules are asked once for every distinct
source, medium and campaign, never row by row.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final, cast

import duckdb
import pyarrow.parquet as pq

from journey.ingest.channels.rules import classify_sources, decide_channels
from journey.ingest.channels.tags import (
    TAGS,
    HasColumns,
    Kind,
    TagColumns,
    clicked_sql,
    find_tag_columns,
    host_sql,
    is_tagged_sql,
    page_sql,
    tags_sql,
)
from journey.ingest.sql import identifier, literal
from journey.rules.channels import ChannelRule
from journey.wording import counted

COMBINATION: Final = "channel_combination"
"""Column of an entry: the number of its source, medium and campaign; null where a channel was
given or nothing is known."""

SOURCES_FILE: Final = "channel-sources.parquet"

_ORIGINS: Final = {
    "columns": "by their source and medium",
    "tags": "by the tags of the page's address",
    "click": "by their click id",
    "referrer": "by their referrer",
    "session": "by the first source of their session",
    "direct": "as a direct visit, there being no referrer",
}
_MEDIUMS: Final = {"search": "organic", "social": "social", "ai": "ai-assistant"}
_ADDED: Final[tuple[Kind, ...]] = ("source", "medium", "term")
_TAG_COLUMNS: Final = tuple(f"tag_{tag}" for tag in TAGS)


def trace_channels(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    *,
    tables: Sequence[HasColumns],
    names: Mapping[str, str],
    rules: Sequence[ChannelRule],
) -> tuple[dict[Kind, str], list[str]]:
    """Find the source of every entry, in tables that :func:`traced_sql` joins to them.

    Parameters
    ----------
    source
        Entries as spelled, with all roles, ``id`` and ``file_index``.
    tables, names
        The tables by number, and the column of each header without a role.

    Returns
    -------
    dict
        Columns to add or fill: ``source``, ``medium`` and ``term`` with their names; none where
        the data's own columns say it all.
    list of str
        How many rows have their channel from what.
    """
    columns = find_tag_columns(tables, names)
    if not columns.columns:
        connection.execute(
            f"CREATE TABLE combinations ({COMBINATION} BIGINT, source VARCHAR, medium VARCHAR, "
            "campaign VARCHAR, category VARCHAR, channel VARCHAR)"
        )
        connection.execute(
            f"CREATE TABLE traces (id BIGINT, {COMBINATION} BIGINT, origin VARCHAR, "
            "content VARCHAR, term VARCHAR)"
        )
        return {}, []
    _make_visits(connection, source, columns)
    _make_origins(connection, columns.referring)
    _make_traces(connection, columns.referring)
    decide_channels(connection, "combinations", rules)
    added = _added(connection, columns, names.values())
    notes = _notes(connection, source)
    for table in ("visits", "origins", "found"):
        connection.execute(f"DROP TABLE {table}")
    return added, notes


def traced_sql(entries: str, added: Mapping[Kind, str], held: Collection[str]) -> str:
    """A query of entries with channel, campaign and content filled in.

    Parameters
    ----------
    entries
        A table or view with all roles and ``id``.
    added
        Columns to add or fill, as from :func:`trace_channels`.
    held
        The columns without a role that the entries have.
    """
    found = {column: f"{'t' if kind == 'term' else 'c'}.{kind}" for kind, column in added.items()}
    filled = {"channel": "c.channel", "campaign": "c.campaign", "content": "t.content"}
    filled |= {column: sql for column, sql in found.items() if column in held}
    replaced = ", ".join(
        f"COALESCE(e.{identifier(column)}, {sql}) AS {identifier(column)}"
        for column, sql in filled.items()
    )
    more = "".join(
        f", {sql} AS {identifier(column)}" for column, sql in found.items() if column not in held
    )
    return (
        f"SELECT e.* REPLACE ({replaced}), "
        f"CASE WHEN e.channel IS NULL THEN t.{COMBINATION} END AS {COMBINATION}{more} "
        f"FROM {identifier(entries)} e LEFT JOIN traces t USING (id) "
        f"LEFT JOIN combinations c USING ({COMBINATION})"
    )


def untraced_sql(entries: str) -> str:
    """A query like :func:`traced_sql` of entries of which none has a source."""
    return f"SELECT *, NULL::BIGINT AS {COMBINATION} FROM {identifier(entries)}"


def write_channel_sources(connection: duckdb.DuckDBPyConnection, table: str, folder: Path) -> None:
    """Write how many touchpoints there are of each source, medium and campaign.

    Parameters
    ----------
    table
        The entries kept, with :data:`COMBINATION`.
    folder
        That of a data set being made.
    """
    found = connection.sql(
        f"SELECT CASE WHEN k.{COMBINATION} IS NULL THEN k.channel END AS given, c.source, "
        f"c.medium, c.campaign, count(*) AS n_touchpoints FROM {identifier(table)} k "
        f"LEFT JOIN combinations c USING ({COMBINATION}) GROUP BY ALL ORDER BY ALL"
    ).to_arrow_table()
    pq.write_table(found, folder / SOURCES_FILE, compression="zstd")


def _make_visits(connection: duckdb.DuckDBPyConnection, source: str, columns: TagColumns) -> None:
    """What each entry says of its source, as far as it says anything."""
    page = columns.sql("page")
    tags = ", ".join(f"{columns.sql(tag)} AS tag_{tag}" for tag in TAGS)
    said = " OR ".join(
        f"{name} IS NOT NULL" for name in ("page", "referrer", "click_id", *_TAG_COLUMNS)
    )
    connection.execute(
        f"""
        CREATE TABLE visits AS SELECT
            * EXCLUDE (page), page IS NOT NULL AS has_page,
            CASE WHEN {is_tagged_sql("page")} THEN page END AS tagged,
            split_part(split_part(page, '//', 2), '/', 1) AS site
        FROM (
            SELECT id, file_index, occurred_at, session_id, campaign,
                channel IS NOT NULL AS is_given,
                COALESCE(anonymous_id, person_id, account_id, '') AS visitor,
                {columns.sql("click")} AS click_id, {page_sql(page)} AS page,
                {columns.sql("referrer")} AS referrer, {tags}
            FROM {identifier(source)})
        WHERE {said} OR session_id IS NOT NULL
        """
    )


def _make_origins(connection: duckdb.DuckDBPyConnection, referring: Sequence[int]) -> None:
    """The source that each visit itself tells; without an origin where it tells none."""
    pages = "SELECT DISTINCT tagged AS page FROM visits WHERE tagged IS NOT NULL"
    connection.execute(f"CREATE TABLE tagged AS {tags_sql(pages)}")
    _make_referrers(connection, referring)
    chosen = ", ".join(
        f"COALESCE(v.tag_{tag}, t.{tag}) AS {tag}" for tag in ("campaign", "content", "term")
    )
    connection.execute(
        f"""
        CREATE TABLE origins AS SELECT
            v.id, v.file_index, v.occurred_at, v.session_id, v.visitor, v.has_page, v.is_given,
            v.campaign AS given_campaign, r.host IS NOT NULL AS has_referrer, {chosen},
            COALESCE(t.click, {clicked_sql("v.click_id")}) AS clicked,
            CASE WHEN v.tag_source IS NOT NULL OR v.tag_medium IS NOT NULL THEN 'columns'
                WHEN COALESCE(t.source, t.medium, t.campaign) IS NOT NULL THEN 'tags'
                WHEN clicked IS NOT NULL THEN 'click'
                WHEN r.source IS NOT NULL THEN 'referrer' END AS origin,
            COALESCE(v.tag_source, t.source) AS own_source,
            COALESCE(own_source, clicked['source'], r.source) AS source,
            COALESCE(v.tag_medium, t.medium, clicked['medium'],
                CASE WHEN own_source IS NULL THEN r.medium END) AS medium
        FROM visits v LEFT JOIN tagged t ON v.tagged = t.page LEFT JOIN referrers r USING (referrer)
        """
    )
    connection.execute("DROP TABLE tagged")
    connection.execute("DROP TABLE referrers")


def _make_referrers(connection: duckdb.DuckDBPyConnection, referring: Sequence[int]) -> None:
    """Host, source and medium of every referrer; only the host where that is the own site."""
    places = ", ".join(map(str, referring)) or "NULL"
    # Few sites, many pages: hosts are read of the distinct ones.
    connection.execute(
        f"CREATE TABLE sites AS SELECT {host_sql('site')} AS host, sum(n) AS n FROM "
        "(SELECT '//' || site AS site, count(*) AS n FROM visits "
        f"WHERE file_index IN ({places}) AND site <> '' GROUP BY site) GROUP BY ALL"
    )
    connection.execute(
        f"CREATE TABLE hosts AS SELECT referrer, {host_sql('referrer')} AS host "
        "FROM (SELECT DISTINCT referrer FROM visits WHERE referrer IS NOT NULL)"
    )
    classify_sources(connection, "SELECT host FROM hosts UNION SELECT host FROM sites")
    mediums = " ".join(
        f"WHEN {literal(name)} THEN {literal(word)}" for name, word in _MEDIUMS.items()
    )
    connection.execute(
        f"""
        CREATE TABLE referrers AS
        -- A page of the log may stand on another's site, like one that is linked in an e-mail.
        WITH own AS (
            SELECT host FROM sites LEFT JOIN classified c ON host = c.value
            WHERE c.value IS NULL OR n = (SELECT max(n) FROM sites)),
        internal AS (
            SELECT DISTINCT h.host FROM (SELECT DISTINCT host FROM hosts) h JOIN own o ON
                h.host = o.host OR ends_with(h.host, '.' || o.host)
                OR ends_with(o.host, '.' || h.host)
            LEFT JOIN classified c ON h.host = c.value
            WHERE c.value IS NULL OR h.host = o.host)
        SELECT referrer, h.host,
            CASE WHEN i.host IS NULL THEN COALESCE(c.named, h.host) END AS source,
            CASE WHEN i.host IS NULL AND h.host IS NOT NULL
                THEN CASE c.category {mediums} ELSE 'referral' END END AS medium
        FROM hosts h LEFT JOIN internal i ON h.host = i.host
        LEFT JOIN classified c ON h.host = c.value
        """
    )
    connection.execute("DROP TABLE sites")
    connection.execute("DROP TABLE hosts")


def _make_traces(connection: duckdb.DuckDBPyConnection, referring: Sequence[int]) -> None:
    """Fill in from sessions, add direct visits, and number what is distinct."""
    places = ", ".join(map(str, referring)) or "NULL"
    connection.execute(
        f"""
        CREATE TABLE found AS
        WITH firsts AS (
            SELECT session_id, visitor, arg_min(
                {{'source': source, 'medium': medium, 'campaign': campaign}},
                (COALESCE(occurred_at, 9223372036854775807), id)) AS first
            FROM origins WHERE origin IS NOT NULL AND session_id IS NOT NULL
            GROUP BY session_id, visitor),
        filled AS (
            SELECT o.* REPLACE (CASE WHEN origin IS NOT NULL THEN origin
                WHEN f.first IS NOT NULL THEN 'session'
                WHEN has_page AND file_index IN ({places})
                    AND (NOT has_referrer OR o.session_id IS NOT NULL) THEN 'direct'
                END AS origin), f.first
            FROM origins o LEFT JOIN firsts f
                ON o.session_id = f.session_id AND o.visitor = f.visitor)
        SELECT id, origin, content, term, given_campaign, has_page, is_given,
            CASE origin WHEN 'session' THEN first.source WHEN 'direct' THEN '(direct)'
                ELSE source END AS source,
            CASE origin WHEN 'session' THEN first.medium WHEN 'direct' THEN '(none)'
                ELSE medium END AS medium,
            COALESCE(given_campaign,
                CASE origin WHEN 'session' THEN first.campaign ELSE campaign END) AS campaign
        FROM filled
        """
    )
    _combine(connection)


def _combine(connection: duckdb.DuckDBPyConnection) -> None:
    """Number the distinct sources, mediums and campaigns, each campaign in its usual spelling."""
    connection.execute(
        f"""
        CREATE TABLE combinations AS
        WITH spelled AS (
            SELECT lower(campaign) AS fold,
                first(campaign ORDER BY n_given DESC, n DESC, campaign) AS meant
            FROM (SELECT campaign, count(*) AS n, count(given_campaign) AS n_given
                FROM found WHERE origin IS NOT NULL AND campaign IS NOT NULL GROUP BY campaign)
            GROUP BY fold)
        SELECT row_number() OVER (ORDER BY source, medium, written) AS {COMBINATION},
            source, medium, meant AS campaign, written
        FROM (SELECT DISTINCT source, medium, campaign AS written FROM found
            WHERE origin IS NOT NULL)
        LEFT JOIN spelled ON lower(written) = fold
        """
    )
    connection.execute(
        f"""
        CREATE TABLE traces AS
        SELECT id, c.{COMBINATION}, origin, content, term FROM found f JOIN combinations c
            ON f.source IS NOT DISTINCT FROM c.source AND f.medium IS NOT DISTINCT FROM c.medium
            AND f.campaign IS NOT DISTINCT FROM c.written
        WHERE origin IS NOT NULL
        """
    )


def _added(
    connection: duckdb.DuckDBPyConnection, columns: TagColumns, held: Collection[str]
) -> dict[Kind, str]:
    """Columns for what the data's own columns don't say, under names that are free."""
    rows = connection.execute(
        "SELECT count(source), count(medium), count(term) FROM traces "
        f"JOIN combinations USING ({COMBINATION}) WHERE origin <> 'columns'"
    ).fetchall()
    lowered = {name.lower() for name in held}
    return {
        kind: f"{kind} (found)"
        if kind in lowered and kind not in columns.columns.get(kind, {})
        else kind
        for kind, n_values in zip(_ADDED, cast("tuple[int, ...]", rows[0]), strict=True)
        if n_values
    }


def _notes(connection: duckdb.DuckDBPyConnection, source: str) -> list[str]:
    """How many rows have their channel from what."""
    rows = connection.execute(
        "SELECT origin, count(*) FILTER (NOT is_given), "
        "count(*) FILTER (NOT is_given AND has_page) FROM found GROUP BY origin"
    ).fetchall()
    counts = {str(origin): int(n_rows) for origin, n_rows, _ in rows if n_rows}
    n_open = sum(int(n_pages) for origin, _, n_pages in rows if origin is None)
    given = connection.execute(f"SELECT count(channel) FROM {identifier(source)}").fetchall()
    n_given = cast("tuple[int]", given[0])[0]
    notes = [
        f"{counted(counts[origin], 'row')}: the channel is known {words}."
        for origin, words in _ORIGINS.items()
        if origin in counts
    ]
    if notes and n_given:
        notes.insert(0, f"{counted(n_given, 'row')}: the channel is the one that the file gives.")
    if n_open:
        notes.append(
            f"{counted(n_open, 'page')} without a channel: reached from the own site, or in a file "
            "without a column for the referrer."
        )
    return notes
