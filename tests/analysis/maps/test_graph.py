import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import Definitions, back_moves, directly_follows, journey_graph
from journey.analysis.maps import moves as module
from journey.analysis.maps.graph import touchpoint_types
from tests import oracle
from tests.compare import same
from tests.examples import BEGIN, journey_of, small_log
from tests.strategies import TYPES, samples, seeded

SHARDS = st.sampled_from((None, 1, 2))


@given(samples(), SHARDS)
def test_moves_equal_the_reference(sample, rows_per_shard):
    same(directly_follows(sample.log(rows_per_shard)), oracle.moves(sample.oracle()))


@given(samples(), SHARDS)
def test_types_equal_the_reference(sample, rows_per_shard):
    same(touchpoint_types(sample.log(rows_per_shard)), oracle.nodes(sample.oracle()))


@pytest.mark.parametrize("seed", [1, 2])
def test_a_bigger_log_equals_the_reference(seed):
    sample = seeded(seed)
    reference = sample.oracle()
    for rows_per_shard in (None, 100):
        log = sample.log(rows_per_shard)
        same(directly_follows(log), oracle.moves(reference))
        same(touchpoint_types(log), oracle.nodes(reference))


@given(samples(), st.sets(st.sampled_from(TYPES), min_size=1))
def test_grouped_types_take_the_stage_their_touches_enter_most(sample, members):
    log, reference = sample.log(), sample.oracle()
    members &= set(log.type_names)
    log = log.group({"Together": members})
    reference = oracle.group(reference, "Together", members)
    same(directly_follows(log), oracle.moves(reference))
    same(touchpoint_types(log), oracle.nodes(reference))


@given(samples(), SHARDS)
def test_moves_are_touchpoints_less_journeys(sample, rows_per_shard):
    log = sample.log(rows_per_shard).collapse()
    assert directly_follows(log)["n_moves"].sum() == log.n_touchpoints - log.n_journeys


@given(samples(least=2), SHARDS)
def test_every_move_opens_into_its_journeys(sample, rows_per_shard):
    log = sample.log(rows_per_shard)
    for move in directly_follows(log).to_dict("records"):
        opened = log.having_move(move["source"], move["target"])
        assert opened.n_journeys == move["n_journeys"]


@given(samples())
def test_every_type_opens_into_its_journeys(sample):
    log = sample.log()
    for node in touchpoint_types(log).to_dict("records"):
        having = log.having(node["touchpoint"])
        assert having.n_journeys == node["n_journeys"]
        assert log.having_at(0, [node["touchpoint"]]).n_journeys == node["n_starts"]
        ending = log.having_at(-1, [node["touchpoint"]])
        for outcome in oracle.OUTCOMES:
            assert ending.where(outcome=outcome).n_journeys == node[f"n_{outcome}"]


@given(samples(), SHARDS)
def test_many_types_are_counted_as_few_are(sample, rows_per_shard):
    log = sample.log(rows_per_shard)
    dense = directly_follows(log)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "DENSE_TYPES_MOST", 0)
        same(directly_follows(log), dense.to_dict("records"))


@given(samples())
def test_the_graph_holds_the_frames(sample):
    log, reference = sample.log(), sample.oracle()
    graph = journey_graph(log)
    assert graph.graph["outcomes"] == {
        row["outcome"]: row["n_journeys"] for row in oracle.outcomes(reference)
    }
    assert graph.graph["n_moves"] == sum(n for _, _, n in graph.edges(data="n_moves"))
    assert graph.graph["n_moves"] == graph.graph["n_touchpoints"] - graph.graph["n_journeys"]
    assert graph.graph["n_edges"] == graph.number_of_edges()
    assert ("Unassigned" in graph.graph["stages"]) == (
        "Unassigned" in {stage for _, stage in graph.nodes(data="stage")}
    )
    for row in oracle.nodes(reference):
        assert graph.nodes[row["touchpoint"]]["n_touchpoints"] == row["n_touchpoints"]


def test_direction_and_times_of_moves():
    # Ad (Attract) → Demo (Convert) forward in 2 days; Demo → Mail (Nurture) back in 1;
    # Mail → Mail self in 3 and 5: median 4, mean 4; Mail → Chat: no stage, so within.
    log = small_log(journey_of("Ad 0", "Demo 2", "Mail 3", "Mail 6", "Mail 11", "Chat 12"))
    moves = directly_follows(log).set_index(["source", "target"])
    assert moves["direction"].to_dict() == {
        ("Mail", "Mail"): "self",
        ("Ad", "Demo"): "forward",
        ("Demo", "Mail"): "back",
        ("Mail", "Chat"): "within",
    }
    assert moves.loc[("Mail", "Mail"), ["n_moves", "median_days", "mean_days"]].tolist() == [
        2,
        4.0,
        4.0,
    ]
    # Of the three moves that leave Mail two are to itself.
    assert moves.loc[("Mail", "Mail"), "share"] == pytest.approx(2 / 3)


