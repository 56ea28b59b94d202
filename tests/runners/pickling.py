"""A cluster without its machines: all that would travel is pickled, what is told is weighed."""

import pickle
from dataclasses import dataclass, field, replace
from functools import cached_property

from journey.runners.threads import Threads


@dataclass(frozen=True, eq=False)
class Pickling:
    """Asks the shards of this machine, in as many buckets as wanted."""

    store: object
    n_buckets: int = 3
    sizes: list = field(default_factory=list)

    @cached_property
    def pieces(self):
        return Threads(self.store).pieces

    def ask(self, question):
        return [self._told(copied(question)(piece)) for piece in self.pieces]

    def ask_in_buckets(self, question, merge):
        if not self.pieces:
            return []
        parts = [copied(question)(piece, self.n_buckets) for piece in self.pieces]
        return [self._told(copied(merge)(copied(bucket))) for bucket in zip(*parts, strict=True)]

    def _told(self, answer):
        told = pickle.dumps(answer)
        self.sizes.append(len(told))
        return pickle.loads(told)  # noqa: S301 - pickled a line above


def copied(what):
    """What would arrive."""
    return pickle.loads(pickle.dumps(what))  # noqa: S301 - pickled here


def through_pickles(log, **options):
    """The same log, as if it were on a cluster."""
    return replace(log, cluster=Pickling(log.origin, **options))
