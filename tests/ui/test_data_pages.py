"""The pages about data run on data sets of all kinds, and on none."""

import re
import threading
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import journey
from journey.definitions import Definitions, Stage, dumps, load_definitions
from journey.rules.channels import default_rules
from journey.ui.data.imports import current_import
from journey.workspace import list_datasets, load_inventory, remove_dataset, save_definitions
from tests.stores import store

REPOSITORY = Path(__file__).parents[2]
HOSTILE = "**Demo** $x$ <b>"
ROWS = [
    ("a", "2026-01-01", "Ad"),
    ("a", "2026-01-03", HOSTILE),
    ("a", "2026-02-01", "Won"),
    ("b", "2026-01-01", "Ad"),
    ("c", "2026-01-05", HOSTILE),
]
MODEL = Definitions(
    stages=(Stage("Attract", ("Ad",)), Stage("Close", (HOSTILE, "Won"))), won=("Won",)
)
# Kept: A Ad, A Demo, B Ad. The second A Ad repeats the first; a row has no time.
TOUCHES = """\
account,when,event
A,2026-01-02,Ad
A,2026-01-02,Ad
A,2026-01-05,Demo
B,,Ad
B,2026-01-03,Ad
"""


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    store(ROWS, tmp_path / "datasets" / "Small")
    save_definitions(tmp_path, "Small", MODEL)
    store(ROWS, tmp_path / "datasets" / "Plain")
    path = tmp_path / "touches.csv"
    path.write_text(TOUCHES)
    journey.read_touchpoints(path, into=tmp_path / "datasets" / "Imported")
    return tmp_path


@pytest.fixture
def empty(workspace):
    for name in list_datasets(workspace):
        remove_dataset(workspace, name)


def opened(page, data=None):
    app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
    if data is not None:
        app.query_params["data"] = data
    app.switch_page(f"pages/data/{page}.py")
    return checked(app.run())


def checked(app):
    assert not app.exception
    return app


def button(app, label):
    return next(one for one in app.button if one.label == label)


def press(app, label):
    return checked(button(app, label).click().run())


def said(app):
    """Give all words on the page, as Markdown shows them."""
    parts = (*app.markdown, *app.caption, *app.info, *app.warning, *app.error)
    return re.sub(r"\\(.)", r"\1", "\n".join(one.value for one in parts))


class TestStates:
    @pytest.mark.parametrize("page", ["upload", "columns", "quality", "definitions"])
    @pytest.mark.parametrize("data", ["Small", "Plain", "Imported"])
    def test_pages_run(self, page, data):
        app = opened(page, data)
        assert app.title
        assert not app.error

    @pytest.mark.usefixtures("empty")
    @pytest.mark.parametrize("page", ["quality", "definitions"])
    def test_without_data_they_lead_to_the_upload(self, page):
        assert "Load data first" in said(opened(page))

    @pytest.mark.usefixtures("empty")
    def test_columns_without_files_lead_to_the_upload(self):
        assert "No files wait to be imported" in said(opened("columns"))

    def test_the_sample_is_not_offered_beside_data(self):
        assert "Only looking around?" not in said(opened("upload"))

    @pytest.mark.usefixtures("empty")
    def test_the_sample_is_offered_where_there_is_nothing(self):
        app = opened("upload")
        assert "Only looking around?" in said(app)
        assert button(app, "Use the sample data")


class TestColumns:
    @pytest.fixture
    def held(self, workspace):
        path = workspace / "crm_jan.csv"
        path.write_text("account,when,event,phone\nA,2026-01-02,Ad,555\nA,2026-01-05,Demo,556\n")
        told = {"left out": "phone"}
        journey.read_touchpoints(path, columns=told, into=workspace / "datasets" / "Held")

    def looked_at(self, app):
        for thread in threading.enumerate():
            if thread.name == "columns":
                thread.join(50)
        return checked(app.run())

    @pytest.mark.usefixtures("held")
    def test_what_was_left_out_before_is_shown_so_and_can_be_changed(self):
        app = opened("upload", "Held")
        content = b"account,when,event,Phone,size\nB,2026-02-02,Ad,557,9\nB,2026-02-03,Demo,558,9\n"
        checked(app.file_uploader[0].upload("crm_feb.csv", content, "text/csv").run())
        checked(app.segmented_control[0].set_value("More of one that is here").run())
        app.switch_page("pages/data/columns.py")
        app = self.looked_at(checked(app.run()))
        assert "Read as was said of crm_jan.csv: 'Phone' left out. Change it here." in said(app)
        meanings = app.dataframe[0].value.set_index("column")["meaning"]
        assert meanings["Phone"] == "Leave out"
        # A data set of its own has no earlier month.
        checked(app.segmented_control[0].set_value("A data set of their own").run())
        app = self.looked_at(app)
        assert "as was said" not in said(app)
        meanings = app.dataframe[0].value.set_index("column")["meaning"]
        assert meanings["Phone"] != "Leave out"


