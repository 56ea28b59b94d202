from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import call_list, stalled_accounts
from journey.analysis.accounts.call_list import CALL_COLUMNS
from journey.rules.not_buyers import NotBuyerRules
from tests.examples import MODEL, small_log
from tests.strategies import samples


def waits(n):
    """Journeys that waited a day in Nurture before they went on, so that more is no normal."""
    return [(f"w{k}", day, name) for k in range(n) for day, name in ((0, "Mail"), (1, "Demo"))]


WAITS = waits(20)
SILENT = [("s", 46, "Mail"), ("s", 47, "Mail"), ("s", 48, "Mail"), ("z", 51, "Ad")]


def called(**columns):
    """Twenty that waited a day; one silent for three, of which the columns tell; the last touch."""
    told = {name: [None] * len(WAITS) + [*values, None] for name, values in columns.items()}
    people = pd.DataFrame({"person_id": ["p1", "p2"], "E-mail": ["one@x.example", None]})
    log = small_log([*WAITS, *SILENT], people=people if "person_id" in told else None, **told)
    return call_list(log).set_index("account_id").loc["s"]


def test_the_last_opportunity_and_everybody_engaged_are_named():
    row = called(opportunity_id=["d1", "d2", None], person_id=["p1", "p2", "me@s.example"])
    assert row["opportunity_id"] == "d2"
    assert row["person_ids"] == "p1; p2; me@s.example"
    # By the attribute, none known, by the id itself.
    assert row["emails"] == "one@x.example; me@s.example"
    assert row["last_touch_on"] == "2026-02-18"


def test_the_name_and_why_somebody_will_not_buy_are_told():
    rows = [*WAITS, *SILENT]
    log = small_log(
        rows,
        replace(MODEL, not_buyers=NotBuyerRules(("rival.example",))),
        accounts=pd.DataFrame({"account_id": ["s"], "company": ["Sand & Co"]}),
        person_id=[f"p@{'rival' if name == 's' else 'shop'}.example" for name, _, _ in rows],
    )
    row = call_list(log).set_index("account_id").loc["s"]
    assert row["account_name"] == "Sand & Co"
    assert row["not_buyer"] == "Competitor: the e-mail domain of a person is on the list"
    without_rule = call_list(log.with_definitions(MODEL)).set_index("account_id")
    assert without_rule.loc["s", "not_buyer"] is None


def test_the_first_of_several_are_told_as_in_the_whole_list():
    rows = [*WAITS, *SILENT, ("t", 45, "Mail"), ("t", 46, "Mail"), ("u", 46, "Mail")]
    log = small_log(
        rows,
        replace(MODEL, not_buyers=NotBuyerRules(("rival.example",))),
        person_id=[f"{name}@{'rival' if name in 'st' else 'shop'}.example" for name, _, _ in rows],
    )
    whole = call_list(log)
    assert whole["not_buyer"].notna().tolist() == [name in "st" for name in whole["account_id"]]
    pd.testing.assert_frame_equal(call_list(log, limit=20), whole.head(20))


def test_the_median_won_value_is_nobodys_own():
    # One of those that moved on won 900, so an unknown value is taken for as much.
    won = [("n", 0, "Mail"), ("n", 1, "Demo"), ("n", 2, "Won")]
    rows = [*WAITS, *won, *SILENT, ("k", 45, "Mail")]
    value = [900 if row == won[-1] else 50 if row[0] == "k" else None for row in rows]
    log = small_log(rows, value=value)
    ranked = stalled_accounts(log).set_index("account_id")["deal_value"]
    assert (ranked["s"], ranked["k"]) == (900, 50)
    called_for = call_list(log).set_index("account_id")["deal_value"]
    assert pd.isna(called_for["s"])
    assert called_for["k"] == 50


def test_an_account_before_any_stage_is_silent_in_none():
    rows = [*WAITS, *SILENT, ("q", 10, "Chat"), ("q", 11, "Chat")]
    reasons = stalled_accounts(small_log(rows)).set_index("account_id")["reason"]
    assert " in Nurture;" in reasons["s"]
    assert " in " not in reasons["q"].partition(";")[0]


def test_what_nothing_tells_is_empty():
    row = called()
    assert row["opportunity_id"] is None
    assert row["next_action"] is None
    assert row["next_action_evidence"] is None
    assert (row["account_name"], row["not_buyer"]) == (None, None)
    assert (row["person_ids"], row["emails"]) == ("", "")


def test_the_evidence_is_told_with_the_action():
    # 40 waits of 30 days among 480 are no norm. After them 30 of 40 that were called won, and
    # 10 of 40 that were mailed.
    rows = [
        (f"{name} {k}", day, touch)
        for name, n_won in (("Call", 30), ("Mail", 10))
        for k in range(40)
        for day, touch in ((0, "Mail"), (30, name), (31, "Won" if k < n_won else "Lost"))
    ]
    row = call_list(small_log([*waits(400), *rows, *SILENT])).set_index("account_id").loc["s"]
    assert row["next_action"] == "Call"
    assert row["next_action_evidence"] == (
        "75% of 40 decided won with it next, 25% of 40 with another touch (in Nurture, silent "
        "longer than 2 days, last touch Mail); an association, not a proof."
    )


def test_what_customers_do_by_themselves_is_no_action_but_is_told():
    # 30 of 40 that saw a page after 30 days won, 10 of 40 that were mailed.
    rows = [
        (f"{name} {k}", day, touch)
        for name, n_won in (("Page", 30), ("Mail", 10))
        for k in range(40)
        for day, touch in ((0, "Mail"), (30, name), (31, "Won" if k < n_won else "Lost"))
    ]
    row = call_list(small_log([*waits(400), *rows, *SILENT])).set_index("account_id").loc["s"]
    assert row["next_action"] is None
    assert row["next_action_evidence"] == (
        "Accounts like it that came back by themselves through Page: 75% of 40 won, 25% of 40 with "
        "another touch (in Nurture, silent longer than 2 days, last touch Mail)."
    )


@given(samples(), st.sampled_from(("account", "opportunity", "person")))
def test_rows_are_those_of_the_list_in_its_order(sample, case):
    if f"{case}_id" not in sample.columns:
        case = "account"
    log = sample.log(2).by(case)
    stalled, called = stalled_accounts(log), call_list(log)
    assert list(called.columns) == list(CALL_COLUMNS)
    assert called["reason"].tolist() == stalled["reason"].tolist()
    assert called["value_at_risk"].to_numpy() == pytest.approx(
        stalled["value_at_risk"].to_numpy(float), nan_ok=True, abs=0.005
    )
    pd.testing.assert_frame_equal(call_list(log, limit=1), called.head(1))
    if case != "person":
        assert called[f"{case}_id"].tolist() == stalled["account_id"].tolist()
