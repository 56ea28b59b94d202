"""A dense selection of one shard: what kernels run on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from journey.kernels.select import rows_of_flags, rows_of_ranges, take
from journey.store.layout import Array, Shard, Store, frozen, narrowest

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class View:
    """Some journeys of a shard, and of these some touchpoints, lying next to each other.

    ``journeys`` are positions in the shard; ``rows`` are the shard's rows (none: all of them).
    """

    store: Store
    shard: Shard
    type_names: tuple[str, ...]
    types: Array
    ticks: Array
    offsets: Ints
    journeys: Ints
    rows: npt.NDArray[np.uint32] | None = None

    @property
    def n_touchpoints(self) -> int:
        """Touchpoints in view."""
        return len(self.types)

    @property
    def n_journeys(self) -> int:
        """Journeys in view."""
        return len(self.journeys)

    @property
    def n_bytes(self) -> int:
        """Memory held by the view itself, not by its shard."""
        rows = 0 if self.rows is None else self.rows.nbytes + self.types.nbytes + self.ticks.nbytes
        return rows + self.offsets.nbytes + self.journeys.nbytes

    def codes(self, column: str) -> Array:
        """Codes of a text column for the touchpoints in view."""
        codes = self.store.codes(self.shard, column)
        return codes if self.rows is None else frozen(codes[self.rows])

    def codes_of_rows(self, column: str, rows: slice | npt.NDArray[np.uint32]) -> Array:
        """Codes of a text column for some of the touchpoints in view."""
        if column == self.store.case_role or self.rows is not None:
            return self.codes(column)[rows]
        return self.shard.codes[column][rows]

    def numbers(self, column: str) -> npt.NDArray[np.float64] | None:
        """A number column for the touchpoints in view; none where the log has none."""
        values = self.shard.numbers.get(column)
        return values if values is None or self.rows is None else values[self.rows]


def whole(store: Store, shard: Shard) -> View:
    """All of a shard."""
    return View(
        store,
        shard,
        tuple(store.touchpoint_types),
        shard.codes["touchpoint"],
        shard.ticks,
        shard.offsets,
        frozen(np.arange(shard.n_journeys)),
    )


def keep_ranges(view: View, begins: Ints, ends: Ints) -> View:
    """From each journey the rows from begin to end; journeys left empty are dropped."""
    kept = np.flatnonzero(ends > begins)
    rows = rows_of_ranges(begins, ends, kept)
    lengths = (ends - begins)[kept]
    return _taken(view, rows, lengths, view.journeys[kept])


def keep_rows(view: View, flags: npt.NDArray[np.bool_]) -> View:
    """The flagged rows; journeys left empty are dropped."""
    rows, lengths = rows_of_flags(view.offsets, flags)
    kept = np.flatnonzero(lengths)
    return _taken(view, rows, lengths[kept], view.journeys[kept])


def keep_journeys(view: View, flags: npt.NDArray[np.bool_]) -> View:
    """The flagged journeys, whole."""
    begins, ends = view.offsets[:-1], view.offsets[1:]
    return keep_ranges(view, begins, np.where(flags, ends, begins))


def cut_after(view: View, ends: Ints) -> View:
    """Each journey up to a row, those left empty kept in their place."""
    begins = view.offsets[:-1]
    every = np.arange(view.n_journeys)
    rows = rows_of_ranges(begins, ends, every)
    return _taken(view, rows, ends - begins, view.journeys)


def rename_types(view: View, names: Sequence[str], new_code: npt.NDArray[np.int64]) -> View:
    """The same touchpoints under other type names; ``new_code`` maps old codes to new."""
    types = new_code.astype(narrowest(len(names)))[view.types]
    rows = np.arange(len(types), dtype=np.uint32) if view.rows is None else view.rows
    return View(
        view.store,
        view.shard,
        tuple(names),
        frozen(types),
        view.ticks,
        view.offsets,
        view.journeys,
        rows,
    )


def _taken(view: View, rows: npt.NDArray[np.uint32], lengths: Ints, journeys: Ints) -> View:
    return View(
        view.store,
        view.shard,
        view.type_names,
        frozen(take(view.types, rows)),
        frozen(take(view.ticks, rows)),
        frozen(np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)),
        frozen(journeys),
        frozen(rows if view.rows is None else take(view.rows, rows)),
    )
