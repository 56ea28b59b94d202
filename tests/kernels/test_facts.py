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
    stage, state, decided, n_reopened, stages = -1, facts.OPEN, -1, 0, []
    for k, (kind, tick, entered) in enumerate(mine):
        if state != facts.WON:
            stage = entered if entered >= 0 else stage
            if state == facts.OPEN and k and tick - mine[k - 1][1] > dormancy:
                state = facts.NO_DECISION
            came_back = state != facts.OPEN and by_customer[begin + k]
            if came_back and verdicts[kind] in (facts.WON, facts.UNDECIDING):
                state, decided, n_reopened = facts.OPEN, -1, n_reopened + 1
            if verdicts[kind] != facts.UNDECIDING:
                state, decided = verdicts[kind], begin + k
            stage = LAST if state == facts.WON else stage
        stages.append(stage)
    return stages, state, decided, n_reopened


@given(SHARDS, VERDICTS, st.randoms(), st.sampled_from((0.5, 3.0, inf)))
def test_walk(shard, verdicts, rng, dormancy):
    by_customer = [rng.random() < 0.7 for _ in shard.rows()]
    found = facts.walk(
        shard.current,
        frozen(np.array(verdicts, np.uint8)[shard.types]),
        flags(by_customer),
        shard.ticks,
        shard.offsets,
        LAST,
        dormancy,
    )
    wanted = [
        walked(mine, verdicts, by_customer, begin, dormancy)
        for mine, (begin, _) in zip(shard.journeys, shard.spans, strict=True)
    ]
    assert found[0].tolist() == [stage for stages, *_ in wanted for stage in stages]
    for index in (1, 2, 3):
        assert found[index].tolist() == [one[index] for one in wanted]


@given(SHARDS, st.randoms())
def test_gaps_of(shard, rng):
    chosen = [rng.random() < 0.5 for _ in shard.journeys]
    found = facts.gaps_of(shard.ticks, shard.offsets, flags(chosen))
    assert found.tolist() == [
        after[1] - before[1] for j, before, after in shard.moves() if chosen[j]
    ]


@given(st.lists(st.integers(0, 9) | st.integers(0, 2**40), min_size=1, max_size=30), st.data())
def test_values_at(values, data):
    place = data.draw(st.integers(0, len(values) - 1))
    ordered = sorted(values)
    found = facts.values_at(ints(values), place)
    assert found == (ordered[place], ordered[min(place + 1, len(values) - 1)])


@given(SHARDS)
def test_gaps_before_advance(shard):
    wanted = [
        (touch[2], mine[k + 1][1] - touch[1])
        for mine in shard.journeys
        for k, touch in enumerate(mine[:-1])
        if 0 <= touch[2] < max(later[2] for later in mine[k + 1 :])
    ]
    stages, gaps = facts.gaps_before_advance(shard.current, shard.ticks, shard.offsets)
    assert sorted(zip(stages.tolist(), gaps.tolist(), strict=True)) == sorted(wanted)


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
