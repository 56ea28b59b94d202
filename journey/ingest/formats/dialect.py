"""How a separated text file is written: separator, quotes, where its data begin."""

import io
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from journey.ingest.formats.feed import QUOTES, Feed, Quotes, lines_of
from journey.ingest.formats.layout import Layout, find_layout

SAMPLE_CHARACTERS: Final = 262_144
SAMPLE_ROWS: Final = 1_000
SEPARATORS: Final = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Dialect:
    """How rows are written.

    Attributes
    ----------
    separator
        Between cells.
    quotes
        A quote within a quoted cell is 'doubled' or follows a 'backslash'; 'none': quotes are
        ordinary characters.
    layout
        Title rows, header and columns.
    first_line
        0-based physical line at which the data begin.
    plain_start
        Whether no quoted cell before the data goes over several lines, and no line ends twice.
    mean_row_bytes
        For estimates of rows from bytes.
    """

    separator: str
    quotes: Quotes
    layout: Layout
    first_line: int
    plain_start: bool
    mean_row_bytes: float


def find_dialect(path: Path) -> Dialect:
    """Read the beginning of a UTF-8 file and tell how it is written.

    Parameters
    ----------
    path
        A text file with at least one line that isn't blank.

    Returns
    -------
    Dialect
        The separator and quoting under which most rows have the same, greatest width.
    """
    with path.open("r", encoding="utf-8-sig", newline="") as file:
        text = file.read(SAMPLE_CHARACTERS)
        whole = not file.read(1)
    said = re.match(r"sep=(.)\r?\n", text)
    seen = tuple(separator for separator in SEPARATORS if separator in text)
    separators = (said[1],) if said else seen or SEPARATORS[:1]
    # Without any quote all ways to quote are the same.
    ways = QUOTES if '"' in text else QUOTES[:1]
    best = max(
        (
            _trial(text, separator, quotes, whole=whole)
            for separator in separators
            for quotes in ways
        ),
        key=lambda trial: trial.score,
    )
    skipped = 1 if said else 0
    rows = best.rows[skipped:] or best.rows
    layout = find_layout([cells for cells, _ in rows])
    ends = [0, *(line for _, line in rows)] if not skipped else [1, *(line for _, line in rows)]
    first_line = ends[min(layout.n_before_data, len(ends) - 1)]
    lines = text.splitlines()
    plain_start = "\r\r\n" not in text and all(
        line.count('"') % 2 == 0 for line in lines[:first_line]
    )
    mean = len(text.encode()) / max(1, len(lines))
    return Dialect(best.separator, best.quotes, layout, first_line, plain_start, mean)


@dataclass(frozen=True)
class _Trial:
    """What a separator and quoting make of the sample."""

    separator: str
    quotes: Quotes
    rows: list[tuple[list[str], int]]
    score: float


def _trial(text: str, separator: str, quotes: Quotes, *, whole: bool) -> _Trial:
    """Split the sample and score it: the share of rows of the same width, and that width."""
    rows: list[tuple[list[str], int]] = []
    n_odd = 0
    feed = Feed(lines_of(io.StringIO(text, newline="")), 0)
    while len(rows) < SAMPLE_ROWS and (line := feed.start()) is not None:
        cells = feed.cells(separator, quotes)
        if cells is None:
            feed.back_to_second()
            n_odd += 1
        elif len(cells) > 1 or "".join(cells).strip():
            rows.append((cells, line - 1 + feed.n_lines))
            # Such quotes belong to no value, so they speak twice against taking them as one.
            n_odd += 2 * (quotes == "none" and _has_quoted(cells))
    if not whole and 1 < len(rows) < SAMPLE_ROWS:
        rows.pop()
    n_even = max(0, len(rows) - n_odd)
    rows = rows or [([text.strip()], 1)]
    return _Trial(separator, quotes, rows, _score(rows) * n_even / (len(rows) + n_odd))


def _has_quoted(cells: Sequence[str]) -> bool:
    """Tell cells whose quotes are no part of their values, also where they hold separators."""
    first = next((n for n, cell in enumerate(cells) if cell.startswith('"')), None)
    return first is not None and any(len(c) > 1 and c.endswith('"') for c in cells[first:])


def _score(rows: list[tuple[list[str], int]]) -> float:
    """Score rows: 0 for one column, more for wider and more even ones."""
    counts = Counter(len(row) for row, _ in rows if len(row) > 1)
    if not counts:
        return 0.0
    width, n_rows = max(counts.items(), key=lambda item: (item[1], item[0]))
    return (n_rows / len(rows)) ** 2 * (1 + math.log2(width))
