"""Counting each thing once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.analysis.figures.distinct import FLAGS_PER_KEY, count_first, dealt, distinct
from journey.kernels.distinct import (
    count_groups,
    firsts,
    last_before,
    marked,
    occurrences,
    owners_of,
    pairs_once,
    seconds_of_firsts,
    visitors_seen,
)
from journey.store.layout import frozen

GROUPS = st.lists(st.lists(st.integers(0, 4), max_size=5), max_size=5)


def ints(values):
    return frozen(np.array(values, np.int64))


@given(st.lists(st.integers(0, 9)))
def test_marked_are_the_numbers_that_occur(keys):
    assert marked(ints(keys), 10).tolist() == [number in keys for number in range(10)]


@given(st.lists(st.integers(-3, 5)), st.sampled_from([np.int32, np.int64]))
def test_occurrences_are_counted_from_the_first_number_on(keys, kind):
    found = occurrences(frozen(np.array(keys, kind)), -3, 9)
    assert found.tolist() == [keys.count(number) for number in range(-3, 6)]


@given(GROUPS)
def test_a_row_is_the_first_of_its_group_in_its_journey_where_none_is_before_it(journeys):
    groups = [group for mine in journeys for group in mine]
    owners = [j for j, mine in enumerate(journeys) for _ in mine]
    told = [group not in mine[:place] for mine in journeys for place, group in enumerate(mine)]
    assert firsts(ints(groups), ints(owners), 5).tolist() == told


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=12))
def test_the_last_before_is_flagged_and_of_the_same_group(told):
    groups, flags = [group for group, _ in told], [flag for _, flag in told]
    wanted = [
        max((row for row in range(at) if told[row] == (group, True)), default=-1)
        for at, group in enumerate(groups)
    ]
    for function in (last_before, last_before.py_func):
        assert function(ints(groups), frozen(np.array(flags, bool))).tolist() == wanted


@given(GROUPS, st.data())
def test_owners_are_the_journeys_that_rows_lie_in(journeys, data):
    owners = [j for j, mine in enumerate(journeys) for _ in mine]
    rows = sorted(data.draw(st.sets(st.sampled_from(range(len(owners)))))) if owners else []
    offsets = np.cumsum([0, *map(len, journeys)])
    assert owners_of(ints(rows), ints(offsets)).tolist() == [owners[row] for row in rows]


@given(st.lists(st.integers(-50, 50)), st.sampled_from([1, 10 * FLAGS_PER_KEY]))
def test_numbers_are_found_once_whether_close_or_far_apart(keys, apart):
    assert distinct(ints(keys) * apart).tolist() == sorted({key * apart for key in keys})


@given(st.lists(st.lists(st.integers(0, 59)), min_size=1, max_size=3), st.integers(1, 3))
def test_pairs_of_several_shards_are_counted_once_in_whatever_buckets(shards, n_buckets):
    parts = [dealt(*np.divmod(ints(keys), 10), 6, 10, n_buckets) for keys in shards]
    counted = [count_first(bucket, 10) for bucket in zip(*parts, strict=True)]
    found = np.zeros(6, np.int64)
    for first, counts in counted:
        found[first] += counts
    pairs = {divmod(key, 10) for keys in shards for key in keys}
    assert found.tolist() == [sum(one == first for one, _ in pairs) for first in range(6)]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 5))))
def test_pairs_are_found_once_by_the_first(pairs):
    first, second = ints(pairs).reshape(-1, 2).T.copy()
    found = pairs_once(first, second, 4, 5).tolist()  # a first of 4, a second of 5: not known
    assert [key // 5 for key in found] == sorted(key // 5 for key in found)
    told = {(one, other) for one, other in pairs if one < 4 and other < 5}
    assert sorted(map(divmod, found, [5] * len(found))) == sorted(told)


PAIRS = st.sets(st.tuples(st.integers(0, 3), st.integers(0, 2)))


@given(st.lists(PAIRS, max_size=4))
def test_second_things_of_several_parts_are_counted_once_for_each_first_one(parts):
    ordered = [sorted(3 * first + second for first, second in part) for part in parts]
    ends = ints(np.cumsum([0, *map(len, ordered)]))
    pairs = ints([pair for part in ordered for pair in part])
    every = set().union(*parts)
    wanted = [sum(one == first for one, _ in every) for first in range(4)]
    assert seconds_of_firsts(pairs, ends, 4, 3).tolist() == wanted


@given(GROUPS)
def test_groups_are_counted_by_rows_and_by_journeys(journeys):
    groups = [group for mine in journeys for group in mine]
    offsets = np.cumsum([0, *map(len, journeys)])
    n_rows, n_journeys = count_groups(ints(groups), ints(offsets), 5)
    assert n_rows.tolist() == [groups.count(group) for group in range(5)]
    assert n_journeys.tolist() == [sum(group in mine for mine in journeys) for group in range(5)]


@given(st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.integers(0, 9))))
def test_visitors_are_met_in_the_period_and_known_at_any_time(touches):
    # The last number stands for no visitor.
    told = ints([2 * visitor + is_known for visitor, is_known, _ in touches])
    seen = visitors_seen(told, ints([tick for *_, tick in touches]), 3, 6, 3)
    met = {visitor for visitor, _, tick in touches if 3 <= tick < 6}
    known = {visitor for visitor, is_known, _ in touches if is_known}
    assert seen.tolist() == [(who in met) + 2 * (who in known) for who in range(3)]
