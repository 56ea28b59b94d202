"""Every count that a page shows opens into exactly as many journeys, none twice."""

import pandas as pd
import pytest
from hypothesis import given

import journey
from journey.analysis.stages.members import (
    advanced_from,
    begun_in,
    ended_with,
    in_segment,
    moved_back,
    stayed_in,
    won_in,
)
from journey.analysis.stages.months import months
from journey.errors import ColumnNotFoundError, ValueNotAllowedError
from journey.schema import OUTCOMES
from tests.strategies import samples, seeded


@pytest.fixture(scope="module")
def log():
    return seeded(7).log(rows_per_shard=100)


def size(log):
    """The journeys of a log as its list shows them."""
    found = journey.journeys(log)["account_id"]
    assert found.is_unique
    return len(found)


def check_stages(log):
    for row in journey.stage_funnel(log).itertuples():
        assert size(advanced_from(log, row.stage)) == row.n_advanced
    for row in journey.drop_offs(log).itertuples():
        for outcome in OUTCOMES:
            stayed = stayed_in(log, row.stage, outcomes=[outcome])
            assert size(stayed) == getattr(row, f"n_{outcome}")
            assert set(journey.journeys(stayed)["outcome"]) <= {outcome}
        assert size(stayed_in(log, row.stage)) == row.n_entered - row.n_advanced


def check_touches_and_moves(log):
    for row in journey.last_touchpoints(log).itertuples():
        assert size(ended_with(log, row.stage, row.touchpoint)) == row.n_last
    for row in journey.back_moves(log).itertuples():
        assert size(moved_back(log, row.source_stage, row.target_stage)) == row.n_journeys


def check_months(log):
    frame = months(log)
    assert frame["n_journeys_started"].sum() == log.n_journeys
    assert frame["n_touchpoints"].sum() == log.n_touchpoints
    assert frame["n_won"].sum() == journey.outcomes(log)["n_journeys"].iloc[0]
    for row in frame.itertuples():
        assert size(begun_in(log, row.month)) == row.n_journeys_started
        assert size(won_in(log, row.month)) == row.n_won


def check_segments(log, by):
    for row in journey.segment_breakdown(log, by=by).itertuples():
        value = None if pd.isna(row.value) else row.value
        assert size(in_segment(log, by, value)) == row.n_journeys


@given(samples())
def test_any_log(sample):
    log = sample.log(rows_per_shard=5)
    check_stages(log)
    check_touches_and_moves(log)
    check_months(log)
    check_segments(log, "account_id")


def test_a_log_of_many_shards(log):
    check_stages(log)
    check_touches_and_moves(log)
    check_months(log)
    for by in ("industry", "role", "channel"):
        check_segments(log, by)


@pytest.mark.parametrize(
    "narrow",
    [
        lambda log: log.exclude("Mail"),
        lambda log: log.by("person"),
        lambda log: log.between("1970-03-01", "1970-08-01"),
        lambda log: log.group({"Talks": ["Call", "Demo", "Lost"]}).collapse(),
        lambda log: log.starting_at("Demo"),
        lambda log: log.where(outcome="won"),
    ],
)
def test_a_log_that_is_filtered(log, narrow):
    view = narrow(log)
    assert view.n_journeys > 0
    check_stages(view)
    check_touches_and_moves(view)
    check_months(view)
    check_segments(view, "channel")


def test_months_without_touches_are_there_too():
    # a: January and April 2026; nothing in between
    days = pd.to_datetime(["2026-01-31 23:59", "2026-04-01 00:00"])
    frame = pd.DataFrame({"account_id": "a", "occurred_at": days, "touchpoint": "Ad"})
    found = months(journey.from_frame(frame))
    assert found["month"].tolist() == ["2026-01", "2026-02", "2026-03", "2026-04"]
    assert found["n_touchpoints"].tolist() == [1, 0, 0, 1]
    assert found["n_journeys_started"].tolist() == [1, 0, 0, 0]


def test_an_empty_view_has_no_months(log):
    found = months(log.between("2100-01-01"))
    assert found.empty
    assert list(found) == ["month", "n_touchpoints", "n_journeys_started", "n_won"]


@pytest.mark.parametrize(
    ("ask", "problem"),
    [
        (lambda log: advanced_from(log, "Nowhere"), ValueNotAllowedError),
        (lambda log: ended_with(log, "Attract", "Nothing"), ValueNotAllowedError),
        (lambda log: in_segment(log, "channel", "Fax"), ValueNotAllowedError),
        (lambda log: in_segment(log, "colour", "red"), ColumnNotFoundError),
    ],
)
def test_what_is_not_there_is_told(log, ask, problem):
    with pytest.raises(problem, match=r"Nowhere|Nothing|Fax|colour"):
        ask(log)
