"""What came before each win: moves between channels, and the credit each model gives.

A path is the part of a journey that counts: rows ``begins[j]:ends[j]``. One row may be on several
paths, and a path may stand for ``weights[j]`` journeys alike. ``unit_of_code`` gives the unit of
each code, -1 where a touch belongs to none.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[Any]
Bytes = npt.NDArray[np.uint8]

CONVERTED, ENDED, LEFT_OUT = 0, 1, 2
"""How a path ends: in a win, in nothing, or not yet."""

FIRST, LAST, LINEAR, POSITION, TIME_DECAY, SHAPLEY = 0, 1, 2, 3, 4, 5
N_MODELS = 6
"""Models whose credits are sums over journeys."""

END_SHARE = 0.4
"""Of the position model, for the first and for the last touch."""
PAIR = 2


@kernel
def worth_at_win(
    values: Floats, offsets: Ints, decided: Ints, journeys: Ints, fates: Bytes
) -> Floats:
    """Per chosen journey that is won its last value above 0 as the win was made (0: none).

    Where none was known by then it is the last one known after.
    """
    worth = np.zeros(len(journeys))
    for place in range(len(journeys)):
        if fates[place] != CONVERTED:
            continue
        j = journeys[place]
        by_win, after = 0.0, 0.0
        for row in range(offsets[j], offsets[j + 1]):
            if values[row] > 0 and row <= decided[j]:
                by_win = values[row]
            elif values[row] > 0:
                after = values[row]
        worth[place] = by_win if by_win > 0 else after
    return worth


@kernel
def count_touches(codes: Codes, begins: Ints, ends: Ints, fates: Bytes, n_codes: int) -> Ints:
    """Touches of each code on paths that have ended."""
    counts = np.zeros(n_codes, np.int64)
    for j in range(len(begins)):
        if fates[j] != LEFT_OUT:
            for row in range(begins[j], ends[j]):
                counts[codes[row]] += 1
    return counts


@kernel
def ends_of_paths(
    codes: Codes, unit_of_code: npt.NDArray[np.int32], begins: Ints, ends: Ints
) -> tuple[Ints, Ints]:
    """Per path the unit touched first and the one touched last (-1: none)."""
    first = np.full(len(begins), -1, np.int64)
    last = np.full(len(begins), -1, np.int64)
    for j in range(len(begins)):
        for row in range(begins[j], ends[j]):
            unit = unit_of_code[codes[row]]
            if unit >= 0:
                first[j] = unit if first[j] < 0 else first[j]
                last[j] = unit
    return first, last


@kernel
def paths_having(
    codes: Codes, unit_of_code: npt.NDArray[np.int32], begins: Ints, ends: Ints, wanted: int
) -> npt.NDArray[np.bool_]:
    """Paths on which a unit is touched."""
    found = np.zeros(len(begins), np.bool_)
    for j in range(len(begins)):
        for row in range(begins[j], ends[j]):
            if unit_of_code[codes[row]] == wanted:
                found[j] = True
                break
    return found


@kernel
def count_transitions(
    codes: Codes,
    unit_of_code: npt.NDArray[np.int32],
    begins: Ints,
    ends: Ints,
    fates: Bytes,
    groups: Ints,
    weights: Ints,
    n_groups: int,
    n_units: int,
) -> Ints:
    """Moves of each group of journeys, by where from and where to.

    From: the units, then the start. To: the units, then the win, then the end without one. Paths
    without a unit make no move.
    """
    width = np.uint64(n_units + 2)  # unsigned, places can't count from the end: no look-after
    size = np.uint64((n_units + 1) * (n_units + 2))
    counts = np.zeros(n_groups * (n_units + 1) * (n_units + 2), np.int64)
    start = np.uint64(n_units)
    for j in range(len(begins)):
        if fates[j] == LEFT_OUT:
            continue
        base = np.uint64(groups[j]) * size
        weight = weights[j]
        before = start
        for row in range(begins[j], ends[j]):
            unit = unit_of_code[codes[row]]
            if unit >= 0:
                counts[base + before * width + np.uint64(unit)] += weight
                before = np.uint64(unit)
        if before != start:
            counts[base + before * width + start + np.uint64(fates[j])] += weight
    return counts.reshape((n_groups, n_units + 1, n_units + 2))


@kernel
def share_out(
    codes: Codes,
    unit_of_code: npt.NDArray[np.int32],
    ticks: npt.NDArray[Any],
    begin: int,
    end: int,
    half_life: float,
    shares: Floats,
    present: Ints,
) -> int:
    """Write the share of each unit of one path into ``shares[model, unit]``, zero before.

    Gives how many different units there are; ``present`` begins with them.
    """
    n, n_present, first, last = 0, 0, begin, begin
    for row in range(begin, end):
        unit = unit_of_code[codes[row]]
        if unit < 0:
            continue
        first = row if n == 0 else first
        last = row
        n += 1
        if shares[SHAPLEY, unit] == 0.0:
            shares[SHAPLEY, unit] = 1.0
            present[n_present] = unit
            n_present += 1
    if n == 0:
        return 0
    shares[FIRST, unit_of_code[codes[first]]] = 1.0
    shares[LAST, unit_of_code[codes[last]]] = 1.0
    total = 0.0
    at_ends, between = position_shares(n)
    for row in range(first, last + 1):
        unit = unit_of_code[codes[row]]
        if unit >= 0:
            shares[LINEAR, unit] += 1.0 / n
            shares[POSITION, unit] += at_ends if row in (first, last) else between
            fresh = 2.0 ** (-(np.int64(ticks[last]) - np.int64(ticks[row])) / half_life)
            shares[TIME_DECAY, unit] += fresh
            total += fresh
    for place in range(n_present):
        shares[TIME_DECAY, present[place]] /= total
        shares[SHAPLEY, present[place]] /= n_present
    return n_present


@kernel
def position_shares(n: int) -> tuple[float, float]:
    """Share of the first and of the last of ``n`` touches, and of each between."""
    if n <= PAIR:
        return 1.0 / n, 0.0
    return END_SHARE, (1.0 - 2.0 * END_SHARE) / (n - PAIR)


@kernel
def count_credits(
    codes: Codes,
    unit_of_code: npt.NDArray[np.int32],
    ticks: npt.NDArray[Any],
    begins: Ints,
    ends: Ints,
    fates: Bytes,
    groups: Ints,
    weights: Ints,
    worth: Floats,
    half_life: float,
    n_groups: int,
    n_units: int,
) -> tuple[Floats, Floats, Ints]:
    """Credit for the won paths, by models that give it journey by journey.

    Returns credit by ``[wins or worth, group, model, unit]``; wins and worth of paths without a
    unit, by ``[wins or worth, group]``; won journeys that have the unit. ``worth[j]`` is that of
    all journeys which path ``j`` stands for; ``half_life`` is in ticks.
    """
    credit = np.zeros((2, n_groups, N_MODELS, n_units))
    without = np.zeros((2, n_groups))
    n_journeys = np.zeros(n_units, np.int64)
    shares = np.zeros((N_MODELS, n_units))
    present = np.empty(n_units, np.int64)
    for j in range(len(begins)):
        if fates[j] != CONVERTED:
            continue
        group = groups[j]
        begin, end = begins[j], ends[j]
        n_present = share_out(codes, unit_of_code, ticks, begin, end, half_life, shares, present)
        if n_present == 0:
            without[0, group] += weights[j]
            without[1, group] += worth[j]
        for place in range(n_present):
            unit = present[place]
            n_journeys[unit] += weights[j]
            for model in range(N_MODELS):
                credit[0, group, model, unit] += weights[j] * shares[model, unit]
                credit[1, group, model, unit] += worth[j] * shares[model, unit]
                shares[model, unit] = 0.0
    return credit, without, n_journeys
