from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels import states
from journey.store.layout import frozen
from tests.kernels.twins import N_STAGES, N_TYPES, codes, flags, ints, outcomes_of, shards

SHARDS = shards()
WITH_OUTCOMES = SHARDS.flatmap(lambda shard: st.tuples(st.just(shard), outcomes_of(shard)))
LIMITS = [[-1.0, 3.0, 6.0]] * (N_STAGES + 1)
DORMANCY = 9.0


def rows_of(shard, rng):
    """For each journey a row of its own or -1, and one not before it."""
    begins, ends = [], []
    for begin, end in shard.spans:
        row = rng.randrange(begin, end) if end > begin and rng.random() < 0.7 else -1
        begins.append(row)
        ends.append(rng.randrange(row, end) if row >= 0 else -1)
    return begins, ends


@given(WITH_OUTCOMES, st.randoms())
def test_next_of_states(sample, rng):
    shard, outcomes = sample
    is_open = [rng.random() < 0.8 for _ in shard.rows()]
    wanted = []
    for j, (begin, end) in enumerate(shard.spans):
        seen = set()
        for row in range(begin, end - 1):
            (kind, tick, stage), (after, later, _) = shard.journeys[j][row - begin :][:2]
            if outcomes[j] > 2 or not is_open[row] or later - tick > DORMANCY:
                continue
            for band, limit in enumerate(LIMITS[stage]):
                for last in (kind, N_TYPES):
                    state = ((stage if stage >= 0 else N_STAGES) * 3 + band) * (N_TYPES + 1) + last
                    if later - tick > limit and state not in seen:
                        seen.add(state)
                        wanted.append((state * N_TYPES + after, outcomes[j] == 0))
    found = states.next_of_states(
        shard.current,
        shard.types,
        shard.ticks,
        shard.offsets,
        flags(is_open),
        codes(outcomes),
        frozen(np.array(LIMITS)),
        DORMANCY,
        N_TYPES,
    )
    assert sorted(zip(*map(np.ndarray.tolist, found), strict=True)) == sorted(wanted)


@given(SHARDS, st.integers(-1, N_STAGES - 1), st.integers(-1, N_TYPES - 1), st.randoms())
def test_first_in_state(shard, stage, last, rng):
    ends = rows_of(shard, rng)[1]
    found = states.first_in_state(
        shard.current, shard.types, shard.offsets, ints(ends), stage, last
    )
    for j, (begin, _) in enumerate(shard.spans):
        rows = [
            row
            for row in range(begin, ends[j])
            if shard.current[row] == stage and last in (-1, shard.types[row])
        ]
        assert found[j] == min(rows, default=-1)


@given(SHARDS, st.integers(0, N_TYPES - 1), st.randoms())
def test_moves_to_first_times(shard, start, rng):
    begins, ends = rows_of(shard, rng)
    wanted = []
    for begin, end in zip(begins, ends, strict=True):
        if begin >= 0:
            after = shard.types[begin + 1 : end + 1].tolist()
            wanted += [s * N_TYPES + t for s, t in pairwise(dict.fromkeys([start, *after]))]
    found = states.moves_to_first_times(shard.types, ints(begins), ints(ends), start, N_TYPES)
    assert found.tolist() == wanted


@given(SHARDS, st.lists(st.integers(0, N_TYPES - 1), max_size=3), st.randoms())
def test_has_in_order(shard, sequence, rng):
    begins, ends = rows_of(shard, rng)
    found = states.has_in_order(shard.types, ints(begins), ints(ends), ints(sequence))
    for j, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        rest = iter(shard.types[begin + 1 : end + 1].tolist())
        assert found[j] == (begin >= 0 and all(step in rest for step in sequence))
