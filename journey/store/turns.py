"""Codes told by how many others are newer, which are small where codes keep to their journeys.

A code of millions is by chance in its lowest byte and a half. But people, visits and deals mostly
come again within a journey, before many others have come.
"""

import numpy as np
import pyarrow as pa

from journey.store.layout import Array, narrowest


def as_turns(codes: Array) -> tuple[Array, Array]:
    """Of each code how many that came by then are not older, 0 where it comes for the first time.

    Beside them the codes in the order in which they come.

    Examples
    --------
    >>> newer, order = as_turns(np.array([70, 20, 70, 70, 90, 20], np.uint8))
    >>> newer.tolist(), order.tolist()
    ([0, 0, 2, 2, 0, 2], [70, 20, 90])
    """
    coded = pa.array(codes).dictionary_encode()  # numbers codes in the order in which they come
    turns = coded.indices.to_numpy()
    last = np.maximum.accumulate(turns)
    newer = last - turns + 1
    newer[np.diff(last, prepend=-1) > 0] = 0
    narrow = narrowest(int(newer.max(initial=0)) + 1)
    return newer.astype(narrow), coded.dictionary.to_numpy()


def of_turns(newer: Array, order: Array) -> Array:
    """The codes again.

    Examples
    --------
    >>> of_turns(np.array([0, 0, 2, 1], np.uint8), np.array([70, 20], np.uint8)).tolist()
    [70, 20, 70, 20]
    """
    is_new = newer == 0
    places = np.cumsum(is_new)
    places -= is_new
    places -= newer.astype(places.dtype)
    return order[places]
