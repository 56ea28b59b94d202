"""The page on which the rules for channels are changed, tried and applied."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import journey
from journey.definitions import load_definitions
from journey.rules.channels import ChannelRule, Condition, default_rules
from journey.ui.data.channel_forms import NO_CHANNEL
from journey.ui.data.imports import current_import
from journey.workspace import save_definitions

REPOSITORY = Path(__file__).parents[2]
VISITS = """\
account,when,event,page_url,referrer,channel
A,2026-01-01,Visit,https://acme.example/,https://www.google.com/,
A,2026-01-02,Visit,https://acme.example/,https://partner.example/,
A,2026-01-03,Visit,https://acme.example/,,
B,2026-01-04,Call,,,Sales
B,2026-01-05,Visit,https://acme.example/,https://partner.example/,
B,2026-01-06,Letter,,,
"""
PARTNERS = ChannelRule("Partners", (Condition("source", "contains", ("partner",)),))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    path = folder / "visits.csv"
    path.write_text(VISITS)
    journey.read_touchpoints(path, into=folder / "datasets" / "Visits")
    return folder


@pytest.fixture(autouse=True)
def workspace(made, tmp_path, monkeypatch):
    shutil.copytree(made / "datasets", tmp_path / "datasets")
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    return tmp_path


def checked(app):
    assert not app.exception
    return app


def opened():
    app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=60)
    app.switch_page("pages/data/channels.py")
    return checked(app.run())


def button(app, label):
    return next(one for one in app.button if label in one.label)


def press(app, label):
    return checked(button(app, label).click().run())


def counts(app):
    """Touchpoints by channel: as they are and as they would be."""
    frame = app.dataframe[0].value
    return {row.channel: (row.n_before, row.n_after) for row in frame.itertuples()}


def listed(app):
    return [re.sub(r"\\(.)", r"\1", name) for name in app.table[0].value["Channel"]]


def write_rule(app, channel, kind, values):
    app.text_input[0].set_value(channel)
    app.selectbox(key=next(b.key for b in app.selectbox if b.label == "Condition 1")).set_value(
        kind
    )
    box = next(b for b in app.multiselect if b.label == "Values 1")
    box.set_value(values)
    return press(app, "the rule")


def choose(app, place):
    next(b for b in app.selectbox if b.label == "Rule").set_value(place)
    return checked(app.run())


def test_it_shows_the_rules_and_what_they_make():
    app = opened()
    assert listed(app) == [rule.channel for rule in default_rules()]
    assert counts(app) == {
        "Referral": (2, 2),
        "Direct": (1, 1),
        "Organic Search": (1, 1),
        "Sales": (1, 1),
        NO_CHANNEL: (1, 1),
    }
    assert button(app, "Apply").disabled
    assert button(app, "Reset").disabled
    assert any("1 touchpoint got the channel from the data" in one.value for one in app.caption)


def test_a_new_rule_is_previewed_then_applied(workspace):
    app = choose(opened(), -1)
    app = write_rule(app, "Partners", "source_contains", ["partner"])
    assert listed(app)[0] == "Partners"
    assert counts(app)["Partners"] == (0, 2)
    assert counts(app)["Referral"] == (2, 0)
    folder = workspace / "datasets" / "Visits"
    assert load_definitions(folder / "definitions.toml").channels == default_rules()
    press(app, "Apply")
    for _ in range(600):
        job = current_import(workspace)
        if job is None or job.state != "running":
            break
        job.stop.wait(0.1)
    app = checked(app.run())
    assert load_definitions(folder / "definitions.toml").channels == (PARTNERS, *default_rules())
    assert counts(app)["Partners"] == (2, 2)
    log = journey.open_log(folder)
    assert "Partners" in log.filter_values("channel")
    assert "Sales" in log.filter_values("channel")


def test_rules_move_and_go():
    app = choose(opened(), 1)
    app = press(app, "Move up")
    assert listed(app)[:3] == ["Cross-network", "Direct", "Paid Shopping"]
    assert button(app, "Move up").disabled
    app = press(app, "Move down")
    assert listed(app)[:3] == ["Direct", "Cross-network", "Paid Shopping"]
    app = press(app, "Remove")
    assert listed(app)[:2] == ["Direct", "Paid Shopping"]
    app = press(app, "Discard")
    assert listed(app) == [rule.channel for rule in default_rules()]


def test_a_rule_that_can_not_be_used_says_why_and_changes_nothing():
    app = choose(opened(), -1)
    app = write_rule(app, "Broken", "source_regex", ["(?=x)"])
    assert any("no regular expression" in one.value.replace("\\", "") for one in app.error)
    assert listed(app) == [rule.channel for rule in default_rules()]
    app = write_rule(app, "", "source", ["x"])
    assert any("Give it a word" in one.value.replace("\\", "") for one in app.error)
    app = write_rule(app, "Again", "medium", ["organic"])
    assert any("asks the same" in one.value.replace("\\", "") for one in app.error)
    app = write_rule(app, "Fine", "medium", ["postcard"])
    assert not app.error
    assert listed(app)[0] == "Fine"


def test_the_default_comes_back(workspace):
    name = "**Hostile** $x$"
    rule = ChannelRule(name, (Condition("medium", "is", ("",)),))
    definitions = load_definitions(workspace / "datasets" / "Visits" / "definitions.toml")
    save_definitions(workspace, "Visits", replace(definitions, channels=(rule,)))
    app = opened()
    assert listed(app) == [name]
    app = press(app, "Reset")
    assert listed(app) == [rule.channel for rule in default_rules()]


def test_rules_saved_but_not_yet_applied_can_be_applied(workspace):
    definitions = load_definitions(workspace / "datasets" / "Visits" / "definitions.toml")
    save_definitions(workspace, "Visits", replace(definitions, channels=()))
    app = opened()
    assert listed(app) == []
    # The letter has no source; the call's channel is given.
    assert counts(app) == {
        NO_CHANNEL: (1, 5),
        "Sales": (1, 1),
        "Referral": (2, 0),
        "Direct": (1, 0),
        "Organic Search": (1, 0),
    }
    assert not button(app, "Apply").disabled
    assert button(app, "Add the rule")
