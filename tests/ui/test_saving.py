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
from journey.rules.score_rule import Rule
from journey.rules.scoring import ScoringRules
from journey.ui import saving
from journey.ui.act import not_buyer_forms, ownership_forms, score_drafts
from journey.ui.data import definition_forms
from journey.workspace import save_definitions
from tests.stores import store
from tests.ui.pages import choose, flawless, opened, press, said

ROWS = [("A", "2026-01-05", "Ad"), ("A", "2026-01-09", "Deal")]
OURS, THEIRS = Definitions(won=("Deal",)), Definitions(won=("Ad",))
CHANNELS = (ChannelRule("Letters", (Condition("medium", "is", ("letter",)),)),)


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
    monkeypatch.setattr(saving, "current_dataset", lambda: "Small")
    monkeypatch.setattr(saving, "add_note", told.append)
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


def theirs_saved(folder, **changed):
    """Somebody else saves other definitions."""
    held = load_definitions(folder / "definitions.toml")
    save_definitions(folder.parents[1], "Small", replace(held, **changed))


def test_definitions_being_edited_stay_when_others_save(folder):
    app = opened("data/definitions", "Small")
    app = flawless(app.number_input[0].set_value(45.0).run())
    theirs_saved(folder, won=("Ad",), ownership=Ownership(mql_hours=4))
    app = flawless(app.run())
    assert "Somebody else saved other definitions meanwhile" in said(app)
    assert "Both changed" not in said(app)
    assert app.number_input[0].value == 45.0
    assert "Somebody else" not in said(press(app, "Save"))
    saved = load_definitions(folder / "definitions.toml")
    assert (saved.dormancy_days, saved.won, saved.ownership.mql_hours) == (45.0, ("Ad",), 4.0)


def test_pressing_save_before_knowing_of_others_keeps_the_edits(folder):
    app = opened("data/definitions", "Small")
    app = flawless(app.number_input[0].set_value(45.0).run())
    theirs_saved(folder, dormancy_days=60.0)
    text = said(press(app, "Save"))
    assert "Not saved" in text
    assert "Both changed: days of silence" in text
    assert load_definitions(folder / "definitions.toml").dormancy_days == 60.0
    press(app, "Save")
    assert load_definitions(folder / "definitions.toml").dormancy_days == 45.0


def test_definitions_not_edited_are_shown_as_others_saved_them(folder):
    app = opened("data/definitions", "Small")
    theirs_saved(folder, dormancy_days=60.0)
    app = flawless(app.run())
    assert app.number_input[0].value == 60.0
    assert "Somebody else" not in said(app)


def hours_of(app, words):
    return next(one for one in app.number_input if one.label == words)


def owners(folder):
    return load_definitions(folder / "definitions.toml").ownership


def test_owners_being_edited_go_on_top_of_what_others_save(folder):
    app = choose(opened("act/ownership", "Small"), "Edit")
    hours_of(app, "Hours to answer an MQL").set_value(8.0)
    theirs_saved(folder, ownership=Ownership(sql_hours=2))
    app = press(app, "Save")
    assert owners(folder) == Ownership(mql_hours=8, sql_hours=2)
    assert hours_of(app, "Hours from SQL to opportunity").value == 2.0
    assert "Somebody else" not in said(app)


def test_owners_that_both_changed_are_told_before_any_is_lost(folder):
    app = choose(opened("act/ownership", "Small"), "Edit")
    hours_of(app, "Hours to answer an MQL").set_value(8.0)
    theirs_saved(folder, ownership=Ownership(mql_hours=2))
    app = press(app, "Save")
    assert "Both changed: hours to answer an MQL" in said(app)
    assert owners(folder) == Ownership(mql_hours=2)
    assert hours_of(app, "Hours to answer an MQL").value == 8.0
    press(app, "Save")
    assert owners(folder) == Ownership(mql_hours=8)


def test_owners_that_others_saved_can_be_shown(folder):
    app = choose(opened("act/ownership", "Small"), "Edit")
    theirs_saved(folder, ownership=Ownership(mql_hours=2))
    app = flawless(app.run())
    assert ownership_forms.OTHERS_SAVED in said(app)
    app = press(app, "Show theirs")
    assert hours_of(app, "Hours to answer an MQL").value == 2.0
    assert "Somebody else" not in said(app)


