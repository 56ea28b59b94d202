"""What was made once is kept while there is room, by a key that says what it was made from."""

import ctypes
import io
import os
import pickle
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar, cast

import numpy as np

T = TypeVar("T")

ROOM_BYTES = 2_000_000_000
PART_OF_MACHINE = 4
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")

FREED_BYTES_KEPT, LARGE_BYTES = 2**27, 2**25
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8


class Memory:
    """Least recently used results, bounded in bytes; the key must say all they depend on."""

    def __init__(self, room_bytes: int) -> None:
        self._room = room_bytes
        self._used = 0
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = RLock()  # to let go of one thing may make another forgotten

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

    def widen(self, room_bytes: int) -> None:
        """From now on keep as much as this, if that is more."""
        with self._lock:
            self._room = max(self._room, room_bytes)

    def forget(self, keys: Iterable[Hashable]) -> None:
        """Let go of what is kept for some keys, whose owner is no more."""
        with self._lock:
            for key in keys:
                if key in self._kept:
                    # The sum is read last: letting go of an owner may come back here.
                    freed = self._kept.pop(key)[1]
                    self._used -= freed

    def clear(self) -> None:
        """Let go of all that is kept."""
        with self._lock:
            self._kept.clear()
            self._used = 0


def keep_a_part_of_the_machine() -> None:
    """Let kept results take a quarter of the machine's memory, where that is more than by default.

    Facts as of nine instants, which a forecast of ten million touchpoints asks for, take 3 GB. It
    is of the whole process, so a program asks for it, as the app does; workers of a cluster don't.
    """
    memory.widen(machine_bytes() // PART_OF_MACHINE)


def machine_bytes() -> int:
    """The memory of this machine, or what its container may take of it; 0 where neither is told."""
    told: list[int] = []
    with suppress(AttributeError, OSError, ValueError):  # Windows tells it otherwise
        told.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    with suppress(OSError, ValueError):  # no container, or "max"
        told.append(int(CONTAINER_LIMIT.read_text(encoding="ascii")))
    return min(told, default=0)


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


def keep(key: Hashable, make: Callable[[], T]) -> T:
    """A small answer for this key, made once; nobody can write into its arrays.

    Examples
    --------
    >>> import numpy as np
    >>> [array] = keep("zeros", lambda: [np.zeros(2)])
    >>> array[0] = 1
    Traceback (most recent call last):
    ValueError: assignment destination is read-only
    """
    return memory.get(key, make, n_bytes=freeze)


def freeze(answer: object) -> int:
    """Freeze an answer and tell what it holds: the bytes it would be sent in, arrays uncopied."""
    sent = io.BytesIO()
    freezer = _Freezer(sent)
    freezer.dump(answer)
    return len(sent.getbuffer()) + sum(array.raw().nbytes for array in freezer.arrays)


class _Freezer(pickle.Pickler):
    """Meets every array of an answer, wherever it is, and lets nobody write into it any more.

    Frames stay as they are: pandas writes into its own arrays, and copies are handed out.
    """

    def __init__(self, sent: io.BytesIO) -> None:
        self.arrays: list[pickle.PickleBuffer] = []
        super().__init__(sent, protocol=5, buffer_callback=self.arrays.append)

    def reducer_override(self, obj: object) -> Any:
        """Pickle all as usual."""
        if isinstance(obj, np.ndarray):
            obj.flags.writeable = False
        elif type(obj).__module__.startswith("pandas."):
            told = pickle.dumps(obj, protocol=5, buffer_callback=self.arrays.append)
            return bytes, (told,)
        return NotImplemented
