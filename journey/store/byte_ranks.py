"""Columns as bytes of one rank side by side, which take less room packed.

Codes of many values are alike in their highest bytes only, so the lowest bytes of all values lie
together, and so do the next ones. Amounts in whole hundredths are written as such codes too, and
codes that keep to their journeys by how many are newer.
"""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import pyarrow as pa

from journey.store.layout import Array
from journey.store.turns import as_turns

_TRIED: Final = 1 << 16
"""Values by which it is judged how a column takes less room."""

_MOST_HUNDREDTHS: Final = 2**32 - 1


def packed_columns(kind: str, columns: Mapping[str, Array]) -> dict[str, Array]:
    """How columns of a kind are written in a packed file.

    Examples
    --------
    >>> amounts = np.array([0.25, np.nan])
    >>> packed = packed_columns("number", {"cost": amounts})
    >>> {name: values.tolist() for name, values in packed.items()}
    {'hundredths number cost': [26, 0]}
    """
    written: dict[str, Array] = {}
    for name, values in columns.items():
        hundredths = _hundredths(values) if kind == "number" else None
        if hundredths is not None:
            written |= _in_bytes(f"hundredths {kind} {name}", hundredths)
        elif kind == "number":
            written[f"{kind} {name}"] = values
        else:
            written |= _codes(f"{kind} {name}", values)
    return written


def _codes(name: str, codes: Array) -> dict[str, Array]:
    """Codes by turns where that takes less room, else as they are."""
    some = codes[:_TRIED]
    if codes.itemsize == 1 or _room(_by_turns(name, some)) >= _room(_in_bytes(name, some)):
        return _in_bytes(name, codes)
    return _by_turns(name, codes)


def _by_turns(name: str, codes: Array) -> dict[str, Array]:
    newer, order = as_turns(codes)
    # All columns of a file are as long; zeros take next to no room.
    order = np.pad(order, (0, len(codes) - len(order)))
    return _in_bytes(f"newer {name}", newer) | _in_bytes(f"order {name}", order)


def _room(columns: Mapping[str, Array]) -> int:
    return sum(map(_packed_bytes, columns.values()))


def _in_bytes(name: str, values: Array) -> dict[str, Array]:
    """The bytes of one rank side by side, unless the values whole take less room."""
    if values.itemsize == 1:
        return {name: values}
    some = values[:_TRIED]
    if sum(map(_packed_bytes, _bytes_of(some))) >= _packed_bytes(some):
        return {name: values}
    return {f"byte{rank} {name}": held for rank, held in enumerate(_bytes_of(values))}


def _bytes_of(values: Array) -> Iterator[Array]:
    return ((values >> 8 * rank).astype(np.uint8) for rank in range(values.itemsize))


def _packed_bytes(values: Array) -> int:
    return pa.compress(pa.py_buffer(values.tobytes()), codec="zstd").size


def whole_of(parts: list[Array]) -> Array:
    """Values of their bytes, from the lowest on."""
    if len(parts) == 1:
        return parts[0]
    whole = parts[-1].astype(f"u{len(parts)}")
    for part in reversed(parts[:-1]):
        whole <<= 8
        whole |= part
    return whole


def _hundredths(amounts: Array) -> Array | None:
    """One more than how many hundredths an amount is, 0 for none; none unless all are such."""
    is_none = np.isnan(amounts)
    with np.errstate(invalid="ignore"):
        counts = np.where(is_none, -1, np.rint(amounts * 100))
    if not ((counts >= -1) & (counts < _MOST_HUNDREDTHS)).all():
        return None
    written = (counts + 1).astype(np.uint32)
    is_same = amounts_of(written).view(np.uint64) == amounts.view(np.uint64)
    return written if (is_same | is_none).all() else None


def amounts_of(hundredths: Array) -> Array:
    """The amounts again.

    Examples
    --------
    >>> amounts_of(np.array([0, 1, 130], np.uint32)).tolist()
    [nan, 0.0, 1.29]
    """
    amounts = hundredths.astype(np.float64)
    amounts -= 1
    amounts /= 100
    amounts[hundredths == 0] = np.nan
    return amounts
