"""Where a timeline's times lie on the picture."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

WIDTH: Final = 1400
LEFT: Final = 280.0
RIGHT: Final = 1370.0
MARGIN: Final = 20


@dataclass(frozen=True, slots=True)
class Scale:
    """Turns a time into a place on the picture."""

    first: pd.Timestamp
    last: pd.Timestamp

    def x(self, at: pd.Timestamp) -> float:
        """Give the place of a time."""
        whole = (self.last - self.first).total_seconds()
        part = (at - self.first).total_seconds() / whole if whole else 0.5
        return LEFT + part * (RIGHT - LEFT)
