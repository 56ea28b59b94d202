"""What adding files to a data set did."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from journey.report import FileSummary, IngestReport
from journey.wording import counted

if TYPE_CHECKING:
    from journey.log import TouchpointLog


@dataclass(frozen=True)
class Size:
    """How large a data set was, and what was done to the rows it was made of."""

    n_touchpoints: int
    n_journeys: int
    report: IngestReport


def size_of(log: "TouchpointLog") -> Size:
    """Return the size of a log now; a data set on disk may be another log later."""
    return Size(log.n_touchpoints, log.n_journeys, log.report or IngestReport((), ()))


def addition_text(before: Size, after: Size) -> str:
    """Return in words what became of the rows added and of earlier ones, and how the data grew.

    Examples
    --------
    >>> from journey.report import FileSummary
    >>> old = FileSummary("a.csv", "wide", 2, 2, 2, 0, 0, 0, {})
    >>> told = FileSummary("a.csv", "attributes", 2, 2, 0, 0, 0, 2, {})
    >>> new = FileSummary("b.csv", "events", 5, 5, 3, 2, 0, 0, {})
    >>> print(addition_text(
    ...     Size(2, 1, IngestReport((old,), ())), Size(3, 2, IngestReport((told, new), ()))))
    5 rows added: 3 new touchpoints, 2 overlapping with what was there and removed.
    Of the rows of before, 2 fewer are touchpoints, 2 more are facts or costs.
    Touchpoints: 2 before, 3 now. Journeys: 1 before, 2 now.
    """
    there = {file.file for file in before.report.files}
    old = _of(file for file in after.report.files if file.file in there)
    new = _of(file for file in after.report.files if file.file not in there)
    grown = (
        f"Touchpoints: {before.n_touchpoints:,} before, {after.n_touchpoints:,} now. "
        f"Journeys: {before.n_journeys:,} before, {after.n_journeys:,} now."
    )
    return "\n".join([_added(new), *_changed(_of(before.report.files), old), grown])


def _of(files: Iterable[FileSummary]) -> IngestReport:
    return IngestReport(tuple(files), ())


def _added(new: IngestReport) -> str:
    n_told = new.n_attributes + new.n_costs
    parts = [
        counted(new.n_kept, "new touchpoint"),
        f"{new.n_merged:,} overlapping with what was there and removed",
        *([f"{n_told:,} read as facts or costs"] if n_told else []),
        *([f"{new.n_set_aside:,} set aside"] if new.n_set_aside else []),
    ]
    return f"{counted(new.n_read, 'row')} added: {', '.join(parts)}."


def _changed(first: IngestReport, then: IngestReport) -> list[str]:
    """What became of the rows of earlier files; nothing where all is as it was."""
    changes = {
        "touchpoints": then.n_kept - first.n_kept,
        "removed as told again": then.n_merged - first.n_merged,
        "facts or costs": then.n_attributes + then.n_costs - first.n_attributes - first.n_costs,
        "set aside": then.n_set_aside - first.n_set_aside,
    }
    parts = [
        f"{abs(n):,} {'more' if n > 0 else 'fewer'} are {what}" for what, n in changes.items() if n
    ]
    return [f"Of the rows of before, {', '.join(parts)}."] if parts else []
