"""What a stored log consists of.

Every journey's touchpoints lie next to each other in order, as small integers. A shard holds
whole journeys; dictionaries are shared by all shards. The null of a text column is the last
entry of its dictionary, so a code always decodes by plain indexing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from journey.errors import ColumnNotFoundError

Array = npt.NDArray[Any]
Values: TypeAlias = "pa.Array[Any]"
Column: TypeAlias = "pa.Array[Any] | pa.ChunkedArray[Any]"

MICROSECONDS = 1_000_000
SHARD_ROWS_LEAST = 500_000
SHARD_ROWS_MOST = 4_000_000
SHARDS_WANTED = 8


@dataclass(frozen=True, eq=False)
class Shard:
    """Whole journeys: ``offsets[j]:offsets[j + 1]`` are the touchpoints of journey ``j``.

    ``ties`` orders touchpoints of one instant that another case joins over several accounts
    (none: there are no such).
    """

    offsets: npt.NDArray[np.int64]
    cases: Array
    ticks: Array
    codes: Mapping[str, Array]
    numbers: Mapping[str, npt.NDArray[np.float64]]
    ties: Array | None = None

    @property
    def n_touchpoints(self) -> int:
        """Touchpoints in this shard."""
        return len(self.ticks)

    @property
    def n_journeys(self) -> int:
        """Journeys in this shard."""
        return len(self.cases)

    @property
    def cut(self) -> tuple[int, int, int]:
        """Tells it from other shards of a store: how a log is cut is no part of its fingerprint."""
        first = int(self.cases[0]) if self.n_journeys else -1
        return first, self.n_journeys, self.n_touchpoints

    @cached_property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Touchpoints of each journey."""
        return frozen(self.offsets[1:] - self.offsets[:-1])

    @cached_property
    def every_journey(self) -> npt.NDArray[np.int64]:
        """The positions of all journeys."""
        return frozen(np.arange(self.n_journeys))


@dataclass(frozen=True, eq=False)
class Store:
    """A whole log: shards, the dictionaries they share, attributes of accounts and people.

    ``accounts`` and ``people`` have one row for each dictionary entry of ``account_id`` and
    ``person_id``, in the same order. ``n_without_case`` touchpoints of the log belong to no
    case and are left out.
    """

    case_role: str
    ticks_per_second: int
    dictionaries: Mapping[str, Values]
    shards: tuple[Shard, ...]
    accounts: pa.Table
    people: pa.Table
    fingerprint: str
    n_without_case: int = 0

    @property
    def n_touchpoints(self) -> int:
        """Touchpoints in all shards."""
        return sum(self.shard_sizes)

    @property
    def shard_sizes(self) -> tuple[int, ...]:
        """Touchpoints in each shard; how a log is cut is no part of its fingerprint."""
        return tuple(shard.n_touchpoints for shard in self.shards)

    @property
    def n_journeys(self) -> int:
        """Journeys in all shards."""
        return sum(shard.n_journeys for shard in self.shards)

    @cached_property
    def touchpoint_types(self) -> list[str]:
        """The names of the touchpoint types, by code."""
        return [str(name) for name in self.dictionaries["touchpoint"].to_pylist()]

    @cached_property
    def last_tick(self) -> int | None:
        """The last instant in the log; none in an empty one."""
        return max((int(s.ticks.max()) for s in self.shards if s.n_touchpoints), default=None)

    @cached_property
    def first_tick(self) -> int | None:
        """The first instant in the log; none in an empty one."""
        return min((int(s.ticks.min()) for s in self.shards if s.n_touchpoints), default=None)

    @property
    def text_columns(self) -> list[str]:
        """Columns of touchpoints that are codes, the case first."""
        return [self.case_role, *sorted(set(self.dictionaries) - {self.case_role})]

    def codes(self, shard: Shard, column: str) -> Array:
        """Codes of a text column, one per touchpoint of the shard.

        Raises
        ------
        ColumnNotFoundError
            If the log has no such column.
        """
        if column == self.case_role:
            return np.repeat(shard.cases, shard.lengths)
        if column not in shard.codes:
            raise ColumnNotFoundError.among(column, self.text_columns, where="the log")
        return shard.codes[column]

    def account_codes(self, column: str) -> tuple[Array, Values]:
        """Codes of an attribute of accounts, one per account, and the values they stand for."""
        if column not in self._account_codes:
            whole = self.accounts[column].combine_chunks()
            encoded = whole.dictionary_encode(null_encoding="encode")
            codes = encoded.indices.to_numpy().astype(narrowest(len(encoded.dictionary)))
            self._account_codes[column] = frozen(codes), encoded.dictionary
        return self._account_codes[column]

    @cached_property
    def _account_codes(self) -> dict[str, tuple[Array, Values]]:
        return {}

    def journey_accounts(self, shard: Shard) -> Array:
        """Account code of each journey: its own, or that of its first touchpoint."""
        if self.case_role == "account_id":
            return shard.cases
        return shard.codes["account_id"][shard.offsets[:-1]]


def narrowest(n_codes: int) -> np.dtype[np.unsignedinteger]:
    """The narrowest unsigned integer that holds that many codes.

    Examples
    --------
    >>> narrowest(256), narrowest(257)
    (dtype('uint8'), dtype('uint16'))
    """
    for dtype in (np.uint8, np.uint16, np.uint32):
        if n_codes <= np.iinfo(dtype).max + 1:
            return np.dtype(dtype)
    return np.dtype(np.uint64)


def tick_type(first_us: int, last_us: int, *, whole_seconds: bool) -> tuple[np.dtype, int]:
    """How times are held: seconds in 32 bits where that is exact, else microseconds in 64."""
    limits = np.iinfo(np.int32)
    fits = limits.min <= first_us // MICROSECONDS and last_us // MICROSECONDS <= limits.max
    if whole_seconds and fits:
        return np.dtype(np.int32), 1
    return np.dtype(np.int64), MICROSECONDS


def with_null(dictionary: Values) -> Values:
    """A dictionary of text with the null as its last entry."""
    return pa.concat_arrays([dictionary.cast(pa.string()), pa.nulls(1, pa.string())])


def aligned(attributes: pa.Table | None, key: str, ids: Values) -> pa.Table:
    """Attributes in the order of a dictionary; an id without attributes has nulls."""
    if attributes is not None and key not in attributes.column_names:
        raise ColumnNotFoundError.among(key, attributes.column_names, where="the attributes")
    if attributes is None or attributes.num_columns == 1:
        return pa.table({"": ids}).select([])
    rows = pc.index_in(ids, value_set=attributes[key].combine_chunks().cast(pa.string()))
    names = [name for name in attributes.column_names if name != key]
    return attributes.select(names).take(rows).combine_chunks()


def frozen(array: Array) -> Array:
    """The same array, no longer writable: kernels are compiled once, for such arrays."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view
