"""Sorted batches of text become shards of codes; the fingerprint is taken on the way."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from journey.errors import StoreError
from journey.schema import NUMBER_ROLES
from journey.store.layout import (
    MICROSECONDS,
    SHARD_ROWS_LEAST,
    SHARD_ROWS_MOST,
    SHARDS_WANTED,
    Array,
    Column,
    Shard,
    Values,
    frozen,
    narrowest,
)
from journey.store.ties import TIE

_DIGEST_TEXTS = 100_000

CASE = "account_id"
TIME = "occurred_at"


@dataclass(frozen=True)
class Encoding:
    """How the columns of a log become numbers."""

    dictionaries: Mapping[str, Values]
    tick_type: np.dtype
    ticks_per_second: int

    def ticks(self, microseconds: npt.NDArray[np.int64]) -> Array:
        """Times in the log's own unit."""
        step = MICROSECONDS // self.ticks_per_second
        return (microseconds // step).astype(self.tick_type)

    def codes(self, name: str, column: Column) -> Array:
        """Codes of a column that holds texts, or their places in the dictionary already."""
        dictionary = self.dictionaries[name]
        null_code = len(dictionary) - 1 if dictionary.null_count else 0
        if not pa.types.is_integer(column.type):
            column = pc.index_in(column, value_set=dictionary.drop_null())
        # The stubs know no fill by a number.
        codes = cast("Any", column).fill_null(null_code)
        return codes.to_numpy().astype(narrowest(len(dictionary)))


def shard_rows(n_touchpoints: int) -> int:
    """How many touchpoints a shard should hold: enough shards for the cores, none tiny."""
    return min(max(n_touchpoints // SHARDS_WANTED, SHARD_ROWS_LEAST), SHARD_ROWS_MOST)


def encode(
    batches: Iterable[pa.RecordBatch], encoding: Encoding, *, rows_per_shard: int
) -> Iterator[Shard]:
    """Cut batches sorted by (case, time) into shards at the borders of journeys.

    Raises
    ------
    StoreError
        If the batches are not sorted by case.
    """
    pending: list[dict[str, Array]] = []
    n_pending, last_case = 0, 0
    for batch in batches:
        if not batch.num_rows:
            continue
        columns = _encoded(batch, encoding)
        last_case = _check_order(columns[CASE], last_case)
        pending.append(columns)
        n_pending += batch.num_rows
        while n_pending >= rows_per_shard:
            whole = _joined(pending)
            cut = _border(whole[CASE], rows_per_shard)
            pending, n_pending = [_rows(whole, slice(cut, None))], n_pending - cut
            if not cut:
                break
            yield _shard(_rows(whole, slice(cut)), encoding)
    if n_pending:
        yield _shard(_joined(pending), encoding)


def _check_order(cases: Array, before: int) -> int:
    """Refuse cases that fall; give the last one."""
    if cases[0] < before or (cases[1:] < cases[:-1]).any():
        raise StoreError("Touchpoints reached the store out of order; sort them by account_id.")
    return int(cases[-1])


def _encoded(batch: pa.RecordBatch, encoding: Encoding) -> dict[str, Array]:
    columns: dict[str, Array] = {}
    for name in sorted(set(batch.schema.names) - {"source_order"}):
        column = batch.column(name)
        if name == TIME:
            columns[name] = encoding.ticks(column.cast(pa.int64()).to_numpy())
        elif name == TIE:
            columns[name] = column.to_numpy()
        elif name in NUMBER_ROLES:
            columns[name] = column.cast(pa.float64()).fill_null(float("nan")).to_numpy()
        else:
            columns[name] = encoding.codes(name, column)
    return columns


def _border(cases: Array, n_rows: int) -> int:
    """The end of the journey that fills a shard; 0 where it may go on in the next batch."""
    end = np.searchsorted(cases, cases[n_rows - 1], side="right")
    last_start = np.searchsorted(cases, cases[-1])
    return int(min(end, last_start))


def _rows(columns: dict[str, Array], rows: slice) -> dict[str, Array]:
    return {name: values[rows] for name, values in columns.items()}


def _joined(parts: list[dict[str, Array]]) -> dict[str, Array]:
    if len(parts) == 1:
        return parts[0]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _shard(columns: dict[str, Array], encoding: Encoding) -> Shard:
    cases = columns.pop(CASE)
    begins = np.flatnonzero(np.append(True, cases[1:] != cases[:-1]))
    n_cases = len(encoding.dictionaries[CASE])
    ticks = columns.pop(TIME)
    ties = columns.pop(TIE, None)
    return Shard(
        offsets=frozen(np.append(begins, len(cases)).astype(np.int64)),
        cases=frozen(cases[begins].astype(narrowest(n_cases))),
        ticks=frozen(ticks),
        codes={n: frozen(v) for n, v in columns.items() if n not in NUMBER_ROLES},
        numbers={n: frozen(v) for n, v in columns.items() if n in NUMBER_ROLES},
        ties=None if ties is None else frozen(ties),
    )


class Fingerprint:
    """Digest of a log's content and order, the same however it is cut into shards."""

    def __init__(self) -> None:
        self._digests: dict[str, hashlib.blake2b] = {}

    def add(self, shard: Shard) -> None:
        """Take in the next shard."""
        self._update("journey lengths", shard.lengths.astype(np.int32))
        self._update("time", shard.ticks)
        if shard.ties is not None:
            self._update("ties", shard.ties)
        for name, values in {**shard.codes, **shard.numbers}.items():
            self._update(f"column {name}", values)

    def result(
        self, dictionaries: Mapping[str, Values], accounts: pa.Table, people: pa.Table
    ) -> str:
        """The digest as text, with what the shards share."""
        total = hashlib.blake2b(digest_size=16)
        for name in sorted(self._digests):
            total.update(name.encode() + b"\0" + self._digests[name].digest())
        for name in sorted(dictionaries):
            digest = _text_digest(dictionaries[name])
            total.update(f"values {name}".encode() + b"\0" + digest)
        for owner, table in (("account", accounts), ("person", people)):
            for name in sorted(table.column_names):
                digest = _text_digest(table[name])
                total.update(f"{owner} {name}".encode() + b"\0" + digest)
        return total.hexdigest()

    def _update(self, name: str, values: Array) -> None:
        digest = self._digests.setdefault(name, hashlib.blake2b(digest_size=16))
        digest.update(np.ascontiguousarray(values).data)


def _text_digest(values: Column) -> bytes:
    """Digest of text values, each with its length so that borders count."""
    digest = hashlib.blake2b(digest_size=16)
    lengths = cast("Any", pc).utf8_length(values).fill_null(-1).to_numpy()
    digest.update(np.insert(lengths.astype(np.int64), 0, len(values)).data)
    for chunk in values.chunks if isinstance(values, pa.ChunkedArray) else [values]:
        # In pieces of texts without nulls, whose bytes lie end to end.
        for begin in range(0, len(chunk), _DIGEST_TEXTS):
            joined = chunk.slice(begin, _DIGEST_TEXTS).drop_null().cast(pa.large_binary())
            digest.update(letters_of(joined))
    return digest.digest()


def letters_of(texts: Values) -> memoryview:
    """All texts end to end, as they lie in memory."""
    _, offsets, letters = texts.buffers()
    ends = np.frombuffer(cast("Any", offsets), np.int64)[texts.offset :][: len(texts) + 1]
    return memoryview(cast("Any", letters or b""))[ends[0] : ends[-1]]
