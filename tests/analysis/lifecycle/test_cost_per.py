"""What a lead, an MQL, an SQL and a customer cost."""

from dataclasses import replace

import pandas as pd
import pytest

from journey.analysis.accounts.not_buyers import without_not_buyers
from journey.analysis.lifecycle.cost_per import (
    NONE_PASSED,
    OF_NONE,
    cost_per,
)
from journey.analysis.spending.reach import (
    MIXED,
    NOT_KNOWN,
    NOTHING,
    REFUNDED,
    SO_FAR,
    WIDER,
    reach_text,
    worth_text,
)
from journey.analysis.spending.spending import spending
from journey.costs import costs_frame
from journey.errors import ValueNotAllowedError
from journey.load import from_frame
from journey.store.cache import memory
from tests.examples import MODEL, small_log

ROWS = [
    *[("a", 0, "New lead"), ("a", 5, "MQL"), ("a", 40, "Won")],
    *[("b", 1, "New lead"), ("b", 36, "MQL")],
    ("c", 2, "New lead"),
]
CHANNELS = ["Ads", None, "Sales", "Ads", "Sales", None]
VALUES = [None, None, 60.0, None, None, None]


def log_of(*costs, rows=ROWS, **columns):
    """Leads a, b, c in January; MQL a in January and b in February; a won in February for 60."""
    names = ["day", "last_day", "kind", "channel", "cost", "currency"]
    told = {"channel": CHANNELS, "value": VALUES} | columns
    log = small_log(rows, **told) if rows is ROWS else small_log(rows, **columns)
    return replace(log, costs=costs_frame(pd.DataFrame(list(costs), columns=names)))


def january(cost, kind="campaign", channel=None, currency="EUR"):
    return ("2026-01-01", "2026-01-31", kind, channel, cost, currency)


def test_all_kinds_of_a_month_count_for_its_leads():
    found = cost_per(log_of(january(60.0), january(30.0, "labour"), january(9.0, "technology")))
    row = found.set_index("month").loc["2026-01"]
    assert row[["campaign_cost", "labour_cost", "technology_cost", "cost"]].tolist() == [
        *(60, 30, 9, 99)
    ]
    assert row[["n_leads", "n_mqls", "n_sqls", "n_customers"]].fillna(-1).tolist() == [3, 1, 0, 0]
    # 60 was won by a: one of three leads, the one MQL of January.
    names = ["cost_per_lead", "value_per_lead", "cost_per_mql", "value_per_mql"]
    assert row[names].tolist() == [33.0, 20.0, 99.0, 60.0]
    february = found.set_index("month").loc["2026-02"]
    assert february["note"] == NOT_KNOWN
    assert february[["n_mqls", "n_customers"]].tolist() == [1, 1]


def test_a_kind_of_cost_that_was_never_told_is_not_known_to_be_nothing():
    row = cost_per(log_of(january(60.0))).set_index("month").loc["2026-01"]
    assert row["cost"] == row["campaign_cost"] == 60
    assert row[["labour_cost", "technology_cost"]].isna().all()


def test_a_month_counts_by_its_days_in_view():
    view = log_of(january(31.0)).between("2026-01-01", "2026-01-11")
    assert cost_per(view, by="period")["cost"].tolist() == [10.0]
    # As of the last touch, 10 February: 10 of 28 days.
    late = log_of(("2026-02-01", "2026-02-28", "labour", None, 28.0, "EUR"))
    assert spending(late)["cost"].tolist() == [10.0]


@pytest.mark.parametrize(
    ("costs", "note", "each"),
    [
        ([january(0.0)], NOTHING, 0.0),
        ([january(60.0), january(-90.0)], REFUNDED, None),
        ([january(90.0), january(-30.0)], None, 20.0),
        ([january(1.0), january(1.0, currency="USD")], MIXED, None),
        ([], NOT_KNOWN, None),
    ],
)
def test_odd_costs_give_a_figure_or_a_reason(costs, note, each):
    found = cost_per(log_of(*costs), by="period")
    assert set(found["note"]) == {note}
    told = found["cost_per_lead"].dropna().tolist()
    assert told == ([] if each is None else [each])
    assert found["n_leads"].tolist() == [3] * len(found)


def test_a_period_without_leads_says_so():
    log = log_of(january(5.0), rows=[("a", 0, "Ad"), ("a", 20, "Lead created")])
    found = cost_per(log.between("2026-01-01", "2026-01-05"), by="period").iloc[0]
    assert (found["note"], found["n_leads"]) == (NONE_PASSED, 0)
    assert pd.isna(found["cost_per_lead"])


def test_where_nothing_means_a_lead_their_number_is_missing_not_0():
    found = cost_per(log_of(january(5.0), rows=[("a", 0, "Ad")]), by="period").iloc[0]
    assert pd.isna(found["n_leads"])


