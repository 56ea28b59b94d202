"""The whole sequences that journeys take."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.facts import ShardFacts
from journey.kernels.facts import NO_DECISION, WON
from journey.kernels.moves import medians_of_groups
from journey.kernels.select import take_ranges
from journey.kernels.variants import group_hashes, hash_journeys
from journey.log import TouchpointLog
from journey.store.layout import frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Weights = Ints | npt.NDArray[np.bool_]

LONGEST = 2**32
"""More than any journey has touchpoints."""

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
    """Variants by their two hashes, with journeys in all, won and decided, and their length.

    ``groups`` says of each thing counted (a journey, or a variant of a shard) which variant it is,
    ``examples`` of each variant the first such thing.
    """

    groups: Ints
    examples: Ints
    first: Hashes
    second: Hashes
    n_journeys: Ints
    n_won: Ints
    n_decided: Ints
    n_touchpoints: Ints


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
    parts = log.ask_with_facts(partial_variants)
    counted = merge_variants(parts)
    order = _most_frequent(counted, top)
    n_journeys, n_won, n_decided = (
        counts[order] for counts in (counted.n_journeys, counted.n_won, counted.n_decided)
    )
    return pd.DataFrame(
        {
            "variant_id": np.arange(1, len(order) + 1),
            "sequence": _sequences(log, parts, counted.examples[order]),
            "n_touchpoints": counted.n_touchpoints[order],
            "n_journeys": n_journeys,
            "share": n_journeys / max(log.n_journeys, 1),
            "n_won": n_won,
            "n_decided": n_decided,
            "win_rate": np.where(n_decided > 0, n_won / np.maximum(n_decided, 1), np.nan),
            "median_days": _median_durations(log, parts, counted, order) / log.ticks_per_day,
        },
        columns=list(VARIANT_COLUMNS),
    )


def count_variants(log: TouchpointLog) -> int:
    """How many distinct whole sequences there are in view."""
    return len(merge_variants(log.ask_with_facts(partial_variants)).first)


def partial_variants(part: tuple[View, ShardFacts]) -> Counted:
    """The variants of one shard."""
    view, facts = part
    outcomes = facts.outcomes[view.journeys]
    return _summed(
        *hash_journeys(view.types, view.offsets),
        (None, outcomes == WON, outcomes <= NO_DECISION),
        view.lengths,
    )


def merge_variants(parts: Sequence[Counted]) -> Counted:
    """The variants of all shards."""
    empty = np.empty(0, np.int64)
    hashes = np.empty(0, np.uint64)
    return _summed(
        np.concatenate([hashes, *(part.first for part in parts)]),
        np.concatenate([hashes, *(part.second for part in parts)]),
        (
            np.concatenate([empty, *(part.n_journeys for part in parts)]),
            np.concatenate([empty, *(part.n_won for part in parts)]),
            np.concatenate([empty, *(part.n_decided for part in parts)]),
        ),
        np.concatenate([empty, *(part.n_touchpoints for part in parts)]),
    )


def _summed(
    first: Hashes, second: Hashes, weights: Sequence[Weights | None], n_touchpoints: Ints
) -> Counted:
    """Things with equal hashes as one; the weights are of journeys in all, won and decided."""
    groups, examples = group_hashes(first, second)
    n_journeys, n_won, n_decided = (
        np.bincount(groups, weights=weight, minlength=len(examples)).astype(np.int64)
        for weight in weights
    )
    return Counted(
        groups,
        examples,
        first[examples],
        second[examples],
        n_journeys,
        n_won,
        n_decided,
        n_touchpoints[examples],
    )


def _most_frequent(counted: Counted, top: int | None) -> Ints:
    """The order of variants: most journeys first, then shorter ones, then by their hashes."""
    n_variants = len(counted.first)
    size = counted.n_journeys * LONGEST - counted.n_touchpoints
    chosen = np.arange(n_variants)
    if top is not None and 0 < top < n_variants:  # only those that may be among them are sorted
        chosen = np.flatnonzero(size >= -np.partition(-size, top - 1)[top - 1])
    keys = counted.second[chosen], counted.first[chosen], -size[chosen]
    return chosen[np.lexsort(keys)][:top]


def _sequences(
    log: TouchpointLog, parts: Sequence[Counted], examples: Ints
) -> list[tuple[str, ...]]:
    """The sequences of variants, each read from one journey that takes it."""
    sequences: list[tuple[str, ...]] = [()] * len(examples)
    names = np.array(log.type_names, dtype=object)
    begin = 0
    for view, part in zip(log.views, parts, strict=True):
        end = begin + len(part.examples)
        mine = np.flatnonzero((examples >= begin) & (examples < end))
        journeys = part.examples[examples[mine] - begin]
        offsets = np.concatenate([[0], np.cumsum(view.lengths[journeys])])
        codes = take_ranges(view.types, frozen(view.offsets[journeys]), frozen(offsets))
        decoded, borders = names[codes].tolist(), offsets.tolist()
        for place, at, until in zip(mine.tolist(), borders[:-1], borders[1:], strict=True):
            sequences[place] = tuple(decoded[at:until])
        begin = end
    return sequences


def _median_durations(
    log: TouchpointLog, parts: Sequence[Counted], counted: Counted, order: Ints
) -> npt.NDArray[np.float64]:
    """The median duration of the variants in this order, in ticks."""
    places = np.full(len(counted.first), -1, np.int64)
    places[order] = np.arange(len(order))
    owners, durations = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    begin = 0
    for view, part in zip(log.views, parts, strict=True):
        end = begin + len(part.examples)
        place = places[counted.groups[begin:end]][part.groups]
        journeys = np.flatnonzero(place >= 0)
        firsts, lasts = view.offsets[journeys], view.offsets[journeys + 1] - 1
        owners.append(place[journeys])
        durations.append(view.ticks[lasts].astype(np.int64) - view.ticks[firsts])
        begin = end
    owner = np.concatenate(owners)
    by_owner = np.argsort(owner, kind="stable")
    ends = np.cumsum(np.bincount(owner, minlength=len(order)))
    starts = np.concatenate([[0], ends])[:-1]
    return medians_of_groups(np.concatenate(durations)[by_owner], starts, ends)
