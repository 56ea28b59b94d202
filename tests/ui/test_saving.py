"""Whoever saves from a page that is out of date takes nothing of what others saved."""

from dataclasses import replace

import pytest
import streamlit as st

import journey
from journey.costs import ENTERED_FILE
from journey.definitions import Definitions, load_definitions
from journey.rules.channels import ChannelRule, Condition
from journey.rules.not_buyers import NotBuyerRules
from journey.rules.ownership import Ownership
from journey.ui.act import not_buyer_forms, ownership_forms, score_drafts
from journey.ui.data import definition_forms
from journey.workspace import save_definitions
from tests.stores import store
from tests.ui.pages import choose, opened, press, said

ROWS = [("A", "2026-01-05", "Ad"), ("A", "2026-01-09", "Deal")]
OURS, THEIRS = Definitions(won=("Deal",)), Definitions(won=("Ad",))
CHANNELS = (ChannelRule("Letters", (Condition("medium", "is", ("letter",)),)),)
MODULES = (not_buyer_forms, ownership_forms, score_drafts, definition_forms)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    store(ROWS, tmp_path / "datasets" / "Small")
    save_definitions(tmp_path, "Small", OURS)
    return tmp_path / "datasets" / "Small"


@pytest.fixture
def notes(monkeypatch):
    told = []
    for module in MODULES:
        monkeypatch.setattr(module, "current_dataset", lambda: "Small")
        monkeypatch.setattr(module, "add_note", told.append)
    return told


@pytest.mark.parametrize(
    "save",
    [
        lambda log: not_buyer_forms._save(log, NotBuyerRules(("rival.com",))),
        lambda log: ownership_forms.save_ownership(log.definitions, Ownership(mql_hours=4)),
        lambda log: score_drafts.save(log, score_drafts.saved_rules(log), "Agreed"),
        lambda log: definition_forms._save(replace(OURS, lost=("Ad",)), log),
    ],
)
def test_what_was_saved_since_the_page_was_drawn_stays(folder, notes, save):
    log = journey.open_log(folder)
    save_definitions(folder.parents[1], "Small", THEIRS)
    save(log)
    assert load_definitions(folder / "definitions.toml") == THEIRS
    assert "Not saved" in notes[0]
    assert "changed meanwhile" in notes[0]
    save(journey.open_log(folder))
    assert notes[1].startswith("Saved")
    assert load_definitions(folder / "definitions.toml") != THEIRS


def test_rules_of_rows_are_not_applied_to_definitions_that_were_changed(folder):
    app = opened("data/definitions", "Small")
    held = OURS.fingerprint
    app.session_state[definition_forms._TO_REBUILD] = held, replace(OURS, channels=CHANNELS)
    save_definitions(folder.parents[1], "Small", THEIRS)
    assert "definitions were changed meanwhile" in said(app.run())
    assert load_definitions(folder / "definitions.toml") == THEIRS


def test_costs_entered_since_the_page_was_drawn_stay(folder):
    text = "month,kind,channel,campaign,cost,currency\n2026-01,labour,,,{},EUR\n"
    file = folder / ENTERED_FILE
    file.write_text(text.format("1.0"))
    app = opened("decide/costs", "Small")
    app = choose(app, "Enter costs")
    file.write_text(text.format("2.0"))
    assert "costs were changed meanwhile" in said(press(app, "Save costs"))
    assert file.read_text() == text.format("2.0")
    assert "changed meanwhile" not in said(press(app, "Save costs"))
    assert file.read_text() == text.format("2.0")
