from datetime import UTC, datetime, timedelta, timezone

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.errors import ColumnsUnclearError, ValueNotAllowedError
from journey.ingest.times.dates import decided, plan_dates, time_sql, with_formats
from journey.ingest.times.zones import check_zone


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as opened:
        opened.execute("SET TimeZone = 'UTC'")
        yield opened


def read(connection, values, *, zone=None, dates=None):
    """Times of texts as the import reads them: microseconds since 1970, or none."""
    connection.execute("CREATE OR REPLACE TEMP TABLE texts (n INTEGER, x VARCHAR)")
    connection.executemany("INSERT INTO texts VALUES (?, ?)", list(enumerate(values)))
    plan = plan_dates(connection, "texts", "x", named_as_date=True)
    plan = decided(plan, dates, column="x", file="a.csv", siblings=[])
    plan = with_formats(connection, "texts", "x", plan)
    rows = connection.execute(f"SELECT {time_sql('x', plan, zone)} FROM texts ORDER BY n")
    return [row[0] for row in rows.fetchall()]


def microseconds(*parts, offset_hours=0):
    at = datetime(*parts, tzinfo=timezone(timedelta(hours=offset_hours)))
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-05", microseconds(2024, 3, 5)),
        ("2024-3-5 6:49:18", microseconds(2024, 3, 5, 6, 49, 18)),
        ("2024-03-05T10:11:12.5", microseconds(2024, 3, 5, 10, 11, 12, 500_000)),
        ("2024-03-05 10:11:12,345", microseconds(2024, 3, 5, 10, 11, 12, 345_000)),
        ("2024-03-05T10:11:12.123456789Z", microseconds(2024, 3, 5, 10, 11, 12, 123_456)),
        ("2024-03-05 10:11:12 UTC", microseconds(2024, 3, 5, 10, 11, 12)),
        ("2024-03-05T10:11:12+0530", microseconds(2024, 3, 5, 10, 11, 12, offset_hours=5.5)),
        ("2024-03-05 10:11:12 -05:00", microseconds(2024, 3, 5, 10, 11, 12, offset_hours=-5)),
        ("2024-03-05 10:11+02", microseconds(2024, 3, 5, 10, 11, offset_hours=2)),
        ("2024-03-05 06:03 PM", microseconds(2024, 3, 5, 18, 3)),
        ("2024/03/05 10:11", microseconds(2024, 3, 5, 10, 11)),
        ("31/12/2023", microseconds(2023, 12, 31)),
        ("12/31/2023, 6:03:04 PM", microseconds(2023, 12, 31, 18, 3, 4)),
        ("31.12.2023 23:59", microseconds(2023, 12, 31, 23, 59)),
        ("31.12.23", microseconds(2023, 12, 31)),
        ("2023年1月31日", microseconds(2023, 1, 31)),
        ("2023年1月31日 10:20", microseconds(2023, 1, 31, 10, 20)),
        ("5 Mar 2024 10:11", microseconds(2024, 3, 5, 10, 11)),
        ("March 5, 2024", microseconds(2024, 3, 5)),
        ("Tue, 05 Mar 2024 10:11:12 +0000", microseconds(2024, 3, 5, 10, 11, 12)),
        ("20240305", microseconds(2024, 3, 5)),
        ("1709633472", microseconds(2024, 3, 5, 10, 11, 12)),
        ("1709633472.25", microseconds(2024, 3, 5, 10, 11, 12, 250_000)),
        ("1709633472123", microseconds(2024, 3, 5, 10, 11, 12, 123_000)),
        ("1709633472123456", microseconds(2024, 3, 5, 10, 11, 12, 123_456)),
        ("1709633472123456789", microseconds(2024, 3, 5, 10, 11, 12, 123_456)),
        # 2024-03-05 is day 45356 of Excel's calendar; .75 is 18 o'clock.
        ("45356.75", microseconds(2024, 3, 5, 18)),
        ("  2024-03-05 ", microseconds(2024, 3, 5)),
        ("15/3/2024 6:49", microseconds(2024, 3, 15, 6, 49)),
        ("5.3.2024 6:49:07", microseconds(2024, 3, 5, 6, 49, 7)),
        ("05/13/24 6:49 pm", microseconds(2024, 5, 13, 18, 49)),
        ("2024-03-05 6:03 p. m.", microseconds(2024, 3, 5, 18, 3)),
        ("12/31/2023 12:05 AM", microseconds(2023, 12, 31, 0, 5)),
        ("1709633472,25", microseconds(2024, 3, 5, 10, 11, 12, 250_000)),
        ("1.709633472E+9", microseconds(2024, 3, 5, 10, 11, 12)),
        ("1.709633472123E12", microseconds(2024, 3, 5, 10, 11, 12, 123_000)),
        ("45356,75", microseconds(2024, 3, 5, 18)),
        ("2024-03-05T10:11:12+01:00[Europe/Berlin]", microseconds(2024, 3, 5, 9, 11, 12)),
        (
            "Tue Mar 05 2024 10:11:12 GMT+0100 (Central European Standard Time)",
            microseconds(2024, 3, 5, 9, 11, 12),
        ),
        ("2023年1月31日 下午3:05", microseconds(2023, 1, 31, 15, 5)),
        ("2023年1月31日上午12:05:09", microseconds(2023, 1, 31, 0, 5, 9)),
        ("2023年1月31日 10时20分30秒", microseconds(2023, 1, 31, 10, 20, 30)),
        ("2023年1月31日 下午3点05分", microseconds(2023, 1, 31, 15, 5)),
        ("2023年1月31日 星期二 10:20", microseconds(2023, 1, 31, 10, 20)),
        ("2023年1月31日(火) 10:20", microseconds(2023, 1, 31, 10, 20)),
        ("2023/01/31 午後 3:05", microseconds(2023, 1, 31, 15, 5)),
        ("2023년 1월 31일 오후 3:05", microseconds(2023, 1, 31, 15, 5)),
        ("2023. 1. 31. 오전 10:20:30", microseconds(2023, 1, 31, 10, 20, 30)),
        ("0000-00-00", None),
        ("0000-00-00 00:00:00", None),
        ("2018-02-29", None),
        ("31. Juni 2023", None),
        ("29/02/2018", None),
        ("soon", None),
        ("", None),
        ("10:11", None),
    ],
)
def test_a_text_is_read_as_the_time_it_says(connection, text, expected):
    assert read(connection, [text]) == [expected]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["31/12/2566", "01/01/2567 10:20"], [(2023, 12, 31), (2024, 1, 1, 10, 20)]),
        (["2566-12-31 10:20:30"], [(2023, 12, 31, 10, 20, 30)]),
        # 2567 is no leap year of ours, 2024 is.
        (["29/02/2567"], [(2024, 2, 29)]),
        (["31 มกราคม พ.ศ. 2566", "31 ม.ค. 66"], [(2023, 1, 31), (2023, 1, 31)]),
    ],
)
def test_years_of_the_buddhist_era_are_543_ahead(connection, texts, expected):
    assert read(connection, texts, dates="day-first") == [microseconds(*at) for at in expected]


