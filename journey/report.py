"""What an import did to every row it read."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from journey.errors import StoreError

if TYPE_CHECKING:
    import pandas as pd

REPORT_FILE: Final = "report.json"
MOST_EXAMPLES: Final = 5

Action = Literal["kept", "merged", "set aside", "read as attributes", "read as costs"]
ACTIONS: Final[tuple[Action, ...]] = (
    *("kept", "merged", "set aside", "read as attributes", "read as costs"),
)


@dataclass(frozen=True)
class Example:
    """One row a reason applies to, and the value that shows it."""

    row: int
    value: str

    def __str__(self) -> str:
        """Return the example as a reader looks it up."""
        return f"row {self.row}: {self.value}" if self.value else f"row {self.row}"


@dataclass(frozen=True)
class ReasonCount:
    """Rows of a file that were treated alike, and why."""

    file: str
    action: Action
    reason: str
    n_rows: int
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class FileSummary:
    """One file: its shape, the role of its columns, and what became of its rows.

    ``n_rows`` are rows of the file. A wide file's filled dates are each read as one touchpoint,
    as are the numbered columns of a row that holds several, so there ``n_read`` may be larger.
    """

    file: str
    shape: str
    n_rows: int
    n_read: int
    n_kept: int
    n_merged: int
    n_set_aside: int
    n_attributes: int
    roles: Mapping[str, tuple[str, ...]]
    n_costs: int = 0


@dataclass(frozen=True)
class IngestReport:
    """Every row read, as kept, merged or set aside, with reasons and examples.

    ``n_read = n_kept + n_merged + n_set_aside + n_attributes + n_costs``, for every file and in
    all; ``n_attributes`` are rows of files without dates, which describe accounts and people,
    ``n_costs`` rows that say what a campaign cost on a day.
    """

    files: tuple[FileSummary, ...]
    reasons: tuple[ReasonCount, ...]
    notes: tuple[str, ...] = ()

    @property
    def n_read(self) -> int:
        """Rows read, of all files."""
        return sum(file.n_read for file in self.files)

    @property
    def n_kept(self) -> int:
        """Touchpoints of the log."""
        return sum(file.n_kept for file in self.files)

    @property
    def n_merged(self) -> int:
        """Rows that told a touchpoint again."""
        return sum(file.n_merged for file in self.files)

    @property
    def n_set_aside(self) -> int:
        """Rows that could not be used."""
        return sum(file.n_set_aside for file in self.files)

    @property
    def n_attributes(self) -> int:
        """Rows that describe accounts and people."""
        return sum(file.n_attributes for file in self.files)

    @property
    def n_costs(self) -> int:
        """Rows that say what a campaign cost on a day."""
        return sum(file.n_costs for file in self.files)

    def with_notes(self, notes: Sequence[str]) -> "IngestReport":
        """Return the same report with notes on how the files were read."""
        return replace(self, notes=(*self.notes, *notes))

    def frame(self) -> "pd.DataFrame":
        """Rows by file and reason.

        Returns
        -------
        DataFrame
            ``file``, ``action``, ``reason``, ``n_rows``, ``examples``: one row per file, action
            and reason, in the order of the files. ``n_rows`` add up to ``n_read``.

        Examples
        --------
        >>> IngestReport((), ()).frame().columns.tolist()
        ['file', 'action', 'reason', 'n_rows', 'examples']
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "file": pd.Series([entry.file for entry in self.reasons], dtype="str"),
                "action": pd.Series([entry.action for entry in self.reasons], dtype="str"),
                "reason": pd.Series([entry.reason for entry in self.reasons], dtype="str"),
                "n_rows": pd.Series([entry.n_rows for entry in self.reasons], dtype="int64"),
                "examples": pd.Series(
                    ["; ".join(map(str, entry.examples)) for entry in self.reasons], dtype="str"
                ),
            }
        )


def report_to_json(report: IngestReport) -> str:
    """Write a report as JSON text.

    Examples
    --------
    >>> report = IngestReport((), (ReasonCount("a.csv", "kept", "", 2),), ("Read as UTC.",))
    >>> report_from_json(report_to_json(report)) == report
    True
    """
    return json.dumps(asdict(report), ensure_ascii=False, indent=1)


def report_from_json(text: str) -> IngestReport:
    """Read a report from JSON text."""
    data: dict[str, Any] = json.loads(text)
    return IngestReport(
        files=tuple(_file(entry) for entry in data["files"]),
        reasons=tuple(_reason(entry) for entry in data["reasons"]),
        notes=tuple(data["notes"]),
    )


def read_report(directory: Path) -> IngestReport | None:
    """The report of the import that made a data set; none if it was not imported.

    Raises
    ------
    StoreError
        If the file is there and can't be read.

    Examples
    --------
    >>> read_report(Path("/nowhere")) is None
    True
    """
    path = directory / REPORT_FILE
    if not path.exists():
        return None
    try:
        return report_from_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"The import report of {directory.name!r} can't be read: {error!r}. Import it again."
        ) from error


def _file(entry: Mapping[str, Any]) -> FileSummary:
    fields: dict[str, Any] = dict(entry)
    fields["roles"] = {role: tuple(headers) for role, headers in entry["roles"].items()}
    return FileSummary(**fields)


def _reason(entry: Mapping[str, Any]) -> ReasonCount:
    fields: dict[str, Any] = dict(entry)
    fields["examples"] = tuple(Example(**example) for example in entry["examples"])
    return ReasonCount(**fields)
