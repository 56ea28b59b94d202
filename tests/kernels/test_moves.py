from collections import Counter, defaultdict
from statistics import median

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels import moves
from tests.kernels.twins import N_TYPES, codes, ints, outcomes_of, shards

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


@given(SHARDS)
def test_count_moves_timed(shard):
    gaps, makers = by_key(shard)
    n_moves, n_journeys, sums = moves.count_moves_timed(
        shard.types, shard.ticks, shard.offsets, N_TYPES
    )
    assert n_moves.tolist() == dense({key: len(mine) for key, mine in gaps.items()})
    assert n_journeys.tolist() == dense({key: len(mine) for key, mine in makers.items()})
    assert sums.tolist() == dense({key: sum(mine) for key, mine in gaps.items()})


@given(SHARDS)
def test_stage_changes(shard):
    forward, back = [], []
    for _, before, after in shard.moves():
        key = before[0] * N_TYPES + after[0]
        forward += [key] * (0 <= before[2] < after[2])
        back += [key] * (0 <= after[2] < before[2])
    found = moves.stage_changes(shard.types, shard.current, shard.offsets, N_TYPES)
    assert [keys.tolist() for keys in found] == [forward, back]


@given(SHARDS)
def test_gaps_by_move(shard):
    gaps, _ = by_key(shard)
    sizes = np.array(dense({key: len(mine) for key, mine in gaps.items()}))
    starts = np.cumsum(sizes) - sizes
    found = np.empty(sizes.sum(), np.int64)
    moves.gaps_by_move(shard.types, shard.ticks, shard.offsets, N_TYPES, starts, found)
    assert found.tolist() == [gap for key in sorted(gaps) for gap in gaps[key]]


@given(SHARDS)
def test_list_moves(shard):
    keys, gaps, journeys = moves.list_moves(shard.types, shard.ticks, shard.offsets, N_TYPES)
    assert list(zip(keys.tolist(), gaps.tolist(), journeys.tolist(), strict=True)) == [
        (before[0] * N_TYPES + after[0], after[1] - before[1], j)
        for j, before, after in shard.moves()
    ]


@given(st.lists(st.lists(st.integers(-50, 50), min_size=1, max_size=6), max_size=5))
def test_medians_of_groups(groups):
    borders = np.cumsum([0, *map(len, groups)], dtype=np.int64)
    values = np.array([value for group in groups for value in group], dtype=np.int64)
    found = moves.medians_of_groups(values, borders[:-1], borders[1:])
    assert found.tolist() == [median(group) for group in groups]


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


@given(st.lists(st.lists(st.integers(0, 9), max_size=3), max_size=4), st.randoms())
def test_place_groups(groups, rng):
    order = list(range(len(groups)))
    rng.shuffle(order)
    places, total = [0] * len(groups), 0
    for group in order:
        places[group] = total
        total += len(groups[group])
    into = np.zeros(total, np.int64)
    values = ints([value for group in groups for value in group])
    moves.place_groups(values, ints(np.cumsum([0, *map(len, groups)])), ints(places), into)
    assert into.tolist() == [value for group in order for value in groups[group]]