def test_touches_after_a_win_do_not_go_back():
    # Ad 0 (Attract), Demo 1 (Convert): forward. Won 2 takes it to Expand, the last: forward.
    # The visits after it (Ad 3, Demo 4, Mail 5) leave it in Expand: within, none of them back.
    log = small_log(journey_of("Ad 0", "Demo 1", "Won 2", "Ad 3", "Demo 4", "Mail 5"))
    moves = directly_follows(log).set_index(["source", "target"])
    assert moves["direction"].to_dict() == {
        ("Ad", "Demo"): "within",  # once forward and once after the win: not more than half
        ("Demo", "Won"): "forward",
        ("Won", "Ad"): "within",
        ("Demo", "Mail"): "within",
    }
    assert moves["n_back"].sum() == len(back_moves(log)) == 0


def test_an_edge_goes_the_way_of_more_than_half_of_its_moves():
    # Mail → Ad: twice back from Nurture to Attract (a, b), once after a win (c).
    rows = [
        *((case, day, name) for case in "ab" for day, name in enumerate(["Mail", "Ad"])),
        *(("c", day, name) for day, name in enumerate(["Won", "Mail", "Ad"])),
    ]
    log = small_log(rows)
    moves = directly_follows(log).set_index(["source", "target"])
    assert moves.loc[("Mail", "Ad"), ["n_moves", "direction", "n_back"]].tolist() == [3, "back", 2]
    assert journey_graph(log).graph["back_to"] == {"Ad": 2}


def test_a_touch_without_a_stage_hides_no_way_back():
    # Chat enters no stage, so the journey is in Convert until the ad takes it back to Attract.
    log = small_log(journey_of("Chat 0", "Demo 1", "Chat 2", "Ad 3"))
    moves = directly_follows(log).set_index(["source", "target"])
    assert moves["direction"].to_dict() == {
        ("Chat", "Demo"): "within",  # it was in no stage before
        ("Demo", "Chat"): "within",
        ("Chat", "Ad"): "back",
    }


@given(samples(), SHARDS)
def test_moves_back_are_those_between_stages(sample, rows_per_shard):
    log = sample.log(rows_per_shard)
    n_back = back_moves(log)["n_moves"].sum()
    assert directly_follows(log)["n_back"].sum() == n_back == journey_graph(log).graph["n_back"]
    assert sum(journey_graph(log).graph["back_to"].values()) == n_back


@given(samples(), st.sets(st.sampled_from(TYPES), min_size=1, max_size=2))
def test_moves_in_view_go_by_the_stages_read_from_all_touches(sample, excluded):
    log, reference = sample.log(), sample.oracle()
    excluded &= set(log.type_names)
    log = log.exclude(*excluded).collapse()
    reference = oracle.collapse(oracle.exclude(reference, excluded))
    same(directly_follows(log), oracle.moves(reference))


def test_moves_until_a_day_go_by_the_stages_of_that_day():
    rows = [("a", 0, "Demo"), ("a", 1, "Ad"), ("a", 9, "Won"), ("b", 8, "Ad")]
    log = small_log(rows).between(None, BEGIN + pd.Timedelta(days=5))
    assert directly_follows(log)["direction"].tolist() == ["back"]
    assert directly_follows(log.collapse())["n_back"].tolist() == [1]


def test_who_writes_into_an_answer_leaves_the_next_as_it_was():
    log = seeded(8).log()
    wanted = directly_follows(log).copy(deep=True)
    answer = directly_follows(log)
    answer.loc[0, "source"], answer["n_moves"] = "another", 0
    answer.iloc[1, 1] = "another"
    answer["share"] += 1
    assert directly_follows(log).equals(wanted)


def test_an_empty_log_gives_an_empty_map():
    log = small_log([], Definitions(won=("Won",)))
    moves, graph = directly_follows(log), journey_graph(log)
    assert list(moves.columns) == [
        "source",
        "target",
        "n_moves",
        "n_journeys",
        "share",
        "median_days",
        "mean_days",
        "direction",
        "n_back",
    ]
    assert len(moves) == 0
    assert len(graph) == 0
    assert graph.graph["n_moves"] == 0
    assert graph.graph["has_win_rule"]


def test_names_are_text_even_where_nothing_is_in_view():
    log = small_log([("a", 0, "Ad"), ("a", 1, "Demo")])
    names = [
        touchpoint_types(some)[["touchpoint", "stage"]] for some in (log, log.exclude("Ad", "Demo"))
    ]
    assert [len(frame) for frame in names] == [2, 0]
    assert names[0].dtypes.equals(names[1].dtypes)
