"""First-order Markov chains: what is lost of the wins when a channel is taken away."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def removal_shares(moves: npt.NDArray[np.number]) -> Floats:
    """Share of the chance to win that is lost if a unit is removed, for each unit.

    The chance to pass a unit, times the chance to win from there, over the chance to win at all:
    exactly 1 - p(without it) / p, all from one inverse (the fundamental matrix). 0 where nothing
    is won.

    Parameters
    ----------
    moves
        ``[…, from, to]``: from the units, then the start; to the units, then the win, then the
        end without one. Any number of chains at once.

    References
    ----------
    Kemeny, J. G. & Snell, J. L. (1976): Finite Markov Chains. Springer.
    Anderl, E., Becker, I., von Wangenheim, F. & Schumann, J. H. (2016): Mapping the customer
    journey. International Journal of Research in Marketing 33(3), 457-474.

    Examples
    --------
    Of two journeys one goes by A and is won, the other by B and is not: all hangs on A.

    >>> removal_shares(np.array([[0, 0, 1, 0], [0, 0, 0, 1], [1, 1, 0, 0]])).tolist()
    [1.0, 0.0]
    """
    n_units = moves.shape[-1] - 2
    leaving = moves.sum(axis=-1, keepdims=True)
    chances = moves / np.maximum(leaving, 1)
    between, won = chances[..., :n_units, :n_units], chances[..., :n_units, n_units]
    start = chances[..., n_units, :n_units]
    visits = np.linalg.inv(np.eye(n_units) - between)
    from_start = (start[..., None, :] @ visits)[..., 0, :]
    returns = np.diagonal(visits, axis1=-2, axis2=-1)
    win = (visits @ won[..., None])[..., 0]
    total = (start * win).sum(axis=-1, keepdims=True)
    return np.divide(from_start / returns * win, total, out=np.zeros_like(win), where=total > 0)


def as_shares(removal: Floats) -> Floats:
    """Removal effects as shares of their sum, 0 where there are none."""
    total = removal.sum(axis=-1, keepdims=True)
    return np.divide(removal, total, out=np.zeros_like(removal), where=total > 0)
