"""The journeys behind the counts of attribution."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from journey.analysis.attribution.tally import Part, codes_of, fates_of, units_of
from journey.errors import ValueNotAllowedError
from journey.kernels import attribution as kernels
from journey.log import TouchpointLog
from journey.selection import Keep
from journey.store.layout import Array, frozen
from journey.store.view import View

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
    return _won(log, by, value, _is_won_first if value is None else _is_won_after)


def won_first(log: TouchpointLog, by: str, value: str) -> TouchpointLog:
    """Won journeys whose path begins with a value: the credit of the first-touch model.

    Raises
    ------
    ColumnNotFoundError, ValueNotAllowedError
        As for :func:`won_after`.
    """
    return _won(log, by, value, _is_won_first)


def won_last(log: TouchpointLog, by: str, value: str) -> TouchpointLog:
    """Won journeys whose path ends with a value: the credit of the last-touch model.

    Raises
    ------
    ColumnNotFoundError, ValueNotAllowedError
        As for :func:`won_after`.
    """
    return _won(log, by, value, _is_won_last)


def _won(
    log: TouchpointLog, by: str, value: str | None, question: Callable[..., Flags]
) -> TouchpointLog:
    names = units_of(log, by).names
    if value is not None and value not in names:
        raise ValueNotAllowedError.among(value, names, what=f"The value of {by!r}")
    wanted = NONE if value is None else names.index(value)
    return log.keep(Keep(question, (("by", by), ("names", names), ("wanted", wanted))))


def _is_won_after(part: Part, *, by: str, names: Sequence[str], wanted: int) -> Flags:
    return _is_won(part) & kernels.paths_having(*_steps(part, by, names), wanted)


def _is_won_first(part: Part, *, by: str, names: Sequence[str], wanted: int) -> Flags:
    return _is_won(part) & (kernels.ends_of_paths(*_steps(part, by, names))[0] == wanted)


def _is_won_last(part: Part, *, by: str, names: Sequence[str], wanted: int) -> Flags:
    return _is_won(part) & (kernels.ends_of_paths(*_steps(part, by, names))[1] == wanted)


def _is_won(part: Part) -> Flags:
    return fates_of(part) == kernels.CONVERTED


def _steps(part: Part, by: str, names: Sequence[str]) -> Steps:
    """The paths of journeys in view, as steps from unit to unit."""
    view, facts = part
    return (
        codes_of(view, by),
        frozen(_units_by_code(view, by, names)),
        frozen(view.offsets[:-1]),
        frozen(facts.ends_in(view)),
    )


def _units_by_code(view: View, by: str, names: Sequence[str]) -> npt.NDArray[np.int32]:
    """The units of a log, told by their names alone; values beyond these are in the last."""
    is_type = by == "touchpoint"
    values = pa.array(view.type_names, pa.string()) if is_type else view.store.dictionaries[by]
    found = pc.index_in(values, value_set=pa.array(names, pa.string()))
    units = found.fill_null(len(names) - 1).to_numpy(zero_copy_only=False)
    is_known = pc.is_valid(values).to_numpy(zero_copy_only=False)
    return np.where(is_known, units, NONE).astype(np.int32)