def test_years_of_two_calendars_are_told_apart_by_how_far_ahead_they_are(connection):
    both = ["2566-12-31", "2023-12-31"]
    assert read(connection, both) == [microseconds(2023, 12, 31)] * 2
    # 2567 is no leap year of ours, 2024 is.
    assert read(connection, ["25670229", "20240301"]) == [
        microseconds(2024, 2, 29),
        microseconds(2024, 3, 1),
    ]


def test_a_few_years_far_ahead_stand_for_never(connection):
    # One of 21 is less than a twentieth.
    values = ["2500-01-01", *(f"2024-01-{day:02}" for day in range(1, 21))]
    assert read(connection, values)[0] == microseconds(2500, 1, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13/5/2024, 3:20:05 PM", microseconds(2024, 5, 13, 15, 20, 5)),
        ("13/5/2024, 15:20", microseconds(2024, 5, 13, 15, 20)),
        ("02Jan1997", microseconds(1997, 1, 2)),
        ("02JAN97", microseconds(1997, 1, 2)),
        ("2014-12-06 02", microseconds(2014, 12, 6, 2)),
    ],
)
def test_browsers_statistics_programs_and_shops_write_dates_their_own_way(
    connection, text, expected
):
    assert read(connection, [text]) == [expected]


def test_numbers_too_small_for_dates_count_seconds_from_a_start(connection):
    assert read(connection, ["0", "12.5", "90000"]) == [0, 12_500_000, 90_000_000_000]


def test_offsets_of_every_spelling_may_be_mixed(connection):
    # 10:00 at +01:00 in winter, at +02:00 in summer, and three ways to say UTC.
    values = [
        *("2024-01-05T10:00:00+01:00", "2024-07-05T10:00:00+02:00", "2024-07-05T08:00:00Z"),
        *("2024-07-05T08:00:00+0000", "2024-07-05 08:00:00.000 UTC"),
    ]
    assert read(connection, values, zone="Asia/Tokyo") == [
        microseconds(2024, 1, 5, 9),
        *[microseconds(2024, 7, 5, 8)] * 4,
    ]


def test_dates_at_midnight_are_dates_without_a_time(connection):
    read(connection, ["2024-01-05 00:00:00", "2024-01-06 00:00:00"])
    plan = plan_dates(connection, "texts", "x", named_as_date=True)
    assert (plan.n_dates, plan.n_date_only, plan.lacks_zone) == (2, 2, False)


