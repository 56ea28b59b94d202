from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import percentiles as module
from journey.percentiles import first_cells, percentiles, within

N_GROUPS = 3
NUMBERS = st.sampled_from((0.0, 1.0, 2.5)) | st.floats(0, 1e12) | st.integers(0, 9).map(float)
SHARDS = st.lists(
    st.lists(st.tuples(st.integers(0, N_GROUPS - 1), NUMBERS), max_size=12), max_size=4
)
PERCENTS = (0, 50, 90, 99, 100)


def arrays(shard):
    groups = np.array([group for group, _ in shard], np.int64)
    return groups, np.array([value for _, value in shard], np.float64)


def look(shard, targets):
    return within(*arrays(shard), targets)


def found_in(shards, wanted, rounds):
    def ask(question):
        rounds.append(question)
        return [question(shard) for shard in shards]

    first = [first_cells(*arrays(shard), N_GROUPS) for shard in shards]
    return percentiles(first, ask, look, wanted, N_GROUPS)


def check(shards, rounds):
    wanted = [(group, percent) for group in range(N_GROUPS) for percent in PERCENTS]
    counts, found = found_in(shards, wanted, rounds)
    for group in range(N_GROUPS):
        values = [value for shard in shards for own, value in shard if own == group]
        assert counts[group] == len(values)
        mine = found[group * len(PERCENTS) : (group + 1) * len(PERCENTS)]
        if values:
            # The very smallest floats have no digits left to interpolate with.
            wanted_values = np.percentile(values, PERCENTS)
            np.testing.assert_allclose(mine, wanted_values, rtol=1e-12, atol=1e-290)
        else:
            assert np.isnan(mine).all()


@given(SHARDS)
def test_few_values_are_told_at_once(shards):
    rounds = []
    check(shards, rounds)
    assert not rounds


@pytest.mark.parametrize("n_cells", [2, 5])
@given(shards=SHARDS)
def test_many_values_are_found_in_rounds(shards, n_cells):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "N_CELLS", n_cells)
        check(shards, [])


def test_no_more_is_told_than_cells():
    # A hundred thousand values between 1 and 2, all in the 512 cells of one power of two.
    chance = np.random.default_rng(1)
    shard = [(0, value) for value in 1 + chance.random(100_000)]
    sizes = [len(first_cells(*arrays(shard), 1).cells)]

    def ask(question):
        answer = question(shard)
        sizes.append(len(answer.cells))
        return [answer]

    _, (median,) = percentiles([first_cells(*arrays(shard), 1)], ask, look, [(0, 50)], 1)
    assert median == pytest.approx(np.median([value for _, value in shard]), rel=1e-12)
    # 100,000 / 512 values are left in the cell of the middle; two ranks are asked for.
    assert sizes[0] == 512
    assert len(sizes) == 2
    assert sizes[1] < 1_000


def test_questions_are_partials_of_a_modules_functions():
    asked = []

    def ask(question):
        asked.append(question)
        return [question([(0, value) for value in (1.0, 1.001, 1.0005)])]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "N_CELLS", 2)
        first = [first_cells(*arrays([(0, value) for value in (1.0, 1.001, 1.0005)]), 1)]
        assert percentiles(first, ask, look, [(0, 50)], 1)[1].tolist() == [1.0005]
    assert asked
    assert all(isinstance(question, partial) for question in asked)
