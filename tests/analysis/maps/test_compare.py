import pytest
from hypothesis import given, settings

import journey
from tests.examples import small_log
from tests.strategies import samples, seeded

# a, b: Ad, Demo, Won · c: Ad, Mail · d: Ad
ROWS = [
    *[(name, day, what) for name in "ab" for day, what in enumerate(("Ad", "Demo", "Won"))],
    ("c", 0, "Ad"),
    ("c", 1, "Mail"),
    ("d", 0, "Ad"),
]


def halves():
    log = small_log(ROWS)
    return log.having("Demo"), log.where(account_id=["c", "d"])


def test_moves_are_counted_in_journeys_of_each_group():
    found = journey.compare_moves(*halves()).set_index(["source", "target"])
    assert found.loc[("Ad", "Demo"), ["n_a", "n_b", "n_all_a", "n_all_b"]].tolist() == [2, 0, 2, 2]
    assert found.loc[("Ad", "Mail"), ["a_share", "b_share", "difference"]].tolist() == [
        0,
        0.5,
        -0.5,
    ]
    # All 2 of 2 against none of 2: one of the 6 ways to draw, times two, adjusted for 3 moves of
    # which two are as sure.
    assert found.loc[("Ad", "Demo"), "chance"] == pytest.approx(2 / 6 * 3 / 2)


def test_stages_have_reach_and_conversion_of_both():
    found = journey.compare_stages(*halves()).set_index("stage")
    assert found.loc["Attract", ["a_share", "b_share"]].tolist() == [1, 1]
    assert found.loc["Convert", ["n_a", "n_b"]].tolist() == [2, 0]
    assert found.loc["Nurture", "b_conversion_rate"] == 0


def test_steps_meet_where_one_group_never_moves_on():
    log = small_log([("still", 0, "Ad"), ("moving", 0, "Ad"), ("moving", 1, "Demo")])
    found = journey.compare_steps(log.where(account_id="still"), log, steps=2)
    steps = found.loc[found["step"] == 1, ["box", "next_box", "n_a", "n_b"]].values.tolist()
    assert steps == [["Ad", "in_progress", 1, 1], ["Ad", "Demo", 0, 1]]


@settings(max_examples=10)
@given(samples())
def test_steps_of_both_add_up_to_their_journeys(sample):
    log = sample.log()
    one, other = log.where(outcome="won"), log
    found = journey.compare_steps(one, other, steps=4, n_types=2)
    for _, step in found.groupby("step"):
        assert step["n_a"].sum() == one.n_journeys
        assert step["n_b"].sum() == other.n_journeys
    named = set(found.loc[found["box_kind"] == "touchpoint", "box"])
    assert len(named) <= 2


def test_the_graph_of_both_has_the_counts_of_each():
    log = seeded(2).log()
    one, other = log.where(outcome="won"), log.where(outcome=["lost", "no_decision"])
    graph = journey.compare_graph(one, other)
    parts = [journey.journey_graph(each) for each in (one, other)]
    for ends in graph.edges:
        facts = graph.edges[ends]
        moves = [part.edges[ends]["n_moves"] if part.has_edge(*ends) else 0 for part in parts]
        assert facts["n_moves"] == sum(moves)
        assert facts["n_journeys"] == facts["n_a"] + facts["n_b"]
    for node in graph:
        assert graph.nodes[node]["n_a"] <= one.n_journeys
    assert journey.simplify(graph, n_types=4).number_of_nodes() < len(graph)


def test_an_empty_group_is_compared_with_missing_differences():
    log = small_log(ROWS)
    nobody = log.where(outcome="lost")
    assert journey.compare_moves(log, nobody)["chance"].isna().all()
    assert journey.compare_steps(nobody, nobody).empty