def test_offsets_fractions_and_plain_times_may_be_mixed_in_one_column(connection):
    values = ["2024-03-05 10:00:00+01:00", "2024-07-05 10:00:00.5+02:00", "2024-07-05 10:00"]
    assert read(connection, values) == [
        microseconds(2024, 3, 5, 9),
        microseconds(2024, 7, 5, 8, 0, 0, 500_000),
        microseconds(2024, 7, 5, 10),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-15 12:00", microseconds(2024, 1, 15, 11)),
        ("15.07.2024 12:00", microseconds(2024, 7, 15, 10)),
        ("2024-07-15 12:00:00Z", microseconds(2024, 7, 15, 12)),
        # 02:30 was skipped on 2024-03-31; an hour later it is 03:30 at +02:00.
        ("2024-03-31 02:30", microseconds(2024, 3, 31, 1, 30)),
        # 02:30 came twice on 2024-10-27; the second was at +01:00.
        ("2024-10-27 02:30", microseconds(2024, 10, 27, 1, 30)),
    ],
)
def test_times_without_an_offset_are_read_in_the_zone(connection, text, expected):
    assert read(connection, [text], zone="Europe/Berlin") == [expected]


def test_one_value_above_twelve_settles_day_or_month_first(connection):
    assert read(connection, ["01-02-2018", "20-02-2018"])[0] == microseconds(2018, 2, 1)
    assert read(connection, ["01-02-2018", "02-20-2018"])[0] == microseconds(2018, 1, 2)


def test_ambiguous_dates_are_asked_not_guessed(connection):
    with pytest.raises(ColumnsUnclearError, match=r"'x' of a.csv .*'01/02/2018'.*--dates"):
        read(connection, ["01/02/2018", "03/03/2018"])
    assert read(connection, ["01/02/2018"], dates="day-first") == [microseconds(2018, 2, 1)]
    assert read(connection, ["01/02/2018"], dates="month-first") == [microseconds(2018, 1, 2)]


def test_dates_alike_both_ways_need_no_answer(connection):
    assert read(connection, ["03/03/2018"]) == [microseconds(2018, 3, 3)]


def test_epoch_units_that_differ_raise_the_question_and_are_told_apart_by_size(connection):
    values = ["1709633472", "1709633472000"]
    assert read(connection, values) == [microseconds(2024, 3, 5, 10, 11, 12)] * 2
    plan = plan_dates(connection, "texts", "x", named_as_date=True)
    assert plan.question == "epoch unit"


@pytest.mark.parametrize("word", ["infinity", " -Infinity", "epoch", "infinity (never)"])
@pytest.mark.parametrize("zone", [None, "Europe/Berlin"])
@pytest.mark.parametrize("known", ["31.12.2023 23:59", "2023-12-31 23:59:00"])
def test_words_that_every_format_reads_are_no_times(connection, word, zone, known):
    times = read(connection, [word, known], zone=zone)

    assert times[0] is None
    assert times[1] is not None


@pytest.mark.parametrize("known", ["45000", "1709633472"])
def test_a_number_beyond_all_time_is_no_date_and_ends_nothing(connection, known):
    wild = [sign + "9" * n for sign in ("", "-") for n in (19, 25, 40)]

    times = read(connection, [*wild, *[known] * 60])

    limit = microseconds(2201, 1, 1)
    assert all(time is None or abs(time) > limit for time in times[:6])
    assert None not in times[6:]


def test_numbers_are_no_dates_unless_the_header_says_so(connection):
    read(connection, ["1709633472"])
    assert plan_dates(connection, "texts", "x", named_as_date=False).n_dates == 0


FORMATS = ["%Y-%m-%d %H:%M:%S.%f", "%d/%m/%Y %H:%M:%S", "%m-%d-%Y %I:%M:%S %p", "%d %b %Y %H:%M"]


@given(
    at=st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)),  # noqa: DTZ001 - written without a zone
    form=st.sampled_from(FORMATS),
)
def test_what_python_writes_is_read_back(connection, at, form):
    text = at.strftime(form)
    order = "month-first" if form.startswith("%m") else "day-first"
    expected = datetime.strptime(text, form).replace(tzinfo=UTC)
    (found,) = read(connection, [text], dates=order)
    assert found == microseconds(*expected.timetuple()[:6], expected.microsecond)


def test_a_zone_must_be_in_the_database():
    check_zone("Europe/Berlin")
    with pytest.raises(ValueNotAllowedError, match="Europe/Berlin"):
        check_zone("Europe/Berln")


@pytest.mark.parametrize("written", ["14/Jun/24 06:05 PM", "14-Jun-24 18:05", "14 Jun 24 18:05:00"])
def test_a_month_by_name_may_have_a_year_of_two_digits(imported, written):
    log = imported({"jira.csv": f"company,event,created\nP-1,Done,{written}\nP-1,Back,{written}\n"})
    assert str(log.first_at) == "2024-06-14 18:05:00+00:00"


def test_ways_of_writing_a_day_that_take_turns_are_all_read(imported):
    days = ("{:02}/01/2024", "2024-01-{:02}")
    rows = "".join(f"c{n // 4},{days[n % 2].format(28 - n % 28)},e{n}\n" for n in range(12_000))
    report = imported({"a.csv": "company,time,event\n" + rows}).report
    assert (report.n_read, report.n_set_aside) == (12_000, 0)
