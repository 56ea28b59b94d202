"""What a win is worth by how long its journey ran: large deals take longer.

The mean value of past wins is that of quick ones, the more so the younger the log, and journeys
that are still open are those that were not quick. So the value of a win is a line in the age of
its journey, fitted to the logarithms of past values and scaled to their sum. The slope is drawn
towards none by as much as chance alone would make of it; ages never seen at a win count as the
nearest that was.

References
----------
James, W. & Stein, C. (1961): Estimation with quadratic loss. Proceedings of the Fourth Berkeley
Symposium 1, 361-379.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from journey.store.layout import frozen

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DAYS_A_SPAN: Final = 28
N_SPANS: Final = 40
"""Spans of the age of a journey; the last never ends."""

MIDDLES: Final = frozen(np.arange(N_SPANS, dtype=np.float64) + 0.5)
"""Ages in the middle of the spans, in spans."""

SUMS: Final = ("n", "value", "square", "log", "square_of_log")
"""What is added up of the values of wins, by span of age."""

_LEAST: Final = 3
"""Fewer wins tell no slope."""

_ROUNDING: Final = 1e-9
"""Values whose variance is less are all the same, added up in one order or another."""


@dataclass(frozen=True, eq=False)
class Worth:
    """By draw the value of a win whose journey is of average age, how fast it grows, its spread.

    ``square`` is the mean of squared values as a multiple of the squared mean at that age; ages
    are in spans, cut to those ``seen`` at wins, and counted from ``middle``.
    """

    level: Floats
    slope: Floats
    square: float
    middle: float
    seen: tuple[float, float]

    def at(self, ages: Floats) -> Floats:
        """The value of a win at ages of its journey in days: ``[draw, age]``."""
        spans = np.clip(ages / DAYS_A_SPAN, *self.seen) - self.middle
        return self.level[:, None] * np.exp(self.slope[:, None] * spans)


def spans_of(days: Ints) -> Ints:
    """The span in which an age of so many days lies."""
    return np.clip(days // DAYS_A_SPAN, 0, N_SPANS - 1).astype(np.int64)


def added_up(days: Ints, values: Floats) -> Floats:
    """Sums of the values of wins by the age of their journeys: ``[sum, span]``."""
    logs = np.log(values)
    weights = (np.ones(len(values)), values, values**2, logs, logs**2)
    spans = spans_of(days)
    return np.array([np.bincount(spans, weight, N_SPANS) for weight in weights], np.float64)


def worth_of(sums: Floats) -> Worth:
    """What past wins say of the value of a win; 0 where no win has a value.

    Examples
    --------
    Four wins of 100 after a span, four of 300 after three: no chance about it, so a win is worth
    their geometric mean in between.

    >>> sums = added_up(np.array([30, 90] * 4), np.array([100.0, 300.0] * 4))
    >>> worth_of(sums).at(np.array([42.0, 70.0, 98.0, 999.0])).round().tolist()
    [[100.0, 173.0, 300.0, 300.0]]
    """
    return _fitted(sums, np.array([_line(sums)[0]]), np.ones(1))


def drawn_worth(sums: Floats, *, n_draws: int, rng: np.random.Generator) -> Worth:
    """The same as it might be, since only so many wins were seen."""
    slope, error = _line(sums)
    slopes = rng.normal(slope, error, n_draws)
    n, square = sums[0].sum(), _fitted(sums, np.array([slope]), np.ones(1)).square
    variance = (square - 1) / n if n else 0.0
    is_alike = variance < _ROUNDING
    factors = np.ones(n_draws) if is_alike else rng.gamma(1 / variance, variance, n_draws)
    return _fitted(sums, slopes, factors)


def _line(sums: Floats) -> tuple[float, float]:
    """The slope of the logarithm of values by span of age, and its standard error."""
    n, _, _, logs, squares = sums
    total = n.sum()
    if total < _LEAST:
        return 0.0, 0.0
    ages = MIDDLES - (n * MIDDLES).sum() / total
    spread, mean = (n * ages**2).sum(), logs.sum() / total
    if not spread:
        return 0.0, 0.0
    slope = (ages * logs).sum() / spread
    left = squares.sum() - total * mean**2 - slope**2 * spread
    error = np.sqrt(max(left, 0.0) / (total - 2) / spread)
    # Positive-part shrinkage: a slope no larger than chance alone makes is none.
    kept = max(0.0, 1 - (error / slope) ** 2) if slope else 0.0
    return float(slope * kept), float(error * np.sqrt(kept))


def _fitted(sums: Floats, slopes: Floats, factors: Floats) -> Worth:
    """Levels that give the sum of past values at each slope."""
    n, value, square, _, _ = sums
    filled = np.flatnonzero(n)
    if not len(filled):
        return Worth(np.zeros(len(slopes)), np.zeros(len(slopes)), 1.0, 0.0, (0.0, 0.0))
    ages = MIDDLES
    middle = float((n * ages).sum() / n.sum())
    growth = np.exp(slopes[:, None] * (ages - middle))
    level = factors * value.sum() / (growth @ n)
    of_mean = value.sum() / (growth[:1] @ n) * growth[0]
    spread = max(float(square.sum() / (n * of_mean**2).sum()), 1.0)
    return Worth(level, slopes, spread, middle, (float(ages[filled[0]]), float(ages[filled[-1]])))
