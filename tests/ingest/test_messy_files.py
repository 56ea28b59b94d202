"""What files of every kind say of themselves once they are imported."""

import pytest

from journey.errors import ColumnsUnclearError


def reasons(log):
    return {r.reason: [e.value for e in r.examples] for r in log.report.reasons if r.reason}


def test_a_file_without_header_is_read_by_its_values_and_says_so(imported):
    types = ["Demo", "Mail", "Call"]
    text = "".join(
        f"0{n % 4},2024-01-{n:02d} 10:00:00,{types[n % 3]},{n * 2.5}\n" for n in range(1, 13)
    )
    log = imported({"a.csv": text})
    assert log.report.files[0].roles == {
        "account_id": ("column 1",),
        "occurred_at": ("column 2",),
        "touchpoint": ("column 3",),
    }
    assert (log.n_journeys, log.n_touchpoints) == (4, 12)
    assert "a.csv: no header row found" in log.report.notes


def test_impossible_dates_are_set_aside_with_their_value(imported):
    dates = ["28/02/2018", "29/02/2018", "31/04/2018", "0000-00-00", "soon"]
    text = "account,when,event\n" + "".join(f"A,{date},Demo {date}\n" for date in dates)
    text += "A,9999-12-31,Never\nA,,Nowhen\nA,29/02/2016,Leap\n"
    log = imported({"a.csv": text})
    assert log.n_touchpoints == 2
    assert reasons(log) == {
        "time not understood": dates[1:],
        "time out of range": ["9999-12-31"],
        "no time": ["A, Nowhen"],
    }
    assert log.report.n_read == log.report.n_kept + log.report.n_set_aside == 8


def test_dates_that_can_be_read_two_ways_are_asked(imported):
    text = "account,when,event\nA,01/02/2026,Demo\nA,03/04/2026,Mail\n"
    with pytest.raises(ColumnsUnclearError, match="day-first or month-first"):
        imported({"a.csv": text})
    assert str(imported({"a.csv": text}, dates="month-first").first_at.date()) == "2026-01-02"
    assert str(imported({"a.csv": text}, dates="day-first").first_at.date()) == "2026-02-01"


def test_date_and_time_in_two_columns_are_one_time(imported):
    rows = ["2024-01-05 00:00:00,10:20", "2024-01-06 00:00:00,9:05 PM", "2024-01-07,23:59:59.5"]
    text = "account,date,time,event\n" + "".join(f"A,{row},Demo {row[:10]}\n" for row in rows)
    log = imported({"a.csv": text})
    assert log.report.files[0].roles["occurred_at"] == ("date", "time")
    assert str(log.first_at) == "2024-01-05 10:20:00+00:00"
    assert str(log.last_at) == "2024-01-07 23:59:59.500000+00:00"
    assert log.n_touchpoints == 3


def test_thai_dates_are_told_of(imported):
    text = "account,date,event\nA,31 มกราคม 2566,Demo\nA,1 ก.พ. 66,Mail\n"
    log = imported({"a.csv": text})
    assert str(log.first_at.date()) == "2023-01-31"
    assert str(log.last_at.date()) == "2023-02-01"
    told = [note.split(": ")[1] for note in log.report.notes if note.startswith("a.csv, column")]
    assert told == [
        "months by name read as Thai.",
        "years of the Buddhist era; read as 543 years earlier.",
    ]


def test_numbers_that_are_none_are_counted_with_an_example(imported):
    text = "account,when,event,value\nA,2024-01-05,Demo,12.5\nA,2024-01-06,Mail,n.b.\n"
    log = imported({"a.csv": text})
    (note,) = [note for note in log.report.notes if "no numbers" in note]
    assert note.startswith("1 values of value are no numbers, for example 'n.b.'")
    assert log.n_touchpoints == 2
