"""Definitions edited by two at once: what one changed stays, what the other saved too."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_stages_added_on_both_sides_stay_with_their_types():
    wanted, both = merged(DRAFT.adding_stage(), replace(MODEL, stages=OTHER_STAGES))
    assert [(one.name, one.touchpoints) for one in wanted.stages] == [
        ("Attract", ("Ad",)),
        ("Learn", ("Visit",)),
        ("Convert", ("Demo",)),
        ("New stage", ()),
    ]
    assert both == []


def test_stages_that_both_added_and_nobody_named_are_told_apart():
    theirs = definitions_of(DRAFT.adding_stage().adding_stage())
    wanted, both = merged(DRAFT.adding_stage(), theirs)
    assert set(wanted.stage_names) == {*theirs.stage_names, "New stage 3"}
    assert both == []


def test_an_order_that_both_changed_is_told():
    model = replace(MODEL, stages=tuple(Stage(name) for name in "ABC"))
    theirs = replace(model, stages=tuple(Stage(name) for name in "BAC"))
    wanted, both = rebased(draft_of(model).moving_stage(2, -2), model, theirs)
    assert definitions_of(wanted).stage_names == ("C", "A", "B")
    assert both == ["the order of stages"]


class TestAStageThatOneSideRemoved:
    MODEL = Definitions(stages=(Stage("A", ("Ad",)), Stage("B", ("Demo",)), Stage("C", ("Call",))))
    DRAFT = draft_of(MODEL)
    TOLD = "which stages there are"

    def merged(self, mine, theirs):
        """The stages with their types, and what is told, where both sides edit the draft."""
        wanted, both = rebased(mine, self.MODEL, definitions_of(theirs))
        return {one.name: one.touchpoints for one in definitions_of(wanted).stages}, both

    def test_stays_with_its_types_where_a_type_was_put_in_here(self):
        stages, both = self.merged(self.DRAFT.entering("Ad", "C"), self.DRAFT.removing_stage(2))
        assert stages == {"A": (), "B": ("Demo",), "C": ("Ad", "Call")}
        assert both == [self.TOLD]

    def test_stays_with_its_types_where_it_was_renamed_here(self):
        renamed = self.DRAFT.with_stage(replace(self.DRAFT.stages[1], name="Show"))
        stages, both = self.merged(renamed, self.DRAFT.removing_stage(1))
        assert stages == {"A": ("Ad",), "Show": ("Demo",), "C": ("Call",)}
        assert self.TOLD in both

    def test_keeps_the_part_that_its_name_gave_it_where_it_was_renamed_here(self):
        model = Definitions(stages=(Stage("Attract"), Stage("Capture"), Stage("Convert")))
        draft = draft_of(model)
        renamed = draft.with_stage(replace(draft.stages[1], name="Forms"))
        wanted, _ = rebased(renamed, model, definitions_of(draft.removing_stage(1)))
        played = {"Attract": "attract", "Forms": "capture", "Convert": "convert"}
        assert definitions_of(wanted).stage_roles.of(played) == played

    def test_stays_where_it_was_given_a_part_here(self):
        played = self.DRAFT.playing(2, "expand")
        wanted, both = rebased(played, self.MODEL, definitions_of(self.DRAFT.removing_stage(2)))
        assert definitions_of(wanted).stage_roles.of(("A", "B", "C"))["C"] == "expand"
        assert both == [self.TOLD]

    def test_keeps_out_a_type_that_they_gave_another_stage(self):
        theirs = self.DRAFT.entering("Call", "B").removing_stage(2)
        stages, both = self.merged(self.DRAFT.entering("Ad", "C"), theirs)
        assert stages == {"A": (), "B": ("Demo", "Call"), "C": ("Ad",)}
        assert both == [self.TOLD]

    @pytest.mark.parametrize(("name", "of_a"), [("Ad", ("Ad",)), ("Letter", ("Ad",))])
    def test_is_gone_where_it_was_removed_here_and_its_types_stay_where_they_are(self, name, of_a):
        mine, theirs = self.DRAFT.removing_stage(2), self.DRAFT.entering(name, "C")
        stages, both = self.merged(mine, theirs)
        assert stages == {"A": of_a, "B": ("Demo",)}
        assert both == [self.TOLD]

    def test_is_gone_without_a_word_where_the_other_left_it_alone(self):
        stages, both = self.merged(self.DRAFT, self.DRAFT.removing_stage(2))
        assert (stages, both) == ({"A": ("Ad",), "B": ("Demo",)}, [])
        stages, both = self.merged(self.DRAFT.removing_stage(2), self.DRAFT.entering("Ad", "B"))
        assert (stages, both) == ({"A": (), "B": ("Demo", "Ad")}, [])

    def test_is_told_where_both_leave_none_together(self):
        mine, theirs = self.DRAFT.removing_stage(0), self.DRAFT.removing_stage(1).removing_stage(2)
        wanted, both = rebased(mine, self.MODEL, definitions_of(theirs))
        assert (wanted.stages, both) == ((), [self.TOLD])
        none = mine.removing_stage(1).removing_stage(2)
        assert rebased(none, self.MODEL, self.MODEL)[1] == []


def test_a_part_of_a_stage_they_added_stays_beside_one_given_here():
    # By their names Attract and Convert play the parts they are called after.
    draft = DRAFT.playing(1, "expand")
    theirs = draft_of(MODEL).adding_stage().playing(2, "nurture")
    wanted, both = merged(draft, definitions_of(theirs))
    played = {"Attract": "attract", "Convert": "expand", "New stage": "nurture"}
    assert wanted.stage_roles.of(wanted.stage_names) == played
    assert both == []


TYPES, NAMES = ("Ad", "Visit", "Demo", "Call"), ("A", "B", "C")
WIDE = Definitions(
    stages=tuple(Stage(name, (held,)) for name, held in zip(NAMES, TYPES, strict=False))
)
EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("enter"), st.sampled_from(TYPES), st.integers(0, 4)),
        st.tuples(st.just("remove"), st.integers(0, 4)),
        st.tuples(st.just("move"), st.integers(0, 4), st.integers(-2, 2)),
        st.tuples(st.just("add")),
    ),
    max_size=5,
)


def edited(edits, new_name):
    """A draft after edits; stages that are added are called after who adds them."""
    draft = draft_of(WIDE)
    for what, *how in edits:
        names = {one.number: one.name for one in draft.stages}
        if what == "add":
            draft = draft.adding_stage()
            draft = draft.with_stage(
                replace(draft.stages[-1], name=f"{new_name}{draft.next_number}")
            )
        elif what == "enter":
            draft = draft.entering(how[0], names.get(how[1]))
        elif how[0] in names and len(names) > 1:
            is_moved = what == "move"
            draft = draft.moving_stage(*how) if is_moved else draft.removing_stage(how[0])
    return draft


@given(EDITS, EDITS)
def test_what_one_side_changed_and_the_other_left_alone_is_never_lost_unsaid(ours, others):
    begun, mine, theirs = draft_of(WIDE), edited(ours, "mine"), edited(others, "theirs")
    wanted, both = rebased(mine, WIDE, definitions_of(theirs))
    names = {one.name for one in wanted.stages}
    here, there = ({one.name for one in side.stages} for side in (mine, theirs))
    assert names >= here - set(NAMES)  # all that were added
    assert both or names >= there - set(NAMES)  # one instead of a stage removed here is told
    assert names <= here | there
    assert set(wanted.entered.values()) <= {one.number for one in wanted.stages}
    for name in TYPES:
        was, ours_now, theirs_now = (side.stage_of(name) for side in (begun, mine, theirs))
        if ours_now == was:
            assert both or wanted.stage_of(name) == theirs_now
        elif ours_now in names or ours_now is None:
            assert wanted.stage_of(name) == ours_now


@pytest.mark.parametrize("theirs", [MODEL, replace(MODEL, won=())])
def test_a_file_stays_whole(theirs):
    file = draft_of(replace(MODEL, lost=()))
    assert rebased(file, MODEL, theirs) == (file, ["all that your file says"])
