"""The few statistics behind rates and times: Wilson's interval, Kaplan and Meier's estimate."""

from typing import Any

import numpy as np
import numpy.typing as npt

Z_95 = 1.959963984540054
Floats = npt.NDArray[np.float64]


def wilson(n_hits: Any, n_all: Any) -> tuple[Floats, Floats, Floats]:
    """A rate with its 95 % interval, not a number where nothing was counted.

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    *Journal of the American Statistical Association* 22.

    Examples
    --------
    >>> rate, low, high = wilson(5, 10)
    >>> float(rate), round(float(low), 4), round(float(high), 4)
    (0.5, 0.2366, 0.7634)
    """
    hits, total = np.asarray(n_hits, dtype=float), np.asarray(n_all, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = hits / total
        spread = 1 + Z_95**2 / total
        middle = (rate + Z_95**2 / (2 * total)) / spread
        half = Z_95 / spread * np.sqrt(rate * (1 - rate) / total + Z_95**2 / (4 * total**2))
    unknown = total == 0
    low = np.where(hits == 0, 0.0, np.maximum(middle - half, 0))
    high = np.where(hits == total, 1.0, np.minimum(middle + half, 1))
    low, high = np.where(unknown, np.nan, low), np.where(unknown, np.nan, high)
    return np.where(unknown, np.nan, rate), low, high


def difference_of_rates(
    n_hits: Any, n_all: Any, n_other_hits: Any, n_other_all: Any
) -> tuple[Floats, Floats, Floats]:
    """One rate less another with its 95 % interval, not a number where either counts nothing.

    References
    ----------
    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions:
    comparison of eleven methods. *Statistics in Medicine* 17 (his method 10).

    Examples
    --------
    >>> [round(float(one), 4) for one in difference_of_rates(56, 70, 48, 80)]
    [0.2, 0.0524, 0.3339]
    """
    rate, low, high = wilson(n_hits, n_all)
    other, other_low, other_high = wilson(n_other_hits, n_other_all)
    difference = rate - other
    return (
        difference,
        difference - np.hypot(rate - low, other_high - other),
        difference + np.hypot(high - rate, other - other_low),
    )


def kaplan_meier(
    durations: npt.NDArray[Any], happened: npt.NDArray[np.bool_], shares: tuple[float, ...]
) -> list[float]:
    """Times by which given shares have happened; not a number where that was never reached.

    Parameters
    ----------
    durations
        Time to the event, or to the last moment seen.
    happened
        Whether the event was seen; otherwise the duration is censored.
    shares
        For example 0.5 for the median.

    References
    ----------
    Kaplan, E. L. & Meier, P. (1958). Nonparametric estimation from incomplete observations.
    *Journal of the American Statistical Association* 53.

    Examples
    --------
    >>> import numpy as np
    >>> kaplan_meier(np.array([1, 2, 3, 4]), np.array([True, True, False, True]), (0.5, 0.9))
    [2.0, 4.0]
    """
    times, n_events = np.unique(durations[happened], return_counts=True)
    n_at_risk = len(durations) - np.searchsorted(np.sort(durations), times)
    surviving = np.cumprod(1 - n_events / n_at_risk)
    found: list[float] = []
    for share in shares:
        reached = np.flatnonzero(surviving <= 1 - share + 1e-12)
        found.append(float(times[reached[0]]) if len(reached) else float("nan"))
    return found
