"""The page about identities runs on data sets of all kinds, and changes only what is asked."""

import re
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import journey
from journey.definitions import load_definitions
from journey.rules.identity import Cut, IdentityRules
from tests.stores import store

REPOSITORY = Path(__file__).parents[3]
HOSTILE = "**x** $y$ <b>@acme.com"

# Ann's device is x; info@ is shared; y is nobody's. Both addresses are of the domain acme.com.
WEB = f"""\
anonymous_id,email,time,event
x,,2026-01-01,Visit
x,ann@acme.com,2026-01-02,Form
y,,2026-01-03,Visit
z,info@acme.com,2026-01-04,Form
,{HOSTILE},2026-01-05,Form
"""


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    folder = tmp_path_factory.mktemp("identities")
    (folder / "web.csv").write_text(WEB, encoding="utf-8")
    journey.read_touchpoints(folder / "web.csv", into=folder / "datasets" / "Web")
    (folder / "plain.csv").write_text("account,time,event\nA,2026-01-01,Ad\n", encoding="utf-8")
    journey.read_touchpoints(folder / "plain.csv", into=folder / "datasets" / "Plain")
    (folder / "free.csv").write_text("email,time,event\na@gmail.com,2026-01-01,Ad\n", "utf-8")
    journey.read_touchpoints(folder / "free.csv", into=folder / "datasets" / "Free")
    store([("a", "2026-01-01", "Ad")], folder / "datasets" / "Small")
    return folder


@pytest.fixture(autouse=True)
def workspace(imported, monkeypatch):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(imported))
    st.cache_resource.clear()
    return imported


def opened(data):
    app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
    app.query_params["data"] = data
    app.switch_page("pages/data/identities.py")
    return checked(app.run())


def checked(app):
    assert not app.exception
    assert not app.error
    return app


def said(app):
    parts = (*app.header, *app.markdown, *app.caption, *app.info)
    return re.sub(r"\\(.)|\u2060", r"\1", "\n".join(one.value for one in parts))


def figures(app):
    return {metric.label: (metric.value, metric.delta) for metric in app.metric}


def named(widgets, label):
    return next(one for one in widgets if one.label == label)


@pytest.mark.parametrize("data", ["Plain", "Small"])
def test_where_every_row_has_its_account_nothing_is_to_be_joined(data):
    text = said(opened(data))
    assert "Nothing had to be joined" in text
    assert "The account is known for 100%" in text


def test_how_much_is_known_is_the_message():
    # Ann's two, the form of info@ and the hostile address; the visit of y is nobody's.
    app = opened("Web")
    assert "The account is known for 80% of 5 touchpoints, the person for 80%" in said(app)
    assert figures(app)["With a person"] == ("4", "as applied")
    assert figures(app)["Journeys"] == ("2", "as applied")
    assert "Addresses that look shared" in said(app)


def test_where_no_rows_name_two_ids_that_is_told():
    assert "Nothing had to be related" in said(opened("Free"))
    assert "Nothing had to be related" not in said(opened("Web"))


def test_a_switch_shows_its_effect_and_changes_nothing_yet(workspace):
    app = opened("Web")
    assert named(app.button, "Apply").disabled
    checked(named(app.toggle, "Visits").set_value(False).run())
    assert figures(app)["With a person"] == ("3", "-1")
    assert figures(app)["Journeys"] == ("3", "+1")
    assert not named(app.button, "Apply").disabled
    kept = load_definitions(workspace / "datasets" / "Web" / "definitions.toml")
    assert kept.identity == IdentityRules()
    checked(named(app.button, "Discard changes").click().run())
    assert figures(app)["With a person"] == ("4", "as applied")
    assert named(app.toggle, "Visits").value


def test_each_join_tells_what_it_adds():
    app = opened("Web")
    checked(app.segmented_control[0].set_value("What each join adds").run())
    frame = app.dataframe[-1].value.set_index("join")
    assert frame.loc["Visits", "person"] == "3 → 4"
    assert frame.loc["CRM ids", "person"] == "4"


def test_joins_by_kind_are_counted_with_what_became_of_them():
    app = opened("Web")
    checked(app.segmented_control[0].set_value("Joins by kind").run())
    frame = app.dataframe[-1].value
    rows = frame.set_index(["how", "status"])["n_links"]
    assert rows["Visits", "Joined"] == 1
    assert rows["Visits", "Not joined: shared address"] == 1


def test_limits_and_lists_are_part_of_the_preview():
    app = opened("Web")
    checked(app.segmented_control[0].set_value("Limits").run())
    checked(named(app.multiselect, "More free-mail domains").set_value(["acme.com"]).run())
    # Nobody's company is known: Ann, info@, the hostile one and y are journeys of their own.
    assert figures(app)["Companies"] == ("0", "-1")
    assert figures(app)["Journeys"] == ("4", "+2")
    checked(named(app.number_input, "People who may share a device").set_value(2).run())
    assert figures(app)["Journeys"] == ("4", "+2")


@pytest.mark.parametrize("asked", ["ann@acme.com", " ANN@acme.com "])
def test_why_an_id_is_in_its_account_is_told(asked):
    app = opened("Web")
    checked(app.text_input[0].set_value(asked).run())
    assert "ann@acme.com is joined with 1 visitor, 1 domain" in said(app)


def test_an_id_that_is_not_there_is_told():
    app = opened("Web")
    checked(app.text_input[0].set_value("<b>nobody</b>").run())
    assert "Nothing is joined with <b>nobody</b>" in said(app)


def test_an_example_of_a_warning_opens_its_links():
    app = opened("Web")
    checked(named(app.button, "info\\@\u2060acme\\.com").click().run())
    assert app.text_input[0].value == "info@acme.com"
    assert "info@acme.com is joined with" in said(app)


def test_a_cut_is_listed_and_can_be_taken_back():
    app = opened("Web")
    rules = IdentityRules(cuts=(Cut("visitor", "x"),))
    app.session_state["identities:draft"] = rules
    checked(app.run())
    assert "Visitor x and all others" in said(app)
    assert figures(app)["With a person"] == ("3", "-1")
    checked(named(app.button, "Join again").click().run())
    assert figures(app)["With a person"] == ("4", "as applied")
