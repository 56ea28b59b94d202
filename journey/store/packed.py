"""Columns of a shard that lie packed on disk and are unpacked when first asked for.

What every question reads, times and types, is read in place. The rest takes a third of its room so,
and some milliseconds for a million touchpoints when it is first needed.
"""

import re
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from journey.errors import StoreError
from journey.store.byte_ranks import amounts_of, whole_of
from journey.store.cache import memory
from journey.store.layout import Array, frozen
from journey.store.turns import of_turns

PACKED: Final = "packed"
"""What a file of columns says where there is another with packed ones."""


class Columns(Mapping[str, Array]):
    """Columns by name; those that are packed are unpacked when asked for, and kept for a while.

    Parameters
    ----------
    held
        The columns that are read in place.
    packed
        The file of the others, which may have lost its name by the time it is read.
    fields
        Where they are in that file, by name.
    n_rows
        How many values each must have.
    """

    def __init__(
        self,
        held: Mapping[str, Array],
        packed: "Packed",
        fields: Mapping[str, "Places"],
        n_rows: int,
    ) -> None:
        self._held, self._names = dict(held), (*held, *fields)
        self._packed, self._fields, self._n_rows = packed, fields, n_rows
        self._keys = {name: ("unpacked", object()) for name in fields}
        weakref.finalize(self, memory.forget, [*self._keys.values()])

    def __getitem__(self, name: str) -> Array:
        if name not in self._fields:
            return self._held[name]
        make = partial(self._unpacked, self._fields[name])
        return memory.get(self._keys[name], make, n_bytes=lambda column: column.nbytes)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def __len__(self) -> int:
        return len(self._names)

    def _unpacked(self, places: "Places") -> Array:
        path, options = self._packed.path, pa.ipc.IpcReadOptions(included_fields=[*places])
        try:
            table = pa.ipc.open_file(self._packed.content, options=options).read_all()
            values = frozen(values_of(table))
        except (OSError, pa.ArrowInvalid, IndexError, KeyError) as error:
            raise broken(path, error) from error
        if table.num_rows != self._n_rows:
            raise StoreError(
                f"{path.name} of the data set {path.parent.name!r} has {table.num_rows:,} "
                f"touchpoints where {self._n_rows:,} should be. Import it again."
            )
        return values


@dataclass(frozen=True, eq=False)
class Packed:
    """A file of packed columns, mapped into memory, and their names in its order."""

    path: Path
    content: pa.Buffer
    names: tuple[str, ...]


def open_packed(path: Path) -> Packed:
    """Open a file of packed columns.

    Raises
    ------
    StoreError
        If it is missing or broken.
    """
    try:
        with pa.memory_map(str(path)) as file:
            content = file.read_buffer()  # stays when the file is closed
        return Packed(path, content, tuple(pa.ipc.open_file(content).schema.names))
    except (OSError, pa.ArrowInvalid) as error:
        raise broken(path, error) from error


Places = tuple[int, ...]
"""Where a column is in a packed file: itself, its bytes from the lowest on, or its parts."""


def with_packed(held: Mapping[str, Array], kind: str, packed: Packed, n_rows: int) -> Columns:
    """Columns of a kind, those of the packed file among them."""
    fields: dict[str, Places] = {}
    for place, written in enumerate(packed.names):
        found = _WRITTEN.fullmatch(written)
        if found is not None and found["kind"] == kind:
            fields[found["name"]] = (*fields.get(found["name"], ()), place)
    return Columns(held, packed, fields, n_rows)


_WRITTEN: Final = re.compile(
    r"(?:byte\d )?(?:(?P<form>hundredths|newer|order) )?(?P<kind>code|number) (?P<name>.*)",
    re.DOTALL,
)


def values_of(table: pa.Table) -> Array:
    """The values of a column that is all a table holds."""
    parts: dict[str, list[Array]] = {}
    for written, column in zip(table.column_names, table.columns, strict=True):
        found = _WRITTEN.fullmatch(written)
        form = (found and found["form"]) or ""
        parts.setdefault(form, []).append(_array(column))
    whole = {form: whole_of(held) for form, held in parts.items()}
    if "newer" in whole:
        return of_turns(whole["newer"], whole["order"])
    return amounts_of(whole["hundredths"]) if "hundredths" in whole else whole[""]


def _array(column: "pa.ChunkedArray[Any]") -> Array:
    if column.num_chunks:
        return column.chunk(0).to_numpy()
    return np.empty(0, column.type.to_pandas_dtype())


def broken(path: Path, error: Exception) -> StoreError:
    """The error of a file of a data set that can't be read."""
    return StoreError(
        f"{path.name} of the data set {path.parent.name!r} is missing or broken: {error}. "
        "Import it again."
    )
