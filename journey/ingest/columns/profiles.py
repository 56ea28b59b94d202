"""What the values of a column look like."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from journey.ingest.columns.synonyms import DATE_WORDS, named, plain, without_shared_start
from journey.ingest.formats.held import sampled
from journey.ingest.formats.table import UNNAMED
from journey.ingest.raw import RawTable
from journey.ingest.rough_counts import in_parts
from journey.ingest.sql import identifier, literal
from journey.ingest.times.dates import DatePlan, may_be_date_sql, plan_dates

MOST: Final = 0.8
"""Share of the values that must be of a kind for the column to be of it."""

_EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
_NUMBER = r"[-+]?[\d.,' ]*\d[\d.,]*"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?"
_PROSE = r"\p{L}\S*\s+\S*\p{L}\S*\s+\S*\p{L}"
"""Three words, somewhere."""
DATED_NUMBER: Final = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|1\d{9}(?:\d{3})?"
"""``YYYYMMDD``, and seconds or milliseconds since 1970: dates where no header says otherwise."""

_AT_ONCE: Final = 64
_SHOWN: Final = 3


@dataclass(frozen=True)
class Profile:
    """What the values of one column look like, from an even sample of its rows."""

    header: str
    n_rows: int
    n_values: int
    n_distinct: int
    samples: tuple[str, ...]
    email_share: float
    number_share: float
    clock_share: float
    prose_share: float
    dates: DatePlan | None
    short: str
    """The header without the words with which nearly all headers of the table begin."""

    @property
    def filled_share(self) -> float:
        """Share of rows with a value."""
        return self.n_values / self.n_rows if self.n_rows else 0.0

    @property
    def is_date(self) -> bool:
        """Nearly all values are dates."""
        return self.dates is not None and self.dates.share >= MOST

    @property
    def counts_seconds(self) -> bool:
        """As a time, its numbers can only count from a start of their own."""
        if self.dates is not None and self.dates.numbers is not None:
            return self.dates.numbers == "elapsed"
        return self.number_share == 1.0 and all(_is_small(text) for text in self.samples)

    def named(self, role: str) -> float:
        """How surely the header names a role, from 0 to 1."""
        whole = named(self.header, role)
        return whole if self.short == self.header else max(whole, named(self.short, role) - 0.05)

    @property
    def is_unique(self) -> bool:
        """Nearly every value is different, among more than a few."""
        return self.n_values > 20 and self.n_distinct >= 0.95 * self.n_values  # noqa: PLR2004 - fewer say nothing


def _is_small(text: str) -> bool:
    """Whether a number is too small for a time since 1970 or a date of digits."""
    least = 1e7
    try:
        return float(text) < least
    except ValueError:
        return False


@dataclass(frozen=True)
class _Seen:
    """Counts of what the values of a column look like."""

    n_values: int = 0
    n_distinct: int = 0
    n_dated: int = 0
    n_emails: int = 0
    n_numbers: int = 0
    n_clocks: int = 0
    n_prose: int = 0
    n_maybe_dates: int = 0
    samples: tuple[str, ...] = ()


_NOTHING_SEEN: Final = _Seen()


def profile_table(connection: duckdb.DuckDBPyConnection, raw: RawTable) -> dict[str, Profile]:
    """Look at the values of every column."""
    sample = sampled(connection, raw.table, raw.n_rows)
    ((n_rows,),) = connection.execute(f"SELECT count(*) FROM {sample}").fetchall()
    short = without_shared_start(raw.columns)
    seen = _seen(connection, sample, raw.columns)
    return {
        header: _profile(connection, sample, header, short[header], seen[header], int(n_rows))
        for header in raw.columns
    }


def _seen(
    connection: duckdb.DuckDBPyConnection, source: str, columns: Sequence[str]
) -> dict[str, _Seen]:
    """What columns look like, of many in one pass; a text that comes again is looked at once."""
    found = dict.fromkeys(columns, _NOTHING_SEEN)
    for some in in_parts(columns, _AT_ONCE):
        cells = ", ".join(f"trim({identifier(header)})" for header in some)
        is_date = f"NOT regexp_full_match(x, {literal(_EMAIL)}) AND {may_be_date_sql('x')}"
        rows = connection.execute(
            f"""
            SELECT place, sum(n)::BIGINT, count(*),
                {_counted(f"regexp_full_match(x, {literal(DATED_NUMBER)})")},
                {_counted(f"regexp_full_match(x, {literal(_EMAIL)})")},
                {_counted(f"regexp_full_match(x, {literal(_NUMBER)})")},
                {_counted(f"regexp_full_match(x, {literal(_CLOCK)})")},
                {_counted(f"regexp_matches(x, {literal(_PROSE)})")},
                {_counted(is_date)},
                arg_min(x, first_row, {_SHOWN})
            FROM (
                SELECT place, x, count(*) AS n, min(source_row) AS first_row
                FROM (SELECT unnest(range({len(some)})) AS place, unnest([{cells}]) AS x, source_row
                    FROM {source}) WHERE x <> '' GROUP BY place, x)
            GROUP BY place
            """
        ).fetchall()
        for place, *counts, samples in rows:
            found[some[int(place)]] = _Seen(*map(int, counts), samples=tuple(map(str, samples)))
    return found


def _counted(condition: str) -> str:
    """SQL of how many cells meet a condition, of texts that stand ``n`` times."""
    return f"COALESCE(sum(n) FILTER ({condition}), 0)::BIGINT"


def _profile(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    header: str,
    short: str,
    seen: _Seen,
    n_rows: int,
) -> Profile:
    of = max(seen.n_values, 1)
    # Other columns are dates only if nearly all values are, and a key's may well look like some.
    is_named = bool(DATE_WORDS.search(plain(header)))
    is_named = is_named or (
        UNNAMED.fullmatch(header) is not None and seen.n_dated == seen.n_values > 0
    )
    plan = (
        plan_dates(connection, source, identifier(header), named_as_date=is_named)
        if is_named or seen.n_maybe_dates >= MOST * of
        else None
    )
    return Profile(
        header=header,
        n_rows=n_rows,
        n_values=seen.n_values,
        n_distinct=seen.n_distinct,
        samples=tuple(sample[:80] for sample in seen.samples),
        email_share=seen.n_emails / of,
        number_share=seen.n_numbers / of,
        clock_share=seen.n_clocks / of,
        prose_share=seen.n_prose / of,
        dates=plan if plan and plan.n_dates else None,
        short=short,
    )
