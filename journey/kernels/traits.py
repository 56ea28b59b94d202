"""What journeys have within some of their rows."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

_ODD, _PAIRS, _NIBBLES, _BYTES = (
    np.uint64(bits)
    for bits in (0x5555555555555555, 0x3333333333333333, 0x0F0F0F0F0F0F0F0F, 0x0101010101010101)
)
_1, _2, _4, _56 = (np.uint64(places) for places in (1, 2, 4, 56))


@kernel
def values_met(codes: Codes, begins: Ints, ends: Ints, place_of_code: Ints, n_places: int) -> Flags:
    """Which values the rows ``begins[j]:ends[j]`` have; codes of place -1 are passed over."""
    met = np.zeros((len(begins), n_places), np.bool_)
    for j in range(len(begins)):
        for row in range(begins[j], ends[j]):
            place = place_of_code[codes[row]]
            if place >= 0:
                met[j, place] = True
    return met


@kernel
def parts_played(
    codes: Codes, begins: Ints, ends: Ints, place_of_code: Ints, n_places: int
) -> tuple[Ints, Ints, Ints, Ints]:
    """Which values come first and last in each journey, how often each between, where it enters.

    Of the rows ``begins[j]:ends[j]`` those of place -1 are passed over. A place or row is -1 where
    there is none.
    """
    first = np.full(len(begins), -1, np.int64)
    last = np.full(len(begins), -1, np.int64)
    between = np.zeros((len(begins), n_places), np.int64)
    entered = np.full((len(begins), n_places), -1, np.int64)
    for j in range(len(begins)):
        n_before = 0
        for row in range(begins[j], ends[j]):
            place = place_of_code[codes[row]]
            if place < 0:
                continue
            if n_before == 0:
                first[j] = place
            elif n_before > 1:
                between[j, last[j]] += 1
            last[j] = place
            n_before += 1
            if entered[j, place] < 0:
                entered[j, place] = row
    return first, last, between, entered


@kernel
def n_in_both(bits: Words, chosen: Words, starts: Ints) -> Ints:
    """How many of the chosen any two rows of bits share, in each range of words.

    ``starts`` tells where each range begins, and at last where the last ends.
    """
    n_rows, n_ranges = len(bits), len(starts) - 1
    counts = np.zeros((n_ranges, n_rows, n_rows), np.int64)
    for one in range(n_rows):
        own = bits[one] & chosen
        for other in range(one, n_rows):
            for part in range(n_ranges):
                total = np.uint64(0)
                for word in range(starts[part], starts[part + 1]):
                    # Bits are added up within ever wider fields, at last all eight bytes at once.
                    both = own[word] & bits[other, word]
                    both -= (both >> _1) & _ODD
                    both = (both & _PAIRS) + ((both >> _2) & _PAIRS)
                    both = (both + (both >> _4)) & _NIBBLES
                    total += (both * _BYTES) >> _56
                counts[part, one, other] = counts[part, other, one] = total
    return counts
