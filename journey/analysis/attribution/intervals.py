"""How sure credits are: the same figures from journeys drawn again and again."""

from typing import Final

import numpy as np
import numpy.typing as npt

from journey.analysis.attribution.markov import as_shares, removal_shares
from journey.analysis.attribution.tally import Tally

Floats = npt.NDArray[np.float64]

N_DRAWS: Final = 400
LOW, HIGH = 2.5, 97.5
"""Percentiles of the draws: a 95 % interval."""


def with_markov(credit: Floats, shares: Floats) -> Floats:
    """Credit by ``[…, model, unit]``, the Markov model after those that are sums over journeys.

    It gives out by its shares what the paths with a unit are worth.
    """
    total = credit[..., 0, :].sum(axis=-1, keepdims=True)
    markov = shares * total
    return np.concatenate([credit, markov[..., None, :]], axis=-2)


def with_rest(credit: Floats, without: Floats) -> Floats:
    """Credit ``[wins or worth, …, model, unit]`` with what has no unit as one unit more."""
    rest = np.broadcast_to(without[..., None, None], (*credit.shape[:-1], 1))
    return np.concatenate([credit, rest], axis=-1)


def intervals(known: Tally, *, seed: int) -> Floats:
    """95 % bootstrap intervals, ``[low or high, wins or worth, model, unit]``, the rest last.

    Journeys lie in groups by chance; groups are drawn with replacement, as many as there are, and
    every model is worked out anew from the sums of those drawn. How much there is to share out is
    known, only how it falls is not: each draw counts by its shares. Draws without any win tell
    none.

    References
    ----------
    Efron, B. & Tibshirani, R. J. (1993): An Introduction to the Bootstrap. Chapman & Hall.
    """
    n_groups = len(known.moves)
    chance = np.random.default_rng(seed)
    drawn = chance.multinomial(n_groups, np.full(n_groups, 1 / n_groups), size=N_DRAWS)
    drawn = drawn.astype(np.float64)
    shares = as_shares(removal_shares(_sums(drawn, known.moves)))
    ends = [
        _ends(shares, _sums(drawn, credit), drawn @ without) * (credit[:, 0].sum() + without.sum())
        for credit, without in zip(known.credit, known.without, strict=True)
    ]
    return np.stack(ends, axis=1)


def _ends(shares: Floats, credit: Floats, without: Floats) -> Floats:
    """Ends of the intervals of shares, by ``[low or high, model, unit]``."""
    found = with_rest(with_markov(credit, shares), without)
    total = found.sum(axis=-1, keepdims=True)
    told = total[:, 0, 0] > 0
    if not told.any():
        return np.zeros((2, *found.shape[1:]))
    return np.percentile(found[told] / total[told], [LOW, HIGH], axis=0)


def _sums(drawn: Floats, counts: npt.NDArray[np.number]) -> Floats:
    """Sums over groups, each as often as it was drawn."""
    flat = counts.reshape(len(counts), -1).astype(np.float64)
    return (drawn @ flat).reshape(len(drawn), *counts.shape[1:])
