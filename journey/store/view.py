"""A selection of one shard, dense when a kernel looks at it."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from journey.kernels import select
from journey.kernels.variants import hash_journeys
from journey.store.cache import memory
from journey.store.layout import Array, Shard, Store, frozen, narrowest

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.uint32]
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class View:
    """Some journeys of a shard, and of these some touchpoints.

    ``journeys`` are positions in the shard. Journey ``j`` is the slice of the shard that begins at
    ``begins[j]``, as long as ``offsets`` say. Where only some of a journey's touchpoints are in
    view, ``rows`` are those of the shard that are. What a kernel reads is copied together when it
    first asks for it.
    """

    store: Store
    shard: Shard
    type_names: tuple[str, ...]
    offsets: Ints
    journeys: Ints
    begins: Ints
    rows: Rows | None = None
    new_codes: Array | None = None

    @cached_property
    def types(self) -> Array:
        """Codes of the types of the touchpoints in view."""
        types = self.gathered(self.shard.codes["touchpoint"])
        return types if self.new_codes is None else frozen(select.take(self.new_codes, types))

    @cached_property
    def ticks(self) -> Array:
        """Times of the touchpoints in view."""
        return self.gathered(self.shard.ticks)

    @cached_property
    def lengths(self) -> Ints:
        """Touchpoints of each journey in view."""
        if self.offsets is self.shard.offsets:
            return self.shard.lengths
        return self.offsets[1:] - self.offsets[:-1]

    @property
    def n_touchpoints(self) -> int:
        """Touchpoints in view."""
        return int(self.offsets[-1])

    @property
    def n_journeys(self) -> int:
        """Journeys in view."""
        return len(self.journeys)

    @cached_property
    def hashes(self) -> tuple[Hashes, Hashes]:
        """Two hashes of the types of each journey."""
        first, second = hash_journeys(self.types, self.offsets[:-1], self.offsets[1:])
        return frozen(first), frozen(second)

    @property
    def n_bytes(self) -> int:
        """Memory the view itself may hold, not its shard."""
        row_bytes = 4 * (self.rows is not None)
        row_bytes += self.shard.ticks.itemsize + self.shard.codes["touchpoint"].itemsize
        return row_bytes * self.n_touchpoints + 6 * self.offsets.nbytes

    def codes(self, column: str) -> Array:
        """Codes of a text column for the touchpoints in view."""
        if column == "touchpoint" and self.new_codes is None:
            return self.types
        if column == self.store.case_role:
            return frozen(np.repeat(self.shard.cases[self.journeys], self.lengths))
        return self.gathered(self.store.codes(self.shard, column))

    def codes_of_rows(self, column: str, rows: slice | npt.NDArray[np.integer[Any]]) -> Array:
        """Codes of a text column for some of the touchpoints in view."""
        if self.rows is None or column == self.store.case_role:
            return self.codes(column)[rows]
        return self.store.codes(self.shard, column)[self.rows[rows]]

    def numbers(self, column: str) -> npt.NDArray[np.float64] | None:
        """A number column for the touchpoints in view; none where the log has none."""
        values = self.shard.numbers.get(column)
        return None if values is None else self.gathered(values)

    def told(self, name: Hashable, make: Callable[[], Array]) -> Array:
        """Of what every row of the shard tells, made once, that of the touchpoints in view."""
        return self.gathered(self._told_of_shard(name, make))

    def told_of_rows(self, name: Hashable, make: Callable[[], Array], rows: Ints) -> Array:
        """The same of some of the touchpoints in view alone."""
        if self.rows is None:
            return self.told(name, make)[rows]
        return self._told_of_shard(name, make)[self.rows[rows]]

    def _told_of_shard(self, name: Hashable, make: Callable[[], Array]) -> Array:
        key = "told", name, self.store.fingerprint, self.shard.cut
        return memory.get(key, make, n_bytes=lambda values: values.nbytes)

    def in_view(self, rows: Rows, journeys: Rows) -> tuple[Ints, Ints]:
        """Places of those of some rows of the shard that are in view, and the journey of each here.

        Parameters
        ----------
        rows
            Rows of the shard, in order: few of many are found without a look at the others.
        journeys
            Positions of their journeys in the shard.
        """
        if not self.n_journeys:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        place_of = np.full(self.shard.n_journeys, -1, np.int64)
        place_of[self.journeys] = np.arange(self.n_journeys)
        owners = place_of[journeys]
        if self.rows is None:
            after = rows - self.begins[owners]
            is_here = (owners >= 0) & (after >= 0) & (after < self.lengths[owners])
        else:
            at = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
            is_here = self.rows[at] == rows
        return np.flatnonzero(is_here), owners[is_here]

    def gathered(self, values: Array) -> Array:
        """Of values for every row of the shard those of the touchpoints in view."""
        if self.rows is not None:
            return frozen(select.take(values, self.rows))
        if self.offsets is self.shard.offsets:
            return values
        return frozen(select.take_ranges(values, self.begins, self.offsets))


def whole(store: Store, shard: Shard) -> View:
    """All of a shard."""
    return View(
        store,
        shard,
        tuple(store.touchpoint_types),
        shard.offsets,
        shard.every_journey,
        shard.offsets[:-1],
    )


def keep_ranges(view: View, begins: Ints, ends: Ints) -> View:
    """From each journey the rows from begin to end; journeys left empty are dropped."""
    found = select.slices_of(view.offsets, view.journeys, view.begins, frozen(begins), frozen(ends))
    offsets, journeys, own_begins, begins = map(frozen, found)
    return replace(
        view,
        offsets=offsets,
        journeys=journeys,
        begins=own_begins,
        rows=_rows_of(view, begins, offsets),
    )


def keep_journeys(view: View, flags: Flags) -> View:
    """The flagged journeys, whole; empty ones are dropped."""
    begins, ends = view.offsets[:-1], view.offsets[1:]
    return keep_ranges(view, begins, np.where(flags, ends, begins))


def keep_changes(view: View) -> View:
    """The touchpoints of another type than the one before in their journey."""
    rows, types, offsets = select.rows_of_runs(view.types, _first_rows(view), view.offsets)
    found = replace(view, offsets=frozen(offsets), rows=_of_shard(view, rows))
    vars(found)["types"] = frozen(types)  # read already: nobody need take them by their rows
    return found


def keep_codes(view: View, wanted: Flags, codes: Array) -> View:
    """The touchpoints of which a code is wanted; journeys left empty are dropped."""
    rows, kept, offsets = select.rows_having(codes, frozen(wanted), _first_rows(view), view.offsets)
    return replace(
        view,
        offsets=frozen(offsets),
        journeys=frozen(view.journeys[kept]),
        begins=frozen(view.begins[kept]),
        rows=_of_shard(view, rows),
    )


def keep_between(view: View, since: int | None, until: int | None) -> View:
    """The touchpoints from one instant to before another; journeys left empty are dropped."""
    begins, ends = view.offsets[:-1], view.offsets[1:]
    begins = begins if since is None else first_at_or_after(view, since)
    return keep_ranges(view, begins, ends if until is None else first_at_or_after(view, until))


def cut_after(view: View, ends: Ints) -> View:
    """Each journey up to a row, those left empty kept in their place."""
    begins, offsets = view.offsets[:-1], np.zeros_like(view.offsets)
    np.cumsum(ends - begins, out=offsets[1:])
    offsets = frozen(offsets)
    return replace(view, offsets=offsets, rows=_rows_of(view, begins, offsets))


def first_at_or_after(view: View, instant: int) -> Ints:
    """Per journey the first row at or after an instant (its end, if there is none)."""
    begins = view.offsets[:-1]
    if view.rows is not None:
        return select.first_at_or_after(view.ticks, begins, view.offsets[1:], instant)
    ends = frozen(view.begins + view.lengths)
    found = select.first_at_or_after(view.shard.ticks, view.begins, ends, instant)
    return found - view.begins + begins


def rename_types(view: View, names: Sequence[str], new_code: npt.NDArray[np.int64]) -> View:
    """The same touchpoints under other type names; ``new_code`` maps old codes to new."""
    codes = new_code if view.new_codes is None else new_code[view.new_codes]
    narrow = frozen(codes.astype(narrowest(len(names))))
    return replace(view, type_names=tuple(names), new_codes=narrow)


def _first_rows(view: View) -> Ints:
    """Where the rows of each journey begin: in the shard, or among those chosen from it before."""
    return view.begins if view.rows is None else view.offsets[:-1]


def _of_shard(view: View, rows: Rows) -> Rows:
    """Rows of the shard, given those counted from :func:`_first_rows`."""
    return frozen(rows if view.rows is None else select.take(view.rows, frozen(rows)))


def _rows_of(view: View, begins: Ints, offsets: Ints) -> Rows | None:
    """From each beginning so many of the rows in view as the offsets leave room for."""
    if view.rows is None:
        return None
    return frozen(select.take_ranges(view.rows, begins, offsets))
