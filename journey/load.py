"""Logs from a frame at hand or from a directory on disk."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from journey.costs import read_costs
from journey.definitions import Definitions, load_definitions
from journey.errors import ColumnNotFoundError, StoreError, ValueNotAllowedError
from journey.log import TouchpointLog
from journey.report import read_report
from journey.runners.spark import Spark, ask_directory, is_address, split_address
from journey.schema import NUMBER_ROLES, REQUIRED_ROLES
from journey.store.build import build_store
from journey.store.layout import Store, Values
from journey.store.read import open_catalogue, open_store, settled
from journey.store.write import MANIFEST

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
    ValueNotAllowedError
        If a touchpoint has no account, time or type, or a time or number is none.

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


def open_log(place: Path | str) -> TouchpointLog:
    r"""A stored log, with its definitions and the report of its import.

    Parameters
    ----------
    place
        The directory of a data set, opened by memory map; or its address on a Spark cluster, whose
        workers then answer all questions: ``spark://host:7077/path/to/data set``, or
        ``sc://host:15002/path/to/data set`` for Spark Connect.

    Raises
    ------
    StoreError
        If there is no store or part of it is missing.
    DefinitionsError
        If the definitions beside it can't be used.
    ClusterError
        If the cluster can't be reached or its workers can't answer.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from journey import read_touchpoints
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "touches.csv"
    ...     _ = path.write_text("account,when,event\nAcme,2026-01-05,Ad\nAcme,2026-01-09,Demo\n")
    ...     _ = read_touchpoints(path, into=Path(folder) / "Acme")
    ...     log = open_log(Path(folder) / "Acme")
    ...     log.n_journeys, log.touchpoint_types
    (1, ['Ad', 'Demo'])
    """
    if isinstance(place, str) and is_address(place):
        return _on_cluster(place)
    directory = Path(place)
    return settled(directory, lambda _: _log(open_store(directory), _beside(directory)))


@dataclass(frozen=True, eq=False)
class _Beside:
    """What lies beside the store of a data set."""

    definitions: Definitions
    report: Any
    costs: pd.DataFrame


def _beside(directory: Path) -> _Beside:
    own = directory / DEFINITIONS_FILE
    definitions = load_definitions(own) if own.exists() else Definitions()
    return _Beside(definitions, read_report(directory), read_costs(directory))


def _log(store: Store, beside: _Beside) -> TouchpointLog:
    return TouchpointLog(store, beside.definitions, report=beside.report, costs=beside.costs)


def _on_cluster(address: str) -> TouchpointLog:
    """All but the shards is read here where this machine sees it, else sent by a worker once."""
    cluster, directory = split_address(address)
    is_here = _is_there(Path(directory))
    try:
        fingerprint, n_shards = ask_directory(cluster, directory, _identity)
    except StoreError as error:
        if not is_here or ask_directory(cluster, directory, _is_there):
            raise
        raise StoreError(
            f"This machine sees {directory}, but a worker of the cluster says: {error} Workers "
            "need the data set at the same path, on storage that all of them mount."
        ) from error
    if is_here:
        store, beside = _catalogue(Path(directory))
    else:
        store, beside = ask_directory(cluster, directory, _catalogue)
    if store.fingerprint != fingerprint:
        raise StoreError(
            f"The data set at {directory} is another one here than on the cluster. Let both see "
            "the same storage at that path."
        )
    runner = Spark(cluster, directory, fingerprint, n_shards)
    return replace(_log(store, beside), cluster=runner)


def _is_there(directory: Path) -> bool:
    return (directory / MANIFEST).exists()


def _identity(directory: Path) -> tuple[str, int]:
    store, n_shards = open_catalogue(directory)
    return store.fingerprint, n_shards


def _catalogue(directory: Path) -> tuple[Store, _Beside]:
    return settled(directory, lambda _: (open_catalogue(directory)[0], _beside(directory)))


def _touchpoints(frame: pd.DataFrame) -> pa.Table:
    columns: dict[str, Values] = {}
    for name in map(str, frame.columns):
        try:
            columns[name] = _values(name, frame[name])
        except (ValueError, TypeError) as error:
            kind = "times" if name == "occurred_at" else "numbers"
            raise ValueNotAllowedError(
                f"{name} has values that are no {kind}: {str(error).partition(chr(10))[0]}. "
                "Convert them, or leave out their rows."
            ) from error
    return pa.table(columns)


def _values(name: str, column: pd.Series) -> Values:
    if name == "occurred_at":
        times = pd.to_datetime(column, utc=True).astype("datetime64[us, UTC]")
        microseconds = times.astype(np.int64).to_numpy()
        return pa.array(microseconds, mask=times.isna().to_numpy())
    if name in NUMBER_ROLES:
        return pa.array(column, pa.float64(), from_pandas=True)
    if name == "source_order":
        return pa.array(column, from_pandas=True)
    return _text(column)


def _texts(frame: pd.DataFrame) -> pa.Table:
    return pa.table({str(name): _text(frame[name]) for name in frame.columns})


def _text(column: pd.Series) -> Values:
    return pa.array([None if pd.isna(value) else str(value) for value in column], pa.string())
