"""Who will not buy stands on the call list with the reason, until a filter leaves them out."""

from dataclasses import replace

import pandas as pd
import streamlit as st

import journey
from journey.rules.not_buyers import NotBuyerRules
from journey.ui.act.not_buyer_marks import not_buyer_reasons
from tests import silent
from tests.examples import MODEL, small_log
from tests.ui import pages
from tests.ui.pages import said

RULES = NotBuyerRules(competitor_domains=("rival.example",))
WHY = "Competitor: the e-mail domain of a person is on the list"


def test_only_those_listed_are_asked_of_and_buyers_have_no_reason():
    # No gap of the log is longer than a day, but a and b have been silent since day 1; c just came.
    rows = [("a", 0, "Ad"), ("a", 1, "Ad"), ("b", 0, "Ad"), ("b", 1, "Ad"), ("c", 60, "Ad")]
    people = ["p@rival.example"] * 2 + ["q@shop.example"] * 2 + ["r@rival.example"]
    log = small_log(rows, replace(MODEL, not_buyers=RULES), person_id=people)
    assert journey.outcomes(log).set_index("outcome")["n_journeys"].get("stalled") == 2
    assert not_buyer_reasons(log, ["b", "a", "c"]) == [None, WHY, None]


def opened_account(account_id):
    return pages.opened("act/account", "Full", account=account_id)


def test_the_call_list_and_the_account_say_who_will_not_buy(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    rows = silent.WON + silent.LOST + silent.SILENT + silent.LAST
    frame = pd.DataFrame(rows, columns=["account_id", "day", "touchpoint", "person_id", "value"])
    days = frame.pop("day")
    frame["occurred_at"] = [f"{silent.BEGIN + pd.Timedelta(days=day):%Y-%m-%d}" for day in days]
    frame.loc[frame["account_id"] == "s2", "person_id"] = "p@rival.example"
    frame.to_csv(tmp_path / "touches.csv", index=False)
    model = replace(silent.MODEL, not_buyers=RULES)
    into = tmp_path / "datasets" / "Full"
    journey.read_touchpoints(tmp_path / "touches.csv", definitions=model, into=into)
    app = pages.opened("act/stalled_accounts", "Full")
    told = app.dataframe[0].value.set_index("account_id")["not_buyer"]
    assert told["s2"] == "Competitor"
    assert pd.isna(told["s1"])
    assert "1 of these will not buy, by the rules" in said(app)
    assert f"Will not buy, by the rules. {WHY}" in said(opened_account("s2"))
    assert "Will not buy" not in said(opened_account("s1"))
    buyers = pages.opened("act/stalled_accounts", "Full", buyers="only")
    assert buyers.dataframe[0].value["account_id"].tolist() == ["s1"]
