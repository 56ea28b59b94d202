import csv
import io

import fastexcel
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from journey.errors import ValueNotAllowedError
from journey.exports import tables
from journey.exports.tables import safe_cell, to_csv, to_xlsx


def read_csv(data):
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def read_xlsx(data, sheet=0):
    return fastexcel.read_excel(data).load_sheet(sheet, dtypes="string").to_pandas()


def sample():
    return pd.DataFrame(
        {
            "account_id": ["007", "=HYPERLINK(1)", None],
            "n_touchpoints": [3, 0, 12],
            "value": [-1.5, float("nan"), 2.25],
            "last_at": pd.to_datetime(
                ["2026-01-02 03:04:05+07:00", None, "2026-02-03 00:00:00+00:00"], utc=True
            ),
            "sequence": [("Ad", "Demo"), (), ("Ad",)],
            "is_open": [True, False, True],
        }
    )


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
def test_text_that_begins_like_a_formula_gets_an_apostrophe(start):
    assert safe_cell(start + "1+1") == "'" + start + "1+1"


def test_text_with_a_sign_further_in_stays():
    assert safe_cell("a=b") == "a=b"
    assert safe_cell("") == ""


def test_csv_values_and_header():
    # 03:04:05 at +07:00 is 20:04:05 of the day before in UTC
    assert read_csv(to_csv(sample())) == [
        ["account_id", "n_touchpoints", "value", "last_at (UTC)", "sequence", "is_open"],
        ["007", "3", "-1.5", "2026-01-01 20:04:05", "Ad → Demo", "True"],
        ["'=HYPERLINK(1)", "0", "", "", "", "False"],
        ["", "12", "2.25", "2026-02-03 00:00:00", "Ad", "True"],
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (60.14236111111111, "60.1424"),
        (34592.17653846154, "34592.18"),
        (1234567.891, "1234567.89"),
        (-0.3333333333333333, "-0.333333"),
        (1 / 700, "0.00142857"),
        (0.1 + 0.2, "0.3"),
        (41200.0, "41200"),
        (0.0, "0"),
        (float("inf"), "inf"),
    ],
)
def test_figures_carry_six_digits_and_amounts_their_cents(value, text):
    frame = pd.DataFrame({"figure": [value], "none": [None]})
    assert read_csv(to_csv(frame))[1] == [text, ""]
    assert [float(told) for told in read_xlsx(to_xlsx(frame))["figure"]] == [float(text)]


def test_csv_begins_with_the_mark_that_excel_needs():
    assert to_csv(pd.DataFrame({"name": ["Café 公司"]})).startswith(b"\xef\xbb\xbfname")


def test_negative_numbers_are_no_formulas_but_negative_looking_text_is():
    frame = pd.DataFrame({"number": [-5], "text": ["-5"]})
    assert read_csv(to_csv(frame))[1] == ["-5", "'-5"]


def test_hostile_column_names_are_made_safe():
    frame = pd.DataFrame({"=cmd|' /C calc'!A0": [1]})
    assert read_csv(to_csv(frame))[0] == ["'=cmd|' /C calc'!A0"]
    assert list(read_xlsx(to_xlsx(frame)).columns) == ["'=cmd|' /C calc'!A0"]


def test_empty_frame_keeps_its_header():
    frame = sample().iloc[:0]
    assert read_csv(to_csv(frame)) == [
        ["account_id", "n_touchpoints", "value", "last_at (UTC)", "sequence", "is_open"]
    ]
    assert list(read_xlsx(to_xlsx(frame)).columns)[3] == "last_at (UTC)"


def test_frame_without_columns():
    assert read_csv(to_csv(pd.DataFrame())) in ([], [[]])
    assert to_xlsx(pd.DataFrame()).startswith(b"PK")


