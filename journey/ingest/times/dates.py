"""Dates as exports write them: which kind a column holds, and the SQL that reads it.

A column is looked at before it is read: whether its numbers are an epoch, an Excel serial or
``YYYYMMDD``, whether days or months come first, whether times carry an offset. Where the values
can't tell, the user is asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import duckdb

from journey.errors import ColumnsUnclearError
from journey.ingest.sql import literal
from journey.ingest.times.date_formats import (
    FIRST_YEAR,
    LAST_YEAR,
    DateOrder,
    formats_after_comma,
    formats_of,
)
from journey.ingest.times.month_names import (
    MonthNames,
    find_month_names,
    is_like_date_sql,
    iso_sql,
)
from journey.ingest.times.plain_times import count_plain

NumberKind = Literal["epoch", "excel", "compact", "elapsed"]

_FIRST, _LAST = int(FIRST_YEAR[:4]), int(LAST_YEAR[:4]) - 1
_OFFSET = (
    r"(:\d{2}(?:[.,]\d+)?(?: ?[AaPp][Mm])?) ?"
    r"(?:(?:UTC|GMT)?([+-]\d{2}:?\d{2}|[+-]\d{2})|Z|z|UTC|GMT)$"
)
_ISO = r"\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_ORDERED = r"^(\d{1,2})([/.-])(\d{1,2})[/.-](?:\d{4}|\d{2})(?:\D|$)"
_NUMERIC = r"\d+(?:[.,]\d+)?(?:[eE]\+?\d+)?"
_ANY_DATE = (
    r"^(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2}|\d{4}[年년]|\d{4}\. \d|"
    r"(?i:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?\d{1,2}[-/. ]+[A-Za-z]{3,9}[-/., ]+\d{2}|"
    r"[A-Za-z]{3,9} \d{1,2},? ?\d{4}|"
    r"\d{1,2}(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\d{2}(?:\d{2})?(?:\D|$))"
)
_YEAR = r"(?:^|\D)(\d{4})(?:\D|$)"
_COMPACT_YEAR = r"^(\d{4})\d{4}(?:\d{6})?$"
_BUDDHIST_YEARS = 543
"""Years by which the Buddhist era is ahead."""

NO_DATE = r"|[-\x{2013}\x{2014}]+|(?i:n/?a|null|none|nil|nat)|\\N"
"""What exports write where there is no date."""
MIDNIGHT = r"[ T]0{1,2}:00(?::00(?:\.0+)?)?$"
_MOST_TRIED = 100
_BLANKS = r"[\s\p{Z}]+"
_EAST_ASIAN = (
    (r"(\d{4})[年년] ?(\d{1,2})[月월] ?(\d{1,2})[日일]?", r"\1-\2-\3"),
    (r"[(\x{FF08}][月火水木金土日월화수목금토][)\x{FF09}]", " "),
    (r"(?:星期|周|週)[一二三四五六日天]|[月火水木金土日]曜日?|[월화수목금토일]요일", " "),
    (r"(\d{1,2})[时時点點시] ?(\d{1,2})[分분]? ?", r"\1:\2:"),
    (r":(\d{1,2})[秒초]", r":\1"),
    (r": *$", ""),
    (r"(?:上午|午前|오전|凌晨|早上) ?([\d:.]+)", r" \1 AM"),
    (r"(?:下午|午後|오후|晚上|中午) ?([\d:.]+)", r" \1 PM"),
    (r" +", " "),
)


@dataclass(frozen=True)
class DatePlan:
    """How the values of one column become times, and what is not certain about it."""

    order: DateOrder | None
    numbers: NumberKind | None
    question: str | None
    sample: str | None
    n_values: int
    n_dates: int
    n_date_only: int
    n_zoned: int
    formats: tuple[str, ...] = ()
    months: MonthNames | None = None
    calendar: Literal["Gregorian", "Buddhist"] = "Gregorian"
    zone: str | None = None
    epoch: str | None = None
    """The zone that the header names; when mere seconds begin, if not with 1970."""

    @property
    def share(self) -> float:
        """Share of the values seen that are dates."""
        return self.n_dates / self.n_values if self.n_values else 0.0

    @property
    def lacks_zone(self) -> bool:
        """Times of day are given without an offset."""
        return self.numbers is None and self.n_dates > self.n_zoned + self.n_date_only


def plan_dates(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    value: str,
    *,
    named_as_date: bool,
) -> DatePlan:
    """Look at values and decide how to read them.

    Parameters
    ----------
    source
        A table or subquery, quoted as SQL needs it.
    value
        SQL expression of the text.
    named_as_date
        The header says date or time, so that bare numbers may be meant as dates.
    """
    seen, months = count_plain(connection, source, value), None
    if seen is None:
        months = find_month_names(connection, source, value)
        seen = _look(connection, source, iso_sql(f"trim({value})", months) if months else value)
    numbers = _number_kind(seen) if named_as_date else None
    order, question = _order(seen)
    n_numbers = int(seen["n_numbers"]) if numbers not in (None, "elapsed") else 0
    if numbers == "epoch" and seen["n_units"] > 1:
        question = "epoch unit"
    return DatePlan(
        order=order,
        numbers=numbers,
        question=question,
        sample=seen["undecided"] if question == "dates" else seen["sample"],
        n_values=int(seen["n_values"]),
        n_dates=int(seen["n_texts"]) + n_numbers,
        n_date_only=int(seen["n_date_only"]),
        n_zoned=int(seen["n_zoned"]),
        months=months if seen["n_texts"] else None,
        calendar="Buddhist" if _is_buddhist(seen, numbers) else "Gregorian",
    )


def may_be_date_sql(value: str) -> str:
    """SQL that tells of a trimmed text whether it can be a date that is written out."""
    return f"(regexp_matches({value}, {literal(_ANY_DATE)}) OR {is_like_date_sql(value)})"


def _is_buddhist(seen: dict[str, Any], numbers: NumberKind | None) -> bool:
    """Whether years are so far ahead that they can only be of that era, and not a few for never."""
    n_years, n_ahead = seen["n_years"], seen["n_buddhist"]
    if numbers == "compact":
        n_years, n_ahead = n_years + seen["n_numbers"], n_ahead + seen["n_compact_buddhist"]
    least_share = 0.05
    return n_ahead > 0 and n_ahead >= least_share * n_years


def _look(connection: duckdb.DuckDBPyConnection, source: str, value: str) -> dict[str, Any]:
    """Count what kinds of dates there are, in one pass."""
    cursor = connection.execute(
        f"""
        WITH texts AS (SELECT trim({value}) AS x FROM {source}
            WHERE NOT regexp_full_match(trim({value}), {literal(NO_DATE)})),
        parts AS (
            SELECT x,
                regexp_matches(x, {literal(_ANY_DATE)}) AS is_text,
                regexp_full_match(x, {literal(_NUMERIC)}) AS is_number,
                regexp_extract(x, {literal(_ORDERED)}, 2) AS separator,
                TRY_CAST(regexp_extract(x, {literal(_YEAR)}, 1) AS INTEGER) AS year,
                TRY_CAST(regexp_extract(x, {literal(_ORDERED)}, 1) AS INTEGER) AS a,
                TRY_CAST(regexp_extract(x, {literal(_ORDERED)}, 3) AS INTEGER) AS b
            FROM texts),
        numbers AS (
            SELECT *, CASE WHEN is_number THEN TRY_CAST(replace(x, ',', '.') AS DOUBLE) END AS n
            FROM parts)
        SELECT count(*) AS n_values, min(x) AS sample,
            count(*) FILTER (is_text) AS n_texts,
            count(*) FILTER (is_number) AS n_numbers,
            count(*) FILTER (is_text AND (NOT regexp_matches(x, '\\d:\\d|\\d[时時点點시]')
                OR regexp_matches(x, {literal(MIDNIGHT)}))) AS n_date_only,
            count(year) FILTER (is_text) AS n_years,
            count(*) FILTER (is_text AND year > {_LAST}
                AND year - {_BUDDHIST_YEARS} BETWEEN {_FIRST} AND {_LAST}) AS n_buddhist,
            count(*) FILTER (is_text AND regexp_matches(x, {literal(_OFFSET)})) AS n_zoned,
            count(*) FILTER (separator <> '') AS n_ordered,
            count(*) FILTER (separator = '.') AS n_dotted,
            count(*) FILTER (a > 12 AND b <= 12) AS n_day_first,
            count(*) FILTER (b > 12 AND a <= 12) AS n_month_first,
            min(x) FILTER (a <= 12 AND b <= 12 AND a <> b) AS undecided,
            count(*) FILTER (is_number AND length(x) = 8
                AND try_strptime(x, '%Y%m%d') BETWEEN {literal(FIRST_YEAR)}::TIMESTAMP
                AND {literal(LAST_YEAR)}::TIMESTAMP) AS n_compact,
            count(*) FILTER (is_number AND length(x) = 14
                AND try_strptime(x, '%Y%m%d%H%M%S') IS NOT NULL) AS n_compact_times,
            count(*) FILTER (is_number AND regexp_full_match(x,
                '2[4-7]\\d{{2}}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])'))
                AS n_compact_buddhist,
            count(*) FILTER (n < 1e8) AS n_small,
            count(*) FILTER (n >= 20000 AND n < 80000) AS n_excel,
            count(*) FILTER (n >= 1e8) AS n_epoch,
            count(DISTINCT CASE WHEN n >= 1e17 THEN 3 WHEN n >= 1e14 THEN 2
                WHEN n >= 1e11 THEN 1 WHEN n >= 1e8 THEN 0 END) AS n_units
        FROM numbers
        """
    )
    row = cursor.fetchall()[0]
    return dict(zip([column[0] for column in cursor.description or ()], row, strict=True))


def _number_kind(seen: dict[str, Any]) -> NumberKind | None:
    """What the bare numbers of a date column are; by far the most of them must agree."""
    most = 0.9 * seen["n_numbers"]
    if not seen["n_numbers"]:
        return None
    if seen["n_compact"] + seen["n_compact_times"] + seen["n_compact_buddhist"] >= most:
        return "compact"
    for kind in ("excel", "epoch"):
        if seen[f"n_{kind}"] >= most:
            return kind
    return "elapsed" if seen["n_small"] == seen["n_numbers"] == seen["n_values"] else None


def _order(seen: dict[str, Any]) -> tuple[DateOrder | None, str | None]:
    """Day or month first, by the values that can only be one of them."""
    if not seen["n_ordered"]:
        return None, None
    if seen["n_day_first"] > seen["n_month_first"]:
        return "day-first", None
    if seen["n_month_first"] > seen["n_day_first"]:
        return "month-first", None
    # With dots the day comes first wherever dots are used; and 03/03 is the same both ways.
    if seen["n_ordered"] == seen["n_dotted"] or seen["undecided"] is None:
        return "day-first", None
    return None, "dates"


def decided(
    plan: DatePlan, dates: DateOrder | None, *, column: str, file: str, siblings: list[DatePlan]
) -> DatePlan:
    """The plan with its day-or-month question answered.

    Raises
    ------
    ColumnsUnclearError
        If neither the user, nor the values, nor another date column of the file tell.
    """
    if plan.question != "dates" or plan.order:
        return plan
    told = {other.order for other in siblings if other.order}
    order = dates or (told.pop() if len(told) == 1 else None)
    if order is None:
        raise ColumnsUnclearError(
            f"Column {column!r} of {file} has dates like {plan.sample!r}, which can be read "
            "day-first or month-first; no value tells which. "
            "Say --dates day-first or --dates month-first."
        )
    return replace(plan, order=order, question=None)


def with_formats(
    connection: duckdb.DuckDBPyConnection, source: str, value: str, plan: DatePlan
) -> DatePlan:
    """Return the plan with the formats that its values are in as they stand.

    Trying these first spares most values the long way of :func:`time_sql`.
    """
    formats = [*formats_of(plan.order), *formats_after_comma(plan.order)]
    counts = ", ".join(f"count(try_strptime(x, {literal(entry)}))" for entry in formats)
    text = _in_our_calendar(value, plan)
    row = connection.execute(
        f"SELECT {counts} FROM (SELECT {text} AS x FROM {source} LIMIT {_MOST_TRIED})"
    ).fetchall()[0]
    used = sorted(zip(row, formats, strict=True), key=lambda pair: -pair[0])
    return replace(plan, formats=tuple(entry for n, entry in used if n))


def time_sql(value: str, plan: DatePlan, zone: str | None) -> str:
    """SQL that gives microseconds since 1970 UTC for a text, or null.

    Times without an offset are read in ``zone``, else as UTC. In a zone, a time in the hour
    that is skipped in spring is moved on by an hour, one in the hour that comes twice in autumn
    is its second.
    """
    text = _in_our_calendar(value, plan)
    if plan.months or plan.calendar == "Buddhist":
        # Bound to a name, the rewritten text is made once.
        return f"list_transform([{text}], lambda t: {_ways_sql('t', 't', plan, zone)})[1]"
    return _ways_sql(value, text, plan, zone)


def _ways_sql(value: str, text: str, plan: DatePlan, zone: str | None) -> str:
    """SQL that tries one way to read a value, and the text in it, after the other."""
    ways: list[str] = []
    # A cast reads ISO several times faster than formats do, and refuses what it can't read
    # wholly; but it takes the session's zone for times without one. Where there is no room for
    # an offset, none has to be looked for.
    quick = "NULL"
    if zone is None:
        quick = (
            f"CASE WHEN {value} LIKE '____-__-_____:__:__' "
            f"THEN epoch_us(TRY_CAST({value} AS TIMESTAMP)) "
            f"WHEN {value} BETWEEN '0' AND ':' "
            f"THEN epoch_us(TRY_CAST({value} AS TIMESTAMPTZ)) END"
        )
    if plan.formats:
        listed = ", ".join(literal(entry) for entry in plan.formats)
        ways.append(_local_to_utc(f"try_strptime({text}, [{listed}])", zone))
    if plan.numbers:
        ways.append(_number_sql(text, plan.numbers, zone, plan.epoch))
    # Within a case it is asked only of the values left; else the planner takes its expressions out
    # and works them out for all.
    ways.append(f"CASE WHEN {value} IS NOT NULL THEN {_text_sql(text, plan.order, zone)} END")
    # Every format reads these words, as its own first day.
    is_time = f"NOT regexp_matches({value}, '(?i)infinity|epoch')"
    return f"COALESCE({quick}, CASE WHEN {is_time} THEN COALESCE({', '.join(ways)}) END)"


def has_offset_sql(value: str) -> str:
    """SQL that tells whether a text says how far its time is from UTC."""
    return f"regexp_matches(trim({value}), {literal(_OFFSET)})"


def _in_our_calendar(value: str, plan: DatePlan) -> str:
    """SQL of a text with its month a number, and its year counted as we do."""
    text = f"trim({value})"
    if plan.months:
        text = iso_sql(text, plan.months)
    if plan.calendar == "Buddhist":
        year = (
            f"COALESCE(nullif(regexp_extract({text}, {literal(_YEAR)}, 1), ''), "
            f"regexp_extract({text}, {literal(_COMPACT_YEAR)}, 1))"
        )
        ours = f"CAST(TRY_CAST({year} AS INTEGER) - {_BUDDHIST_YEARS} AS VARCHAR)"
        is_ahead = f"{year} BETWEEN '{_LAST + 1}' AND '{_LAST + _BUDDHIST_YEARS}'"
        text = f"CASE WHEN {is_ahead} THEN replace({text}, {year}, {ours}) ELSE {text} END"
    return text


def _replaced(text: str, patterns: Sequence[tuple[str, str]]) -> str:
    for pattern, put in patterns:
        text = f"regexp_replace({text}, {literal(pattern)}, {literal(put)}, 'g')"
    return text


def _text_sql(text: str, order: DateOrder | None, zone: str | None) -> str:
    """SQL for dates that are written out."""
    # Java adds the zone's name to the offset, browsers do in words.
    text = f"regexp_replace({text}, ' ?(?:\\[[\\w/+-]+\\]|\\([^)]*\\))$', '')"
    body = f"regexp_replace({text}, {literal(_OFFSET)}, '\\1')"
    plain = (
        *((_BLANKS, " "), (r"^(\d{4})\. (\d{1,2})\. (\d{1,2})\.?", r"\1-\2-\3")),
        *((r"^(?i:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? +", ""), (r"(:\d{2}),(\d+)$", r"\1.\2")),
        (r"(\.\d{6})\d+$", r"\1"),
        (r"(\d)(?:T|, ?| )(\d{1,2}:\d{2})", r"\1 \2"),
        (r" ?([AaPp])\.?\s?[Mm]\.?$", r" \1M"),
    )
    eastern = _replaced(body, _EAST_ASIAN)
    body = f"CASE WHEN regexp_matches({body}, '[^\\x00-\\x7F]') THEN {eastern} ELSE {body} END"
    body = _replaced(body, plain)
    listed = ", ".join(literal(entry) for entry in formats_of(order))
    local = (
        f"CASE WHEN regexp_full_match({body}, {literal(_ISO)}) "
        f"THEN TRY_CAST({body} AS TIMESTAMP) ELSE try_strptime({body}, [{listed}]) END"
    )
    offset = f"replace(regexp_extract({text}, {literal(_OFFSET)}, 2), ':', '')"
    minutes = (
        f"(CASE WHEN {offset} < '-' THEN 1 ELSE -1 END * (60 * TRY_CAST({offset}[2:3] AS BIGINT) "
        f"+ COALESCE(TRY_CAST({offset}[4:5] AS BIGINT), 0)))"
    )
    return (
        f"CASE WHEN {offset} <> '' THEN epoch_us({local}) - {minutes} * 60000000 "
        f"WHEN regexp_matches({text}, {literal(_OFFSET)}) THEN epoch_us({local}) "
        f"ELSE {_local_to_utc(local, zone)} END"
    )


def _number_sql(text: str, kind: NumberKind, zone: str | None, epoch: str | None) -> str:
    """SQL for dates that are numbers."""
    number = f"CASE WHEN regexp_full_match({text}, {literal(_NUMERIC)}) THEN {{}} END"
    if kind == "compact":
        return number.format(
            _local_to_utc(f"try_strptime({text}, ['%Y%m%d', '%Y%m%d%H%M%S'])", zone)
        )
    # Ten digits are left to multiply by; one wild number must not end the import.
    value = f"TRY_CAST(replace({text}, ',', '.') AS DECIMAL(28, 9))"
    if kind == "excel":
        # Excel counts days from 1899-12-30; its fractions are exact to about a millisecond.
        days = f"round(({value} - 25569) * 86400000)::BIGINT * 1000"
        moment = f"CASE WHEN abs({value}) < 10000000 THEN make_timestamp({days}) END"
        return number.format(_local_to_utc(moment, zone))
    if kind == "elapsed":
        begun = _local_to_utc(f"TIMESTAMP {literal(epoch)}", zone) if epoch else "0"
        return number.format(f"TRY_CAST(floor({value} * 1000000) + {begun} AS BIGINT)")
    return number.format(
        f"TRY_CAST(floor(CASE WHEN {value} < 100000000000 THEN {value} * 1000000 "
        f"WHEN {value} < 100000000000000 THEN {value} * 1000 "
        f"WHEN {value} < 100000000000000000 THEN {value} ELSE {value} / 1000 END) AS BIGINT)"
    )


def _local_to_utc(local: str, zone: str | None) -> str:
    here = local if zone is None else f"timezone({literal(zone)}, {local})"
    return f"epoch_us({here})"
