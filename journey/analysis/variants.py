"""The whole sequences that journeys take."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.facts import ShardFacts
from journey.kernels.moves import medians_of_groups
from journey.kernels.select import rows_of_ranges
from journey.kernels.variants import hash_journeys
from journey.log import TouchpointLog
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

VARIANT_COLUMNS = (
    "variant_id",
    "sequence",
    "n_touchpoints",
    "n_journeys",
    "share",
    "n_won",
    "n_decided",
    "win_rate",
    "median_days",
)


@dataclass(frozen=True, eq=False)
class Counted:
    """Variants by their two hashes, with journeys in all, won and decided, and their length."""

    first: Hashes
    second: Hashes
    n_journeys: Ints
    n_won: Ints
    n_decided: Ints
    n_touchpoints: Ints


@dataclass(frozen=True, eq=False)
class Details:
    """Of one shard: an example of each wanted variant it has, and all their durations.

    ``types`` are the sequences of ``variants`` one after the other, each so long as its variant.
    """

    variants: Ints
    types: Ints
    owners: Ints
    durations: Ints


def variants(log: TouchpointLog, *, top: int | None = None) -> pd.DataFrame:
    """Variants: the distinct whole sequences of touchpoint types.

    Parameters
    ----------
    top
        Give only so many, the most frequent. None: all, whose ``n_journeys`` add up to journeys.

    Returns
    -------
    DataFrame
        One row per variant: ``variant_id`` (1 is the most frequent), ``sequence`` (tuple of
        types), ``n_touchpoints``, ``n_journeys``, ``share`` (of journeys in view), ``n_won``,
        ``n_decided``, ``win_rate`` (won / decided), ``median_days`` from first to last touch.
        By ``n_journeys``, largest first, then shorter ones.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Ad", "Demo", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-03", "2026-01-01"])}))
    >>> variants(log)[["sequence", "n_journeys", "share"]]
         sequence  n_journeys  share
    0       (Ad,)           1    0.5
    1  (Ad, Demo)           1    0.5
    """
    counted = merge_variants(log.ask_with_facts(partial_variants), top=top)
    n_variants = len(counted.first)
    details = log.ask(partial(partial_details, wanted=counted))
    n_decided = counted.n_decided
    return pd.DataFrame(
        {
            "variant_id": np.arange(1, n_variants + 1),
            "sequence": merge_sequences(details, counted.n_touchpoints, log.type_names),
            "n_touchpoints": counted.n_touchpoints,
            "n_journeys": counted.n_journeys,
            "share": counted.n_journeys / max(log.n_journeys, 1),
            "n_won": counted.n_won,
            "n_decided": n_decided,
            "win_rate": np.where(n_decided > 0, counted.n_won / np.maximum(n_decided, 1), np.nan),
            "median_days": merge_durations(details) / log.ticks_per_day,
        },
        columns=list(VARIANT_COLUMNS),
    )


def count_variants(log: TouchpointLog) -> int:
    """How many distinct whole sequences there are in view."""
    return len(merge_variants(log.ask_with_facts(partial_variants), top=None).first)


def partial_variants(part: tuple[View, ShardFacts]) -> Counted:
    """The variants of one shard."""
    view, facts = part
    first, second = hash_journeys(view.types, view.offsets)
    outcomes = facts.outcomes[view.journeys]
    every = np.ones(len(first), np.int64)
    return _summed(
        Counted(
            first,
            second,
            every,
            (outcomes == 0).astype(np.int64),
            (outcomes <= 2).astype(np.int64),  # noqa: PLR2004 - won, lost and no decision
            np.diff(view.offsets),
        )
    )


def merge_variants(parts: Sequence[Counted], *, top: int | None) -> Counted:
    """The variants of all shards, the most frequent first."""
    empty = np.empty(0, np.int64)
    hashes = np.empty(0, np.uint64)
    merged = _summed(
        Counted(
            np.concatenate([hashes, *(part.first for part in parts)]),
            np.concatenate([hashes, *(part.second for part in parts)]),
            np.concatenate([empty, *(part.n_journeys for part in parts)]),
            np.concatenate([empty, *(part.n_won for part in parts)]),
            np.concatenate([empty, *(part.n_decided for part in parts)]),
            np.concatenate([empty, *(part.n_touchpoints for part in parts)]),
        )
    )
    order = np.lexsort((merged.n_touchpoints, -merged.n_journeys))[:top]  # then by hash, as it is
    return Counted(
        merged.first[order],
        merged.second[order],
        merged.n_journeys[order],
        merged.n_won[order],
        merged.n_decided[order],
        merged.n_touchpoints[order],
    )


def partial_details(view: View, *, wanted: Counted) -> Details:
    """Examples and durations of the wanted variants in one shard."""
    first, second = hash_journeys(view.types, view.offsets)
    owners = _owners(first, second, wanted)
    journeys = np.flatnonzero(owners >= 0)
    owners = owners[journeys]
    begins, ends = view.offsets[:-1][journeys], view.offsets[1:][journeys]
    durations = view.ticks[ends - 1].astype(np.int64) - view.ticks[begins].astype(np.int64)
    found, examples = np.unique(owners, return_index=True)
    rows = rows_of_ranges(begins, ends, examples)
    return Details(found, view.types[rows].astype(np.int64), owners, durations)


def merge_sequences(
    parts: Sequence[Details], lengths: Ints, names: Sequence[str]
) -> list[tuple[str, ...]]:
    """The sequence of every wanted variant, from the first shard that has it."""
    sequences: list[tuple[str, ...]] = [()] * len(lengths)
    names_by_code = np.array(names, dtype=object)
    for part in parts:
        decoded = names_by_code[part.types].tolist()
        ends = np.cumsum(lengths[part.variants]).tolist()
        for variant, begin, end in zip(part.variants.tolist(), [0, *ends], ends, strict=False):
            if not sequences[variant]:
                sequences[variant] = tuple(decoded[begin:end])
    return sequences


def _owners(first: Hashes, second: Hashes, wanted: Counted) -> Ints:
    """Which wanted variant each pair of hashes is, -1 for none."""
    owners = np.full(len(first), -1, np.int64)
    order = np.argsort(wanted.first, kind="stable")
    at = np.searchsorted(wanted.first, first, sorter=order)
    left = np.flatnonzero(at < len(order))
    while len(left):  # more than once only where variants share the first hash
        variant = order[at[left]]
        near = wanted.first[variant] == first[left]
        hit = near & (wanted.second[variant] == second[left])
        owners[left[hit]] = variant[hit]
        left = left[near & ~hit]
        at[left] += 1
        left = left[at[left] < len(order)]
    return owners


def merge_durations(parts: Sequence[Details]) -> npt.NDArray[np.float64]:
    """The median duration of every wanted variant, in ticks."""
    empty = np.empty(0, np.int64)
    owners = np.concatenate([empty, *(part.owners for part in parts)])
    durations = np.concatenate([empty, *(part.durations for part in parts)])
    order = np.argsort(owners, kind="stable")
    starts = np.flatnonzero(np.diff(owners[order], prepend=-1))
    return medians_of_groups(durations[order], starts, np.append(starts[1:], len(order)))


def _summed(counted: Counted) -> Counted:
    """Rows of the same two hashes added up."""
    order, starts = _groups(counted.first, counted.second)
    if not len(starts):
        return counted
    return Counted(
        counted.first[order][starts],
        counted.second[order][starts],
        np.add.reduceat(counted.n_journeys[order], starts),
        np.add.reduceat(counted.n_won[order], starts),
        np.add.reduceat(counted.n_decided[order], starts),
        counted.n_touchpoints[order][starts],
    )


def _groups(first: Hashes, second: Hashes) -> tuple[Ints, Ints]:
    """An order in which equal pairs lie together, and where each begins."""
    order = np.argsort(first)
    differs = np.diff(second[order]) != 0
    same_first = np.diff(first[order]) == 0
    if np.any(differs & same_first):  # two sequences share the first hash
        order = np.lexsort((second, first))
        differs = np.diff(second[order]) != 0
    changes = (np.diff(first[order]) != 0) | differs
    return order, np.flatnonzero(np.concatenate([[len(first) > 0], changes]))