def test_xlsx_rows_values_and_types():
    sheet = fastexcel.read_excel(to_xlsx(sample(), sheet="Accounts")).load_sheet("Accounts")
    table = sheet.to_pandas()
    assert table["account_id"].tolist()[:2] == ["007", "'=HYPERLINK(1)"]
    assert table["n_touchpoints"].tolist() == [3, 0, 12]
    assert table["value"].tolist()[0] == -1.5
    assert pd.isna(table["value"][1])
    assert pd.Timestamp(table["last_at (UTC)"][0]) == pd.Timestamp("2026-01-01 20:04:05")
    assert table["is_open"].tolist() == [True, False, True]
    assert len(table) == 3


def test_xlsx_holds_no_formula_and_no_link():
    import zipfile

    frame = pd.DataFrame({"a": ["=1+1", "https://example.org", "{=SUM(A1)}"]})
    with zipfile.ZipFile(io.BytesIO(to_xlsx(frame))) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert not [
            name for name in archive.namelist() if name.endswith(".rels") and "sheet" in name
        ]
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_integers_too_long_for_a_spreadsheet_keep_their_digits():
    frame = pd.DataFrame({"id": [2**53 + 1, 5]})
    assert read_xlsx(to_xlsx(frame))["id"].tolist() == ["9007199254740993", "5"]


def test_infinity_and_early_dates_become_text_in_xlsx():
    frame = pd.DataFrame({"x": [float("inf")], "at": pd.to_datetime(["1850-01-01"], utc=True)})
    table = read_xlsx(to_xlsx(frame))
    assert table["x"].tolist() == ["inf"]
    assert table["at (UTC)"].tolist() == ["1850-01-01 00:00:00"]


def test_long_text_is_cut_and_says_so():
    table = read_xlsx(to_xlsx(pd.DataFrame({"note": ["x" * 40_000]})))
    assert len(table["note"][0]) == tables.MAX_TEXT
    assert table["note"][0].endswith("…")


def test_too_many_rows_say_what_to_do(monkeypatch):
    monkeypatch.setattr(tables, "MAX_ROWS", 2)
    with pytest.raises(ValueNotAllowedError, match="download it as CSV"):
        to_xlsx(sample())


@pytest.mark.parametrize("name", ["", "a/b", "'quoted'", "x" * 40, "[1]:*?\\", "a\nb"])
def test_any_sheet_name_is_accepted(name):
    assert to_xlsx(sample(), sheet=name).startswith(b"PK")


def test_duplicate_columns_are_both_written():
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])
    assert read_csv(to_csv(frame)) == [["a", "a"], ["1", "2"]]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12),
            st.one_of(st.none(), st.floats(allow_nan=False)),
            st.integers(-(2**40), 2**40),
        ),
        max_size=8,
    )
)
def test_csv_gives_back_every_row(rows):
    frame = pd.DataFrame(rows, columns=["text", "number", "count"])
    back = read_csv(to_csv(frame))[1:]
    assert [row[0] for row in back] == [safe_cell(text) for text, _, _ in rows]
    told = [float(row[1]) if row[1] else None for row in back]
    # Six digits: half of the sixth is at most 5 in a million.
    assert told == [
        number if number is None else pytest.approx(number, rel=5e-6) for _, number, _ in rows
    ]
    assert [int(row[2]) for row in back] == [count for _, _, count in rows]


def test_numpy_values_in_object_columns():
    frame = pd.DataFrame({"mixed": pd.Series([np.int64(3), np.bool_(True), np.nan, pd.NaT, "x"])})
    assert [row[0] for row in read_csv(to_csv(frame))[1:]] == ["3", "True", "", "", "x"]


def test_times_of_a_column_are_written_alike():
    # A spreadsheet takes 10:00:00.123456 for text, so one finer time makes all show milliseconds.
    at = pd.to_datetime(["2026-01-01 10:00:00", "2026-01-01 10:00:00.123456"], format="ISO8601")
    assert read_csv(to_csv(pd.DataFrame({"at": at[:1], "on": at[:1]})))[1] == (
        ["2026-01-01 10:00:00"] * 2
    )
    rows = read_csv(to_csv(pd.DataFrame({"at": at})))[1:]
    assert rows == [["2026-01-01 10:00:00.000"], ["2026-01-01 10:00:00.123"]]
