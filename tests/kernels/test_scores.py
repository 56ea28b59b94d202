from math import exp, inf

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels import scores
from journey.store.layout import frozen
from tests.kernels.twins import N_TYPES, flags, ints, shards

RATE = 0.1
GIVEN = st.lists(
    st.dictionaries(st.integers(0, 2), st.integers(-9, 9).map(float), max_size=3),
    min_size=N_TYPES,
    max_size=N_TYPES,
)
FADES = [False, True, True]


def table(given):
    """What each class is given, as the arrays that kernels read."""
    pairs = [(rule, points) for mine in given for rule, points in mine.items()]
    starts = np.cumsum([0, *map(len, given)])
    rules = np.array([rule for rule, _ in pairs], np.int64)
    points = np.array([points for _, points in pairs], np.float64)
    return frozen(starts.astype(np.int64)), frozen(rules), frozen(points), flags(FADES), RATE


def at(touches, given, instant):
    """The twin: what each rule gave for touches, as much as is left at an instant."""
    sums = [0.0, 0.0, 0.0]
    for kind, tick, _ in touches:
        for rule, points in given[kind].items():
            sums[rule] += points * (exp(-RATE * (instant - tick)) if FADES[rule] else 1)
    return sums


@given(shards(), GIVEN, st.integers(20, 40))
def test_points_at(shard, given, instant):
    n_journeys = len(shard.journeys)
    found = scores.points_at(
        shard.types,
        shard.ticks,
        shard.offsets[:-1],
        shard.offsets[1:],
        ints([instant] * n_journeys),
        *table(given),
    )
    wanted = [at(mine, given, instant) for mine in shard.journeys]
    np.testing.assert_allclose(found, np.reshape(wanted, (n_journeys, 3)), atol=1e-9)


@given(shards(least=1), GIVEN, st.lists(st.integers(-30, 40), max_size=6).map(sorted))
def test_running_points(shard, given, instants):
    for mine, (begin, end) in zip(shard.journeys, shard.spans, strict=True):
        found = scores.running_points(
            shard.types[begin:end], shard.ticks[begin:end], ints(instants), *table(given)
        )
        wanted = [at([t for t in mine if t[1] <= one], given, one) for one in instants]
        np.testing.assert_allclose(found, np.reshape(wanted, (len(instants), 3)), atol=1e-9)


@given(shards(), GIVEN, st.tuples(st.integers(-9, 20), st.integers(-9, 20)))
def test_first_held(shard, given, least):
    limits, places, most = [5.0, inf, 6.0], [0, 1, 1], 12.0
    base = np.array([[j, -j] for j in range(len(shard.journeys))], np.float64).reshape(-1, 2)
    found = scores.first_held(
        shard.types,
        shard.ticks,
        shard.offsets[:-1],
        shard.offsets[1:],
        *table(given),
        frozen(np.array(limits)),
        ints(places),
        frozen(base),
        most,
        frozen(np.array(least, np.float64) + 1e-4),  # no sum of whole points lies there
    )
    for j, (mine, (begin, _)) in enumerate(zip(shard.journeys, shard.spans, strict=True)):
        wanted = -1
        for k, touch in enumerate(mine):
            totals = [float(j), float(-j)]
            for rule, points in enumerate(at(mine[: k + 1], given, touch[1])):
                totals[places[rule]] += min(max(points, -limits[rule]), limits[rule])
            if all(min(max(t, -most), most) >= one + 1e-4 for t, one in zip(totals, least)):  # noqa: B905
                wanted = begin + k
                break
        assert found[j] == wanted
