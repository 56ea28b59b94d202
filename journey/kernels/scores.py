"""Points of rules, summed over the touches of each journey; those that fade do so with time.

A touch of class ``c`` is given ``points[k]`` by the rule ``rules[k]``, for each ``k`` in
``starts[c]:starts[c + 1]``. Of what a rule that ``fades`` gave, ``exp(-rate * t)`` is left after
``t`` ticks.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Classes = npt.NDArray[Any]
Ticks = npt.NDArray[Any]


@kernel
def points_at(
    classes: Classes,
    ticks: Ticks,
    begins: Ints,
    ends: Ints,
    instants: Ints,
    starts: Ints,
    rules: Ints,
    points: Floats,
    fades: Flags,
    rate: float,
) -> Floats:
    """What each rule gives each journey for its rows from begin to end, at an instant."""
    sums = np.zeros((len(begins), len(fades)), np.float64)
    for j in range(len(begins)):
        for row in range(begins[j], ends[j]):
            left = np.exp(-rate * np.float64(instants[j] - np.int64(ticks[row])))
            for k in range(starts[classes[row]], starts[classes[row] + 1]):
                rule = rules[k]
                sums[j, rule] += points[k] * (left if fades[rule] else 1.0)
    return sums


@kernel
def running_points(
    classes: Classes,
    ticks: Ticks,
    instants: Ints,
    starts: Ints,
    rules: Ints,
    points: Floats,
    fades: Flags,
    rate: float,
) -> Floats:
    """What each rule gives one journey at each instant, in order; touches at it are counted."""
    sums = np.zeros(len(fades), np.float64)
    found = np.zeros((len(instants), len(fades)), np.float64)
    row = 0
    for i in range(len(instants)):
        if i:
            _fade(sums, fades, np.exp(-rate * np.float64(instants[i] - instants[i - 1])))
        while row < len(ticks) and ticks[row] <= instants[i]:
            left = np.exp(-rate * np.float64(instants[i] - np.int64(ticks[row])))
            for k in range(starts[classes[row]], starts[classes[row] + 1]):
                sums[rules[k]] += points[k] * (left if fades[rules[k]] else 1.0)
            row += 1
        found[i] = sums
    return found


@kernel
def first_held(
    classes: Classes,
    ticks: Ticks,
    begins: Ints,
    ends: Ints,
    starts: Ints,
    rules: Ints,
    points: Floats,
    fades: Flags,
    rate: float,
    limits: Floats,
    scores: Ints,
    base: Floats,
    most: float,
    least: Floats,
) -> Ints:
    """Per journey the first row after which every score is at its least, -1 where none is.

    A rule counts for one of the scores, with at most ``limits[rule]`` points, on top of
    ``base[journey, score]``; a score is at most ``most``.
    """
    found = np.full(len(begins), -1, np.int64)
    sums, totals = np.empty(len(fades), np.float64), np.empty(len(least), np.float64)
    for j in range(len(begins)):
        sums[:] = 0.0
        for row in range(begins[j], ends[j]):
            if row > begins[j]:
                gap = np.int64(ticks[row]) - np.int64(ticks[row - 1])
                _fade(sums, fades, np.exp(-rate * np.float64(gap)))
            for k in range(starts[classes[row]], starts[classes[row] + 1]):
                sums[rules[k]] += points[k]
            totals[:] = base[j]
            if _are_held(totals, sums, limits, scores, most, least):
                found[j] = row
                break
    return found


@kernel
def _fade(sums: Floats, fades: Flags, left: float) -> None:
    for rule in range(len(fades)):
        if fades[rule]:
            sums[rule] *= left


@kernel
def _are_held(
    totals: Floats, sums: Floats, limits: Floats, scores: Ints, most: float, least: Floats
) -> bool:
    for rule in range(len(sums)):
        totals[scores[rule]] += min(max(sums[rule], -limits[rule]), limits[rule])
    n_held = 0
    for score in range(len(totals)):
        n_held += min(max(totals[score], -most), most) >= least[score]
    return n_held == len(totals)
