"""Costs of campaigns beside their touchpoints."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import from_frame
from journey.analysis.spending.costs import campaign_costs
from journey.costs import costs_fingerprint, costs_frame

COLUMNS = [
    *("campaign", "month", "currency", "cost", "n_impressions", "n_clicks"),
    *("n_touchpoints", "n_journeys", "found_in"),
]


def log_of(rows, costs=(), **options):
    """Rows are account, day and campaign; costs are day, id, campaign, cost and currency."""
    frame = pd.DataFrame(rows, columns=["account_id", "occurred_at", "campaign"])
    frame["occurred_at"] = pd.to_datetime(frame["occurred_at"])
    spent = pd.DataFrame(costs, columns=["day", "campaign_id", "campaign", "cost", "currency"])
    log = from_frame(frame.assign(touchpoint="Ad"), **options)
    return replace(log, costs=costs_frame(spent))


def rows_of(frame):
    plain = frame[
        ["campaign", "month", "currency", "cost", "n_touchpoints", "n_journeys", "found_in"]
    ]
    return [
        tuple(None if pd.isna(value) else value for value in row)
        for row in plain.astype(object).itertuples(index=False)
    ]


def test_campaigns_are_joined_by_name_or_id():
    log = log_of(
        [("a", "2026-01-05", "Spring"), ("a", "2026-01-06", "Spring"), ("b", "2026-01-07", "77")],
        [
            ("2026-01-01", "1", "SPRING", 10.0, "EUR"),
            ("2026-01-31", "2", "spring", 5.0, "EUR"),
            ("2026-01-02", "77", "Autumn", 3.0, "EUR"),
        ],
    )
    assert rows_of(campaign_costs(log)) == [
        ("77", "2026-01", "EUR", 3.0, 1, 1, "both"),
        ("Spring", "2026-01", "EUR", 15.0, 2, 1, "both"),
    ]


def test_what_is_on_one_side_only_is_said():
    log = log_of(
        [("a", "2026-01-05", "Mail"), ("a", "2026-02-06", "Spring"), ("b", "2026-02-06", None)],
        [
            ("2026-01-01", None, "Spring", 10.0, "EUR"),
            ("2026-01-01", None, "Fair", 7.0, "EUR"),
            ("2026-01-01", None, None, 2.0, "EUR"),
        ],
    )
    assert rows_of(campaign_costs(log)) == [
        ("Fair", "2026-01", "EUR", 7.0, 0, 0, "costs only"),
        ("Mail", "2026-01", None, None, 1, 1, "touchpoints only"),
        ("Spring", "2026-01", "EUR", 10.0, 0, 0, "both"),
        ("Spring", "2026-02", None, None, 1, 1, "both"),
        (None, "2026-01", "EUR", 2.0, 0, 0, "costs only"),
    ]


def test_currencies_are_never_added_up():
    log = log_of(
        [("a", "2026-01-05", "Spring")],
        [
            ("2026-01-01", None, "Spring", 10.0, "EUR"),
            ("2026-01-02", None, "Spring", 20.0, "USD"),
            ("2026-01-03", None, "Spring", 30.0, None),
        ],
    )
    assert rows_of(campaign_costs(log)) == [
        ("Spring", "2026-01", "EUR", 10.0, 1, 1, "both"),
        ("Spring", "2026-01", "USD", 20.0, 1, 1, "both"),
        ("Spring", "2026-01", None, 30.0, 1, 1, "both"),
    ]


@pytest.mark.parametrize("rows", [[], [("a", "2026-01-05", None)]])
def test_nothing_gives_the_columns(rows):
    frame = campaign_costs(log_of(rows))
    assert frame.empty
    assert frame.columns.tolist() == COLUMNS


def test_a_log_without_campaigns():
    frame = pd.DataFrame(
        {"account_id": ["a"], "occurred_at": pd.to_datetime(["2026-01-01"]), "touchpoint": ["Ad"]}
    )
    assert campaign_costs(from_frame(frame)).empty


def test_filters_narrow_touchpoints_not_costs():
    log = log_of(
        [("a", "2026-01-05", "Spring"), ("b", "2026-01-06", "Spring")],
        [("2026-01-01", None, "Spring", 10.0, "EUR")],
    )
    kept = campaign_costs(log.where(campaign="Spring").between(end="2026-01-06"))
    assert rows_of(kept) == [("Spring", "2026-01", "EUR", 10.0, 1, 1, "both")]


def test_costs_change_the_fingerprint():
    log = log_of([("a", "2026-01-05", "Spring")])
    spent = replace(log, costs=costs_frame(pd.DataFrame({"day": ["2026-01-01"], "cost": [1.0]})))
    assert costs_fingerprint(log.costs) == ""
    assert spent.fingerprint != log.fingerprint


def test_costs_changed_in_place_change_the_fingerprint():
    costs = costs_frame(pd.DataFrame({"day": ["2026-01-01"], "cost": [1.0]}))
    log = replace(log_of([("a", "2026-01-05", "Spring")]), costs=costs)
    before = log.fingerprint
    costs.loc[0, "cost"] = 2.0
    assert log.fingerprint != before
    costs.loc[0, "cost"] = 1.0
    assert log.fingerprint == before


touches = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from(["2026-01-31", "2026-02-01", "2027-02-01"]),
        st.sampled_from(["x", "y", None]),
    ),
    max_size=12,
)


@given(touches)
def test_counts_are_those_of_plain_python(rows):
    found = campaign_costs(log_of(rows, rows_per_shard=2))
    keys = sorted({(campaign, day[:7]) for _, day, campaign in rows if campaign})
    expected = [
        (
            campaign,
            month,
            sum(c == campaign and d[:7] == month for _, d, c in rows),
            len({a for a, d, c in rows if c == campaign and d[:7] == month}),
        )
        for campaign, month in keys
    ]
    shown = found[["campaign", "month", "n_touchpoints", "n_journeys"]]
    assert [tuple(row) for row in shown.itertuples(index=False)] == expected
    assert found["n_touchpoints"].dtype == np.int64
