"""One account's touches, person by person, under the stages it went through."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from journey.analysis.figures.frames import none_for_missing
from journey.analysis.figures.one_journey import ask_journey
from journey.analysis.stages.outcomes import instants, names_of_stages
from journey.facts import ShardFacts
from journey.log import TouchpointLog
from journey.store.view import View

TIMELINE_COLUMNS = (
    "occurred_at",
    "touchpoint",
    "person_id",
    "person_role",
    "channel",
    "stage",
    "current_stage",
    "gap_days",
    "sentiment",
    "value",
    "reason",
)
TEXTS = ("person_id", "person_role", "channel", "stage", "current_stage", "reason")


def account_timeline(log: TouchpointLog, account_id: str) -> pd.DataFrame:
    """All touches of one journey in order, whatever is in view.

    Parameters
    ----------
    account_id
        The case: an account, or whatever ``by`` made a journey.

    Returns
    -------
    DataFrame
        One row per touchpoint: ``occurred_at``, ``touchpoint``, ``person_id``, ``person_role``,
        ``channel``, ``stage`` (the one this touch entered, if any), ``current_stage`` (after
        it), ``gap_days`` since the touch before, ``sentiment``, ``value``, ``reason``; missing
        where the log has no such column.

    Raises
    ------
    ValueNotAllowedError
        If the log has no such account.

    Examples
    --------
    >>> from journey import from_frame
    >>> log = from_frame(pd.DataFrame({
    ...     "account_id": ["a", "a", "b"], "touchpoint": ["Ad", "Demo", "Ad"],
    ...     "occurred_at": pd.to_datetime(["2026-01-01", "2026-01-03", "2026-01-02"])}))
    >>> account_timeline(log, "a")["gap_days"].tolist()
    [nan, 2.0]
    """
    return _frame(log, ask_journey(log, account_id, _rows_of))


def _frame(log: TouchpointLog, rows: pd.DataFrame) -> pd.DataFrame:
    current = rows["current_stage"].to_numpy(np.int8)
    changed = np.diff(current, prepend=np.int8(-1)) != 0
    ticks = rows["occurred_at"].to_numpy(np.int64)
    stages = log.definitions.stage_names
    frame = rows.assign(
        occurred_at=instants(log.store, ticks),
        stage=_column(names_of_stages(stages, np.where(changed, current, -1))),
        current_stage=_column(names_of_stages(stages, current)),
        gap_days=np.diff(ticks, prepend=ticks[:1]) / log.ticks_per_day,
    )[list(TIMELINE_COLUMNS)]
    frame.loc[:0, "gap_days"] = np.nan
    return none_for_missing(frame, TEXTS)


def _column(names: list[str | None]) -> pd.Series:
    return pd.Series(names, dtype=object)


def _rows_of(facts: ShardFacts, at: int) -> pd.DataFrame:
    """The touches of a journey, with ticks and codes of stages."""
    view = facts.view
    rows = np.arange(view.offsets[at], view.offsets[at + 1])
    return pd.DataFrame(
        {
            "occurred_at": view.ticks[rows].astype(np.int64),
            "touchpoint": [view.type_names[code] for code in view.types[rows]],
            "person_id": _texts(view, "person_id", rows),
            "person_role": _roles(view, rows),
            "channel": _texts(view, "channel", rows),
            "current_stage": facts.current[rows],
            "sentiment": _numbers(view, "sentiment", rows),
            "value": _numbers(view, "value", rows),
            "reason": _texts(view, "reason", rows),
        }
    )


def _texts(view: View, column: str, rows: npt.NDArray[np.int64]) -> list[str | None]:
    if column not in view.store.text_columns:
        return [None] * len(rows)
    codes = pa.array(view.codes(column)[rows], pa.int64())
    return view.store.dictionaries[column].take(codes).to_pylist()


def _roles(view: View, rows: npt.NDArray[np.int64]) -> list[str | None]:
    store = view.store
    if "role" not in store.people.column_names or "person_id" not in store.text_columns:
        return [None] * len(rows)
    codes = pa.array(view.codes("person_id")[rows], pa.int64())
    return store.people["role"].take(codes).to_pylist()


def _numbers(view: View, column: str, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    values = view.numbers(column)
    return np.full(len(rows), np.nan) if values is None else values[rows]
