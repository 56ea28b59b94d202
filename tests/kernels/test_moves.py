from collections import Counter, defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels import moves
from tests.kernels.twins import N_STAGES, N_TYPES, codes, outcomes_of, shards

SHARDS = shards(least=1)


def by_key(shard):
    gaps, makers = defaultdict(list), defaultdict(set)
    for j, before, after in shard.moves():
        key = before[0] * N_TYPES + after[0]
        gaps[key].append(after[1] - before[1])
        makers[key].add(j)
    return gaps, makers


def dense(counts):
    return [counts.get(key, 0) for key in range(N_TYPES * N_TYPES)]


@given(SHARDS)
def test_count_moves(shard):
    gaps, _ = by_key(shard)
    found = moves.count_moves(shard.types, shard.offsets, N_TYPES)
    assert found.tolist() == dense({key: len(mine) for key, mine in gaps.items()})


def labels_of(shard):
    """The key of the move that leads to each touch; first touches have the one past the last."""
    firsts = {begin for begin, _ in shard.spans}
    types = shard.types.tolist()
    return [
        N_TYPES**2 if row in firsts else types[row - 1] * N_TYPES + types[row]
        for row in range(len(types))
    ]


@given(SHARDS)
def test_label_moves(shard):
    for dtype in (np.uint16, np.uint32):
        found = np.empty(len(shard.types), dtype)
        moves.label_moves(shard.types, shard.offsets, N_TYPES, found)
        assert found.tolist() == labels_of(shard)


@given(SHARDS)
def test_number_moves(shard):
    numbers, keys = moves.number_moves(shard.types, shard.offsets, N_TYPES)
    labels = labels_of(shard)
    made = [label for label in labels if label < N_TYPES**2]
    assert sorted(keys.tolist()) == sorted(set(made))
    assert [[*keys.tolist(), N_TYPES**2][number] for number in numbers.tolist()] == labels


@given(SHARDS.flatmap(lambda shard: st.tuples(st.just(shard), outcomes_of(shard))))
def test_count_made_and_timed(case):
    shard, outcomes = case
    gaps, makers = by_key(shard)
    forward, back = Counter(), Counter()
    for _, before, after in shard.moves():
        key = before[0] * N_TYPES + after[0]
        forward[key] += 0 <= before[2] < after[2]
        back[key] += 0 <= after[2] < before[2]
    is_won = [outcome == 0 for outcome in outcomes]
    labels = np.array(labels_of(shard), np.uint32)
    won = np.array(is_won, bool)
    n_moves = dense({key: len(mine) for key, mine in gaps.items()})
    n_journeys = dense({key: len(mine) for key, mine in makers.items()})
    n_won = dense({key: sum(is_won[j] for j in mine) for key, mine in makers.items()})
    gap_sums = dense({key: sum(mine) for key, mine in gaps.items()})
    made, sums = moves.count_made(labels, shard.ticks, shard.offsets, won, N_TYPES**2)
    assert made.tolist() == [n_moves, n_journeys, n_won]
    assert sums.tolist() == gap_sums
    timed, sums = moves.count_timed(
        labels, shard.ticks, shard.current, shard.offsets, N_TYPES**2, N_STAGES
    )
    assert timed.tolist() == [n_moves, n_journeys, dense(forward), dense(back)]
    assert sums.tolist() == gap_sums


@given(SHARDS.flatmap(lambda shard: st.tuples(st.just(shard), outcomes_of(shard))))
def test_count_types(case):
    shard, outcomes = case
    n_touchpoints, n_journeys, n_starts, n_ends = moves.count_types(
        shard.types, shard.offsets, N_TYPES, codes(outcomes), 5
    )
    named = [[touch[0] for touch in mine] for mine in shard.journeys]
    of_all = Counter(name for names in named for name in names)
    having = Counter(
        (name, outcome)
        for names, outcome in zip(named, outcomes, strict=True)
        for name in set(names)
    )
    ends = Counter((names[-1], outcome) for names, outcome in zip(named, outcomes, strict=True))
    starts = Counter(names[0] for names in named)
    every = range(N_TYPES)
    assert n_touchpoints.tolist() == [of_all[name] for name in every]
    assert n_starts.tolist() == [starts[name] for name in every]
    assert n_journeys.tolist() == [[having[name, k] for k in range(5)] for name in every]
    assert n_ends.tolist() == [[ends[name, k] for k in range(5)] for name in every]


@given(shards())
def test_extent(shard):
    counts, first, last = moves.extent(shard.types, shard.ticks, shard.offsets, N_TYPES)
    assert counts.tolist() == [shard.types.tolist().count(code) for code in range(N_TYPES)]
    if len(shard.types):
        assert (first, last) == (min(shard.ticks), max(shard.ticks))
