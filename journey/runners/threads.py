"""Put a question to every shard on the threads of this machine."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import Any, TypeVar

from journey.runners.piece import Piece
from journey.store.cache import memory
from journey.store.layout import Store
from journey.store.recase import recase

JOURNEYS_OF_A_BUCKET = 2**19
"""What is merged of so many fits the memory that cores share."""

Part = TypeVar("Part")
Answer = TypeVar("Answer")


@dataclass(frozen=True, eq=False)
class Threads:
    """The threads of this machine, for a store that it holds."""

    store: Store

    def ask(self, question: Callable[[Piece], Answer]) -> list[Answer]:
        """The answers of all shards, in their order."""
        return ask(question, self.pieces)

    @cached_property
    def pieces(self) -> list[Piece]:
        """The shards, with what was made of them."""
        return [Piece(self.store, shard) for shard in self.store.shards]

    def ask_in_buckets(
        self,
        question: Callable[[Piece, int], Sequence[Any]],
        merge: Callable[[Sequence[Any]], Answer],
    ) -> list[Answer]:
        """The answers of buckets, merged side by side; for few journeys there is one."""
        n_buckets = 1 + self.store.n_journeys // JOURNEYS_OF_A_BUCKET
        answers = self.ask(lambda piece: question(piece, n_buckets))
        if not answers:
            return []
        return ask(merge, [[parts[bucket] for parts in answers] for bucket in range(n_buckets)])

    def by_case(self, store: Store, role: str, gap_ticks: int | None) -> "tuple[Store, Threads]":
        """The store sorted into journeys of another case, made once, and who asks its shards.

        Raises
        ------
        ColumnNotFoundError
            If the log has no column that tells such a case.
        """
        key = ("store", store.fingerprint, store.shard_sizes, role, gap_ticks)
        make = partial(recase, store, role, gap_ticks=gap_ticks)
        found = memory.get(key, make, n_bytes=lambda one: 32 * one.n_touchpoints)
        return found, Threads(found)


def ask(partial: Callable[[Part], Answer], parts: Sequence[Part]) -> list[Answer]:
    """The answers of all parts, in their order; kernels release the interpreter lock.

    Who asks takes parts too, so that no answer waits for a thread to wake up.
    """
    if len(parts) == 1:
        return [partial(parts[0])]
    answers: dict[int, Answer] = {}
    left = iter(range(len(parts)))  # one for all, each number is taken once

    def take() -> None:
        for number in left:
            answers[number] = partial(parts[number])

    n_helpers = min(len(parts), os.cpu_count() or 1) - 1
    helpers = [_pool().submit(take) for _ in range(n_helpers)]
    try:
        take()
    finally:
        for _ in left:  # after a mistake, what nobody has begun is left
            pass
        # One that never began has nothing left to do; all others end before anybody is told.
        begun = [helper for helper in helpers if not helper.cancel()]
        for helper in begun:
            helper.exception()
    for helper in begun:
        helper.result()
    return [answers[number] for number in range(len(parts))]


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="shard")
