"""The pages for acting: who has gone silent, and one account touch by touch."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import journey
from journey.definitions import Definitions
from journey.ui.act import stalled_list
from journey.ui.text import markdown
from journey.worklist import Mark, add_marks
from journey.workspace import worklist_path
from tests import silent
from tests.ui import pages
from tests.ui.pages import checked, metrics, said

REPOSITORY = Path(__file__).parents[2]
DATA_SETS = {
    "Full": (silent.WON + silent.LOST + silent.SILENT + silent.LAST, silent.MODEL),
    "Worthless": (
        [(*row[:4], None) for row in silent.WON + silent.LOST + silent.SILENT + silent.LAST],
        silent.MODEL,
    ),
    "Unruled": (
        silent.WON + silent.LOST + silent.SILENT + silent.LAST,
        replace(silent.MODEL, won=(), lost=()),
    ),
    "Calm": (silent.WON + silent.LAST, silent.MODEL),
    "Tiny": ([("t", 0, "Ad", None, None)], Definitions()),
}


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    workspace = tmp_path_factory.mktemp("workspace")
    for name, (rows, model) in DATA_SETS.items():
        silent.write(workspace / "datasets" / name, rows, model=model)
    return workspace


@pytest.fixture(autouse=True)
def workspace(stored, monkeypatch):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(stored))
    st.cache_resource.clear()
    return stored


def title(app):
    return app.title[0].value


def picker(app, column):
    return next(one for one in app.multiselect if one.key == f"stalled:where:{column}")


def listed(app):
    return app.dataframe[0].value


def opened(page, data="Full", **query):
    return pages.opened(f"act/{page}", data, **query)


class TestStalledAccounts:
    def test_the_title_is_the_message_and_the_list_is_ranked(self):
        app = opened("stalled_accounts")
        assert title(app) == "2 accounts with 1.2K at risk have gone silent"
        rows = listed(app)
        assert rows["name"].tolist() == [silent.HOSTILE, "Firm One"]
        assert rows["value_at_risk"].tolist() == [800, 400]
        assert rows["days_silent"].tolist() == [6, 3]
        assert rows["owner"].tolist() == ["Bob", "Ann"]
        # In Nurture 9 of 10 waits of those that moved on were at most a day.
        assert rows["reason"].tolist() == [f"{n} days in Nurture, normal 1 day" for n in (6, 3)]

    @pytest.mark.parametrize(
        ("is_own", "words"),
        [(True, "Workshop · 75% against 25%"), (False, "Workshop · in other stages")],
    )
    def test_advice_of_other_stages_alone_is_told_as_such(self, monkeypatch, is_own, words):
        known = journey.stalled_accounts

        def advised(log, *, limit=None):
            told = {"next_touchpoint": "Workshop", "next_is_clear": True, "next_win_rate": 0.75}
            told |= {"n_next": 40, "next_without_rate": 0.25, "n_next_without": 40}
            seen = {"next_state": "in any stage", "next_is_of_own_stage": is_own}
            return known(log, limit=limit).assign(**told, **seen)

        monkeypatch.setattr(journey, "stalled_accounts", advised)
        monkeypatch.setattr(stalled_list, "LISTED_MOST", 900 + is_own)  # not remembered
        assert listed(opened("stalled_accounts"))["next_step"].tolist() == [words, words]

    def test_of_very_many_the_first_are_listed_and_the_others_counted(self, monkeypatch):
        monkeypatch.setattr(stalled_list, "LISTED_MOST", 1)
        app = opened("stalled_accounts")
        assert title(app) == "2 accounts with 1.2K at risk have gone silent"
        assert listed(app)["account_id"].tolist() == ["s2"]
        assert "1 more account would come after these" in said(app)

    def test_owner_and_stage_narrow_by_the_shared_filters(self):
        app = opened("stalled_accounts")
        checked(picker(app, "owner").select("Bob").run())
        assert title(app) == "1 account with 800 at risk has gone silent"
        assert app.query_params["where.owner"] == "Bob"
        checked(picker(app, "owner").unselect("Bob").run())
        assert title(app).startswith("2 accounts")

    def test_what_the_address_asks_for_is_chosen_and_others_stay_on_offer(self):
        app = opened("stalled_accounts", **{"where.owner": "Ann"})
        assert title(app) == "1 account with 400 at risk has gone silent"
        assert picker(app, "owner").value == ["Ann"]
        assert picker(app, "owner").options == ["Ann", "Bob"]

    def test_nobody_left_by_the_filters_is_said_and_the_filters_stay(self):
        app = opened("stalled_accounts", **{"where.current_stage": "Expand"})
        assert title(app) == "No account has gone silent"
        assert picker(app, "current_stage").value == ["Expand"]

    def test_without_values_it_ranks_by_silence_and_says_so(self):
        app = opened("stalled_accounts", "Worthless")
        assert title(app) == "2 accounts have gone silent"
        assert "Ranked by days of silence: the log holds no deal values" in said(app)
        rows = listed(app)
        assert rows["account_id"].tolist() == ["s2", "s1"]
        # 20 of 25 won, of those as long silent 0 of 5.
        assert rows["usual_rate"].tolist() == [0.8, 0.8]
        assert rows["silent_rate"].tolist() == [0, 0]

    def test_without_a_winning_rule_it_says_how_to_give_one(self):
        # Without outcomes those who won are open as well, silent for 50 and 51 days.
        app = opened("stalled_accounts", "Unruled")
        assert "no winning rule is known" in said(app)
        assert "at risk" not in title(app)
        assert "value_at_risk" not in listed(app)

    @pytest.mark.parametrize("data", ["Calm", "Tiny"])
    def test_nobody_stalled_is_good_news(self, data):
        app = opened("stalled_accounts", data)
        assert title(app) == "No account has gone silent"
        assert "touched within the normal silence" in said(app)

    def test_the_figures_are_explained_with_the_silences_they_rest_on(self):
        app = opened("stalled_accounts")
        assert "How these figures are made" in [one.label for one in app.expander]
        normal = app.dataframe[-1].value.set_index("stage")
        # 20 waits of a day in Nurture; s1 went back from Convert, so its wait there is none.
        assert normal.loc["Nurture", "normal_days"] == 1
        assert normal.loc["Nurture", "n_gaps"] == 20


def mark(stored, kind, *ids, at="2026-02-21", until=None, data="Full"):
    marks = [
        Mark("account", one, kind, pd.Timestamp(at, tz="UTC"), until, "Ann", "<b>later</b>")
        for one in ids
    ]
    add_marks(stored, data, marks)


@pytest.fixture
def unmarked(stored):
    """What a test marks is gone after it."""
    yield stored
    worklist_path(stored, "Full").unlink(missing_ok=True)


class TestWorklist:
    # The log ends on 2026-02-21; s2 (800 at risk) was last touched on 02-15, s1 (400) on 02-18.
    def test_snoozed_accounts_are_hidden_but_counted_and_listed(self, unmarked):
        mark(unmarked, "snoozed", "s2", until=date(2026, 2, 28))
        app = opened("stalled_accounts")
        assert title(app) == "1 account with 400 at risk has gone silent"
        assert listed(app)["account_id"].tolist() == ["s1"]
        shown = next(one for one in app.segmented_control if one.key == "worklist:shown")
        assert shown.options == ["To call 1", "Snoozed 1", "Handled 0"]
        checked(shown.select("Snoozed").run())
        rows = listed(app)
        assert rows["account_id"].tolist() == ["s2"]
        assert rows["marked_until"].tolist() == ["2026-02-28"]
        assert rows["marked_note"].tolist() == ["<b>later</b>"]

    def test_a_snooze_is_over_on_its_day(self, unmarked):
        mark(unmarked, "snoozed", "s2", at="2026-02-16", until=date(2026, 2, 21))
        assert title(opened("stalled_accounts")).startswith("2 accounts")
        # As it stood the day before, it was snoozed; the day it was made, s1 had no silence yet.
        assert title(opened("stalled_accounts", to="2026-02-19")).startswith("1 account")

    def test_a_touch_after_it_was_handled_brings_an_account_back(self, unmarked):
        mark(unmarked, "handled", "s1", at="2026-02-17")
        mark(unmarked, "handled", "s2", at="2026-02-17")
        app = opened("stalled_accounts")
        assert listed(app)["account_id"].tolist() == ["s1"]

    def test_all_of_them_marked_is_said(self, unmarked):
        mark(unmarked, "handled", "s1", "s2")
        app = opened("stalled_accounts")
        assert title(app) == "No account is left to call"
        assert "2 accounts with 1.2K at risk have gone silent; each is snoozed" in said(app)

    def test_a_broken_worklist_is_told(self, unmarked):
        mark(unmarked, "handled", "s1")
        worklist_path(unmarked, "Full").write_text("{")
        assert "can't be read" in markdown_free(said(opened("stalled_accounts")))


def markdown_free(text):
    return text.replace("\\", "")


class TestAccount:
    def test_the_page_agrees_with_the_list_and_with_the_journeys(self, stored):
        log = journey.open_log(stored / "datasets" / "Full")
        rows = journey.stalled_accounts(log).set_index("account_id")
        facts = journey.journeys(log).set_index("account_id")
        for account in ("s1", "s2"):
            shown = metrics(opened("account", account=account))
            row, fact = rows.loc[account], facts.loc[account]
            assert shown["Silent"] == f"{row['days_silent']:.0f} days"
            assert row["days_silent"] == fact["days_silent"]
            assert shown["Normal in this stage"] == f"{row['normal_days']:.0f} day"
            assert shown["Touchpoints"] == str(fact["n_touchpoints"])
            assert shown["People"] == (str(row["n_people"]) if row["n_people"] else "—")
            assert row["n_people"] == fact["n_people"]

    def test_a_stalled_account_says_why_and_what_is_at_risk(self):
        words = said(opened("account", account="s1"))
        assert "Silent 3 days in Nurture" in words
        assert "**400 at risk**: 500 (its value)" in words
        assert ":gray[80% of 25 decided] won" in words
        assert "Missing roles: Buyer, User" in words
        assert "the median won deal" in said(opened("account", account="s2"))

    def test_a_silence_that_cost_no_win_puts_nothing_at_risk(self, monkeypatch):
        told = []
        monkeypatch.setattr(stalled_list.st, "markdown", told.append)
        facts = {
            "reason": "Silent 9 days in Nurture",
            "stage": "Nurture",
            "days_silent": 9.0,
            "win_rate_after_touch": 0.5,
            "n_after_touch": 40,
            "precedent_days": 9.0,
            "win_rate_silent": 0.5,
            "n_silent": 40,
            "value_at_risk": 0.0,
        }
        stalled_list.show_stake(pd.Series(facts))
        assert told[1] == (
            "No win was lost to such a silence so far. In Nurture 50% of 40 decided won, of those "
            "ever silent as long 50% of 40 decided."
        )

    def test_hostile_names_stay_names(self):
        assert title(opened("account", account="s2")) == markdown(silent.HOSTILE)

    def test_an_account_that_is_not_stalled_has_no_such_words(self):
        app = opened("account", account="w00")
        assert "at risk" not in said(app)
        assert metrics(app)["Value"] == "1,000"

    def test_its_touches_and_attributes_are_listed(self):
        app = opened("account", account="s1")
        touches, attributes = (one.value for one in app.dataframe[-2:])
        assert touches["touchpoint"].tolist() == ["Ad", "Demo", "Mail"]
        assert touches["current_stage"].tolist() == ["Attract", "Convert", "Nurture"]
        assert attributes["value"].tolist() == ["Firm One", "Ann"]

    def test_an_open_account_is_shown_what_others_did_next_and_the_routes_that_won(self):
        # s1 is in Nurture, silent for 3 days, longer than twice the normal one. Nobody decided
        # was ever silent so long there and then touched by what decides nothing: with any
        # silence 20 had a demo next and won. Fewer than 30, so nothing is advised.
        app = opened("account", account="s1")
        assert "Nothing that we can do went with more wins often enough (30 accounts)" in said(app)
        assert "so these are all that were in Nurture" in said(app)
        following = next(one.value for one in app.dataframe if "without_rate" in one.value)
        assert following[["touchpoint", "n_with"]].to_numpy().tolist() == [["Demo", 20]]
        routes = next(one.value for one in app.dataframe if "sequence" in one.value)
        assert routes["sequence"].tolist() == ["Mail → Demo → Won"]
        assert routes[["n_journeys", "n_won"]].to_numpy().tolist() == [[20, 20]]

    def test_a_decided_account_has_nothing_next(self):
        headings = [one.value for one in opened("account", account="w00").markdown]
        assert "## Routes that won from here" not in headings

    def test_without_a_winning_rule_no_route_can_have_won(self):
        words = said(opened("account", "Unruled", account="s1"))
        assert "No winning rule is known, so neither is a route that won." in words

    def test_an_unknown_id_says_so_and_offers_a_search(self):
        app = opened("account", account="<b>nobody</b>")
        assert title(app) == f"There is no account '{markdown('<b>nobody</b>')}'"
        assert app.text_input[0].label == "Find another account"

    def test_without_an_id_one_is_found_by_name_and_opened(self):
        app = opened("account")
        assert title(app) == "Find an account"
        checked(app.text_input[0].set_value("firm").run())
        found = next(one for one in app.button if one.key == "account:found:s1")
        checked(found.click().run())
        assert title(app) == "Firm One"
        assert app.query_params["account"] == "s1"
        assert app.text_input[0].value == ""

    def test_what_nothing_has_is_said(self):
        app = opened("account")
        checked(app.text_input[0].set_value("nothing like it").run())
        assert "Nothing has that in its id or name." in said(app)

    def test_it_is_read_as_of_the_same_day_as_the_lists(self):
        # By the end of day 45 s1 was silent for 1 day, in Convert; s2 had its only touch.
        app = opened("account", account="s1", to="2026-02-15")
        assert metrics(app)["Touchpoints"] == "2"
        early = opened("account", account="s2", to="2026-01-31")
        assert "It had no touch by 2026-01-31." in said(early)


@pytest.mark.parametrize("page", ["stalled_accounts", "account"])
def test_without_data_they_lead_to_the_upload(page, tmp_path, monkeypatch):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(tmp_path))
    app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
    app.switch_page(f"pages/act/{page}.py")
    assert "Load data first" in said(checked(app.run()))
