"""What was made once is kept while there is room, by a key that says what it was made from."""

import ctypes
import os
import pickle
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar, cast

T = TypeVar("T")

ROOM_BYTES = 2_000_000_000

FREED_BYTES_KEPT, LARGE_BYTES = 2**27, 2**25
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8


class Memory:
    """Least recently used results, bounded in bytes; the key must say all they depend on."""

    def __init__(self, room_bytes: int) -> None:
        self._room = room_bytes
        self._used = 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T], *, n_bytes: Callable[[T], int]) -> T:
        """The result for this key, made now if it is not at hand."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast("T", self._kept[key][0])
        result = make()
        size = n_bytes(result)
        with self._lock:
            if key not in self._kept:
                self._kept[key] = (result, size)
                self._used += size
            while self._used > self._room and len(self._kept) > 1:
                _, (_, freed) = self._kept.popitem(last=False)
                self._used -= freed
        return result

    def at_hand(self, key: Hashable) -> Any:
        """The result for this key where it is kept, else none."""
        with self._lock:
            return self._kept[key][0] if key in self._kept else None

    def clear(self) -> None:
        """Let go of all that is kept."""
        with self._lock:
            self._kept.clear()
            self._used = 0


def keep_freed_pages() -> None:
    """Let the process keep memory that was freed, where its C library is GNU's.

    A page asked of the system anew takes longer to come than kernels take to fill it; without this
    each question gives back what the next one asks for. Threads share an arena for each core, so
    that not all of them keep as much. It is of the whole process, so a program asks for it, as the
    app does, and no module that is imported.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(M_TRIM_THRESHOLD, FREED_BYTES_KEPT)
    mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
    mallopt(M_ARENA_MAX, os.cpu_count() or 1)


memory = Memory(ROOM_BYTES)


def bytes_of(answer: object) -> int:
    """What an answer holds: the bytes it would be sent in, its arrays without a copy.

    Examples
    --------
    >>> import numpy as np
    >>> 8_000 <= bytes_of([np.zeros(1_000)]) < 8_500
    True
    """
    arrays: list[pickle.PickleBuffer] = []
    rest = pickle.dumps(answer, protocol=5, buffer_callback=arrays.append)
    return len(rest) + sum(array.raw().nbytes for array in arrays)
