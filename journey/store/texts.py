"""Distinct texts on disk: how long each is, and all letters end to end.

Arrow keeps where each text ends. Of millions of texts these places, all different, take more room
packed than the letters, which are much alike; lengths take next to none.
"""

from typing import Any, Final, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from journey.store.encode import letters_of
from journey.store.layout import Values, narrowest

LETTERS: Final = "letters"


def as_lengths(texts: Values) -> pa.Table:
    """A table of one row, which holds texts; one without a length is none.

    Examples
    --------
    >>> as_lengths(pa.array(["Ad", "Demo", None])).to_pylist()
    [{'lengths': [2, 4, None], 'letters': b'AdDemo'}]
    """
    lengths = cast("Any", pc).binary_length(texts)
    longest = int(cast("Any", pc).max(lengths).as_py() or 0)
    narrow = lengths.cast(pa.from_numpy_dtype(narrowest(longest + 1)))
    letters = letters_of(texts.drop_null().cast(pa.large_binary()))
    return pa.table(
        {
            "lengths": pa.ListArray.from_arrays(pa.array([0, len(texts)], pa.int32()), narrow),
            LETTERS: _one(letters),
        }
    )


def _one(letters: memoryview) -> Values:
    """An array of one value, not copied."""
    ends = pa.py_buffer(np.array([0, len(letters)], np.int64).data)
    return pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, pa.py_buffer(letters)])


def of_lengths(table: pa.Table) -> Values:
    """The texts again.

    Examples
    --------
    >>> of_lengths(as_lengths(pa.array(["Ad", "Demo", None]))).to_pylist()
    ['Ad', 'Demo', None]

    Raises
    ------
    ArrowInvalid
        If lengths and letters are not of the same texts.
    """
    lengths = table["lengths"][0].values
    _, within, letters = cast("Any", table[LETTERS].chunk(0)).buffers()
    ends = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths.fill_null(0).to_numpy(), out=ends[1:])
    if ends[-1] != np.frombuffer(within, np.int64)[1]:
        raise pa.ArrowInvalid("the lengths of its texts are not those of their letters")
    return cast("Any", pa.StringArray).from_buffers(
        len(lengths), pa.py_buffer(ends.astype(np.int32).data), letters, lengths.buffers()[0]
    )
