from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import journey
from journey.analysis.maps.paths import FLOW_COLUMNS
from tests import oracle
from tests.compare import records
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


def steps_side_by_side(groups, *, steps, n_types):
    """Journeys of both groups and moves back by ribbon, rare types of both together as one."""
    flows = [oracle.step_flows(group, steps=steps, n_types=99) for group in groups]
    met = Counter()
    for flow in flows:
        for (_, box, kind, *_), (n_journeys, _) in flow.items():
            met[box] += n_journeys * (kind == "touchpoint")
    kept = sorted(met, key=lambda name: (-met[name], name))[:n_types]

    def folded(name, kind, stage):
        is_rare = kind == "touchpoint" and name not in kept
        return ("Other", "other", None) if is_rare else (name, kind, stage)

    counts = {}
    for place, flow in enumerate(flows):
        for (step, *ends), (n_journeys, n_back) in flow.items():
            found = counts.setdefault((step, *folded(*ends[:3]), *folded(*ends[3:])), [0, 0, 0])
            found[place] += n_journeys
            found[2] += n_back
    return counts


@settings(max_examples=25)
@given(samples(), st.integers(1, 5), st.integers(0, 4))
def test_steps_of_both_equal_the_reference(sample, steps, n_types):
    log, plain = sample.log(), sample.oracle()
    won = log.where(outcome="won"), oracle.where(plain, "outcome", ["won"])
    found = records(journey.compare_steps(won[0], log, steps=steps, n_types=n_types))
    rows = [tuple(row[name] for name in FLOW_COLUMNS[:-2]) for row in found]
    counts = [[row["n_a"], row["n_b"], row["n_back"]] for row in found]
    wanted = steps_side_by_side((won[1], plain), steps=steps, n_types=n_types)
    assert dict(zip(rows, counts, strict=True)) == wanted
    order = [(row["step"], -row["n_journeys"], row["box"]) for row in found]
    assert order == sorted(order)


def test_the_graph_of_both_has_the_counts_of_each():
    log = seeded(2).log()
    one, other = log.where(outcome="won"), log.where(outcome=["lost", "no_decision"])
    graph = journey.compare_graph(one, other)
    parts = [journey.journey_graph(each) for each in (one, other)]
    for ends in graph.edges:
        facts = graph.edges[ends]
        moves = [part.edges[ends]["n_moves"] if part.has_edge(*ends) else 0 for part in parts]
        assert facts["n_moves"] == sum(moves)
        having = [part.edges[ends] for part in parts if part.has_edge(*ends)]
        assert facts["n_back"] == sum(one["n_back"] for one in having)
        # Told of the group in which more journeys make it, of the first where as many do.
        assert facts["direction"] == max(having, key=lambda one: one["n_journeys"])["direction"]
        assert facts["n_journeys"] == facts["n_a"] + facts["n_b"]
    for node in graph:
        assert graph.nodes[node]["n_a"] <= one.n_journeys
    assert journey.simplify(graph, n_types=4).number_of_nodes() < len(graph)


def test_an_empty_group_is_compared_with_missing_differences():
    log = small_log(ROWS)
    nobody = log.where(outcome="lost")
    assert journey.compare_moves(log, nobody)["chance"].isna().all()
    assert journey.compare_steps(nobody, nobody).empty
