"""XLSX workbooks: the extent of each sheet is measured before any of it is laid out in memory."""

import html
import re
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO, Final

import pyarrow as pa

from journey.errors import ImportLimitError, UnreadableFileError
from journey.ingest.formats.layout import find_layout
from journey.ingest.formats.sheet_tables import cells_of, filled_rows, split_tables
from journey.ingest.formats.table import (
    SOURCE_ROW,
    RawTable,
    Rejections,
    Source,
    check_width,
    finish,
    with_notes,
)
from journey.ingest.processes.limits import Limits
from journey.ingest.sql import identifier

_CELL: Final = re.compile(rb"<(?:\w+:)?c\s[^<>]*?\br=[\"']([A-Z]{1,4})([0-9]{1,9})[\"']")
_DIMENSION: Final = re.compile(rb"<(?:\w+:)?dimension\s+ref=[\"']([A-Z]+)(\d+):([A-Z]+)(\d+)")
_CHUNK: Final = 1 << 20
_LONGEST_TAG: Final = 4_096
_SAMPLE_ROWS: Final = 1_000
_MIN_ROWS: Final = 2


def read_excel(source: Source, *, without: Collection[str] = ()) -> list[RawTable]:
    """Read the tables of a workbook.

    Parameters
    ----------
    source
        The workbook.
    without
        Sheets that are not read.

    Returns
    -------
    list of RawTable
        One for each table of the visible sheets. Whole numbers have no '.0', dates are
        ``YYYY-MM-DD HH:MM:SS``, times of day ``HH:MM:SS``, error cells (#N/A) are empty.
    """
    import fastexcel

    _check_extents(source.path, source.name, source.limits)
    grids: dict[str, pa.Table] = {}
    hidden: list[str] = []
    try:
        book = fastexcel.read_excel(source.path)
        for name in book.sheet_names:
            if name in without:
                continue
            sheet = book.load_sheet(name, header_row=None, dtypes="string")
            if sheet.visible == "visible":
                grids[name] = _grid(sheet.to_arrow())
            else:
                hidden.append(name)
    except fastexcel.FastExcelError as error:
        raise UnreadableFileError(
            f"{source.name} is a broken workbook ({error}). Open it, save it again as .xlsx."
        ) from error
    notes = [f"hidden sheets left out: {', '.join(hidden)}"] if hidden else []
    tables = _tables(source.name, grids, notes)
    found: list[RawTable] = []
    for position, (name, grid) in enumerate(tables.items()):
        part = source
        if len(tables) > 1:
            table = f"{source.table}_sheet_{position}" if position else source.table
            part = replace(source, name=f"{source.name}: {name}", table=table)
        found.append(with_notes(_read_sheet(part, grid), notes))
    return found


def sheet_sizes(path: Path) -> dict[str, int]:
    """The unpacked bytes of each sheet of a workbook, by its name; none where that is not told."""
    try:
        with zipfile.ZipFile(path) as archive:
            book, links = (
                archive.read(name).decode("utf-8", "replace")
                for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
            )
            sizes = {info.filename: info.file_size for info in archive.infolist()}
    except (zipfile.BadZipFile, OSError, KeyError, NotImplementedError, RuntimeError):
        return {}
    attributes = re.compile(r"([\w:]+)\s*=\s*[\"']([^\"']*)[\"']")
    targets = {
        told.get("Id"): told.get("Target", "").removeprefix("/xl/")
        for told in map(dict, map(attributes.findall, re.findall(r"<Relationship\s[^>]*>", links)))
    }
    sheets = map(dict, map(attributes.findall, re.findall(r"<(?:\w+:)?sheet\s[^>]*>", book)))
    return {
        html.unescape(sheet.get("name", "")): sizes.get(f"xl/{targets.get(sheet.get('r:id'))}", 0)
        for sheet in sheets
    }


def _tables(file: str, grids: Mapping[str, pa.Table], notes: list[str]) -> dict[str, pa.Table]:
    """Name the tables of all sheets with rows; notes tell of the other sheets."""
    left_out = [name for name, grid in grids.items() if grid.num_rows < _MIN_ROWS]
    if len(left_out) == len(grids):
        shown = [*grids, *notes]
        raise UnreadableFileError(
            f"{file} has no sheet with a header and rows. Its sheets: {', '.join(shown)}."
        )
    if left_out:
        notes.append(f"sheets without rows left out: {', '.join(left_out)}")
    tables: dict[str, pa.Table] = {}
    for name, grid in grids.items():
        if name in left_out:
            continue
        parts = split_tables(grid)
        for number, part in enumerate(parts, start=1):
            tables[name if len(parts) == 1 else f"{name}, table {number}"] = part
    return tables


