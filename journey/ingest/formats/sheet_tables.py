"""Several tables in one sheet: below each other after blank rows, or beside each other."""

from importlib import import_module
from itertools import pairwise
from typing import Any, Final

import pyarrow as pa

from journey.ingest.formats.layout import Row, find_layout, looks_like_header
from journey.ingest.formats.table import SOURCE_ROW

_SAMPLE_ROWS: Final = 50
_MIN_ROWS: Final = 2
_MIN_COLUMNS: Final = 2


def cells_of(grid: pa.Table, n_rows: int) -> list[Row]:
    """Give the first rows of a grid, without their numbers."""
    names = [name for name in grid.column_names if name != SOURCE_ROW]
    return [list(row.values()) for row in grid.select(names).slice(0, n_rows).to_pylist()]


def split_tables(grid: pa.Table) -> list[pa.Table]:
    """Part a sheet where a new header begins.

    Parameters
    ----------
    grid
        Cells as text and ``source_row``, blank rows left out.

    Returns
    -------
    list of Table
        The grid itself if it is one table. After a blank row a new table begins only with a
        header of words above other values, and beside a blank column only with one that
        repeats a name or has other rows: blank rows and columns within a table are no end of it.
    """
    below = _split_rows(grid)
    parts = [part for table in below for part in _split_columns(table)]
    return parts if len(parts) > 1 else [grid]


def _split_rows(grid: pa.Table) -> list[pa.Table]:
    numbers = [int(number) for number in grid[SOURCE_ROW].to_pylist() if number is not None]
    breaks = [position for position, (a, b) in enumerate(pairwise(numbers), start=1) if b > a + 1]
    starts = [0]
    for position, start in enumerate(breaks):
        end = breaks[position + 1] if position + 1 < len(breaks) else grid.num_rows
        above = grid.slice(starts[-1], start - starts[-1])
        if not (_is_table(above) and _begins_table(grid.slice(start, end - start))):
            continue
        before = breaks[position - 1] if position else 0
        has_title = start - before == 1 and _n_filled(grid, before) == 1
        starts.append(before if has_title and before > starts[-1] else start)
    ends = [*starts[1:], grid.num_rows]
    return [grid.slice(a, b - a) for a, b in zip(starts, ends, strict=True)]


def _is_table(grid: pa.Table) -> bool:
    """Tell a table from a few words and numbers above one."""
    n_columns = _without_empty_columns(grid).num_columns - 1
    return _begins_table(grid) and max(grid.num_rows, n_columns) > _MIN_ROWS


def _begins_table(grid: pa.Table) -> bool:
    """Tell whether rows begin with a header of their own."""
    if grid.num_rows < _MIN_ROWS:
        return False
    rows = cells_of(_without_empty_columns(grid), _SAMPLE_ROWS)
    if len(rows[0]) < _MIN_COLUMNS:
        return False
    layout = find_layout(rows)
    at = layout.n_title_rows
    return layout.n_header_rows > 0 and looks_like_header(rows[at], rows[layout.n_before_data :])


def _n_filled(grid: pa.Table, row: int) -> int:
    return sum(bool(cell) for cell in cells_of(grid.slice(row, 1), 1)[0])


def _split_columns(grid: pa.Table) -> list[pa.Table]:
    """Part a grid at blank columns, if what stands on either side can't be one table."""
    blocks: list[list[str]] = [[]]
    for name in grid.column_names:
        if name == SOURCE_ROW:
            continue
        if _is_filled(grid, name):
            blocks[-1].append(name)
        elif blocks[-1]:
            blocks.append([])
    parts = [_block(grid, names) for names in blocks if names]
    if len(parts) < _MIN_COLUMNS or not all(_begins_table(part) for part in parts):
        return [_without_empty_columns(grid)]
    headers = [name for part in parts for name in find_layout(cells_of(part, _SAMPLE_ROWS)).columns]
    same_rows = len({part.num_rows for part in parts}) == 1
    if same_rows and len(set(headers)) == len(headers):
        return [_without_empty_columns(grid)]
    return parts


def _block(grid: pa.Table, names: list[str]) -> pa.Table:
    """Give some columns of a grid, with the rows in which they have text."""
    return filled_rows(grid.select([*names, SOURCE_ROW]), names)


def _without_empty_columns(grid: pa.Table) -> pa.Table:
    return grid.select(
        [name for name in grid.column_names if name == SOURCE_ROW or _is_filled(grid, name)]
    )


def _is_filled(grid: pa.Table, name: str) -> bool:
    compute: Any = import_module("pyarrow.compute")
    return bool(compute.any(compute.greater(compute.binary_length(grid[name]), 0)).as_py())


def filled_rows(grid: pa.Table, names: list[str]) -> pa.Table:
    """Keep the rows in which any of some columns has text."""
    # The published types of this module leave out its functions' plain Python arguments.
    compute: Any = import_module("pyarrow.compute")
    filled = pa.chunked_array([pa.array([False] * grid.num_rows, pa.bool_())])
    for name in names:
        has_text = compute.fill_null(compute.greater(compute.binary_length(grid[name]), 0), False)
        filled = compute.or_(filled, has_text)
    return grid.filter(filled)
