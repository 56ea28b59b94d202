import numpy as np
import pytest

from journey.analysis.forecast.chain import FIRST_DAYS, chances, chances_to_win, drawn_chances

SPANS = len(FIRST_DAYS)


def counts(n_states=2):
    return np.zeros((n_states, SPANS), np.int64), np.zeros(
        (n_states, SPANS, n_states + 1), np.int64
    )


def after(days, ways, n_days):
    *_, won = chances_to_win(chances(days, ways), n_days)
    return won[:, :, 0]


def test_equal_chances_at_all_ages_win_as_a_geometric_law_says():
    days, ways = counts()
    days[0], ways[0, :, 2] = 100, 5
    assert after(days, ways, 10)[0] == pytest.approx(1 - 0.95**10)


def test_a_way_by_another_stage_takes_a_day_more():
    # From the first stage certainly to the second, from there certainly to a win.
    days, ways = counts()
    days[:2, 0] = 1_000_000
    ways[0, 0, 1] = ways[1, 0, 2] = 1_000_000
    first, second = after(days, ways, 1), after(days, ways, 2)
    assert [first[0, 0], first[1, 0], second[0, 0]] == pytest.approx([0, 1, 1], abs=1e-4)


def test_what_never_comes_back_is_never_won():
    # A third of the days wins, a third goes to a state without a way on: half of all win.
    days, ways = counts()
    days[0] = 3_000_000
    ways[0, :, 2] = ways[0, :, 1] = 1_000_000
    assert after(days, ways, 60)[0] == pytest.approx(0.5, abs=1e-6)


def test_ages_never_seen_take_the_chance_of_the_age_before():
    # On the first day ten of 100 win, on the second none; all ages together 10 of 200, a week of
    # which fills in: (10 + 0.35) / 107. On the second a week of that does, then nothing is known.
    days, ways = counts()
    days[0, :2], ways[0, 0, 2] = 100, 10
    found = after(days, ways, 1)[0]
    assert found[[0, 1, 2, 200]] == pytest.approx([10.35 / 107, *[7 * 10.35 / 107 / 107] * 3])


def test_drawn_chances_lie_about_those_counted():
    days, ways = counts()
    days[0], ways[0, :, 2] = 10_000, 500
    drawn = drawn_chances(days, ways, n_draws=200, rng=np.random.default_rng(1)).ways
    assert drawn[:, 0, 0, 2].mean() == pytest.approx(0.05, rel=0.02)
    assert drawn[:, 0, 0, 2].std() > 0
    assert not drawn[:, 1].any()
