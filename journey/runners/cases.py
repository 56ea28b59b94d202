"""Journeys of another case on a cluster: its workers sort them anew once, beside the shards.

Count touchpoints by ranges of cases → bring those of a range together and sort them as on one
machine → give cases that were cut at silences their numbers → put in place. They lie in the folder
of the data set, so that they go when it is replaced.
"""

import os
import shutil
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from journey.errors import ClusterError, StoreError
from journey.runners.piece import Workers
from journey.runners.spark_worker import catalogue
from journey.store.encode import shard_rows
from journey.store.layout import Array, Store, Values, narrowest
from journey.store.read import open_catalogue, open_dictionaries, open_journeys, open_shard
from journey.store.recase import (
    case_names,
    cut_at_gaps,
    fingerprint_of_cases,
    gather_cases,
    n_cases,
    people_of_cases,
    shard_of,
    sort_cases,
)
from journey.store.replace import replace_directory
from journey.store.write import MANIFEST, write_journeys, write_manifest, write_shard, write_shared

Ints = npt.NDArray[np.int64]
Chunk = tuple[int, int, Ints, dict[str, Array]]
"""Number of the shard and of the chunk, codes of cases, all columns."""

FOLDER: Final = ".cases"
ROWS_MOST: Final = 2_000_000
"""A worker holds the touchpoints of a shard while it sorts them."""

_MAKING: Final = "making "
_DRAFTS, _DATA = "drafts", "data"
_CHUNK_ROWS: Final = 100_000
_CELLS: Final = 8_192
"""Ranges of cases that are counted, to cut shards of much the same size."""

_UNUSED_SECONDS: Final = 30 * 86_400
_ABANDONED_SECONDS: Final = 2 * 86_400


@dataclass(frozen=True)
class Wanted:
    """Which data set is to be sorted by which case, as the workers see it."""

    directory: str
    fingerprint: str
    role: str
    gap_ticks: int | None

    @property
    def place(self) -> Path:
        """Where the sorted store is to be."""
        cut = "" if self.gap_ticks is None else f" {self.gap_ticks}"
        return Path(self.directory) / FOLDER / f"{self.role}{cut}"

    @property
    def store(self) -> Store:
        """The data set, without its shards."""
        return catalogue(Path(self.directory), self.fingerprint)

    @property
    def fingerprint_sorted(self) -> str:
        """The fingerprint of the sorted store."""
        return fingerprint_of_cases(self.fingerprint, self.role, self.gap_ticks)

    @property
    def is_made(self) -> bool:
        """Whether it is in its place."""
        is_there = (self.place / MANIFEST).is_file()
        return is_there and open_catalogue(self.place)[0].fingerprint == self.fingerprint_sorted


def sort_on_cluster(workers: Workers, wanted: Wanted, n_shards: int) -> None:
    """Have the workers sort a data set by another case, unless that was done before.

    Raises
    ------
    ClusterError
        If the workers can't do it.
    StoreError
        If the data set was replaced meanwhile, or nothing can be written beside its shards.
    """
    making = workers.first(partial(_begin, wanted=wanted))
    if making is None:
        return
    try:
        _make(workers, wanted, Path(making), n_shards)
    finally:
        # What went wrong before says more than that it can't be cleared away.
        with suppress(ClusterError):
            workers.first(partial(_clear, making=making))


def _make(workers: Workers, wanted: Wanted, making: Path, n_shards: int) -> None:
    told = workers.each(n_shards, partial(_count, wanted=wanted))
    counts = sum(told, np.zeros(_CELLS + 1, np.int64))
    n_rows = int(counts[:-1].sum())
    firsts = _first_cells(counts[:-1], min(shard_rows(n_rows), ROWS_MOST))
    give = partial(_give, wanted=wanted, firsts=firsts)
    take = partial(_take, wanted=wanted, making=making)
    n_names = workers.deal(n_shards, len(firsts), give, take)
    workers.each(
        len(n_names), partial(_finish_shard, wanted=wanted, making=making, n_names=n_names)
    )
    ending = partial(_finish, wanted=wanted, making=making, n_shards=len(n_names))
    workers.each(1, partial(ending, n_rows=n_rows, n_without_case=int(counts[-1])))


def _first_cells(counts: Ints, n_rows: int) -> Ints:
    """With which cells shards of at most so many touchpoints begin; a cell is never cut."""
    firsts: list[int] = []
    held = 0
    for cell in np.flatnonzero(counts).tolist():
        if not firsts or held + counts[cell] > n_rows:
            firsts.append(cell)
            held = 0
        held += int(counts[cell])
    return np.array(firsts, np.int64)


def _begin(_number: int, *, wanted: Wanted) -> str | None:
    """Make a folder to work in; none if all is there already."""
    if wanted.is_made:
        with suppress(OSError):
            os.utime(wanted.place / MANIFEST)
        return None
    making = wanted.place.parent / f"{_MAKING}{uuid4().hex}"
    try:
        for name in (_DRAFTS, _DATA):
            (making / name).mkdir(parents=True)
    except OSError as error:
        raise StoreError(
            f"Journeys of another case are kept in {making.parent}, where the workers can't write: "
            f"{error.strerror}. Let them write there, or open the data set on one machine."
        ) from error
    _sweep(making.parent)
    return str(making)


def _sweep(folder: Path) -> None:
    """Remove what nobody asked for in a long time, and what killed drivers left."""
    for entry in folder.iterdir():
        is_made = not entry.name.startswith(_MAKING)
        used, most = (entry / MANIFEST, _UNUSED_SECONDS) if is_made else (entry, _ABANDONED_SECONDS)
        with suppress(OSError):
            if time.time() - used.stat().st_mtime > most:
                shutil.rmtree(entry, ignore_errors=True)


