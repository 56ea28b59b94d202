import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import from_frame
from journey.analysis.quality.coverage import shared_instants, source_silences, stray_times

START = pd.Timestamp("2026-01-01", tz="UTC")


def log(**days):
    """One touchpoint for each day (from 1 January 2026) of each source."""
    rows = [
        (f"a{n % 3}", START + pd.Timedelta(days=float(day)), source)
        for source, chosen in days.items()
        for n, day in enumerate(chosen)
    ]
    frame = pd.DataFrame(rows, columns=["account_id", "occurred_at", "source_system"])
    return from_frame(frame.assign(touchpoint="Ad"), rows_per_shard=7)


EVERY = range(60)


class TestSilences:
    def test_a_source_that_stops_while_another_goes_on(self):
        # crm has days 0 to 19 and 40 to 59: one pause of 21 days among 38 of one day.
        found = source_silences(log(web=EVERY, crm=[*range(20), *range(40, 60)]))
        (row,) = found.to_dict("records")
        assert row == {
            "source": "crm",
            "silent_from": START + pd.Timedelta(days=19),
            "silent_until": START + pd.Timedelta(days=40),
            "silent_days": 21.0,
            "normal_days": 1.0,
            "n_pauses": 38,
            "n_others": 20,  # web on days 20 to 39
            "others_pace": 1.0,  # one a day as in the whole log
        }

    def test_one_that_never_comes_back(self):
        (row,) = source_silences(log(web=EVERY, crm=range(20))).to_dict("records")
        assert row["silent_days"] == 40.0  # from day 19 to day 59
        assert pd.isna(row["silent_until"])
        assert (row["n_pauses"], row["n_others"], row["others_pace"]) == (19, 40, 1.0)

    @pytest.mark.parametrize(
        "days",
        [
            {"web": [*range(20), *range(40, 60)]},  # no other source to go on
            {"web": [*range(20), *range(40, 60)], "crm": [*range(20), *range(40, 60)]},  # a holiday
            {"web": EVERY, "crm": range(0, 60, 8)},  # weekly: eight days are its normal pause
            {"web": EVERY, "crm": [*range(12), *range(18, 60)]},  # no longer than a week
            {"web": EVERY, "crm": [*range(10), *range(50, 51)]},  # nine pauses besides
            {},
        ],
    )
    def test_other_pauses_are_none(self, days):
        found = source_silences(log(**days))
        assert found.empty
        assert found["silent_from"].dtype == "datetime64[s, UTC]"

    def test_normal_is_what_19_of_20_pauses_are_no_longer_than(self):
        # 19 pauses of 1 day and one of 5: the 19th of 20 in order is 1. With two of 5 among 21
        # the 20th is 5, and 14 days are not longer than three times that.
        once = [*range(20), 24, 38]
        twice = [*range(20), 24, 29, 43]
        assert source_silences(log(web=EVERY[:39], crm=once))["normal_days"].tolist() == [1.0]
        assert source_silences(log(web=EVERY[:44], crm=twice)).empty


class TestStrays:
    def test_each_side_is_told_by_source(self):
        # 3,000 on the first days: at each end three may be strays.
        bulk = np.linspace(0, 50, 3000)
        found = stray_times(log(web=[*bulk, -200, -199], crm=[-201, 300]))
        assert found.iloc[:, :4].to_numpy().tolist() == [
            ["crm", "before", 1, 0.5],
            ["web", "before", 2, pytest.approx(2 / 3002)],
            ["crm", "after", 1, 0.5],
        ]
        assert found["apart_days"].tolist() == [199.0, 199.0, 250.0]
        assert found["last_day"].iloc[1] == START - pd.Timedelta(days=199)

    @pytest.mark.parametrize(
        "days", [[], [0], [0, 1, 90], [0, 1, 200, 201], [*np.linspace(0, 50, 1999), 200, 201, 202]]
    )
    def test_what_is_near_or_too_much_is_none(self, days):
        assert stray_times(log(web=days)).empty

    @given(st.lists(st.integers(-3000, 3000), max_size=12))
    def test_they_are_few_and_the_bulk_is_whole(self, days):
        found = stray_times(log(web=days))
        assert found["n_touchpoints"].sum() <= 2 * max(1, len(days) // 1000)
        assert (found["apart_days"] > 90).all()


class TestSharedInstants:
    def test_batches_and_dates_are_counted(self):
        # crm: 25 at one instant and 25 at another; web: 19 at one, which is too few; ads: dates.
        days = {"crm": [1.5] * 25 + [2.25] * 25 + [3], "web": [1.0] * 19, "ads": [4.0] * 20 + [5.0]}
        found = shared_instants(log(**days))
        assert found["source"].tolist() == ["crm", "ads"]
        crm, ads = found.to_dict("records")
        assert (crm["n_touchpoints"], crm["n_together"], crm["n_instants"]) == (51, 50, 2)
        assert crm["busiest_at"] == START + pd.Timedelta(days=1.5)
        assert crm["same_clock_share"] == pytest.approx(25 / 51)
        assert (ads["n_at_busiest"], ads["same_clock_share"]) == (20, 1.0)

    @given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), max_size=120))
    def test_they_are_what_counting_one_by_one_gives(self, touches):
        # Quarters of a day: the source, and 0 to 3 quarters after the start, so four instants.
        days = {one: [n / 4 for source, n in touches if source == one] for one in "abc"}
        expected = []
        for source, own in days.items():
            counts = [own.count(n / 4) for n in range(4)]
            many = [n for n in counts if n >= 20]
            if many:
                busiest = START + pd.Timedelta(days=counts.index(max(counts)) / 4)
                shares = sum(many) / len(own), max(counts) / len(own)
                expected.append((source, len(own), sum(many), len(many), busiest, *shares))
        found = shared_instants(log(**days))
        columns = ["source", "n_touchpoints", "n_together", "n_instants", "busiest_at"]
        shares = ["together_share", "same_clock_share"]
        rows = found[columns + shares].itertuples(index=False, name=None)
        assert list(rows) == sorted(expected, key=lambda row: (-row[2], row[0]))

    def test_an_empty_log_has_none(self):
        found = shared_instants(log())
        assert found.empty
        assert found["busiest_at"].dtype == "datetime64[us, UTC]"


def test_without_sources_all_is_one():
    days = [START] * 20 + [START - pd.Timedelta(days=5000)]
    frame = pd.DataFrame({"account_id": "a", "occurred_at": days, "touchpoint": "Ad"})
    view = from_frame(frame)
    assert shared_instants(view)["source"].tolist() == [None]
    assert stray_times(view)["side"].tolist() == ["before"]
    assert source_silences(view).empty


@pytest.mark.parametrize("question", [shared_instants, source_silences, stray_times])
def test_a_view_without_touchpoints_has_none(question):
    assert question(log(web=EVERY).exclude("Ad")).empty
