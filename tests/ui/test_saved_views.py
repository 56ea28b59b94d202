"""Views kept by name: saved with what the address says, listed on every page, opened, removed."""

import json

import pytest
import streamlit as st

from journey import Definitions
from journey.kept import SavedView, load_views, save_view
from tests.examples import small_log
from tests.stores import save
from tests.ui import pages
from tests.ui.pages import button, checked, said

OPENED = {"views:opened": True}


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    log = small_log([("a", 0, "Ad"), ("a", 1, "Won"), ("b", 1, "Ad")], Definitions(won=("Won",)))
    save(log, tmp_path / "datasets" / "Small")
    return tmp_path


def saved_as(app, name):
    app.text_input(key="views:name").set_value(name)
    return checked(button(app, "Save this view").click().run())


def test_a_view_keeps_page_filters_and_settings(root):
    query = {"exclude": "Ad", "case": "account", "map-types": "7"}
    app = saved_as(pages.opened("explore/stages", "Small", state=OPENED, **query), " Monday ")
    kept = load_views(root, "Small")["Monday"]
    # Accounts are what journeys are of anyhow, so the address doesn't say it.
    assert kept == SavedView("stages", {"exclude": "Ad", "map-types": "7"})
    assert app.text_input(key="views:name").value == ""


def test_views_are_offered_on_other_pages_and_go_when_removed(root):
    save_view(root, "Small", "Won ones", SavedView("stages", {"where.outcome": "won"}))
    app = pages.opened("explore/overview", "Small", state=OPENED)
    (link,) = [one.proto for one in app.main.get("page_link")]
    assert link.label == "Won ones :gray[Stages]"
    assert "where.outcome=won" in link.query_string
    assert "data=Small" in link.query_string
    app = checked(app.button(key="views:remove:Won ones").click().run())
    assert load_views(root, "Small") == {}
    assert not app.main.get("page_link")


@pytest.mark.parametrize("name", ["", "../x", "<script>alert(1)</script>", "[a](b)"])
def test_a_name_that_is_none_is_told_and_nothing_kept(root, name):
    app = saved_as(pages.opened("explore/stages", "Small", state=OPENED), name)
    assert "Not saved." in said(app)
    assert load_views(root, "Small") == {}


def test_hostile_values_come_back_as_they_were(root):
    name = "<b>&x=1#%2C,"
    app = pages.opened("explore/stages", "Small", state=OPENED, **{"map-show": name})
    saved_as(app, "Odd")
    assert load_views(root, "Small")["Odd"].query == {"map-show": name}


def test_views_that_cannot_be_read_are_told_and_the_page_works(root):
    file = root / "views" / "Small.json"
    file.parent.mkdir()
    file.write_text(json.dumps({"x": 1}), encoding="utf-8")
    app = pages.opened("explore/stages", "Small", state=OPENED)
    assert "can't be read" in said(app)
    assert "2 journeys" in said(app)


def test_a_view_of_a_page_that_is_gone_can_still_be_removed(root):
    save_view(root, "Small", "Old", SavedView("bygone", {}))
    app = pages.opened("explore/stages", "Small", state=OPENED)
    assert "Old: its page is gone" in said(app)
    checked(app.button(key="views:remove:Old").click().run())
    assert load_views(root, "Small") == {}