class TestUpload:
    def drop(self, app, name, content):
        checked(app.file_uploader[0].upload(name, content, "text/csv").run())
        return app

    def test_a_file_is_copied_at_once_and_named(self, workspace):
        app = self.drop(opened("upload"), "ads 2026.csv", TOUCHES.encode())
        (copy,) = (workspace / "incoming").rglob("ads 2026.csv")
        assert copy.read_text() == TOUCHES
        assert app.text_input[0].value == "ads 2026"
        assert app.file_uploader[0].value in (None, [])

    def test_removing_the_last_file_removes_its_copy(self, workspace):
        app = self.drop(opened("upload"), "ads.csv", TOUCHES.encode())
        checked(app.button(key="intake:remove:0").click().run())
        assert list((workspace / "incoming").iterdir()) == []

    def test_a_name_that_is_taken_is_told(self):
        app = self.drop(opened("upload"), "Small.csv", TOUCHES.encode())
        assert "it will be replaced" in said(app)

    def test_a_name_that_can_not_be_used_is_refused(self, workspace):
        app = self.drop(opened("upload"), "ads.csv", TOUCHES.encode())
        checked(app.text_input[0].set_value("../x").run())
        assert "can't be used" in said(press(app, "Import as proposed"))
        assert current_import(workspace) is None

    def test_a_content_inventory_is_told_by_its_header_and_kept_when_alone(self, workspace):
        listed = b"Asset name;Persona\nGuide;Buyer\nPoster;User\n"
        app = self.drop(opened("upload", "Small"), "list.csv", listed)
        assert "content inventory" in said(app)
        assert app.selectbox[-1].value == "Small"
        press(app, "Keep the list")
        assert [one.content for one in load_inventory(workspace, "Small").entries] == [
            "Guide",
            "Poster",
        ]

    def test_every_data_set_is_listed_with_what_it_holds(self):
        text = said(opened("upload", "Plain"))
        assert "3 journeys, 5 touchpoints · 01 Jan 2026 to 01 Feb 2026" in text
        assert "**Plain** · chosen" in text

    def test_opening_one_chooses_it(self):
        app = opened("upload", "Plain")
        checked(app.button(key="datasets:open:Small").click().run())
        assert app.query_params["data"] in ("Small", ["Small"])

    def test_removing_one_asks_first(self, workspace):
        app = opened("upload", "Plain")
        checked(app.button(key="datasets:remove:Small").click().run())
        assert "**Small** with its definitions" in said(app)
        assert button(app, "Keep it")
        assert list_datasets(workspace) == ["Imported", "Plain", "Small"]


class TestQuality:
    def test_the_rows_add_up_in_words(self):
        text = said(opened("quality", "Imported"))
        assert "5 rows read = 3 kept + 1 merged into another + 1 set aside" in text

    def test_each_part_begins_with_what_it_says(self):
        heads = [
            re.sub(r"\\(.)", r"\1", head.value) for head in opened("quality", "Imported").header
        ]
        assert heads[1:] == [
            "No source fell silent while others went on",
            "The account is known for 100% of 3 touchpoints, the person for 0%",
            "1 of 5 rows repeat a touchpoint: 1 exact repeat, 0 from another source",
            "No touchpoint lies long before or after all others",
            "No source has many touchpoints at the same instant",
            "How the files were read",
        ]

    def test_a_silent_source_a_stray_and_a_batch_are_shown(self, workspace):
        # web: 60 days one by one; crm: silent from day 20 to 39, and 25 touches at one instant.
        first = pd.Timestamp("2026-01-01")
        days = [*((day, "web") for day in range(60)), *((day, "crm") for day in range(20))]
        days += [(day, "crm") for day in range(40, 60)] + [(59, "crm")] * 25 + [(5000, "web")]
        lines = [
            f"A{n % 30},{first + pd.Timedelta(days=day):%Y-%m-%d} 09:00,On {source},{source}"
            for n, (day, source) in enumerate(days)
        ]
        path = workspace / "odd.csv"
        path.write_text("account,when,event,source_system\n" + "\n".join(lines))
        journey.read_touchpoints(path, into=workspace / "datasets" / "Odd")
        app = opened("quality", "Odd")
        heads = " ".join(re.sub(r"\\(.)", r"\1", head.value) for head in app.header)
        assert "crm was silent for 21 days while others went on" in heads
        assert "1 touchpoint lies long after all others" in heads
        assert "share their instant with many others" in heads
        assert "lies 13.5 years after the touchpoint before" in said(app)  # 4,941 days

    def test_a_data_set_that_was_not_imported_has_no_report(self):
        assert "No import report" in said(opened("quality", "Small"))


