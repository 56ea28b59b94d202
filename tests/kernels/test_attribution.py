from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels import attribution as kernels
from tests import attribution_oracle as reference
from tests.kernels.twins import N_TYPES, codes, ints, shards

N_UNITS, N_GROUPS = 3, 2
UNITS = st.lists(st.integers(-1, N_UNITS - 1), min_size=N_TYPES, max_size=N_TYPES)
HALF_LIFE = 5.0


@st.composite
def cases(draw):
    """A shard with what the kernels need to know of each of its paths."""
    shard = draw(shards())
    n = len(shard.journeys)

    def each(values):
        return draw(st.lists(values, min_size=n, max_size=n))

    fates, groups = each(st.integers(0, 2)), each(st.integers(0, N_GROUPS - 1))
    weights, worth = each(st.integers(1, 3)), each(st.sampled_from((0.0, 2.5, 40.0)))
    kept = [draw(st.integers(0, len(mine))) for mine in shard.journeys]
    return shard, fates, groups, weights, worth, kept, draw(UNITS)


def unit_codes(units):
    array = np.array(units, np.int32)
    array.flags.writeable = False
    return array


def steps(mine, kept, units):
    """Units and times on a path."""
    return [(units[kind], tick) for kind, tick, _ in mine[:kept] if units[kind] >= 0]


def spans(shard, kept):
    begins = shard.offsets[:-1]
    return ints(begins), ints(begins + np.array(kept, np.int64))


@given(cases())
def test_count_transitions(case):
    shard, fates, groups, weights, _, kept, units = case
    wanted = Counter()
    for mine, fate, group, weight, n in zip(
        shard.journeys, fates, groups, weights, kept, strict=True
    ):
        path = [unit for unit, _ in steps(mine, n, units)]
        if path and fate != kernels.LEFT_OUT:
            states = [N_UNITS, *path, N_UNITS + fate]
            for before, after in pairwise(states):
                wanted[group, before, after] += weight
    found = kernels.count_transitions(
        shard.types,
        unit_codes(units),
        *spans(shard, kept),
        codes(fates),
        ints(groups),
        ints(weights),
        N_GROUPS,
        N_UNITS,
    )
    cells = zip(*(index.tolist() for index in found.nonzero()), strict=True)
    assert {cell: int(found[cell]) for cell in cells} == wanted


@given(cases())
def test_count_credits(case):
    shard, fates, groups, weights, worth, kept, units = case
    credit, without, n_journeys = kernels.count_credits(
        shard.types,
        unit_codes(units),
        shard.ticks,
        *spans(shard, kept),
        codes(fates),
        ints(groups),
        ints(weights),
        np.array(worth),
        HALF_LIFE,
        N_GROUPS,
        N_UNITS,
    )
    wanted, rest = np.zeros_like(credit), np.zeros_like(without)
    having = Counter()
    rows = zip(shard.journeys, fates, groups, weights, worth, kept, strict=True)
    for mine, fate, group, weight, value, n in rows:
        path = steps(mine, n, units)
        if fate != kernels.CONVERTED:
            continue
        if not path:
            rest[:, group] += weight, value
            continue
        different = {unit for unit, _ in path}
        having.update(dict.fromkeys(different, weight))
        models = [rule(path, HALF_LIFE) for rule in reference.RULES.values()]
        models.append(dict.fromkeys(different, 1 / len(different)))
        for model, shares in enumerate(models):
            for unit, share in shares.items():
                wanted[:, group, model, unit] += weight * share, value * share
    assert credit == pytest.approx(wanted)
    assert without == pytest.approx(rest)
    assert n_journeys.tolist() == [having[unit] for unit in range(N_UNITS)]


@given(cases(), st.integers(0, N_UNITS - 1))
def test_ends_and_members_of_paths(case, wanted):
    shard, _, _, _, _, kept, units = case
    paths = [
        [unit for unit, _ in steps(mine, n, units)]
        for mine, n in zip(shard.journeys, kept, strict=True)
    ]
    given_to = shard.types, unit_codes(units), *spans(shard, kept)
    first, last = kernels.ends_of_paths(*given_to)
    assert first.tolist() == [path[0] if path else -1 for path in paths]
    assert last.tolist() == [path[-1] if path else -1 for path in paths]
    found = kernels.paths_having(*given_to, wanted)
    assert found.tolist() == [wanted in path for path in paths]


@given(cases())
def test_count_touches(case):
    shard, fates, _, _, _, kept, _ = case
    wanted = Counter(
        touch[0]
        for mine, fate, n in zip(shard.journeys, fates, kept, strict=True)
        if fate != kernels.LEFT_OUT
        for touch in mine[:n]
    )
    found = kernels.count_touches(shard.types, *spans(shard, kept), codes(fates), N_TYPES)
    assert found.tolist() == [wanted[code] for code in range(N_TYPES)]


@pytest.mark.parametrize(
    ("values", "decided", "wanted"),
    [
        ([5.0, 9.0, 70.0], 1, 9.0),  # the last one by the win
        ([5.0, np.nan, 70.0], 1, 5.0),
        ([np.nan, 0.0, 70.0], 1, 70.0),  # none by then: the last one after
        ([np.nan, 0.0, -3.0], 1, 0.0),  # none above 0 at all
    ],
)
def test_worth_at_win(values, decided, wanted):
    found = kernels.worth_at_win(
        np.array(values), ints([0, 3]), ints([decided]), ints([0]), codes([kernels.CONVERTED])
    )
    assert found.tolist() == [wanted]


def test_what_is_not_won_is_worth_nothing():
    found = kernels.worth_at_win(
        np.array([5.0]), ints([0, 1]), ints([0]), ints([0]), codes([kernels.ENDED])
    )
    assert found.tolist() == [0.0]
