"""Touchpoints are brought together by account, a range of accounts a shard, and written as such."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from journey.definitions import Definitions
from journey.ingest.cluster.looking import TIES, Coding, Looked
from journey.ingest.cluster.sharing import KEPT_FOLDER
from journey.ingest.cluster.workshop import Workshop, dealt, unpacked
from journey.ingest.coding import places_among
from journey.ingest.dataset import write_beside
from journey.ingest.kept.sources import SOURCES
from journey.ingest.laid import Shelf
from journey.ingest.sql import identifier, literal
from journey.ingest.storing import Touches, read_touches, sorted_batches
from journey.runners.piece import Workers
from journey.schema import NUMBER_ROLES, ROLES, TEXT_ROLES
from journey.store.encode import Encoding, Fingerprint, encode
from journey.store.layout import Array, narrowest
from journey.store.read import open_attributes, open_dictionaries, open_shard
from journey.store.ties import TIE
from journey.store.write import write_manifest, write_shard

_READ: Final = ("id", "occurred_at", "source_order", *NUMBER_ROLES)


def write_shards(
    workers: Workers, shop: Workshop, coding: Coding, files: Sequence[str]
) -> list[int]:
    """Write all shards out of the files of entries kept; gives how many touchpoints each holds."""
    return workers.deal(
        len(files),
        len(coding.first_accounts),
        partial(_give, shop=shop, files=files, coding=coding),
        partial(_take, shop=shop, coding=coding),
    )


def _give(
    number: int, _n_buckets: int, *, shop: Workshop, files: Sequence[str], coding: Coding
) -> Iterator[tuple[int, bytes]]:
    """The touchpoints of a file, each for the shard of its account."""
    kept = f"read_parquet({literal(str(shop.path / KEPT_FOLDER / files[number]))})"
    with shop.own_folder(), shop.database() as connection:
        n_shards = len(coding.first_accounts)
        first = {"bucket": pa.array(range(n_shards), pa.int64()), "first": coding.first_accounts}
        connection.register("borders", pa.table(first))
        wanted = dict.fromkeys((*_READ, *TEXT_ROLES, *coding.texts))
        columns = ", ".join(f"k.{identifier(name)}" for name in wanted)
        ties = ""
        if coding.most_ties is not None:
            placed = f"read_parquet({literal(str(shop.path / TIES / f'{TIES}.parquet'))})"
            columns += f", COALESCE(t.place, 0) AS {identifier(TIE)}"
            ties = f" LEFT JOIN {placed} t ON k.id = t.id"
        yield from dealt(
            connection,
            f"SELECT {columns}, b.bucket FROM {kept} k{ties} "
            "ASOF JOIN borders b ON k.account_id >= b.first",
        )


def _take(bucket: int, chunks: Sequence[bytes], *, shop: Workshop, coding: Coding) -> int:
    """Sort and code the touchpoints of one shard, and write it."""
    rows = unpacked(chunks)
    extras = [name for name in coding.texts if name not in ROLES]
    with shop.own_folder() as own, shop.database() as connection, Shelf(own) as shelf:
        connection.register("rows", rows)
        touches = read_touches(connection, "rows", extras, shelf)
        ties = _ties(rows, coding)
        dictionaries = open_dictionaries(shop.data, coding.dictionaries)
        encoding = Encoding(dictionaries, coding.tick_type, coding.ticks_per_second)
        batches = _recoded(sorted_batches(touches, ties, shelf), touches, encoding, coding)
        (shard,) = encode(batches, encoding, rows_per_shard=rows.num_rows + 1)
        write_shard(own, bucket, shard)
        for file in own.iterdir():
            shop.put(file, shop.data.name, file.name)
    return shard.n_touchpoints


def _ties(rows: pa.Table, coding: Coding) -> Array | None:
    """Places among touchpoints of one instant, in the width that all shards need."""
    if coding.most_ties is None:
        return None
    return rows[TIE].to_numpy().astype(narrowest(coding.most_ties + 1))


def _recoded(
    batches: Iterator[pa.RecordBatch], touches: Touches, encoding: Encoding, coding: Coding
) -> Iterator[pa.RecordBatch]:
    """The same touchpoints with the codes that all shards share, for those of this one."""
    shared: dict[str, Array] = {}
    for name in coding.texts:
        dictionary, own = encoding.dictionaries[name], touches.values.get(name, pa.array([]))
        shared[name] = np.append(places_among(own, dictionary), len(dictionary) - 1)
    for batch in batches:
        n_rows = batch.num_rows
        columns: dict[str, Array] = {}
        for name in batch.schema.names:
            values = batch.column(name).to_numpy(zero_copy_only=False)
            columns[name] = shared[name][values] if name in shared else values
        for name in coding.texts:
            if name not in columns:
                columns[name] = np.full(n_rows, shared[name][-1])
        for name in coding.numbers:
            if name not in columns:
                columns[name] = np.full(n_rows, np.nan)
        yield pa.RecordBatch.from_pydict(
            {name: pa.array(values, from_pandas=False) for name, values in columns.items()}
        )


def finish(
    _number: int,
    *,
    shop: Workshop,
    looked: Looked,
    n_touchpoints: Sequence[int],
    definitions: Definitions | None,
    target: str,
) -> None:
    """Write what says that the store is whole, and what lies beside it; then put it in place."""
    if shop.is_in_place(Path(target)):
        return
    coding, data = looked.coding, shop.data
    dictionaries = open_dictionaries(data, coding.dictionaries)
    fingerprint = Fingerprint()
    for number in range(len(n_touchpoints)):
        fingerprint.add(open_shard(data, number))
    accounts, people = open_attributes(data)
    write_manifest(
        data,
        coding.dictionaries,
        ticks_per_second=coding.ticks_per_second,
        n_touchpoints=sum(n_touchpoints),
        n_shards=len(n_touchpoints),
        fingerprint=fingerprint.result(dictionaries, accounts, people),
    )
    write_beside(data, looked.report, definitions, people)
    if (shop.path / SOURCES).is_dir():
        shop.put(shop.path / SOURCES, data.name, SOURCES)
    shop.put_in_place(Path(target))
