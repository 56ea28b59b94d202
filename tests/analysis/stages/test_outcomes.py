from math import nan
from statistics import median

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import journeys, median_days_to_win, outcomes
from journey.analysis.stages.outcomes import JOURNEY_COLUMNS
from journey.schema import OUTCOMES
from tests import oracle
from tests.compare import same
from tests.examples import BEGIN, MODEL, journey_of, small_log
from tests.strategies import samples, seeded

SHARDS = st.sampled_from((None, 1, 2))


def rows_by_account(reference):
    return sorted(oracle.journeys(reference), key=lambda row: row["account_id"].encode())


@given(samples(), SHARDS)
def test_outcomes_equal_the_reference(sample, rows_per_shard):
    same(outcomes(sample.log(rows_per_shard)), oracle.outcomes(sample.oracle()))


@given(samples(), SHARDS)
def test_journeys_equal_the_reference(sample, rows_per_shard):
    log, reference = sample.log(rows_per_shard), sample.oracle()
    found = journeys(log)
    same(found, rows_by_account(reference))
    for row in found.to_dict("records"):
        for name in ("industry", "owner") if sample.accounts else ():
            assert row[name] == oracle.attribute_of(reference, row["account_id"], name)


@pytest.mark.parametrize("seed", [6, 7])
def test_a_bigger_log_equals_the_reference(seed):
    sample = seeded(seed)
    same(journeys(sample.log(100)), rows_by_account(sample.oracle()))


@given(samples(), SHARDS)
def test_every_outcome_opens_into_its_journeys_and_all_add_up(sample, rows_per_shard):
    log = sample.log(rows_per_shard)
    counts = dict(outcomes(log)[["outcome", "n_journeys"]].to_numpy())
    assert sum(counts.values()) == log.n_journeys
    for outcome, n_journeys in counts.items():
        opened = journeys(log.where(outcome=outcome))
        assert opened["outcome"].tolist() == [outcome] * n_journeys


@given(samples(), SHARDS)
def test_half_of_the_wins_take_no_longer_than_the_median(sample, rows_per_shard):
    won = [row for row in rows_by_account(sample.oracle()) if row["outcome"] == "won"]
    waits = [(row["decided_at"] - row["first_at"]) / oracle.DAY for row in won]
    wanted = median(waits) if waits else nan
    found = median_days_to_win(sample.log(rows_per_shard))
    assert found == pytest.approx(wanted, nan_ok=True)


def stand(*steps, until=None, **columns):
    """How the one journey of these steps stands when the log ends at day ``until``."""
    rows = journey_of(*steps)
    if until is not None:  # another account's touch on that day makes it the log's end
        rows.append(("z", until, "Ad"))
        columns = {name: [*values, None] for name, values in columns.items()}
    return journeys(small_log(rows, MODEL, **columns)).iloc[0]


def test_the_last_deciding_touchpoint_counts():
    assert stand("Ad 0", "Lost 5", "Won 9").outcome == "won"
    assert stand("Ad 0", "Parked 5", "Lost 9").outcome == "lost"
    assert stand("Ad 0", "Lost 5", "Parked 9").decided_at == BEGIN + pd.Timedelta(days=9)


def test_a_touch_by_the_customer_reopens_a_lost_journey():
    found = stand("Ad 0", "Lost 5", "Mail 9")
    assert (found.outcome, found.n_reopened) == ("in_progress", 1)
    assert found.decided_at is pd.NaT


def test_what_is_only_shown_reopens_nothing():
    found = stand("Ad 0", "Lost 5", "Mail 9", direction=["did", "did", "was shown"])
    assert (found.outcome, found.n_reopened) == ("lost", 0)


def test_a_journey_lost_again_after_reopening_is_lost_and_counted_as_reopened():
    found = stand("Ad 0", "Lost 5", "Mail 9", "Lost 12")
    assert (found.outcome, found.n_reopened) == ("lost", 1)


def test_silence_beyond_dormancy_ends_a_journey_and_a_touch_reopens_it():
    # The limit is 90 days: silent for exactly 90 is not yet dormant.
    assert stand("Ad 0", until=90).outcome != "no_decision"
    assert stand("Ad 0", until=90.5).outcome == "no_decision"
    found = stand("Ad 0", "Mail 91")
    assert (found.outcome, found.n_reopened) == ("in_progress", 1)
    assert stand("Ad 0", "Mail 90").n_reopened == 0


