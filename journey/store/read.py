"""Open a store by memory map."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import pyarrow as pa

from journey.errors import StoreError
from journey.store.layout import Array, Shard, Store, Values, frozen
from journey.store.packed import PACKED, broken, open_packed, with_packed
from journey.store.replace import restore_interrupted
from journey.store.texts import LETTERS, of_lengths
from journey.store.ties import TIE
from journey.store.write import MANIFEST, READABLE

Read = TypeVar("Read")


def open_store(directory: Path) -> Store:
    """Open the store in a directory; nothing is read before it is asked for.

    Raises
    ------
    StoreError
        If there is no store, part of it is missing, or another version wrote it.
    """
    restore_interrupted(directory.parent)
    return settled(directory, partial(_opened, directory))


def settled(directory: Path, read: Callable[[dict[str, Any]], Read]) -> Read:
    """Read something of a data set by its manifest, again where it was replaced meanwhile.

    Files are found by their paths, so some would be of the old one, others of the new one.

    Raises
    ------
    StoreError
        If there is no store, or what ``read`` raises for one that stayed as it is.
    """
    while True:
        manifest = _manifest(directory)
        try:
            found = read(manifest)
        except StoreError:
            if _manifest(directory) == manifest:
                raise
        else:
            if _manifest(directory) == manifest:
                return found


def _opened(directory: Path, manifest: dict[str, Any]) -> Store:
    try:
        store, n_expected = _store(directory, manifest), int(manifest["n_touchpoints"])
    except (KeyError, TypeError) as error:
        raise _not_as_written(directory, error) from error
    if store.n_touchpoints != n_expected:
        raise StoreError(
            f"The data set {directory.name!r} should hold {n_expected:,} "
            f"touchpoints but holds {store.n_touchpoints:,}. Import it again."
        )
    return store


def open_catalogue(directory: Path) -> tuple[Store, int]:
    """Open a store without its shards, and tell how many it has.

    Raises
    ------
    StoreError
        As for :func:`open_store`.
    """
    return settled(directory, partial(_opened_catalogue, directory))


def _opened_catalogue(directory: Path, manifest: dict[str, Any]) -> tuple[Store, int]:
    try:
        return _catalogue(directory, manifest), int(manifest["n_shards"])
    except (KeyError, TypeError) as error:
        raise _not_as_written(directory, error) from error


def _store(directory: Path, manifest: dict[str, Any]) -> Store:
    shards = (open_shard(directory, index) for index in range(manifest["n_shards"]))
    return replace(_catalogue(directory, manifest), shards=tuple(shards))


def _not_as_written(directory: Path, error: Exception) -> StoreError:
    return StoreError(
        f"The data set {directory.name!r} is not as it was written: {error}. Import it again."
    )


def _catalogue(directory: Path, manifest: dict[str, Any]) -> Store:
    accounts, people = open_attributes(directory)
    return Store(
        case_role=manifest["case_role"],
        ticks_per_second=manifest["ticks_per_second"],
        dictionaries=open_dictionaries(directory, manifest["dictionaries"]),
        shards=(),
        accounts=accounts,
        people=people,
        fingerprint=manifest["fingerprint"],
        n_without_case=manifest.get("n_without_case", 0),
    )


def open_dictionaries(directory: Path, names: Sequence[str]) -> dict[str, Values]:
    """The dictionaries in the directory of a store, which may not be whole yet, by their names."""
    return {
        name: _dictionary(directory / f"dictionary-{index}.arrow")
        for index, name in enumerate(names)
    }


def _dictionary(path: Path) -> Values:
    table = _read(path)
    if LETTERS not in table.column_names:
        return table["value"].combine_chunks()
    try:
        return of_lengths(table)
    except pa.ArrowInvalid as error:
        raise broken(path, error) from error


def open_attributes(directory: Path) -> tuple[pa.Table, pa.Table]:
    """Attributes of accounts and of people in the directory of a store."""
    return _attributes(directory / "accounts.arrow"), _attributes(directory / "people.arrow")


def _attributes(path: Path) -> pa.Table:
    """Attributes as texts, though texts that repeat are kept once."""
    table = _read(path)
    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            texts = cast("Any", table.column(place)).cast(field.type.value_type)
            table = table.set_column(place, field.name, texts)
    return table


def _manifest(directory: Path) -> dict[str, Any]:
    try:
        manifest: Any = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StoreError(
            f"There is no readable data set at {directory.name!r}: {error}."
        ) from error
    version = manifest.get("version") if isinstance(manifest, dict) else None
    if version not in READABLE:
        raise StoreError(
            f"The data set {directory.name!r} was written in format {version!r}; "
            f"this version reads {min(READABLE)} to {max(READABLE)}. Import it again."
        )
    return manifest


def _read(path: Path) -> pa.Table:
    try:
        return pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    except (OSError, pa.ArrowInvalid) as error:
        raise broken(path, error) from error


def open_shard(directory: Path, index: int) -> Shard:
    """Open one shard of the store in a directory.

    Raises
    ------
    StoreError
        If it is missing or broken.
    """
    touchpoints = _read(directory / f"touchpoints-{index}.arrow")
    cases, ends = open_journeys(directory, index)
    codes, numbers = (_of_kind(touchpoints, kind) for kind in ("code", "number"))
    offsets = np.insert(ends, 0, 0)
    if offsets[-1] != touchpoints.num_rows:  # kernels don't check bounds
        raise StoreError(
            f"journeys-{index}.arrow of the data set {directory.name!r} ends at touchpoint "
            f"{offsets[-1]:,} of {touchpoints.num_rows:,}. Import it again."
        )
    if PACKED.encode() in (touchpoints.schema.metadata or {}):
        packed = open_packed(directory / f"packed-{index}.arrow")
        codes = with_packed(codes, "code", packed, touchpoints.num_rows)
        numbers = with_packed(numbers, "number", packed, touchpoints.num_rows)
    return Shard(
        offsets=frozen(offsets),
        cases=cases,
        ticks=_array(touchpoints, "ticks"),
        codes=codes,
        numbers=numbers,
        ties=_array(touchpoints, TIE) if TIE in touchpoints.column_names else None,
    )


def _of_kind(touchpoints: pa.Table, kind: str) -> Mapping[str, Array]:
    """The columns of a kind that are read in place, by their name in the log."""
    return {
        name.removeprefix(f"{kind} "): _array(touchpoints, name)
        for name in touchpoints.column_names
        if name.startswith(f"{kind} ")
    }


def open_journeys(directory: Path, index: int) -> tuple[Array, Array]:
    """The cases of a shard's journeys, and where the touchpoints of each end."""
    journeys = _read(directory / f"journeys-{index}.arrow")
    if "ends" in journeys.column_names:
        return _array(journeys, "cases"), _array(journeys, "ends")
    steps, lengths = _array(journeys, "steps"), _array(journeys, "lengths")
    return frozen(np.cumsum(steps, dtype=steps.dtype)), np.cumsum(lengths, dtype=np.int64)


def _array(table: pa.Table, name: str) -> Array:
    chunks = table[name].chunks
    return (
        frozen(chunks[0].to_numpy())
        if chunks
        else frozen(np.empty(0, table[name].type.to_pandas_dtype()))
    )
