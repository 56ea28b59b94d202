"""The page that foretells wins."""

from dataclasses import replace

import pytest
import streamlit as st

from tests import credited
from tests.ui import pages
from tests.ui.pages import flawless as checked
from tests.ui.pages import said


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    workspace = tmp_path_factory.mktemp("workspace")
    every = credited.WINS + credited.LOST + credited.OPEN
    folder = workspace / "datasets"
    credited.write(folder / "Full", every)
    credited.write(folder / "Unruled", every, model=replace(credited.MODEL, won=()))
    return workspace


@pytest.fixture(autouse=True)
def workspace(stored, monkeypatch):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(stored))
    st.cache_resource.clear()


def opened(data, **query):
    return checked(pages.opened("decide/forecast", data, **query))


def test_the_headline_and_the_figures_say_the_same():
    app = opened("Full")
    figures = {metric.label: metric.value for metric in app.metric}
    n = round(float(figures["Wins expected"]))
    assert app.title[0].value.startswith(f"About {n} win")
    assert "13 weeks" in app.title[0].value


def test_every_stage_opens_into_its_open_journeys():
    app = opened("Full")
    button = next(one for one in app.button if one.label.startswith("Attract"))
    assert button.label == "Attract **1**"
    listed = checked(button.click().run())
    assert any(
        "o" in one.value.get("account_id", ()).tolist()
        for one in listed.dataframe
        if "account_id" in one.value
    )


def test_the_weeks_ahead_can_be_changed():
    app = opened("Full")
    choice = next(one for one in app.button_group if "Weeks" in one.label)
    assert "next 4 weeks" in checked(choice.set_value(4).run()).title[0].value


@pytest.mark.parametrize(
    ("data", "query", "words"),
    [
        ("Unruled", {}, "Nothing counts as a win yet"),
        ("Full", {"to": "2026-01-01"}, "Nothing was won yet"),
    ],
)
def test_what_is_missing_is_said(data, query, words):
    app = opened(data, **query)
    assert words in said(app)
    assert not app.metric
