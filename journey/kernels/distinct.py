"""Counting each thing once."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]


@kernel
def marked(keys: npt.NDArray[Any], n_keys: int) -> npt.NDArray[np.bool_]:
    """Which of the numbers below ``n_keys`` occur."""
    flags = np.zeros(n_keys, np.bool_)
    for key in keys:
        flags[key] = True
    return flags


@kernel
def occurrences(keys: npt.NDArray[Any], first: int, n_keys: int) -> Ints:
    """How often each number from ``first`` on occurs, without a wider copy of them."""
    counts = np.zeros(n_keys, np.int64)
    for key in keys:
        counts[key - first] += 1
    return counts


@kernel
def pairs_once(
    first: npt.NDArray[Any], second: npt.NDArray[Any], n_first: int, n_second: int
) -> Ints:
    """Pairs that occur, each once, as ``first * n_second + second``, in the order of the first.

    Numbers from ``n_first`` and ``n_second`` on are left out.
    """
    ends = np.zeros(n_first + 1, np.int64)
    for one in first:
        if one < n_first:
            ends[one + 1] += 1
    ends = np.cumsum(ends)
    ordered = np.empty(ends[-1], second.dtype)
    for at in range(len(first)):
        if first[at] < n_first:
            ordered[ends[first[at]]] = second[at]
            ends[first[at]] += 1  # in the end where those of the next begin
    last = np.full(n_second, -1, np.int32)
    found = np.empty(len(ordered), np.int64)
    n_found = 0
    at = 0
    for one in range(n_first):
        while at < ends[one]:
            other = ordered[at]
            if other < n_second and last[other] != one:
                last[other] = one
                found[n_found] = one * n_second + np.int64(other)
                n_found += 1
            at += 1
    return found[:n_found].copy()


@kernel
def seconds_of_firsts(pairs: Ints, ends: Ints, n_first: int, n_second: int) -> Ints:
    """With how many second things each first one is paired, those of several parts counted once.

    Pairs are ``first * n_second + second``. Parts lie one after the other, each in the order of
    the first; ``ends`` are where each begins, then the end of the last.
    """
    at = ends[:-1].copy()
    counts = np.zeros(n_first, np.int64)
    last = np.full(n_second, -1, np.int32)
    for first in range(n_first):
        begin = first * n_second
        for part in range(len(at)):
            while at[part] < ends[part + 1] and pairs[at[part]] < begin + n_second:
                second = pairs[at[part]] - begin
                if last[second] != first:
                    last[second] = first
                    counts[first] += 1
                at[part] += 1
    return counts


@kernel
def visitors_seen(
    told: npt.NDArray[Any], ticks: npt.NDArray[Any], since: int, until: int, n_visitors: int
) -> npt.NDArray[np.uint8]:
    """Of each visitor whether a touch lies in the period (1) and whether one is by name (2).

    A touch tells twice the number of its visitor, and one more if it is by name.
    """
    flags = np.zeros(n_visitors, np.uint8)
    for at in range(len(told)):
        visitor = told[at] >> 1
        if visitor < n_visitors:
            flags[visitor] |= np.uint8((told[at] & 1) << 1)
            flags[visitor] |= np.uint8(since <= ticks[at] < until)
    return flags


@kernel
def count_groups(groups: npt.NDArray[Any], offsets: Ints, n_groups: int) -> tuple[Ints, Ints]:
    """How many rows are of each group, and how many journeys have any."""
    n_rows, n_journeys = np.zeros(n_groups, np.int64), np.zeros(n_groups, np.int64)
    last = np.full(n_groups, -1, np.int64)
    for j in range(len(offsets) - 1):
        for row in range(offsets[j], offsets[j + 1]):
            group = groups[row]
            n_rows[group] += 1
            if last[group] != j:
                last[group] = j
                n_journeys[group] += 1
    return n_rows, n_journeys


@kernel
def firsts(groups: Ints, owners: Ints, n_groups: int) -> npt.NDArray[np.bool_]:
    """Which rows are the first of their group in their journey; rows are in order."""
    flags = np.empty(len(groups), np.bool_)
    last = np.full(n_groups, -1, np.int64)
    for at in range(len(groups)):
        flags[at] = last[groups[at]] != owners[at]
        last[groups[at]] = owners[at]
    return flags


@kernel
def last_before(groups: Ints, flags: npt.NDArray[np.bool_]) -> Ints:
    """The last flagged row before each one of the same group, -1 where there is none."""
    found = np.empty(len(groups), np.int64)
    last = np.full(groups.max() + 1 if len(groups) else 0, -1, np.int64)
    for at in range(len(groups)):
        found[at] = last[groups[at]]
        if flags[at]:
            last[groups[at]] = at
    return found


@kernel
def owners_of(rows: npt.NDArray[Any], offsets: Ints) -> Ints:
    """The journey of each of some rows, which are in order."""
    found = np.empty(len(rows), np.int64)
    j = 0
    for at in range(len(rows)):
        while offsets[j + 1] <= rows[at]:
            j += 1
        found[at] = j
    return found
