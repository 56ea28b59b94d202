import datetime as dt
import zipfile

import pytest
import xlsxwriter

from journey.errors import ImportLimitError, UnreadableFileError
from journey.ingest.limits import Limits


@pytest.fixture
def workbook(tmp_path):
    def make(name, sheets):
        book = xlsxwriter.Workbook(tmp_path / name)
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        time = book.add_format({"num_format": "hh:mm:ss"})
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                for position, cell in enumerate(row):
                    if isinstance(cell, dt.time):
                        sheet.write_datetime(number, position, cell, time)
                    elif isinstance(cell, dt.datetime):
                        sheet.write_datetime(number, position, cell, day)
                    elif cell is not None:
                        sheet.write(number, position, cell)
        book.close()
        return tmp_path / name

    return make


def test_ids_stay_text_and_dates_are_iso(reader, workbook):
    at, clock = dt.datetime(2024, 1, 2, 3, 4, 5), dt.time(13, 4, 5)  # noqa: DTZ001 - sheets have no zone
    header = ["id", "n", "at", "clock", "word", "share"]
    path = workbook("a.xlsx", {"S": [header, ["007", 1234, at, clock, "NA", 0.1]]})
    (table,) = reader.read(path)
    assert table.columns == tuple(header)
    assert reader.rows(table) == [("007", "1234", "2024-01-02 03:04:05", "13:04:05", "NA", "0.1")]
    assert table.file == "a.xlsx"


def test_each_filled_sheet_is_a_table(reader, workbook):
    path = workbook(
        "a.xlsx", {"Web": [["id"], ["1"]], "Empty": [], "Header": [["x"]], "Mail": [["id"], ["2"]]}
    )
    tables = reader.read(path)
    assert [(t.file, t.table) for t in tables] == [
        ("a.xlsx: Web", "raw_0"),
        ("a.xlsx: Mail", "raw_0_sheet_1"),
    ]
    assert [reader.rows(t) for t in tables] == [[("1",)], [("2",)]]
    assert tables[0].notes == ("sheets without rows left out: Empty, Header",)


def test_titles_blank_rows_and_totals(reader, workbook):
    rows = [
        ["Report for May"],
        [],
        ["id", "at", "cost"],
        ["1", "2024-01-02", 5],
        [],
        ["2", "2024-01-03", 7],
        ["Total", None, 12],
    ]
    (table,) = reader.read(workbook("a.xlsx", {"S": rows}))
    assert table.columns == ("id", "at", "cost")
    assert reader.rows(table) == [("1", "2024-01-02", "5"), ("2", "2024-01-03", "7")]
    # The blank row is a row of the sheet, so the second one is row 3 of the data.
    assert reader.numbers(table) == [1, 3]
    assert [(row.line, row.text) for row in table.rejected] == [(4, "Total, , 12")]


def test_a_workbook_without_rows_says_so(reader, workbook):
    with pytest.raises(UnreadableFileError, match=r"no sheet with a header and rows.*One, Two"):
        reader.read(workbook("a.xlsx", {"One": [], "Two": [["id", "at"]]}))


@pytest.mark.parametrize("cells", [["A1", "XFD1048576"], ["XFD1048576"]])
@pytest.mark.parametrize("declared", ["A1:XFD1048576", "A1:B2"])
def test_two_far_cells_are_refused_before_they_are_laid_out(reader, workbook, cells, declared):
    whole = workbook("whole.xlsx", {"S": [["id"], ["1"]]})
    bomb = whole.with_name("bomb.xlsx")
    content = "".join(
        f'<row r="{cell.lstrip("AXFD")}"><c r="{cell}" t="inlineStr"><is><t>x</t></is></c></row>'
        for cell in cells
    )
    sheet = (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/'
        f'spreadsheetml/2006/main"><dimension ref="{declared}"/>'
        f"<sheetData>{content}</sheetData></worksheet>"
    )
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(bomb, "w") as new:
        for info in old.infolist():
            is_sheet = info.filename == "xl/worksheets/sheet1.xml"
            new.writestr(info.filename, sheet if is_sheet else old.read(info))
    if cells == ["XFD1048576"] and declared == "A1:B2":
        # One lone cell far out is a rectangle of one cell once the declared one is left aside.
        with pytest.raises((ImportLimitError, UnreadableFileError)):
            reader.read(bomb)
        return
    with pytest.raises(ImportLimitError, match=r"1,048,576 rows by 16,384 columns"):
        reader.read(bomb)


def test_a_workbook_that_unpacks_too_far_is_refused(reader, workbook):
    path = workbook("a.xlsx", {"S": [["id", "at"], *[["a" * 100, "b"]] * 2_000]})
    with pytest.raises(ImportLimitError, match="unpacks to"):
        reader.read(path, limits=Limits(ratio=2, ratio_from_bytes=1_000))


def test_a_truncated_workbook_says_so(reader, workbook):
    path = workbook("a.xlsx", {"S": [["id", "at"], ["1", "2"]]})
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(UnreadableFileError, match="broken"):
        reader.read(path)
