"""Columns of nothing but times like ``2026-01-25 10:00:00``, which are told at once."""

from typing import Any, Final

import duckdb

_PLAIN: Final = r"'\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}'"
_FIRST_AHEAD: Final = "'2201'"
"""Years from here on may be of another calendar."""

_NOT_SEEN: Final = (
    *("n_numbers", "n_zoned", "n_ordered", "n_dotted", "n_day_first", "n_month_first"),
    *("n_compact", "n_compact_times", "n_compact_buddhist", "n_small", "n_excel", "n_epoch"),
    *("n_units", "n_buddhist"),
)


def count_plain(
    connection: duckdb.DuckDBPyConnection, source: str, value: str
) -> dict[str, Any] | None:
    """What is to be counted of dates, where all values are plain times; none if any is not.

    Parameters
    ----------
    source, value
        As for :func:`journey.ingest.times.dates.plan_dates`.
    """
    n_values, n_plain, n_midnight, sample = connection.execute(
        f"SELECT count(x), count(*) FILTER (regexp_full_match(x, {_PLAIN}) AND x < {_FIRST_AHEAD}),"
        f" count(*) FILTER (suffix(x, ' 00:00:00')), min(x) "
        f"FROM (SELECT trim({value}) AS x FROM {source})"
    ).fetchall()[0]
    if not n_values or n_plain < n_values:
        return None
    seen: dict[str, Any] = dict.fromkeys(_NOT_SEEN, 0)
    return seen | {
        "n_values": n_values,
        "n_texts": n_values,
        "n_years": n_values,
        "n_date_only": n_midnight,
        "sample": sample,
        "undecided": None,
    }
