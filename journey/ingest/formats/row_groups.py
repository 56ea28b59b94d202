"""Rows on their way into a file: texts that repeat are held once a row group.

Each column is looked at by a thread of its own, so that the one that writes has little to do.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, pairwise
from typing import Any, Final, TypeAlias, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from journey.store.encode import letters_of
from journey.store.layout import narrowest

_MOST_DISTINCT: Final = 0.8
"""Share of different texts above which a column gains nothing from having each once."""

_FIRST_ROWS: Final = 50_000
"""Of the first rows, so that threads of the database share a small file too."""

_AT_ONCE: Final = 2
"""More columns would need more memory, and few machines have more cores to spare."""

_LOOKED_AT: Final = 256
"""Texts by which it is judged whether they begin alike."""

_TRIED: Final = 20_000
"""Rows by which it is judged whether texts take less room in their own order."""

_SHARED: Final = 2
"""Letters that must be alike at least, for a shared beginning to be worth its number."""

Texts: TypeAlias = "pa.ChunkedArray[Any]"


def row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows, coded where the texts of a column repeat; the first ones in several parts.

    The first table tells which columns do.

    Examples
    --------
    >>> [rows] = row_groups([pa.table({"type": ["Ad", "Demo", "Ad"], "key": ["a", "b", "c"]})])
    >>> rows.schema.field("type").type, rows.schema.field("key").type
    (DictionaryType(dictionary<values=string, indices=int32, ordered=0>), DataType(string))
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        # No name is left for rows that are done with: they are large.
        yield from chain.from_iterable(map(_Coder(pool), tables))


class _Coder:
    """Codes tables, and remembers which columns of the first one repeat, and which to sort."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self._pool = pool
        self._repeating: Sequence[str] | None = None
        self._sorted: frozenset[str] = frozenset()

    def __call__(self, table: pa.Table) -> Iterator[pa.Table]:
        is_first = self._repeating is None
        names = texts_of(table.schema) if self._repeating is None else self._repeating
        coded = dict(zip(names, self._pool.map(_coded, map(table.column, names)), strict=True))
        if is_first:
            coded = {name: cells for name, cells in coded.items() if _repeats(cells)}
            self._repeating = list(coded)
            self._sorted = frozenset(name for name in coded if _shrinks_in_order(coded[name]))
        in_order = self._pool.map(_in_order, (coded[name] for name in self._sorted))
        coded |= dict(zip(self._sorted, in_order, strict=True))
        columns = [coded.get(name, table.column(name)) for name in table.column_names]
        rows = pa.table(columns, names=table.column_names)
        return _parts(rows, _FIRST_ROWS if is_first else len(rows))


def texts_of(schema: pa.Schema) -> list[str]:
    """The columns that are text as it was read."""
    return [field.name for field in schema if field.type == pa.string()]


def share_beginnings(cells: Texts) -> bool:
    """Whether most texts begin as the one before, so that this need not be written again.

    Examples
    --------
    >>> share_beginnings(pa.chunked_array([["visit-1", "visit-2", None, "visit-3"]]))
    True
    >>> share_beginnings(pa.chunked_array([["9f3a", "07bc", "9e11"]]))
    False
    """
    texts = cast("list[str]", cells.slice(0, _LOOKED_AT).drop_null().to_pylist())
    alike = [one[:_SHARED] == other[:_SHARED] for one, other in pairwise(texts)]
    return sum(alike) >= len(alike) / 2


def _coded(cells: Texts) -> Texts:
    """Texts as codes of those that differ."""
    whole = cast("Any", cells).dictionary_encode().combine_chunks()
    return pa.chunked_array([whole]) if isinstance(whole, pa.Array) else whole


def _shrinks_in_order(coded: Texts) -> bool:
    """Whether texts and codes take less room where texts are sorted than as they come."""
    cells = cast("Any", coded.chunk(0)).slice(0, _TRIED)
    n_texts = len(pc.unique(cells.indices.drop_null()))
    # The first rows have the first texts.
    own = pa.DictionaryArray.from_arrays(cells.indices, cells.dictionary.slice(0, n_texts))
    some = pa.chunked_array([own])
    return _packed_bytes(_in_order(some)) < _packed_bytes(some)


def _packed_bytes(coded: Texts) -> int:
    cells = cast("Any", coded.chunk(0))
    codes = cells.indices.drop_null().to_numpy().astype(narrowest(len(cells.dictionary)))
    letters = letters_of(cells.dictionary.cast(pa.large_binary()))
    return sum(pa.compress(pa.py_buffer(part), codec="zstd").size for part in (codes.data, letters))


def _in_order(coded: Texts) -> Texts:
    """The same codes of texts that are sorted."""
    cells = cast("Any", coded.chunk(0))
    order = cast("Any", pc.sort_indices(cells.dictionary))
    ranks = np.empty(len(order), np.int32)
    ranks[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
    codes = cast("Any", pa.array(ranks)).take(cells.indices)
    return pa.chunked_array([pa.DictionaryArray.from_arrays(codes, cells.dictionary.take(order))])


def _repeats(coded: Texts) -> bool:
    values = cast("Any", coded.chunk(0)).dictionary
    return len(values) <= _MOST_DISTINCT * (len(coded) - coded.null_count)


def _parts(rows: pa.Table, n_rows: int) -> Iterator[pa.Table]:
    """So many of the rows after the other, each part with the texts that it has."""
    if n_rows >= len(rows):
        return iter((rows,))
    parts = (rows.slice(begin, n_rows) for begin in range(0, len(rows), n_rows))
    return (pa.table([*map(_with_own, p.columns)], names=p.column_names) for p in parts)


def _with_own(cells: Texts) -> Texts:
    """Codes of the texts that these cells have, not of all."""
    if not pa.types.is_dictionary(cells.type):
        return cells
    coded = cast("Any", cells.chunk(0))
    codes = coded.indices.drop_null().to_numpy()
    is_used = np.zeros(len(coded.dictionary), np.bool_)
    is_used[codes] = True
    ranks = pa.array(np.cumsum(is_used, dtype=np.int32) - np.int32(1))
    own = coded.dictionary.filter(pa.array(is_used))
    return pa.chunked_array(
        [pa.DictionaryArray.from_arrays(cast("Any", ranks).take(coded.indices), own)]
    )
