from datetime import UTC, datetime, timedelta

import duckdb
import pytest

import journey
from journey.ingest.times.last_instants import clock_zero_notes, far_future_notes

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def notes():
    """Notes on touchpoints that occurred so many days after the first of January 2026."""

    def noted(days):
        with duckdb.connect() as connection:
            connection.execute(
                "CREATE TABLE kept (occurred_at BIGINT, file_index INT, source_row INT)"
            )
            rows = [
                (int((START + timedelta(days=day)).timestamp() * 1e6), row % 2, row)
                for row, day in enumerate(days, start=1)
            ]
            if rows:
                connection.executemany("INSERT INTO kept VALUES (?, ?, ?)", rows)
            return far_future_notes(connection, "kept", files=["a.csv", "b.csv"])

    return noted


@pytest.mark.parametrize(
    "days",
    [
        [],
        [0],
        [0, 5000],  # one against one: neither is the rest
        [0, 10, 370],  # 360 days are no year
        [0, 10, 375],  # 365 days are not longer than one
        [0, 400, 790],  # a pause of 390 days, but the log spans 400 before it
        [0, 10, 400, 400],  # two of four are a part of the log
        [-5000, 0, 10, 20],  # the first instant is no end
    ],
)
def test_ordinary_ends_are_not_noted(notes, days):
    assert notes(days) == []


def test_a_slip_is_named_with_its_file_and_what_to_do(notes):
    # Row 3 is of the second file: 2099 - 2026 is 73 years of 365.25 days, 73.05 of 365.
    (note,) = notes([0, 10, 26663])
    assert note.startswith("b.csv: 2099-01-01 00:00 UTC in row 3 lies 73.0 years after the ")
    assert "touchpoint before, of 2026-01-11." in note
    assert "'To day' 2026-01-11, or --to 2026-01-11." in note


def test_of_many_rows_the_last_thousandth_may_be_a_slip(notes):
    bulk = [day / 10 for day in range(1998)]
    (note,) = notes([*bulk, 5000, 5001])
    assert " in row 1999 and 1 more lie 13.2 years" in note  # (5000 - 199.7) / 365
    assert notes([*bulk[:-1], 5000, 5001, 5002]) == []  # three of 2,000 are more than that


def test_an_import_says_so(tmp_path):
    path = tmp_path / "touches.csv"
    rows = "".join(f"A,2026-01-0{n},Ad\n" for n in range(1, 6))
    path.write_text(f"account,when,event\n{rows}B,2062-01-03,Demo\n")
    log = journey.read_touchpoints(path)
    assert [note for note in log.report.notes if "2062-01-03 00:00 UTC in row" in note]
    path.write_text(f"account,when,event\n{rows}B,2026-02-03,Demo\n")
    assert not [note for note in journey.read_touchpoints(path).report.notes if "years" in note]


def test_a_time_that_was_never_set_is_told(imported):
    days = "".join(f"Acme,{1767225600 + 86400 * day},Demo\n" for day in range(19))
    log = imported({"web.csv": f"account,timestamp,event\nBeta,0,Visit\n{days}"})
    # Kept: it may be meant.
    assert (log.n_touchpoints, log.report.n_set_aside) == (20, 0)
    (note,) = [note for note in log.report.notes if "1970-01-01" in note]
    assert note.startswith("web.csv: 1 touchpoint at 1970-01-01 00:00 UTC, as in row 1, which ")


@pytest.mark.parametrize(
    "instants",
    [
        [0, 60, 120],  # seconds from a start
        [0],  # nothing to compare with
        [-1, 1, 1_767_225_600],
    ],
)
def test_a_zero_that_may_be_meant_is_not_told(instants):
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE kept (occurred_at BIGINT, file_index INT, source_row INT)")
        connection.executemany(
            "INSERT INTO kept VALUES (?, 0, 1)", [(second * 1_000_000,) for second in instants]
        )
        assert clock_zero_notes(connection, "kept", files=["a.csv"]) == []
