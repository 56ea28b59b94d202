import pandas as pd
import pytest

from journey.errors import CountedPathsError, UnreadableFileError, ValueNotAllowedError
from journey.ingest import read_touchpoints, suggest_columns
from journey.ingest.columns.path_tables import read_path_tables

PATHS = "path;total_conversions;total_conversion_value;total_null\nA > B;2;3,5;1\nB;0;;4\n"


@pytest.fixture
def written(tmp_path):
    def write(text, name="paths.csv"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_paths_are_read_with_what_is_not_counted_as_0(written):
    table = read_path_tables(written(PATHS))
    assert table.frame.to_dict("list") == {
        "path": ["A > B", "B"],
        "n_conversions": [2.0, 0.0],
        "value": [3.5, 0.0],
        "n_nulls": [1.0, 4.0],
    }
    assert table.n_rejected == 0


def test_a_file_may_lack_value_and_nulls(written):
    table = read_path_tables(written("Conversion path,Conversions\nA > B,2\n"))
    assert table.frame.loc[0].tolist() == ["A > B", 2.0, 0, 0]


def test_several_files_are_taken_together(written):
    other = written("path,conversions\nC,1\n", "more.csv")
    assert read_path_tables(written(PATHS), other).frame["path"].tolist() == ["A > B", "B", "C"]


def test_rows_that_fit_no_header_are_counted(written):
    table = read_path_tables(written(PATHS + "C;1;2;3;4;5\n"))
    assert (len(table.frame), table.n_rejected) == (2, 1)


@pytest.mark.parametrize("text", ["many", "inf", "nan"])
def test_what_is_no_number_is_named(written, text):
    with pytest.raises(ValueNotAllowedError, match=rf"row 1, column 'conversions': '{text}'"):
        read_path_tables(written(f"path,conversions\nA > B,{text}\n"))


def test_another_table_is_refused_with_its_columns(written):
    with pytest.raises(UnreadableFileError, match="'account', 'when'"):
        read_path_tables(written("account,when\na,2026-01-01\n"))


@pytest.mark.parametrize("read", [read_touchpoints, suggest_columns])
def test_where_touchpoints_are_wanted_it_says_what_paths_are_good_for(written, read):
    with pytest.raises(CountedPathsError, match="python -m journey attribution"):
        read(written(PATHS))


def test_pages_with_conversions_are_no_paths(written):
    rows = "account,when,event,path,conversions\na,2026-01-01,View,/home,1\n"
    assert read_touchpoints(written(rows)).n_touchpoints == 1
    assert isinstance(suggest_columns(written(rows)), pd.DataFrame)
