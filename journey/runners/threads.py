"""Put a question to every shard on the threads of this machine."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

Part = TypeVar("Part")
Answer = TypeVar("Answer")


def ask(partial: Callable[[Part], Answer], parts: Sequence[Part]) -> list[Answer]:
    """The answers of all parts, in their order; kernels release the interpreter lock."""
    if len(parts) <= 1:
        return [partial(part) for part in parts]
    return list(_pool().map(partial, parts))


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="shard")
