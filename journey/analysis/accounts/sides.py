"""Journeys in a state that had a touch next, beside those of the same stage that had another."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Sides:
    """Decided and won journeys by the touch that came next, and those that had another.

    Of several stages the rate without is the mean of theirs, weighted by the journeys with the
    touch: each is compared with others of its own stage, not with one that wins more or less
    anyhow. ``n_sure`` journeys of one stage would tell that mean as surely; of them
    ``won_without`` won. ``seen`` says in which stages the touch came, and can be compared.
    """

    n_with: Ints
    won_with: Ints
    n_without: Ints
    n_sure: Floats
    won_without: Floats
    seen: Flags


def sides(decided: Ints, won: Ints) -> Sides:
    """The two sides of each touch.

    Parameters
    ----------
    decided, won
        Journeys by stage and by the touch that followed.

    Examples
    --------
    In one stage 3 of 4 won with the first touch, 1 of 10 with the second; in the other 5 of 10
    and 9 of 10. The first is compared with 4 parts of 10 % and 10 parts of 90 %.

    >>> both = sides(np.array([[4, 10], [10, 10]]), np.array([[3, 1], [5, 9]]))
    >>> float(round(both.won_with[0] / both.n_with[0], 3))
    0.571
    >>> float(round(both.won_without[0] / both.n_sure[0], 3))
    0.671
    """
    others, others_won = (all_of.sum(1, keepdims=True) - all_of for all_of in (decided, won))
    if len(decided) == 1:
        n_sure, won_without = others[0].astype(float), others_won[0].astype(float)
        return Sides(decided[0], won[0], others[0], n_sure, won_without, decided > 0)
    # Where nobody had another touch there is nothing to compare with.
    mine, mine_won = (np.where(others > 0, all_of, 0) for all_of in (decided, won))
    n_with, seen = mine.sum(0), mine > 0
    weights, least = mine / np.maximum(n_with, 1), np.maximum(others, 1)
    rates, variance = (weights * (others_won / least)).sum(0), (weights**2 / least).sum(0)
    n_sure = np.divide(1.0, variance, out=np.zeros(len(variance)), where=variance > 0)
    n_without = np.where(seen, others, 0).sum(0)
    return Sides(n_with, mine_won.sum(0), n_without, n_sure, rates * n_sure, seen)
