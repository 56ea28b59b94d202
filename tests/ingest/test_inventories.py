"""Content inventories among other files: told by their header, read as CSV or XLSX."""

import pandas as pd
import pytest

import journey
from journey.errors import UnreadableFileError
from journey.ingest import inventories
from journey.ingest.formats.excel import sheet_sizes
from journey.ingest.inventories import (
    read_inventories,
    read_inventory,
    read_sheets,
    split_inventories,
)
from journey.inventory import Entry


@pytest.fixture
def book(tmp_path):
    path = tmp_path / "list.xlsx"
    with pd.ExcelWriter(path) as writer:
        pd.DataFrame({"Year": [2026], "Budget": [5]}).to_excel(
            writer, sheet_name="Plan", index=False
        )
        rows = {"Content name": ["Guide", None, "Guide"], "Stage": ["Nurture", "x", "Convert"]}
        pd.DataFrame(rows).to_excel(writer, sheet_name="All", index=False)
    return path


def write(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "header",
    [
        "content;stage;persona",
        "Asset name,Format",
        "Title\tBuyer persona\tURL",
        "Name,Question,Owner",
    ],
)
def test_a_table_that_names_content_and_whom_it_is_for_is_one(tmp_path, header):
    path = write(tmp_path, "a.csv", f"{header}\n")
    assert split_inventories([path]) == ([], [path])


@pytest.mark.parametrize(
    "header",
    [
        "Title,Stage,Amount",  # a CRM's deals
        "Name,Type,Date",
        "Name,Role,Email",  # people
        "account,when,event,content,stage",  # a log
        "content",
        "",
    ],
)
def test_deals_people_and_logs_are_none(tmp_path, header):
    path = write(tmp_path, "a.csv", f"{header}\n")
    assert split_inventories([path]) == ([path], [])


def test_a_book_is_read_by_the_sheet_that_lists_content(tmp_path, book):
    log = write(tmp_path, "log.csv", "account,when,event\nA,2026-01-01,Ad\n")
    gone = tmp_path / "gone.csv"
    assert split_inventories([log, book, gone]) == ([log, gone], [book])
    assert read_inventory(book).entries == (Entry("Guide", stage="Nurture"),)


def test_a_book_with_a_log_and_lists_is_read_as_both(tmp_path):
    path = tmp_path / "all.xlsx"
    log = {"account": ["A", "A"], "event": ["Ad", "Demo"], "time": ["2026-01-01", "2026-01-02"]}
    sheets = {
        "Inventory": {"Content": ["Guide"], "Stage": ["Nurture"]},
        "Events": {**log, "content": ["Guide", "Sheet"], "stage": ["Attract", "Convert"]},
        "More": {"Content": ["Guide", "Sheet"], "Stage": ["Won", "Convert"]},
    }
    with pd.ExcelWriter(path) as writer:
        for name, rows in sheets.items():
            pd.DataFrame(rows).to_excel(writer, sheet_name=name, index=False)
    assert split_inventories([path]) == ([path], [path])
    read = journey.read_touchpoints(path)
    assert read.n_touchpoints == 2
    assert (
        "all.xlsx: Events: left to the content inventory: all.xlsx: More, "
        "2 rows of content without touchpoints"
    ) in read.report.notes
    assert read_inventory(path).entries == (
        Entry("Guide", stage="Nurture"),
        Entry("Sheet", stage="Convert"),
    )


def test_of_two_lists_the_first_that_names_a_content_counts(tmp_path, book):
    other = write(tmp_path, "b.csv", "content,stage\nGuide,Attract\nSheet,Convert\n")
    assert read_inventories([other, book]).entries == (
        Entry("Guide", stage="Attract"),
        Entry("Sheet", stage="Convert"),
    )


def test_a_damaged_book_is_told_and_is_no_inventory(tmp_path):
    path = write(tmp_path, "bad.xlsx", "PK nothing")
    assert split_inventories([path]) == ([path], [])
    with pytest.raises(UnreadableFileError, match=r"bad\.xlsx"):
        read_inventory(path)


def test_a_large_book_is_judged_sheet_by_sheet(tmp_path, monkeypatch):
    path = tmp_path / "all.xlsx"
    events = {
        "account": [f"A{n % 9}" for n in range(300)],
        "event": ["Ad", "Demo", "Call"] * 100,
        "time": [f"2026-01-{n % 28 + 1:02}" for n in range(300)],
    }
    with pd.ExcelWriter(path) as writer:
        pd.DataFrame(events).to_excel(writer, sheet_name="Events & more", index=False)
        pd.DataFrame({"Content": ["Guide"], "Stage": ["Nurture"]}).to_excel(
            writer, sheet_name="Inventory", index=False
        )
    sizes = sheet_sizes(path)
    assert [*sizes] == ["Events & more", "Inventory"]
    assert sizes["Events & more"] > 10_000 > sizes["Inventory"] > 0
    read = []
    monkeypatch.setattr(inventories, "_SHEET_BYTES", 10_000)
    here = lambda _, asked, **__: read_sheets(asked, read.append)  # noqa: E731 - seen from within
    monkeypatch.setattr(inventories, "run_in_child", here)
    # The log is not read to find the list.
    assert split_inventories([path]) == ([path], [path])
    assert max(told.n_rows for told in read) == 1
    assert read_inventory(path).entries == (Entry("Guide", stage="Nurture"),)
