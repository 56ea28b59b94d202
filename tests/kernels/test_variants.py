import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels import variants
from journey.store.layout import frozen
from tests.kernels.twins import shards

WORD = 2**64


def batched(numbers, size):
    return [numbers[begin : begin + size] for begin in range(0, len(numbers), size)]


def hashed(names):
    """The twin of hash_journeys, for one journey, in whole numbers cut to 64 bits."""
    a, b = int(variants.FIRST_SEED), int(variants.SECOND_SEED)
    for pair in batched([int(name) + 1 for name in names], 2):
        code = sum(number << 32 * place for place, number in enumerate(pair))
        a = (a ^ code) * int(variants.FIRST_FACTOR) % WORD
        a ^= a >> int(variants.SHIFT)
        b = (b + code) * int(variants.SECOND_FACTOR) % WORD
        b ^= b >> int(variants.SHIFT)
    return a, b


@given(shards())
def test_hash_journeys(shard):
    first, second = variants.hash_journeys(shard.types, shard.offsets[:-1], shard.offsets[1:])
    wanted = [hashed([touch[0] for touch in mine]) for mine in shard.journeys]
    assert list(zip(first.tolist(), second.tolist(), strict=True)) == wanted


@given(st.lists(st.lists(st.integers(0, 255), max_size=4), min_size=2, max_size=20))
def test_different_sequences_have_different_hashes(named):
    types = frozen(np.array([name for names in named for name in names], np.uint8))
    offsets = frozen(np.cumsum([0, *map(len, named)], dtype=np.int64))
    hashes = variants.hash_journeys(types, offsets[:-1], offsets[1:])
    pairs = zip(*(h.tolist() for h in hashes), strict=True)
    assert len(set(pairs)) == len({tuple(names) for names in named})


@given(st.lists(st.tuples(st.integers(0, 9) | st.just(WORD - 1), st.integers(0, 3)), max_size=40))
def test_group_hashes(pairs):
    first, second = (frozen(np.array([p[k] for p in pairs], np.uint64)) for k in (0, 1))
    groups, examples = variants.group_hashes(first, second)
    distinct = list(dict.fromkeys(pairs))
    assert [distinct[group] for group in groups.tolist()] == pairs
    assert examples.tolist() == [pairs.index(pair) for pair in distinct]


HASHES = st.tuples(st.integers(0, 9) | st.just(WORD - 1), st.integers(0, 3))


@given(st.lists(HASHES, max_size=20), st.lists(HASHES, max_size=10, unique=True))
def test_find_hashes(pairs, among):
    first, second = (np.array([p[k] for p in pairs], np.uint64) for k in (0, 1))
    of_first, of_second = (np.array([p[k] for p in among], np.uint64) for k in (0, 1))
    found = variants.find_hashes(first, second, of_first, of_second)
    assert found.tolist() == [among.index(pair) if pair in among else -1 for pair in pairs]


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(0, 9)), max_size=9))
def test_add_by_group(members):
    groups, *counts = np.array(members, np.int64).reshape(-1, 3).T
    found = variants.add_by_group(frozen(groups), np.stack(counts), 3)
    for row in (0, 1):
        assert found[row].tolist() == [
            sum(member[row + 1] for member in members if member[0] == group) for group in range(3)
        ]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9)), max_size=12))
def test_longest_by_place(pairs):
    places, durations = (np.array([pair[k] for pair in pairs], np.int64) for k in (0, 1))
    firsts, longest = variants.longest_by_place(places, durations, 4)
    for place in range(4):
        mine = [(k, duration) for k, (own, duration) in enumerate(pairs) if own == place]
        assert firsts[place] == (mine[0][0] if mine else -1)
        assert longest[place] == max((duration for _, duration in mine), default=0)
