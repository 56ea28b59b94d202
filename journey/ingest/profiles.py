"""What the values of a column look like."""

from dataclasses import dataclass
from typing import Final, cast

import duckdb

from journey.ingest.dates import DatePlan, may_be_date_sql, plan_dates
from journey.ingest.formats.held import sampled
from journey.ingest.formats.table import UNNAMED
from journey.ingest.raw import RawTable
from journey.ingest.sql import identifier, literal
from journey.ingest.synonyms import DATE_WORDS, named, plain, without_shared_start

MOST: Final = 0.8
"""Share of the values that must be of a kind for the column to be of it."""

_EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"
_NUMBER = r"[-+]?[\d.,' ]*\d[\d.,]*"
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?"
_PROSE = r"\p{L}\S*\s+\S*\p{L}\S*\s+\S*\p{L}"
"""Three words, somewhere."""
DATED_NUMBER: Final = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|1\d{9}(?:\d{3})?"
"""``YYYYMMDD``, and seconds or milliseconds since 1970: dates where no header says otherwise."""


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

    def named(self, role: str) -> float:
        """How surely the header names a role, from 0 to 1."""
        whole = named(self.header, role)
        return whole if self.short == self.header else max(whole, named(self.short, role) - 0.05)

    @property
    def is_unique(self) -> bool:
        """Nearly every value is different, among more than a few."""
        return self.n_values > 20 and self.n_distinct >= 0.95 * self.n_values  # noqa: PLR2004 - fewer say nothing


def profile_table(connection: duckdb.DuckDBPyConnection, raw: RawTable) -> dict[str, Profile]:
    """Look at the values of every column."""
    sample = sampled(connection, raw.table, raw.n_rows)
    short = without_shared_start(raw.columns)
    return {header: _profile(connection, sample, header, short[header]) for header in raw.columns}


def _profile(
    connection: duckdb.DuckDBPyConnection, source: str, header: str, short: str
) -> Profile:
    x = f"nullif(trim({identifier(header)}), '')"
    row = connection.execute(
        f"""
        SELECT count(*), count(x), count(DISTINCT x),
            count(*) FILTER (regexp_full_match(x, {literal(DATED_NUMBER)})),
            count(*) FILTER (regexp_full_match(x, {literal(_EMAIL)})),
            count(*) FILTER (regexp_full_match(x, {literal(_NUMBER)})),
            count(*) FILTER (regexp_full_match(x, {literal(_CLOCK)})),
            count(*) FILTER (regexp_matches(x, {literal(_PROSE)})),
            count(*) FILTER (NOT regexp_full_match(x, {literal(_EMAIL)}) AND {may_be_date_sql("x")})
        FROM (SELECT {x} AS x FROM {source})
        """
    ).fetchall()[0]
    n_rows, n_values, n_distinct, n_dated, n_emails, n_numbers, *others = cast(
        "tuple[int, ...]", row
    )
    n_clocks, n_prose, n_maybe_dates = others
    samples = connection.execute(
        f"SELECT x FROM (SELECT {x} AS x, source_row FROM {source}) WHERE x IS NOT NULL "
        "GROUP BY x ORDER BY min(source_row) LIMIT 3"
    ).fetchall()
    # Other columns are dates only if nearly all values are, and a key's may well look like some.
    is_named = bool(DATE_WORDS.search(plain(header)))
    is_named = is_named or (UNNAMED.fullmatch(header) is not None and n_dated == n_values > 0)
    plan = (
        plan_dates(connection, source, identifier(header), named_as_date=is_named)
        if is_named or n_maybe_dates >= MOST * max(n_values, 1)
        else None
    )
    of = max(n_values, 1)
    return Profile(
        header=header,
        n_rows=n_rows,
        n_values=n_values,
        n_distinct=n_distinct,
        samples=tuple(str(sample[0])[:80] for sample in samples),
        email_share=n_emails / of,
        number_share=n_numbers / of,
        clock_share=n_clocks / of,
        prose_share=n_prose / of,
        dates=plan if plan and plan.n_dates else None,
        short=short,
    )
