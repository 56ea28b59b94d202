from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels import stages
from journey.store.layout import frozen
from tests.kernels.twins import N_STAGES, N_TYPES, codes, flags, ints, outcomes_of, shards

SHARDS = shards()
WITH_OUTCOMES = SHARDS.flatmap(lambda shard: st.tuples(st.just(shard), outcomes_of(shard)))


def in_stages(shard):
    """Journeys never leave all stages again: -1 stands at their beginning only."""
    current = shard.current.copy()
    for begin, end in shard.spans:
        for row in range(begin + 1, end):
            current[row] = current[row] if current[row] >= 0 else current[row - 1]
    return frozen(current)


def with_wins(shard, rng):
    """Stages after each touch, some rows that win: from there on journeys are in the last."""
    current, won = in_stages(shard).copy(), []
    for begin, end in shard.spans:
        won.append(rng.randrange(begin, end) if end > begin and rng.random() < 0.5 else -1)
        if won[-1] >= 0:
            current[won[-1] : end] = N_STAGES - 1
    return frozen(current), won


@given(SHARDS, st.randoms())
def test_stage_entries(shard, rng):
    current, won = with_wins(shard, rng)
    entered, advanced = stages.stage_entries(
        current, shard.current, shard.offsets, ints(won), N_STAGES
    )
    for j, (begin, end) in enumerate(shard.spans):
        steps = [(row, current[row]) for row in range(begin, end)]
        if won[j] >= 0:  # before it is in the last stage it enters its own
            steps.insert(won[j] - begin, (won[j], shard.current[won[j]]))
        for stage in range(N_STAGES):
            places = [place for place, (_, now) in enumerate(steps) if now == stage]
            first = min(places, default=len(steps))
            later = [row for row, now in steps[first + 1 :] if now == stage + 1]
            assert entered[j, stage] == (steps[first][0] if places else -1)
            assert advanced[j, stage] == min(later, default=-1)


@given(WITH_OUTCOMES, st.randoms())
def test_count_entries(sample, rng):
    shard, outcomes = sample
    current = in_stages(shard)
    never = ints([-1] * len(outcomes))
    entered, advanced = stages.stage_entries(current, current, shard.offsets, never, N_STAGES)
    last = [int(current[end - 1]) if end > begin else -1 for begin, end in shard.spans]
    chosen = [j for j in range(len(shard.journeys)) if rng.random() < 0.7]
    found = stages.count_entries(
        entered, advanced, frozen(np.array(last, np.int8)), codes(outcomes), ints(chosen)
    )
    is_open = [outcome > 2 for outcome in outcomes]
    assert found.tolist() == [
        [sum(entered[j, stage] >= 0 for j in chosen) for stage in range(N_STAGES)],
        [sum(advanced[j, stage] >= 0 for j in chosen) for stage in range(N_STAGES)],
        [sum(is_open[j] and last[j] == stage for j in chosen) for stage in range(N_STAGES)],
    ]


@given(
    st.lists(st.tuples(st.integers(-1, 3), st.integers(-1, 3), st.integers(0, 4), st.booleans()))
)
def test_count_fates(journeys):
    entered, advanced = (
        frozen(np.array([one[at : at + 1] for one in journeys], np.int32).reshape(-1, 1))
        for at in (0, 1)
    )
    chosen = [j for j, one in enumerate(journeys) if one[3]]
    found = stages.count_fates(
        entered, advanced, codes([one[2] for one in journeys]), ints(chosen), 5
    )
    fates = [journeys[j][2] if journeys[j][1] < 0 else 5 for j in chosen if journeys[j][0] >= 0]
    assert found.tolist() == [[fates.count(fate) for fate in range(6)]]


@given(SHARDS, st.randoms())
def test_journeys_having_type(shard, rng):
    members = [[rng.random() < 0.5 for _ in range(2)] for _ in shard.journeys]
    wanted = Counter(
        (group, name)
        for mine, groups in zip(shard.journeys, members, strict=True)
        for name in {touch[0] for touch in mine}
        for group in range(2)
        if groups[group]
    )
    array = flags(np.array(members, dtype=bool).reshape(-1, 2))
    found = stages.journeys_having_type(shard.types, shard.offsets, array, N_TYPES)
    assert found.tolist() == [
        [wanted[group, name] for name in range(N_TYPES)] for group in range(2)
    ]


@given(SHARDS, st.randoms())
def test_longest_silences(shard, rng):
    is_open, as_of, dormancy = [rng.random() < 0.7 for _ in shard.rows()], 25, 7
    found = stages.longest_silences(
        shard.current, shard.ticks, shard.offsets, flags(is_open), as_of, dormancy, N_STAGES
    )
    for j, (mine, (begin, _)) in enumerate(zip(shard.journeys, shard.spans, strict=True)):
        times = [*(tick for _, tick, _ in mine[1:]), as_of]
        for stage in range(N_STAGES):
            silences = [
                min(end - tick, dormancy)
                for k, ((_, tick, now), end) in enumerate(zip(mine, times, strict=False))
                if now == stage and is_open[begin + k]
            ]
            assert found[j, stage] == max(silences, default=-1)
