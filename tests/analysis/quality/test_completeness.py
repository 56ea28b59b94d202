import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from journey import from_frame
from journey.analysis.quality.completeness import known_shares, mean_places, touchpoints_by_month

FRAME = pd.DataFrame(
    [
        ("a", "2026-01-31 23:59:59", "Ad", "web", None),
        ("a", "2026-02-01", "Demo", "crm", "p"),
        ("a", "2026-02-02", "Won", None, "p"),
        ("b", "2026-02-03", "Ad", "web", "q"),
    ],
    columns=["account_id", "occurred_at", "touchpoint", "source_system", "person_id"],
).assign(occurred_at=lambda frame: pd.to_datetime(frame["occurred_at"], format="ISO8601"))


def test_months_end_at_midnight_utc_and_rows_without_a_source_count():
    rows = touchpoints_by_month(from_frame(FRAME)).to_dict("split")["data"]
    assert rows == [
        ["2026-01", "web", 1],
        ["2026-02", "crm", 1],
        ["2026-02", "web", 1],
        ["2026-02", None, 1],
    ]


def test_without_the_column_all_count_as_one():
    rows = touchpoints_by_month(from_frame(FRAME), by="nothing").to_dict("split")["data"]
    assert rows == [["2026-01", None, 1], ["2026-02", None, 3]]


def test_known_shares_are_of_all_touchpoints_in_view():
    log = from_frame(FRAME)
    assert known_shares(log).to_dict("list") == {
        "column": ["person_id", "source_system"],
        "n_values": [2, 2],
        "n_known": [3, 3],
        "known_share": [0.75, 0.75],
    }
    # Without the Demo and the Won: two Ads, both from the web, one by a known person.
    assert known_shares(log.exclude("Demo", "Won"))["known_share"].tolist() == [0.5, 1.0]


def test_an_only_touchpoint_stands_in_the_middle():
    places = mean_places(from_frame(FRAME)).set_index("touchpoint")["mean_place"]
    # Ad: first of three in a, the only one in b.
    assert places.to_dict() == {"Ad": (0.0 + 0.5) / 2, "Demo": 0.5, "Won": 1.0}


def test_empty_views_give_empty_frames():
    log = from_frame(FRAME).exclude("Ad", "Demo", "Won")
    assert touchpoints_by_month(log).columns.tolist() == ["month", "value", "n_touchpoints"]
    assert touchpoints_by_month(log).empty
    assert mean_places(log).empty
    assert known_shares(log)["known_share"].isna().all()


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abc"),
            st.integers(0, 90),
            st.sampled_from(["Ad", "Demo"]),
            st.sampled_from(["web", None]),
        ),
        min_size=1,
        max_size=30,
    ),
    st.integers(1, 10),
)
def test_figures_equal_plain_python(rows, rows_per_shard):
    frame = pd.DataFrame(rows, columns=["account_id", "day", "touchpoint", "source_system"])
    frame["occurred_at"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(frame["day"], unit="D")
    log = from_frame(frame.drop(columns="day"), rows_per_shard=rows_per_shard)
    months, places = {}, {}
    for account in "abc":
        mine = sorted((row for row in rows if row[0] == account), key=lambda row: row[1])
        for place, (_, day, touchpoint, source) in enumerate(mine):
            month = (pd.Timestamp("2026-01-01") + pd.Timedelta(days=day)).strftime("%Y-%m")
            months[month, source] = months.get((month, source), 0) + 1
            share = place / (len(mine) - 1) if len(mine) > 1 else 0.5
            places.setdefault(touchpoint, []).append(share)
    found = touchpoints_by_month(log)
    assert {
        (row.month, None if pd.isna(row.value) else row.value): row.n_touchpoints
        for row in found.itertuples()
    } == months
    for row in mean_places(log).itertuples():
        assert np.isclose(row.mean_place, np.mean(places[row.touchpoint]))
