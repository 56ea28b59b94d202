"""Definitions that don't fit the data are named on every page whose figures rest on them."""

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.definitions import Definitions, Stage
from journey.ui.text import NO_FIGURE
from journey.workspace import save_definitions
from tests.stores import store

REPOSITORY = Path(__file__).parents[2]
ROWS = [("a", "2026-01-01", "Ad"), ("a", "2026-01-03", "**Closed Won**"), ("b", "2026-01-04", "Ad")]
FITTING = Definitions(stages=(Stage("Attract", ("Ad",)),), won=("**Closed Won**",))
AMISS = Definitions(stages=(Stage("Attract", ("Ad", "Radio")),), won=("closed won",))


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    for name, model in (("Fitting", FITTING), ("Amiss", AMISS)):
        store(ROWS, tmp_path / "datasets" / name)
        save_definitions(tmp_path, name, model)
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()


def opened(page, data):
    app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
    app.query_params["data"] = data
    app.switch_page(f"pages/{page}.py")
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize(
    "page", ["explore/overview", "explore/stages", "act/stalled_accounts", "data/definitions"]
)
def test_what_matches_nothing_is_named_with_what_is_near(page):
    app = opened(page, "Amiss")
    warning = next(one for one in app.expander if "definitions" in one.label)
    assert warning.label == "2 rules of the definitions name what these data don't have"
    words = warning.markdown[0].value
    assert "Radio" in words
    # A name from the data is shown as it is, not as Markdown.
    assert r"Did you mean \'\*\*Closed Won\*\*\'\?" in words


def test_definitions_that_fit_are_not_spoken_of():
    app = opened("explore/overview", "Fitting")
    assert not [one.label for one in app.expander if "definitions" in one.label]


def test_a_rule_that_matches_nothing_is_no_winning_rule():
    app = opened("explore/overview", "Amiss")
    assert app.title[0].value.endswith("no win is defined")
    won = next(one for one in app.metric if one.label == "Won")
    assert won.value == NO_FIGURE
    assert next(one for one in opened("explore/overview", "Fitting").metric).value == "2"
