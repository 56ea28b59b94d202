import pytest

from journey.ingest.times.zones import header_zone

ROWS = "c1,2024-07-01 10:00,Ad\nc1,2024-01-02 11:00,Demo\n"


@pytest.mark.parametrize(
    ("header", "zone"),
    [
        ("Registration Time (UTC)", "UTC"),
        ("Start Date (in UTC)", "UTC"),
        ("hit_time_gmt", "UTC"),
        ("Created [GMT]", "UTC"),
        ("Started at (UTC-05:00)", "GMT-05:00"),
        ("Timestamp (UTC+5:30)", "GMT+05:30"),
        ("Started at (America/New_York)", "America/New_York"),
        ("Timestamp (utc+2)", "GMT+02:00"),
        ("Created (EST)", None),
        ("Region (Europe/Nowhere)", None),
        ("utc", None),
        ("Product", None),
    ],
)
def test_a_header_names_a_zone_only_where_it_is_sure(header, zone):
    assert header_zone(header) == zone


@pytest.mark.parametrize(
    ("header", "first"),
    [
        # 11:00 in January, five hours and none behind UTC.
        ("Date (UTC-05:00)", "2024-01-02T16:00:00"),
        ("Date (America/New_York)", "2024-01-02T16:00:00"),
        ("Date (UTC)", "2024-01-02T11:00:00"),
    ],
)
def test_times_are_read_in_the_zone_of_their_header(imported, header, first):
    log = imported({"log.csv": f"company,{header},event\n{ROWS}"}, zone="Asia/Tokyo")
    assert log.first_at.isoformat().startswith(first)
    assert "as the header says" in " ".join(log.report.notes)
