"""A store on disk: Arrow files and a manifest, written whole or not at all."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import numpy as np
import pyarrow as pa

from journey.store.byte_ranks import packed_columns
from journey.store.encode import CASE, Encoding, Fingerprint, encode, shard_rows
from journey.store.layout import (
    MICROSECONDS,
    Array,
    Shard,
    Values,
    aligned,
    narrowest,
    with_null,
)
from journey.store.packed import PACKED
from journey.store.replace import replace_directory, scratch_beside
from journey.store.texts import as_lengths
from journey.store.ties import TIE

VERSION = 4
READABLE = (1, 2, 3, 4)
"""The first has all columns of a shard in one file, unpacked; the second packs values whole; the
third has where texts and journeys end, and no codes by turns. Files say by their columns which."""

MANIFEST = "store.json"


def write_store(
    directory: Path,
    batches: Iterable[pa.RecordBatch],
    *,
    dictionaries: Mapping[str, Values],
    n_touchpoints: int,
    whole_seconds: bool,
    accounts: pa.Table | None = None,
    people: pa.Table | None = None,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Write a log that arrives sorted by account, time and source order.

    Parameters
    ----------
    directory
        Where the store will be; what is there is replaced only once the new one is complete.
    batches
        As for :func:`journey.store.build.build_store`, but sorted; a text column may hold the
        places of its texts in their dictionary instead.
    dictionaries
        Distinct values, without null, of every text column in binary order.
    whole_seconds
        All times are whole seconds between 1901 and 2038.
    progress
        Is told how many touchpoints are written so far.
    """
    coded = {
        name: values if name in (CASE, "touchpoint") else with_null(values)
        for name, values in dictionaries.items()
    }
    tick_type, per_second = (np.int32, 1) if whole_seconds else (np.int64, MICROSECONDS)
    encoding = Encoding(coded, np.dtype(tick_type), per_second)
    tables = {
        "accounts": aligned(accounts, CASE, coded[CASE]),
        "people": aligned(people, "person_id", coded.get("person_id", pa.nulls(1, pa.string()))),
    }
    with scratch_beside(directory) as scratch:
        shards = encode(batches, encoding, rows_per_shard=shard_rows(n_touchpoints))
        _write_contents(scratch, shards, encoding, tables, progress)
        replace_directory(scratch, directory)


def _write_contents(
    scratch: Path,
    shards: Iterable[Shard],
    encoding: Encoding,
    tables: Mapping[str, pa.Table],
    progress: Callable[[int], None] | None,
) -> None:
    """All files of a store, the manifest last."""
    fingerprint = Fingerprint()
    n_shards, n_written = 0, 0
    with ThreadPoolExecutor(1) as pool:
        for n_shards, shard in enumerate(shards, start=1):
            digested = pool.submit(fingerprint.add, shard)
            write_shard(scratch, n_shards - 1, shard)
            digested.result()
            n_written += shard.n_touchpoints
            if progress:
                progress(n_written)
    write_shared(scratch, encoding.dictionaries, tables)
    digest = fingerprint.result(encoding.dictionaries, tables["accounts"], tables["people"])
    write_manifest(
        scratch,
        sorted(encoding.dictionaries),
        ticks_per_second=encoding.ticks_per_second,
        n_touchpoints=n_written,
        n_shards=n_shards,
        fingerprint=digest,
    )


def write_shared(
    directory: Path, dictionaries: Mapping[str, Values], tables: Mapping[str, pa.Table]
) -> None:
    """Write what shards share: the dictionary of every text column, accounts and people.

    Parameters
    ----------
    tables
        ``accounts`` and ``people``, in the order of their dictionaries.
    """
    for index, name in enumerate(sorted(dictionaries)):
        _write_packed(directory / f"dictionary-{index}.arrow", as_lengths(dictionaries[name]))
    for name, table in tables.items():
        _write_packed(directory / f"{name}.arrow", _with_each_once(table))


def _with_each_once(attributes: pa.Table) -> pa.Table:
    """Attributes with each text kept once, where texts repeat."""
    for place, name in enumerate(attributes.column_names):
        coded = cast("Any", attributes[name]).dictionary_encode().combine_chunks()
        if 2 * len(coded.dictionary) <= len(coded):
            attributes = attributes.set_column(place, name, coded)
    return attributes


def write_manifest(
    directory: Path,
    dictionaries: Sequence[str],
    *,
    ticks_per_second: int,
    n_touchpoints: int,
    n_shards: int,
    fingerprint: str,
    case_role: str = CASE,
    n_without_case: int = 0,
) -> None:
    """Write what says that a store is whole, after all else."""
    manifest = {
        "version": VERSION,
        "case_role": case_role,
        "ticks_per_second": ticks_per_second,
        "n_touchpoints": n_touchpoints,
        "n_shards": n_shards,
        "n_without_case": n_without_case,
        "dictionaries": dictionaries,
        "fingerprint": fingerprint,
    }
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (directory / MANIFEST).write_text(text, encoding="utf-8")


def write_shard(directory: Path, index: int, shard: Shard) -> None:
    """Write one shard: what is read in place in one file, what is unpacked in another."""
    write_journeys(directory, index, shard.cases, shard.offsets[1:])
    columns = {"ticks": shard.ticks}
    columns |= {} if shard.ties is None else {TIE: shard.ties}
    columns |= {"code touchpoint": shard.codes["touchpoint"]}
    codes = {name: values for name, values in shard.codes.items() if name != "touchpoint"}
    packed = packed_columns("code", codes) | packed_columns("number", shard.numbers)
    table = pa.Table.from_pydict(columns)
    if packed:
        table = table.replace_schema_metadata({PACKED: ""})
        _write_packed(directory / f"packed-{index}.arrow", pa.Table.from_pydict(packed))
    _write_table(directory / f"touchpoints-{index}.arrow", table)


def write_journeys(directory: Path, index: int, cases: Array, ends: Array) -> None:
    """Write which journeys a shard has, and how many touchpoints; ``ends`` are where they end.

    Cases come in order, so the steps from one to the next are small.
    """
    lengths = np.diff(ends, prepend=0)
    columns = {
        "steps": np.diff(cases, prepend=cases.dtype.type(0)),
        "lengths": lengths.astype(narrowest(int(lengths.max(initial=0)) + 1)),
    }
    _write_packed(directory / f"journeys-{index}.arrow", pa.Table.from_pydict(columns))


def _write_packed(path: Path, table: pa.Table) -> None:
    """One record batch whose columns are unpacked into memory when they are read."""
    whole, packed = table.combine_chunks(), pa.ipc.IpcWriteOptions(compression="zstd")
    with (
        pa.OSFile(str(path), "wb") as sink,
        pa.ipc.new_file(sink, whole.schema, options=packed) as writer,
    ):
        writer.write_table(whole)


def _write_table(path: Path, table: pa.Table) -> None:
    """One record batch, uncompressed, so that columns are read in place."""
    whole = table.combine_chunks()
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, whole.schema) as writer:
        writer.write_table(whole)
