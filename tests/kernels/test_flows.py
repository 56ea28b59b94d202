from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from journey.kernels import flows
from tests.kernels.twins import N_TYPES, codes, ints, outcomes_of, shards

BOXES = st.lists(st.integers(0, 2), min_size=N_TYPES, max_size=N_TYPES)  # 2 is Other
N_NAMED, N_BOXES = 2, 2 + 1 + 5 + 1
CASES = shards(least=1).flatmap(
    lambda shard: st.tuples(
        st.just(shard),
        outcomes_of(shard),
        st.lists(st.integers(-4, 4), min_size=len(shard.journeys), max_size=len(shard.journeys)),
    )
)


def as_counts(found):
    cells = zip(*(index.tolist() for index in found.nonzero()), strict=True)
    return {cell: int(found[cell]) for cell in cells}


@given(CASES, BOXES, st.integers(1, 5))
def test_count_flows(case, box_of_type, n_steps):
    shard, outcomes, shifts = case

    def box(j, position):
        mine = shard.journeys[j]
        if position < 0:
            return N_BOXES - 1
        if position >= len(mine):
            return N_NAMED + 1 + outcomes[j]
        return box_of_type[mine[position][0]]

    wanted = Counter(
        (step, box(j, shifts[j] + step), box(j, shifts[j] + step + 1))
        for j in range(len(shard.journeys))
        for step in range(n_steps)
    )
    wanted_back = Counter(
        (position - shifts[j], box(j, position), box(j, position + 1))
        for j, mine in enumerate(shard.journeys)
        for position, (before, after) in enumerate(pairwise(mine))
        if 0 <= after[2] < before[2] and 0 <= position - shifts[j] < n_steps
    )
    begins = [begin + shift for (begin, _), shift in zip(shard.spans, shifts, strict=True)]
    found, back = flows.count_flows(
        shard.types,
        shard.current,
        shard.offsets,
        ints(begins),
        codes(outcomes),
        ints(box_of_type),
        N_NAMED,
        N_BOXES,
        n_steps,
    )
    assert as_counts(found) == wanted
    assert as_counts(back) == wanted_back


@given(CASES, st.integers(1, 5))
def test_journeys_by_type(case, n_steps):
    shard, _, shifts = case
    wanted = Counter(
        touch[0]
        for mine, shift in zip(shard.journeys, shifts, strict=True)
        for position, touch in enumerate(mine)
        if shift <= position < shift + n_steps
    )
    begins = [begin + shift for (begin, _), shift in zip(shard.spans, shifts, strict=True)]
    found = flows.journeys_by_type(shard.types, shard.offsets, ints(begins), N_TYPES, n_steps)
    assert found.tolist() == [wanted[name] for name in range(N_TYPES)]
