"""The page of lead scores: the message, the matrix, the rule editor, the evidence."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
import streamlit as st

import journey
from journey import Definitions
from journey.definitions import load_definitions
from journey.rules.not_buyers import NotBuyerRules
from journey.rules.scoring import Qualification
from journey.ui.act.score_rules import by_touchpoints
from journey.workspace import save_definitions
from tests.analysis.scores.test_evidence import MODEL, ROWS, RULES
from tests.examples import small_log
from tests.stores import save
from tests.ui import pages
from tests.ui.pages import button, checked, said

OPEN = [("rival.com", 9, "Guide"), ("mit.edu", 9, "Ad")]


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTOLAN_WORKSPACE", str(tmp_path))
    st.cache_resource.clear()
    cases = sorted({row[0] for row in ROWS + OPEN})
    trades = ["Good" if case.startswith(("guide", "open")) else "Bad" for case in cases]
    accounts = pd.DataFrame({"account_id": cases, "trade": trades})
    scoring = replace(RULES, fit_grades=(10, 5, 1), engagement_grades=(10, 5, 1))
    rivals = NotBuyerRules(competitor_domains=("rival.com",))
    model = replace(MODEL, scoring=scoring, not_buyers=rivals)
    save(small_log(ROWS + OPEN, model, accounts=accounts), tmp_path / "datasets" / "Scored")
    plain = small_log([("a", 0, "Ad"), ("b", 1, "Ad")], Definitions())
    save(plain, tmp_path / "datasets" / "Plain")
    return tmp_path / "datasets"


def number_input(app, words):
    return next(one for one in app.number_input if one.label == words)


def selectbox(app, words):
    return next(one for one in app.selectbox if one.label == words)


def multiselect(app, words):
    return next(one for one in app.multiselect if one.label == words)


def opened(view="Leads", data="Scored", **query):
    return pages.opened("act/lead_scores", data, state={"scores-view": view}, **query)


@pytest.mark.usefixtures("workspace")
class TestLeads:
    def test_the_title_counts_open_leads_worth_a_call(self):
        app = opened()
        assert app.title[0].value == "1 of 3 open leads fits well and is engaged now"
        assert app.dataframe[0].value["grade"].tolist() == ["A2", "D2", "D4"]

    def test_a_past_day_is_named_as_chosen_with_what_is_known_as_of_now(self):
        assert "Only touches until then count" not in said(opened())
        text = said(opened(to="2026-01-09"))
        assert "As of 2026-01-09." in text
        assert "Only touches until then count. Attributes, and which visitor is whom" in text

    def test_all_journeys_are_in_the_matrix_where_asked_for(self):
        app = opened()
        which = next(one for one in app.segmented_control if one.label == "Which")
        checked(which.set_value("All journeys").run())
        assert "83 rows" in said(app)

    def test_who_will_not_buy_is_named_and_left_out_by_one_switch(self):
        app = opened("Not buyers")
        assert app.dataframe[0].value["account_id"].tolist() == ["rival.com", "mit.edu"]
        app.session_state["filters:opened"] = True
        app = checked(app.run())
        toggle = next(one for one in app.toggle if one.label == "Leave out who will not buy")
        checked(toggle.set_value(True).run())
        assert app.title[0].value == "1 of 1 open lead fits well and is engaged now"
        assert app.query_params["buyers"] == "only"

    def test_rules_of_who_will_not_buy_are_tried_then_saved(self, workspace):
        app = opened("Not buyers")
        field = next(one for one in app.text_area if one.label.startswith("Competitors"))
        assert field.value == "rival.com"
        assert button(app, "Save rules").disabled
        checked(field.set_value("rival.com\na@b").run())
        assert "a domain like rival" in app.error[0].value
        checked(field.set_value("").run())
        shown = {one.label: (one.value, one.delta) for one in app.metric}
        # The student stays; the rival alone was told by the list.
        assert shown["Competitors"] == ("0", "-1 against the rules saved")
        assert shown["Students"] == ("1", "")
        file = workspace / "Scored" / "definitions.toml"
        assert load_definitions(file).not_buyers.competitor_domains == ("rival.com",)
        checked(button(app, "Save rules").click().run())
        assert load_definitions(file).not_buyers.competitor_domains == ()
        assert app.dataframe[0].value["account_id"].tolist() == ["mit.edu"]

    def test_without_rules_fit_is_neutral_and_said_to_be(self):
        app = opened(data="Plain")
        assert app.title[0].value == "None of 2 open leads is engaged now"
        assert "No rule tells who fits" in said(app)
        for view in ("Rules", "Model", "Drivers", "Not buyers"):
            app.session_state["scores-view"] = view
            checked(app.run())


class TestRules:
    def test_other_thresholds_are_tried_then_saved_as_a_version(self, workspace):
        app = opened("Rules")
        assert (app.metric[0].value, app.metric[0].delta) == ("41", "as in force")
        checked(number_input(app, "MQL: fit from").set_value(0.0).run())
        # Five plain ones with a leaflet and the rival come in.
        assert (app.metric[0].value, app.metric[0].delta) == ("47", "+6 against 41 in force")
        assert button(app, "Save").disabled
        note = next(one for one in app.text_input if one.label.startswith("What was agreed"))
        checked(note.set_value("Fit matters less").run())
        checked(button(app, "Save as version 1").click().run())
        saved = load_definitions(workspace / "Scored" / "definitions.toml").scoring
        assert saved.mql == Qualification(0, 10, "thresholds")
        assert [(one.version, one.note) for one in saved.changes] == [(1, "Fit matters less")]

    def test_the_cap_of_a_score_is_saved_with_a_version(self, workspace):
        app = opened("Rules")
        checked(number_input(app, "Points of one score, at most").set_value(50.0).run())
        note = next(one for one in app.text_input if one.label.startswith("What was agreed"))
        checked(note.set_value("Half of it").run())
        checked(button(app, "Save as version 1").click().run())
        assert load_definitions(workspace / "Scored" / "definitions.toml").scoring.most == 50.0

    @pytest.mark.parametrize("most", [0.5, 5000.0])
    def test_all_numbers_that_definitions_allow_are_shown_and_changed(self, workspace, most):
        model = load_definitions(workspace / "Scored" / "definitions.toml")
        mql = Qualification(2000, 3000, "thresholds")
        rules = replace(model.scoring, most=most, half_life_days=0.25, mql=mql)
        save_definitions(workspace.parent, "Scored", replace(model, scoring=rules))
        app = opened("Rules")
        assert number_input(app, "Points of one score, at most").value == most
        assert number_input(app, "MQL: fit from").value == 2000.0
        half_life = number_input(app, "Engagement halves after, days")
        assert half_life.value == 0.25
        checked(half_life.set_value(2000.0).run())
        assert app.session_state["scores:draft"].wanted == replace(rules, half_life_days=2000)

    @pytest.mark.usefixtures("workspace")
    def test_a_rule_is_added_and_discarded(self):
        app = opened("Rules")
        checked(selectbox(app, "Looks at").set_value("Touchpoints").run())
        checked(multiselect(app, "Touchpoint types").set_value(["Ad"]).run())
        checked(button(app, "Add").click().run())
        draft = app.session_state["scores:draft"]
        assert draft.wanted.rules[-1].touchpoints == ("Ad",)
        checked(button(app, "Discard").click().run())
        assert len(app.session_state["scores:draft"].wanted.rules) == len(RULES.rules)

    def test_an_old_version_is_tried_and_saved_as_the_next(self, workspace):
        file = workspace / "Scored" / "definitions.toml"
        model = load_definitions(file)
        first = model.scoring.agreed(date(2026, 1, 1), "A start")
        second = replace(first, mql=Qualification(0, 10, "thresholds"))
        rules = second.agreed(date(2026, 2, 1), "Fit matters less")
        save_definitions(workspace.parent, "Scored", replace(model, scoring=rules))
        app = opened("Rules")
        assert "Choose a version" in said(app)
        app.session_state["scores:versions:2:rows"] = {"selection": {"rows": [1], "columns": []}}
        checked(app.run())
        words = said(app)
        told = f"MQL from fit {first.mql.fit:g} and engagement {first.mql.engagement:g}"
        assert told in words.replace("\\", "")
        assert "**41 MQLs** by its thresholds, -6 against 47 in force" in words
        checked(button(app, "Take version 1").click().run())
        assert app.metric[0].value == "41"
        checked(button(app, "Save as version 3").click().run())
        saved = load_definitions(file).scoring
        assert saved.mql == first.mql
        assert [one.note for one in saved.changes][2] == "Back to version 1"
        assert saved.changes[:2] == rules.changes

    @pytest.mark.usefixtures("workspace")
    def test_what_a_rule_looks_at_is_changed_and_the_effect_shown(self):
        app = opened("Rules")
        place = next(n for n, rule in enumerate(RULES.rules) if rule.one_of == ("Good",))
        checked(selectbox(app, "Rule").set_value(place).run())
        one_of = multiselect(app, "Is one of")
        assert one_of.value == ["Good"]
        checked(one_of.set_value(["Bad"]).run())
        before = app.metric[0].value
        checked(button(app, "Change").click().run())
        changed = app.session_state["scores:draft"].wanted.rules
        assert changed[place] == replace(RULES.rules[place], one_of=("Bad",))
        assert [*changed[:place], *changed[place + 1 :]] == [
            rule for n, rule in enumerate(RULES.rules) if n != place
        ]
        assert app.metric[0].value != before
        assert button(app, "Save").disabled  # no note yet

    @pytest.mark.usefixtures("workspace")
    def test_a_rule_that_looks_at_nothing_is_told(self):
        app = opened("Rules")
        checked(selectbox(app, "Looks at").set_value("Touchpoints").run())
        checked(button(app, "Add").click().run())
        assert "looks at nothing" in app.error[0].value


@pytest.mark.usefixtures("workspace")
class TestEvidence:
    def test_drivers_name_what_gives_points_for_nothing(self):
        app = opened("Drivers")
        assert "no difference is seen" in said(app)
        assert "never a cause" in said(app)

    def test_rules_that_the_data_do_not_support_are_named(self):
        app = opened("Model")
        assert "Too few" in said(app)  # wins to fit a model
        assert "The data don't support 1 rule" in said(app)


def test_words_beside_the_thresholds_say_where_touchpoints_count():
    log = small_log([("a", 0, "MQL"), ("b", 1, "Ad")], replace(MODEL, scoring=RULES))
    by_type = replace(RULES, mql=replace(RULES.mql, by="touchpoints"))
    view = log.with_definitions(replace(MODEL, scoring=by_type))
    frame = journey.what_if(view, by_type).query("milestone == 'mql'")
    told = "In force MQL goes by touchpoints, not thresholds: 1 in view, as on every page."
    assert by_touchpoints(view, "mql", by_type, frame) == told
    by_points = replace(RULES, mql=replace(RULES.mql, by="thresholds"))
    assert by_touchpoints(view, "mql", by_points, frame) == (
        f"{told} Once saved, thresholds count instead."
    )
    plain = log.with_definitions(replace(MODEL, scoring=by_points))
    assert by_touchpoints(plain, "mql", by_points, frame) is None
    assert by_touchpoints(plain, "mql", by_type, frame) == (
        "Once saved, MQL goes by touchpoints, not thresholds: 1 in view."
    )
