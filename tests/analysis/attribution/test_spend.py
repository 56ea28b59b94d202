from dataclasses import replace

import pandas as pd
import pytest

from journey.analysis.attribution.spend import (
    OF_NONE,
    return_on_spend,
    spend_by,
)
from journey.analysis.spending.reach import MIXED, NOT_KNOWN, NOTHING, REFUNDED
from journey.analysis.spending.spending import spending
from journey.costs import costs_frame
from tests.examples import small_log

ROWS = [("a", 0, "Ad"), ("a", 3, "Mail"), ("a", 9, "Won"), ("b", 1, "Ad"), ("b", 2, "Won")]
CHANNELS = ["Ads", "E-mail", None, "Ads", None]
VALUES = [None, None, 60.0, None, 40.0]


def log_of(*costs, **columns):
    """Two wins worth 100: by last touch 60 for E-mail and 40 for Ads."""
    spent = pd.DataFrame(costs, columns=["day", "channel", "cost", "currency"])
    log = small_log(ROWS, channel=CHANNELS, value=VALUES, **columns)
    return replace(log, costs=costs_frame(spent))


def last(log, **options):
    """Rows of the last-touch model by channel."""
    frame = return_on_spend(log, **options)
    return frame[frame["model"] == "last"].set_index("channel")


def test_value_for_each_unit_spent():
    log = log_of(("2026-01-01", "ADS", 10.0, "EUR"), ("2026-01-02", "Ads", 10.0, "EUR"))
    found = last(log)
    assert found.loc["Ads", ["spend", "return_on_spend", "cost_per_conversion"]].tolist() == [
        20.0,
        2.0,
        20.0,
    ]
    assert found.loc["Ads", "currency"] == "EUR"
    assert found.loc["Ads", "note"] is None
    assert found.loc["E-mail", "note"] == NOT_KNOWN
    assert pd.isna(found.loc["E-mail", "return_on_spend"])


@pytest.mark.parametrize(("cost", "note"), [(0.0, NOTHING), (-5.0, REFUNDED)])
def test_nothing_spent_and_refunds_give_a_reason_and_no_ratio(cost, note):
    found = last(log_of(("2026-01-01", "Ads", cost, "EUR")))
    assert found.loc["Ads", "note"] == note
    assert found.loc["Ads", "spend"] == cost
    assert found.loc["Ads", ["return_on_spend", "cost_per_conversion"]].isna().all()


def test_currencies_are_never_added_up():
    log = log_of(("2026-01-01", "Ads", 1.0, "EUR"), ("2026-01-01", "Ads", 2.0, "USD"))
    found = last(log).loc["Ads"]
    assert found[["currency", "spend", "note"]].to_numpy().tolist() == [
        ["EUR", 1.0, MIXED],
        ["USD", 2.0, MIXED],
    ]
    assert found["return_on_spend"].isna().all()


def test_costs_without_credit_and_costs_of_no_channel_are_shown_too():
    log = log_of(("2026-01-01", "Fair", 7.0, "EUR"), ("2026-01-01", None, 3.0, "EUR"))
    found = last(log)
    assert found.loc["Fair", ["n_conversions", "value", "spend", "return_on_spend"]].tolist() == [
        0.0,
        0.0,
        7.0,
        0.0,
    ]
    none = found[found.index.isna()].iloc[0]
    assert (none["spend"], none["note"]) == (3.0, OF_NONE)


def test_costs_on_touchpoints_add_to_those_imported_in_the_one_currency():
    log = log_of(("2026-01-01", "Ads", 10.0, "EUR"), cost=[2.0, None, None, 3.0, 0.5])
    spent = {
        row.channel: (row.currency, row.spend) for row in spend_by(log, "channel").itertuples()
    }
    assert spent == {"Ads": ("EUR", 15.0), None: ("EUR", 0.5)}


def test_only_costs_of_the_days_in_view_count():
    log = log_of(
        ("2025-12-31", "Ads", 1.0, "EUR"),
        ("2026-01-01", "Ads", 10.0, "EUR"),
        ("2026-01-20", "Ads", 100.0, "EUR"),
    )
    view = log.between("2026-01-01", "2026-01-20")
    assert spend_by(view, "channel")["spend"].tolist() == [10.0]


def test_costs_of_days_after_the_log_was_read_bought_none_of_its_wins():
    # The log ends on 10 January, the tenth of 31 days that cost 310.
    log = log_of(("2026-01-20", "Ads", 7.0, "EUR"))
    month = {"day": ["2026-01-01"], "last_day": ["2026-01-31"], "channel": ["Ads"], "cost": [310.0]}
    log = replace(log, costs=costs_frame(pd.concat([log.costs, costs_frame(pd.DataFrame(month))])))
    assert spend_by(log, "channel")["spend"].tolist() == [100.0]
    assert spending(log)["cost"].sum() == 100


def test_campaigns_are_joined_by_their_names():
    log = replace(
        small_log(ROWS, campaign=["Spring", None, None, "Spring", None], value=VALUES),
        costs=costs_frame(
            pd.DataFrame({"day": ["2026-01-01"], "campaign": ["SPRING"], "cost": [50.0]})
        ),
    )
    found = last(log, by="campaign")
    assert found.loc["Spring", ["value", "spend", "return_on_spend"]].tolist() == [100, 50, 2]


def test_without_any_cost_there_are_no_rows():
    found = return_on_spend(log_of())
    assert found.empty
    assert found.columns[-1] == "note"


def test_a_log_without_wins_has_columns_and_no_ratio():
    log = small_log([("a", 0, "Ad")], channel=["Ads"], cost=[3.0])
    assert return_on_spend(log)["return_on_spend"].dropna().empty
