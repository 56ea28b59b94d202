from dataclasses import replace

import pytest

from journey import Definitions, Stage, definition_gaps
from journey.analysis.quality.definition_gaps import GAP_COLUMNS
from journey.rules.ownership import Ownership, StageOwners
from journey.rules.score_rule import Rule
from journey.rules.scoring import ScoringRules
from journey.rules.stage_roles import StageRoles
from tests.examples import MODEL, small_log

ROWS = [("a", 0, "Ad"), ("a", 1, "Closed Won"), ("b", 0, "E-mail sent")]


def gaps(definitions, **columns):
    found = definition_gaps(small_log(ROWS, definitions, **columns))
    assert list(found.columns) == list(GAP_COLUMNS)
    return found[["rule", "stage", "item", "nearest"]].to_numpy().tolist()


def test_every_item_that_matches_nothing_is_listed_in_the_order_of_the_definitions():
    model = Definitions(
        stages=(
            Stage("Attract", ("Ad", "Radio"), channels=("Serach",)),
            Stage("Nurture", ("email_sent",), values=("MQL", "SQL")),
        ),
        won=("closed-won",),
        lost=("Lost",),
        no_decision=("Ad",),
    )
    found = gaps(model, stage=["MQL", None, None], channel=["Search", None, "Mail"])
    assert found == [
        ["touchpoints", "Attract", "Radio", None],
        ["channels", "Attract", "Serach", "Search"],
        ["touchpoints", "Nurture", "email_sent", "E-mail sent"],
        ["values", "Nurture", "SQL", "MQL"],
        ["won", None, "closed-won", "Closed Won"],
        ["lost", None, "Lost", None],
    ]


def test_a_log_without_the_column_matches_none_of_its_values():
    model = Definitions(stages=(Stage("A", values=("MQL",), channels=("Mail",)),))
    assert gaps(model) == [["values", "A", "MQL", None], ["channels", "A", "Mail", None]]


def test_what_matches_is_not_listed():
    model = Definitions(stages=(Stage("A", ("Ad", "E-mail sent")),), won=("Closed Won",))
    assert gaps(model) == []
    assert gaps(Definitions()) == []


@pytest.mark.parametrize("narrow", ["exclude", "group"])
def test_what_is_in_view_changes_nothing(narrow):
    model = Definitions(stages=(Stage("A", ("Ad",)),), won=("Closed Won",))
    log = small_log(ROWS, model)
    view = log.exclude("Ad") if narrow == "exclude" else log.group({"All": ["Ad", "Closed Won"]})
    assert definition_gaps(view).empty


def test_the_warning_says_what_is_meant_where_and_what_is_near():
    model = replace(MODEL, won=("Closed won",))
    found = definition_gaps(small_log(ROWS, model)).set_index("item")["warning"]
    assert found["Closed won"] == (
        "'Closed won' is to win a journey, but the log has no such touchpoint type. "
        "Did you mean 'Closed Won'?"
    )
    assert (
        found["Renewal"]
        == "'Renewal' is to enter 'Expand', but the log has no such touchpoint type."
    )


def test_an_empty_log_matches_nothing():
    log = small_log([], Definitions(won=("Won",)))
    assert definition_gaps(log)["item"].tolist() == ["Won"]


def test_a_stage_that_is_gone_is_told_wherever_it_is_named():
    model = Definitions(
        stages=(Stage("Attract", ("Ad", "E-mail sent", "Closed Won")), Stage("Close")),
        stage_roles=StageRoles(nurture=("Warm",)),
        scoring=ScoringRules(
            (
                Rule("engagement", 1, enters=("Attract", "Closed")),
                Rule("relationship", 1, stages=("Closed",)),
            )
        ),
        ownership=Ownership(stages=(StageOwners("Atract", ("Sales",)), StageOwners("Close"))),
    )
    assert gaps(model) == [
        ["stage_roles", None, "Warm", None],
        ["scoring", None, "Closed", "Close"],
        ["ownership", None, "Atract", "Attract"],
    ]
    assert definition_gaps(small_log(ROWS, model))["warning"].tolist() == [
        "'Warm' plays a part of the lifecycle, but is no stage.",
        "'Closed' gives points in a scoring rule, but is no stage. Did you mean 'Close'?",
        "'Atract' has owners or a promise, but is no stage. Did you mean 'Attract'?",
    ]
