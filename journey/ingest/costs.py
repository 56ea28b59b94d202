"""What was paid by day or by month: read from exports of ad platforms and from budgets."""

from typing import Final

import duckdb

from journey.ingest.raw import RawTable
from journey.ingest.sql import identifier, literal
from journey.ingest.texts.decimals import count_marks, doubtful_points
from journey.ingest.texts.standardize import EMPTY_WORDS
from journey.ingest.times.dates import DatePlan, time_sql

COST_COLUMNS: Final = (
    *("day", "campaign_id", "campaign", "channel", "cost", "cost_micros", "currency"),
    *("impressions", "clicks", "month", "kind"),
)
"""Columns that the table of an ad-cost export may have, each the same in all languages."""

NO_DAY: Final = "no day: add the segment Day to the export"
DAY_UNREAD, NO_COST, COST_UNREAD = "day not understood", "no cost given", "cost is no number"
KIND_UNKNOWN: Final = "kind of cost not known: campaign, labour or technology"
_TEXTS: Final = ("source_system", "campaign_id", "campaign", "channel", "currency")
_NUMBERS: Final = ("cost", "cost_micros", "impressions", "clicks")
_MICROS: Final = 1_000_000
_MONTH: Final = r"^\d{4}-\d{2}"
_CURRENCY: Final = r"\p{L}[\p{L}/]+\.?"
_NOTHING: Final = (*EMPTY_WORDS, "-", "--", "\u2013", "\u2014")
_KINDS: Final = {
    "campaign": ("campaign", "campaigns", "programme", "program", "media", "advertising", "ads"),
    "labour": ("labour", "labor", "staff", "people", "personnel", "salaries", "salary", "wages"),
    "technology": ("technology", "tech", "tool", "tools", "software", "licences", "licenses"),
}
"""How tables write each kind of cost; nothing written means a campaign."""


def decimal_comma(connection: duckdb.DuckDBPyConnection, raw: RawTable) -> tuple[bool, list[str]]:
    """Say whether the numbers of a table part their decimals with a comma, and what to tell of it.

    One value that can only be meant so decides for the file: ``1.334`` is a thousand and more
    beside ``12,50``.
    """
    held = [column for column in _NUMBERS if column in raw.columns]
    if not held:
        return False, []
    marks = count_marks(connection, raw, held)
    if marks.n_commas > marks.n_points:
        return True, [f"{raw.file}: a comma parts the decimals."]
    return False, doubtful_points(marks, raw, held)


def costs_sql(
    raw: RawTable, index: int, plan: DatePlan | None, zone: str | None, *, with_comma: bool
) -> str:
    """A query of the costs of a table: one row per row, with what is the matter with it.

    Parameters
    ----------
    plan
        How days are written; none where the table has no column for them.
    with_comma
        As :func:`decimal_comma` says.
    """

    def text(column: str) -> str:
        held = column in raw.columns
        return f"nullif(trim({identifier(column)}), '')" if held else "NULL::VARCHAR"

    def number(column: str) -> str:
        # Letters of a currency go first: the E of EUR is no exponent, the point of kr. no decimal.
        bare = f"regexp_replace({text(column)}, {literal(_CURRENCY)}, '', 'g')"
        kept = f"regexp_replace({bare}, '[^0-9.,eE+-]', '', 'g')"
        thousands, decimals = (".", ",") if with_comma else (",", ".")
        plainly = f"replace(replace({kept}, '{thousands}', ''), '{decimals}', '.')"
        return f"TRY_CAST({plainly} AS DOUBLE)"

    read_day = f"make_timestamp({time_sql(text('day'), plan, zone)})::DATE" if plan else "NULL"
    month = f"TRY_CAST(regexp_extract({text('month')}, {literal(_MONTH)}) || '-01' AS DATE)"
    day = f"COALESCE({read_day}, {month})"
    texts = ", ".join(f"{text(column)} AS {column}" for column in _TEXTS)
    cost = f"COALESCE({number('cost')}, {number('cost_micros')} / {_MICROS})"
    nothing = ", ".join(map(literal, _NOTHING))
    read = (
        f"SELECT {index}::INTEGER AS file_index, source_row::BIGINT AS source_row, "
        f"{day} AS day, COALESCE(last_day({month}), {read_day}) AS last_day, "
        f"{_kind_sql(text('kind'))} AS kind, {texts}, {cost} AS cost, "
        f"round({number('impressions')})::BIGINT AS n_impressions, "
        f"round({number('clicks')})::BIGINT AS n_clicks, COALESCE({text('day')}, "
        f"{text('month')}) AS day_text, "
        f"COALESCE({text('cost')}, {text('cost_micros')}) AS cost_text, "
        f"concat_ws(', ', {text('campaign')}, {text('day')}, {text('cost')}) AS shown "
        f"FROM {identifier(raw.table)}"
    )
    return (
        "SELECT * EXCLUDE (day_text, cost_text), CASE "
        f"WHEN day_text IS NULL THEN {literal(NO_DAY)} "
        f"WHEN day IS NULL THEN {literal(DAY_UNREAD)} "
        f"WHEN kind IS NULL THEN {literal(KIND_UNKNOWN)} "
        f"WHEN cost IS NULL AND coalesce(cost_text, '') IN ({nothing}) THEN {literal(NO_COST)} "
        f"WHEN cost IS NULL THEN {literal(COST_UNREAD)} END AS fault FROM ({read})"
    )


def _kind_sql(words: str) -> str:
    """Which kind of cost some words say; none where they are not known."""
    kinds = " ".join(
        f"WHEN lower({words}) IN ({', '.join(map(literal, known))}) THEN {literal(kind)}"
        for kind, known in _KINDS.items()
    )
    return f"CASE WHEN {words} IS NULL THEN 'campaign' {kinds} END"
