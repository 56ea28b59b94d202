"""How far forecasts were off in the past, beyond chance: what a season or a new price does."""

from typing import Final

import numpy as np
import numpy.typing as npt

from journey.analysis.forecast.chain import Chances, chances, chances_to_win
from journey.analysis.forecast.evidence import DAYS_A_WEEK, WEEKS_OF_BEGINNINGS, Learnt
from journey.analysis.forecast.worth import DAYS_A_SPAN, MIDDLES, worth_of

Floats = npt.NDArray[np.float64]

LEAST_WON: Final = 10
"""With fewer journeys won by then a forecast has nothing to go by."""


def spread_of_misses(known: Learnt, weeks: int) -> float:
    """The variance, as a share of what was expected squared, that chance alone doesn't make.

    Wins are counted beside those expected on the past days of the evidence, in steps of so many
    weeks. Were it for chance alone, the square of each difference would be as large as the number
    expected: what is more, is the misses' own. 0 where there is no past.
    """
    n_won = np.append(known.ways[..., -1].sum(), known.past_ways[..., -1].sum(axis=(1, 2)))
    can_tell = n_won[1:] >= LEAST_WON
    if not can_tell.any():
        return 0.0
    came = -np.diff(n_won)[can_tell]
    expected = _expected(known, can_tell, weeks)
    beyond = ((came - expected) ** 2 - expected).sum()
    return max(float(beyond / (expected**2).sum()), 0.0)


def spread_of_values(known: Learnt) -> float:
    """The same of the value of wins: beside what those of that age were worth up to then."""
    past = np.concatenate([known.won_values[None], known.past_won_values])
    can_tell = np.flatnonzero(past[1:, 0].sum(axis=1) >= LEAST_WON)
    beyond, squares = 0.0, 0.0
    for back in can_tell.tolist():
        before, came = past[back + 1], past[back] - past[back + 1]
        told = worth_of(before)
        each = told.at(MIDDLES * DAYS_A_SPAN)[0]
        expected = float(came[0] @ each)
        by_chance = (told.square - 1) * (came[0] @ each**2 + expected**2 / before[0].sum())
        beyond += (came[1].sum() - expected) ** 2 - by_chance
        squares += expected**2
    return max(beyond / squares, 0.0) if squares else 0.0


def _expected(known: Learnt, can_tell: npt.NDArray[np.bool_], weeks: int) -> Floats:
    """Wins expected in the weeks after some past days, from what was known then."""
    then = zip(known.past_days[can_tell], known.past_ways[can_tell], strict=True)
    told = Chances(np.concatenate([chances(*counts).ways for counts in then]))
    a_day = known.past_begun[can_tell] / (WEEKS_OF_BEGINNINGS * DAYS_A_WEEK)
    of_new, won = np.zeros(len(a_day)), np.zeros((*known.past_mass.shape[1:], len(a_day)))
    for won in chances_to_win(told, weeks * DAYS_A_WEEK):
        of_new += (a_day * won[:, 0].T).sum(axis=1)
    return of_new + (known.past_mass[can_tell] * won.transpose(2, 0, 1)).sum(axis=(1, 2))
