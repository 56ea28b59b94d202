"""What adding files to a data set did."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from journey.report import IngestReport
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
    """Return in words what became of the rows added, and how the data set grew.

    Examples
    --------
    >>> from journey.report import FileSummary
    >>> old = FileSummary("a.csv", "events", 2, 2, 2, 0, 0, 0, {})
    >>> new = FileSummary("b.csv", "events", 5, 5, 3, 2, 0, 0, {})
    >>> print(addition_text(
    ...     Size(2, 1, IngestReport((old,), ())), Size(5, 2, IngestReport((old, new), ()))))
    5 rows added: 3 new touchpoints, 2 overlapping with what was there and removed.
    Touchpoints: 2 before, 5 now. Journeys: 1 before, 2 now.
    """
    first, then = before.report, after.report
    n_read = then.n_read - first.n_read
    n_told = (then.n_attributes + then.n_costs) - (first.n_attributes + first.n_costs)
    n_aside = then.n_set_aside - first.n_set_aside
    parts = [
        counted(then.n_kept - first.n_kept, "new touchpoint"),
        f"{then.n_merged - first.n_merged:,} overlapping with what was there and removed",
        *([f"{n_told:,} read as facts or costs"] if n_told else []),
        *([f"{n_aside:,} set aside"] if n_aside else []),
    ]
    return (
        f"{counted(n_read, 'row')} added: {', '.join(parts)}.\n"
        f"Touchpoints: {before.n_touchpoints:,} before, {after.n_touchpoints:,} now. "
        f"Journeys: {before.n_journeys:,} before, {after.n_journeys:,} now."
    )
