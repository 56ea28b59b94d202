"""The pages of handoffs, ownership, content and feelings."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import journey
from journey.definitions import Definitions
from journey.inventory import Entry, Inventory
from journey.rules.ownership import Ownership, StageOwners
from journey.workspace import load_inventory, save_definitions, save_inventory
from tests.examples import small_log
from tests.stores import save
from tests.ui import pages
from tests.ui.pages import choose, press, said
from tests.ui.pages import flawless as checked

REPOSITORY = Path(__file__).parents[2]
PAGES = {
    "handoffs": "act",
    "ownership": "act",
    "content": "explore",
    "feelings": "explore",
}


@pytest.fixture(scope="module")
def stored(tmp_path_factory, sample_dataset):
    workspace = tmp_path_factory.mktemp("workspace")
    shutil.copytree(sample_dataset, workspace / "datasets" / "Sample")
    # No owner, no content, no sentiment, no rule but the stages.
    bare = small_log([("a", 0, "Visit"), ("b", 1, "Visit"), ("b", 2, "Xyz")], Definitions())
    save(bare, workspace / "datasets" / "Bare")
    return workspace


@pytest.fixture(autouse=True)
def workspace(stored, monkeypatch):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(stored))
    st.cache_resource.clear()
    return stored


def labels(app):
    return [button.label for button in app.button]


def opened(page, data="Sample", **query):
    return checked(pages.opened(f"{PAGES[page]}/{page}", data, **query))


@pytest.mark.parametrize("page", PAGES)
def test_a_log_without_any_of_it_is_told_what_is_missing(page):
    words = {
        "handoffs": "No lead is handed on in view",
        "ownership": "Ownership",
        "content": "No inventory is given",
        "feelings": "No touchpoint in view has a score",
    }
    assert words[page] in said(opened(page, "Bare"))


class TestHandoffs:
    def test_the_promise_is_the_message_and_its_counts_open(self):
        app = opened("handoffs")
        assert app.title[0].value == ("21% of handed-on leads wait longer than the promised 2 days")
        picker = next(one for one in app.selectbox if one.label == "Open journeys of")
        assert picker.value == "Marcus Thorne"
        app = press(app, "Late")
        assert "**101 journeys**" in said(app)

    def test_a_filter_that_leaves_another_latest_begins_with_that_one(self):
        # Marcus Thorne, third by waits, is late most of all; of these three, in that order,
        # Priya Nair is: 12 of 112, 8 of 106 and 7 of 88.
        app = opened("handoffs")
        app.query_params["where.owner"] = "Priya Nair,Beatriz Rocha,Jörg Winkelmann"
        checked(app.run())
        picker = next(one for one in app.selectbox if one.label == "Open journeys of")
        assert (len(picker.options), picker.value) == (3, "Priya Nair")

    def test_the_title_is_of_the_handoff_chosen_what_came_back_of_any(self):
        app = opened("handoffs")
        assert app.dataframe[0].value["n_sent_back"].sum() == 0
        app = choose(app, "Accepted to opportunity")
        assert app.title[0].value == "Half of handed-on leads are answered at once"
        assert app.dataframe[0].value["n_sent_back"].sum() == 179
        assert app.header[0].value == "Leads sent back, from any handoff"

    def test_reasons_open_and_months_can_be_seen(self):
        app = choose(opened("handoffs"), "By month")
        assert "Wrong timing **36**" in labels(app)
        app = press(app, "No budget yet")
        assert "**96 journeys**" in said(app)


class TestOwnership:
    def test_promises_and_what_waits_are_counted(self, workspace):
        app = opened("ownership")
        assert app.title[0].value == "2 of 4 open promises are past due"
        app = choose(app, "Promises")
        assert "Late **101**" in labels(app)
        app = choose(app, "Waiting now")
        shown = app.dataframe[0].value
        assert len(shown) == 4
        log = journey.open_log(workspace / "datasets" / "Sample")
        waiting = journey.open_promises(log)
        names = dict(journey.journeys(log)[["account_id", "company"]].to_numpy())
        assert shown["name"].tolist() == [names[one] for one in waiting["account_id"]]
        assert shown["waited_days"].tolist() == (waiting["waited_hours"] / 24).round(1).tolist()

    def test_leads_can_be_proposed_and_hours_saved(self, workspace):
        folder = workspace / "datasets" / "Bare"
        app = press(opened("ownership", "Bare"), "Propose leads")
        app = choose(app, "Edit")
        app.number_input[0].set_value(24.0)
        app = press(app, "Save")
        ownership = journey.open_log(folder).definitions.ownership
        assert ownership.mql_hours == 24.0
        save_definitions(workspace, "Bare", Definitions())

    def test_owners_of_a_stage_that_is_gone_are_told_moved_or_removed(self, workspace):
        folder = workspace / "datasets" / "Bare"
        owners = (StageOwners("Old", ("Sales",)), StageOwners("Older", sla_hours=8.0))
        save_definitions(workspace, "Bare", Definitions(ownership=Ownership(stages=owners)))
        app = opened("ownership", "Bare")
        assert "**Old** is no stage any more. Kept for it: led by Sales." in said(app)
        warning = next(one for one in app.expander if "definitions" in one.label)
        assert warning.label == "2 rules of the definitions name a stage that is gone"
        # What the form saves leaves them as they are.
        press(choose(app, "Edit"), "Save")
        assert journey.open_log(folder).definitions.ownership.stages == owners
        app = opened("ownership", "Bare")
        target = next(one for one in app.selectbox if one.label.startswith("Stage that takes"))
        app = press(target.set_value("Convert").run(), "Move")
        moved = journey.open_log(folder).definitions.ownership
        assert moved.stages == (replace(owners[0], stage="Convert"), owners[1])
        app = press(app, "Remove")
        assert journey.open_log(folder).definitions.ownership == moved.without("Older")
        assert "no stage any more" not in said(app)
        save_definitions(workspace, "Bare", Definitions())

    def test_departments_can_be_ones_own(self, workspace):
        app = choose(opened("ownership", "Bare"), "Edit")
        names = next(one for one in app.multiselect if one.label.startswith("Departments"))
        names.set_value(["Sales", "Care"])
        press(app, "Save departments")
        log = journey.open_log(workspace / "datasets" / "Bare")
        assert log.definitions.ownership.names == ("Sales", "Care")
        save_definitions(
            workspace, "Bare", replace(log.definitions, ownership=Definitions().ownership)
        )


class TestContent:
    def test_holes_uses_and_calls_can_be_seen_and_opened(self):
        app = opened("content")
        assert "pieces of content" in app.title[0].value
        app = choose(app, "Use and wins")
        assert {"content", "win_rate", "without_rate"} <= set(app.dataframe[0].value.columns)
        app = choose(app, "Calls to action")
        assert "Manufacturing **87**" in labels(app)
        app = press(app, "Manufacturing")
        assert "**87 journeys**" in said(app)

    def test_a_filter_says_what_idle_is_judged_on(self):
        words = "Never used (orphaned) and no longer of use (dead) are judged on the whole data set"
        assert words not in said(opened("content"))
        app = opened("content", **{"where.industry": "Education"})
        assert words in said(app)

    def test_an_inventory_is_kept_shown_and_taken_away(self, workspace):
        save_inventory(workspace, "Bare", Inventory((Entry("Film", "Convert", question="Why?"),)))
        app = opened("content", "Bare")
        assert "1 never used" in app.title[0].value
        app = choose(choose(app, "Use and wins"), "Never used")
        assert app.dataframe[0].value["status"].tolist() == ["never used"]
        app = choose(choose(app, "Holes"), "Question")
        assert "Why?" in app.dataframe[0].value["value"].tolist()
        app = choose(app, "Inventory")
        assert app.dataframe[0].value["content"].tolist() == ["Film"]
        press(app, "Remove the list")
        assert load_inventory(workspace, "Bare") == Inventory()


class TestFeelings:
    def test_touchpoints_stages_and_outcomes(self):
        app = opened("feelings")
        assert "Support ticket **114**" in labels(app)
        app = choose(app, "Stages")
        assert app.dataframe[0].value["stage"].tolist() == ["Nurture", "Convert", "Expand"]
        app = choose(app, "Outcomes")
        shown = app.dataframe[0].value
        assert pd.Series(shown["outcome"]).isin(["Won", "Lost"]).any()

    def test_the_map_has_a_lane_for_them_where_there_are_scores(self):
        app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=90)
        app.query_params["data"] = "Sample"
        app.switch_page("pages/explore/journey_map.py")
        app = checked(app.run())
        toggle = next(one for one in app.toggle if one.label == "How people feel")
        checked(toggle.set_value(True).run())
