import datetime as dt
import zipfile

import pytest
import xlsxwriter

from journey.errors import ImportLimitError, UnreadableFileError
from journey.ingest.processes.limits import Limits


@pytest.fixture
def workbook(tmp_path):
    def make(name, sheets, hidden=()):
        book = xlsxwriter.Workbook(tmp_path / name)
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        time = book.add_format({"num_format": "hh:mm:ss"})
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            if title in hidden:
                sheet.hide()
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


def test_tables_below_and_beside_each_other_are_tables_of_their_own(reader, workbook):
    first = [["account", "at"], ["007", "2024-01-02"], ["008", "2024-01-03"]]
    second = [["deal", "at", "value"], ["d1", "2024-02-02", 5], ["d2", "2024-02-03", 7]]
    beside = [[*left, None, *right] for left, right in zip(first, second, strict=True)]
    below = [*first, [], ["Deals"], [], *second]
    with_title = [*first, [], ["Deals"], *second]
    for name, rows in (("beside", beside), ("below", below), ("titled", with_title)):
        tables = reader.read(workbook(f"{name}.xlsx", {"S": rows}))
        assert [table.file for table in tables] == [
            f"{name}.xlsx: S, table 1",
            f"{name}.xlsx: S, table 2",
        ]
        assert [table.columns for table in tables] == [tuple(first[0]), tuple(second[0])]
        assert reader.rows(tables[0]) == [("007", "2024-01-02"), ("008", "2024-01-03")]
        assert reader.rows(tables[1]) == [("d1", "2024-02-02", "5"), ("d2", "2024-02-03", "7")]
        assert [reader.numbers(table) for table in tables] == [[1, 2], [1, 2]]


def test_blank_rows_and_columns_within_a_table_are_no_end_of_it(reader, workbook):
    rows = [
        ["account", "at", None, "what"],
        ["a", "2024-01-02", None, "Demo"],
        [],
        ["b", "2024-01-03", None, "Mail"],
        [],
        ["Source: CRM"],
    ]
    (table,) = reader.read(workbook("a.xlsx", {"S": rows}))
    assert [row[0] for row in reader.rows(table)] == ["a", "b", "Source: CRM"]
    assert [row[3] for row in reader.rows(table)] == ["Demo", "Mail", None]


def test_words_and_numbers_above_a_table_are_no_table(reader, workbook):
    above = [["Report", "Leads"], ["Rows", 2], ["Made by", "the CRM"], []]
    rows = [
        *above,
        ["id", "at", "what", "n"],
        ["a", "2024-01-02", "Demo", 1],
        ["b", None, "Mail", 2],
    ]
    (table,) = reader.read(workbook("a.xlsx", {"S": rows}))
    assert table.columns == ("id", "at", "what", "n")
    assert [row[0] for row in reader.rows(table)] == ["a", "b"]
    assert table.notes == ("skipped 3 title rows",)


def test_merged_headers_over_two_rows_name_each_column(reader, workbook):
    rows = [
        ["Account", "Contact", None, "Visit", None],
        [None, "Name", "Mail", "Name", "Date"],
        ["007", "Zoë", "z@x.com", "Demo", dt.datetime(2024, 1, 2)],  # noqa: DTZ001 - sheets have no zone
        ["NA", "张三", "y@x.com", "Call", dt.datetime(2024, 1, 3)],  # noqa: DTZ001
    ]
    (table,) = reader.read(workbook("a.xlsx", {"S": rows}))
    assert table.columns == ("Account", "Contact Name", "Mail", "Visit Name", "Date")
    assert reader.rows(table)[0] == ("007", "Zoë", "z@x.com", "Demo", "2024-01-02 00:00:00")
    assert reader.numbers(table) == [1, 2]
    assert table.notes == ("header of two rows",)


def test_a_first_row_of_data_is_no_second_header(reader, workbook):
    rows = [
        [None, "name", "at"],
        ["x", "a", "soon"],
        *[["y", f"b{n}", "2024-01-02"] for n in "12345"],
    ]
    (table,) = reader.read(workbook("a.xlsx", {"S": rows}))
    assert table.n_rows == 6


def test_hidden_sheets_are_left_out_and_told(reader, workbook):
    sheets = {"Log": [["id", "n"], ["1", 2]], "Lists": [["k", "v"], ["a", 1]]}
    (table,) = reader.read(workbook("a.xlsx", sheets, hidden=("Lists",)))
    assert table.file == "a.xlsx"
    assert table.notes == ("hidden sheets left out: Lists",)
