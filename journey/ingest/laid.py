"""Arrays laid aside on disk while others are worked on."""

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Self, TypeAlias, cast

import numpy as np

from journey.store.layout import Array


class Shelf:
    """A file without a name, gone with the process, that takes arrays.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Shelf(Path(folder)) as shelf:
    ...     codes = shelf.laid(np.array([2, 0, 1]))
    ...     len(codes), codes[1:].tolist(), codes[np.array([2, 2])].tolist()
    (3, [0, 1], [1, 1])
    """

    def __init__(self, folder: Path) -> None:
        self._file = cast("IO[bytes]", TemporaryFile(dir=folder))  # noqa: SIM115 - closed by exit
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def laid(self, array: Array) -> "Laid":
        """Write an array behind those that are there."""
        with self._lock:
            begin = self._file.seek(0, os.SEEK_END)
            array.tofile(self._file)
        return Laid(self, begin, array.dtype, len(array))

    def read(self, begin: int, dtype: "np.dtype[Any]", n_items: int) -> Array:
        """Read what lies at a place."""
        with self._lock:
            self._file.seek(begin)
            return np.fromfile(self._file, dtype, n_items)


@dataclass(frozen=True, eq=False)
class Laid:
    """An array on a shelf, read anew whenever some of it is asked for."""

    shelf: Shelf
    begin: int
    dtype: "np.dtype[Any]"
    n_items: int

    def __len__(self) -> int:
        return self.n_items

    def __getitem__(self, places: "slice | Array") -> Array:
        if not isinstance(places, slice):
            return self[:][places]
        first, end, _ = places.indices(self.n_items)
        n_items = max(0, end - first)
        return self.shelf.read(self.begin + first * self.dtype.itemsize, self.dtype, n_items)


Codes: TypeAlias = "Array | Laid"
"""An array here or on a shelf; ``[:]`` gives the one, reads the other."""
