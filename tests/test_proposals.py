import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.proposals import decides_lost, decides_nothing, decides_won, propose_definitions
from journey.schema import DEFAULT_STAGES


def stage_of(definitions):
    return {name: stage.name for stage in definitions.stages for name in stage.touchpoints}


@pytest.mark.parametrize(
    "name",
    [
        "Closed won",
        "closedwon date won",
        "Deal Won",
        "won_date",
        "Purchase",
        "order_completed",
        "Order placed",
        "Contract signed",
        "Became a Customer Date",
        "Vertrag unterschrieben",
        "成交",
    ],
)
def test_words_for_a_win(name):
    assert decides_won(name)
    assert not decides_lost(name)
    assert not decides_nothing(name)


@pytest.mark.parametrize(
    "name",
    [
        "Closed lost",
        "Abandoned purchase",
        "purchase_intent",
        "Contract sent",
        "Won't buy",
        "Order cancelled",
        "Demo",
        "Churned",
    ],
)
def test_words_for_no_win(name):
    assert not decides_won(name)


def test_losses_are_losses_and_churn_is_not():
    assert decides_lost("Lost to competitor")
    assert decides_lost("Closed Lost")
    assert not decides_lost("Churn")
    assert decides_nothing("Closed - no decision")
    assert decides_nothing("Disqualified")


def test_known_words_put_types_into_stages():
    types = ["Ad click", "Demo request form", "Webinar attended", "Demo", "Closed won", "Renewal"]
    stages = stage_of(propose_definitions(types, [0.1, 0.2, 0.3, 0.5, 0.9, 1.0]))
    assert [stages[name] for name in types] == [
        "Attract",
        "Capture",
        "Nurture",
        "Convert",
        "Expand",
        "Expand",
    ]


def test_a_type_no_word_is_known_of_goes_by_its_place():
    types = ["Ad click", "Form", "Webinar", "Demo", "xyz early", "xyz late"]
    # Places of the known ones: 0, .3, .5, .9; the borders lie half way between neighbours.
    stages = stage_of(propose_definitions(types, [0.0, 0.3, 0.5, 0.9, 0.2, 0.8]))
    assert (stages["xyz early"], stages["xyz late"]) == ("Capture", "Convert")


def test_without_a_winning_word_nothing_is_invented():
    proposed = propose_definitions(["step one", "step two"], [0.0, 1.0])
    assert (proposed.won, proposed.lost, proposed.no_decision) == ((), (), ())
    assert stage_of(proposed)["step two"] == "Convert"


def test_outcomes_are_found():
    proposed = propose_definitions(["Deal won", "Deal lost", "No decision"], [1.0, 1.0, 1.0])
    assert proposed.won == ("Deal won",)
    assert proposed.lost == ("Deal lost",)
    assert proposed.no_decision == ("No decision",)


def test_the_stages_of_the_log_itself_are_taken():
    seen = ["Lead", "MQL", "Closed Lost", "Customer", "Opportunity"]
    proposed = propose_definitions(["Call", "Deal won"], [0.1, 1.0], stages_seen=seen)
    assert proposed.stage_names == ("Lead", "MQL", "Customer", "Opportunity")
    assert proposed.stages[-1].touchpoints == ("Deal won",)
    assert proposed.stages[0].values == ("Lead",)


def test_default_stages_of_the_log_keep_their_order():
    proposed = propose_definitions([], [], stages_seen=["Nurture", "Attract", "Convert"])
    assert proposed.stage_names == DEFAULT_STAGES


def test_values_that_are_no_stages_are_not_taken():
    proposed = propose_definitions(["Ad"], [0.0], stages_seen=["red", "green", "blue"])
    assert proposed.stage_names == DEFAULT_STAGES


def test_roles_expected_are_those_common_among_people():
    roles = {"Buyer": 50, "User": 45, "Odd": 5}
    assert propose_definitions([], [], roles_seen=roles).expected_roles == ("Buyer", "User")
    assert propose_definitions([], []).expected_roles == ()


@given(
    st.lists(
        st.tuples(st.text(max_size=12), st.floats(0, 1)), max_size=20, unique_by=lambda p: p[0]
    )
)
def test_every_type_gets_exactly_one_stage(pairs):
    types = [name for name, _ in pairs]
    proposed = propose_definitions(types, [place for _, place in pairs])
    staged = [name for stage in proposed.stages for name in stage.touchpoints]
    assert sorted(staged) == sorted(types)
    assert set(proposed.won) <= set(proposed.stages[-1].touchpoints)
