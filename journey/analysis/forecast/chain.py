"""A chain of stages with the time spent in them: from what journeys did, how likely they win.

Each day a journey moves to another state, is won or stays, with chances that depend on its state
and on how long it has been there. A state is a stage, whether the journey was ever further, or that
it is over, from where some come back. Chances are counted: ways on / days at risk. Where few days
of an age are known, the chances of the age before fill in, those of all ages at first, weighing as
much as one way on does, a week at most.

References
----------
Howard, R. A. (1971): Dynamic Probabilistic Systems, volume II: Semi-Markov and Decision Processes.
Allison, P. D. (1982): Discrete-time methods for the analysis of event histories. Sociological
Methodology 13, 61-98.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from journey.kernels.chain import a_day_more
from journey.store.layout import frozen

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

FIRST_DAYS: Final = frozen(
    np.array([0, 1, 2, 3, 5, 7, 14, 21, 28, 42, 56, 84, 112, 168, 252], dtype=np.int64)
)
"""Days since a stage was entered at which chances may change."""

N_AGES: Final = int(FIRST_DAYS[-1]) + 1
MOST_FILLED_DAYS: Final = 7.0


@dataclass(frozen=True, eq=False)
class Chances:
    """Chances of a day by draw, state and span of age: to go to each state, and to win.

    Index of ``ways``: ``[draw, state, span, to]``; to is a state, then a win.
    """

    ways: Floats

    @property
    def n_states(self) -> int:
        """All but the win."""
        return self.ways.shape[1]


def chances(days: Ints, ways: Ints) -> Chances:
    """The chances that counts of days at risk and of ways on give; one draw.

    Examples
    --------
    Five wins in 50 days of one stage and no other way on: a tenth each day.

    >>> days, ways = np.zeros((2, 15), np.int64), np.zeros((2, 15, 3), np.int64)
    >>> days[0, 0], ways[0, 0, 2] = 50, 5
    >>> float(chances(days, ways).ways[0, 0, 0, 2])
    0.1
    """
    shapes, rates = _posterior(days, ways)
    return Chances(_bounded(shapes / rates)[None])


def drawn_chances(days: Ints, ways: Ints, *, n_draws: int, rng: np.random.Generator) -> Chances:
    """Chances as they might be, given that only so many days were seen."""
    shapes, rates = _posterior(days, ways)
    # Without any way on of a kind there is nothing to draw: its chance is 0.
    drawn = rng.gamma(np.where(shapes > 0, shapes, 1.0), size=(n_draws, *shapes.shape))
    return Chances(_bounded(np.where(shapes > 0, drawn, 0.0) / rates))


def chances_to_win(known: Chances, n_days: int) -> Iterator[Floats]:
    """Day by day the chance to have won by its end: ``[state, age, draw]``, ages in days.

    It is the same array each day, written anew: copy what is to stay.

    Examples
    --------
    A tenth each day: 0.1 after one day, 0.1 + 0.9 x 0.1 after two.

    >>> days, ways = np.zeros((2, 15), np.int64), np.zeros((2, 15, 3), np.int64)
    >>> days[0, 0], ways[0, 0, 2] = 50, 5
    >>> [round(float(won[0, 0, 0]), 3) for won in chances_to_win(chances(days, ways), 2)]
    [0.1, 0.19]
    """
    by_draw = known.ways.transpose(1, 2, 3, 0)
    stays = frozen((1 - known.ways.sum(axis=-1)).transpose(1, 2, 0))
    moves, wins = frozen(by_draw[:, :, :-1]), frozen(by_draw[:, :, -1])
    won = np.zeros((len(stays), N_AGES, stays.shape[2]))
    for _ in range(n_days):
        a_day_more(won, moves, wins, stays, FIRST_DAYS)
        yield won


def _posterior(days: Ints, ways: Ints) -> tuple[Floats, Floats]:
    """Shape and rate of what is known of each chance: those of the age before fill in."""
    shapes, rates = ways.astype(float), days.astype(float)
    known = ways.sum(axis=1) / np.maximum(days.sum(axis=1), 1)[:, None]
    for span in range(days.shape[1]):
        filled = 1 / np.maximum(known.sum(axis=1), 1 / MOST_FILLED_DAYS)
        shapes[:, span] += filled[:, None] * known
        rates[:, span] += filled
        known = shapes[:, span] / rates[:, span, None]
    return shapes, rates[:, :, None]


def _bounded(ways: Floats) -> Floats:
    """All ways on of a day are no likelier than certain."""
    return ways / np.maximum(ways.sum(axis=-1, keepdims=True), 1.0)
