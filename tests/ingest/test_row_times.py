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
            "attendees.csv": "Email,Registration Time,Join Time\n"
            "a@a.example,05/13/2024 10:00:00 AM,05/14/2024 03:00:00 PM\n"
            "b@b.example,05/13/2024 10:00:00 AM,--\nc@c.example,05/13/2024 10:00:00 AM,N/A\n"
        }
    )
    assert log.touchpoint_types == ["Join Time", "Registration Time"]
    assert (log.report.n_read, log.report.n_kept, log.report.n_set_aside) == (4, 4, 0)
