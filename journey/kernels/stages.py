"""Stage entries of each journey."""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel
from journey.kernels.facts import NO_DECISION

Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.int32]
Codes = npt.NDArray[Any]
Ticks = npt.NDArray[Any]
Stages = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]


@kernel
def enter(entered: Rows, advanced: Rows, j: int, stage: Any, row: Any) -> None:
    """Write down that a journey enters a stage, if that is the first time."""
    if entered[j, stage] < 0:
        entered[j, stage] = row
    if stage > 0 and entered[j, stage - 1] >= 0 and advanced[j, stage - 1] < 0:
        advanced[j, stage - 1] = row


@kernel
def stage_entries(
    current: Stages, by_rule: Stages, offsets: Ints, won_rows: Ints, n_stages: int
) -> tuple[Rows, Rows]:
    """First row of each journey in each stage, and first row in the next one after that (-1: none).

    ``current`` is the stage after each touch. A winning row (-1: none) enters the stage that it
    does by rule (-1: none), and then the last one.
    """
    n_journeys = len(offsets) - 1
    entered = np.full((n_journeys, n_stages), -1, np.int32)
    advanced = np.full((n_journeys, n_stages), -1, np.int32)
    for j in range(n_journeys):
        stage = np.int8(-1)
        for row in range(np.uint64(offsets[j]), np.uint64(offsets[j + 1])):
            now = current[row]
            if now != stage and now >= 0:
                enter(entered, advanced, j, now, row)
            stage = now
        won = won_rows[j]
        if won >= 0 and by_rule[won] >= 0:
            enter(entered, advanced, j, by_rule[won], won)
            enter(entered, advanced, j, n_stages - 1, won)
    return entered, advanced


@kernel
def count_entries(
    entered: Rows,
    advanced: Rows,
    last_stages: Stages,
    outcomes: npt.NDArray[np.uint8],
    journeys: Ints,
) -> Ints:
    """By stage, of the given journeys: those that entered it, that went on, that are open in it."""
    n_stages = entered.shape[1]
    counts = np.zeros((3, n_stages), np.int64)
    for j in journeys:
        for stage in range(n_stages):
            counts[0, stage] += entered[j, stage] >= 0
            counts[1, stage] += advanced[j, stage] >= 0
        if outcomes[j] > NO_DECISION and last_stages[j] >= 0:
            counts[2, last_stages[j]] += 1
    return counts


@kernel
def count_fates(
    entered: Rows,
    advanced: Rows,
    outcomes: npt.NDArray[np.uint8],
    journeys: Ints,
    n_outcomes: int,
) -> Ints:
    """By stage, of the given journeys that entered it: those that stayed by outcome, then others.

    The last column counts those that went on.
    """
    n_stages = entered.shape[1]
    counts = np.zeros((n_stages, n_outcomes + 1), np.int64)
    for j in journeys:
        for stage in range(n_stages):
            if entered[j, stage] >= 0:
                fate = np.int64(outcomes[j]) if advanced[j, stage] < 0 else n_outcomes
                counts[stage, fate] += 1
    return counts


@kernel
def journeys_having_type(
    types: Codes, offsets: Ints, members: npt.NDArray[np.bool_], n_types: int
) -> Ints:
    """Journeys of each group that have each type, by ``group, type``; ``members[j, group]``."""
    n_groups = members.shape[1]
    counts = np.zeros((n_groups, n_types), np.int64)
    seen = np.full(n_types, -1, np.int64)
    for j in range(len(offsets) - 1):
        if not members[j].any():
            continue
        for row in range(offsets[j], offsets[j + 1]):
            code = types[row]
            if seen[code] != j:
                seen[code] = j
                for group in range(n_groups):
                    counts[group, code] += members[j, group]
    return counts


@kernel
def longest_silences(
    current: Stages,
    ticks: Ticks,
    offsets: Ints,
    is_open: Flags,
    as_of: int,
    dormancy: int,
    n_stages: int,
) -> Ints:
    """Longest silence of each journey in each stage while it was open (-1: never in it).

    ``is_open`` says whether a touch left its journey open; a silence that goes on ends at
    ``as_of``, and all end once they have lasted for ``dormancy``.
    """
    longest = np.full((len(offsets) - 1, n_stages), -1, np.int64)
    for j in range(len(offsets) - 1):
        for row in range(offsets[j], offsets[j + 1]):
            stage = current[row]
            if stage < 0 or not is_open[row]:
                continue
            until = np.int64(ticks[row + 1]) if row + 1 < offsets[j + 1] else as_of
            silence = min(until - np.int64(ticks[row]), dormancy)
            longest[j, stage] = max(longest[j, stage], silence)
    return longest
