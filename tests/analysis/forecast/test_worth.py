import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey import forecast_wins, win_chances
from journey.analysis.forecast.worth import added_up, drawn_worth, worth_of
from tests.strategies import seeded

WINS = st.lists(
    st.tuples(st.integers(0, 2_000), st.floats(1, 1e6, allow_nan=False)), min_size=1, max_size=30
)


def summed(wins):
    days, values = zip(*wins, strict=True)
    return added_up(np.array(days), np.array(values)), np.array(days), np.array(values)


@given(WINS)
def test_past_wins_are_worth_together_what_they_were(wins):
    sums, days, values = summed(wins)
    worth = worth_of(sums)
    # At the middles of their spans, as which ages are known.
    ages = (np.minimum(days // 28, 39) + 0.5) * 28
    assert worth.at(ages).sum() == pytest.approx(values.sum())
    assert (worth.at(np.array([0.0, 1e6])) > 0).all()


def test_values_that_ages_say_nothing_of_give_their_mean_at_any_age():
    # At each of two ages the same values: what slope there is, chance made it.
    sums, *_ = summed([(10, 100.0), (10, 300.0), (300, 100.0), (300, 300.0)])
    assert worth_of(sums).at(np.array([0.0, 150.0, 999.0])).tolist() == [[200.0] * 3]


def test_one_win_or_none_tell_no_slope():
    sums, *_ = summed([(50, 90.0)])
    assert worth_of(sums).at(np.array([0.0, 999.0])).tolist() == [[90.0, 90.0]]
    assert worth_of(sums * 0).at(np.array([0.0])).tolist() == [[0.0]]


def test_draws_lie_about_what_is_expected():
    sums, *_ = summed([(d, 50.0 + d) for d in range(20, 400, 10)])
    drawn = drawn_worth(sums, n_draws=4_000, rng=np.random.default_rng(0))
    ages = np.array([60.0, 300.0])
    np.testing.assert_allclose(drawn.at(ages).mean(axis=0), worth_of(sums).at(ages)[0], rtol=0.05)


def test_what_open_journeys_bring_by_stage_adds_up_to_the_forecast():
    log = seeded(5).log()
    by_stage, by_week = win_chances(log, weeks=6), forecast_wins(log, weeks=6)
    assert by_stage["expected_wins"].sum() == pytest.approx(by_week["from_open"].sum())
    assert by_stage["expected_value"].sum() <= by_week["expected_value"].sum()


def test_values_that_are_all_the_same_draw_as_much_however_they_are_added_up():
    # The same 28 wins of 0.1 each, at once and in two parts: their sums differ by rounding alone.
    days, values = np.tile([20, 200, 700, 90], 7), np.full(28, 0.1)
    parts = [added_up(days[part], values[part]) for part in (slice(17), slice(17, 28))]
    next_draws = []
    for sums in (added_up(days, values), np.sum(parts, axis=0)):
        rng = np.random.default_rng(1)
        drawn_worth(sums, n_draws=5, rng=rng)
        next_draws.append(rng.random())
    assert next_draws[0] == next_draws[1]