class TestDefinitions:
    def outcomes(self, app):
        return {metric.label: (metric.value, metric.delta) for metric in app.metric}

    def test_without_a_winning_rule_it_says_so(self):
        assert "Nothing counts as a win yet" in said(opened("definitions", "Plain"))
        assert "Nothing counts as a win yet" not in said(opened("definitions", "Small"))

    def test_the_effect_is_shown_before_anything_is_saved(self, workspace):
        app = opened("definitions", "Small")
        assert self.outcomes(app)["Won"] == ("1", "as saved")
        assert button(app, "Save").disabled
        # The log ends on 1 February: b is silent for 31 days, c for 27.
        checked(app.number_input[0].set_value(30.0).run())
        assert self.outcomes(app)["No decision"] == ("1", "+1")
        folder = workspace / "datasets" / "Small"
        assert load_definitions(folder / "definitions.toml") == MODEL
        press(app, "Save")
        assert load_definitions(folder / "definitions.toml").dormancy_days == 30.0
        assert self.outcomes(app)["No decision"] == ("1", "as saved")

    def test_the_dormancy_used_is_told_where_it_comes_from_the_data(self):
        field = opened("definitions", "Small").number_input[0]
        assert field.placeholder == "From the data: 90 days"

    def test_two_stages_of_one_name_are_told_and_not_saved(self):
        app = opened("definitions", "Small")
        checked(app.text_input[1].set_value("Attract").run())
        assert "stands twice" in app.error[0].value
        assert button(app, "Save").disabled
        assert not press(app, "Discard changes").error
        assert app.text_input[1].value == "Close"

    def test_stages_are_added_moved_and_removed(self, workspace):
        app = press(opened("definitions", "Small"), "Add a stage")
        names = [field.value for field in app.text_input]
        assert names == ["Attract", "Close", "New stage"]
        checked([one for one in app.button if one.label == "↑"][2].click().run())
        assert [field.value for field in app.text_input] == ["Attract", "New stage", "Close"]
        press(app, "Remove Attract")
        press(app, "Save")
        saved = load_definitions(workspace / "datasets" / "Small" / "definitions.toml")
        assert [(stage.name, stage.touchpoints) for stage in saved.stages] == [
            ("New stage", ()),
            ("Close", (HOSTILE, "Won")),
        ]

    def test_a_file_is_taken_and_saved_only_when_asked(self, workspace):
        app = opened("definitions", "Plain")
        text = b'[[stages]]\nname = "All"\n[outcomes]\nwon = ["Ad"]\n'
        checked(app.file_uploader[0].upload("mine.toml", text).run())
        assert self.outcomes(app)["Won"] == ("2", "+2")
        press(app, "Save")
        saved = load_definitions(workspace / "datasets" / "Plain" / "definitions.toml")
        assert saved.won == ("Ad",)

    def test_a_file_that_can_not_be_used_changes_nothing(self):
        app = opened("definitions", "Small")
        checked(app.file_uploader[0].upload("bad.toml", b"won = 1").run())
        assert "bad.toml has the key 'won'" in said(app)

    def test_other_rules_for_channels_need_the_rows_again(self, workspace):
        app = opened("definitions", "Small")
        before = load_definitions(workspace / "datasets" / "Small" / "definitions.toml")
        text = dumps(replace(before, channels=default_rules()[:3]))
        checked(app.file_uploader[0].upload("mine.toml", text.encode()).run())
        press(app, "Save")
        assert "this data set does not keep what its files held" in app.warning[0].value
        assert load_definitions(workspace / "datasets" / "Small" / "definitions.toml") == before