def test_saving_departments_leaves_the_other_form_alone(folder):
    app = choose(opened("act/ownership", "Small"), "Edit")
    names = next(one for one in app.multiselect if one.label == "Departments, in order")
    names.set_value(["Sales", "Marketing", "Service"])
    app = press(app, "Save departments")
    assert owners(folder).names == ("Sales", "Marketing", "Service")
    assert "Somebody else" not in said(app)


def test_scoring_rules_being_edited_stay_when_others_save(folder):
    app = choose(opened("act/lead_scores", "Small"), "Rules")
    half = hours_of(app, "Engagement halves after, days")
    app = flawless(half.set_value(14.0).run())
    theirs = replace(score_drafts.saved_rules(journey.open_log(folder)), most=50.0)
    theirs_saved(folder, scoring=theirs)
    app = flawless(app.run())
    assert "Somebody else saved other scoring rules meanwhile" in said(app)
    assert hours_of(app, "Engagement halves after, days").value == 14.0
    note = next(one for one in app.text_input if one.label.startswith("What was agreed"))
    app = flawless(note.set_value("Faster").run())
    app = press(app, "Save as version 1")
    saved = load_definitions(folder / "definitions.toml").scoring
    assert (saved.half_life_days, saved.most, saved.version) == (14.0, 50.0, 1)
    assert "Somebody else" not in said(app)


def domains_of(app, words):
    return next(one for one in app.text_area if one.label.startswith(words))


def test_rules_of_who_will_not_buy_being_edited_stay_when_others_save(folder):
    app = opened("act/lead_scores", "Small", state={"scores-view": "Not buyers"})
    app = flawless(domains_of(app, "Competitors").set_value("rival.com").run())
    theirs_saved(folder, not_buyers=NotBuyerRules(academic_domains=(".ac.uk",)))
    app = flawless(app.run())
    assert "Somebody else saved other rules meanwhile" in said(app)
    assert "Both changed" not in said(app)
    assert domains_of(app, "Competitors").value == "rival.com"
    assert domains_of(app, "Domains of schools").value == ".ac.uk"
    theirs_saved(folder, not_buyers=NotBuyerRules(("other.com",), (".ac.uk",)))
    text = said(press(app, "Save rules"))
    assert "Not saved" in text
    assert "Both changed: competitors' domains" in text.replace("\\", "")
    assert "Somebody else" not in said(press(app, "Save rules"))
    saved = load_definitions(folder / "definitions.toml").not_buyers
    assert saved == NotBuyerRules(("rival.com",), (".ac.uk",))


def test_rules_of_who_will_not_buy_not_edited_are_shown_as_others_saved_them(folder):
    app = opened("act/lead_scores", "Small", state={"scores-view": "Not buyers"})
    theirs_saved(folder, not_buyers=NotBuyerRules(("rival.com",), applications=("Ad",)))
    app = flawless(app.run())
    assert domains_of(app, "Competitors").value == "rival.com"
    assert "Somebody else" not in said(app)


RULES = tuple(Rule("fit", 10 * n, attribute="trade", one_of=(f"Trade {n}",)) for n in range(1, 5))
DEARER = replace(RULES[0], points=99)
CHEAPER = replace(RULES[2], points=1)


@pytest.mark.parametrize(
    ("theirs", "wanted", "told"),
    [
        # Theirs lacks the first, which was changed here: both can't be had, which is said.
        (RULES[1:], (DEARER, *RULES[1:3]), "Both changed: Rules."),
        ((*RULES[:2], CHEAPER), (DEARER, RULES[1], CHEAPER), None),
        ((RULES[3], *RULES[1:3]), (DEARER, *RULES[1:3]), "Both changed: rule 1."),
    ],
)
def test_no_scoring_rule_takes_the_place_of_another_unsaid(
    folder, monkeypatch, theirs, wanted, told
):
    monkeypatch.setattr(score_drafts.st, "session_state", {})
    monkeypatch.setattr(score_drafts, "current_dataset", lambda: "Small")
    theirs_saved(folder, scoring=ScoringRules(rules=RULES[:3]))
    draft = score_drafts.current_draft(journey.open_log(folder))
    score_drafts.take(draft.replacing(0, DEARER))
    theirs_saved(folder, scoring=ScoringRules(rules=theirs))
    draft = score_drafts.current_draft(journey.open_log(folder))
    assert draft.wanted.of("fit") == wanted
    words = score_drafts.saved_meanwhile()
    assert (told in words) if told else ("Both changed" not in words)


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
