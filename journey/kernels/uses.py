"""What the uses of content of one shard add up to.

Touch ``at`` in view uses ``contents[at]``, or none if that is ``n_contents``. It is ``rows[at]``
of the evidence, whose ``ticks`` and ``current`` stages are told.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels.compiled import kernel
from journey.kernels.facts import NO_DECISION, WON

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[Any]


@kernel
def count_uses(
    contents: Codes,
    roles: Codes,
    rows: Codes,
    ticks: Codes,
    current: npt.NDArray[np.int8],
    n_contents: int,
    n_stages: int,
    n_roles: int,
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Touches by content; by stage (last: before any), by role; the first and the last one."""
    n_touches, stages = (
        np.zeros(n_contents, np.int64),
        np.zeros((n_contents, n_stages + 1), np.int64),
    )
    of_roles = np.zeros((n_contents, n_roles), np.int64)
    first_ticks = np.full(n_contents, np.iinfo(np.int64).max)
    last_ticks = np.full(n_contents, np.iinfo(np.int64).min)
    for at in range(len(contents)):
        content = contents[at]
        if content < n_contents:
            stage, tick = np.int64(current[rows[at]]), np.int64(ticks[rows[at]])
            n_touches[content] += 1
            stages[content, stage if stage >= 0 else n_stages] += 1
            of_roles[content, roles[at]] += 1
            first_ticks[content] = min(first_ticks[content], tick)
            last_ticks[content] = max(last_ticks[content], tick)
    return n_touches, stages, of_roles, first_ticks, last_ticks


@kernel
def count_first_uses(
    contents: Codes,
    rows: Codes,
    offsets: Ints,
    journeys: Ints,
    ticks: Codes,
    current: npt.NDArray[np.int8],
    entered: npt.NDArray[np.int32],
    ends: Ints,
    outcomes: npt.NDArray[np.uint8],
    n_contents: int,
    window: float,
    as_of: int,
) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Journeys by content; decided and won by stage reached before; first uses judged; gone on."""
    n_journeys, n_judged = np.zeros(n_contents, np.int64), np.zeros(n_contents, np.int64)
    n_went_on, last = np.zeros(n_contents, np.int64), np.full(n_contents, -1, np.int64)
    n_decided = np.zeros((n_contents, entered.shape[1]), np.int64)
    n_won = np.zeros((n_contents, entered.shape[1]), np.int64)
    for place in range(len(journeys)):
        j = journeys[place]
        for at in range(offsets[place], offsets[place + 1]):
            content = contents[at]
            if content == n_contents or last[content] == place:
                continue
            last[content] = place
            row, stage = rows[at], int(current[rows[at]])
            n_journeys[content] += 1
            is_decided = row < ends[j] and outcomes[j] <= NO_DECISION
            for other in range(entered.shape[1]):
                is_there = is_decided and 0 <= entered[j, other] < ends[j]
                n_decided[content, other] += is_there
                n_won[content, other] += is_there and outcomes[j] == WON
            usable, went_on = _followed(entered[j], row, stage, ticks, window)
            n_went_on[content] += usable and went_on
            n_judged[content] += usable and (went_on or as_of - ticks[row] >= window)
    return n_journeys, n_decided, n_won, n_judged, n_went_on


@kernel
def count_engagement(
    contents: Codes,
    is_done: npt.NDArray[np.bool_],
    rows: Codes,
    offsets: Ints,
    journeys: Ints,
    types: Codes,
    last_rows: Ints,
    qualified: Ints,
    ends: Ints,
    outcomes: npt.NDArray[np.uint8],
    n_contents: int,
    n_types: int,
) -> tuple[Ints, Ints]:
    """By content touches shown and done, and what followed the first done in each journey.

    That is journeys, those that had not qualified, those that then did, those not yet over that
    were decided, those won; beside it, by touch, the content done times all types plus the type
    that comes directly after it, or -1.
    """
    counts = np.zeros((n_contents, 7), np.int64)
    following = np.full(len(contents), -1, np.int64)
    last = np.full(n_contents, -1, np.int64)
    for place in range(len(journeys)):
        j = journeys[place]
        for at in range(offsets[place], offsets[place + 1]):
            content, row = contents[at], rows[at]
            if content >= n_contents:
                continue
            counts[content, np.int64(is_done[at])] += 1
            if is_done[at] and row < last_rows[j]:
                following[at] = np.int64(content) * n_types + types[row + 1]
            if is_done[at] and last[content] != place:
                last[content] = place
                was_open = outcomes[j] <= NO_DECISION and row < ends[j]
                counts[content, 2] += 1
                counts[content, 3] += qualified[j] < 0 or qualified[j] > row
                counts[content, 4] += qualified[j] > row
                counts[content, 5] += was_open
                counts[content, 6] += was_open and outcomes[j] == WON
    return counts, following


@kernel
def _followed(
    entries: npt.NDArray[np.int32], row: int, stage: int, ticks: Codes, window: float
) -> tuple[bool, bool]:
    """Whether it can be told that a journey went on after a use, and whether it did.

    It can where the stage is not the last and the journey had not been further before.
    """
    been_further, went_on = False, False
    for other in range(stage + 1, len(entries)):
        entry = entries[other]
        if 0 <= entry < row:
            been_further = True
        if entry > row and ticks[entry] - np.int64(ticks[row]) <= window:
            went_on = True
    return 0 <= stage < len(entries) - 1 and not been_further, went_on
