"""How much a log knows: touchpoints by source and month, columns by how full they are."""

from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from journey.log import TouchpointLog
from journey.schema import REQUIRED_ROLES
from journey.store.layout import MICROSECONDS, Store
from journey.store.view import View

Ints = npt.NDArray[np.int64]


def touchpoints_by_month(log: TouchpointLog, *, by: str = "source_system") -> pd.DataFrame:
    """Touchpoints in view by calendar month, in UTC, and by a column of touchpoints.

    Parameters
    ----------
    log
        Any log.
    by
        A text column of touchpoints; where the log has none of that name, all count as one.

    Returns
    -------
    DataFrame
        One row per month and value that occur: ``month`` (``YYYY-MM``), ``value`` (None where
        there is none), ``n_touchpoints``. By month, then by value; adds up to touchpoints.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Ad", "Demo", "Ad"],
    ...     "source_system": ["web", "crm", "web"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-03-03", "2026-03-04"])}))
    >>> touchpoints_by_month(log)
         month value  n_touchpoints
    0  2026-01   web              1
    1  2026-03   crm              1
    2  2026-03   web              1
    """
    column = by if by in log.store.text_columns else None
    values = log.store.dictionaries[column].to_pylist() if column else [None]
    per_tick = MICROSECONDS // log.store.ticks_per_second
    count = partial(_count_months, column=column, n_values=len(values), per_tick=per_tick)
    parts = log.ask(count)
    none = np.empty(0, np.int64)
    keys, owner = np.unique(
        np.concatenate([none, *(keys for keys, _ in parts)]), return_inverse=True
    )
    counts = np.bincount(owner, np.concatenate([none, *(n for _, n in parts)]), len(keys))
    months, codes = np.divmod(keys, len(values))
    frame = pd.DataFrame(
        {
            "month": np.datetime_as_string(months.astype("datetime64[M]")).astype(str),
            "value": pd.Series([values[code] for code in codes], dtype=object),
            "n_touchpoints": counts.astype(np.int64),
        }
    )
    return frame.sort_values(["month", "value"], ignore_index=True)


def known_shares(log: TouchpointLog) -> pd.DataFrame:
    """The columns of touchpoints by the share of touchpoints in view that have a value.

    Returns
    -------
    DataFrame
        One row per text column other than account and touchpoint: ``column``, ``n_values``
        (distinct, of the whole log), ``n_known`` (touchpoints with a value), ``known_share`` (of
        all touchpoints in view; NaN in an empty log). By column.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a"], "touchpoint": ["Ad", "Demo"], "person_id": [None, "p"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-03-03"])}))
    >>> known_shares(log)
          column  n_values  n_known  known_share
    0  person_id         1        1          0.5
    """
    store, total = log.store, log.n_touchpoints
    columns = sorted(set(store.text_columns) - {*REQUIRED_ROLES, store.case_role})
    unknown = {name: _code_of_null(store, name) for name in columns}
    parts = log.ask(partial(_count_known, unknown=unknown))
    n_known = [sum(part[place] for part in parts) for place in range(len(columns))]
    return pd.DataFrame(
        {
            "column": pd.Series(columns, dtype="str"),
            "n_values": pd.Series(
                [len(store.dictionaries[name]) - (unknown[name] >= 0) for name in columns],
                dtype=np.int64,
            ),
            "n_known": pd.Series(n_known, dtype=np.int64),
            "known_share": np.array(n_known, np.float64) / (total or np.nan),
        }
    )


def mean_places(log: TouchpointLog) -> pd.DataFrame:
    """Where in the journeys each touchpoint type stands on average.

    Returns
    -------
    DataFrame
        One row per type in view: ``touchpoint``, ``mean_place`` (from 0, first in its journey,
        to 1, last; a journey's only touchpoint counts 0.5). By touchpoint.

    Examples
    --------
    >>> import pandas as pd
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "a"], "touchpoint": ["Ad", "Demo", "Won"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-03-03", "2026-03-04"])}))
    >>> mean_places(log)["mean_place"].tolist()
    [0.0, 0.5, 1.0]
    """
    names = log.type_names
    parts = log.ask(partial(_sum_places, n_types=len(names)))
    places = sum((part[0] for part in parts), np.zeros(len(names)))
    counts = sum((part[1] for part in parts), np.zeros(len(names)))
    seen = np.flatnonzero(counts)
    frame = pd.DataFrame(
        {
            "touchpoint": pd.Series([names[code] for code in seen], dtype="str"),
            "mean_place": places[seen] / counts[seen],
        }
    )
    return frame.sort_values("touchpoint", ignore_index=True)


def _count_months(
    view: View, *, column: str | None, n_values: int, per_tick: int
) -> tuple[Ints, Ints]:
    """Keys (month, value) and counts of one shard."""
    times = (view.ticks.astype(np.int64) * per_tick).astype("datetime64[us]")
    months = times.astype("datetime64[M]").astype(np.int64)
    codes = view.codes(column).astype(np.int64) if column else 0
    return np.unique(months * n_values + codes, return_counts=True)


def _count_known(view: View, *, unknown: dict[str, int]) -> list[int]:
    return [int(np.count_nonzero(view.codes(column) != code)) for column, code in unknown.items()]


def _code_of_null(store: Store, column: str) -> int:
    """The code that stands for no value, the last if there is one; else -1."""
    names = store.dictionaries[column]
    n_names = len(names)
    return n_names - 1 if n_names and names[n_names - 1].as_py() is None else -1


def _sum_places(view: View, *, n_types: int) -> tuple[npt.NDArray[np.float64], Ints]:
    """By type: the sum of places and the number of touchpoints."""
    lengths = np.diff(view.offsets)
    row = np.arange(view.n_touchpoints) - np.repeat(view.offsets[:-1], lengths)
    last = np.repeat(lengths - 1, lengths)
    place = np.where(last > 0, row / np.maximum(last, 1), 0.5)
    types = view.types.astype(np.int64)
    return (
        np.bincount(types, weights=place, minlength=n_types).astype(np.float64),
        np.bincount(types, minlength=n_types),
    )
