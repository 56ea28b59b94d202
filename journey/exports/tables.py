"""Frames as CSV and XLSX files that a spreadsheet opens as they are."""

import csv
import io
import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final, cast

import numpy as np
import pandas as pd

from journey.errors import ValueNotAllowedError

Cell = str | int | float | bool | datetime | None

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001 -- spreadsheets read the full-width signs as formulas too

MAX_ROWS: Final = 1_048_575
"""Rows below the header that a sheet of XLSX holds."""

MAX_TEXT: Final = 32_767
"""Characters that a cell of XLSX holds."""

MAX_EXACT_INTEGER: Final = 2**53
"""Above it a spreadsheet's numbers lose digits, so such integers are written as text."""

FIRST_YEAR: Final = 1900
"""The first year that XLSX has dates for."""

SIGNIFICANT: Final = 6
CENTS: Final = 2
"""Digits that a figure is written to: so many, and never fewer decimals than an amount has."""

SAMPLE_ROWS: Final = 200
"""Rows looked at to find the width of a column."""


def safe_cell(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before a formula's first sign.

    Parameters
    ----------
    text
        Any text from the data.

    Returns
    -------
    str
        The text, with an apostrophe before it if it begins like a formula.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell("Ad click")
    ("'=1+1", 'Ad click')
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def to_csv(frame: pd.DataFrame) -> bytes:
    r"""Write a frame as a CSV file that Excel opens with its letters, dates and numbers right.

    Parameters
    ----------
    frame
        Any frame. Columns of times are UTC.

    Returns
    -------
    bytes
        UTF-8 with a byte-order mark, comma separated, CRLF line ends, a header; missing values are
        empty, figures have six digits and amounts their cents, times are ``YYYY-MM-DD HH:MM:SS``
        with 'UTC' in the header and milliseconds in a column that has any, the items of a tuple
        are joined with an arrow, text that looks like a formula gets an apostrophe.

    Examples
    --------
    >>> to_csv(pd.DataFrame({"account": ["=A1", "Ace"], "change": [-2, 3]})).decode("utf-8-sig")
    "account,change\r\n'=A1,-2\r\nAce,3\r\n"
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_headers(frame))
    columns = [_csv_texts(_cells(frame.iloc[:, place])) for place in range(frame.shape[1])]
    writer.writerows(zip(*columns, strict=True))
    return out.getvalue().encode("utf-8-sig", errors="replace")


def to_xlsx(frame: pd.DataFrame, *, sheet: str = "Portolan") -> bytes:
    """Write a frame as an XLSX file with one sheet, without live formulas or links.

    Parameters
    ----------
    frame
        Any frame. Columns of times are UTC.
    sheet
        Name of the sheet; what Excel doesn't allow in it is replaced.

    Returns
    -------
    bytes
        The file. The header is styled, frozen and filters; columns are as wide as their text;
        times are dates of Excel with 'UTC' in the header.

    Raises
    ------
    ValueNotAllowedError
        If the frame has more rows than a sheet holds.

    Examples
    --------
    >>> to_xlsx(pd.DataFrame({"account": ["Ace"]}), sheet="Accounts")[:2]
    b'PK'
    """
    if len(frame) > MAX_ROWS:
        raise ValueNotAllowedError(
            f"The table has {len(frame):,} rows; an Excel sheet holds {MAX_ROWS:,}. "
            "Filter it, or download it as CSV."
        )
    import xlsxwriter

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        _write_sheet(book, book.add_worksheet(_sheet_name(sheet)), frame)
    return out.getvalue()


def _write_sheet(book: Any, page: Any, frame: pd.DataFrame) -> None:
    """Fill a sheet: header, cells, widths."""
    header = book.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1, "text_wrap": True})
    date = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})
    headers = _headers(frame)
    widths = [len(name) for name in headers]
    for column, name in enumerate(headers):
        page.write_string(0, column, name[:MAX_TEXT], header)
    for row, cells in enumerate(_rows(frame), start=1):
        for column, cell in enumerate(cells):
            _write_cell(page, row, column, cell, date)
            if row <= SAMPLE_ROWS:
                widths[column] = max(widths[column], len(_csv_text(cell)))
    for column, width in enumerate(widths):
        page.set_column(column, column, min(max(width + 2, 9), 60))
    page.freeze_panes(1, 0)
    if headers:
        page.autofilter(0, 0, max(len(frame), 1), len(headers) - 1)


def _write_cell(page: Any, row: int, column: int, cell: Cell, date: Any) -> None:
    """Write one value as what it is; what Excel can't hold as a number becomes text."""
    match cell:
        case None:
            pass
        case bool():
            page.write_boolean(row, column, cell)
        case datetime() if cell.year >= FIRST_YEAR:
            page.write_datetime(row, column, cell, date)
        case int() if abs(cell) <= MAX_EXACT_INTEGER:
            page.write_number(row, column, cell)
        case float() if math.isfinite(cell):
            page.write_number(row, column, cell)
        case _:
            text = _csv_text(cell)
            cut = text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
            page.write_string(row, column, cut)


def _headers(frame: pd.DataFrame) -> list[str]:
    """Names of the columns, with the zone where a column holds times."""
    names: list[str] = []
    for name, dtype in zip(frame.columns, frame.dtypes, strict=True):
        is_time = pd.api.types.is_datetime64_any_dtype(dtype)
        names.append(safe_cell(f"{name} (UTC)" if is_time else str(name)))
    return names


def _rows(frame: pd.DataFrame) -> Iterator[tuple[Cell, ...]]:
    """Rows of plain Python values."""
    columns = [_cells(frame.iloc[:, place]) for place in range(frame.shape[1])]
    return iter(zip(*columns, strict=True))


def _cells(column: pd.Series) -> list[Cell]:
    """Turn one column into plain values, times without zone in UTC."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    values = cast("list[object]", column.astype(object).tolist())
    return [_plain(value) for value in values]


def _plain(value: object) -> Cell:
    """Turn a cell of a frame into a plain value."""
    plain = value.item() if isinstance(value, np.generic) else value
    if plain is None or plain is pd.NA or plain is pd.NaT:
        return None
    if isinstance(plain, float):
        return _figure(plain)
    if isinstance(plain, datetime):
        return _without_zone(plain)
    return plain if isinstance(plain, int) else safe_cell(_text(plain))


def _figure(value: float) -> float | None:
    """Round to six digits, an amount no coarser than to the cent; nothing measured carries more."""
    if not math.isfinite(value):
        return None if math.isnan(value) else value
    digits = SIGNIFICANT - 1 - math.floor(math.log10(abs(value))) if value else 0
    return round(value, max(digits, CENTS)) + 0.0  # no negative zero


def _text(value: object) -> str:
    """Write what is no number and no time; the items of a sequence are joined in order."""
    if isinstance(value, tuple | list):
        return " → ".join(str(item) for item in cast("tuple[object, ...] | list[object]", value))
    return str(value)


def _without_zone(at: datetime) -> datetime:
    """Turn a time into UTC without zone, to the microsecond: neither Python nor Excel has finer."""
    zoneless = at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
    return zoneless.floor("us").to_pydatetime() if isinstance(zoneless, pd.Timestamp) else zoneless


def _csv_texts(cells: list[Cell]) -> list[str]:
    """Write the values of a column: its times alike, else a spreadsheet takes some for text."""
    is_finer = any(isinstance(cell, datetime) and cell.microsecond for cell in cells)
    return [_csv_text(cell, "milliseconds" if is_finer else "seconds") for cell in cells]


def _csv_text(cell: Cell, timespec: str = "seconds") -> str:
    """Write a value as text."""
    match cell:
        case None:
            return ""
        case datetime():
            return cell.isoformat(sep=" ", timespec=timespec)
        case float():
            return repr(cell).removesuffix(".0")
        case _:
            return str(cell)


def _sheet_name(name: str) -> str:
    """Give a name that Excel allows for a sheet: at most 31 signs, some forbidden."""
    allowed = "".join(" " if sign in r"[]:*?/\\" or ord(sign) < ord(" ") else sign for sign in name)
    return allowed.strip(" '")[:31].strip(" '") or "Sheet1"