def _clear(_number: int, *, making: str) -> None:
    shutil.rmtree(making, ignore_errors=True)


def _cases_of(number: int, wanted: Wanted) -> tuple[Ints, dict[str, Array], Ints]:
    """The cases of a shard's touchpoints, all its columns, and the cells of those with a case."""
    store = wanted.store
    shard = open_shard(Path(wanted.directory), number)
    cases, columns = gather_cases(store, [shard], wanted.role)
    cells = cases[cases >= 0] * _CELLS // n_cases(store, wanted.role)
    return cases, columns, cells


def _count(number: int, *, wanted: Wanted) -> Ints:
    """How many touchpoints a shard has in each cell, and last those without a case."""
    cases, _, cells = _cases_of(number, wanted)
    return np.append(np.bincount(cells, minlength=_CELLS), len(cases) - len(cells))


def _give(
    number: int, n_buckets: int, *, wanted: Wanted, firsts: Ints
) -> Iterator[tuple[int, Chunk]]:
    """The touchpoints of a shard, each for the new shard of its case."""
    cases, columns, cells = _cases_of(number, wanted)
    rows = np.flatnonzero(cases >= 0)
    buckets = np.searchsorted(firsts, cells, side="right") - 1
    for bucket in range(n_buckets):
        mine = rows[buckets == bucket]
        for place, begin in enumerate(range(0, len(mine), _CHUNK_ROWS)):
            some = mine[begin : begin + _CHUNK_ROWS]
            chosen = {name: values[some] for name, values in columns.items()}
            yield bucket, (number, place, cases[some], chosen)


def _take(bucket: int, chunks: Sequence[Chunk], *, wanted: Wanted, making: Path) -> int:
    """Sort the touchpoints of a new shard and write it; gives how many cases it names itself."""
    in_order = sorted(chunks, key=lambda chunk: chunk[:2])
    cases = np.concatenate([codes for _, _, codes, _ in in_order])
    columns = {
        name: np.concatenate([held[name] for _, _, _, held in in_order]) for name in in_order[0][3]
    }
    found = sort_cases(cases, columns, wanted.role)
    n_names, n_own = n_cases(wanted.store, wanted.role), 0
    with _own_folder(making) as own:
        if wanted.gap_ticks is not None:
            known = case_names(wanted.store, wanted.role)
            found, names = cut_at_gaps(found, known, wanted.gap_ticks)
            n_names = n_own = len(names)
            write_shared(own, {wanted.role: names}, {})
            (own / "dictionary-0.arrow").replace(making / _DRAFTS / f"dictionary-{bucket}.arrow")
        write_shard(own, bucket, shard_of(found, n_names))
        drafted = f"journeys-{bucket}.arrow"
        for file in sorted(own.iterdir()):
            file.replace(making / (_DRAFTS if file.name == drafted else _DATA) / file.name)
    return n_own


def _finish_shard(number: int, *, wanted: Wanted, making: Path, n_names: Sequence[int]) -> None:
    """Number the cases of a shard after those of the shards before, where it named them itself."""
    n_all = n_cases(wanted.store, wanted.role) if wanted.gap_ticks is None else sum(n_names)
    with _own_folder(making) as own:
        cases, ends = open_journeys(making / _DRAFTS, number)
        numbers = cases.astype(np.int64) + sum(n_names[:number])
        write_journeys(own, number, numbers.astype(narrowest(n_all)), ends)
        name = f"journeys-{number}.arrow"
        (own / name).replace(making / _DATA / name)


def _finish(
    _number: int, *, wanted: Wanted, making: Path, n_shards: int, n_rows: int, n_without_case: int
) -> None:
    """Write what the shards share and that the store is whole, and put it in its place."""
    if wanted.is_made:  # by an attempt before, or by another driver
        return
    store, role, data = wanted.store, wanted.role, making / _DATA
    names = _names(wanted, making, n_shards)
    dictionaries = {**store.dictionaries, role: names}
    people = people_of_cases(store, role, len(names))
    write_shared(data, dictionaries, {"accounts": store.accounts, "people": people})
    write_manifest(
        data,
        sorted(dictionaries),
        ticks_per_second=store.ticks_per_second,
        n_touchpoints=n_rows,
        n_shards=n_shards,
        fingerprint=wanted.fingerprint_sorted,
        case_role=role,
        n_without_case=n_without_case,
    )
    replace_directory(data, wanted.place)


def _names(wanted: Wanted, making: Path, n_shards: int) -> Values:
    """The names of all cases, in the order of their codes."""
    try:
        if wanted.gap_ticks is None:
            return case_names(wanted.store, wanted.role)
        own = open_dictionaries(making / _DRAFTS, [str(number) for number in range(n_shards)])
        return pa.concat_arrays([pa.array([], pa.string()), *own.values()])
    except pa.ArrowInvalid as error:
        raise StoreError(
            f"The names of all cases by {wanted.role} are more than 2 GB of text, which is more "
            f"than a data set holds ({error}). For sessions, give a longer gap."
        ) from error


@contextmanager
def _own_folder(making: Path) -> Generator[Path]:
    """A folder of one task, so that what is done twice is put in place once."""
    if not making.is_dir():
        raise StoreError(
            f"{making.parent.parent} was replaced while its journeys were sorted anew, or a worker "
            "of the cluster does not see it. Open it again."
        )
    own = making / uuid4().hex
    own.mkdir()
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)
