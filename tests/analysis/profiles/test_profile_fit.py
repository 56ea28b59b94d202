import pandas as pd
import pytest
from hypothesis import given, settings

from journey import (
    Definitions,
    Segment,
    Stage,
    from_frame,
    journeys,
    keep_segment,
    profile_fit_by_month,
)
from journey.costs import costs_frame
from journey.errors import ColumnNotFoundError
from tests.examples import MODEL
from tests.strategies import samples

RETAIL = Segment(profile=(("industry", ("Retail",)),))
OPEN = ["stalled", "in_progress"]


def log_of(rows, accounts, **columns):
    frame = pd.DataFrame(rows, columns=["account_id", "occurred_at", "touchpoint"])
    frame["occurred_at"] = pd.to_datetime(frame["occurred_at"])
    table = pd.DataFrame(list(accounts.items()), columns=["account_id", "industry"])
    return from_frame(frame.assign(**columns), definitions=MODEL, accounts=table)


def test_pipeline_is_what_is_open_at_the_end_of_each_month():
    # a (Retail): valued 100 in January, won in March. b: valued 50 in February, open.
    log = log_of(
        [
            ("a", "2026-01-05", "Demo"),
            ("a", "2026-03-02", "Won"),
            ("b", "2026-02-10", "Demo"),
            ("b", "2026-03-30", "Mail"),
        ],
        {"a": "Retail", "b": "Travel"},
        value=[100.0, None, 50.0, None],
    )
    found = profile_fit_by_month(log, RETAIL)
    assert found["month"].tolist() == ["2026-01", "2026-02", "2026-03"]
    assert found["n_new"].tolist() == [1, 1, 0]
    assert found["n_new_inside"].tolist() == [1, 0, 0]
    assert found["pipeline"].tolist() == [100.0, 150.0, 50.0]
    assert found["pipeline_inside"].tolist() == [100.0, 100.0, 0.0]
    assert found["pipeline_share"].tolist() == [1.0, pytest.approx(2 / 3), 0.0]


def test_a_silent_deal_leaves_the_pipeline_when_it_is_dormant():
    # a is silent from 5 January; after 90 days, on 5 April, it is given up.
    log = log_of(
        [("a", "2026-01-05", "Demo"), ("b", "2026-05-20", "Ad")],
        {"a": "Retail", "b": "Travel"},
        value=[100.0, None],
    )
    found = profile_fit_by_month(log, RETAIL).set_index("month")["pipeline"]
    assert found.tolist() == [100.0, 100.0, 100.0, 0.0, 0.0]


def test_a_deal_silent_for_just_as_long_as_allowed_is_still_open():
    # From 5 January to 5 April are 90 days, the limit, and dormant is what is silent for longer.
    rows = [("a", "2026-01-05", "Demo"), ("b", "2026-04-05", "Ad")]
    log = log_of(rows, {"a": "Retail", "b": "Travel"}, value=[100.0, None])
    assert set(journeys(log)["outcome"]) <= set(OPEN)
    assert profile_fit_by_month(log, RETAIL)["pipeline"].tolist() == [100.0] * 4


def test_mail_to_a_dormant_deal_keeps_it_in_no_pipeline():
    # As above; the mail of May is ours, so a stays given up.
    log = log_of(
        [("a", "2026-01-05", "Demo"), ("a", "2026-05-19", "Mail"), ("b", "2026-05-20", "Ad")],
        {"a": "Retail", "b": "Travel"},
        value=[100.0, None, None],
        direction=["did", "was shown", "did"],
    )
    found = profile_fit_by_month(log, RETAIL).set_index("month")["pipeline"]
    assert found.tolist() == [100.0, 100.0, 100.0, 0.0, 0.0]


def test_a_deal_is_in_no_pipeline_while_it_is_lost():
    # a is lost in February and comes back in April; b is given up on 11 April, back in May.
    log = log_of(
        [
            *[
                ("a", "2026-01-05", "Demo"),
                ("a", "2026-02-02", "Lost"),
                ("a", "2026-04-10", "Demo"),
            ],
            *[("b", "2026-01-11", "Demo"), ("b", "2026-05-20", "Demo")],
        ],
        {"a": "Retail", "b": "Travel"},
        value=[100.0, None, None, 30.0, None],
    )
    found = profile_fit_by_month(log, RETAIL).set_index("month")["pipeline"]
    assert found.tolist() == [130.0, 30.0, 30.0, 100.0, 130.0]


