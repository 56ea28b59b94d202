import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import journey
from journey.proposals import decides_lost, decides_nothing, decides_won, propose_definitions
from journey.schema import DEFAULT_STAGES
from tests.examples import journey_of, small_log


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


def test_types_that_end_a_journey_without_a_win_enter_no_stage():
    types = ["Ad click", "Demo", "Deal won", "Deal lost", "Disqualified"]
    proposed = propose_definitions(types, [0.0, 0.5, 1.0, 1.0, 1.0])
    assert stage_of(proposed) == {"Ad click": "Attract", "Demo": "Convert", "Deal won": "Expand"}
    assert (proposed.lost, proposed.no_decision) == (("Deal lost",), ("Disqualified",))


def test_a_lost_journey_keeps_the_stage_it_was_lost_in():
    types = ["Ad click", "Webinar", "Demo", "Closed lost"]
    proposed = propose_definitions(types, [0.0, 0.3, 0.6, 1.0])
    # An ad (Attract), a webinar (Nurture), lost: never a demo, so never in Convert.
    log = small_log(journey_of("Ad click 0", "Webinar 1", "Closed lost 2"), proposed)
    assert journey.journeys(log)[["outcome", "stage"]].to_numpy().tolist() == [["lost", "Nurture"]]


def test_stages_that_nothing_enters_are_not_proposed():
    def names(types, **seen):
        places = [k / len(types) for k in range(len(types))]
        return propose_definitions(types, places, **seen).stage_names

    assert names(["Ad click", "Demo"]) == ("Attract", "Convert")
    assert names(["Ad click", "Demo", "Deal won"]) == ("Attract", "Convert", "Expand")
    assert names(["Deal lost"]) == ("Attract",)  # one stage at least, though nothing enters it
    seen = ["Attract", "Convert", "Closed lost"]
    assert names(["Call"], stages_seen=seen) == ("Attract", "Convert")
    assert names(["Call", "Deal won"], stages_seen=seen) == ("Attract", "Convert", "Expand")
    assert names(["Ad click"], stages_seen=["Closed lost", "Lost deal"]) == ("Attract",)


def test_the_stages_of_the_log_itself_are_taken():
    seen = ["Lead", "MQL", "Closed Lost", "Customer", "Opportunity"]
    proposed = propose_definitions(["Call", "Deal won"], [0.1, 1.0], stages_seen=seen)
    assert proposed.stage_names == ("Lead", "MQL", "Customer", "Opportunity")
    assert proposed.stages[-1].touchpoints == ("Deal won",)
    assert proposed.stages[0].values == ("Lead",)


def test_default_stages_of_the_log_keep_their_order():
    proposed = propose_definitions([], [], stages_seen=["Nurture", "Attract", "Convert"])
    assert proposed.stage_names == ("Attract", "Nurture", "Convert")


def test_values_that_are_no_stages_are_not_taken():
    proposed = propose_definitions(["Ad"], [0.0], stages_seen=["red", "green", "blue"])
    assert proposed.stage_names == ("Attract",)


def test_roles_expected_are_those_common_among_people():
    roles = {"Buyer": 50, "User": 45, "Odd": 5}
    assert propose_definitions([], [], roles_seen=roles).expected_roles == ("Buyer", "User")
    assert propose_definitions([], []).expected_roles == ()


@example([("Deal lost", 1.0), ("Deal won", 1.0), ("xyz", 0.2)])
@given(
    st.lists(
        st.tuples(st.text(min_size=1, max_size=12).filter(str.strip), st.floats(0, 1)),
        max_size=20,
        unique_by=lambda p: p[0],
    )
)
def test_every_type_but_losses_gets_exactly_one_stage_and_every_stage_a_type(pairs):
    types = [name for name, _ in pairs]
    proposed = propose_definitions(types, [place for _, place in pairs])
    staged = [name for stage in proposed.stages for name in stage.touchpoints]
    ends = {*proposed.lost, *proposed.no_decision}
    assert sorted(staged) == sorted(set(types) - ends)
    assert all(stage.touchpoints for stage in proposed.stages) or not staged
    assert list(proposed.stage_names) == [s for s in DEFAULT_STAGES if s in proposed.stage_names]
    assert set(proposed.won) <= set(proposed.stages[-1].touchpoints)


@pytest.mark.parametrize("name", ["buy", "transaction", "conversion", "Order Date", "addtocart"])
def test_what_shops_call_a_purchase_wins_and_a_cart_does_not(name):
    assert decides_won(name) == (name != "addtocart")


@pytest.mark.parametrize("name", ["Create Purchase Requisition", "Delete Purchase Order Item"])
def test_steps_of_buying_departments_win_nothing(name):
    assert not decides_won(name)
