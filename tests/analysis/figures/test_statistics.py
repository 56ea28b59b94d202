from fractions import Fraction
from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journey.analysis.figures.statistics import kaplan_meier, wilson
from tests import oracle


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        # Table I of Newcombe (1998), method 3.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_wilson_gives_the_published_intervals(hits, total, low, high):
    found = wilson(hits, total)
    assert float(found[0]) == hits / total
    assert (float(found[1]), float(found[2])) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_rate_and_stays_between_0_and_1(counts):
    rate, low, high = map(float, wilson(*counts))
    if counts[1] == 0:
        assert isnan(rate)
        assert isnan(low)
        assert isnan(high)
    else:
        assert 0 <= low <= rate + 1e-12
        assert rate - 1e-12 <= high <= 1
        assert (low, high) == pytest.approx(oracle.wilson(*counts), abs=1e-12)


def test_wilson_takes_arrays():
    rate, low, high = wilson(np.array([0, 1]), np.array([0, 1]))
    assert np.isnan([rate[0], low[0], high[0]]).all()
    assert rate[1] == 1


def test_kaplan_meier_gives_the_published_estimate():
    # Freireich et al. (1963), remission under 6-MP: median 23 weeks, never below a tenth.
    happened = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    times = np.array(happened + censored)
    seen = np.arange(len(times)) < len(happened)
    median, late = kaplan_meier(times, seen, (0.5, 0.9))
    assert median == 23
    assert isnan(late)


@given(st.lists(st.tuples(st.integers(0, 9), st.booleans()), max_size=30))
def test_kaplan_meier_equals_the_reference(stays):
    times = np.array([time for time, _ in stays], dtype=np.int64)
    seen = np.array([happened for _, happened in stays], dtype=bool)
    found = kaplan_meier(times, seen, (0.5, 0.9))
    wanted = [oracle.kaplan_meier(stays, share) for share in (Fraction(1, 2), Fraction(9, 10))]
    assert found == pytest.approx(wanted, nan_ok=True)