def test_a_dormant_journey_is_not_reopened_by_what_it_is_only_shown():
    found = stand("Ad 0", "Ad 91", direction=["did", "was shown"])
    assert (found.outcome, found.n_reopened) == ("no_decision", 0)
    later = stand("Ad 0", "Ad 91", "Mail 92", direction=["did", "was shown", "did"])
    assert (later.outcome, later.n_reopened) == ("in_progress", 1)


def test_after_a_win_a_journey_is_in_the_last_stage_and_stays_won():
    # Lost on day 9 is churn, Mail on day 200 (dormant since 9) reopens nothing.
    found = stand("Ad 0", "Won 5", "Lost 9", "Mail 200")
    assert (found.outcome, found.stage, found.n_reopened) == ("won", "Expand", 0)
    assert found.decided_at == BEGIN + pd.Timedelta(days=5)


def test_without_a_winning_rule_nothing_is_won():
    log = small_log([("a", 0, "Won"), ("b", 0, "Lost")], definitions=None)
    assert outcomes(log).set_index("outcome")["n_journeys"].to_dict() == {
        "won": 0,
        "lost": 0,
        "no_decision": 0,
        "stalled": 0,
        "in_progress": 2,
    }


def test_a_journey_silent_beyond_what_is_normal_is_stalled():
    # Gaps of the whole log: nine of 1 day and one of 11, so that their 90th percentile is at
    # place 0.9 · 9 = 8.1 of 0…9: 1 + 0.1 · 10 = 2 days. The log ends on day 22.
    rows = [("a", day, "Ad") for day in (*range(10), 20)]
    rows += [("b", 20, "Ad"), ("c", 19.9, "Ad"), ("z", 22, "Ad")]
    assert journeys(small_log(rows)).set_index("account_id")["outcome"].to_dict() == {
        "a": "in_progress",
        "b": "in_progress",
        "c": "stalled",
        "z": "in_progress",
    }


def test_dormancy_is_learnt_from_won_journeys_and_is_at_least_90_days():
    # Won a waited 200 days once, the only gap of won journeys: 200 days is the limit.
    # Silent on day 400: b for 201 days, c for 200.
    rows = [("a", 0, "Ad"), ("a", 200, "Won"), ("b", 199, "Ad"), ("c", 200, "Ad")]
    rows += [("d", 0, "Ad"), ("d", 400, "Ad")]
    learnt = small_log(rows, definitions=without_limit())
    found = journeys(learnt).set_index("account_id")["outcome"]
    assert found["b"] == "no_decision"
    assert found["c"] != "no_decision"
    # Won at once: no gap, so 90 days. Silent on day 91: b for 91 days, c for 90.
    rows = [("a", 0, "Won"), ("b", 0, "Ad"), ("c", 1, "Ad"), ("d", 91, "Ad")]
    found = journeys(small_log(rows, definitions=without_limit())).set_index("account_id")[
        "outcome"
    ]
    assert found["b"] == "no_decision"
    assert found["c"] != "no_decision"


def without_limit():
    from dataclasses import replace

    return replace(MODEL, dormancy_days=None)


def test_facts_are_those_of_the_whole_journey_whatever_is_in_view():
    log = small_log(journey_of("Ad 0", "Mail 1", "Won 5"))
    found = journeys(log.exclude("Won", "Ad")).iloc[0]
    assert (found.outcome, found.stage, found.n_touchpoints) == ("won", "Expand", 1)
    assert (found.first_at, found.last_at) == (BEGIN, BEGIN + pd.Timedelta(days=5))


def test_a_log_read_earlier_knows_nothing_of_what_came_later():
    log = small_log(journey_of("Ad 0", "Mail 1", "Won 5"))
    earlier = log.between(end=BEGIN + pd.Timedelta(days=5))
    found = journeys(earlier).iloc[0]
    assert (found.outcome, found.stage, found.days_silent) == ("stalled", "Nurture", 4.0)
    assert earlier.as_of == BEGIN + pd.Timedelta(days=5)


def test_the_value_of_a_journey_is_the_last_known_one_above_0():
    log = small_log(journey_of("Ad 0", "Mail 1", "Demo 2", "Mail 3"), value=[5.0, 7.0, 0.0, None])
    assert journeys(log).iloc[0].value == 7.0


def test_an_empty_log_has_five_outcomes_and_no_journeys():
    log = small_log([])
    assert outcomes(log)["outcome"].tolist() == list(OUTCOMES)
    assert outcomes(log)["n_journeys"].sum() == 0
    assert list(journeys(log).columns) == list(JOURNEY_COLUMNS)
    assert len(journeys(log)) == 0
