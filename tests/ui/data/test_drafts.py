from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.definitions import Definitions, Stage
from journey.errors import DefinitionsError
from journey.rules.meanings import Meanings
from journey.rules.ownership import Ownership, StageOwners
from journey.rules.score_rule import Rule
from journey.rules.scoring import ScoringRules
from journey.rules.stage_roles import StageRoles
from journey.ui.data.drafts import definitions_of, draft_of

MODEL = Definitions(
    stages=(
        Stage("Attract", ("Ad", "Visit"), channels=("web",)),
        Stage("Convert", ("Demo",), values=("SQL",)),
    ),
    won=("Won",),
    lost=("Lost",),
    dormancy_days=30.0,
    expected_roles=("CFO",),
)
DRAFT = draft_of(MODEL)


def stages(draft):
    return [(stage.name, stage.touchpoints) for stage in definitions_of(draft).stages]


def test_a_draft_left_alone_gives_the_same_definitions():
    assert definitions_of(DRAFT) == MODEL


def test_a_type_enters_one_stage_only():
    assert stages(DRAFT.entering("Ad", "Convert")) == [
        ("Attract", ("Visit",)),
        ("Convert", ("Demo", "Ad")),
    ]
    assert stages(DRAFT.entering("Ad", None)) == [("Attract", ("Visit",)), ("Convert", ("Demo",))]


def test_choosing_what_is_chosen_changes_nothing():
    assert DRAFT.entering("Ad", "Attract") is DRAFT
    assert DRAFT.deciding("Won", "won") is DRAFT
    assert DRAFT.entering("New", None) is DRAFT


def test_a_type_decides_one_outcome_only():
    changed = definitions_of(DRAFT.deciding("Won", "lost").deciding("Demo", "won"))
    assert (changed.won, changed.lost) == (("Demo",), ("Lost", "Won"))
    assert definitions_of(DRAFT.deciding("Won", None)).won == ()


def test_a_renamed_stage_keeps_its_types_and_rules():
    first = DRAFT.stages[0]
    renamed = definitions_of(DRAFT.with_stage(type(first)(0, " Aware ", channels=("web",))))
    assert renamed.stages[0] == Stage("Aware", ("Ad", "Visit"), channels=("web",))


def test_types_of_a_removed_stage_enter_none():
    assert stages(DRAFT.removing_stage(0)) == [("Convert", ("Demo",))]
    again = DRAFT.removing_stage(0).adding_stage()
    assert stages(again) == [("Convert", ("Demo",)), ("New stage", ())]


def test_added_stages_have_names_of_their_own():
    names = [stage.name for stage in DRAFT.adding_stage().adding_stage().stages]
    assert len(set(names)) == 4


@given(number=st.integers(0, 1), places=st.integers(-5, 5))
def test_moving_a_stage_keeps_all_stages(number, places):
    moved = DRAFT.moving_stage(number, places)
    assert sorted(stage.number for stage in moved.stages) == [0, 1]
    # Of two stages, a move in the other's direction swaps them, any other leaves them.
    swaps = places > 0 if number == 0 else places < 0
    assert [stage.number for stage in moved.stages] == ([1, 0] if swaps else [0, 1])


@pytest.mark.parametrize(("name", "message"), [(" ", "no name"), ("Convert", "twice")])
def test_what_can_not_be_used_is_told(name, message):
    first = DRAFT.stages[0]
    with pytest.raises(DefinitionsError, match=message):
        definitions_of(DRAFT.with_stage(type(first)(0, name)))


def test_parts_go_by_names_until_one_is_chosen_and_then_stay_with_their_stage():
    named = DRAFT.playing(1, "expand")
    assert [named.role_of(stage) for stage in named.stages] == ["attract", "expand"]
    renamed = named.with_stage(replace(named.stages[0], name="Zebra"))
    roles = definitions_of(renamed).stage_roles
    # Zebra sounds like nothing, but was Attract.
    assert roles.of(["Zebra", "Convert"]) == {"Zebra": "attract", "Convert": "expand"}
    assert draft_of(definitions_of(renamed)).roles == {0: "attract", 1: "expand"}


def test_a_stage_keeps_the_part_its_name_told_when_it_is_renamed():
    renamed = DRAFT.with_stage(replace(DRAFT.stages[0], name="Zebra "))
    told = definitions_of(renamed).stage_roles
    assert told.of(["Zebra", "Convert"]) == {"Zebra": "attract", "Convert": "convert"}
    assert draft_of(definitions_of(renamed)).roles == {0: "attract", 1: "convert"}
    # A name that tells the same part leaves all to names, and a new stage tells its own.
    other = DRAFT.with_stage(replace(DRAFT.stages[0], name="Awareness")).adding_stage()
    assert definitions_of(other).stage_roles == StageRoles()
    assert other.role_of(replace(other.stages[2], name="Nurture")) == "nurture"


def test_a_stage_can_play_no_part():
    roles = definitions_of(DRAFT.playing(0, None)).stage_roles
    assert roles.of(["Attract", "Convert"]) == {"Attract": None, "Convert": "convert"}


def test_what_a_type_means_is_told_by_hand_and_the_rest_stays():
    types = ["MQL", "Handed over", "SQL"]
    told = definitions_of(DRAFT.meaning("Handed over", ["mql"], types)).meanings
    assert told == Meanings(mql=("MQL", "Handed over"))
    assert DRAFT.meaning("MQL", ["mql"], types).meanings == Meanings()
    none = DRAFT.meaning("SQL", [], types).meanings
    assert none.of_type("SQL") == ()
    assert none.of_type("MQL") == ("mql",)


def test_a_new_stage_takes_nothing_from_one_that_was_removed():
    owned = replace(
        MODEL,
        ownership=Ownership(stages=(StageOwners("Convert", leads=("Sales",)),)),
        stage_roles=StageRoles(attract=("Attract",), convert=("Convert",)),
    )
    draft = draft_of(owned).removing_stage(1)
    assert 1 not in draft.roles
    assert "Convert" not in str(definitions_of(draft).stage_roles)
    again = draft.adding_stage()
    assert [stage.number for stage in again.stages] == [0, 2]
    assert again.role_of(again.stages[1]) is None
    assert "New stage" not in str(definitions_of(again).ownership)
    # Added and removed again, it is the draft it was.
    assert draft_of(owned).adding_stage().removing_stage(2) == draft_of(owned)


def test_rules_of_scores_follow_a_stage_to_its_new_name():
    rules = ScoringRules((Rule("relationship", 5, stages=("Convert",)),))
    draft = draft_of(replace(MODEL, scoring=rules))
    renamed = definitions_of(draft.with_stage(replace(draft.stages[1], name="Close")))
    assert renamed.scoring.rules[0].stages == ("Close",)
