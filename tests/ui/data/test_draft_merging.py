"""Definitions edited by two at once: what one changed stays, what the other saved too."""

from dataclasses import replace

import pytest

from journey.definitions import Definitions, Stage
from journey.rules.scoring import ScoringRules
from journey.ui.data.draft_merging import rebased
from journey.ui.data.drafts import definitions_of, draft_of

MODEL = Definitions(
    stages=(Stage("Attract", ("Ad", "Visit")), Stage("Convert", ("Demo",))),
    won=("Won",),
    lost=("Lost",),
    dormancy_days=30.0,
)
DRAFT = draft_of(MODEL)
OTHER_STAGES = (Stage("Attract", ("Ad",)), Stage("Learn", ("Visit",)), Stage("Convert", ("Demo",)))


def merged(draft, theirs):
    wanted, both = rebased(draft, MODEL, theirs)
    assert wanted.begun_from == theirs
    return definitions_of(wanted), both


def test_a_draft_left_alone_is_what_they_saved():
    theirs = replace(MODEL, stages=OTHER_STAGES, dormancy_days=60.0)
    assert merged(DRAFT, theirs) == (theirs, [])


def test_what_is_not_edited_on_the_page_follows():
    scoring = ScoringRules(half_life_days=14)
    wanted, both = merged(replace(DRAFT, dormancy_days=45.0), replace(MODEL, scoring=scoring))
    assert (wanted.dormancy_days, wanted.scoring, both) == (45.0, scoring, [])


def test_touchpoints_are_put_together_one_by_one():
    theirs = replace(MODEL, won=("Won", "Demo"), lost=())
    wanted, both = merged(DRAFT.deciding("Visit", "no_decision"), theirs)
    assert (wanted.won, wanted.lost, wanted.no_decision) == (("Won", "Demo"), (), ("Visit",))
    assert both == []


def test_where_both_changed_the_same_ours_stays_and_is_told():
    theirs = replace(MODEL, dormancy_days=60.0, won=())
    draft = replace(DRAFT, dormancy_days=45.0).deciding("Won", "lost")
    wanted, both = merged(draft, theirs)
    assert (wanted.dormancy_days, wanted.won, wanted.lost) == (45.0, (), ("Lost", "Won"))
    assert set(both) == {"days of silence", "what touchpoints decide"}


def test_a_change_that_both_made_alike_is_none():
    assert merged(replace(DRAFT, dormancy_days=60.0), replace(MODEL, dormancy_days=60.0))[1] == []


def test_a_type_follows_its_stage_to_another_place():
    # Demo was moved to Attract here; there Learn came between, so that Convert is the third.
    wanted, both = merged(DRAFT.entering("Demo", "Attract"), replace(MODEL, stages=OTHER_STAGES))
    assert [(one.name, one.touchpoints) for one in wanted.stages] == [
        ("Attract", ("Ad", "Demo")),
        ("Learn", ("Visit",)),
        ("Convert", ()),
    ]
    assert both == []


def test_a_stage_renamed_there_keeps_its_types_beside_one_added_here():
    theirs = replace(MODEL, stages=(MODEL.stages[0], Stage("Close", ("Demo",))))
    wanted, both = merged(DRAFT.adding_stage(), theirs)
    assert [(one.name, one.touchpoints) for one in wanted.stages] == [
        ("Attract", ("Ad", "Visit")),
        ("Close", ("Demo",)),
        ("New stage", ()),
    ]
    assert both == []


def test_stages_added_on_both_sides_are_told():
    wanted, both = merged(DRAFT.adding_stage(), replace(MODEL, stages=OTHER_STAGES))
    assert wanted.stage_names == ("Attract", "Convert", "New stage")
    assert both == ["which stages there are"]


@pytest.mark.parametrize("theirs", [MODEL, replace(MODEL, won=())])
def test_a_file_stays_whole(theirs):
    file = draft_of(replace(MODEL, lost=()))
    assert rebased(file, MODEL, theirs) == (file, ["all that your file says"])
