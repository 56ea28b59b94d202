"""Where the table is in a grid of cells: title rows, header, width."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from journey.ingest.formats.table import unique_names

Row = Sequence[str | None]

_NUMBER: Final = re.compile(r"[-+]?[\d.,]*\d[\d.,]*(e[-+]?\d+)?%?", re.IGNORECASE)
_DATE: Final = re.compile(
    r"\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}日?([T ]+\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(:\d{2})?.*"
)
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_ID: Final = re.compile(r"(?=.*\d)[0-9a-f-]{16,}", re.IGNORECASE)
_KIND_SHARE: Final = 0.8
_MOST_TITLES: Final = 15


@dataclass(frozen=True)
class Layout:
    """Rows before the data, and the names of its columns."""

    n_title_rows: int
    n_header_rows: int
    columns: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def n_before_data(self) -> int:
        """Rows to leave out before the first row of data."""
        return self.n_title_rows + self.n_header_rows


def find_layout(rows: Sequence[Row]) -> Layout:
    """Find header and title rows in the first rows of a file.

    Parameters
    ----------
    rows
        The first rows, blank ones left out; at least one.

    Returns
    -------
    Layout
        The header is the first row that is as wide as most rows and at least half filled. A first
        row of data (numbers where numbers follow, dates where dates follow) is no header. One
        with gaps that the next row fills is a header of two rows, with cells merged in the sheet.

    Examples
    --------
    >>> layout = find_layout([["Campaigns 2024"], ["Day", "Clicks"], ["2024-01-02", "7"]])
    >>> layout.columns, layout.notes
    (('Day', 'Clicks'), ('skipped 1 title row',))
    """
    width = _width(rows)
    start = _first_row(rows, width)
    first, below = rows[start], rows[start + 1 :]
    notes = [f"skipped {start} title row{'s' * (start > 1)}"] if start else []
    if _is_data(first, below):
        notes.append("no header row found")
        return Layout(start, 0, unique_names([None] * width), tuple(notes))
    if below and _goes_on(first, below[0], below[1:]):
        notes.append("header of two rows")
        names = _merged(_aligned(first, below, width), below[0])
        return Layout(start, 2, unique_names(names), tuple(notes))
    return Layout(start, 1, unique_names(_aligned(first, below, width)), tuple(notes))


def _first_row(rows: Sequence[Row], width: int) -> int:
    """Find the header, below what is written above it."""
    wide = (
        position
        for position, row in enumerate(rows)
        if len(row) >= width - 1 and _n_filled(row) >= max(min(2, width), width / 2)
    )
    start = next(wide, 0)
    # Names and values of a report may stand above its table, as wide as half of it.
    for position in range(start, min(start + _MOST_TITLES, len(rows))):
        row, below = rows[position], rows[position + 1 :]
        if _n_filled(row) < width:
            has_two_rows = bool(below) and _goes_on(row, below[0], below[1:])
            if position == start and (has_two_rows or not all(row[: _n_filled(row)])):
                return start
            continue
        return position if position > start and looks_like_header(row, below) else start
    return start


def _width(rows: Sequence[Row]) -> int:
    """Tell how many cells most rows have, the wider if two are as frequent."""
    counts = Counter(len(row) for row in rows if len(row) > 1) or Counter([1])
    width, _ = max(counts.items(), key=lambda item: (item[1], item[0]))
    if len(rows) > 1 and all(not (row[width - 1 :] or [None])[0] for row in rows):
        # Every row ends with a separator: the last cell is none.
        return max(1, width - 1)
    return width


def _aligned(header: Row, below: Sequence[Row], width: int) -> list[str | None]:
    """Bring a header to the table's width.

    A header one short of full rows leaves out the name of the first column (row names of R);
    a longer one names columns that the first rows don't fill.
    """
    names = list(header)
    while len(names) > width and not (names[-1] or "").strip():
        names.pop()
    missing = width - len(names)
    if missing == 1 and below and all(len(row) == width and row[-1] for row in below):
        return [None, *names]
    return [*names, *[None] * missing]


def _goes_on(header: Row, second: Row, below: Sequence[Row]) -> bool:
    """Tell a second row of a header: it fills gaps of the first, and is unlike the data below."""
    gaps = [position for position, cell in enumerate(header) if not (cell or "").strip()]
    fills = any(p < len(second) and (second[p] or "").strip() for p in gaps)
    # A gap at the very left is a column without a name, not one under a merged cell.
    if not fills or 0 in gaps or any(_kind(cell) for cell in second):
        return False
    words = {cell for cell in second if cell}
    repeats = any(words & set(row) for row in below)
    return not repeats and any(_common_kind(below, p) for p in range(len(second)))


def looks_like_header(header: Row, below: Sequence[Row]) -> bool:
    """Tell a header for sure: nothing but words, over a column of numbers, dates or the like."""
    words = [position for position, cell in enumerate(header) if (cell or "").strip()]
    if any(_kind(header[position]) for position in words):
        return False
    return any(_common_kind(below, position) for position in words)


def _merged(header: Sequence[str | None], second: Row) -> list[str | None]:
    """Name columns by the lower row, else by the upper; by both where a name would repeat."""
    lower = [*second, *[None] * (len(header) - len(second))][: len(header)]
    repeated = {name for name, n in Counter(lower).items() if name and n > 1}
    group: str | None = None
    names: list[str | None] = []
    for above, below in zip(header, lower, strict=True):
        group = above or group
        if below in repeated and group:
            names.append(f"{group} {below}")
        else:
            names.append(below or above)
    return names


def _n_filled(row: Row) -> int:
    """Count the cells with text."""
    return sum(bool((cell or "").strip()) for cell in row)


def _kind(cell: str | None) -> str | None:
    """Tell what a cell looks like: number, date, e-mail, id or none of these."""
    text = (cell or "").strip()
    for kind, pattern in (("date", _DATE), ("number", _NUMBER), ("email", _EMAIL), ("id", _ID)):
        if pattern.fullmatch(text):
            return kind
    return None


def _is_data(first: Row, below: Sequence[Row]) -> bool:
    """Tell a row of data from a header by what stands below it."""
    if not below:
        return any(_kind(cell) in ("date", "email") for cell in first)
    if not any(map(_kind, first)):
        return False
    matches: list[bool] = []
    for position, cell in enumerate(first):
        if common := _common_kind(below, position):
            matches.append(not cell or _kind(cell) == common)
    return bool(matches) and all(matches)


def _common_kind(rows: Sequence[Row], position: int) -> str | None:
    """Tell what nearly all cells of a column look like; None if they are words or mixed."""
    kinds = [_kind(row[position]) for row in rows if len(row) > position and row[position]]
    common = Counter(kinds).most_common(1)
    return common[0][0] if common and common[0][1] >= _KIND_SHARE * len(kinds) else None
