from collections import Counter, defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.kernels import ranks

N_LABELS = 3
NONE = 2**64 - 1
VALUES = st.integers(0, 40) | st.just(2**40)
LABELLED = st.lists(st.tuples(st.integers(0, N_LABELS), VALUES), max_size=20)  # the last: none
LOWS = st.lists(st.integers(0, 20), min_size=N_LABELS, max_size=N_LABELS)
SMALL = st.lists(st.integers(0, 5), min_size=N_LABELS, max_size=N_LABELS)


def arrays(pairs):
    """Labels, and ticks that are as far apart as the values say."""
    labels = np.array([label for label, _ in pairs], np.uint32)
    earlier = np.arange(len(pairs)) - 7
    return labels, earlier, earlier + np.array([value for _, value in pairs], np.int64)


def wide(values):
    return np.array(values, np.uint64)


@given(LABELLED, LOWS, SMALL, st.permutations([0, 1, 2]))
def test_count_in_bins(pairs, lows, shifts, slots):
    n_slots, n_bins = 2, 4  # the label at slot 2 is not asked for
    found = ranks.count_in_bins(
        *arrays(pairs), wide([*lows, 0]), wide([*shifts, 0]), wide([*slots, 2]), n_slots, n_bins
    )
    wanted = Counter(
        (slots[label], (value - lows[label]) >> shifts[label])
        for label, value in pairs
        if label < N_LABELS and value >= lows[label]
    )
    assert found.tolist() == [[wanted[slot, k] for k in range(n_bins)] for slot in range(n_slots)]


@given(st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4).filter(any)), st.randoms())
def test_bins_at_places(rows, rng):
    places = [rng.randrange(sum(row)) for row in rows]
    found = ranks.bins_at_places(np.array(rows, np.int64).reshape(-1, 4), np.array(places, int))
    for row, place, chosen, n_below, n_inside in zip(rows, places, *found, strict=True):
        assert (n_below, n_inside) == (sum(row[:chosen]), row[chosen])
        assert n_below <= place < n_below + n_inside


def test_a_place_past_all_is_in_the_last_bin():
    found = ranks.bins_at_places(np.array([[1, 2], [0, 0]]), np.array([3, 0]))
    assert [one.tolist() for one in found] == [[1, 1], [1, 0], [2, 0]]


@given(LABELLED, LOWS, SMALL)
def test_collect_in_brackets(pairs, lows, widths):
    lows, widths = [*lows, 0], [*widths, 0]
    brackets, n_most = (wide(lows), wide(widths)), len(pairs)
    labels, distances, above = ranks.collect_in_brackets(*arrays(pairs), *brackets, n_most)
    assert list(zip(labels.tolist(), distances.tolist(), strict=True)) == [
        (label, value - lows[label])
        for label, value in pairs
        if 0 <= value - lows[label] < widths[label]
    ]
    beyond = defaultdict(list)
    for label, value in pairs:
        if value >= lows[label] + widths[label]:
            beyond[label].append(value - lows[label])
    for label, mine in beyond.items():
        assert above[label] == min(mine)


@given(LABELLED, st.randoms())
def test_values_at_places(pairs, rng):
    of_label = defaultdict(list)
    for label, value in pairs:
        of_label[label].append(value)
    places = [rng.randrange(len(of_label[k]) or 1) for k in range(N_LABELS + 1)]
    labels, values = arrays(pairs)[0], wide([value for _, value in pairs])
    found, following = ranks.values_at_places(labels, values, np.array(places), N_LABELS + 1)
    for label, place in enumerate(places):
        mine = [*sorted(of_label[label]), NONE, NONE]
        assert found[label] == (mine[place] if of_label[label] else 0)
        assert following[label] == mine[place + 1]


@given(st.lists(st.integers(0, 9) | VALUES, min_size=1, max_size=40), st.data())
def test_settle(values, data):
    place = data.draw(st.integers(0, len(values) - 1))
    found = wide(values)
    ranks.settle(found, place)
    assert sorted(found.tolist()) == sorted(values)
    assert found[place] == sorted(values)[place]
    assert max(found[:place], default=0) <= found[place] <= min(found[place:])
