"""Paths that come counted: each with its conversions, their value, and those without one."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.analysis.attribution.tally import Paths, Units, settled_units
from journey.errors import ColumnNotFoundError, ValueNotAllowedError
from journey.kernels.attribution import CONVERTED, ENDED
from journey.store.layout import Array, frozen, narrowest

COLUMNS = ("path", "n_conversions", "value", "n_nulls")
SIGN = ">"
CHUNK = 10_000
"""Paths whose journeys are spread over groups at a time, to bound what that holds."""

Ints = npt.NDArray[np.int64]


def paths_of(frame: pd.DataFrame, *, seed: int) -> tuple[Units, Paths]:
    """Units and paths for the kernels; journeys of one path fall into groups by chance.

    Raises
    ------
    ColumnNotFoundError
        If a column is missing.
    ValueNotAllowedError
        If a count is below 0 or not whole, or a value belongs to no conversion.
    """
    for column in COLUMNS:
        if column not in frame.columns:
            raise ColumnNotFoundError.among(column, frame.columns, where="the paths")
    counted = pd.DataFrame(
        {
            "path": frame["path"].fillna("").astype(str),
            "n_won": _counts(frame, "n_conversions"),
            "n_ended": _counts(frame, "n_nulls"),
            "worth": frame["value"].to_numpy(np.float64),
        }
    )
    _check_worth(counted)
    # In one order, each path once: chance must not depend on how the rows lie.
    counted = counted.groupby("path", as_index=False, sort=True).sum()
    codes, offsets, names = _coded(counted["path"].tolist())
    units = settled_units(
        "path", names, lambda: np.bincount(codes, minlength=len(names)).astype(np.int64)
    )
    return units, _spread(counted, codes, offsets, n_groups=units.n_groups, seed=seed)


def _spread(
    counted: pd.DataFrame, codes: Array, offsets: Ints, *, n_groups: int, seed: int
) -> Paths:
    """Paths by group of journeys."""
    chance = np.random.default_rng(seed)
    parts: list[tuple[Ints, Ints, Ints, int]] = []
    for fate, column in ((CONVERTED, "n_won"), (ENDED, "n_ended")):
        counts = counted[column].to_numpy(np.int64)
        for begin in range(0, len(counts), CHUNK):
            split = chance.multinomial(counts[begin : begin + CHUNK], [1 / n_groups] * n_groups)
            path, group = np.nonzero(split)
            parts.append((path + begin, group, split[path, group].astype(np.int64), fate))
    nothing = np.empty(0, np.int64)
    path = np.concatenate([nothing, *(part[0] for part in parts)])
    weights = np.concatenate([nothing, *(part[2] for part in parts)])
    fates = np.concatenate([nothing, *(np.full(len(part[0]), part[3]) for part in parts)])
    worth, n_won = counted["worth"].to_numpy(np.float64), counted["n_won"].to_numpy(np.int64)
    return Paths(
        frozen(codes),
        frozen(np.zeros(len(codes), np.int32)),
        frozen(offsets[:-1][path]),
        frozen(offsets[1:][path]),
        frozen(fates.astype(np.uint8)),
        frozen(np.concatenate([nothing, *(part[1] for part in parts)])),
        frozen(weights),
        frozen((worth / np.maximum(n_won, 1))[path] * weights),
    )


def _counts(frame: pd.DataFrame, column: str) -> Ints:
    values = frame[column].to_numpy(np.float64)
    wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0) & (values == np.rint(values))))
    if len(wrong):
        raise ValueNotAllowedError(
            f"Row {wrong[0] + 1}, column {column!r}: {values[wrong[0]]} is no number of journeys. "
            "Whole numbers from 0 up are allowed."
        )
    return values.astype(np.int64)


def _check_worth(counted: pd.DataFrame) -> None:
    worth, n_won = counted["worth"].to_numpy(np.float64), counted["n_won"].to_numpy(np.int64)
    wrong = np.flatnonzero(~np.isfinite(worth) | ((worth != 0) & (n_won == 0)))
    if len(wrong):
        raise ValueNotAllowedError(
            f"Row {wrong[0] + 1}, column 'value': {worth[wrong[0]]} with {n_won[wrong[0]]} "
            "conversions. The value of a path is that of its conversions; without any it is 0."
        )


def _coded(paths: list[str]) -> tuple[Array, Ints, list[str]]:
    """Codes of all steps, where each path begins and the last ends, and the names by code."""
    steps = [[name for part in path.split(SIGN) if (name := part.strip())] for path in paths]
    names = sorted({name for path in steps for name in path})
    code_of = {name: code for code, name in enumerate(names)}
    codes = [code_of[name] for path in steps for name in path]
    offsets = np.cumsum([0, *map(len, steps)], dtype=np.int64)
    return np.array(codes, narrowest(len(names))), offsets, names
