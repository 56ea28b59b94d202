import pandas as pd
import pytest

import journey
from journey.ui.actions import grouped, left_out
from journey.ui.state import Filters, apply_filters, filters_to_query, read_query

ROWS = [("a", 1, "Ad click"), ("a", 2, "Ad view"), ("a", 3, "Demo"), ("b", 1, "Ad view")]


@pytest.fixture
def log():
    frame = pd.DataFrame(ROWS, columns=["account_id", "day", "touchpoint"])
    frame["occurred_at"] = pd.to_datetime("2026-01-01") + pd.to_timedelta(frame.pop("day"), "D")
    return journey.from_frame(frame)


class TestGroup:
    def test_types_get_one_name(self, log):
        filters = grouped(Filters(), "Ads", ["Ad click", "Ad view"])
        assert apply_filters(log, filters).touchpoint_types == ["Ads", "Demo"]

    def test_a_group_that_is_grouped_gives_its_members(self, log):
        filters = grouped(Filters(), "Ads", ["Ad click", "Ad view"])
        filters = grouped(filters, "All", ["Ads", "Demo"])
        assert filters.groups == (("All", ("Ad click", "Ad view", "Demo")),)
        assert apply_filters(log, filters).touchpoint_types == ["All"]

    def test_a_group_can_grow_under_its_name(self, log):
        filters = grouped(Filters(), "Ads", ["Ad click", "Ad view"])
        filters = grouped(filters, "Ads", ["Ads", "Demo"])
        assert apply_filters(log, filters).touchpoint_types == ["Ads"]

    def test_a_cut_at_a_member_becomes_one_at_the_group(self, log):
        filters = grouped(Filters(start="Ad click", end="Demo"), "Ads", ["Ad click", "Ad view"])
        assert (filters.start, filters.end) == ("Ads", "Demo")
        assert apply_filters(log, filters).n_journeys == 1

    def test_what_was_left_out_stays_out(self, log):
        filters = grouped(Filters(excluded=("Demo",)), "Ads", ["Ad click", "Ad view"])
        assert apply_filters(log, filters).touchpoint_types == ["Ads"]

    def test_it_survives_the_address(self):
        filters = grouped(Filters(), "A, b & c", ["x,y", "100 %"])
        assert read_query(filters_to_query(filters)) == (filters, ())


def test_leaving_out_a_step_ends_the_cut_at_it(log):
    filters = left_out(Filters(start="Ad click", end="Demo"), "Ad click")
    assert filters == Filters(end="Demo", excluded=("Ad click",))
    assert apply_filters(log, filters).n_journeys == 1
