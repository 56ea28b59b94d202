from journey.ingest.columns import profiles
from journey.ingest.columns.profiles import profile_table

ROWS = [  # a key with letters between numbers looks like a date with a month by name now and then
    "1ab22,ann1@acme22.com,3 May 2026",
    "2cd33,bob2@acme22.com,4 May 2026",
    "x,cid3@acme22.com,5 May 2026",
    "y,,",
]


def test_only_columns_of_dates_are_asked_what_dates_they_hold(reader, tmp_path, monkeypatch):
    asked = []
    planned = profiles.plan_dates
    monkeypatch.setattr(
        profiles,
        "plan_dates",
        lambda connection, source, value, **told: (
            asked.append(value) or planned(connection, source, value, **told)
        ),
    )
    path = tmp_path / "rows.csv"
    path.write_text("\n".join(["Key,Contact,Seen", *ROWS]), encoding="utf-8")
    (raw,) = reader.read(path)
    found = profile_table(reader.connection, raw)
    assert asked == ['"Seen"']
    assert [header for header, profile in found.items() if profile.is_date] == ["Seen"]
    assert found["Contact"].email_share == 1.0
