from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from journey import directly_follows, move_counts, move_means
from journey.analysis.maps import moves as module
from tests.strategies import samples, seeded

COLUMNS = ["source", "target", "n_moves"]


@given(samples(), st.sampled_from((None, 1, 2)))
def test_counts_are_those_of_the_timed_moves(sample, rows_per_shard):
    log = sample.log(rows_per_shard)
    assert_frame_equal(move_counts(log), directly_follows(log)[COLUMNS])


def test_many_types_are_counted_by_keys_with_the_same_result(monkeypatch):
    log = seeded(4).log(rows_per_shard=50)
    in_a_matrix = move_counts(log)
    monkeypatch.setattr(module, "DENSE_TYPES_MOST", 1)
    assert_frame_equal(move_counts(log), in_a_matrix)


def test_moves_add_up_to_touchpoints_minus_journeys():
    log = seeded(5).log(rows_per_shard=100).collapse()
    assert move_counts(log)["n_moves"].sum() == log.n_touchpoints - log.n_journeys


def test_an_empty_view_has_no_moves():
    moves = move_counts(seeded(6).log().between("2100-01-01"))
    assert list(moves.columns) == COLUMNS
    assert moves.empty


@given(samples(), st.sampled_from((None, 1, 2)))
def test_means_are_those_of_the_timed_moves(sample, rows_per_shard):
    log = sample.log(rows_per_shard)
    columns = [*COLUMNS, "n_journeys", "mean_days"]
    assert_frame_equal(move_means(log)[columns], directly_follows(log)[columns])


@given(samples(), st.sampled_from((None, 1, 2)))
def test_won_journeys_of_a_move_are_those_it_opens_into(sample, rows_per_shard):
    log = sample.log(rows_per_shard)
    for move in move_means(log).to_dict("records"):
        opened = log.having_move(move["source"], move["target"]).where(outcome="won")
        assert opened.n_journeys == move["n_won"]
