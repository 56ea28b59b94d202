"""The whole sequences that journeys take."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.figures.ranks import Measured, medians_in_rounds
from journey.facts import ShardFacts
from journey.kernels.facts import NO_DECISION
from journey.kernels.select import take_ranges
from journey.kernels.variants import (
    add_by_group,
    find_hashes,
    group_hashes,
    longest_by_place,
)
from journey.log import TouchpointLog
from journey.store.layout import Array, frozen
from journey.store.view import View

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

LONGEST = 2**32
"""More than any journey has touchpoints."""

JOURNEYS_AT_ONCE = 2**22
"""Variants of so many journeys at most are brought together, those of more in slices."""

MOST_KEPT = 1_000
"""So many of the most frequent are kept for all who ask for fewer."""

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
class Slice:
    """Of variants those whose hash leaves this remainder: one of so many equal parts of all."""

    number: int
    n_slices: int

    def has(self, first: Hashes) -> npt.NDArray[np.bool_]:
        """Which hashes belong to it."""
        return (first >> np.uint64(32)) % np.uint64(self.n_slices) == np.uint64(self.number)


@dataclass(frozen=True, eq=False)
class Counted:
    """Variants by their two hashes; ``counts`` are journeys in all, won and decided."""

    first: Hashes
    second: Hashes
    n_touchpoints: Ints
    counts: Ints

    def take(self, places: Ints) -> "Counted":
        """Some of them, in this order."""
        hashes = self.first[places], self.second[places]
        return Counted(*hashes, self.n_touchpoints[places], self.counts[:, places])


@dataclass(frozen=True, eq=False)
class Taken:
    """The variants that most journeys take, the most frequent first, and how many there are."""

    most: Counted
    n_variants: int


@dataclass(frozen=True, eq=False)
class Seen:
    """Variants found in a shard, by their places, with one sequence of codes and the longest time.

    The sequence of the k-th is ``codes[offsets[k]:offsets[k + 1]]``.
    """

    places: Ints
    offsets: Ints
    codes: npt.NDArray[np.int64]
    longest: Ints


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
    if top is not None and top <= MOST_KEPT:
        most = log.shared(most_taken).most
        return _described(log, most.take(np.arange(min(top, len(most.first)))))
    return _described(log, _taken_most(log, top).most)


def most_taken(log: TouchpointLog) -> Taken:
    """The 1,000 variants that most journeys take, and how many there are."""
    return _taken_most(log, MOST_KEPT)


def _taken_most(log: TouchpointLog, top: int | None) -> Taken:
    parts = [
        taken
        for part in _slices(log)
        for taken in log.ask_in_buckets_with_facts(
            partial(partial_variants, part=part), partial(_merged, top=top)
        )
    ]
    if len(parts) == 1:
        return parts[0]
    # No variant is in two buckets or slices.
    most = merge_variants([taken.most for taken in parts], top=top)
    return Taken(most, sum(taken.n_variants for taken in parts))


def _merged(parts: Sequence[Counted], *, top: int | None) -> Taken:
    added = _added(parts)
    return Taken(_most_frequent(added, top), len(added.first))


def count_variants(log: TouchpointLog) -> int:
    """How many distinct whole sequences there are in view."""
    return sum(
        n_variants
        for part in _slices(log)
        for n_variants in log.ask_in_buckets(partial(partial_hashes, part=part), _n_distinct)
    )


def partial_hashes(view: View, n_buckets: int, *, part: Slice) -> list[tuple[Hashes, Hashes]]:
    """The two hashes of each variant of one shard, in buckets."""
    first, second = view.hashes
    if part.n_slices > 1:
        chosen = part.has(first)
        first, second = frozen(first[chosen]), frozen(second[chosen])
    _, examples = group_hashes(first, second)
    first, second = first[examples], second[examples]
    return [(first[own], second[own]) for own in _in_buckets(first, n_buckets)]


def partial_variants(
    shard: tuple[View, ShardFacts], n_buckets: int, *, part: Slice
) -> list[Counted]:
    """The variants of one shard, in buckets."""
    view, facts = shard
    first, second = view.hashes
    outcomes = facts.outcomes[view.journeys]
    lengths = view.lengths
    if part.n_slices > 1:
        chosen = part.has(first)
        first, second = frozen(first[chosen]), frozen(second[chosen])
        outcomes, lengths = outcomes[chosen], lengths[chosen]
    groups, examples = group_hashes(first, second)
    n_states = NO_DECISION + 2  # what is open is one
    states = np.minimum(outcomes, NO_DECISION + 1) * np.int64(len(examples)) + groups
    counts = np.bincount(states, minlength=n_states * len(examples)).reshape(n_states, -1)
    n_won, n_lost, n_undecided, n_open = counts
    n_decided = n_won + n_lost + n_undecided
    hashes = first[examples], second[examples]
    states = np.stack([n_decided + n_open, n_won, n_decided])
    found = Counted(*hashes, lengths[examples], states)
    if n_buckets == 1:
        return [found]
    return [found.take(own) for own in _in_buckets(found.first, n_buckets)]


def merge_variants(parts: Sequence[Counted], *, top: int | None = None) -> Counted:
    """The variants of all parts, the most frequent first; only so many, where that is asked."""
    return _most_frequent(_added(parts), top)


def _added(parts: Sequence[Counted]) -> Counted:
    if len(parts) == 1:
        return parts[0]
    no_hash, no_count = np.empty(0, np.uint64), np.empty((3, 0), np.int64)
    first = np.concatenate([no_hash, *(part.first for part in parts)])
    second = np.concatenate([no_hash, *(part.second for part in parts)])
    n_touchpoints = np.concatenate([no_count[0], *(part.n_touchpoints for part in parts)])
    counts = np.concatenate([no_count, *(part.counts for part in parts)], axis=1)
    groups, examples = group_hashes(frozen(first), frozen(second))
    totals = add_by_group(groups, counts, len(examples))
    return Counted(first[examples], second[examples], n_touchpoints[examples], totals)


def partial_seen(view: View, *, counted: Counted) -> Seen:
    """Of the given variants those that journeys of one shard take."""
    journeys, places, begins, ends = _taken(view, counted)
    durations = ends.astype(np.int64) - begins
    firsts, longest = longest_by_place(places, durations, len(counted.first))
    found = np.flatnonzero(firsts >= 0)
    rows = view.offsets[journeys[firsts[found]]]
    offsets = np.concatenate([[0], np.cumsum(counted.n_touchpoints[found])])
    codes = take_ranges(view.types, frozen(rows), frozen(offsets))
    return Seen(found, offsets, codes, longest[found])


def _slices(log: TouchpointLog) -> list[Slice]:
    n_slices = 1 + log.n_journeys // JOURNEYS_AT_ONCE
    return [Slice(number, n_slices) for number in range(n_slices)]


def _in_buckets(first: Hashes, n_buckets: int) -> list[Ints]:
    """The places of variants in each bucket: that of a variant is the same in every shard."""
    if n_buckets == 1:
        return [np.arange(len(first))]
    buckets = first % np.uint64(n_buckets)
    return [np.flatnonzero(buckets == np.uint64(number)) for number in range(n_buckets)]


def _n_distinct(parts: Sequence[tuple[Hashes, Hashes]]) -> int:
    """How many variants there are in one bucket, all shards together."""
    first, second = (np.concatenate(hashes) for hashes in zip(*parts, strict=True))
    return len(group_hashes(frozen(first), frozen(second))[1])


def _described(log: TouchpointLog, counted: Counted) -> pd.DataFrame:
    """Variants with their sequences and times, which only some of the journeys tell."""
    n_variants = len(counted.first)
    seen = log.ask(partial(partial_seen, counted=counted))
    highs = np.zeros(n_variants)
    for part in seen:
        highs[part.places] = np.maximum(highs[part.places], part.longest)
    n_journeys, n_won, n_decided = counted.counts
    measure = partial(_durations, counted=counted)
    medians = medians_in_rounds(log.ask, measure, n_journeys, highs)
    return pd.DataFrame(
        {
            "variant_id": np.arange(1, n_variants + 1),
            "sequence": _sequences(log.type_names, seen, n_variants),
            "n_touchpoints": counted.n_touchpoints,
            "n_journeys": n_journeys,
            "share": n_journeys / max(log.n_journeys, 1),
            "n_won": n_won,
            "n_decided": n_decided,
            "win_rate": np.where(n_decided > 0, n_won / np.maximum(n_decided, 1), np.nan),
            "median_days": medians / log.ticks_per_day,
        },
        columns=list(VARIANT_COLUMNS),
    )


def _taken(view: View, counted: Counted) -> tuple[Ints, Ints, Array, Array]:
    """Journeys that take one of the variants, the place of it, their first and their last tick."""
    places = find_hashes(*view.hashes, frozen(counted.first), frozen(counted.second))
    journeys = np.flatnonzero(places >= 0)
    firsts, lasts = view.offsets[journeys], view.offsets[journeys + 1] - 1
    return journeys, places[journeys], view.ticks[firsts], view.ticks[lasts]


def _durations(view: View, *, counted: Counted) -> Measured:
    _, places, begins, ends = _taken(view, counted)
    return frozen(places.astype(np.uint32)), frozen(begins), frozen(ends)


def _most_frequent(counted: Counted, top: int | None) -> Counted:
    """Variants in order: most journeys first, then shorter ones, then by their hashes."""
    n_variants = len(counted.first)
    size = counted.counts[0] * LONGEST - counted.n_touchpoints
    chosen = np.arange(n_variants)
    if top is not None and 0 < top < n_variants:  # only those that may be among them are sorted
        chosen = np.flatnonzero(size >= -np.partition(-size, top - 1)[top - 1])
    keys = counted.second[chosen], counted.first[chosen], -size[chosen]
    return counted.take(chosen[np.lexsort(keys)][:top])


def _sequences(
    names: Sequence[str], seen: Sequence[Seen], n_variants: int
) -> list[tuple[str, ...]]:
    """The sequences of variants, each read from one journey that takes it."""
    sequences: list[tuple[str, ...]] = [()] * n_variants
    texts = np.array(names, dtype=object)
    for part in seen:
        decoded, borders = texts[part.codes].tolist(), part.offsets.tolist()
        for place, begin, end in zip(part.places.tolist(), borders[:-1], borders[1:], strict=True):
            sequences[place] = sequences[place] or tuple(decoded[begin:end])
    return sequences
