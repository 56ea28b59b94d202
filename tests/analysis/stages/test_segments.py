import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import segment_breakdown, segment_stages
from journey.errors import ColumnNotFoundError
from tests import oracle
from tests.compare import same
from tests.examples import small_log
from tests.strategies import samples, seeded

BY = st.sampled_from(("industry", "role", "channel", "person_id", "account_id", "reason"))


@given(samples(), BY, st.sampled_from((None, 1, 2)))
def test_segments_equal_the_reference(sample, by, rows_per_shard):
    log, reference = sample.log(rows_per_shard), sample.oracle()
    if by not in log.filter_columns:
        with pytest.raises(ColumnNotFoundError):
            segment_breakdown(log, by=by)
        return
    same(segment_breakdown(log, by=by), oracle.segment_breakdown(reference, by))
    same(segment_stages(log, by=by), oracle.segment_stages(reference, by))


@pytest.mark.parametrize("by", ["industry", "role", "channel"])
def test_a_bigger_log_equals_the_reference(by):
    sample = seeded(14)
    log, reference = sample.log(100), sample.oracle()
    same(segment_breakdown(log, by=by), oracle.segment_breakdown(reference, by))
    same(segment_stages(log, by=by), oracle.segment_stages(reference, by))


@given(samples())
def test_each_account_is_in_one_segment_of_its_attributes(sample):
    log = sample.log()
    if "industry" not in log.filter_columns:
        return
    found = segment_breakdown(log, by="industry")
    assert found["n_journeys"].sum() == log.n_journeys
    for row in found.to_dict("records"):
        opened = log.where(industry=row["value"])
        assert opened.n_journeys == row["n_journeys"]
        assert opened.where(outcome="won").n_journeys == row["n_won"]


@given(samples())
def test_every_value_of_a_touchpoint_column_opens_into_its_journeys(sample):
    log = sample.log()
    if "channel" not in log.filter_columns:
        return
    for row in segment_breakdown(log, by="channel").to_dict("records"):
        if row["value"] is not None:
            assert log.where(channel=row["value"]).n_journeys == row["n_journeys"]


def test_a_journey_counts_in_every_value_that_takes_part_in_it():
    # a has Ads and Mail and was won after 4 days; b has Ads only; c has no channel at all.
    log = small_log(
        [("a", 0, "Ad"), ("a", 4, "Won"), ("b", 0, "Ad"), ("b", 1, "Ad"), ("c", 0, "Ad")],
        channel=["Ads", "Mail", "Ads", None, None],
    )
    found = segment_breakdown(log, by="channel")
    assert found["value"].tolist() == ["Ads", None, "Mail"]
    assert found["n_journeys"].tolist() == [2, 1, 1]
    assert found["win_rate"].tolist() == [0.5, 0.0, 1.0]
    assert found["median_days_to_win"].tolist()[0] == 4.0
    # One of two is 0.0945 to 0.9055 by Wilson's interval.
    assert (found["low"][0], found["high"][0]) == pytest.approx((0.0945, 0.9055), abs=1e-4)


def test_a_column_that_is_not_there_is_named_with_those_that_are():
    accounts = pd.DataFrame({"account_id": ["a"], "industry": ["Retail"]})
    log = small_log([("a", 0, "Ad")], accounts=accounts)
    with pytest.raises(ColumnNotFoundError, match=r"'industri' not found.*Did you mean 'industry'"):
        segment_breakdown(log, by="industri")


def test_an_empty_log_has_no_segments():
    log = small_log([], channel=pd.Series([], dtype=object))
    assert len(segment_breakdown(log, by="channel")) == 0
    assert "decided_win_rate" in segment_breakdown(log, by="channel").columns
    assert len(segment_stages(log, by="channel")) == 0
    assert "drop_off_rate" in segment_stages(log, by="channel").columns
