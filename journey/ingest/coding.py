"""A column of text as codes, coded batch by batch as it arrives."""

from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from journey.ingest.laid import Codes, Shelf
from journey.store.layout import Array, Column, narrowest

Ints = npt.NDArray[np.int64]

Coded = tuple[Codes, pa.StringArray]
"""Codes of texts and the distinct values in binary order; null is the code after."""

_MOST_HELD: Final = 500_000
"""Texts of separate batches, before those they share are put together."""


_PIECE: Final = 1_000_000
"""Texts of a dictionary that are looked through at a time."""


class CodedText:
    """A column on its way to codes: texts of one batch at a time, each distinct one kept once.

    Parameters
    ----------
    shelf
        Takes the codes, of which there are as many as rows.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder, Shelf(Path(folder)) as shelf:
    ...     column = CodedText(shelf)
    ...     column.add(pa.array(["Demo", "Ad"]))
    ...     column.add(pa.array(["Ad", None]))
    ...     codes, values = column.finished()
    ...     codes[:].tolist(), values.to_pylist()
    ([1, 0, 0, 2], ['Ad', 'Demo'])
    """

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._codes: list[Codes] = []
        self._values: list[pa.StringArray] = []
        self._n_held = self._n_merged = 0

    def add(self, texts: Column) -> None:
        """Take the next batch of texts."""
        encoded = cast("Any", texts).dictionary_encode()
        n_values = len(encoded.dictionary)
        codes = encoded.indices.fill_null(n_values).to_numpy()
        self._codes.append(self._shelf.laid(codes.astype(narrowest(n_values + 1))))
        self._values.append(encoded.dictionary)
        self._n_held += n_values
        if self._n_held > 2 * self._n_merged + _MOST_HELD:
            self._codes = [self._shelf.laid(self._merged())]

    def finished(self) -> Coded:
        """Codes of texts and their distinct values in binary order; null is the code after."""
        codes, values = self._merged(), self._values.pop()
        order = pc.sort_indices(cast("Any", values)).to_numpy()
        rank = np.full(len(values) + 1, len(order), codes.dtype)
        rank[order] = np.arange(len(order))
        return self._shelf.laid(rank[codes]), cast("Any", values).take(pa.array(order))

    def _merged(self) -> Array:
        """The codes of all so far, put together so that a text that many have is held once."""
        held = pa.chunked_array(self._values, pa.string())
        lengths = [len(values) for values in self._values]
        self._values = []
        encoded = cast("Any", held).dictionary_encode().combine_chunks()
        del held
        n_values = self._n_held = self._n_merged = len(encoded.dictionary)
        codes = np.empty(sum(map(len, self._codes)), narrowest(n_values + 1))
        _translate(codes, self._codes, encoded.indices.to_numpy(), lengths, n_values)
        self._codes, self._values = [], [encoded.dictionary]
        return codes


def counted_codes(coded: Coded) -> Ints:
    """How many texts have each of the distinct values.

    Examples
    --------
    >>> counted_codes((np.array([1, 0, 0, 2]), pa.array(["Ad", "Demo"]))).tolist()
    [2, 1]
    """
    codes, values = coded
    return np.bincount(codes[:], minlength=len(values) + 1)[:-1]


def at_places(coded: Coded, places: Ints, shelf: Shelf) -> Coded:
    """Some of the texts, in some order, with the values that these have.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> texts = (np.array([1, 0, 0, 2]), pa.array(["Ad", "Demo"]))
    >>> with TemporaryDirectory() as folder, Shelf(Path(folder)) as shelf:
    ...     codes, values = at_places(texts, np.array([3, 0]), shelf)
    ...     codes[:].tolist(), values.to_pylist()
    ([1, 0], ['Demo'])
    """
    every, values = coded
    if not len(values):
        return coded
    codes = every[places]
    is_used = counted_codes((codes, values)) > 0
    rank = np.append(np.cumsum(is_used) - 1, is_used.sum()).astype(codes.dtype)
    return shelf.laid(rank[codes]), cast("Any", values).filter(pa.array(is_used))


def places_among(values: Column, dictionary: Column) -> npt.NDArray[np.int64]:
    """The places of some sorted distinct values among many, of which they are a part.

    The many may be far more than memory holds: they are looked through a piece at a time.

    Examples
    --------
    >>> places_among(pa.array(["b", "d"]), pa.array(["a", "b", "c", "d"])).tolist()
    [1, 3]
    """
    places = np.empty(len(values), np.int64)
    for begin in range(0, len(dictionary) if len(values) else 0, _PIECE):
        piece = dictionary.slice(begin, _PIECE)
        found = cast("Any", pc.index_in(piece, value_set=values.drop_null()))
        at = np.flatnonzero(found.is_valid().to_numpy(zero_copy_only=False))
        places[found.drop_null().to_numpy()] = begin + at
    return places


def _translate(
    target: Array, batches: list[Codes], places: Array, lengths: list[int], null: int
) -> None:
    """Write the codes of batches, emptied on the way, as places in what all batches share."""
    begin = first = 0
    batches.reverse()
    for length in lengths:
        codes = batches.pop()[:]
        meant = np.append(places[first : first + length], null).astype(target.dtype)
        np.take(meant, codes, out=target[begin : begin + len(codes)], mode="clip")
        begin, first = begin + len(codes), first + length