def test_costs_are_shared_out_over_the_touches_they_paid_for():
    # The Ads of January cost 30 and met a once and b twice: a third was spent on a (Retail). The
    # touch of b in February cost 8 itself. Mail met nobody.
    log = log_of(
        [
            ("a", "2026-01-05", "Ad"),
            ("b", "2026-01-06", "Ad"),
            ("b", "2026-01-07", "Ad"),
            ("b", "2026-02-07", "Demo"),
        ],
        {"a": "Retail", "b": "Travel"},
        channel=["Ads", "Ads", "Ads", "Field"],
        cost=[None, None, None, 8.0],
    )
    costs = pd.DataFrame(
        {"day": ["2026-01-31", "2026-01-02"], "cost": [30.0, 99.0], "channel": ["ADS", "Mail"]}
    )
    priced = type(log)(log.origin, log.definitions, costs=costs_frame(costs))
    found = profile_fit_by_month(priced, RETAIL)
    assert found["spend"].tolist() == [30.0, 8.0]
    assert found["spend_inside"].tolist() == [10.0, 0.0]
    currencies = costs.assign(currency=["EUR", "USD"])
    mixed = type(log)(log.origin, log.definitions, costs=costs_frame(currencies))
    assert profile_fit_by_month(mixed, RETAIL)["spend"].fillna(-1).tolist() == [-1, 8.0]


def test_what_is_not_known_is_missing():
    log = log_of([("a", "2026-01-05", "Ad")], {"a": "Retail"})
    (row,) = profile_fit_by_month(log, RETAIL).to_dict("records")
    assert pd.isna(row["pipeline"])
    assert pd.isna(row["spend_share"])
    assert row["new_share"] == 1.0


def test_an_empty_log_has_no_months():
    log = log_of([("a", "2026-01-05", "Ad")], {"a": "Retail"}).between(end="2020-01-01")
    assert profile_fit_by_month(log, RETAIL).empty


def test_a_profile_of_another_log_is_refused():
    with pytest.raises(ColumnNotFoundError):
        profile_fit_by_month(
            log_of([("a", "2026-01-05", "Ad")], {"a": "x"}), Segment(has=(("x", ("y",)),))
        )


@settings(max_examples=15)
@given(samples())
def test_sums_are_those_of_the_list_of_journeys(sample):
    log = sample.log(2)
    if "industry" not in log.filter_columns:
        return
    found = profile_fit_by_month(log, RETAIL)
    inside = keep_segment(log, RETAIL)
    assert found["n_new"].sum() == log.n_journeys
    assert found["n_new_inside"].sum() == inside.n_journeys
    for kept, column in ((log, "pipeline"), (inside, "pipeline_inside")):
        rows = journeys(kept)
        value = rows.loc[rows["outcome"].isin(OPEN), "value"].sum()
        last = found[column].iloc[-1]
        assert value == (0 if pd.isna(last) else pytest.approx(last))


def test_a_pipeline_of_no_deals_is_exactly_nothing():
    # 0.1 + 0.2 + 0.3 less 0.3, less 0.2, less 0.1 is not 0 in floating point.
    model = Definitions((Stage("Convert", ("Demo",)),), won=("Won",))
    rows = [("abc"[n], "Demo", "2026-01-05", (n + 1) / 10) for n in range(3)]
    rows += [("abc"[n], "Won", f"2026-0{4 - n}-05", None) for n in range(3)]
    rows += [("d", "Ad", "2026-05-01", None)]
    frame = pd.DataFrame(rows, columns=["account_id", "touchpoint", "occurred_at", "value"])
    frame["occurred_at"] = pd.to_datetime(frame["occurred_at"])
    accounts = pd.DataFrame({"account_id": [*"abcd"], "industry": [*"xyxx"]})
    found = profile_fit_by_month(
        from_frame(frame, accounts=accounts, definitions=model),
        Segment(profile=(("industry", ("x",)),)),
    )
    assert found["pipeline"].round(9).tolist() == [0.6, 0.3, 0.1, 0.0, 0.0]
    assert found["pipeline"].tolist()[-2:] == [0.0, 0.0]
    assert found["pipeline_share"].isna().tolist() == [False, False, False, True, True]
