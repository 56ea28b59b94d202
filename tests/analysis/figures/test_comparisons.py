from math import comb, isclose

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from journey.analysis.figures.comparisons import adjusted_for_many, exact_chance, lift


def drawn(k, n, hits, total):
    return comb(hits, k) * comb(total - hits, n - k) / comb(total, n)


@given(st.data())
def test_exact_chance_sums_the_draws_on_the_same_side(data):
    total = data.draw(st.integers(1, 40))
    hits, n = data.draw(st.integers(0, total)), data.draw(st.integers(1, total))
    k = data.draw(st.integers(max(0, n + hits - total), min(n, hits)))
    side = range(k, min(n, hits) + 1) if k * total >= n * hits else range(k + 1)
    expected = min(1.0, 2 * sum(drawn(i, n, hits, total) for i in side if n - i <= total - hits))
    assert isclose(float(exact_chance(k, n, hits, total)), expected, rel_tol=1e-6, abs_tol=1e-9)


def test_exact_chance_of_many_groups_at_once():
    found = exact_chance([39, 0, 5], [114, 79, 50], [129, 129, 129], [1200, 1200, 1200])
    assert found[0] < 1e-11
    assert 0.0001 < found[1] < 0.01  # (1071 / 1200) ** 79 = 0.00012, twice that, a little less
    assert found[2] > 0.5


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_adjusting_never_lowers_a_chance_and_keeps_their_order(chances):
    found = adjusted_for_many(np.array(chances))
    assert (found >= np.array(chances) - 1e-12).all()
    order = np.argsort(chances)
    assert (np.diff(found[order]) >= -1e-12).all()


def test_lift_without_hits_still_has_an_interval():
    ratio, low, high = lift(0, 40, 20, 100)
    assert float(ratio) == 0
    assert 0 < float(low) < float(high) < 1
