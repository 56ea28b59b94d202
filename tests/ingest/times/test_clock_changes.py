import pytest

ROWS = "account,when,event\n"


def notes(imported, times, zone):
    text = ROWS + "".join(f"Acme,{time},Call {n}\n" for n, time in enumerate(times))
    log = imported({"a.csv": text}, zone=zone)
    return [note for note in log.report.notes if " in an hour " in note]


def test_times_that_are_skipped_or_come_twice_are_counted(imported):
    times = [
        # Berlin went from 02:00 to 03:00 on 2024-03-31, and from 03:00 to 02:00 on 2024-10-27.
        *("2024-03-31 01:59", "2024-03-31 02:30", "2024-03-31 03:30"),
        *("2024-10-27 01:59", "2024-10-27 02:00", "2024-10-27 02:59:59", "2024-10-27 03:00"),
        # With an offset there is no doubt.
        *("2024-10-27 02:30:00+02:00", "2024-10-27T00:30:00Z"),
    ]
    skipped, twice = notes(imported, times, "Europe/Berlin")
    assert skipped.startswith("a.csv, column 'when': 1 time in an hour that Europe/Berlin")
    assert skipped.endswith("skips in spring; read an hour later.")
    assert twice.startswith("a.csv, column 'when': 2 times in")
    assert twice.endswith("has twice in autumn; read as the second.")


def test_half_an_hour_that_comes_twice_is_known_too(imported):
    # Lord Howe went back from 02:00 to 01:30 on 2024-04-07.
    times = ["2024-04-07 01:15", "2024-04-07 01:45", "2024-04-07 02:00"]
    (note,) = notes(imported, times, "Australia/Lord_Howe")
    assert "1 time " in note


@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Shanghai"])
def test_zones_without_changes_leave_no_doubt(imported, zone):
    assert notes(imported, ["2024-03-31 02:30", "2024-10-27 02:30"], zone) == []


def test_epoch_times_leave_no_doubt(imported):
    # 2024-10-27 00:30 UTC is 02:30 in Berlin.
    assert notes(imported, ["1729989000", "1729992600"], "Europe/Berlin") == []


def test_each_date_of_a_wide_file_is_counted_by_its_column(imported):
    text = "account,Created at,Closed date\nAcme,2024-03-31 02:30,2024-10-27 02:30\n"
    log = imported({"a.csv": text}, zone="Europe/Berlin")
    found = [note for note in log.report.notes if " in an hour " in note]
    assert [note.split(": 1 time ")[0] for note in found] == [
        "a.csv, column 'Created at'",
        "a.csv, column 'Closed date'",
    ]


def test_rows_made_of_one_row_are_each_counted(imported):
    actions = ("type", "url", "pageTitle", "serverTimePretty", "timeSpent")
    numbered = [f"{name} (actionDetails {n})" for n in (0, 1) for name in actions]
    times = ("2024-10-27 02:15:00", "2024-10-27 02:45:00")
    cells = [cell for at in times for cell in ("action", "u", "p", at, "1")]
    text = f"idVisit,visitorId,{','.join(numbered)}\n1,v,{','.join(cells)}\n"
    log = imported({"matomo.csv": text}, zone="Europe/Berlin")
    (note,) = [note for note in log.report.notes if " in an hour " in note]
    assert ": 2 times in an hour that Europe/Berlin has twice" in note
