"""The page that shares out credit for wins."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from journey.ui.decide.attribution_spend import amounts_text
from tests import credited

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    workspace = tmp_path_factory.mktemp("workspace")
    every = credited.WINS + credited.LOST + credited.OPEN
    folder = workspace / "datasets"
    credited.write(folder / "Full", every)
    credited.write(folder / "Unruled", every, model=replace(credited.MODEL, won=()))
    credited.write(folder / "Lost", credited.LOST + credited.WINS[:2])
    # The 10 wins by Mail and then Fair are worth 1,000 each, the 30 by Ads and then Mail 100.
    unequal = [(*row[:5], 1_000.0 if row[0] >= "w30" and row[5] else row[5]) for row in every]
    credited.write(folder / "Unequal", unequal)
    credited.write(folder / "Plain", every, with_channel=False, with_cost=False)
    return workspace


@pytest.fixture(autouse=True)
def workspace(stored, monkeypatch):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(stored))
    st.cache_resource.clear()
    return stored


def opened(data="Full", **query):
    app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
    for name, value in ({"data": data} | query).items():
        app.query_params[name] = value
    app.switch_page("pages/decide/attribution.py")
    return checked(app.run())


def checked(app):
    assert not app.exception
    assert not app.error
    return app


def said(app):
    return " ".join(one.value for one in (*app.markdown, *app.title, *app.caption))


def labels(app):
    return [button.label for button in app.button]


def table(app, column):
    return next(one.value for one in app.dataframe if column in one.value.columns)


def choose(app, label):
    control = next(one for one in app.get("button_group") if label in one.options)
    return checked(control.set_value(label).run())


def test_it_says_where_models_disagree_and_what_is_left_out():
    text = said(opened())
    assert "First touch credits it with 30 of 40 wins, Last touch with 0" in text
    assert "1 open journey" in text
    assert "<b>Mail" not in text.replace(r"\<b\>", "")


def test_counts_open_into_their_wins():
    app = opened()
    assert {"All wins **40**", "On the way of **30**", "First touch of **30**"} <= set(labels(app))
    pressed = next(button for button in app.button if button.label == "On the way of **30**")
    app = checked(pressed.click().run())
    assert "**30 journeys**" in said(app)


def test_the_picker_begins_with_whom_the_chart_tells_of_in_what_is_counted():
    # Wins: Ads has 75 % by first touch, none by last. Value: Fair has 10 of 13 thousand by last
    # touch, none by first.
    app = opened("Unequal")
    assert next(one for one in app.selectbox if one.label == "Open wins of").value == "Ads"
    app = choose(app, "Value")
    assert next(one for one in app.selectbox if one.label == "Open wins of").value == "Fair"


def test_the_table_follows_the_model():
    app = opened()
    markov = table(app, "n_conversions")
    assert "removal_effect" in markov
    last = table(choose(app, "Last touch"), "n_conversions")
    assert dict(zip(last["channel"], last["n_conversions"], strict=True)) == {
        credited.HOSTILE: 30.0,
        "Fair": 10.0,
        "Ads": 0.0,
    }


def test_return_on_spend():
    # Ads cost 2 on each of 35 journeys and get 3,000 of value by first touch: 3,000 / 70 = 42.9.
    app = choose(opened(), "First touch")
    spend = table(app, "return_on_spend").set_index("channel")
    assert spend.loc["Ads", ["spend", "return_on_spend"]].tolist() == [70.0, 42.9]
    assert spend.loc[credited.HOSTILE, "note"] == "no cost known"


def test_value_and_other_units():
    app = opened()
    assert "3,000 of 4,000 value won" in said(choose(app, "Value"))
    units = next(one for one in app.selectbox if one.label == "Credit goes to")
    assert units.options == ["Channel", "Touchpoint type"]
    assert (
        "Touch"
        in table(checked(units.set_value("touchpoint").run()), "share")["touchpoint"].tolist()
    )


@pytest.mark.parametrize(
    ("data", "query", "words"),
    [
        ("Unruled", {}, "Nothing counts as a win yet"),
        ("Lost", {"to": "2026-01-01"}, "No journey in view is won"),
        ("Plain", {}, "This data set has no channels"),
        ("Plain", {}, "No cost is known of any touchpoint type"),
        ("Full", {"to": "2020-01-01"}, "No journeys match"),
    ],
)
def test_what_is_missing_is_said(data, query, words):
    assert words in said(opened(data, **query))


def test_filters_narrow_the_credit():
    assert "All wins **40**" in labels(opened())
    app = opened(**{"where.channel": "Ads"})
    assert "Ads" in table(app, "share")["channel"].tolist()
    assert credited.HOSTILE not in table(app, "share")["channel"].tolist()


def test_what_was_spent_in_several_currencies_is_not_added_up():
    spent = pd.DataFrame({"currency": ["EUR", "USD", "EUR", "GBP"], "spend": [600, 500, 400, 0]})
    assert amounts_text(spent) == "1,000 EUR and 500 USD"
    assert amounts_text(spent.assign(currency=None)) == "1,500"
    assert amounts_text(spent.iloc[:0]) == ""
