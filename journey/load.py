"""Logs from a frame at hand or from a directory on disk."""

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa

from journey.costs import read_costs
from journey.definitions import Definitions, load_definitions
from journey.errors import ColumnNotFoundError
from journey.log import TouchpointLog
from journey.report import read_report
from journey.schema import NUMBER_ROLES, REQUIRED_ROLES
from journey.store.build import build_store
from journey.store.layout import Values
from journey.store.read import open_store

DEFINITIONS_FILE = "definitions.toml"


def from_frame(
    frame: pd.DataFrame,
    *,
    definitions: Definitions | None = None,
    accounts: pd.DataFrame | None = None,
    people: pd.DataFrame | None = None,
    rows_per_shard: int | None = None,
) -> TouchpointLog:
    """A log in memory of touchpoints that are clean already.

    Parameters
    ----------
    frame
        One row per touchpoint: ``account_id``, ``occurred_at`` (UTC where no zone is given),
        ``touchpoint``, any other role, any further text column.
    definitions
        The stage and outcome model; none: the default stages without rules.
    accounts, people
        Attributes, with the key ``account_id`` or ``person_id``.
    rows_per_shard
        Where to cut shards; no figure depends on it.

    Raises
    ------
    ColumnNotFoundError
        If a required column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-03"]),
    ...     "touchpoint": ["Ad click", "Demo"],
    ... }))
    >>> log.n_journeys, log.n_touchpoints, log.last_at
    (1, 2, Timestamp('2026-01-03 00:00:00+0000', tz='UTC'))
    """
    for role in REQUIRED_ROLES:
        if role not in frame.columns:
            raise ColumnNotFoundError.among(role, map(str, frame.columns), where="the frame")
    store = build_store(
        _touchpoints(frame),
        accounts=None if accounts is None else _texts(accounts),
        people=None if people is None else _texts(people),
        rows_per_shard=rows_per_shard,
    )
    return TouchpointLog(store, definitions or Definitions())


def open_log(directory: Path | str) -> TouchpointLog:
    """A stored log, opened by memory map, with its definitions and the report of its import.

    Raises
    ------
    StoreError
        If there is no store or part of it is missing.
    DefinitionsError
        If the definitions beside it can't be used.
    """
    place = Path(directory)
    store = open_store(place)
    own = place / DEFINITIONS_FILE
    return TouchpointLog(
        store,
        definitions=load_definitions(own) if own.exists() else Definitions(),
        report=read_report(place),
        costs=read_costs(place),
    )


def _touchpoints(frame: pd.DataFrame) -> pa.Table:
    columns: dict[str, Values] = {}
    for name in map(str, frame.columns):
        column = frame[name]
        if name == "occurred_at":
            times = pd.to_datetime(column, utc=True).astype("datetime64[us, UTC]")
            microseconds = times.astype(np.int64).to_numpy()
            columns[name] = pa.array(microseconds, mask=times.isna().to_numpy())
        elif name in NUMBER_ROLES:
            columns[name] = pa.array(column, pa.float64(), from_pandas=True)
        elif name == "source_order":
            columns[name] = pa.array(column, from_pandas=True)
        else:
            columns[name] = _text(column)
    return pa.table(columns)


def _texts(frame: pd.DataFrame) -> pa.Table:
    return pa.table({str(name): _text(frame[name]) for name in frame.columns})


def _text(column: pd.Series) -> Values:
    return pa.array([None if pd.isna(value) else str(value) for value in column], pa.string())
