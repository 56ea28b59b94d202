"""Unnamed visitors that have gone silent: apart from whom somebody can call, and never lost."""

import pandas as pd
import pytest
import streamlit as st

import journey
from journey.ui.act import stalled_list
from tests import silent
from tests.ui import pages
from tests.ui.pages import checked, metrics, said

# s1 and s2 are silent with 400 and 800 at risk; so are two visitors, each for six days as s2 and
# so with 800 at risk of the median won 1,000.
VISITORS = [("cookie-7", 45, "Mail"), ("cookie-8", 45, "Mail")]


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    workspace = tmp_path_factory.mktemp("workspace")
    rows = silent.WON + silent.LOST + silent.SILENT + silent.LAST
    frame = pd.DataFrame(rows, columns=["account_id", "day", "touchpoint", "person_id", "value"])
    visits = pd.DataFrame(VISITORS, columns=["anonymous_id", "day", "touchpoint"])
    frame = pd.concat([frame, visits])
    days = frame.pop("day")
    frame["occurred_at"] = [
        f"{silent.BEGIN + pd.Timedelta(days=day):%Y-%m-%d %H:%M:%S}" for day in days
    ]
    file = workspace / "touches.csv"
    frame.to_csv(file, index=False)
    log = journey.read_touchpoints(
        file, definitions=silent.MODEL, into=workspace / "datasets" / "Full"
    )
    assert set(log.filter_values("known as")) == {"company", "visitor"}
    return workspace


@pytest.fixture(autouse=True)
def workspace(stored, monkeypatch):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(stored))
    st.cache_resource.clear()
    return stored


def listed(app):
    return app.dataframe[0].value["account_id"].tolist()


def stages_on_offer(app):
    key = "stalled:where:current_stage"
    return next(one for one in app.multiselect if one.key == key).options


def switch(app):
    return next(one for one in app.segmented_control if one.key == "worklist:shown")


def test_the_list_is_of_those_who_can_be_called_and_says_how_many_are_not():
    app = pages.opened("act/stalled_accounts", "Full")
    assert app.title[0].value == "2 accounts with 1.2K at risk have gone silent"
    assert listed(app) == ["s2", "s1"]
    assert "Of 4 stalled journeys 2 can be called. The other 2 are of unnamed visitors" in said(app)
    assert "with 1.6K at risk" in said(app)
    assert switch(app).options == ["To call 2", "Unnamed visitors 2"]


def test_one_switch_shows_the_visitors_without_advice_or_export_for_the_crm():
    app = pages.opened("act/stalled_accounts", "Full")
    checked(switch(app).select("Unnamed visitors").run())
    assert listed(app) == ["cookie-7", "cookie-8"]
    assert "next_step" not in app.dataframe[0].value
    assert "Nobody can call them" in said(app)
    assert "All, for the CRM:" not in said(app)


def test_the_pickers_offer_what_the_list_has(monkeypatch):
    known = journey.stalled_accounts

    def in_other_stages(log, *, limit=None):
        # Of whom can be called s2 is in Nurture and s1 in Convert; of visitors one each elsewhere.
        frame = known(log, limit=limit).sort_values("account_id", ignore_index=True)
        places = {"s1": "Convert", "s2": "Nurture", "cookie-7": "Attract", "cookie-8": "Expand"}
        return frame.assign(stage=frame["account_id"].map(places))

    monkeypatch.setattr(journey, "stalled_accounts", in_other_stages)
    monkeypatch.setattr(stalled_list, "LISTED_MOST", 900)
    app = pages.opened("act/stalled_accounts", "Full")
    assert stages_on_offer(app) == ["Convert", "Nurture"]
    checked(switch(app).select("Unnamed visitors").run())
    assert stages_on_offer(app) == ["Attract", "Expand"]


@pytest.mark.parametrize(
    ("account_id", "is_visitor"), [("cookie-7", True), ("s2", False)], ids=["visitor", "company"]
)
def test_the_page_of_a_visitor_advises_nothing_and_asks_for_no_roles(account_id, is_visitor):
    app = pages.opened("act/account", "Full", account=account_id)
    words = said(app)
    assert ("Nobody can call this visitor" in words) == is_visitor
    assert ("unnamed visitor" in words) == is_visitor
    for advised in ("What accounts in the same state did next", "Routes that won from here"):
        assert (advised in words) != is_visitor
    assert ("Missing roles" in words) != is_visitor


def test_only_visitors_left_are_said_not_lost():
    app = pages.opened("act/stalled_accounts", "Full", **{"where.known as": "visitor"})
    assert app.title[0].value == "No account has gone silent"
    assert "Of 2 stalled journeys 0 can be called" in said(app)
    assert "Every open journey of somebody known by name was touched" in said(app)
    checked(switch(app).select("Unnamed visitors").run())
    assert listed(app) == ["cookie-7", "cookie-8"]


def test_the_overview_says_of_whom_and_points_to_whom_to_call():
    # 20 of 30 journeys are won: of 28 of companies (20 won, 5 lost) and of 2 visitors.
    app = pages.opened("explore/overview", "Full")
    words = said(app)
    assert "2 of 30 journeys are of unnamed visitors." in words
    assert "Of the 28 of companies and people 71% (n = 28) are won" in words
    assert "2 of 4 stalled can be called with 1.2K at risk" in words
    assert metrics(app)["Stalled, 2.8K at risk"] == "4"


def test_accounts_are_counted_apart_from_unnamed_visitors(workspace):
    log = journey.open_log(workspace / "datasets" / "Full")
    n = log.n_journeys - len(VISITORS)
    assert f"{n} accounts, 2 unnamed visitors in this data set." in said(
        pages.opened("act/account", "Full")
    )
