"""Which of several dates of a row are times of touchpoints."""

import pytest


def test_a_day_beside_its_time_is_no_second_touchpoint(imported):
    log = imported(
        {
            "visits.csv": "visitorId,date,visitStartTime,medium\n"
            "1,20160801,1470045600,cpc\n1,20160802,1470132000,organic\n2,20160803,1470218400,cpc\n"
        }
    )
    assert (log.n_touchpoints, log.touchpoint_types) == (3, ["visitStartTime"])


def test_the_same_moment_in_two_columns_is_one_touchpoint(imported):
    log = imported(
        {
            "visits.csv": "visitorId,server_timestamp,first_seen\n"
            "1,1470045600,2016-08-01 10:00:00\n2,1470132000,2016-08-02 10:00:00\n"
        }
    )
    assert log.touchpoint_types == ["first_seen"]


def test_two_events_of_one_day_stay_two(imported):
    log = imported(
        {
            "deals.csv": "deal_id,signed_on,paid_on\n1,2024-01-02,2024-01-02\n"
            "2,2024-01-03,2024-01-03\n"
        }
    )
    assert log.n_touchpoints == 4


@pytest.mark.parametrize("technical", ["Modified On", "etl_tstamp", "Last login at"])
def test_of_the_times_of_a_log_one_of_the_row_comes_last(imported, technical):
    log = imported(
        {
            "log.csv": f"company,{technical},Actual End,event\n"
            "1,2024-05-05 10:00,2024-01-02 10:00,call\n1,2024-05-05 10:00,2024-01-03 10:00,mail\n"
        }
    )
    assert str(log.last_at).startswith("2024-01-03")


def test_that_dates_are_the_touchpoints_is_told(imported):
    report = imported({"a.csv": "company,seen\nc1,2024-01-02\nc1,2024-01-03\n"}).report
    assert ("a.csv: no column names an event; touchpoints are its dates: 'seen'.") in report.notes


def test_words_for_no_date_hide_no_column_of_dates(imported):
    log = imported(
        {
            "people.csv": "Email,Signup Time,Trial Time\n"
            "a@a.example,05/13/2024 10:00:00 AM,05/14/2024 03:00:00 PM\n"
            "b@b.example,05/13/2024 10:00:00 AM,--\nc@c.example,05/13/2024 10:00:00 AM,N/A\n"
        }
    )
    assert log.touchpoint_types == ["Signup Time", "Trial Time"]
    assert (log.report.n_read, log.report.n_kept, log.report.n_set_aside) == (4, 4, 0)


ACTIVITIES = "Case ID,Activity,{},{}\n1,Ask,2024-01-01 09:00,2024-01-02 10:00\n1,Ship,{},{}\n"


@pytest.mark.parametrize(
    ("first", "second", "taken"),
    [
        ("Start Timestamp", "Complete Timestamp", "Complete Timestamp"),
        ("start_time", "completion_time", "completion_time"),
        # Calls and visits happen when they begin.
        ("start_time", "end_time", "start_time"),
        # What is complete is another thing than what starts.
        ("started", "course_completed", "started"),
    ],
)
def test_of_two_times_one_counts_and_that_is_told(imported, first, second, taken):
    log = imported(
        {"a.csv": ACTIVITIES.format(first, second, "2024-01-03 09:00", "2024-01-04 10:00")}
    )
    (file,) = log.report.files
    assert dict(file.roles)["occurred_at"] == (taken,)
    other = second if taken == first else first
    note = f"a.csv: rows have two times; touchpoints are at {taken!r}, not at {other!r}"
    assert note in log.report.notes


def test_activities_that_did_not_end_are_told_when_they_began(imported):
    text = ACTIVITIES.format("Start Timestamp", "Complete Timestamp", "2024-01-03 09:00", "")
    (file,) = imported({"a.csv": text}).report.files
    assert (dict(file.roles)["occurred_at"], file.n_kept) == (("Start Timestamp",), 2)


@pytest.mark.parametrize("unended", ["", "--"])
def test_one_activity_of_many_that_did_not_end_is_kept(imported, unended):
    rows = "".join(
        f"{n // 2},do,2024-01-02 09:00,{'2024-01-03 09:00' if n else unended}\n" for n in range(200)
    )
    (file,) = imported({"a.csv": "case,activity,start_time,complete_time\n" + rows}).report.files
    assert (dict(file.roles)["occurred_at"], file.n_set_aside) == (("start_time",), 0)


def test_of_two_times_the_one_is_taken_that_more_rows_have(imported):
    # Of three activities two say when they began, all when they were complete.
    rows = "1,ask,,2024-01-02\n1,pay,2024-01-03,2024-01-04\n1,ship,2024-01-05,2024-01-06\n"
    header = "case,activity,start_time,complete_time\n"
    (file,) = imported({"a.csv": header + rows}).report.files
    assert (dict(file.roles)["occurred_at"], file.n_kept) == (("complete_time",), 3)


def test_a_time_on_every_second_row_is_not_on_all(imported):
    rows = "".join(
        f"{n // 4},e{n % 4},2024-01-02 09:00,{'2024-01-03 09:00' if n % 2 else ''}\n"
        for n in range(12_000)
    )
    (file,) = imported({"a.csv": "case,activity,start_time,complete_time\n" + rows}).report.files
    assert (dict(file.roles)["occurred_at"], file.n_set_aside) == (("start_time",), 0)
