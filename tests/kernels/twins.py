"""Journeys as plain lists beside the arrays that kernels read."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

from journey.store.layout import frozen

N_TYPES = 4
N_STAGES = 3


@dataclass(frozen=True)
class Shard:
    """Every touch is (type, tick, stage after it); stage -1 stands for before any."""

    journeys: tuple

    def column(self, index, dtype):
        return frozen(np.array([touch[index] for mine in self.journeys for touch in mine], dtype))

    @property
    def types(self):
        return self.column(0, np.uint8)

    @property
    def ticks(self):
        return self.column(1, np.int32)

    @property
    def current(self):
        return self.column(2, np.int8)

    @property
    def offsets(self):
        return frozen(np.cumsum([0, *map(len, self.journeys)], dtype=np.int64))

    @property
    def spans(self):
        """First and one past the last row of each journey."""
        return list(zip(self.offsets[:-1].tolist(), self.offsets[1:].tolist(), strict=True))

    def rows(self):
        """Journey, row, touch; touches numbered over all journeys."""
        row = 0
        for j, mine in enumerate(self.journeys):
            for touch in mine:
                yield j, row, touch
                row += 1

    def moves(self):
        """Journey, touch, next touch."""
        for j, mine in enumerate(self.journeys):
            for before, after in pairwise(mine):
                yield j, before, after


TOUCHES = st.tuples(
    st.integers(0, N_TYPES - 1), st.integers(-20, 20), st.integers(-1, N_STAGES - 1)
)


def shards(least=0):
    """Journeys of at least so many touches, in the order of time."""
    journeys = st.lists(TOUCHES, min_size=least, max_size=7).map(in_time)
    return st.lists(journeys, max_size=5).map(lambda found: Shard(tuple(found)))


def in_time(touches):
    times = sorted(tick for _, tick, _ in touches)
    return [(kind, tick, stage) for (kind, _, stage), tick in zip(touches, times, strict=True)]


def flags(values):
    return frozen(np.array(values, dtype=bool))


def ints(values):
    return frozen(np.array(values, dtype=np.int64))


def outcomes_of(shard):
    return st.lists(st.integers(0, 4), min_size=len(shard.journeys), max_size=len(shard.journeys))


def codes(values):
    return frozen(np.array(values, dtype=np.uint8))
