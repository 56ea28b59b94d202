import numpy as np
import pytest

from journey.analysis.forecast.chain import FIRST_DAYS, chances, chances_to_win, drawn_chances

SPANS = len(FIRST_DAYS)


def counts(n_stages=1):
    states = n_stages + 1
    return np.zeros((states, SPANS), np.int64), np.zeros((states, SPANS, states + 2), np.int64)


def after(days, ways, n_days):
    *_, won = chances_to_win(chances(days, ways), n_days)
    return won[0]


def test_equal_chances_at_all_ages_win_as_a_geometric_law_says():
    days, ways = counts()
    days[0], ways[0, :, 2] = 100, 5
    assert after(days, ways, 10)[0] == pytest.approx(1 - 0.95**10)


def test_a_way_by_another_stage_takes_a_day_more():
    # From the first stage certainly to the second, from there certainly to a win.
    days, ways = counts(2)
    days[:2, 0] = 1_000_000
    ways[0, 0, 1] = ways[1, 0, 3] = 1_000_000
    first, second = after(days, ways, 1), after(days, ways, 2)
    assert [first[0, 0], first[1, 0], second[0, 0]] == pytest.approx([0, 1, 1], abs=1e-4)


def test_what_ends_otherwise_is_never_won():
    # A third of the days wins, a third ends: half of all win in the end.
    days, ways = counts()
    days[0] = 3_000_000
    ways[0, :, 2] = ways[0, :, 3] = 1_000_000
    assert after(days, ways, 60)[0] == pytest.approx(0.5, abs=1e-6)


def test_few_days_take_the_chance_of_all_ages():
    # Ten wins in 100 days early on; later ages were never seen.
    days, ways = counts()
    days[0, 0], ways[0, 0, 2] = 100, 10
    assert after(days, ways, 1)[0, 300 - 100] == pytest.approx(0.1)


def test_drawn_chances_lie_about_those_counted():
    days, ways = counts()
    days[0], ways[0, :, 2] = 10_000, 500
    drawn = drawn_chances(days, ways, n_draws=200, rng=np.random.default_rng(1)).ways
    assert drawn[:, 0, 0, 2].mean() == pytest.approx(0.05, rel=0.02)
    assert drawn[:, 0, 0, 2].std() > 0
    assert not drawn[:, 1].any()
