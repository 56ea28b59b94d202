from collections import Counter
from math import inf

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels import facts
from journey.store.layout import frozen
from tests.kernels.twins import N_STAGES, N_TYPES, codes, flags, ints, shards

SHARDS = shards()
VERDICTS = st.lists(st.sampled_from((0, 1, 2, 255, 255)), min_size=N_TYPES, max_size=N_TYPES)
LAST = N_STAGES - 1


def walked(mine, verdicts, by_customer, begin, dormancy):
    """The twin of walk, for one journey."""
    stage, state, decided, silent, n_reopened, stages = -1, facts.OPEN, -1, -1, 0, []
    was_open = []
    for k, (kind, tick, entered) in enumerate(mine):
        if state != facts.WON:
            stage = entered if entered >= 0 else stage
            if state == facts.OPEN and k and tick - mine[k - 1][1] > dormancy:
                state, silent = facts.NO_DECISION, begin + k - 1
            came_back = state != facts.OPEN and by_customer[begin + k]
            if came_back and verdicts[kind] in (facts.WON, facts.UNDECIDING):
                state, decided, silent, n_reopened = facts.OPEN, -1, -1, n_reopened + 1
            if verdicts[kind] != facts.UNDECIDING:
                state, decided, silent = verdicts[kind], begin + k, -1
            stage = LAST if state == facts.WON else stage
        stages.append(stage)
        was_open.append(state == facts.OPEN)
    return stages, state, decided, n_reopened, silent, was_open


@given(SHARDS, VERDICTS, st.randoms(), st.sampled_from((0.5, 3.0, inf)))
def test_walk(shard, verdicts, rng, dormancy):
    by_customer = [rng.random() < 0.7 for _ in shard.rows()]
    found = facts.walk(
        shard.current,
        frozen(np.array(verdicts, np.uint8)[shard.types]),
        flags(by_customer),
        shard.ticks,
        shard.offsets[:-1],
        shard.offsets[1:],
        LAST,
        dormancy,
    )
    wanted = [
        walked(mine, verdicts, by_customer, begin, dormancy)
        for mine, (begin, _) in zip(shard.journeys, shard.spans, strict=True)
    ]
    assert found[0].tolist() == [stage for stages, *_ in wanted for stage in stages]
    for index in (1, 2, 3, 4):
        assert found[index].tolist() == [one[index] for one in wanted]
    is_open = facts.open_after(
        frozen(np.array(verdicts, np.uint8)[shard.types]),
        flags(by_customer),
        shard.ticks,
        shard.offsets,
        dormancy,
    )
    assert is_open.tolist() == [flag for *_, was_open in wanted for flag in was_open]


@given(SHARDS, st.sampled_from((0.0, 1.0, 4.5, inf)))
def test_journeys_pausing(shard, limit):
    found = facts.journeys_pausing(shard.ticks, shard.offsets, limit)
    pausing = {j for j, before, after in shard.moves() if after[1] - before[1] > limit}
    assert found.tolist() == sorted(pausing)


def gaps_by_group(shard, states):
    """The twin of the groups of gaps: by stage those of journeys that went beyond, all, won."""
    groups = [[] for _ in range(N_STAGES + 2)]
    for j, mine in enumerate(shard.journeys):
        for k, touch in enumerate(mine[:-1]):
            gap = mine[k + 1][1] - touch[1]
            groups[N_STAGES].append(gap)
            if states[j] == facts.WON:
                groups[N_STAGES + 1].append(gap)
            if 0 <= touch[2] < max(later[2] for later in mine[k + 1 :]):
                groups[touch[2]].append(gap)
    return groups


def bits_of(value):
    return int(np.float64(value).view(np.int64))


@given(SHARDS, st.randoms())
def test_count_gaps(shard, rng):
    states = [rng.choice((facts.WON, facts.OPEN)) for _ in shard.journeys]
    counts = facts.count_gaps(shard.current, codes(states), shard.ticks, shard.offsets, N_STAGES)
    for group, gaps in enumerate(gaps_by_group(shard, states)):
        wanted = Counter(bits_of(gap) >> facts.KEY_SHIFT for gap in gaps)
        keys = np.flatnonzero(counts[group])
        found = [(facts.FIRST_KEY + key if key else 0, counts[group, key]) for key in keys.tolist()]
        assert dict(found) == wanted


@given(SHARDS, st.randoms(), st.integers(0, 6), st.integers(1, 6))
def test_gaps_within(shard, rng, low, width):
    states = [rng.choice((facts.WON, facts.OPEN)) for _ in shard.journeys]
    # Of every other group no target, of the rest two: [low, low + width) and [0, 2).
    starts = np.repeat(2 * np.arange(N_STAGES + 3), 2)[: N_STAGES + 3]
    n_targets = int(starts[-1])
    ranges = [(low, low + width), (0, 2)] * (n_targets // 2)
    lows, highs = (ints([bits_of(edge) for edge in edges]) for edges in zip(*ranges, strict=True))
    targets, found = facts.gaps_within(
        shard.current,
        codes(states),
        shard.ticks,
        shard.offsets,
        N_STAGES,
        ints(starts.tolist()),
        lows,
        highs,
    )
    wanted = [
        (target, bits_of(gap))
        for group, gaps in enumerate(gaps_by_group(shard, states))
        for target in range(starts[group], starts[group + 1])
        for gap in gaps
        if ranges[target][0] <= gap < ranges[target][1]
    ]
    assert sorted(zip(targets.tolist(), found.tolist(), strict=True)) == sorted(wanted)


@given(
    SHARDS,
    st.lists(st.integers(0, 9).map(float), min_size=N_STAGES + 1, max_size=N_STAGES + 1),
    st.integers(5, 30).map(float),
    st.randoms(),
)
def test_settle(shard, normal, dormancy, rng):
    states = [rng.randrange(4) for _ in shard.journeys]
    as_of = 25
    found = facts.settle(
        shard.current,
        codes(states),
        shard.ticks,
        shard.offsets,
        as_of,
        dormancy,
        frozen(np.array(normal)),
    )
    for outcome, state, mine in zip(found.tolist(), states, shard.journeys, strict=True):
        silence = as_of - mine[-1][1] if mine else None
        if state != facts.OPEN:
            assert outcome == state
        elif mine and silence > dormancy:
            assert outcome == facts.NO_DECISION
        elif mine:
            is_stalled = silence > normal[mine[-1][2]]
            assert outcome == (facts.STALLED if is_stalled else facts.IN_PROGRESS)