def _grid(batch: pa.RecordBatch) -> pa.Table:
    """Give each row of a sheet its number and take out the blank ones."""
    names = [f"c{position}" for position in range(batch.num_columns)]
    if not names:
        return pa.table({SOURCE_ROW: pa.array([], pa.int64())})
    cells = pa.Table.from_batches([batch]).rename_columns(names)
    rows = pa.array(range(batch.num_rows), pa.int64())
    return filled_rows(cells.append_column(SOURCE_ROW, rows), names)


def _read_sheet(source: Source, grid: pa.Table) -> RawTable:
    """Find the header of a sheet and write its rows."""
    names = [name for name in grid.column_names if name != SOURCE_ROW]
    layout = find_layout(cells_of(grid, _SAMPLE_ROWS))
    columns = layout.columns
    check_width(source, len(columns))
    source.connection.register("sheet", grid.slice(layout.n_before_data))
    row = identifier(SOURCE_ROW)
    first = int(grid[SOURCE_ROW][layout.n_before_data - 1].as_py()) if layout.n_before_data else -1
    # The day before Excel's first one stands before a cell that is a time of day.
    cells = ", ".join(
        f"nullif(regexp_replace({name}, '^(1899-12-31|1899-12-30|1900-01-00) (\\d)', '\\2'), '') "
        f"AS {identifier(column)}"
        for name, column in zip(names, columns, strict=False)
    )
    source.connection.execute(
        f"CREATE TABLE {identifier(source.table)} AS "
        f"SELECT {row} - {first} AS {row}, {cells} FROM sheet"
    )
    source.connection.unregister("sheet")
    return finish(source, columns, Rejections(source.name), layout.notes)


def _check_extents(path: Path, name: str, limits: Limits) -> None:
    """Refuse a workbook whose sheets, laid out as rectangles, would not fit in memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            unpacked = sum(info.file_size for info in members)
            if unpacked > limits.unpacked_bytes or unpacked > max(
                limits.ratio * path.stat().st_size, limits.ratio_from_bytes
            ):
                raise ImportLimitError(
                    f"{name} unpacks to {unpacked:,} bytes, more than allowed for a workbook of "
                    "its size. Save the sheet as CSV."
                )
            for info in members:
                if re.match(r"xl/worksheets/[^/]+\.xml$", info.filename):
                    with archive.open(info) as file:
                        _check_extent(file, name, limits)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        if isinstance(error, ImportLimitError):
            raise
        raise UnreadableFileError(
            f"{name} is a broken or protected workbook ({error}). Save it again without a password."
        ) from error


def _check_extent(file: IO[bytes], name: str, limits: Limits) -> None:
    """Measure the rectangle around all cells of one sheet."""
    rows: set[int] = set()
    columns: set[bytes] = set()
    n_cells = 0
    rest = b""
    while chunk := file.read(_CHUNK):
        text = rest + chunk
        if declared := _DIMENSION.search(text):
            columns |= {declared[1], declared[3]}
            rows |= {int(declared[2]), int(declared[4])}
        found = _CELL.findall(text)
        n_cells += len(found)
        columns.update(column for column, _ in found)
        if found:
            numbers = [int(found[0][1]), int(found[-1][1]), *(int(row) for _, row in found)]
            rows = {min(*rows, *numbers), max(*rows, *numbers)}
        cut = text.rfind(b"<")
        rest = text[cut:] if cut >= 0 and len(text) - cut < _LONGEST_TAG else b""
    if not rows:
        return
    letters = [_column_number(column) for column in columns]
    n_rows, n_columns = max(rows) - min(rows) + 1, max(letters) - min(letters) + 1
    if n_rows * n_columns > limits.sheet_cells:
        raise ImportLimitError(
            f"{name} has a sheet of {n_rows:,} rows by {n_columns:,} columns with only "
            f"{n_cells:,} cells filled; at most {limits.sheet_cells:,} cells are read. Delete the "
            "empty rows and columns around the table, or save the sheet as CSV."
        )


def _column_number(letters: bytes) -> int:
    """Turn column letters into a number: A is 1, XFD is 16,384."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
