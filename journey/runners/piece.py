"""What a runner puts a question to."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, TypeVar, cast

from journey.store.cache import memory
from journey.store.layout import Shard, Store

Answer = TypeVar("Answer")
T = TypeVar("T")
Give: TypeAlias = Callable[[int, int], Iterable[tuple[int, Any]]]
Cut: TypeAlias = tuple[str, int, int, int]


@dataclass(frozen=True, eq=False)
class Piece:
    """One shard with the store it belongs to, whose dictionaries it shares.

    What was made of it for a log is held as long as the log is, whatever else is remembered.
    """

    store: Store
    shard: Shard
    held: dict[Hashable, Any] = field(default_factory=dict[Hashable, Any])

    @property
    def key(self) -> Cut:
        """Tells it from any other piece."""
        return self.store.fingerprint, *self.shard.cut

    def get(self, key: Hashable, make: Callable[[], T], *, n_bytes: Callable[[T], int]) -> T:
        """What the key says about this shard: held, remembered, or else made now."""
        if key not in self.held:
            self.held[key] = memory.get((key, self.key), make, n_bytes=n_bytes)
        return cast("T", self.held[key])

    def at_hand(self, key: Hashable) -> Any:
        """What the key says about this shard where it was made before, else none."""
        return self.held.get(key) or memory.at_hand((key, self.key))


class Runner(Protocol):
    """Who puts a question to all shards of a log."""

    def ask(self, question: Callable[[Piece], Answer]) -> list[Answer]:
        """The answers of all shards, in their order."""
        ...

    def ask_in_buckets(
        self,
        question: Callable[[Piece, int], Sequence[Any]],
        merge: Callable[[Sequence[Any]], Answer],
    ) -> list[Answer]:
        """The answers of all buckets: the parts that shards give for one are merged there."""
        ...

    def by_case(self, store: Store, role: str, gap_ticks: int | None) -> "tuple[Store, Runner]":
        """The store sorted into journeys of another case, and who asks its shards.

        Parameters
        ----------
        store
            The store whose shards are asked here, its journeys being those of accounts.
        role, gap_ticks
            As for :func:`journey.store.recase.recase`.
        """
        ...


class Workers(Protocol):
    """Who does work that makes files on storage that all of them see."""

    def first(self, task: Callable[[int], Answer]) -> Answer:
        """What one task gives, on a cluster that may have no free worker."""
        ...

    def each(self, n_tasks: int, task: Callable[[int], Answer]) -> list[Answer]:
        """What a task gives for each number, in their order."""
        ...

    def deal(
        self, n_tasks: int, n_buckets: int, give: Give, take: Callable[[int, Sequence[Any]], Answer]
    ) -> list[Answer]:
        """What is taken of each bucket that was given anything, in their order.

        Parameters
        ----------
        give
            Asked with a task's number and how many buckets there are, gives pairs of a bucket and
            something for it.
        take
            Asked with a bucket's number and all that was given to it.
        """
        ...