def test_a_journey_is_of_the_channel_of_its_lead_or_else_of_its_first_touch():
    costs = [january(30.0, channel="ADS"), january(9.0, "labour")]
    found = cost_per(log_of(*costs), by="channel").set_index("channel")
    assert found.loc["Ads", ["n_leads", "n_mqls", "n_customers"]].tolist() == [2, 2, 1]
    assert found.loc["Ads", ["cost_per_lead", "value_per_mql"]].tolist() == [15.0, 30.0]
    assert "Sales" not in found.index
    none = found[found.index.isna()].iloc[0]
    assert (none["note"], none["cost"], none["n_leads"]) == (OF_NONE, 9.0, 1)


def test_costs_that_touchpoints_carry_count_too():
    log = log_of(january(31.0), cost=[2.0, None, None, 3.0, None, None])
    found = cost_per(log).set_index("month")
    assert found.loc["2026-01", ["campaign_cost", "currency"]].tolist() == [36.0, "EUR"]


def test_what_it_is_told_by_must_be_known():
    with pytest.raises(ValueNotAllowedError, match="Did you mean 'month'"):
        cost_per(log_of(), by="months")


def test_costs_follow_filters_of_channel_and_day():
    costs = [january(30.0, channel="ADS"), january(90.0, channel="Sales"), january(9.0, "labour")]
    log = log_of(*costs)
    # Of leads a, b, c in January a touched Ads first, b later: b's lead touch is not in view.
    ads = cost_per(log.where(channel="Ads"), by="period").iloc[0]
    assert (ads["cost"], ads["note"]) == (30.0, None)
    assert ads["cost_per_lead"] == 30.0 / ads["n_leads"]
    assert cost_per(log.where(channel=["Ads", "Sales"]), by="period")["cost"].tolist() == [120.0]
    assert cost_per(log.where(channel=None), by="period")["cost"].tolist() == [9.0]


def test_where_costs_cant_follow_a_filter_no_cost_for_each_is_told():
    log = log_of(january(30.0, channel="Ads"))
    for view in (log.where(account_id="a"), log.having("MQL"), log.where(outcome="won")):
        found = cost_per(view, by="period").iloc[0]
        assert (found["cost"], found["note"]) == (30.0, WIDER)
        assert pd.isna(found["cost_per_lead"])
        assert found["n_leads"] > 0
        assert "don't follow the filter" in reach_text(view)
    # Costs that touchpoints carry are of those in view.
    carried = log_of(cost=[2.0, None, None, 3.0, None, None]).where(account_id="a")
    assert cost_per(carried, by="period")["cost_per_lead"].tolist() == [2.0]
    assert reach_text(carried) == ""


def test_what_was_spent_on_those_left_out_was_spent_for_the_others():
    log = without_not_buyers(log_of(january(30.0)))
    assert cost_per(log, by="period")["cost_per_lead"].tolist() == [10.0]
    assert reach_text(log) == ""


def test_costs_of_channels_stand_beside_journeys_of_none():
    found = cost_per(log_of(january(50, channel="Ads"), channel=[None] * 6), by="channel")
    by_channel = found.set_index("channel")["n_customers"]
    assert by_channel.loc[by_channel.index.isna()].tolist() == [1]
    assert by_channel["Ads"] == 0


def test_without_a_winning_rule_nobody_knows_what_a_lead_is_worth():
    log = log_of(january(30.0))
    unruled = log.with_definitions(replace(log.definitions, won=()))
    found = cost_per(unruled, by="period").iloc[0]
    assert found["n_leads"] == cost_per(log, by="period").iloc[0]["n_leads"]
    assert pd.isna(found[["value_per_lead", "value_per_mql", "n_customers"]]).all()


def test_a_period_that_ends_before_the_log_says_that_worth_is_only_so_far():
    log = log_of(january(30.0))
    # In January a became a lead; it is won on February 10th.
    january_alone = log.between("2026-01-01", "2026-02-01")
    found = cost_per(january_alone, by="period").iloc[0]
    assert (found["n_leads"], found["value_per_lead"], found["note"]) == (3, 0.0, SO_FAR)
    assert "wins before 2026-02-01 00:00 UTC alone" in worth_text(january_alone)
    # A reason why a cost is missing is said first.
    assert cost_per(january_alone.having("MQL"), by="period")["note"].tolist() == [WIDER]
    # To the end of the log, or beyond, nothing is cut off.
    for view in (log, log.between(end="2027-01-01")):
        assert cost_per(view, by="period")["note"].tolist() == [None]
        assert worth_text(view) == ""
    # The last touch at the very end of the period is cut off.
    assert worth_text(log.between(end=log.as_of))


def test_journeys_that_begin_after_the_end_are_of_no_channel():
    # In the second shard nobody had come by the end; kept answers of one shard must not hide that.
    rows = pd.DataFrame({"account_id": ["a", "b"], "touchpoint": "New lead", "channel": "Ads"})
    rows["occurred_at"] = pd.to_datetime(["2026-01-05", "2026-06-05"])
    memory.clear()
    early = from_frame(rows, definitions=MODEL, rows_per_shard=1).between(end="2026-02-01")
    assert cost_per(early, by="channel")[["channel", "n_leads"]].to_numpy().tolist() == [["Ads", 1]]
