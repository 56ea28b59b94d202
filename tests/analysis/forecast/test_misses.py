from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from journey.analysis.forecast.evidence import learnt_of
from journey.analysis.forecast.misses import spread_of_misses, spread_of_values
from tests.analysis.forecast.test_backtest import steady
from tests.examples import small_log
from tests.strategies import seeded


def test_what_comes_as_expected_is_off_by_chance_alone():
    known = learnt_of(steady(60), weeks=4)
    assert spread_of_misses(known, 4) == 0
    # Each win is worth 100.
    assert spread_of_values(known) == 0


def test_wins_that_stop_and_start_are_off_by_more():
    # Ten wins a week for 26 weeks, none for 13, and ten again: chance alone would not do so.
    weeks = [week for week in range(65) if not 26 <= week < 39]
    rows = [
        (f"{week} {k}", 7 * week + day, name)
        for week in weeks
        for k in range(10)
        for day, name in ((0, "Demo"), (3, "Won"))
    ]
    log = small_log(rows, steady(1).definitions)
    assert spread_of_misses(learnt_of(log, weeks=13), 13) > 0.1


def test_values_that_grow_tenfold_are_off_by_more_than_chance():
    log = steady(60)
    known = learnt_of(log, weeks=13)
    # Of values 100 each, those before the last quarter are taken for 10: squares and logs too.
    n = known.past_won_values[:, 0]
    past = np.stack([n, n * 10, n * 100, n * np.log(10), n * np.log(10) ** 2], axis=1)
    # Of the wins since, all but the last 13 weeks' came as foretold; these are worth 100 in place
    # of 10 each: 90 a win too much, less what chance does.
    now = known.won_values
    recent = now[0] - n[0]
    values = past[0] + np.stack(
        [recent, recent * 100, recent * 1e4, recent * np.log(100), recent * np.log(100) ** 2]
    )
    told = replace(known, past_won_values=past, won_values=values)
    expected = [10 * (before[0] - after[0]).sum() for before, after in pairwise(past)]
    counted = [e for e, before in zip(expected, past[1:], strict=True) if before[0].sum() >= 10]
    squares = (10 * recent.sum()) ** 2 + sum(e**2 for e in counted)
    assert spread_of_values(told) == pytest.approx((90 * recent.sum()) ** 2 / squares)


def test_without_a_past_nothing_is_known_of_misses():
    for log in (steady(6), seeded(1, n_accounts=1).log()):
        known = learnt_of(log, weeks=13)
        assert (spread_of_misses(known, 13), spread_of_values(known)) == (0, 0)
