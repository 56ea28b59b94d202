"""The journeys behind the counts of attribution."""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from journey.analysis.attribution_tally import Part, Units, codes_of, fates_of, path_ends, units_of
from journey.errors import ValueNotAllowedError
from journey.kernels import attribution as kernels
from journey.log import TouchpointLog
from journey.store.layout import Array, frozen

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Steps = tuple[Array, npt.NDArray[np.int32], Ints, Ints]
"""Codes of touchpoints, units by code, where paths begin and end."""

NONE = -1


def won_after(log: TouchpointLog, by: str, value: str | None) -> TouchpointLog:
    """Won journeys with a value on their path: ``n_journeys`` of ``attribute``.

    None: those won without any value before.

    Raises
    ------
    ColumnNotFoundError
        If touchpoints have no such column.
    ValueNotAllowedError
        If the column has no such value.
    """
    # A path that begins with none has none.
    return _won(log, by, value, _first if value is None else _having)


def won_first(log: TouchpointLog, by: str, value: str) -> TouchpointLog:
    """Won journeys whose path begins with a value: the credit of the first-touch model.

    Raises
    ------
    ColumnNotFoundError, ValueNotAllowedError
        As for :func:`won_after`.
    """
    return _won(log, by, value, _first)


def won_last(log: TouchpointLog, by: str, value: str) -> TouchpointLog:
    """Won journeys whose path ends with a value: the credit of the last-touch model.

    Raises
    ------
    ColumnNotFoundError, ValueNotAllowedError
        As for :func:`won_after`.
    """
    return _won(log, by, value, _last)


def _won(
    log: TouchpointLog, by: str, value: str | None, test: Callable[[Steps, int], Flags]
) -> TouchpointLog:
    units = units_of(log, by)
    if value is not None and value not in units.names:
        raise ValueNotAllowedError.among(value, units.names, what=f"The value of {by!r}")
    wanted = NONE if value is None else units.names.index(value)
    cases = log.ask_with_facts(partial(_cases, units=units, wanted=wanted, test=test))
    role = log.store.case_role
    found = pa.array(np.concatenate([np.empty(0, np.int64), *cases]), pa.int64())
    return log.where({role: log.store.dictionaries[role].take(found).to_pylist()})


def _cases(part: Part, *, units: Units, wanted: int, test: Callable[[Steps, int], Flags]) -> Ints:
    """Cases of the won journeys of a shard that pass a test."""
    view, _ = part
    paths = (
        codes_of(view, units.column),
        frozen(units.of_code),
        frozen(view.offsets[:-1]),
        frozen(path_ends(part)),
    )
    flags = (fates_of(part) == kernels.CONVERTED) & test(paths, wanted)
    return view.shard.cases[view.journeys[flags]].astype(np.int64)


def _having(paths: Steps, wanted: int) -> Flags:
    return kernels.paths_having(*paths, wanted)


def _first(paths: Steps, wanted: int) -> Flags:
    return kernels.ends_of_paths(*paths)[0] == wanted


def _last(paths: Steps, wanted: int) -> Flags:
    return kernels.ends_of_paths(*paths)[1] == wanted
