"""Two groups compared: the ratio and difference of their rates, and what chance alone gives."""

from math import lgamma
from typing import Any

import numpy as np
import numpy.typing as npt

from journey.analysis.figures.statistics import Z_95, wilson

Floats = npt.NDArray[np.float64]


def lift(n_hits: Any, n_inside: Any, hits_outside: Any, n_outside: Any) -> tuple[Floats, ...]:
    """A rate divided by the rate of all others, with its 95 % interval.

    Not a number where either group is empty; where a group has no hit, half a journey is added to
    each cell for the interval alone.

    References
    ----------
    Katz, D. et al. (1978). Obtaining confidence intervals for the risk ratio in cohort studies.
    *Biometrics* 34.

    Examples
    --------
    >>> ratio, low, high = lift(20, 100, 10, 100)
    >>> float(ratio), round(float(low), 3), round(float(high), 3)
    (2.0, 0.987, 4.054)
    """
    a, n, b, m = (np.asarray(x, dtype=float) for x in (n_hits, n_inside, hits_outside, n_outside))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (a / n) / (b / m)
        half = np.where((a == 0) | (b == 0), 0.5, 0.0)
        a, n, b, m = a + half, n + 2 * half, b + half, m + 2 * half
        middle = np.log(a / n) - np.log(b / m)
        spread = Z_95 * np.sqrt(1 / a - 1 / n + 1 / b - 1 / m)
        low, high = np.exp(middle - spread), np.exp(middle + spread)
    return ratio, low, high


def difference(hits_a: Any, n_a: Any, hits_b: Any, n_b: Any) -> tuple[Floats, Floats, Floats]:
    """The rate of one group minus that of another, with its 95 % interval.

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions.
    *Statistics in Medicine* 17 (method 10).

    Examples
    --------
    >>> gap, low, high = difference(56, 70, 48, 80)
    >>> round(float(gap), 4), round(float(low), 4), round(float(high), 4)
    (0.2, 0.0524, 0.3339)
    """
    rate_a, low_a, high_a = wilson(hits_a, n_a)
    rate_b, low_b, high_b = wilson(hits_b, n_b)
    gap = rate_a - rate_b
    low = gap - np.sqrt((rate_a - low_a) ** 2 + (high_b - rate_b) ** 2)
    high = gap + np.sqrt((high_a - rate_a) ** 2 + (rate_b - low_b) ** 2)
    return gap, low, high


def exact_chance(n_hits: Any, n_inside: Any, hits_of_all: Any, n_all: Any) -> Floats:
    """How often chance alone gives a group's hits, or more on the same side; times two.

    Hits are drawn from all without putting back, so the answer is right for tiny groups too.

    References
    ----------
    Fisher, R. A. (1935). The logic of inductive inference. *Journal of the Royal Statistical
    Society* 98.

    Examples
    --------
    Of 4 wins among 8, all 4 in a group of 4: one of the 70 ways to draw.

    >>> round(float(exact_chance(4, 4, 4, 8)), 4) == round(2 / 70, 4)
    True
    """
    drawn = np.broadcast_arrays(n_hits, n_inside, hits_of_all, n_all)
    k, n, hits, total = (np.array(x, dtype=np.float64, ndmin=1) for x in drawn)
    is_more = k * total >= n * hits
    # Few hits inside are many outside: only upper tails are summed.
    n = np.where(is_more, n, total - n)
    k = np.where(is_more, k, hits - k)
    term = np.exp(_log_draws(k, n, hits, total))
    tail = term.copy()
    at = k.copy()
    most, outside = np.minimum(hits, n), total - hits - n
    with np.errstate(divide="ignore", invalid="ignore"):
        while (term > tail * 1e-12).any():
            step = (hits - at) * (n - at) / ((at + 1) * (outside + at + 1))
            term = np.where(at < most, term * step, 0.0)
            tail += term
            at += 1
    return np.minimum(2 * tail, 1.0).reshape(drawn[0].shape)


def adjusted_for_many(chances: Floats) -> Floats:
    """Chances made so that at most one in twenty of those below 0.05 is there by chance.

    References
    ----------
    Benjamini, Y. & Hochberg, Y. (1995). Controlling the false discovery rate. *Journal of the
    Royal Statistical Society B* 57.

    Examples
    --------
    >>> import numpy as np
    >>> adjusted_for_many(np.array([0.01, 0.5, 0.02])).tolist()
    [0.03, 0.5, 0.03]
    """
    order = np.argsort(chances, kind="stable")
    ranked = chances[order] * len(chances) / np.arange(1, len(chances) + 1)
    adjusted = np.empty_like(chances)
    adjusted[order] = np.minimum.accumulate(ranked[::-1])[::-1]
    return np.minimum(adjusted, 1.0)


def _log_draws(k: Floats, n: Floats, hits: Floats, total: Floats) -> Floats:
    """The logarithm of the chance to draw just so many hits."""
    terms = (
        *(hits, total - hits, n, total - n),
        *(k, hits - k, n - k, total - hits - n + k, total),
    )
    signs = np.array([1, 1, 1, 1, -1, -1, -1, -1, -1])
    return np.sum(signs[:, None] * _log_factorials(np.stack(terms)), axis=0)


def _log_factorials(numbers: Floats) -> Floats:
    """The logarithm of each number's factorial, looked up once for each."""
    known, places = np.unique(numbers, return_inverse=True)
    return np.array([lgamma(number + 1) for number in known.tolist()])[places]


def with_and_without(n: Any, n_won: Any, n_rest: Any, won_rest: Any) -> dict[str, Any]:
    """Win rates of journeys that have something beside the rest, with intervals and their ratio.

    Examples
    --------
    >>> counts = (np.array([count]) for count in (10, 5, 10, 1))
    >>> found = with_and_without(*counts)
    >>> found["win_rate"].tolist(), found["rest_win_rate"].tolist(), found["lift"].tolist()
    ([0.5], [0.1], [5.0])
    """
    rate, low, high = wilson(n_won, n)
    rest_rate, rest_low, rest_high = wilson(won_rest, n_rest)
    ratio, least, most = lift(n_won, n, won_rest, n_rest)
    return {
        "n_journeys": n,
        "n_won": n_won,
        "win_rate": rate,
        "low": low,
        "high": high,
        "n_rest": n_rest,
        "rest_win_rate": rest_rate,
        "rest_low": rest_low,
        "rest_high": rest_high,
        "lift": ratio,
        "lift_least": least,
        "lift_most": most,
    }
