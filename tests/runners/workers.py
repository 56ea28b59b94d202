"""Workers without their machines: all that would travel is pickled, in this process."""

from collections import defaultdict
from dataclasses import dataclass

from tests.runners.pickling import copied


@dataclass(frozen=True)
class PicklingWorkers:
    """Does each task in turn; every other one twice, as if its worker had died at the end."""

    def first(self, task):
        return self.each(1, task)[0]

    def each(self, n_tasks, task):
        return [copied(self._done(copied(task), number)) for number in range(n_tasks)]

    def deal(self, n_tasks, n_buckets, give, take):
        given = defaultdict(list)
        for number in range(n_tasks):
            for bucket, part in copied(give)(number, n_buckets):
                given[bucket].append(copied(part))
        return [copied(self._done(copied(take), bucket, given[bucket])) for bucket in sorted(given)]

    def _done(self, task, number, *more):
        if number % 2:
            task(number, *more)
        return task(number, *more)
