from datetime import datetime

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.ingest.times import dates
from journey.ingest.times.plain_times import count_plain

PLAIN = st.datetimes(datetime.fromisoformat("1000-01-01")).map(
    lambda time: f"{time:%Y-%m-%d %H:%M:%S}"
)
DAYS = PLAIN.map(lambda time: f"{time[:10]} 00:00:00")
ODD = st.sampled_from(["", " ", "-", "null", "2026-01-25", "25/1/2026 10:00", "1769299200", "Mai"])


def planned(texts, *, named_as_date=True):
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE texts (x VARCHAR)")
        connection.executemany("INSERT INTO texts VALUES (?)", [(text,) for text in texts])
        return dates.plan_dates(connection, "texts", "x", named_as_date=named_as_date)


@settings(max_examples=60)
@given(st.lists(st.one_of(PLAIN, DAYS, st.none(), ODD), min_size=1, max_size=6))
def test_plans_are_those_of_looking_at_length(texts):
    quick = planned(texts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dates, "count_plain", lambda *_: None)
        assert quick == planned(texts)


@pytest.mark.parametrize(
    ("texts", "n_plain"),
    [
        (["2026-01-25 10:00:00", None, " 2026-01-26 00:00:00"], 2),
        (["2026-01-25 10:00:00", "2026-01-25"], None),
        (["2026-01-25 10:00:00", "2569-01-25 10:00:00"], None),
        ([None], None),
    ],
)
def test_only_plain_times_are_told_at_once(texts, n_plain):
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE texts (x VARCHAR)")
        connection.executemany("INSERT INTO texts VALUES (?)", [(text,) for text in texts])
        seen = count_plain(connection, "texts", "x")
    assert (seen and seen["n_values"]) == n_plain
