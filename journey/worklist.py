"""What was done about stalled accounts: snoozed or handled, kept in the workspace."""

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Final, Literal, cast, get_args

import numpy as np
import pandas as pd

from journey.errors import StoreError, ValueNotAllowedError
from journey.schema import Case
from journey.store.replace import locked
from journey.workspace import check_stored, worklist_path, write_whole

Kind = Literal["snoozed", "handled"]

MAX_NOTE: Final = 2_000


@dataclass(frozen=True)
class Mark:
    """One account snoozed until a day, or handled.

    Parameters
    ----------
    case, case_id
        What a journey was read by, and which one it is.
    kind
        What was done.
    marked_at
        ``as_of`` of the log when it was done, never the wall clock.
    until
        The day, in UTC, on which a snoozed account comes back.
    by, note
        Who did it, and what they wrote.
    """

    case: Case
    case_id: str
    kind: Kind
    marked_at: pd.Timestamp
    until: date | None = None
    by: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse what could never come back or be shown."""
        if self.kind not in get_args(Kind):
            raise ValueNotAllowedError.among(self.kind, get_args(Kind), what="The mark")
        if (self.kind == "snoozed") != (self.until is not None):
            raise ValueNotAllowedError(
                f"{self.case_id!r} is {self.kind} until {self.until}. A snoozed account needs the "
                "day on which it comes back; a handled one has none."
            )
        n_signs = len(self.by) + len(self.note)
        if n_signs > MAX_NOTE:
            raise ValueNotAllowedError(
                f"The note and who wrote it have {n_signs:,} characters together; {MAX_NOTE:,} are "
                "allowed. Shorten it."
            )

    def is_in_force(self, *, as_of: pd.Timestamp, last_at: pd.Timestamp) -> bool:
        """Whether the account stays out of the list.

        Parameters
        ----------
        as_of
            The instant at which the log is read. A mark made later is not known yet; a snooze ends
            with the day before ``until``.
        last_at
            The account's last touch: one after it was handled brings the account back.

        Examples
        --------
        >>> day = lambda text: pd.Timestamp(text, tz="UTC")
        >>> handled = Mark("account", "a", "handled", day("2026-01-10"))
        >>> handled.is_in_force(as_of=day("2026-02-01"), last_at=day("2026-01-09"))
        True
        >>> handled.is_in_force(as_of=day("2026-02-01"), last_at=day("2026-01-11"))
        False
        """
        if self.marked_at > as_of:
            return False
        if self.until is not None:
            return as_of < pd.Timestamp(self.until, tz="UTC")
        return last_at <= self.marked_at


def load_marks(root: Path, dataset: str) -> list[Mark]:
    """Return the marks of a data set, oldest first, none if there are none.

    Raises
    ------
    StoreError
        If the file can't be read as marks.

    Examples
    --------
    >>> load_marks(Path("/nowhere"), "Spring")
    []
    """
    path = worklist_path(root, dataset)
    if not path.is_file():
        return []
    try:
        rows = cast("list[dict[str, str | None]]", json.loads(path.read_text(encoding="utf-8")))
        return [_mark(row) for row in rows]
    except (ValueError, TypeError, AttributeError) as problem:
        raise StoreError(
            f"The worklist in {path} can't be read. Mend or remove that file; no data are lost."
        ) from problem


def add_marks(root: Path, dataset: str, marks: Sequence[Mark]) -> None:
    """Add marks, all or none; the last one of an account counts.

    Raises
    ------
    StoreError
        If there is no such data set, or marks made before can't be read; nothing is written.
    """
    _change(root, dataset, lambda kept: [*kept, *marks])


def take_back(root: Path, dataset: str, case: Case, case_ids: Collection[str]) -> None:
    """Take back the last mark of each account, so that what stood before stands again."""

    def without_last(kept: list[Mark]) -> list[Mark]:
        undone = set(case_ids)
        left: list[Mark] = []
        for mark in reversed(kept):
            if mark.case == case and mark.case_id in undone:
                undone.remove(mark.case_id)
            else:
                left.append(mark)
        return left[::-1]

    _change(root, dataset, without_last)


def with_marks(
    stalled: pd.DataFrame, marks: Sequence[Mark], *, case: Case, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Stalled accounts with the mark in force on each; none where the account is to be called.

    Parameters
    ----------
    stalled
        What ``stalled_accounts`` gives.
    marks
        Of the same data set.
    case, as_of
        What the log's journeys are read by, and when.

    Returns
    -------
    DataFrame
        The same rows with ``marked`` (``snoozed``, ``handled`` or none), ``marked_until``,
        ``marked_by``, ``marked_note``, ``marked_at`` beside.
    """
    last = {mark.case_id: mark for mark in marks if mark.case == case and mark.marked_at <= as_of}
    columns = ("marked", "marked_until", "marked_by", "marked_note")
    told = {name: np.full(len(stalled), None, dtype=object) for name in columns}
    marked_at = np.full(len(stalled), "NaT", "datetime64[us]")
    for place in np.flatnonzero(stalled["account_id"].isin(list(last))):
        mark, last_at = last[stalled["account_id"].iloc[place]], stalled["last_at"].iloc[place]
        if mark.is_in_force(as_of=as_of, last_at=last_at):
            until = mark.until and mark.until.isoformat()
            for name, value in zip(columns, (mark.kind, until, mark.by, mark.note), strict=True):
                told[name][place] = value
            marked_at[place] = mark.marked_at.tz_convert(None).to_datetime64()
    marked = {name: pd.Series(told[name], stalled.index, object) for name in columns}
    return stalled.assign(**marked, marked_at=pd.DatetimeIndex(marked_at).tz_localize("UTC"))


def _change(root: Path, dataset: str, change: Callable[[list[Mark]], list[Mark]]) -> None:
    """Read, change and write the marks while no other writer does."""
    path = worklist_path(root, dataset)
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path.parent):
        check_stored(root, dataset)
        rows = [_row(mark) for mark in change(load_marks(root, dataset))]
        write_whole(path, json.dumps(rows, ensure_ascii=False, indent=1))


def _row(mark: Mark) -> dict[str, str | None]:
    until = mark.until.isoformat() if mark.until else None
    return asdict(mark) | {"marked_at": mark.marked_at.isoformat(), "until": until}


def _mark(row: dict[str, str | None]) -> Mark:
    """Read one mark; what is missing or too much is an error."""
    if set(row) != {field.name for field in fields(Mark)}:
        raise ValueError(row)
    until = date.fromisoformat(row["until"]) if row["until"] else None
    at = pd.Timestamp(str(row["marked_at"]))
    if at.tzinfo is None:
        raise ValueError(row)
    texts = {name: str(row[name]) for name in ("case_id", "by", "note")}
    case, kind = cast("Case", row["case"]), cast("Kind", row["kind"])
    return Mark(case=case, kind=kind, marked_at=at, until=until, **texts)
