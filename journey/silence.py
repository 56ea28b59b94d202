"""What silence is normal and when it ends a journey; how long decided journeys were silent."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Silence:
    """What silence is normal in each stage (last entry: before any), and when it ends a journey.

    ``n_gaps`` are those of the stage's own, and ``is_own`` says whether they were enough; else
    all ``n_all_gaps`` of the log served.
    """

    dormancy_ticks: float
    normal_ticks: npt.NDArray[np.float64]
    n_gaps: Ints
    is_own: npt.NDArray[np.bool_]
    n_all_gaps: int

    @property
    def dormancy_limit(self) -> int:
        """Silence longer than so many whole ticks ends a journey."""
        return int(min(self.dormancy_ticks, 2**62))

    @property
    def n_behind(self) -> Ints:
        """How many gaps the normal silence of each stage is read from."""
        return np.where(self.is_own, self.n_gaps, self.n_all_gaps)


@dataclass(frozen=True, eq=False)
class Silent:
    """The longest silences that decided journeys had in a stage while open, in their order.

    ``n_won_from[k]`` of those from the k-th on were won.
    """

    silences: Ints
    n_won_from: Ints


def in_order(longest: Ints, is_won: npt.NDArray[np.bool_]) -> Silent:
    """Silences of one stage, -1 where a journey was never in it."""
    keys = np.sort(2 * longest[longest >= 0] + is_won[longest >= 0])
    return Silent(keys >> 1, np.append(np.cumsum((keys & 1)[::-1])[::-1], 0))
