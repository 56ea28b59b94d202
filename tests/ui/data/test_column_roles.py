import pandas as pd
import pytest

from journey.schema import LEFT_OUT, ROLES
from journey.ui.data.column_roles import (
    ATTRIBUTE,
    ROLE_WORDS,
    as_columns,
    date_questions,
    lacking_zone,
    lacks_touchpoints,
    missing,
    proposed_roles,
    readings,
    shape_text,
    shapes,
)

PROPOSAL = pd.DataFrame(
    [
        ("web.csv", "at", "occurred_at", 0.9, ("01/02/2026", "03/02/2026"), "dates", "events"),
        ("web.csv", "event", "touchpoint", 0.9, ("Ad",), None, "events"),
        ("web.csv", "id", "account_id", 0.9, ("A1",), None, "events"),
        ("web.csv", "clock", None, 0.0, ("09:30", "10:00"), None, "events"),
        ("crm.csv", "id", "person_id", 0.9, ("P1",), None, "attributes"),
        ("crm.csv", "born", None, 0.0, ("03/04/1980",), None, "attributes"),
    ],
    columns=["file", "column", "role", "confidence", "samples", "question", "shape"],
    dtype=object,
)


def changed(**roles):
    """The proposal with other roles for columns of web.csv."""
    return proposed_roles(PROPOSAL) | {("web.csv", name): role for name, role in roles.items()}


def test_every_role_of_the_library_has_words():
    assert set(ROLE_WORDS) == {*ROLES, ATTRIBUTE, LEFT_OUT}
    assert len(set(ROLE_WORDS.values())) == len(ROLE_WORDS)


class TestAsColumns:
    def test_a_proposal_left_as_it_is_is_not_repeated(self):
        assert as_columns(proposed_roles(PROPOSAL), PROPOSAL) is None

    def test_a_header_may_mean_another_thing_in_another_file(self):
        told = as_columns(changed(event=ATTRIBUTE), PROPOSAL)
        assert told["web.csv"]["account_id"] == ["id"]
        assert told["crm.csv"]["person_id"] == ["id"]
        assert told["crm.csv"]["account_id"] == []
        assert told["web.csv"]["touchpoint"] == []

    def test_every_role_is_named_so_that_none_is_looked_for_again(self):
        told = as_columns(changed(event=LEFT_OUT), PROPOSAL)
        assert set(told["web.csv"]) == {*ROLES, LEFT_OUT}
        assert told["web.csv"][LEFT_OUT] == ["event"]

    def test_the_date_goes_before_the_time_of_day_wherever_it_stands(self):
        turned = PROPOSAL.iloc[::-1]
        told = as_columns(changed(clock="occurred_at"), turned)
        assert told["web.csv"]["occurred_at"] == ["at", "clock"]


class TestMissing:
    def test_nothing_is_missing_from_a_whole_proposal(self):
        assert missing(proposed_roles(PROPOSAL), PROPOSAL) == []

    def test_a_file_of_events_needs_case_and_time(self):
        assert missing(changed(id=ATTRIBUTE, at=ATTRIBUTE), PROPOSAL) == [
            "web.csv: which column says whose journey it is? Choose an Account.",
            "web.csv: which column says when it happened? Choose a Time.",
        ]

    def test_some_file_needs_times(self):
        needs = lacks_touchpoints(changed(at=ATTRIBUTE, event=ATTRIBUTE), PROPOSAL)
        assert needs == ["No file has a time. Choose a Time and a Touchpoint."]


class TestQuestions:
    def test_dates_are_asked_after_where_the_values_do_not_tell(self):
        (question,) = date_questions(proposed_roles(PROPOSAL), PROPOSAL)
        assert (question.column, question.sample, question.is_open) == ("at", "01/02/2026", True)

    def test_a_time_that_only_the_user_sees_can_be_told_but_need_not(self):
        roles = changed(at=LEFT_OUT) | {("crm.csv", "born"): "occurred_at"}
        (question,) = date_questions(roles, PROPOSAL)
        assert (question.column, question.is_open) == ("born", False)

    def test_a_column_that_is_no_time_asks_nothing(self):
        roles = changed(at=ATTRIBUTE)
        assert date_questions(roles, PROPOSAL) == []
        assert lacking_zone(roles, PROPOSAL) == []

    @pytest.mark.parametrize(
        ("sample", "day_first", "month_first"),
        [
            ("01-02-2026", "1 February 2026", "2 January 2026"),
            ("12/11/26 08:00", "12 November 26", "11 December 26"),
            ("03/03/2026", "03/03/2026", "03/03/2026"),
            ("13/01/2026", "13/01/2026", "13/01/2026"),
            ("", "", ""),
        ],
    )
    def test_both_readings_are_written_out(self, sample, day_first, month_first):
        assert readings(sample) == (day_first, month_first)


@pytest.mark.parametrize(
    ("roles", "text"),
    [
        (["touchpoint", "occurred_at", "account_id"], "one row per event"),
        (["person_id", "occurred_at"], "one row per person with dates"),
        (["account_id", ATTRIBUTE], "facts about accounts, no touchpoints"),
        ([ATTRIBUTE], "no touchpoints"),
    ],
)
def test_shapes_in_words(roles, text):
    assert shape_text(roles).startswith(text)


class TestShapesThatRolesDoNotTell:
    COSTS = PROPOSAL.assign(shape=PROPOSAL["shape"].replace("attributes", "costs"))

    def test_costs_need_no_account(self):
        roles = proposed_roles(self.COSTS) | {("crm.csv", "id"): ATTRIBUTE}
        assert shapes(roles, self.COSTS) == {"web.csv": "events", "crm.csv": "costs"}
        assert missing(roles, self.COSTS) == []

    def test_costs_alone_need_touchpoints(self):
        alone = self.COSTS[self.COSTS["file"] == "crm.csv"]
        assert lacks_touchpoints(proposed_roles(alone), alone) == [
            "No file has a time. Choose a Time and a Touchpoint."
        ]

    def test_a_touchpoint_makes_events_of_them(self):
        roles = proposed_roles(self.COSTS) | {("crm.csv", "born"): "touchpoint"}
        assert shapes(roles, self.COSTS)["crm.csv"] == "events"

    def test_they_have_words(self):
        assert shape_text(["cost"], "costs") == "what campaigns cost by day, no touchpoints"


def test_of_several_columns_for_a_role_the_surest_goes_first():
    proposal = PROPOSAL.assign(confidence=[0.9, 0.9, 0.5, 0.8, 0.9, 0.0])
    roles = proposed_roles(proposal) | {("web.csv", "clock"): "account_id"}
    assert as_columns(roles, proposal)["web.csv"]["account_id"] == ["clock", "id"]
